package egress

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/secret"
	"usher/internal/core/webhooksignature"
)

// workerFolder holds the Cloudflare worker and what runs it.
func workerFolder() string { return filepath.Join("..", "..", "deploy", "cloudflare") }

// cloudflare runs the worker in miniflare until the test ends. Every name of the form p<port>.customer-name.com leads to that port here.
// Without Node or miniflare the test is skipped, in CI it fails.
func cloudflare(t *testing.T) Worker {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join("..", "..", "node_modules", "miniflare"))
	}
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("THE CLOUDFLARE WORKER IS NOT TESTED: install Node and run npm ci at the root (%v)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	key, err := webhooksignature.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	outbound := listenAny(t, toPort)
	var errs bytes.Buffer
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), node, filepath.Join(workerFolder(), "test", "serve.mjs"), fmt.Sprintf("127.0.0.1:%d", outbound.port))
	cmd.Env = append(os.Environ(), "KEYS="+key.Reveal())
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the worker ended with %v: %s", err, errs.String())
		}
		if strings.Contains(errs.String(), "geheim") {
			t.Errorf("the worker wrote %s", errs.String())
		}
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the worker does not start: %s", errs.String())
	}
	return Worker{URL: lines.Text(), Key: key}
}

var hostPort = regexp.MustCompile(`(?i)\r\nHost: p(\d+)\.customer-name\.com\r\n`)

// toPort reads a request's head as far as its Host and carries the connection to the port that it names.
func toPort(conn connection) {
	var head []byte
	piece := make([]byte, 4096)
	for len(head) < 64<<10 {
		n, err := conn.Read(piece)
		head = append(head, piece[:n]...)
		if match := hostPort.FindSubmatch(head); match != nil {
			carryTo(conn, "127.0.0.1:"+string(match[1]), head)
			return
		}
		if err != nil {
			return
		}
	}
}

func carryTo(conn connection, address string, head []byte) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(server, io.MultiReader(bytes.NewReader(head), conn))
		_ = server.Close()
	}()
	_, _ = io.Copy(conn, server)
	_, _ = conn.Close(), server.Close()
	<-ended
}

// viaWorker is a client whose way out is the worker.
func viaWorker(t *testing.T, w Worker, change func(*Config)) *Client {
	t.Helper()
	cfg := Config{Timeout: 5 * time.Second, ConnectTimeout: time.Second, Now: time.Now, Worker: &w, Resolver: nobodyAsks{t}, UserAgent: "Usher/1.2.3"}
	if change != nil {
		change(&cfg)
	}
	return mustNew(t, cfg)
}

// named is the name by which the worker reaches a server of the test.
func named(port uint16) string { return fmt.Sprintf("https://p%d.customer-name.com", port) }

func TestI40ThroughTheCloudflareWorker(t *testing.T) {
	w := cloudflare(t)
	t.Run("a request and its answer", func(t *testing.T) { workerCarries(t, w) })
	t.Run("hostile servers", func(t *testing.T) { workerIsBounded(t, w) })
	t.Run("redirects", func(t *testing.T) { workerFollowsNothing(t, w) })
	t.Run("what is not sent", func(t *testing.T) { workerRefuses(t, w) })
	t.Run("every case that is refused before DNS", func(t *testing.T) {
		held := 0
		for _, c := range readCases(t) {
			if c.expected != "reject-before-dns" {
				continue
			}
			held++
			client := viaWorker(t, w, nil)
			wantRefusedURL(t, client.Check(c.input, false))
			if u, err := ParseURL(c.input); err == nil {
				_, err = client.Do(t.Context(), Key{}, Request{Method: http.MethodGet, URL: u})
				wantRefusedURL(t, err)
			}
		}
		t.Logf("%d rows", held)
	})
	t.Run("a wrong key", func(t *testing.T) {
		other := w
		other.Key = secret.New("whsec_" + strings.Repeat("A", 43) + "=")
		client := viaWorker(t, other, nil)
		_, err := get(t, client, named(9)+"/")
		wantClass(t, err, ClassEgress)
		if err := client.Probe(t.Context()); err == nil || strings.Contains(err.Error(), "whsec_") {
			t.Errorf("the operator is told %v", err)
		}
	})
	t.Run("clocks apart", func(t *testing.T) {
		client := viaWorker(t, w, func(cfg *Config) { cfg.Now = func() time.Time { return time.Now().Add(-2 * time.Minute) } })
		_, err := get(t, client, named(9)+"/")
		wantClass(t, err, ClassEgress)
	})
	t.Run("the operator's look", func(t *testing.T) {
		if err := viaWorker(t, w, nil).Probe(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func workerCarries(t *testing.T, w Worker) {
	got := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		got <- r
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("Set-Cookie", "a=b")
		rw.WriteHeader(http.StatusTeapot)
		_, _ = rw.Write([]byte("{\"a\":\n\x00\xff}"))
	}))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	resp, err := viaWorker(t, w, nil).Do(t.Context(), Key{Guild: "1"}, Request{
		Method: http.MethodPost, URL: target(t, "https://p"+port+".customer-name.com/a%2Fb/%41//?k=%26&l"), Body: []byte("{\"x\":\n\"y\"}\x00"), Confidential: true,
		Header: []Header{{Name: "Authorization", Value: secret.New("Bearer geheim")}, {Name: "webhook-id", Value: secret.New("msg_1")}},
	})
	if err != nil || resp.Status != http.StatusTeapot || string(resp.Body) != "{\"a\":\n\x00\xff}" || resp.Duration <= 0 {
		t.Fatalf("%+v, %v", resp, err)
	}
	if diff := cmp.Diff(http.Header{"Content-Type": {"application/json"}}, resp.Header); diff != "" {
		t.Error(diff)
	}
	r := <-got
	body, _ := io.ReadAll(r.Body)
	if r.Method != http.MethodPost || r.RequestURI != "/a%2Fb/%41//?k=%26&l" || string(body) != "{\"x\":\n\"y\"}\x00" {
		t.Errorf("%s %s %q", r.Method, r.RequestURI, body)
	}
	for _, name := range []string{"Cf-Worker", "Cache-Control", "Pragma"} { // Cloudflare's own
		r.Header.Del(name)
	}
	want := http.Header{"Authorization": {"Bearer geheim"}, "Webhook-Id": {"msg_1"}, "User-Agent": {"Usher/1.2.3"}, "Accept-Encoding": {"gzip"}, "Content-Length": {"11"}}
	if diff := cmp.Diff(want, r.Header); diff != "" {
		t.Error(diff)
	}
}

func workerIsBounded(t *testing.T, w Worker) {
	const limit = 4096
	ok := "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		name   string
		handle func(connection)
		class  Class
	}{
		{"silent", silent, ClassTimeout},
		{"drip", drip, ClassTimeout},
		{"endless headers", endless(ok, "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"), ClassConnect}, // workerd's own limit,
		{"endless body", endless(ok+"Connection: close\r\n\r\n", strings.Repeat("a", 4096)), ClassTooLarge},
		{"declared", answer(ok + "Content-Length: 1000000\r\n\r\n{}"), ClassTooLarge},
		{"exactly", answer(ok + "Content-Length: 4096\r\n\r\n" + strings.Repeat("a", limit)), ""},
		{"one more", answer(ok + "Content-Length: 4097\r\n\r\n" + strings.Repeat("a", limit+1)), ClassTooLarge},
		{"gzip", answer(encoded("gzip", zipped([]byte("{}")))), ""},
		{"gzip bomb", answer(encoded("gzip", zipped(make([]byte, 1<<20)))), ClassTooLarge},
		{"gzip cut short", answer(encoded("gzip", zipped(noise(1000))[:500])), ClassEncoding},
		{"gzip in gzip", answer(encoded("gzip, gzip", zipped(zipped([]byte("{}"))))), ClassEncoding},
		{"zstd", answer(encoded("zstd", []byte("{}"))), ClassEncoding},
		{"deflate", answer(encoded("deflate", []byte("{}"))), ClassEncoding},
		{"no HTTP", answer("<html>hello</html>\r\n"), ClassConnect},
		{"unsolicited 101", answer("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"), ClassConnect},
		{"hangs up", func(conn connection) { readRequest(conn) }, ClassConnect},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := listen(t, tt.handle)
			client := viaWorker(t, w, func(cfg *Config) {
				cfg.MaxBody = limit
				if tt.class == ClassTimeout { // the limit must not end it, but the clock
					cfg.MaxBody, cfg.Timeout = 1<<20, time.Second
				}
			})
			resp, err := get(t, client, named(server.port)+"/x?key=geheim")
			if tt.class == "" {
				if err != nil || resp.Status != http.StatusOK || len(resp.Body) == 0 {
					t.Errorf("%+v, %v", resp, err)
				}
				return
			}
			wantClass(t, err, tt.class)
		})
	}
}

func workerFollowsNothing(t *testing.T, w Worker) {
	second := listen(t, silent)
	for head, want := range map[string]string{
		"Location: " + named(second.port) + "/": fmt.Sprintf("points to p%d.customer-name.com.", second.port),
		"Location: /elsewhere":                  "another path on",
		"Location: http://localhost/":           "cannot be requested",
		"Location: http://a.customer-name.com/\r\nLocation: http://b.customer-name.com/":   "not followed.",
		"Location: https://a.customer-name.com/" + strings.Repeat("a", 20<<10) + "?geheim": "points to a.customer-name.com.",
	} {
		first := listen(t, answer("HTTP/1.1 302 Found\r\n"+head+"\r\nContent-Length: 2\r\n\r\n{}"))
		f := wantClass(t, confidential(t, viaWorker(t, w, nil), named(first.port)+"/x?key=geheim"), ClassRedirect)
		if !strings.Contains(f.Text, want) || len(f.Text) > 200 || first.connections.Load() != 1 {
			t.Errorf("%.60s: %q, %d requests", head, f.Text, first.connections.Load())
		}
	}
	if n := second.connections.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

func workerRefuses(t *testing.T, w Worker) {
	server := listen(t, silent)
	client := viaWorker(t, w, func(cfg *Config) { cfg.AllowPorts = []uint16{8443} })
	wantClass(t, confidential(t, client, strings.Replace(named(server.port), "https", "http", 1)+"/"), ClassPolicy)
	_, err := get(t, client, "https://93.184.216.34/")
	wantClass(t, err, ClassPolicy)
	if err := client.Check("https://93.184.216.34/", false); err == nil || !strings.Contains(err.Error(), "use the server's name") {
		t.Errorf("saved: %v", err)
	}
	_, err = get(t, client, named(server.port)+":8443/") // allowed here, but not by the worker's operator
	wantClass(t, err, ClassPolicy)
	if n := server.connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// TestI40AnswersThatAreNotTheWorkersAreRefused plays somebody between Usher and the worker, who does not have the key.
func TestI40AnswersThatAreNotTheWorkersAreRefused(t *testing.T) {
	text, err := webhooksignature.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := webhooksignature.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	good := "{\"v\":1,\"status\":200,\"headers\":[]}\n{}"
	signature := func(id string, at time.Time, body string) string {
		return webhooksignature.Sign([]webhooksignature.Key{key}, id, at, []byte(body))
	}
	tests := map[string]struct {
		reply func(r *http.Request, envelope []byte, answerID string) (id string, at time.Time, signature, body string)
		class Class
	}{
		"right": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			return id, time.Now(), signature(id, time.Now(), good), good
		}, ""},
		"unsigned": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			return id, time.Now(), "", good
		}, ClassEgress},
		"changed": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			return id, time.Now(), signature(id, time.Now(), good), good + "x"
		}, ClassEgress},
		"of another envelope": {func(*http.Request, []byte, string) (string, time.Time, string, string) {
			return "ans_other", time.Now(), signature("ans_other", time.Now(), good), good
		}, ClassEgress},
		"old": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			at := time.Now().Add(-5 * time.Minute)
			return id, at, signature(id, at, good), good
		}, ClassEgress},
		"the envelope itself": {func(r *http.Request, envelope []byte, _ string) (string, time.Time, string, string) {
			return r.Header.Get("webhook-id"), time.Now(), r.Header.Get("webhook-signature"), string(envelope)
		}, ClassEgress},
		"no JSON": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			return id, time.Now(), signature(id, time.Now(), "x"), "x"
		}, ClassEgress},
		"a class that there is not": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			body := "{\"v\":1,\"class\":\"geheim\"}\n"
			return id, time.Now(), signature(id, time.Now(), body), body
		}, ClassEgress},
		"interim": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			body := "{\"v\":1,\"status\":101}\n"
			return id, time.Now(), signature(id, time.Now(), body), body
		}, ClassConnect},
		"larger than asked for": {func(_ *http.Request, _ []byte, id string) (string, time.Time, string, string) {
			body := good + strings.Repeat("a", 300<<10)
			return id, time.Now(), signature(id, time.Now(), body), body
		}, ClassTooLarge},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				envelope, _ := io.ReadAll(r.Body)
				id, at, signed, body := tt.reply(r, envelope, strings.Replace(r.Header.Get("webhook-id"), "msg_", "ans_", 1))
				w.Header().Set("webhook-id", id)
				w.Header().Set("webhook-timestamp", webhooksignature.Timestamp(at))
				w.Header().Set("webhook-signature", signed)
				_, _ = io.WriteString(w, body)
			}))
			t.Cleanup(server.Close)
			resp, err := get(t, viaWorker(t, Worker{URL: server.URL, Key: text}, nil), "https://api.customer-name.com/?key=geheim")
			if tt.class != "" {
				wantClass(t, err, tt.class)
			} else if err != nil || string(resp.Body) != "{}" {
				t.Errorf("%+v, %v", resp, err)
			}
		})
	}
}

func TestI40AMissingWorkerIsNeverReplacedByDirect(t *testing.T) {
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	key := secret.New("whsec_" + strings.Repeat("A", 43) + "=")
	for name, handle := range map[string]func(connection){
		"hangs up": func(connection) {}, "silent": silent, "redirects": answer("HTTP/1.1 302 Found\r\nLocation: " + server.url() + "\r\n\r\n"),
		"an error": answer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "some page": answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
	} {
		t.Run(name, func(t *testing.T) {
			client := viaWorker(t, Worker{URL: proxyURL(listen(t, handle)), Key: key}, func(cfg *Config) { cfg.Timeout = 500 * time.Millisecond })
			_, err := get(t, client, named(server.port)+"/")
			wantClass(t, err, ClassEgress)
		})
	}
	if n := server.connections.Load(); n != 0 {
		t.Errorf("%d connections went directly", n)
	}
	for name, cfg := range map[string]Config{
		"address":  {Worker: &Worker{URL: "geheim", Key: key}},
		"https":    {Worker: &Worker{URL: "http://egress.customer-name.com/", Key: key}},
		"key":      {Worker: &Worker{URL: "https://egress.customer-name.com/", Key: secret.New("geheim")}},
		"networks": {Worker: &Worker{URL: "https://egress.customer-name.com/", Key: key}, AllowNetworks: prefixes("10.0.0.0/8")},
		"name one": {Worker: &Worker{URL: "https://egress.customer-name.com/", Key: key}, Proxy: &Proxy{URL: "http://10.0.0.1:3128"}},
	} {
		cfg.Now = time.Now
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
