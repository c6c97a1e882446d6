package egress

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// connection is one end of a test server.
type connection = net.Conn

// rawServer is a server on loopback that does not have to speak HTTP.
type rawServer struct {
	port        uint16
	connections atomic.Int64
	arrived     chan struct{}
}

func (s *rawServer) url() string { return fmt.Sprintf("http://127.0.0.1:%d/x?key=geheim", s.port) }

// accepted waits for the next connection.
func (s *rawServer) accepted(t *testing.T) {
	select {
	case <-s.arrived:
	case <-time.After(5 * time.Second):
		t.Error("no connection came")
	}
}

// listenAny is listen for a server with any number of connections, whose coming nobody waits for.
func listenAny(t *testing.T, handle func(connection)) *rawServer {
	t.Helper()
	return listenWith(t, handle, func(*rawServer) {})
}

// listen serves each connection with handle until the test ends, and fails the test if a handler outlives its client.
func listen(t *testing.T, handle func(connection)) *rawServer {
	t.Helper()
	return listenWith(t, handle, func(s *rawServer) { s.arrived <- struct{}{} })
}

func listenWith(t *testing.T, handle func(connection), arrived func(*rawServer)) *rawServer {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{port: uint16(l.Addr().(*net.TCPAddr).Port), arrived: make(chan struct{}, 64)}
	var handlers sync.WaitGroup
	handlers.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.connections.Add(1)
			arrived(s)
			handlers.Go(func() {
				defer func() { _ = conn.Close() }()
				handle(conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		done := make(chan struct{})
		go func() { handlers.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Error("a connection was left open by the client")
		}
	})
	return s
}

// answer reads a request and sends text.
func answer(text string) func(connection) {
	return func(conn connection) {
		if readRequest(conn) {
			_, _ = io.WriteString(conn, text)
		}
	}
}

// silent reads until the client closes.
func silent(conn connection) { _, _ = io.Copy(io.Discard, conn) }

// endless reads a request, sends head and then piece until the client closes.
func endless(head, piece string) func(connection) {
	return func(conn connection) {
		if !readRequest(conn) {
			return
		}
		_, err := io.WriteString(conn, head)
		for err == nil {
			_, err = io.WriteString(conn, piece)
		}
	}
}

func readRequest(conn net.Conn) bool {
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, req.Body)
	return true
}
