package ratelimit

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/disgoorg/disgo/rest"

	"usher/internal/discord/clock"
)

// Options set a Limiter up. Clock and Logger are required; zero values of the others mean the default named with each.
type Options struct {
	Clock  clock.Clock
	Logger *slog.Logger
	// Global is how many requests per second the bot may send. Default 50 (Discord docs, "Rate Limits"); Discord raises it for large bots.
	Global int
	// InvalidLimit is how many invalid answers in ten minutes get the address banned. Default 10,000.
	InvalidLimit int
	// Tries bounds how often one request is sent in all when it is answered 429. Default 5.
	Tries int
	// MaxWait bounds the waiting of a request whose context has no deadline. Default one minute.
	MaxWait time.Duration
	// ProbePatience is how long a first request on an unknown bucket may be silent before another may follow. Default half a second.
	ProbePatience time.Duration
	// IdleAfter is how long an unused bucket is remembered. Default ten minutes.
	IdleAfter time.Duration
}

func (o Options) withDefaults() Options {
	setDefault(&o.Global, 50)
	setDefault(&o.InvalidLimit, 10_000)
	setDefault(&o.Tries, 5)
	setDefault(&o.MaxWait, time.Minute)
	setDefault(&o.ProbePatience, 500*time.Millisecond)
	setDefault(&o.IdleAfter, 10*time.Minute)
	return o
}

func setDefault[T int | time.Duration](v *T, value T) {
	if *v <= 0 {
		*v = value
	}
}

// Limiter implements rest.RateLimiter. It is safe for concurrent use and starts no goroutine of its own.
type Limiter struct {
	opts Options
	log  *slog.Logger

	mu        sync.Mutex
	buckets   map[string]*bucket                   // by method, route and major parameters; several ids can share one bucket
	shared    map[string]*bucket                   // by Discord's hash and major parameters
	profiles  map[string]profile                   // by method and route
	permits   map[*rest.CompiledEndpoint][]permit  // of requests in flight
	penalties map[*rest.CompiledEndpoint]time.Time // sub-limits: until when this very request must wait
	gate      gate
	invalid   invalidCounter
	alarmed   int // tenths of the invalid limit already logged
	sweptAt   time.Time
	inFlight  int
	closed    bool
	drained   chan struct{} // closed when closed and nothing is in flight
}

// profile is what one answer on a route tells about the same route for other channels and guilds.
type profile struct {
	hash      string
	limit     int
	unlimited bool
}

// permit is the right to be in flight.
type permit struct {
	bucket *bucket
	gen    uint64
}

var _ rest.RateLimiter = (*Limiter)(nil)

// New returns a limiter that knows nothing yet.
func New(opts Options) *Limiter {
	l := &Limiter{opts: opts.withDefaults(), log: opts.Logger.With(slog.String("part", "rate_limiter")), drained: make(chan struct{})}
	l.forget()
	return l
}

func (l *Limiter) forget() {
	l.buckets = map[string]*bucket{}
	l.shared = map[string]*bucket{}
	l.profiles = map[string]profile{}
	l.penalties = map[*rest.CompiledEndpoint]time.Time{}
	if l.permits == nil {
		l.permits = map[*rest.CompiledEndpoint][]permit{}
	}
}

// MaxRetries is how often disgo may send one request that is answered 429, the first time included.
func (l *Limiter) MaxRetries() int { return l.opts.Tries }

// Wait returns when a request to e may be sent. Every nil return must be followed by Unlock with the same e.
// It fails with *TooLong at once when the wait would outlast ctx's deadline (MaxWait without one), with ctx's error when ctx ends,
// and with ErrClosed after Close.
func (l *Limiter) Wait(ctx context.Context, e *rest.CompiledEndpoint) error {
	if err := l.servePenalty(ctx, e); err != nil {
		return err
	}
	w, err := l.enter(ctx, e)
	if err != nil {
		return err
	}
	select {
	case err := <-w.result: // most requests leave at once
		return err
	default:
	}
	if _, has := ctx.Deadline(); !has {
		timer := l.opts.Clock.AfterFunc(l.opts.MaxWait, func() { l.expire(w) })
		defer timer.Stop()
	}
	select {
	case err := <-w.result:
		return err
	case <-ctx.Done():
		l.abandon(w)
		return ctx.Err()
	}
}

// servePenalty waits out the sub-limit that an earlier try of this very request ran into.
func (l *Limiter) servePenalty(ctx context.Context, e *rest.CompiledEndpoint) error {
	l.mu.Lock()
	until, has := l.penalties[e]
	delete(l.penalties, e)
	now := l.opts.Clock.Now()
	l.mu.Unlock()
	if !has || !until.After(now) {
		return nil
	}
	if until.After(l.deadline(ctx, now)) {
		return &TooLong{Wait: until.Sub(now), Scope: ScopeSubLimit}
	}
	return clock.Sleep(ctx, l.opts.Clock, until.Sub(now))
}

func (l *Limiter) deadline(ctx context.Context, now time.Time) time.Time {
	if at, ok := ctx.Deadline(); ok {
		return at
	}
	return now.Add(l.opts.MaxWait)
}

// enter queues the request and grants what can be granted.
func (l *Limiter) enter(ctx context.Context, e *rest.CompiledEndpoint) (*waiter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	now := l.opts.Clock.Now()
	l.sweep(now)
	w := &waiter{
		endpoint: e, id: identity(e), priority: priorityOf(ctx, e.Endpoint), exempt: exempt(e.Endpoint),
		deadline: l.deadline(ctx, now), result: make(chan error, 1),
	}
	w.bucket = l.bucketFor(e, w.id)
	if err := l.hopeless(w, w.bucket.waiting.ahead(w.priority), now); err != nil {
		return nil, err
	}
	w.bucket.lastUsed = now
	w.bucket.waiting.push(w)
	l.pump(w.bucket, now)
	return w, nil
}

// hopeless returns *TooLong if the request, behind ahead others of its bucket, cannot leave before its deadline.
func (l *Limiter) hopeless(w *waiter, ahead int, now time.Time) error {
	at, scope := w.bucket.earliest(now, ahead)
	if now.Before(l.gate.bannedUntil) && l.gate.bannedUntil.After(at) {
		at, scope = l.gate.bannedUntil, ScopeCloudflare
	}
	if !w.exempt {
		if global, why := l.globalEarliest(now, l.gate.waiting.ahead(w.priority)); global.After(at) {
			at, scope = global, why
		}
	}
	if at.After(w.deadline) {
		return &TooLong{Wait: at.Sub(now), Scope: scope}
	}
	return nil
}

// Unlock takes note of the answer to a request that Wait let go, or of its failure when rs is nil. It never fails.
func (l *Limiter) Unlock(e *rest.CompiledEndpoint, rs *http.Response) error {
	var a answer
	if rs != nil {
		a = readAnswer(rs, l.opts.Clock.Now())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.takePermit(e)
	if !ok {
		return nil
	}
	now := l.opts.Clock.Now()
	b := p.bucket
	b.inFlight--
	b.lastUsed = now
	if rs == nil {
		b.spend(p.gen, now)
	} else {
		b = l.note(e, b, p.gen, a, now)
	}
	l.pump(p.bucket, now)
	if b != p.bucket {
		l.pump(b, now)
	}
	l.pumpGate(now)
	return nil
}

func (l *Limiter) takePermit(e *rest.CompiledEndpoint) (permit, bool) {
	held := l.permits[e]
	if len(held) == 0 {
		return permit{}, false
	}
	last := held[len(held)-1]
	if len(held) == 1 {
		delete(l.permits, e)
	} else {
		l.permits[e] = held[:len(held)-1]
	}
	l.inFlight--
	if l.closed && l.inFlight == 0 {
		close(l.drained)
	}
	return last, true
}

// Reset forgets every bucket, pause and count. Requests that wait are looked at anew.
func (l *Limiter) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.opts.Clock.Now()
	var waiting []*waiter
	for _, b := range l.distinctBuckets() {
		for _, w := range b.waiting.all() {
			b.waiting.remove(w)
			waiting = append(waiting, w)
		}
	}
	l.forget()
	l.gate.pausedUntil, l.gate.bannedUntil, l.gate.sent = time.Time{}, time.Time{}, nil
	l.invalid, l.alarmed = invalidCounter{}, 0
	for _, w := range waiting {
		w.bucket = l.bucketFor(w.endpoint, w.id)
		w.bucket.waiting.push(w)
		l.pump(w.bucket, now)
	}
	l.pumpGate(now)
}

// Close refuses everything that waits and whatever comes later with ErrClosed, then waits for the requests in flight or for ctx.
func (l *Limiter) Close(ctx context.Context) {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		for _, b := range l.distinctBuckets() {
			l.refuseAll(&b.waiting, ErrClosed)
			stop(&b.timer)
		}
		l.refuseAll(&l.gate.waiting, ErrClosed)
		stop(&l.gate.timer)
		if l.inFlight == 0 {
			close(l.drained)
		}
	}
	l.mu.Unlock()
	select {
	case <-l.drained:
	case <-ctx.Done():
	}
}

func (l *Limiter) refuseAll(q *queue, err error) {
	for _, w := range q.all() {
		l.refuse(w, err)
	}
}

// Stats is a reading of the limiter for metrics and the doctor command.
type Stats struct {
	// Buckets is how many buckets are remembered.
	Buckets int
	// Waiting and InFlight count requests.
	Waiting, InFlight int
	// Invalid is how many invalid answers (401, 403, 429) came in the last ten minutes.
	Invalid int
	// PausedUntil is the end of a global pause or ban; zero if there is none.
	PausedUntil time.Time
}

// Stats reads the limiter.
func (l *Limiter) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.opts.Clock.Now()
	s := Stats{InFlight: l.inFlight, Waiting: l.gate.waiting.size(), Invalid: l.invalid.count(now)}
	for _, b := range l.distinctBuckets() {
		s.Buckets++
		s.Waiting += b.waiting.size()
	}
	for _, until := range []time.Time{l.gate.pausedUntil, l.gate.bannedUntil} {
		if until.After(now) && until.After(s.PausedUntil) {
			s.PausedUntil = until
		}
	}
	return s
}
