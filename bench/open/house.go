package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"usher/bench/internal/program"
	"usher/sandbox"
)

// house is the two processes of a measurement. The sandbox has one of its own as well: its witness's times are then not delayed by what
// goes on in this process, and neither memory nor processor time is mixed.
type house struct {
	discord, usher *program.Program
	client         *sandbox.Client
}

// sandboxURL is in the line by which the sandbox says that it is ready.
var sandboxURL = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

// grace is how long Usher's welcome message waits for live values once the channel exists; late ones come by an edit.
const grace = time.Second

// startTime bounds each step of the start.
const startTime = 30 * time.Second

// build starts the sandbox, sets both servers up by `usher apply`, and starts `usher serve`. Everything is kept in dir.
func build(ctx context.Context, o options, w world, dir, lookup string) (*house, error) {
	seed, err := w.seed()
	if err != nil {
		return nil, fmt.Errorf("writing the sandbox's world: %w", err)
	}
	seedFile := filepath.Join(dir, "seed.json")
	if err := os.WriteFile(seedFile, seed, 0o600); err != nil {
		return nil, fmt.Errorf("writing the sandbox's world: %w", err)
	}
	h := &house{}
	var url string
	h.discord, url, err = program.Start(ctx, program.Config{
		Path: o.sandbox, Args: []string{"-addr", "127.0.0.1:0", "-seed", seedFile, "-log-level", "error"}, Dir: dir, Patience: startTime,
		Ready: func(line string) (string, bool) { found := sandboxURL.FindString(line); return found, found != "" },
	})
	if err != nil {
		return nil, err
	}
	h.client = sandbox.NewClient(url)
	environment := o.environment(w, dir, url)
	for _, g := range []server{w.single, w.burst} {
		if err := apply(ctx, o, w, g, dir, lookup, environment); err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
	h.usher, _, err = program.Start(ctx, program.Config{
		Path: o.usher, Args: []string{"serve"}, Env: environment, Dir: dir, Patience: startTime, Ready: isReady,
	})
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func apply(ctx context.Context, o options, w world, g server, dir, lookup string, environment []string) error {
	text, err := w.setup(g, lookup)
	if err != nil {
		return fmt.Errorf("writing a set-up file: %w", err)
	}
	file := filepath.Join(dir, "setup-"+g.id.String()+".json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("writing a set-up file: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	_, err = program.Run(ctx, program.Config{Path: o.usher, Args: []string{"apply", file}, Env: environment, Dir: dir})
	return err
}

// environment is Usher's, and nothing of ours: a token or database of the person at the keyboard must not get into it.
func (o options) environment(w world, dir, discord string) []string {
	database := o.database
	if database == "" {
		database = "sqlite:" + filepath.Join(dir, "usher.sqlite")
	}
	return []string{
		"DISCORD_TOKEN=" + w.token,
		"DISCORD_API_URL=" + discord + "/api/v10",
		"DATABASE_URL=" + database,
		"USHER_KEYS_FILE=" + filepath.Join(dir, "usher.keys"),
		"USHER_FILES=" + filepath.Join(dir, "files"),
		"USHER_LISTEN=127.0.0.1:0",
		"USHER_EGRESS_ALLOW_NETWORKS=127.0.0.1/32",
		"USHER_LOG_FORMAT=json",
		"USHER_GRACE=" + grace.String(),
	}
}

// isReady finds the line that `usher serve` logs when tickets can be opened.
func isReady(line string) (string, bool) {
	var entry struct {
		Message string `json:"msg"`
		Health  string `json:"health"`
	}
	if json.Unmarshal([]byte(line), &entry) != nil || entry.Message != "ready" {
		return "", false
	}
	return entry.Health, true
}

// close ends both processes, Usher before what it is connected to.
func (h *house) close() error {
	// The sandbox waits for connections on which nothing was asked yet, and the client's are the default transport's.
	http.DefaultClient.CloseIdleConnections()
	var wrong []error
	for _, p := range []*program.Program{h.usher, h.discord} {
		if p != nil {
			wrong = append(wrong, p.Stop())
		}
	}
	return errors.Join(wrong...)
}
