package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/sandbox"
)

// TestRunsUntilStopped: it prints where it is and how a bot logs in, serves, and stops with its context.
func TestRunsUntilStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"--addr", "127.0.0.1:0", "--log-level", "error", "--rate-limits", "off"}, write, io.Discard)
	}()
	buf := make([]byte, 4096)
	n, err := read.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	greeting := string(buf[:n])
	for _, want := range []string{"/api/v10", "/gateway", sandbox.DefaultSeed().Applications[0].BotToken, "RATE LIMITS ARE OFF"} {
		if !strings.Contains(greeting, want) {
			t.Errorf("the greeting lacks %q:\n%s", want, greeting)
		}
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(greeting, "Discord sandbox: "), "\n")
	res, err := http.Get(first + "/_sandbox/users")
	if err != nil {
		t.Fatalf("asking at the printed address: %v", err)
	}
	res.Body.Close()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("stopping: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it did not stop")
	}
}

// TestBadInput: each mistake is one sentence that names it.
func TestBadInput(t *testing.T) {
	t.Parallel()
	taken, err := sandbox.Start(t.Context(), sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close(t.Context()) }()
	busy := strings.TrimPrefix(taken.URL(), "http://")
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "seed.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"taken port":    {[]string{"--addr", busy}, busy},
		"other address": {[]string{"--addr", "0.0.0.0:0"}, "loopback"},
		"no address":    {[]string{"--addr", "nowhere"}, "nowhere"},
		"log level":     {[]string{"--log-level", "loud"}, "--log-level"},
		"rate limits":   {[]string{"--rate-limits", "of"}, "--rate-limits"},
		"shards":        {[]string{"--guilds-per-shard", "-1"}, "--guilds-per-shard"},
		"heartbeats":    {[]string{"--heartbeat-interval", "-1s"}, "--heartbeat-interval"},
		"argument":      {[]string{"what"}, "what"},
		"no seed file":  {[]string{"--seed", "/does/not/exist"}, "--seed"},
		"seed field":    {[]string{"--seed", file(`{"gilds":[]}`)}, "gilds"},
		"seed owner":    {[]string{"--addr", "127.0.0.1:0", "--seed", file(`{"guilds":[{"name":"x","owner":"y"}]}`)}, "owner"},
		"description":   {[]string{"--addr", "127.0.0.1:0", "--openapi", file(`[]`)}, "OpenAPI"},
	} {
		err := run(t.Context(), c.args, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
