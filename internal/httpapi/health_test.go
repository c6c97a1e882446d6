package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/httpapi"
)

func TestHealthAndReadiness(t *testing.T) {
	broken := errors.New("dial tcp 10.0.0.7:5432: refused")
	var log bytes.Buffer
	fail := false
	handler := httpapi.Health([]httpapi.Check{
		{Name: "database", Run: func(context.Context) error { return nil }},
		{Name: "discord", Run: func(context.Context) error {
			if fail {
				return broken
			}
			return nil
		}},
	}, slog.New(slog.NewTextHandler(&log, nil)))
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := get(path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"status":"ok"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	fail = true
	w := get("/readyz")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"discord":"failed"`) || !strings.Contains(w.Body.String(), `"database":"ok"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(w.Body.String(), "10.0.0.7") || !strings.Contains(log.String(), "10.0.0.7") {
		t.Errorf("the reason belongs into the log alone: %s / %s", w.Body, &log)
	}
	if w := get("/healthz"); w.Code != http.StatusOK {
		t.Errorf("a process that is not ready still runs: %d", w.Code)
	}
	if w := get("/other"); w.Code != http.StatusNotFound {
		t.Errorf("unknown path: %d", w.Code)
	}
}
