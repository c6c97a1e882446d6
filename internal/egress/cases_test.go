package egress

import (
	"bufio"
	"os"
	"path/filepath"
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

// TestEgressCases runs each row of the case file or names why it does not concern this package; a row that is neither fails.
func TestEgressCases(t *testing.T) {
	byID, byCategory := caseRunners()
	ran := 0
	for _, c := range readCases(t) {
		run, ok := byID[c.id]
		if !ok {
			run, ok = byCategory[c.category]
		}
		if ok {
			ran++
			t.Run(c.id, func(t *testing.T) { run(t, c) })
			continue
		}
		reason, listed := elsewhere()[c.id]
		if !listed {
			reason, listed = elsewhereCategory()[c.category]
		}
		if !listed {
			t.Errorf("row %s (%s) is neither run nor listed with a reason: %s", c.id, c.category, c.input)
			continue
		}
		t.Logf("%s is not run here: %s", c.id, reason)
	}
	t.Logf("%d rows run", ran)
}

// elsewhere says why rows of this package's categories are not run here.
func elsewhere() map[string]string {
	return map[string]string{
		"server-29": "JSON is read in core/integration",
		"server-30": "JSON is read in core/integration",
		"server-31": "JSON is read in core/integration",
		"server-32": "JSON is read in core/integration",
		"server-33": "JSON is read in core/integration",
		"server-34": "values are cleaned in core",

		"tenant-02": "the breaker does not exist yet",
		"tenant-04": "there is no response cache yet",
		"tenant-06": "the worker back end does not exist yet",
		"tenant-07": "statistics are the dashboard's",
		"oracle-01": "one class and text are held by TestAuthorsCannotTellPolicyResolveAndConnectApart; padding the time belongs to the test button",
		"oracle-04": "the test button does not exist yet",
	}
}

// elsewhereCategory does so for whole categories.
func elsewhereCategory() map[string]string {
	return map[string]string{
		"secret":               "secrets at rest and in print belong to core/secret and the vault",
		"signature":            "signing belongs to core/integration",
		"logo":                 "logos have their own package",
		"discord-output":       "what is shown in Discord belongs to core/message and internal/discord",
		"html-url-json-output": "what is shown in pages belongs to the dashboard",
	}
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
