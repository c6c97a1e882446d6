package store

import (
	"encoding/json"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFoldMakesNamesEqualThatPeopleReadAsEqual(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"Support", "SUPPORT"},
		{"Straße", "STRASSE"},
		{"é", "E\u0301"},
		{"ΣΊΣΥΦΟΣ", "σίσυφος"},
		{" a  b ", "A B"},
		{"a\u00a0b", "a b"},
		{"ﬁne", "FINE"},
		{"ꭰ", "Ꭰ"},
	} {
		if fold(pair[0]) != fold(pair[1]) {
			t.Errorf("%q folds to %q, %q to %q", pair[0], fold(pair[0]), pair[1], fold(pair[1]))
		}
	}
	for _, pair := range [][2]string{{"a", "b"}, {"a", "ä"}, {"ab", "a b"}, {"1", "2"}} {
		if fold(pair[0]) == fold(pair[1]) {
			t.Errorf("%q and %q fold to the same %q", pair[0], pair[1], fold(pair[0]))
		}
	}
}

// Every letter that has cases, of every script. The Turkish i alone has two readings; Unicode's folding keeps them apart.
func TestFoldJoinsTheCasesOfEveryLetter(t *testing.T) {
	t.Parallel()
	found := 0
	for r := rune(1); r <= unicode.MaxRune; r++ {
		upper, lower := unicode.ToUpper(r), unicode.ToLower(r)
		if (upper == r && lower == r) || r == 'İ' || r == 'ı' {
			continue
		}
		found++
		for _, other := range []rune{upper, lower} {
			if fold(string(other)) != fold(string(r)) {
				t.Errorf("%U folds to %q, its other case %U to %q", r, fold(string(r)), other, fold(string(other)))
			}
		}
	}
	if found < 2000 {
		t.Errorf("only %d letters with cases were found", found)
	}
}

func TestFoldAndCleanAreStableAndStorable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		for name, f := range map[string]func(string) string{"clean": clean, "fold": fold} {
			once := f(text)
			if f(once) != once {
				t.Fatalf("%s of %q is %q, and of that %q", name, text, once, f(once))
			}
			if !utf8.ValidString(once) || containsNUL(once) {
				t.Fatalf("%s left %q", name, once)
			}
		}
	})
}

// What goes through a JSON column comes out as what goes through a text column.
func TestJSONColumnsCleanAsTextColumnsDo(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"\x00", `\`, `\u0000`, "u0000", `"`, "\xff", "é", "🎫", "a"})
	rapid.Check(t, func(t *rapid.T) {
		var text string
		for _, p := range rapid.SliceOf(piece).Draw(t, "pieces") {
			text += p
		}
		written, err := asJSON(map[string]string{"k": text})
		if err != nil {
			t.Fatal(err)
		}
		var read map[string]string
		if err := json.Unmarshal([]byte(written), &read); err != nil {
			t.Fatalf("%q was written as %s: %v", text, written, err)
		}
		if read["k"] != clean(text) {
			t.Fatalf("%q came back as %q, want %q", text, read["k"], clean(text))
		}
	})
}

func containsNUL(text string) bool {
	for _, r := range text {
		if r == 0 {
			return true
		}
	}
	return false
}
