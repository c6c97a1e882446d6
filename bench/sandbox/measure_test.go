package main

import (
	"strings"
	"testing"
	"time"

	"usher/bench/internal/program"
	"usher/sandbox"
)

// small runs every measurement on a sandbox inside the test: the numbers are not looked at, only that all is answered.
func small(t *testing.T) (world, house) {
	t.Helper()
	w, err := makeWorld(20, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := sandbox.Start(t.Context(), sandbox.Config{
		Seed: sandbox.GeneratedGuilds(20), IdentifyWindow: -1, RateLimits: sandbox.RateLimits{Off: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	return w, house{process: itself{}, host: strings.TrimPrefix(s.URL(), "http://")}
}

// itself weighs nothing: the sandbox of a test has no process of its own.
type itself struct{}

func (itself) Stop() error                       { return nil }
func (itself) Memory() (program.Memory, error)   { return program.Memory{}, program.ErrNotLinux }
func (itself) Processor() (time.Duration, error) { return 0, program.ErrNotLinux }

func TestEveryPressIsAnsweredAndEveryMessageHeard(t *testing.T) {
	t.Parallel()
	w, h := small(t)
	o := options{shards: []int{1, 2}, flight: []int{4}, seconds: 50 * time.Millisecond}
	if c, err := measureConnect(t.Context(), h, w, 2); err != nil || c.Received == 0 {
		t.Errorf("connecting: %+v, %v", c, err)
	}
	pressed, err := pressAll(t.Context(), o, w, h, 4)
	if err != nil || pressed.N == 0 || pressed.P50 <= 0 {
		t.Errorf("pressing: %+v, %v", pressed, err)
	}
	written, err := writeAll(t.Context(), o, w, h, 4)
	if err != nil || written.N == 0 || written.P50 <= 0 {
		t.Errorf("writing: %+v, %v", written, err)
	}
	var b strings.Builder
	r := report{Cores: 2, Guilds: 20, Starts: []start{{World: "x"}}, Interactions: []rate{pressed}, Messages: []rate{written}}
	if err := r.Text(&b); err != nil || !strings.Contains(b.String(), "READY and GUILD_CREATE of 20 servers") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestWhatIsRefusedIsAnError(t *testing.T) {
	t.Parallel()
	w, h := small(t)
	c, err := dial(t.Context(), h.host, w.token)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if _, err := c.post("/api/v10/channels/1/messages", messageBody, 200); err == nil || !strings.Contains(err.Error(), "10003") {
		t.Errorf("an unknown channel: %v", err)
	}
	if _, err := c.post("/api/v10/channels/"+w.desks[0].String()+"/messages", messageBody, 200); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
	if _, err := connect(t.Context(), h, "no token", 1, intentGuilds, nil); err == nil || !strings.Contains(err.Error(), "4004") {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestTextBetweenMarks(t *testing.T) {
	t.Parallel()
	frame := []byte(`{"t":"READY","s":1,"d":{"id":"7","token":"abc"}}`)
	for want, c := range map[string]struct {
		mark string
		end  byte
	}{"READY": {`{"t":"`, '"'}, "abc": {`"token":"`, '"'}, "1": {`"s":`, ','}, "": {`"x":`, '"'}} {
		if got := between(frame, c.mark, c.end); got != want {
			t.Errorf("after %q: %q, want %q", c.mark, got, want)
		}
	}
	if got := between(frame, `"token":"`, 'x'); got != "" {
		t.Errorf("without an end: %q", got)
	}
}
