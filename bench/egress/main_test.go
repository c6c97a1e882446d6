package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/egress"
)

func TestWrongFlagsAreTold(t *testing.T) {
	for _, args := range [][]string{{"-time", "1ms"}, {"-rounds", "0"}, {"more"}, {"-loud"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != 2 || errs.Len() == 0 || out.Len() != 0 {
			t.Errorf("%q: exit code %d, %q", args, code, errs.String())
		}
	}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"-help"}, io.Discard, &errs); code != 0 || !strings.Contains(errs.String(), "-rounds") {
		t.Errorf("help: exit code %d, %q", code, errs.String())
	}
}

func TestSpread(t *testing.T) {
	var all []time.Duration
	for i := range 200 {
		all = append(all, time.Duration(200-i))
	}
	if s := spreadOf(all); s != (spread{Requests: 200, P50: 100, P99: 198}) {
		t.Errorf("%+v", s)
	}
	if s := spreadOf([]time.Duration{7}); s != (spread{Requests: 1, P50: 7, P99: 7}) {
		t.Errorf("%+v", s)
	}
}

// TestTheServersAreWhatTheyAreNamed asks each of the other process's servers once, by both clients.
func TestTheServersAreWhatTheyAreNamed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, in) }()
	var s servers
	if err := json.NewDecoder(out).Decode(&s); err != nil {
		t.Fatal(err)
	}
	client, err := guarded(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"http://" + s.Plain, "https://" + s.Secure, "http://" + s.Slow} {
		for _, keep := range []bool{true, false} {
			ask, err := askPlain(s, keep, url+"/")
			if err != nil {
				t.Fatal(err)
			}
			if err := ask(ctx); err != nil {
				t.Errorf("plain %s: %v", url, err)
			}
		}
		ask, err := askGuarded(client, egress.Key{Guild: "1"}, url+"/")
		if err != nil {
			t.Fatal(err)
		}
		if err := ask(ctx); err != nil {
			t.Errorf("guarded %s: %v", url, err)
		}
	}
	for _, url := range []string{"http://" + s.Endless, "http://" + s.Bomb} {
		ask, err := askGuarded(client, egress.Key{Guild: "1"}, url+"/")
		if err != nil {
			t.Fatal(err)
		}
		if err := ask(ctx); err == nil || !strings.Contains(err.Error(), "too_large") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := check(http.StatusOK, []byte("{}")); err == nil {
		t.Error("another answer passes")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
