package gatewayconn

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/disgoorg/disgo/gateway"

	"usher/internal/discord/clock"
)

const (
	// maxFailedResumes is how many logins with a session may lead nowhere before a new session is started.
	maxFailedResumes = 5
	// maxResumeDials is how often the session's own address may be unreachable before the general one is tried.
	maxResumeDials = 2
)

// loop keeps the shard connected until its context ends or Discord refuses it for good.
func (c *Conn) loop(ctx context.Context, r *run) {
	defer close(r.done)
	for attempt := 0; ; attempt++ {
		started := c.opts.Clock.Now()
		s := newSession(c, r)
		err := s.serve(ctx)
		lived := c.opts.Clock.Now().Sub(started)
		if ctx.Err() != nil || s.leaving.Load() {
			return
		}
		if fatal := asFatal(err, c.shard); fatal != nil {
			c.giveUp(r, fatal)
			return
		}
		switch {
		case !s.wasReady():
			attempt = max(attempt, 1)
		case lived >= c.opts.Steady:
			attempt = 0
		}
		c.noteLoss(r, s, err)
		delay := c.delay(err, attempt)
		c.log.Warn("gateway connection lost", slog.Any("error", err), slog.Duration("next_try_in", delay), slog.Bool("resuming", c.resumable()))
		if clock.Sleep(ctx, c.opts.Clock, delay) != nil {
			return
		}
	}
}

func (c *Conn) giveUp(r *run, fatal *FatalError) {
	c.log.Error("discord refuses this shard", slog.Any("error", fatal))
	c.mu.Lock()
	r.err = fatal
	c.run = nil
	c.forgetSession()
	c.mu.Unlock()
	c.setStatus(gateway.StatusDisconnected, fatal)
	select {
	case <-r.ready:
		c.opts.OnFatal(c.shard.ID, fatal)
	default:
	}
}

// noteLoss decides whether the session is still worth resuming.
func (c *Conn) noteLoss(r *run, s *session, err error) {
	c.mu.Lock()
	r.last = err
	c.stats.Lost++
	switch {
	case s.wasReady():
		c.failedResumes, c.failedDials = 0, 0
	case s.dialled():
		c.failedDials = 0
		c.failedResumes++
	default:
		c.failedDials++
	}
	if endsSession(err) || c.failedResumes >= maxFailedResumes {
		c.forgetSession()
	}
	c.mu.Unlock()
	c.setStatus(gateway.StatusDisconnected, err)
}

// delay is how long to wait before the next try: not at all for the first loss, then doubling with jitter.
func (c *Conn) delay(err error, attempt int) time.Duration {
	if errors.Is(err, errInvalidSession) {
		return c.opts.FreshMin + time.Duration(c.opts.Rand()*float64(c.opts.FreshMax-c.opts.FreshMin))
	}
	if attempt == 0 {
		return 0
	}
	d := c.opts.BackoffMax
	if shift := attempt - 1; shift < 30 && c.opts.BackoffMin<<shift < d {
		d = c.opts.BackoffMin << shift
	}
	return d/2 + time.Duration(c.opts.Rand()*float64(d/2))
}

func (c *Conn) resumable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sessionID != "" && c.received > 0
}

// address is where to connect: a session is resumed at its own address while that can be reached.
func (c *Conn) address() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessionID != "" && c.resumeURL != "" && c.failedDials < maxResumeDials {
		return c.resumeURL
	}
	return c.opts.URL
}
