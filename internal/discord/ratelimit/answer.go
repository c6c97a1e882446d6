package ratelimit

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// fallbackRetry is waited after a 429 that does not say how long.
	fallbackRetry = time.Second
	// fallbackBan is waited after a Cloudflare ban that does not say how long.
	fallbackBan = time.Minute
	// longest bounds what a header can make us wait; nothing Discord documents is longer than a day.
	longest = 24 * time.Hour
	// peekLimit bounds what is read of a 429's body to find retry_after.
	peekLimit = 64 << 10
)

// answer is what one HTTP answer says about rate limits.
type answer struct {
	status     int
	hash       string
	limit      int
	remaining  int
	counted    bool // remaining was given
	resetAfter time.Duration
	resetKnown bool
	limited    bool // 429
	global     bool
	shared     bool
	cloudflare bool
	retryAfter time.Duration
}

// invalid reports whether Discord counts the answer toward its limit of invalid requests.
func (a answer) invalid() bool {
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusTooManyRequests:
		return !a.shared
	default:
		return false
	}
}

// readAnswer reads the headers of rs. Of a 429 it also reads the start of the body, and puts it back.
// Malformed numbers count as missing: a header must never fail a request that Discord has already carried out.
func readAnswer(rs *http.Response, now time.Time) answer {
	h := rs.Header
	a := answer{status: rs.StatusCode, hash: h.Get("X-RateLimit-Bucket")}
	if n, err := strconv.Atoi(h.Get("X-RateLimit-Limit")); err == nil && n > 0 {
		a.limit = n
	}
	if n, err := strconv.Atoi(h.Get("X-RateLimit-Remaining")); err == nil && n >= 0 {
		a.remaining, a.counted = n, true
	}
	a.resetAfter, a.resetKnown = readReset(h, now)
	scope := h.Get("X-RateLimit-Scope")
	a.shared = scope == "shared"
	isJSON := strings.Contains(h.Get("Content-Type"), "json")
	switch rs.StatusCode {
	case http.StatusTooManyRequests:
		a.limited = true
		body := peekLimited(rs)
		a.global = scope == "global" || isTrue(h.Get("X-RateLimit-Global")) || body.Global
		a.cloudflare = h.Get("Via") == "" && !isJSON && !body.valid && a.hash == "" && !a.global
		a.retryAfter = a.readRetry(h, body)
	case http.StatusForbidden:
		// A ban can also come as a page with 403; Discord's own refusals are always JSON.
		a.cloudflare = h.Get("Via") == "" && strings.Contains(h.Get("Content-Type"), "html")
		a.retryAfter = a.readRetry(h, limitedBody{})
	}
	return a
}

func isTrue(header string) bool { return strings.EqualFold(header, "true") || header == "1" }

func readReset(h http.Header, now time.Time) (time.Duration, bool) {
	if d, ok := seconds(h.Get("X-RateLimit-Reset-After")); ok {
		return d, true
	}
	epoch, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset"), 64)
	if err != nil || epoch <= 0 || math.IsInf(epoch, 0) || math.IsNaN(epoch) {
		return 0, false
	}
	// Discord's clock and ours differ: measure against the answer's own date if it has one.
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	d := time.Duration((epoch - float64(now.UnixMilli())/1000) * float64(time.Second))
	return min(max(d, 0), longest), true
}

func (a answer) readRetry(h http.Header, body limitedBody) time.Duration {
	if d, ok := seconds(h.Get("Retry-After")); ok {
		return d
	}
	if body.valid {
		if d, ok := seconds(strconv.FormatFloat(body.RetryAfter, 'f', -1, 64)); ok && body.RetryAfter > 0 {
			return d
		}
	}
	if a.resetKnown && !a.global && !a.cloudflare {
		return a.resetAfter
	}
	if a.cloudflare {
		return fallbackBan
	}
	return fallbackRetry
}

func seconds(header string) (time.Duration, bool) {
	s, err := strconv.ParseFloat(strings.TrimSpace(header), 64)
	if err != nil || math.IsNaN(s) || s < 0 {
		return 0, false
	}
	if s > longest.Seconds() {
		return longest, true
	}
	return time.Duration(s * float64(time.Second)), true
}

// limitedBody is the JSON of a 429 (Discord docs, "Rate Limits", rate limit response structure).
type limitedBody struct {
	RetryAfter float64 `json:"retry_after"`
	Global     bool    `json:"global"`
	valid      bool
}

func peekLimited(rs *http.Response) limitedBody {
	var body limitedBody
	if rs.Body == nil {
		return body
	}
	head, _ := io.ReadAll(io.LimitReader(rs.Body, peekLimit)) // a broken body is read again, and reported, by the client
	rs.Body = &replayed{Reader: io.MultiReader(bytes.NewReader(head), rs.Body), Closer: rs.Body}
	body.valid = json.Unmarshal(head, &body) == nil
	return body
}

// replayed is a body whose start was already read.
type replayed struct {
	io.Reader
	io.Closer
}
