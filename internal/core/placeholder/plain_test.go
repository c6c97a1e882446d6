package placeholder_test

import (
	"errors"
	"testing"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
)

func wrongAt(check func(c *fault.Checks, path, text string), text string) string {
	var c fault.Checks
	check(&c, "name", text)
	var told *fault.Error
	if errors.As(c.Err("x", "y"), &told) {
		return told.Fields[0].Path
	}
	return ""
}

func TestNamesThatLookLikeOthersOrLikeNothingAreRefused(t *testing.T) {
	for _, name := range []string{
		"a\nb", "a\rb", "a\tb", "a\u2028b", "\u200b", "a\u200bb", "\u0007x", "\u202eabc", "a\u2066b", "\ufeffx", "a\u00adb", "x\U000e0041", "\u3164", "\u115f",
		"\u200d", "\ufe0f", "\u0301", "\u2800", "\x7f", "\u0085x", "\xff",
	} {
		if wrongAt(placeholder.CheckName, name) != "name" {
			t.Errorf("%+q was taken", name)
		}
	}
	for _, name := range []string{
		"", " ", "Support", "Ünïcode", "u\u0308", "日本語", "می\u200cخواهم", "שלום", "مرحبا", "❤️ help", "👩🏻‍🚀", "a b", "<b>", "a\u00a0b", "🎫",
	} {
		if at := wrongAt(placeholder.CheckName, name); at != "" {
			t.Errorf("%+q was refused", name)
		}
	}
}

func TestTextsMayHaveSeveralLines(t *testing.T) {
	if wrongAt(placeholder.CheckText, "one\r\ntwo\n\n\tthree") != "" {
		t.Error("lines were refused")
	}
	for _, text := range []string{"a\u202eb", "a\u0000", "a\u200bb"} {
		if wrongAt(placeholder.CheckText, text) == "" {
			t.Errorf("%+q was taken", text)
		}
	}
}
