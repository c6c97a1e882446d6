package egress

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// casesDocument says for people what the tables of this package say for tests.
func casesDocument() string { return filepath.Join("..", "..", "docs", "egress-cases.md") }

// TestTheCasesDocumentIsUpToDate compares docs/egress-cases.md with the tables. With -args write it is written anew.
func TestTheCasesDocumentIsUpToDate(t *testing.T) {
	if os.Getenv("USHER_EGRESS_CASES") != "" {
		t.Skip("docs/egress-cases.md tells of the case file beside the repository, and USHER_EGRESS_CASES names another")
	}
	want := document(sortCases(t))
	if slices.Contains(flag.Args(), "write") {
		if err := os.WriteFile(casesDocument(), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(casesDocument())
	if err != nil || string(got) != want {
		t.Errorf("docs/egress-cases.md is not what the tables say (%v): run `go test ./internal/egress -run TheCasesDocument -args write`", err)
	}
}

func document(s sortedCases) string {
	var b strings.Builder
	b.WriteString(`# The cases of the way out

Somebody's list of attacks on programs that fetch what strangers name: a URL, an answer of a name server, a behaviour of the server. Each row
is a test, or this page says why not. The page is written by the tests (` + "`internal/egress/cases_document_test.go`" + `) and fails them when it is old.

Rows of *run* pass by both ways that dial: from this machine, and through ` + "`usher egress`" + ` (TestEgressCases,
TestI40EgressCasesThroughTheProxy). What is refused before DNS is refused by the Cloudflare worker's way, too, and that way has its own hostile servers
(TestI40ThroughTheCloudflareWorker).

| category | rows | run | held by another test | not yet | not applicable |
| --- | ---: | ---: | ---: | ---: | ---: |
`)
	var categories []string
	counts := make(map[string]*[5]int)
	count := func(category string, column int) {
		if counts[category] == nil {
			categories = append(categories, category)
			counts[category] = new([5]int)
		}
		counts[category][0]++
		counts[category][column]++
	}
	for _, r := range s.run {
		count(r.c.category, 1)
	}
	for _, o := range s.other {
		count(o.c.category, 2+strings.Index("ny", kind(o.answer))+1)
	}
	slices.Sort(categories)
	var total [5]int
	for _, category := range categories {
		n := counts[category]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", category, n[0], n[1], n[2], n[3], n[4])
		for i := range total {
			total[i] += n[i]
		}
	}
	fmt.Fprintf(&b, "| **all** | %d | %d | %d | %d | %d |\n", total[0], total[1], total[2], total[3], total[4])
	writeOthers(&b, s.other)
	return b.String()
}

// kind is n for not yet, y for not applicable, and something else for a test.
func kind(e elsewhere) string {
	switch {
	case strings.HasPrefix(e.why, "not yet"):
		return "n"
	case e.why != "":
		return "y"
	default:
		return "-"
	}
}

func writeOthers(b *strings.Builder, others []otherCase) {
	for _, part := range []struct{ kind, title string }{{"n", "Not yet"}, {"y", "Not applicable"}, {"-", "Held by another test"}} {
		fmt.Fprintf(b, "\n## %s\n\n| row | expected | |\n| --- | --- | --- |\n", part.title)
		for _, o := range others {
			if kind(o.answer) != part.kind {
				continue
			}
			_, text, _ := strings.Cut(o.answer.why, ": ")
			if o.answer.test != "" {
				text = "`" + o.answer.test + "` in " + filepath.Dir(o.answer.file)
			}
			fmt.Fprintf(b, "| %s | %s | %s |\n", o.c.id, cell(o.c.expected), text)
		}
	}
	b.WriteString("\n## Held otherwise than the row says\n\n| row | |\n| --- | --- |\n")
	all := remarks()
	var ids []string
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		fmt.Fprintf(b, "| %s | %s |\n", id, all[id])
	}
}

// cell is a text of the case file without what it says of other programs.
func cell(text string) string {
	text, _, _ = strings.Cut(text, "; Tickets")
	return strings.ReplaceAll(text, "|", `\|`)
}
