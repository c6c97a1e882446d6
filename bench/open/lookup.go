package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"usher/sandbox"
)

// player is what the integration's server knows of a member: something else for each, so that a mix-up is seen.
func player(member sandbox.ID) (name string, score uint64) {
	return "P" + strconv.FormatUint(uint64(member)%1_000_003, 10), uint64(member) % 999_983
}

// serveLookup answers each request after the given time. stop ends it.
func serveLookup(ctx context.Context, after time.Duration) (url string, stop func() error, err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listening for the integration's requests: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /player", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseUint(r.URL.Query().Get("id"), 10, 64)
		if err != nil {
			http.Error(w, "id is no number", http.StatusBadRequest)
			return
		}
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
		name, score := player(sandbox.ID(id))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"player": map[string]any{"name": name, "score": score}})
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() error {
		_ = server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving the integration: %w", err)
		}
		return nil
	}, nil
}
