package ratelimit

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// via is on every answer that comes from Discord itself. Libraries take a 429
// without it for a ban by Cloudflare.
const via = "1.1 google"

// refusal is why a call is refused.
type refusal struct {
	scope  string // told by rule if empty
	rule   *Rule
	after  time.Duration
	header http.Header
}

// body429 is the JSON of a 429.
type body429 struct {
	Message    string  `json:"message"`
	RetryAfter float64 `json:"retry_after"`
	Global     bool    `json:"global"`
	Code       int     `json:"code,omitempty"`
}

// refuse builds the 429 and counts it as an invalid request unless its scope
// is shared. The caller holds mu.
func (l *Limiter) refuse(r Request, why refusal, now time.Time) Decision {
	body := body429{Message: "You are being rate limited.", RetryAfter: seconds(why.after)}
	scope := why.scope
	if why.rule != nil {
		scope = ScopeUser
		if why.rule.Shared {
			scope = ScopeShared
			body.Message = "The resource is being rate limited."
		}
		body.Code = why.rule.Code
	}
	h := why.header
	if h == nil {
		h = http.Header{"Via": {via}}
	}
	if scope == ScopeGlobal {
		body.Global = true
		h.Set("X-RateLimit-Global", "true")
	}
	h.Set("X-RateLimit-Scope", scope)
	h.Set("Retry-After", wholeSeconds(why.after))
	h.Set("Content-Type", "application/json")
	if scope != ScopeShared {
		l.countInvalid(r.IP, now)
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("ratelimit: a finite number did not marshal: %v", err))
	}
	return Decision{
		Header: h, Status: http.StatusTooManyRequests, Body: text,
		Bucket: h.Get("X-RateLimit-Bucket"), Scope: scope, RetryAfter: why.after,
	}
}

// bucketHeaders tells the state of a bucket after the call.
func bucketHeaders(h http.Header, bucket string, limit int, w window, now time.Time) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(w.left))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(w.reset.UnixMilli())/1000, 'f', 3, 64))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(seconds(w.reset.Sub(now)), 'f', 3, 64))
	h.Set("X-RateLimit-Bucket", bucket)
}

// seconds rounds up to milliseconds, so that whoever waits as told is never
// too early.
func seconds(d time.Duration) float64 {
	return math.Ceil(float64(max(0, d))/float64(time.Millisecond)) / 1000
}

func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(max(0, d).Seconds())))
}
