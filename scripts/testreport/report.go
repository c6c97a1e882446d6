package main

import (
	"fmt"
	"io"
	"strings"
)

// name is a test, or with an empty test the package itself.
type name struct{ pkg, test string }

// parent is the test that this one is a subtest of.
func (n name) parent() (name, bool) {
	i := strings.LastIndexByte(n.test, '/')
	if i < 0 {
		return name{}, false
	}
	return name{n.pkg, n.test[:i]}, true
}

// report collects what happens to each test.
type report struct {
	out                     io.Writer
	trouble                 error // the first failure to print
	said                    map[name]*strings.Builder
	parents                 map[name]bool  // tests that have subtests
	blamed                  map[name]bool  // tests with a subtest that failed
	counts                  map[string]int // of tests in the package under way
	passed, failed, skipped int
	packages, broken        int
}

func newReport(out io.Writer) *report {
	return &report{out: out, said: map[name]*strings.Builder{}, parents: map[name]bool{}, blamed: map[name]bool{}, counts: map[string]int{}}
}

func (r *report) print(text string) {
	if _, err := io.WriteString(r.out, text); err != nil && r.trouble == nil {
		r.trouble = fmt.Errorf("printing: %w", err)
	}
}

func (r *report) take(e event) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		r.print(e.Output)
	case "run":
		if parent, ok := n.parent(); ok {
			r.parents[parent] = true
		}
	case "output":
		if strings.HasPrefix(e.Output, "=== ") { // who ran when: nobody asks
			return
		}
		if r.said[n] == nil {
			r.said[n] = &strings.Builder{}
		}
		r.said[n].WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(n, e)
		} else {
			r.endTest(n, e)
		}
		delete(r.said, n)
	}
}

func (r *report) endTest(n name, e event) {
	if e.Action != "pass" && r.said[n] != nil {
		r.print(r.said[n].String())
	}
	if parent, ok := n.parent(); ok && e.Action == "fail" {
		r.blamed[parent] = true
	}
	if r.parents[n] && (e.Action != "fail" || r.blamed[n]) {
		return
	}
	r.counts[e.Package]++
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
	case "skip":
		r.skipped++
	}
}

func (r *report) endPackage(n name, e event) {
	if e.Action == "skip" { // no test files
		return
	}
	r.packages++
	if e.Action == "fail" {
		r.broken++
		r.flush(n.pkg)
		r.print(fmt.Sprintf("FAIL %s\n", n.pkg))
		return
	}
	r.print(fmt.Sprintf("ok   %-45s %4d tests %7.1f s\n", n.pkg, r.counts[n.pkg], e.Elapsed))
}

// flush prints what is known of a package that failed: its own words, and those
// of tests that a crash or a timeout cut off.
func (r *report) flush(pkg string) {
	for n, said := range r.said {
		if n.pkg == pkg {
			r.print(said.String())
			delete(r.said, n)
		}
	}
}

// finish prints the counts and reports whether something was tested and nothing failed.
func (r *report) finish() bool {
	r.print(fmt.Sprintf("%d passed, %d failed, %d skipped in %d packages", r.passed, r.failed, r.skipped, r.packages))
	if r.broken > 0 {
		r.print(fmt.Sprintf(", %d of which failed", r.broken))
	}
	r.print("\n")
	if r.packages == 0 {
		r.print("no package was tested\n")
	}
	return r.broken == 0 && r.packages > 0
}
