package main

import (
	"strings"
	"testing"
)

// TestMutantsFitTheCode keeps the list from growing old; whether tests notice the mutants is for `make guardproof` to say.
func TestMutantsFitTheCode(t *testing.T) {
	t.Chdir("../..")
	all, err := parse(mutants)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.from == m.to || m.what == "" {
			t.Errorf("%q changes nothing", m.what)
		}
	}
	if len(all) < 50 {
		t.Errorf("%d mutants", len(all))
	}
}

func TestListsThatDoNotFitAreTold(t *testing.T) {
	t.Chdir("../..")
	for text, want := range map[string]string{
		"- a":                                    "line 1: a block begins with #",
		"# x\nnowhere.go\n- a\n+ b":              "nowhere.go",
		"# x\ninternal/egress/guard.go\n- zzz\n": "0 times",
		"# x\ninternal/egress/guard.go\n+ b":     "want once",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
