package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// egressPassword is what the two processes share; no log may hold it.
const egressPassword = "sesame-sesame-sesame"

// egress starts `usher egress` with nothing in its environment but its own settings, and waits until it is ready.
func (st *stage) egress() *process {
	st.t.Helper()
	clients := filepath.Join(st.dir, "clients")
	if err := os.WriteFile(clients, []byte("# who may\nbot-1:"+egressPassword+"\n"), 0o600); err != nil {
		st.t.Fatal(err)
	}
	p := &process{st: st, cmd: exec.CommandContext(st.ctx, os.Args[0], "egress"), log: &journal{}, exited: make(chan error, 1)}
	p.cmd.Env = []string{
		asUsher + "=1", "USHER_LOG_FORMAT=json", "USHER_EGRESS_LISTEN=127.0.0.1:0", "USHER_EGRESS_HEALTH_LISTEN=127.0.0.1:0",
		"USHER_EGRESS_CLIENTS_FILE=" + clients, "USHER_EGRESS_ALLOW_NETWORKS=127.0.0.1/32",
	}
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		st.t.Fatal(err)
	}
	go func() { p.exited <- p.cmd.Wait() }()
	st.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		if st.t.Failed() || strings.Contains(p.log.String(), "DATA RACE") {
			st.t.Errorf("log of usher egress:\n%s", p.log)
		}
	})
	st.until("usher egress to be ready", func() bool { return strings.Contains(p.log.String(), `"msg":"ready"`) })
	return p
}

// TestI40ATicketThroughUsherEgress opens a ticket whose live values come through a second process, which knows neither Discord nor the database.
func TestI40ATicketThroughUsherEgress(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	way := st.egress()
	st.env = append(st.env, "USHER_EGRESS_WAY=proxy", "USHER_EGRESS_PROXY_URL=http://"+field(t, way.log.String(), "tunnels"), "USHER_EGRESS_PROXY_CREDENTIALS=bot-1:"+egressPassword)
	st.apply(st.setup(st.game.URL + "/other"))
	p := st.serve()
	st.press()
	st.opened(whole)
	st.faultless()
	p.stop()
	st.until("both tunnels to end", func() bool { return strings.Count(way.log.String(), `"msg":"tunnel ended"`) == 2 })
	way.stop()
	log := way.log.String()
	if !strings.Contains(log, `"host":"`+strings.TrimPrefix(st.game.URL, "http://")+`"`) || !strings.Contains(log, `"client":"bot-1"`) {
		t.Errorf("the log does not say who went where:\n%s", log)
	}
	for _, leak := range []string{"sesame", "lookup", "user=", "/other"} {
		if strings.Contains(log, leak) {
			t.Errorf("the log holds %q:\n%s", leak, log)
		}
	}
}

// TestI40NoWayOutIsNeverReplaced opens a ticket while the proxy is not there, and while it does not know us: the values fall back, and nobody
// reaches the integration's server.
func TestI40NoWayOutIsNeverReplaced(t *testing.T) {
	closed, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, told := range map[string]string{"missing": "cannot be reached", "stranger": "does not accept the credentials"} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			var reached journal
			st.game.set(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(&reached, r.URL.Path)
				w.WriteHeader(http.StatusNoContent)
			})
			url := closed.Addr().String()
			if name == "stranger" {
				url = field(t, st.egress().log.String(), "tunnels")
			}
			st.env = append(st.env, "USHER_EGRESS_WAY=proxy", "USHER_EGRESS_PROXY_URL=http://"+url, "USHER_EGRESS_PROXY_CREDENTIALS=stranger:"+egressPassword)
			st.apply(st.setup(st.game.URL + "/other"))
			p := st.serve()
			st.press()
			st.opened(func(d string) bool { return strings.Contains(d, "none yet") })
			st.until("the operator to be told", func() bool { return strings.Contains(p.log.String(), told) })
			if !strings.Contains(p.log.String(), `"class":"egress"`) || strings.Contains(p.log.String(), "sesame") {
				t.Errorf("log:\n%s", p.log)
			}
			p.stop()
			if reached.String() != "" {
				t.Errorf("the server was reached: %s", reached.String())
			}
		})
	}
}

// TestUsherEgressDrains holds what SIGTERM does: /readyz says so at once, a tunnel under way goes on to its end, exit code 0.
func TestUsherEgressDrains(t *testing.T) {
	st := newStage(t)
	way := st.egress()
	health := strings.TrimSuffix(field(t, way.log.String(), "health"), "/readyz")
	if got := healthStatus(st, health+"/readyz"); got != http.StatusOK {
		t.Fatalf("ready: %d", got)
	}
	conn, err := net.Dial("tcp", field(t, way.log.String(), "tunnels"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	host := strings.TrimPrefix(st.game.URL, "http://")
	if got := say(t, conn, "CONNECT "+host+" HTTP/1.1\r\nHost: "+host+"\r\nProxy-Authorization: Basic Ym90LTE6c2VzYW1lLXNlc2FtZS1zZXNhbWU=\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
		t.Fatalf("no tunnel: %q", got)
	}
	if err := way.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	st.until("/readyz to say that it ends", func() bool { return healthStatus(st, health+"/readyz") == http.StatusServiceUnavailable })
	if got := healthStatus(st, health+"/healthz"); got != http.StatusOK {
		t.Errorf("while it drains: /healthz %d", got)
	}
	if got := say(t, conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
		t.Errorf("the tunnel under way: %q", got)
	}
	_ = conn.Close()
	if err := <-way.exited; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func say(t *testing.T, conn net.Conn, text string) string {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 4096)
	n, err := conn.Read(answer)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer[:n])
}

func healthStatus(st *stage, url string) int {
	st.t.Helper()
	r, err := http.NewRequestWithContext(st.ctx, http.MethodGet, url, nil)
	if err != nil {
		st.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		st.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}
