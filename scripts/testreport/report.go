package main

import (
	"fmt"
	"io"
	"slices"
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

// said is a piece of output, and the test that go test takes for its speaker.
// After a crash that is whoever spoke last, be it a test that passed.
type said struct {
	by   name
	text string
}

// report collects what happens to each test.
type report struct {
	out                     io.Writer
	trouble                 error                  // the first failure to print
	packages                map[string]*inProgress // under way
	passed, failed, skipped int                    // tests
	tested, broken          int                    // packages
}

// inProgress is a package whose tests are running.
type inProgress struct {
	said    []said
	open    map[name]bool // tests that have begun and not ended
	parents map[name]bool // tests that have subtests
	blamed  map[name]bool // tests with a subtest that failed
	counted int
	failed  int
}

func newReport(out io.Writer) *report {
	return &report{out: out, packages: map[string]*inProgress{}}
}

func (r *report) print(text string) {
	if _, err := io.WriteString(r.out, text); err != nil && r.trouble == nil {
		r.trouble = fmt.Errorf("printing: %w", err)
	}
}

// printIf prints, in order, and forgets what the chosen tests of a package said.
func (r *report) printIf(p *inProgress, chosen func(name) bool) {
	p.said = slices.DeleteFunc(p.said, func(s said) bool {
		if chosen(s.by) {
			r.print(s.text)
			return true
		}
		return false
	})
}

func (r *report) under(pkg string) *inProgress {
	p := r.packages[pkg]
	if p == nil {
		p = &inProgress{open: map[name]bool{}, parents: map[name]bool{}, blamed: map[name]bool{}}
		r.packages[pkg] = p
	}
	return p
}

func (r *report) take(e event) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		r.print(e.Output)
	case "run":
		p := r.under(n.pkg)
		p.open[n] = true
		if parent, ok := n.parent(); ok {
			p.parents[parent] = true
		}
	case "output":
		if !strings.HasPrefix(e.Output, "=== ") { // who ran when: nobody asks
			p := r.under(n.pkg)
			p.said = append(p.said, said{n, e.Output})
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(n.pkg, e)
		} else {
			r.endTest(n, e.Action)
		}
	}
}

func (r *report) endTest(n name, result string) {
	p := r.under(n.pkg)
	delete(p.open, n)
	if result != "pass" {
		r.printIf(p, func(by name) bool { return by == n })
	}
	if parent, ok := n.parent(); ok && result == "fail" {
		p.blamed[parent] = true
	}
	if p.parents[n] && (result != "fail" || p.blamed[n]) {
		return
	}
	p.counted++
	switch result {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		p.failed++
	case "skip":
		r.skipped++
	}
}

func (r *report) endPackage(pkg string, e event) {
	p := r.under(pkg)
	delete(r.packages, pkg)
	if e.Action == "skip" { // no test files
		return
	}
	r.tested++
	if e.Action == "pass" {
		r.print(fmt.Sprintf("ok   %-45s %4d tests %7.1f s\n", pkg, p.counted, e.Elapsed))
		return
	}
	r.broken++
	// A crash or a timeout shows by tests that never ended, or by no test that failed. Its words may stand with any test.
	crashed := len(p.open) > 0 || p.failed == 0
	r.printIf(p, func(by name) bool { return crashed || by.test == "" })
	r.print(fmt.Sprintf("FAIL %s\n", pkg))
}

// finish prints the counts and reports whether something was tested and nothing failed.
func (r *report) finish() bool {
	r.print(fmt.Sprintf("%d passed, %d failed, %d skipped in %d packages", r.passed, r.failed, r.skipped, r.tested))
	if r.broken > 0 {
		r.print(fmt.Sprintf(", %d of which failed", r.broken))
	}
	r.print("\n")
	if r.tested == 0 {
		r.print("no package was tested\n")
	}
	return r.broken == 0 && r.tested > 0
}
