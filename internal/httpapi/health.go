// Package httpapi is what Usher says over HTTP. It turns requests into calls of core and faults into answers; it knows no SQL, no
// Discord library and no other room.
package httpapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"
)

// Check looks at one thing that has to work; its error is for the log and, without detail, for the answer.
type Check struct {
	Name string // what is checked: "database", "discord"
	Run  func(ctx context.Context) error
}

// checkTime bounds all checks of one request.
const checkTime = 2 * time.Second

// Health answers GET /healthz (the process runs) and GET /readyz (it can serve: every check passes). Neither says more than names and
// "ok" or "failed": errors can hold addresses and go to the log.
func Health(checks []Check, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTime)
		defer cancel()
		status, answer := http.StatusOK, map[string]string{"status": "ok"}
		for _, c := range checks {
			answer[c.Name] = "ok"
			if err := c.Run(ctx); err != nil {
				log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", c.Name), slog.Any("error", err))
				status, answer[c.Name], answer["status"] = http.StatusServiceUnavailable, "failed", "failed"
			}
		}
		write(w, status, answer)
	})
	return mux
}

func write(w http.ResponseWriter, status int, body map[string]string) {
	text, err := json.Marshal(body)
	if err != nil { // a map of strings always encodes
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that went away is nobody's problem
}
