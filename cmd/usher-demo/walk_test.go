package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTheWalkOfTheAPIGuide runs the commands of docs/api.md, as they stand there, against the demo. Without their tools it is skipped, in
// CI it fails.
func TestTheWalkOfTheAPIGuide(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the walk of docs/api.md needs %s: %v", tool, err)
			}
			t.Skipf("THE WALK OF docs/api.md WAS NOT RUN: install %s", tool)
		}
	}
	guide, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(guide), -1) {
		script.WriteString(block[1])
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	stop := startDemo(ctx, t, "")
	said := stop.waitFor(t, "export DISCORD=")
	var exports strings.Builder
	for _, line := range strings.Split(said, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "export ") {
			exports.WriteString(line + "\n")
		}
	}
	walk := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", exports.String()+script.String())
	text, err := walk.CombinedOutput()
	if err != nil {
		t.Fatalf("the walk ended with %v:\n%s", err, text)
	}
	for _, want := range []string{
		`"location": "headers[0].name"`, `"location": "url"`, // the mistakes
		`"Your API key is invalid."`, "validation_refused", // the secret that is refused
		`"slug": "arcade"`, "your best is 3000, your rank unranked.", `"status":200`, `"trigger": "welcome"`,
		`"action": "integration.activated"`, `"via": "api_key"`, "204\n",
	} {
		if !strings.Contains(string(text), want) && !strings.Contains(strings.ReplaceAll(string(text), `": `, `":`), want) {
			t.Errorf("the walk does not say %q", want)
		}
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

// running is a demo that runs.
type running struct {
	said  chan string
	ended chan error
}

// startDemo starts the demo on free ports until the test ends, with its own SQLite file or in the PostgreSQL of a URL.
func startDemo(ctx context.Context, t *testing.T, database string) *running {
	t.Helper()
	out, in := io.Pipe()
	ctx, cancel := context.WithCancel(ctx)
	r := &running{said: make(chan string, 1), ended: make(chan error, 1)}
	go func() {
		err := demo(ctx, options{database: database}, slog.New(slog.DiscardHandler), in)
		_ = in.Close()
		r.ended <- err
	}()
	go func() {
		buffer := make([]byte, 64<<10)
		n, _ := io.ReadAtLeast(out, buffer, 1)
		r.said <- string(buffer[:n])
		_, _ = io.Copy(io.Discard, out)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-r.ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	return r
}

// waitFor gives what the demo said, which must hold a text.
func (r *running) waitFor(t *testing.T, text string) string {
	t.Helper()
	select {
	case said := <-r.said:
		if !strings.Contains(said, text) {
			t.Fatalf("the demo does not say %q:\n%s", text, said)
		}
		return said
	case err := <-r.ended:
		r.ended <- err
		t.Fatalf("the demo did not start: %v", err)
		return ""
	}
}
