package ratelimit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// sweepAt is how many windows are kept before those that ended are dropped.
const sweepAt = 4096

// Config says how strict a Limiter is: as Discord is assumed to be, where a
// field is zero. Now is required.
type Config struct {
	// Now is the clock.
	Now func() time.Time
	// Rules come before the DefaultRules and so take their place.
	Rules []Rule
	// Global is how many calls a bot (or an address without a bot) may make in
	// a second; 50 if 0, no limit if negative.
	Global int
	// InvalidLimit is how many invalid requests an address may make in
	// InvalidWindow before it is banned for BanFor: 10,000 in 10 minutes, and
	// an hour (an assumption), if 0; never if negative.
	InvalidLimit  int
	InvalidWindow time.Duration
	BanFor        time.Duration
	// BanStatus is the ban's HTTP status: 429 (if 0) or 403.
	BanStatus int
}

// Request is a call about to be carried out.
type Request struct {
	// App is the bot; 0 if the call is not authenticated.
	App uint64
	// IP is the caller's address, for the ban and where there is no App.
	IP     string
	Method string
	// Route is Discord's template of the path after /api/v10.
	Route string
	// Majors are the values of the top-level resources in the path (channel,
	// guild, webhook and token), in any fixed form: calls with other Majors
	// have another bucket.
	Majors string
	// Fields gives the names at the top of a JSON body. It is asked only where a
	// rule has Fields (PATCH of a channel, by default); nil is no names.
	Fields func() []string
}

// Scopes of a 429, as in X-RateLimit-Scope.
const (
	ScopeUser   = "user"
	ScopeShared = "shared"
	ScopeGlobal = "global"
	// ScopeBan is no scope of Discord's: Refuse answers it with the page that a
	// banned address gets.
	ScopeBan = "ban"
)

// Decision is what to do with a call.
type Decision struct {
	// OK lets the call pass; Header is to be added to its answer. If not OK,
	// Status, Header and Body are the answer.
	OK     bool
	Header http.Header
	Status int
	Body   []byte
	// Bucket is the hash told in X-RateLimit-Bucket, "" without a bucket.
	Bucket string
	// Scope is why the call was refused, "" for a ban.
	Scope string
	// RetryAfter is how long to wait after a refusal.
	RetryAfter time.Duration
}

// window counts calls from the first on until reset.
type window struct {
	left  int
	reset time.Time
}

// Limiter holds the state of all limits. It is safe for concurrent use.
type Limiter struct {
	cfg Config

	mu      sync.Mutex
	rules   []Rule
	plans   map[string]plan
	windows map[string]*window
	sweep   int
	invalid map[string]*invalidCount
}

// New makes a Limiter. It panics if Now is missing, which is a mistake of the
// program and not of its input.
func New(cfg Config) *Limiter {
	if cfg.Now == nil {
		panic("ratelimit.New: Config needs Now")
	}
	if cfg.Global == 0 {
		cfg.Global = 50
	}
	if cfg.InvalidLimit == 0 {
		cfg.InvalidLimit = 10_000
	}
	if cfg.InvalidWindow == 0 {
		cfg.InvalidWindow = 10 * time.Minute
	}
	if cfg.BanFor == 0 {
		cfg.BanFor = time.Hour
	}
	if cfg.BanStatus == 0 {
		cfg.BanStatus = http.StatusTooManyRequests
	}
	l := &Limiter{cfg: cfg, windows: map[string]*window{}, invalid: map[string]*invalidCount{}, sweep: sweepAt}
	l.SetRules(cfg.Rules)
	return l
}

// SetRules puts other rules before the DefaultRules. What was counted in
// buckets of the same name stays.
func (l *Limiter) SetRules(rules []Rule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rules = append(slices.Clone(rules), DefaultRules()...)
	l.plans = map[string]plan{}
}

// Reset forgets everything counted, bans included.
func (l *Limiter) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.windows)
	clear(l.invalid)
}

// Take counts a call and decides about it.
func (l *Limiter) Take(r Request) Decision {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if until, banned := l.banned(r.IP, now); banned {
		return l.banAnswer(until.Sub(now))
	}
	p := l.plan(r)
	if wait := l.takeGlobal(r, p, now); wait > 0 {
		return l.refuse(r, refusal{scope: ScopeGlobal, after: wait}, now)
	}
	d := Decision{OK: true, Header: http.Header{"Via": {via}}}
	if p.main != nil {
		w, ok := l.take(*p.main, r, now)
		d.Bucket = p.hash
		bucketHeaders(d.Header, d.Bucket, p.main.Limit, *w, now)
		if !ok {
			return l.refuse(r, refusal{rule: p.main, after: w.reset.Sub(now), header: d.Header}, now)
		}
	}
	for _, sub := range p.subs {
		if !sub.counts(r) {
			continue
		}
		if w, ok := l.take(sub, r, now); !ok {
			return l.refuse(r, refusal{rule: &sub, after: w.reset.Sub(now), header: d.Header}, now)
		}
	}
	return d
}

// Refuse makes up the 429 of a scope without counting the call, for faults on
// demand (S-10). after is how long the caller is told to wait.
func (l *Limiter) Refuse(r Request, scope string, after time.Duration) (Decision, error) {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if scope == ScopeBan {
		return l.banAnswer(after), nil
	}
	if scope == ScopeGlobal {
		return l.refuse(r, refusal{scope: ScopeGlobal, after: after}, now), nil
	}
	if scope != ScopeUser && scope != ScopeShared {
		return Decision{}, fmt.Errorf("rate_limit: unknown scope %q; use user, shared, global or ban", scope)
	}
	header := http.Header{"Via": {via}}
	if p := l.plan(r); p.main != nil {
		w := window{reset: now.Add(after)}
		bucketHeaders(header, p.hash, p.main.Limit, w, now)
	}
	return l.refuse(r, refusal{scope: scope, after: after, header: header}, now), nil
}

// plan is cached for each method and route. The caller holds mu.
func (l *Limiter) plan(r Request) plan {
	key := r.Method + " " + r.Route
	p, ok := l.plans[key]
	if !ok {
		p = planFor(l.rules, r.Method, r.Route)
		l.plans[key] = p
	}
	return p
}

// take counts a call in the rule's window and reports whether it had room.
// The caller holds mu.
func (l *Limiter) take(rule Rule, r Request, now time.Time) (*window, bool) {
	who := caller(r)
	if rule.Shared {
		who = "all"
	}
	return l.count(rule.Bucket+"|"+who+"|"+r.Majors, rule.Limit, rule.Per, now)
}

// takeGlobal counts a call against the global limit and tells how long to wait
// if it is over. The caller holds mu.
func (l *Limiter) takeGlobal(r Request, p plan, now time.Time) time.Duration {
	if l.cfg.Global < 0 || p.exempt {
		return 0
	}
	if w, ok := l.count("global|"+caller(r), l.cfg.Global, time.Second, now); !ok {
		return w.reset.Sub(now)
	}
	return 0
}

func caller(r Request) string {
	if r.App != 0 {
		return strconv.FormatUint(r.App, 10)
	}
	return "ip " + r.IP
}

// count takes one from a window, which begins with its first call. The caller
// holds mu.
func (l *Limiter) count(key string, limit int, per time.Duration, now time.Time) (*window, bool) {
	w := l.windows[key]
	if w == nil || !now.Before(w.reset) {
		l.forgetOld(now)
		w = &window{left: limit, reset: now.Add(per)}
		l.windows[key] = w
	}
	if w.left <= 0 {
		return w, false
	}
	w.left--
	return w, true
}

// forgetOld drops windows that ended once there are many. The caller holds mu.
func (l *Limiter) forgetOld(now time.Time) {
	if len(l.windows) < l.sweep {
		return
	}
	for key, w := range l.windows {
		if !now.Before(w.reset) {
			delete(l.windows, key)
		}
	}
	l.sweep = max(sweepAt, 2*len(l.windows))
}

// hash is a bucket's name as Discord would tell it.
func hash(bucket string) string {
	sum := sha256.Sum256([]byte(bucket))
	return hex.EncodeToString(sum[:16])
}
