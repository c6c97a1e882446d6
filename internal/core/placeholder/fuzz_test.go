package placeholder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"usher/internal/core/placeholder"
)

// outputCases are the inputs of the cases of what values look like in Discord. Without the folder beside the repository the seeds are
// those of the tests alone.
func outputCases(tb testing.TB) []string {
	tb.Helper()
	path := os.Getenv("USHER_EGRESS_CASES")
	if path == "" {
		path = filepath.Join("..", "..", "..", "..", "shared", "cases", "egress-cases.tsv")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Logf("WITHOUT the file of cases (set USHER_EGRESS_CASES): %v", err)
		return nil
	}
	var all []string
	for line := range strings.Lines(string(text)) {
		columns := strings.Split(line, "\t")
		if len(columns) > 2 && strings.HasPrefix(columns[0], "discord-output") {
			all = append(all, strings.Trim(strings.TrimPrefix(columns[2], "value "), `"`))
		}
	}
	return all
}

// FuzzDiscordText holds of every value, in every place: nothing in it is markup, nothing hides in it, it fits, and no cut divides what
// belongs together.
func FuzzDiscordText(f *testing.F) {
	for _, seed := range append(outputCases(f),
		"@everyone <@&1> <@1> </a:1> <id:guide> <t:0> <:x:1> <a:x:1>", "[a](https://evil)", "||x|| **x** __x__ ~~x~~ `x` ```x```", "# h\n> q\n>>> q\n- l\n-# s\n1. l",
		"\u202ea\u200bb\U000e0041c\ufeff", "e\u0301\u0301\u0301", "👨\u200d👩\u200d👧", "\\", `\\`, `\*`, "\xff\xfe", "a\r\n\u2028b", strings.Repeat("é", 40)+`\`, ":smile: 10:30:45", "discord.gg/a",
	) {
		f.Add(seed, 20)
	}
	f.Fuzz(func(t *testing.T, value string, limit int) {
		limit = max(0, min(limit, 5000))
		cleaned := placeholder.Clean(value)
		if !utf8.ValidString(cleaned) || placeholder.Clean(cleaned) != cleaned {
			t.Errorf("%q cleaned is %q, and once more %q", value, cleaned, placeholder.Clean(cleaned))
		}
		if hidden := strings.IndexFunc(cleaned, hides); hidden >= 0 {
			t.Errorf("%q cleaned holds what cannot be seen, at %d", value, hidden)
		}
		shown := placeholder.Parse("%v%").Fill(placeholder.InMarkdown, values("v", value))
		whole := shown.String()
		if plain := unescaped(whole); plain != cleaned {
			t.Errorf("%q shows as %q, which reads %q", value, whole, plain)
		}
		for _, at := range bare(whole, "<*_~`|[]") {
			t.Errorf("%q shows as %q: what stands at %d is markup", value, whole, at)
		}
		cut := shown.Text(limit, placeholder.Unlimited)
		if n := placeholder.Units(cut); n > limit || !utf8.ValidString(cut) {
			t.Errorf("cut to %d it has %d units: %q", limit, n, cut)
		}
		if body := strings.TrimSuffix(cut, placeholder.Ellipsis); body != cut && strings.HasSuffix(escapes(body), `\`) {
			t.Errorf("%q is cut between a backslash and what it escapes: %q", value, cut)
		}
	})
}

// hides reports a rune that changes how others look without being seen.
func hides(r rune) bool {
	return r != '\n' && r != '\u200c' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r >= 0xe0000 && r <= 0xe0fff)
}

// unescaped is how Discord reads a text: each backslash makes the next character plain.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// bare gives the places of characters that no backslash makes plain.
func bare(text, characters string) []int {
	var at []int
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.IndexByte(characters, text[i]) >= 0:
			at = append(at, i)
		}
	}
	return at
}

// escapes drops every whole escape from a text, so that a backslash at its end is one that lost what it escapes.
func escapes(text string) string {
	return strings.NewReplacer(`\\`, "").Replace(text)
}
