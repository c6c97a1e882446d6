package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// insideVariable tells the test that it runs inside the namespace.
const insideVariable = "USHER_TEST_INSIDE_NAMESPACE"

// TestI39ListenerProof runs [TestInsideNamespace] in a network namespace of its own where every IPv4 and IPv6 address leads to this machine,
// so that a real listener sees each connection that the guard lets through, without a packet leaving. Once by the way that dials itself, once through our proxy (I-40).
func TestI39ListenerProof(t *testing.T) {
	if os.Getenv(insideVariable) != "" {
		t.Skip("this is the inside")
	}
	const setUp = `ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo`
	flags := []string{"--net"}
	if os.Getuid() != 0 {
		flags = []string{"--user", "--map-root-user", "--net"}
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", append(flags, "sh", "-c", setUp)...).CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no network namespace can be made: %v %s", err, out)
		}
		t.Skipf("THE LISTENER PROOF IS NOT RUN: no network namespace can be made here: %v %s", err, out)
	}
	inside := append(flags, "sh", "-c", setUp+` && exec "$0" "$@"`, os.Args[0], "-test.run=^TestInsideNamespace$", "-test.v")
	for _, way := range []string{"direct", "proxy"} {
		t.Run(way, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "unshare", inside...)
			cmd.Env = append(os.Environ(), insideVariable+"=yes", wayVariable+"="+way)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "addresses judged by the listener") {
				t.Fatalf("inside the namespace: %v\n%s", err, out)
			}
			t.Log(lastLine(string(out), "addresses judged by the listener"))
		})
	}
}

func lastLine(out, holding string) string {
	for line := range strings.Lines(out) {
		if strings.Contains(line, holding) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// TestInsideNamespace dials every address of the table for real, by the whole client and by the socket check alone.
func TestInsideNamespace(t *testing.T) {
	if os.Getenv(insideVariable) == "" {
		t.Skip("runs inside TestI39ListenerProof")
	}
	var connections atomic.Int64
	l, err := net.Listen("tcp", "[::]:80")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		ReadHeaderTimeout: time.Second,
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }),
		ConnContext:       func(ctx context.Context, _ net.Conn) context.Context { connections.Add(1); return ctx },
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })

	public := 0
	for text, want := range verdicts() {
		addr := netip.MustParseAddr(text)
		resolver := &fakeResolver{answers: map[string][]netip.Addr{"target.customer-name.com.": {addr}}}
		client := newClient(t, strict(resolver))
		calls := []func() error{
			func() error { _, err := get(t, client, "http://target.customer-name.com/"); return err },
			func() error { return dialAlone(t.Context(), client, addr) },
		}
		if u, err := ParseURL("http://" + bracket(addr) + "/"); err == nil {
			calls = append(calls, func() error {
				_, err := client.Do(t.Context(), Key{}, Request{Method: http.MethodGet, URL: u})
				return err
			})
		}
		for i, call := range calls {
			connections.Store(0)
			err := call()
			// A public address is the proof that the listener would have seen the others.
			if got := connections.Load(); (got == 1) != want || (err == nil) != want {
				t.Errorf("%s, way %d: %d connections, %v; want it reached: %v", text, i, got, err, want)
			}
		}
		if want {
			public++
		}
	}
	reachable := unguarded(t)
	if reachable < 30 {
		t.Errorf("only %d refused addresses would be reached without the guard: this proves little", reachable)
	}
	t.Logf("%d addresses judged by the listener: %d public ones reached, %d others that a plain dialer reaches were not", len(verdicts()), public, reachable)
}

// unguarded counts the refused addresses that a plain dialer reaches here: those are what the guard is measured by.
func unguarded(t *testing.T) int {
	n := 0
	for text, public := range verdicts() {
		if public {
			continue
		}
		to := netip.AddrPortFrom(netip.MustParseAddr(text), 80).String()
		if conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", to); err == nil {
			_ = conn.Close()
			n++
		}
	}
	return n
}

// dialAlone goes past everything but the check at the socket. It waits for one answer, so that the listener has seen the connection.
func dialAlone(ctx context.Context, c *Client, addr netip.Addr) error {
	conn, err := dialerOf(c).dialOne(ctx, netip.AddrPortFrom(addr, 80), false, 1)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return err
	}
	if n, err := conn.Read(make([]byte, 64)); n == 0 {
		return errors.Join(errors.New("no answer"), err)
	}
	return nil
}

func bracket(addr netip.Addr) string {
	if addr.Is6() {
		return "[" + addr.String() + "]"
	}
	return addr.String()
}
