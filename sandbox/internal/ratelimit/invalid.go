package ratelimit

import (
	"net/http"
	"time"
)

// banPage stands for the page that Cloudflare shows: no JSON, no Via.
const banPage = `<!DOCTYPE html>
<html lang="en"><head><title>Access denied</title></head>
<body><h1>Error 1015</h1><p>Your address made too many invalid requests and is banned for a while.</p></body></html>
`

// invalidCount is an address's invalid requests since the first of a window.
type invalidCount struct {
	since       time.Time
	count       int
	bannedUntil time.Time
}

// CountInvalid tells of an answer given to an address: 401 and 403 are invalid
// requests. The 429s of Take and Refuse are counted already, and a shared one
// never is; other statuses are ignored.
func (l *Limiter) CountInvalid(ip string, status int) {
	if status != http.StatusUnauthorized && status != http.StatusForbidden {
		return
	}
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.countInvalid(ip, now)
}

// Invalid tells how many invalid requests an address made in the window that
// is running, and until when it is banned (zero if it is not).
func (l *Limiter) Invalid(ip string) (count int, bannedUntil time.Time) {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.invalid[ip]
	if c == nil {
		return 0, time.Time{}
	}
	if until, banned := l.banned(ip, now); banned {
		return c.count, until
	}
	if now.Sub(c.since) >= l.cfg.InvalidWindow {
		return 0, time.Time{}
	}
	return c.count, time.Time{}
}

// Banned gives the answer for an address that is banned, whatever it asks; false
// when it is not.
func (l *Limiter) Banned(ip string) (Decision, bool) {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	until, banned := l.banned(ip, now)
	if !banned {
		return Decision{}, false
	}
	return l.banAnswer(until.Sub(now)), true
}

// Ban bans an address as if it had made too many invalid requests.
func (l *Limiter) Ban(ip string, d time.Duration) {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.invalid[ip] = &invalidCount{since: now, bannedUntil: now.Add(d)}
}

// countInvalid adds one. The caller holds mu.
func (l *Limiter) countInvalid(ip string, now time.Time) {
	if l.cfg.InvalidLimit < 0 {
		return
	}
	c := l.invalid[ip]
	if c == nil || now.Sub(c.since) >= l.cfg.InvalidWindow && !now.Before(c.bannedUntil) {
		c = &invalidCount{since: now}
		l.invalid[ip] = c
	}
	c.count++
	if c.count >= l.cfg.InvalidLimit && c.bannedUntil.IsZero() {
		c.bannedUntil = now.Add(l.cfg.BanFor)
	}
}

// banned tells until when an address is banned. The caller holds mu.
func (l *Limiter) banned(ip string, now time.Time) (time.Time, bool) {
	c := l.invalid[ip]
	if c == nil || c.bannedUntil.IsZero() {
		return time.Time{}, false
	}
	if !now.Before(c.bannedUntil) {
		delete(l.invalid, ip)
		return time.Time{}, false
	}
	return c.bannedUntil, true
}

func (l *Limiter) banAnswer(left time.Duration) Decision {
	h := http.Header{
		"Content-Type": {"text/html; charset=UTF-8"},
		"Server":       {"cloudflare"},
		"Retry-After":  {wholeSeconds(left)},
	}
	return Decision{Header: h, Status: l.cfg.BanStatus, Body: []byte(banPage), RetryAfter: left}
}
