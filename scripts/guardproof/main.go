// Command guardproof shows that each check of the way out is held by a test: it takes one away, runs the tests, and wants them to fail; then it
// puts it back and takes the next. Nothing in the tree is changed: the compiler is handed another text in a file's place.
//
// That each refused network is held by a case is shown inside the tests themselves (TestEveryRefusedBlockIsHeldByACase); this is about code.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// mutants are blocks of four kinds of lines: a sentence that begins with #, the file, the text that goes (-) and the text that comes instead (+).
//
//go:embed mutants.txt
var mutants string

// tests are those that are quick and concern what the mutants change.
const tests = `^(TestEgressCases|TestI39OnlyPublicUnicastIsReached|TestI39LoopbackIsRefused.*|TestI39TheSocketCheckStandsAlone|TestAllowedNetworksAndOwnAddresses|` +
	`TestNew.*|TestI3.*|TestDo.*|TestI11.*|TestTLS.*|TestAuthors.*|TestI40What.*|TestI40AMissing.*|TestI40AProxy.*|TestI40TheTarget.*|TestI40TLS.*|TestI40Tunnels.*|` +
	`TestI40Answers.*|TestI43Tunnels.*|TestI43Each.*|TestInternationalNames|TestParseTunnelClients)$`

func main() {
	only := flag.String("only", "", "try only the mutants whose sentence holds this `text`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	summary, err := prove(ctx, *only)
	if err != nil {
		fmt.Fprintf(os.Stderr, "guardproof: %v\n", err)
		os.Exit(1)
	}
	fmt.Println("guardproof:", summary)
}

// prove returns a sentence about what was proven, or every mutant that lived as one error.
func prove(ctx context.Context, only string) (string, error) {
	all, err := parse(mutants)
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "guardproof-")
	if err != nil {
		return "", fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if out, err := test(ctx, ""); err != nil {
		return "", fmt.Errorf("the tests fail as it is: %w\n%s", err, out)
	}
	var lived []error
	tried := 0
	for _, m := range all {
		if !strings.Contains(m.what, only) {
			continue
		}
		tried++
		if err := m.try(ctx, folder); err != nil {
			lived = append(lived, err)
			fmt.Fprintf(os.Stderr, "guardproof: %v\n", err)
		}
		if ctx.Err() != nil {
			return "", errors.New("interrupted")
		}
	}
	if len(lived) > 0 {
		return "", fmt.Errorf("%d of %d are not held by a test", len(lived), tried)
	}
	return fmt.Sprintf("%d checks were taken away one by one, and each time a test failed", tried), nil
}

// mutant is one check that is taken away.
type mutant struct{ what, file, from, to string }

// parse reads the list; every file and text in it must be there exactly once.
func parse(text string) ([]mutant, error) {
	var all []mutant
	for number, line := range strings.Split(text, "\n") {
		kind, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "":
			continue
		case kind == "#":
			all = append(all, mutant{what: rest})
			continue
		case len(all) == 0:
			return nil, fmt.Errorf("line %d: a block begins with #", number+1)
		}
		m := &all[len(all)-1]
		switch kind {
		case "-":
			m.from = rest
		case "+":
			m.to = rest
		default:
			m.file = line
		}
	}
	for _, m := range all {
		content, err := os.ReadFile(m.file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.what, err)
		}
		if n := strings.Count(string(content), m.from); n != 1 || m.from == "" {
			return nil, fmt.Errorf("%s: %q stands %d times in %s, want once: change scripts/guardproof/mutants.txt with the code", m.what, m.from, n, m.file)
		}
	}
	return all, nil
}

// try wants the tests to fail with the mutant, and to have been built.
func (m mutant) try(ctx context.Context, folder string) error {
	content, err := os.ReadFile(m.file)
	if err != nil {
		return fmt.Errorf("%s: %w", m.what, err)
	}
	whole, err := filepath.Abs(m.file)
	if err != nil {
		return fmt.Errorf("%s: %w", m.what, err)
	}
	changed, overlay := filepath.Join(folder, "changed.go"), filepath.Join(folder, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {whole: changed}})
	if err != nil {
		return fmt.Errorf("%s: %w", m.what, err)
	}
	text := bytes.Replace(content, []byte(m.from), []byte(m.to), 1)
	err = errors.Join(os.WriteFile(changed, text, 0o600), os.WriteFile(overlay, list, 0o600)) //nolint:gosec // in a folder of our own
	if err != nil {
		return fmt.Errorf("%s: %w", m.what, err)
	}
	out, err := test(ctx, overlay)
	switch {
	case err == nil:
		return fmt.Errorf("LIVED: %s (%s)", m.what, m.file)
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return fmt.Errorf("%s: the mutant does not build:\n%s", m.what, out)
	}
	return nil
}

func test(ctx context.Context, overlay string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-vet=off", "-count=1", "-failfast", "-timeout=120s", "-overlay="+overlay, "-run="+tests, "./internal/egress").CombinedOutput() //nolint:gosec // our own arguments
	return string(out), err
}
