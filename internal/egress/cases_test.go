package egress

import (
	"bufio"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// egressCase is a row of the case file.
type egressCase struct {
	id, category, input, expected string
}

// readCases reads the case file: USHER_EGRESS_CASES, or the one beside the repository. Without it the test is skipped; under CI its
// absence fails.
func readCases(tb testing.TB) []egressCase {
	tb.Helper()
	path := os.Getenv("USHER_EGRESS_CASES")
	if path == "" {
		path = filepath.Join("..", "..", "..", "shared", "cases", "egress-cases.tsv")
	}
	file, err := os.Open(path)
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("the egress cases are missing: set USHER_EGRESS_CASES: %v", err)
		}
		tb.Skipf("THE EGRESS CASES ARE NOT TESTED: set USHER_EGRESS_CASES to the case file: %v", err)
	}
	defer func() { _ = file.Close() }()
	var cases []egressCase
	lines := bufio.NewScanner(file)
	lines.Scan() // the heading
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) != 4 {
			tb.Fatalf("case file: %q has %d cells, want 4", lines.Text(), len(cells))
		}
		cases = append(cases, egressCase{id: cells[0], category: cells[1], input: unescape(tb, cells[2]), expected: cells[3]})
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return cases
}

// unescape reads \t \n \r \\ \uXXXX.
func unescape(tb testing.TB, s string) string {
	tb.Helper()
	if !strings.Contains(s, `\`) {
		return s
	}
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		tb.Fatalf("case file: %q: %v", s, err)
	}
	return out
}

// runner holds one row.
type runner func(t *testing.T, c egressCase)

// TestEgressCases runs each row of the case file, or names the test elsewhere that holds it, or says why there is none; a row without an answer
// fails, and so does an answer without a row. What is not yet there is listed at the end.
func TestEgressCases(t *testing.T) {
	sorted := sortCases(t)
	for _, s := range sorted.run {
		t.Run(s.c.id, func(t *testing.T) { s.run(t, s.c) })
	}
	for _, s := range sorted.other {
		s.answer.check(t, s.c.id)
		if strings.HasPrefix(s.answer.why, "not yet") {
			t.Logf("%s %s", s.c.id, s.answer.why)
		}
	}
	for _, c := range sorted.unknown {
		t.Errorf("row %s (%s) is neither run nor listed: %s → %s", c.id, c.category, c.input, c.expected)
	}
	for _, id := range sorted.stale {
		t.Errorf("%s is listed, but no such row is in the case file", id)
	}
	t.Logf("%d rows run, %d held elsewhere or not at all", len(sorted.run), len(sorted.other))
}

// sortedCases are the rows by who answers for them.
type sortedCases struct {
	run     []runCase
	other   []otherCase
	unknown []egressCase
	stale   []string
}

type runCase struct {
	c   egressCase
	run runner
}

type otherCase struct {
	c      egressCase
	answer elsewhere
}

func sortCases(t *testing.T) (s sortedCases) {
	t.Helper()
	byID, byCategory := caseRunners()
	others, categories := heldElsewhere(), elsewhereByCategory()
	known := make(map[string]bool)
	for _, c := range readCases(t) {
		known[c.id] = true
		if run, ok := byID[c.id]; ok {
			s.run = append(s.run, runCase{c, run})
		} else if run, ok := byCategory[c.category]; ok {
			s.run = append(s.run, runCase{c, run})
		} else if answer, ok := others[c.id]; ok {
			s.other = append(s.other, otherCase{c, answer})
		} else if answer, ok := categories[c.category]; ok {
			s.other = append(s.other, otherCase{c, answer})
		} else {
			s.unknown = append(s.unknown, c)
		}
	}
	for _, list := range [][]string{slices.Collect(maps.Keys(byID)), slices.Collect(maps.Keys(others)), slices.Collect(maps.Keys(remarks()))} {
		for _, id := range list {
			if !known[id] {
				s.stale = append(s.stale, id)
			}
		}
	}
	return s
}

// caseRunners gives the runner of each row, by id before category.
func caseRunners() (byID, byCategory map[string]runner) {
	byCategory = map[string]runner{
		"ip4": rejectedUnasked, "ip6": rejectedUnasked, "ip6-zone": rejectedUnasked, "ip-spelling": rejectedUnasked, "idn": rejectedUnasked,
		"name": rejectedUnasked, "url": rejectedUnasked, "scheme": rejectedUnasked, "port": rejectedUnasked,
		"allow": allowed, "name-to-private": nameToPrivate,
	}
	byID = map[string]runner{"scheme-17": allowed}
	for _, group := range []map[string]runner{dnsRunners(), redirectRunners(), serverRunners(), tlsRunners(), headerRunners(), textRunners()} {
		for id, run := range group {
			byID[id] = run
		}
	}
	return byID, byCategory
}
