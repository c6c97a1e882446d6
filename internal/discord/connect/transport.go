package connect

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"usher/internal/discord/clock"
)

const (
	// burst is how many connections to Discord are kept open, so that a rush of presses does not pay for handshakes each time.
	burst = 128
	// serverErrorTries is how often a request is sent in all when Discord's servers fail.
	serverErrorTries = 3
	serverErrorWait  = 250 * time.Millisecond
	// drainLimit bounds what is read of a failed answer to be able to use its connection again.
	drainLimit = 64 << 10
)

func defaultTransport(timeout time.Duration) http.RoundTripper {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := base.Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*burst, burst
	t.ResponseHeaderTimeout = timeout
	return t
}

// retrier repeats requests that failed on Discord's side, which disgo does not. Only what may be done twice is repeated: a POST that
// failed may have been carried out.
type retrier struct {
	next  http.RoundTripper
	clock clock.Clock
	rand  func() float64
	log   *slog.Logger
}

// RoundTrip implements http.RoundTripper.
func (r *retrier) RoundTrip(rq *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		rs, err := r.next.RoundTrip(rq)
		if try >= serverErrorTries || !repeatable(rq) || !failed(rs, err) {
			return rs, err
		}
		wait := serverErrorWait << (try - 1)
		wait += time.Duration(r.rand() * float64(wait))
		if deadline, ok := rq.Context().Deadline(); ok && r.clock.Now().Add(wait).After(deadline) {
			return rs, err
		}
		next, rewound := rewind(rq)
		if !rewound {
			return rs, err
		}
		if rs != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(rs.Body, drainLimit))
			_ = rs.Body.Close()
		}
		r.log.Warn("discord failed to answer, trying again", slog.String("method", rq.Method), slog.Int("status", statusOf(rs)),
			slog.Int("try", try), slog.Duration("next_try_in", wait))
		if err := clock.Sleep(rq.Context(), r.clock, wait); err != nil {
			return nil, err
		}
		rq = next
	}
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transport beneath.
func (r *retrier) CloseIdleConnections() {
	if c, ok := r.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func repeatable(rq *http.Request) bool {
	switch rq.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return rq.Context().Err() == nil
	default:
		return false
	}
}

// failed reports a failure that another try can mend. A host that cannot even be dialled is reported at once.
func failed(rs *http.Response, err error) bool {
	if err != nil {
		var op *net.OpError
		return !errors.As(err, &op) || op.Op != "dial"
	}
	switch rs.StatusCode {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

func rewind(rq *http.Request) (*http.Request, bool) {
	next := rq.Clone(rq.Context())
	if rq.Body == nil || rq.Body == http.NoBody {
		return next, true
	}
	if rq.GetBody == nil {
		return nil, false
	}
	body, err := rq.GetBody()
	if err != nil {
		return nil, false
	}
	next.Body = body
	return next, true
}

func statusOf(rs *http.Response) int {
	if rs == nil {
		return 0
	}
	return rs.StatusCode
}
