package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// finding is one issue in golangci-lint's JSON report.
type finding struct {
	FromLinter string `json:"FromLinter"`
	Text       string `json:"Text"`
	Pos        struct {
		Filename string `json:"Filename"`
		Line     int    `json:"Line"`
	} `json:"Pos"`
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.Pos.Filename, f.Pos.Line, f.FromLinter, f.Text)
}

func (f finding) proves(r rule) bool {
	return f.FromLinter == r.linter && strings.Contains(f.Text, r.words)
}

// want is a finding that a plant announces.
type want struct {
	file          string
	line          int
	linter, words string
}

func (w want) is(f finding) bool {
	return w.file == f.Pos.Filename && w.line == f.Pos.Line && w.linter == f.FromLinter && strings.Contains(f.Text, w.words)
}

// wants reads the announcements from the plants.
func wants(house []plantedFile) ([]want, error) {
	var all []want
	for _, file := range house {
		for i, line := range strings.Split(file.content, "\n") {
			_, announced, ok := strings.Cut(line, "// want ")
			if !ok {
				continue
			}
			for one := range strings.SplitSeq(announced, ";") {
				linter, words, ok := strings.Cut(strings.TrimSpace(one), " ")
				if !ok {
					return nil, fmt.Errorf("plants.txtar: %s:%d: a want needs a linter and words of its finding", file.name, i+1)
				}
				all = append(all, want{file: file.name, line: i + 1, linter: linter, words: words})
			}
		}
	}
	return all, nil
}

// compare returns an error for each want that nothing was found for, and for
// each finding that nobody wanted.
func compare(wanted []want, found []finding) []error {
	var trouble []error
	rest := slices.Clone(found)
	for _, w := range wanted {
		at := slices.IndexFunc(rest, w.is)
		if at < 0 {
			trouble = append(trouble, fmt.Errorf("not found: %s:%d: %s: %s", w.file, w.line, w.linter, w.words))
			continue
		}
		rest = slices.Delete(rest, at, at+1)
	}
	for _, f := range rest {
		trouble = append(trouble, fmt.Errorf("found, but not planted: %s", f))
	}
	return trouble
}

// rule is something in the configuration that a plant must prove: words that
// stand in the finding of one linter.
type rule struct{ linter, words string }

var (
	// A depguard rule is a name alone on a line, right under `rules:`.
	depguardRule = regexp.MustCompile(`^ {8}([a-z-]+):$`)
	// A forbidigo pattern carries the message that its finding shows.
	forbidigoRule = regexp.MustCompile(`^ +- \{pattern: .*, msg: (.+)\}$`)
	// A linter with settings is a name directly under `settings:` of `linters:`.
	linterSettings = regexp.MustCompile(`^ {4}([a-z]+):`)
	section        = regexp.MustCompile(`^(?: {2})?([a-z]+):`)
)

// readRules lists what has to be proven. It knows the layout of our
// configuration rather than all of YAML; a layout that it does not know leaves
// a kind of rule empty, which is an error.
func readRules(config string) ([]rule, error) {
	content, err := os.ReadFile(config)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	var rules []rule
	count := map[string]int{}
	add := func(kind, linter, words string) {
		rules = append(rules, rule{linter, words})
		count[kind]++
	}
	under := ""
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		line := lines.Text()
		if m := section.FindStringSubmatch(line); m != nil {
			under = m[1]
		}
		if under != "settings" {
			continue
		}
		if m := depguardRule.FindStringSubmatch(line); m != nil {
			add("depguard", "depguard", "'"+m[1]+"'")
		}
		if m := forbidigoRule.FindStringSubmatch(line); m != nil {
			add("forbidigo", "forbidigo", m[1])
		}
		if m := linterSettings.FindStringSubmatch(line); m != nil {
			add("settings", m[1], "")
		}
	}
	for _, kind := range []string{"depguard", "forbidigo", "settings"} {
		if count[kind] == 0 {
			return nil, fmt.Errorf("%s: found no %s rules: has the layout changed?", config, kind)
		}
	}
	return rules, nil
}
