package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// carryBuffer is what a tunnel holds of each direction, in bytes.
const carryBuffer = 16 << 10

// lingering is how long a client may take to read what its server's last bytes were.
const lingering = 2 * time.Second

// carried counts bytes: up is from the client to its server.
type carried struct{ up, down int64 }

// carry says that there is a tunnel and moves bytes both ways until either side ends (RFC 9110, 9.3.6), nothing moves any more, its time is
// over or ctx ends. Both connections are closed then.
func (t *Tunnels) carry(ctx context.Context, client, server net.Conn, early []byte, confirm bool) (total carried) {
	clock := &tunnelClock{client: client, server: server, idle: t.idle, end: t.now().Add(t.age), now: t.now}
	clock.moved()
	cut := func() { _, _ = client.Close(), server.Close() }
	defer context.AfterFunc(ctx, cut)()
	defer cut()
	established := "HTTP/1.1 200 Connection established\r\n"
	if confirm {
		established += onlyHeader + ": " + onlyValue + "\r\n"
	}
	if _, err := io.WriteString(client, established+"\r\n"); err != nil {
		return total
	}
	if n, err := server.Write(early); err != nil {
		return carried{up: int64(n)}
	}
	var down sync.WaitGroup
	down.Go(func() {
		total.down = clock.copy(client, server)
		clock.linger()
	})
	up := clock.copy(server, client) + int64(len(early))
	cut() // the client has gone, or has been told that its server has: nobody waits for more
	down.Wait()
	total.up = up
	return total
}

// tunnelClock ends a tunnel in which nothing moves, or which is too old, by the deadlines of its connections.
type tunnelClock struct {
	client, server net.Conn
	idle           time.Duration
	end            time.Time
	now            func() time.Time
}

func (c *tunnelClock) moved() {
	at := c.now().Add(c.idle)
	if at.After(c.end) {
		at = c.end
	}
	_ = c.client.SetDeadline(at) // a closed connection needs none
	_ = c.server.SetDeadline(at)
}

// copy moves bytes until from ends or either fails, and counts them.
func (c *tunnelClock) copy(to io.Writer, from io.Reader) (n int64) {
	buffer := make([]byte, carryBuffer)
	for {
		read, err := from.Read(buffer)
		if read > 0 {
			c.moved()
			written, writeErr := to.Write(buffer[:read])
			n += int64(written)
			err = errors.Join(err, writeErr)
		}
		if err != nil {
			return n
		}
	}
}

// linger tells the client that no more comes, and leaves it a moment to read what did: closing at once could take it back.
func (c *tunnelClock) linger() {
	half, ok := c.client.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		_ = c.client.Close()
		return
	}
	_ = c.client.SetReadDeadline(c.now().Add(lingering))
}

// running counts requests that are being served.
type running struct {
	mu   sync.Mutex
	n    int
	none chan struct{} // closed when there are none; made by who waits
}

// begin counts one until end is called.
func (r *running) begin() (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.n--; r.n == 0 && r.none != nil {
			close(r.none)
			r.none = nil
		}
	}
}

func (r *running) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// wait returns when none is served, or with the context's error.
func (r *running) wait(ctx context.Context) error {
	r.mu.Lock()
	if r.n == 0 {
		r.mu.Unlock()
		return nil
	}
	if r.none == nil {
		r.none = make(chan struct{})
	}
	none := r.none
	r.mu.Unlock()
	select {
	case <-none:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// connections bounds those that have not become a tunnel: who says nothing must not keep out who does.
type connections struct {
	most int
	mu   sync.Mutex
	open int
}

// changed is for http.Server.ConnState.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		if c.open++; c.open > c.most {
			_ = conn.Close() // the server finds it closed, and counts it down
		}
	case http.StateHijacked, http.StateClosed:
		c.open--
	default: // still the same connection
	}
}
