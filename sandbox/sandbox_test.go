package sandbox_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"usher/sandbox"
)

// start runs a sandbox for one test, checked against Discord's description when that is there.
func start(t *testing.T, cfg sandbox.Config) *sandbox.Server {
	t.Helper()
	if cfg.OpenAPI == nil {
		cfg.OpenAPI = description(t)
	}
	s, err := sandbox.Start(t.Context(), cfg)
	if err != nil {
		t.Fatalf("starting the sandbox: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("stopping the sandbox: %v", err)
		}
	})
	return s
}

// description reads Discord's openapi.json from USHER_DISCORD_OPENAPI or beside the repository, nil when it is absent.
func description(t *testing.T) []byte {
	t.Helper()
	path := os.Getenv("USHER_DISCORD_OPENAPI")
	if path == "" {
		path = filepath.Join("..", "..", "shared", "discord", "openapi.json")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Logf("NOT CHECKED against Discord's description: %v", err)
		return nil
	}
	return data
}

// noFindings fails the test when the sandbox or the bot did something that Discord's description does not allow.
func noFindings(t *testing.T, s *sandbox.Server) {
	t.Helper()
	list, err := s.Client().Findings(t.Context())
	if err != nil {
		t.Fatalf("asking for findings: %v", err)
	}
	for _, f := range list {
		t.Errorf("finding %s on %s: %s", f.Kind, f.Route, f.Text)
	}
}
