package sandbox

import (
	"net"
	"net/http"
	"sync"
)

// unasked holds the connections on which nothing was asked yet. Clients keep such connections in reserve, and net/http
// waits five seconds for each of them before it stops; the sandbox cuts them.
type unasked struct {
	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// watch follows the states of the server's connections (http.Server.ConnState).
func (u *unasked) watch(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.conns, c)
	case u.closed:
		_ = c.Close()
	default:
		u.conns[c] = struct{}{}
	}
}

// cut closes all of them, and those that still come.
func (u *unasked) cut() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for c := range u.conns {
		_ = c.Close()
	}
	clear(u.conns)
}
