package placeholder_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"usher/internal/core/placeholder"
)

func values(pairs ...string) placeholder.Lookup {
	known := map[string]placeholder.Value{}
	for i := 0; i < len(pairs); i += 2 {
		known[placeholder.Fold(pairs[i])] = placeholder.Value{Text: pairs[i+1]}
	}
	return func(name string) (placeholder.Value, bool) { v, ok := known[name]; return v, ok }
}

func TestI19OnePassAndUnknownNames(t *testing.T) {
	lookup := values("a", "%b%", "b", "B", "user", "Ryan", "slug.name", "S")
	for in, want := range map[string]string{
		"%a% %b%":                           "%b% B",
		`\%a\%`:                             "%a%",
		`\%a% `:                             "%a% ",
		"%unknown% %a%":                     "%unknown% %b%",
		"%unknown|x% ":                      "%unknown|x% ",
		"100%%user%":                        "100%Ryan",
		"50%off%user%":                      "50%offRyan",
		"%USER%":                            "Ryan",
		"%slug.name%":                       "S",
		"% user %":                          "% user %",
		"%":                                 "%",
		"%%":                                "%%",
		`a\b\`:                              `a\b\`,
		"%us\ner%":                          "%us\ner%",
		"%" + string(make([]byte, 3)) + "%": "%\x00\x00\x00%",
	} {
		if got := placeholder.Parse(in).Fill(placeholder.InPlain, lookup).String(); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestI20Fallbacks(t *testing.T) {
	lookup := func(name string) (placeholder.Value, bool) {
		switch name {
		case "gone":
			return placeholder.Value{Missing: true}, true
		case "own":
			return placeholder.Value{Missing: true, Fallback: "none"}, true
		case "here":
			return placeholder.Value{Text: "v"}, true
		case "later":
			return placeholder.Value{Pending: true}, true
		}
		return placeholder.Value{}, false
	}
	for in, want := range map[string]string{
		"%gone%":            "N/A",
		"%gone|no score%":   "no score",
		`%gone|0\% done%`:   "0% done",
		"%gone|%":           "",
		"%own%":             "none",
		"%own|mine%":        "mine",
		"%here|x%":          "v",
		"%later|x%":         placeholder.Loading,
		"%gone|two\nlines%": "%gone|two\nlines%",
	} {
		if got := placeholder.Parse(in).Fill(placeholder.InPlain, lookup).String(); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestI22ValuesAreDataInMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"Online": "Online", "3000": "3000", "0.10": "0.10", "-1.2": "-1.2", "12345678901234567890": "12345678901234567890",
		"64123.17": "64123.17", "a.b@example.com": "a.b@example.com", "it's (fine), really!": "it's (fine), really!",
		"**b**": `\*\*b\*\*`, "__u__": `\_\_u\_\_`, "~~s~~": `\~\~s\~\~`, "||x||": `\|\|x\|\|`, "`c`": "\\`c\\`", `\*`: `\\\*`,
		"[Click](https://evil)":               `\[Click\](https\://evil)`,
		"<@1> <@&2> <#3> <t:0> </c:1> <:e:1>": `\<@1> \<@&2> \<#3> \<t:0> \</c:1> \<\:e:1>`,
		"discord.gg/abc":                      `discord\.gg/abc`, "discord.com/invite/abc": `discord\.com/invite/abc`,
		"# h": `\# h`, "### h": `\### h`, "-# s": `\-# s`, "> q": `\> q`, ">>> q": `\>>> q`, "- l": `\- l`, "1. l": `1\. l`, "-": `\-`,
		"ok\n# h": "ok\n\\# h", "  - l": `  \- l`,
		"@everyone":                      "@everyone",
		"a\u202eb\u200bc\x00d\U000e0041": "abcd", "e\u0301": "é",
		"👨\u200d👩\u200d👧": "👨\u200d👩\u200d👧",
	} {
		if got := placeholder.Parse("%v%").Fill(placeholder.InMarkdown, values("v", in)).String(); got != want {
			t.Errorf("%q shows as %q, want %q", in, got, want)
		}
	}
}

func TestI22PlainPlacesAreNotEscaped(t *testing.T) {
	if got := placeholder.Parse("%v%").Fill(placeholder.InPlain, values("v", "a_b*c")).String(); got != "a_b*c" {
		t.Errorf("got %q", got)
	}
}

func TestI22Formats(t *testing.T) {
	show := func(format placeholder.Format, text string, place placeholder.Place) string {
		return placeholder.Parse("%v%").Fill(place, func(string) (placeholder.Value, bool) {
			return placeholder.Value{Text: text, Format: format}, true
		}).String()
	}
	for _, c := range []struct {
		format placeholder.Format
		place  placeholder.Place
		in     string
		want   string
	}{
		{placeholder.Markdown, placeholder.InMarkdown, "**b** <@1> @everyone", "**b** <\u200b@1> @everyone"},
		{placeholder.URL, placeholder.InMarkdown, "https://example.com/a(b)?x=*", "https://example.com/a%28b%29?x=%2A"},
		{placeholder.URL, placeholder.InMarkdown, "https://[2606:4700::1111]/x", "https://[2606:4700::1111]/x"},
		{placeholder.URL, placeholder.InMarkdown, "https://example.com/" + strings.Repeat("(", 1000), "N/A"},
		{placeholder.URL, placeholder.InMarkdown, "https://localhost/", "N/A"},
		{placeholder.URL, placeholder.InMarkdown, "https://example.com:99999/", "N/A"},
		{placeholder.URL, placeholder.InMarkdown, "http://.../x", "N/A"},
		{placeholder.URL, placeholder.InMarkdown, "javascript:alert(1)", "N/A"},
		{placeholder.URL, placeholder.InMarkdown, "https://u:p@example.com/", "N/A"},
		{placeholder.Timestamp, placeholder.InMarkdown, "1700000000", "<t:1700000000:R>"},
		{placeholder.Timestamp, placeholder.InMarkdown, "1700000000123", "<t:1700000000:R>"},
		{placeholder.Timestamp, placeholder.InMarkdown, "2023-11-14T22:13:20Z", "<t:1700000000:R>"},
		{placeholder.Timestamp, placeholder.InMarkdown, "soon", "N/A"},
		{placeholder.Timestamp, placeholder.InMarkdown, "NaN", "N/A"},
		{placeholder.Timestamp, placeholder.InPlain, "1700000000", "2023-11-14 22:13 UTC"},
		{placeholder.Trusted, placeholder.InMarkdown, "<@1>", "<@1>"},
		{placeholder.Text, placeholder.InURL, "a b&c=d/e?f#%", "a%20b%26c%3Dd%2Fe%3Ff%23%25"},
	} {
		if got := show(c.format, c.in, c.place); got != c.want {
			t.Errorf("%s %q gives %q, want %q", c.format, c.in, got, c.want)
		}
	}
}

func TestAddress(t *testing.T) {
	lookup := values("avatar", "https://cdn.example/a.png", "name", "a/b c", "bad", "javascript:x")
	for in, want := range map[string]string{
		"%avatar%": "https://cdn.example/a.png", "https://x.example/%name%": "https://x.example/a%2Fb%20c", "%bad%": "", "%none%": "", "": "",
		"%name%": "", "ftp://x/": "", "https://x.example/": "https://x.example/",
		"%bad|https://d.example/def.png%": "https://d.example/def.png", "%avatar|https://d.example/%": "https://cdn.example/a.png",
	} {
		if got := placeholder.Parse(in).Address(lookup); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestNamesAreFoldedAndOnce(t *testing.T) {
	got := placeholder.Parse(`%A% %a% \%no\% %b|x% 50%c%d%`).Names()
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAGiantValueLeavesTheOthersWhole(t *testing.T) {
	giant := strings.Repeat("x", 10_000)
	got := placeholder.Parse("A: %giant%\nHigh score: %score%\nB: %giant%").Fill(placeholder.InMarkdown, values("giant", giant, "score", "3000")).Text(4096, placeholder.Unlimited)
	if placeholder.Units(got) > 4096 || !strings.Contains(got, "High score: 3000\n") || !strings.Contains(got, "x…\nHigh") {
		t.Errorf("%d units, %.40q … %q", placeholder.Units(got), got, got[2000:2080])
	}
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	family := "👨\u200d👩\u200d👧"
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{family + "x", 5, "…"},
		{"a" + family + "xy", 9, "a…"},
		{`ab\*cd`, 4, "ab…"},
		{`ab\*cd`, 5, `ab\*…`},
		{"😀😀", 3, "😀…"},
		{"abc", 0, ""},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"},
	} {
		if got := placeholder.Cut(c.in, c.limit); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func TestFilledTextHoldsItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		template := rapid.StringOf(rapid.SampledFrom([]rune("ab%\\|né😀\n"))).Draw(t, "template")
		value := rapid.String().Draw(t, "value")
		limit := rapid.IntRange(0, 60).Draw(t, "limit")
		for _, place := range []placeholder.Place{placeholder.InMarkdown, placeholder.InPlain, placeholder.InURL} {
			got := placeholder.Parse(template).Fill(place, values("a", value, "b", "%a%")).Text(limit, placeholder.Unlimited)
			if placeholder.Units(got) > limit || !utf8.ValidString(got) {
				t.Fatalf("%q with %q: %q is over %d units or broken", template, value, got, limit)
			}
		}
	})
}

func TestEscapedTextCannotBeginMarkup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOf(rapid.SampledFrom([]rune("*_~`|<>[]()#-+ 1.\\\n@a:/"))).Draw(t, "value")
		escaped := placeholder.EscapeMarkdown(value)
		if got := unescape(escaped); got != value {
			t.Fatalf("%q shows as %q", value, got)
		}
		for i := 0; i < len(escaped); i++ {
			if escaped[i] == '\\' {
				i++
			} else if strings.IndexByte("*_~`|<[]", escaped[i]) >= 0 {
				t.Fatalf("%q has live markup at %d", escaped, i)
			}
		}
	})
}

func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func TestValuesHaveFewLines(t *testing.T) {
	if got := placeholder.Clean(strings.Repeat("\n", 500)); strings.Count(got, "\n") > 2 {
		t.Errorf("%d empty lines", strings.Count(got, "\n"))
	}
	if got := placeholder.Clean(strings.Repeat("a\n", 500)); strings.Count(got, "\n") >= placeholder.MaxLines {
		t.Errorf("%d lines", strings.Count(got, "\n"))
	}
}

func FuzzFill(f *testing.F) {
	for _, seed := range []string{"%a%", `\%a\%`, "%a|b%", "%%%", "%a|\\%%"} {
		f.Add(seed, "value")
	}
	f.Fuzz(func(t *testing.T, template, value string) {
		filled := placeholder.Parse(template).Fill(placeholder.InMarkdown, values("a", value))
		if n := placeholder.Units(filled.Text(100, 10)); n > 100 {
			t.Errorf("%d units", n)
		}
		placeholder.Parse(template).Names()
	})
}
