package httpapi

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"usher/internal/core/firstrun"
)

func TestSetupAnswersNamesOnlyWhereTheyCannotBeLedHere(t *testing.T) {
	for _, c := range []struct {
		host              string
		here, fromOutside bool // whether it is answered
	}{
		{"127.0.0.1:8380", true, true},
		{"127.0.0.1", true, true},
		{"[::1]:8380", true, true},
		{"localhost:8380", true, true},
		{"LOCALHOST", true, true},
		{"192.0.2.7:8380", false, true},
		{"[2001:db8::7]", false, true},
		{"evil.example:8380", false, false},
		{"localhost.evil.example", false, false},
		{"127.0.0.1.evil.example", false, false},
		{"0x7f000001", false, false},
		{"2130706433", false, false},
		{"", false, false},
	} {
		for anywhere, want := range map[bool]bool{false: c.here, true: c.fromOutside} {
			desk, _ := firstrun.New(nil, nil, firstrun.Fixed{}, time.Now, func() string { return "x" })
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil)
			r.Host = c.host
			w := httptest.NewRecorder()
			Setup(SetupConfig{Desk: desk, Anywhere: anywhere, Log: slog.New(slog.DiscardHandler)}).ServeHTTP(w, r)
			if got := w.Code == http.StatusOK; got != want || !got && w.Code != http.StatusMisdirectedRequest {
				t.Errorf("%q, anywhere %t: status %d", c.host, anywhere, w.Code)
			}
		}
	}
}
