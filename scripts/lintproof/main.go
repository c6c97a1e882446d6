// Command lintproof shows that the rules of .golangci.yml hold: it lays out a
// small house full of planted violations, runs golangci-lint over it once, and
// compares what was found with what the plants say.
//
// A plant is a line that ends in `// want LINTER words`: exactly that linter
// must find something there, with those words in it; several findings on one
// line are separated by `;`. Every finding that no plant announces is an error
// too, so the files without plants prove the exceptions. A rule of the
// configuration that no plant proves is an error.
package main

import (
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
	"slices"
	"strings"
)

// plants is the planted house: its own go.mod, stubs of the modules that the
// rules speak of, and the violations.
//
//go:embed plants.txtar
var plants string

func main() {
	linter := flag.String("linter", "golangci-lint", "the golangci-lint `program` to run")
	config := flag.String("config", ".golangci.yml", "the configuration `file` to prove")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	summary, err := prove(ctx, *linter, *config)
	if err != nil {
		fmt.Fprintf(os.Stderr, "lintproof: %v\n", err)
		os.Exit(1)
	}
	fmt.Println("lintproof:", summary)
}

// prove returns a sentence about what was proven, or every difference as one error.
func prove(ctx context.Context, linter, config string) (string, error) {
	rules, err := readRules(config)
	if err != nil {
		return "", err
	}
	house := parseHouse(plants)
	folder, err := layOut(house, config)
	if err != nil {
		return "", err
	}
	found, err := run(ctx, linter, folder)
	if err := errors.Join(err, os.RemoveAll(folder)); err != nil {
		return "", err
	}
	wanted, err := wants(house)
	if err != nil {
		return "", err
	}
	trouble := compare(wanted, found)
	for _, rule := range rules {
		if !slices.ContainsFunc(found, func(f finding) bool { return f.proves(rule) }) {
			trouble = append(trouble, fmt.Errorf("%s: no plant proves the %s rule %q", config, rule.linter, rule.words))
		}
	}
	if len(trouble) > 0 {
		return "", errors.Join(trouble...)
	}
	return fmt.Sprintf("%d planted violations found and nothing else; %d rules proven", len(wanted), len(rules)), nil
}

// layOut writes the house and the configuration into a new folder.
func layOut(house []plantedFile, config string) (string, error) {
	content, err := os.ReadFile(config)
	if err != nil {
		return "", fmt.Errorf("reading the configuration: %w", err)
	}
	folder, err := os.MkdirTemp("", "usher-lintproof-")
	if err != nil {
		return "", fmt.Errorf("making a folder for the plants: %w", err)
	}
	files := append(slices.Clone(house), plantedFile{".golangci.yml", string(content)})
	for _, file := range files {
		path := filepath.Join(folder, filepath.FromSlash(file.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", fmt.Errorf("laying out %s: %w", file.name, err)
		}
		if err := os.WriteFile(path, []byte(file.content), 0o600); err != nil {
			return "", fmt.Errorf("laying out %s: %w", file.name, err)
		}
	}
	return folder, nil
}

// run returns what golangci-lint finds in the folder.
func run(ctx context.Context, linter, folder string) ([]finding, error) {
	if strings.ContainsRune(linter, filepath.Separator) {
		absolute, err := filepath.Abs(linter)
		if err != nil {
			return nil, fmt.Errorf("finding %s: %w", linter, err)
		}
		linter = absolute
	}
	cmd := exec.CommandContext(ctx, linter, "run", "--allow-parallel-runners", "--issues-exit-code=0", "--show-stats=false",
		"--output.text.path=/dev/null", "--output.json.path=stdout", "./...")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("running golangci-lint over the plants: %w\n%s", err, output)
	}
	var report struct {
		Issues []finding `json:"Issues"`
	}
	if err := json.NewDecoder(strings.NewReader(string(output))).Decode(&report); err != nil {
		return nil, fmt.Errorf("reading what golangci-lint found: %w", err)
	}
	for _, f := range report.Issues {
		if f.FromLinter == "typecheck" {
			return nil, fmt.Errorf("the plants do not compile: %s", f)
		}
	}
	return report.Issues, nil
}
