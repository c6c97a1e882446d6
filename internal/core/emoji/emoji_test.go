package emoji_test

import (
	"errors"
	"testing"

	"usher/internal/core/emoji"
	"usher/internal/core/fault"
)

func TestOneEmojiIsTaken(t *testing.T) {
	for _, text := range []string{
		"🎫", "😀", "❤", "❤️", "☎️", "ℹ️", "™️", "〰️", "㊙️", "↔️", "⤵️", "◾", "🀄", "🃏", "🅰️", "🈳", "🪿", "🏻",
		"1️⃣", "#⃣", "*️⃣", // keycaps
		"🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "🏴‍☠️", // flags
		"👍🏽", "☝🏿", "🕵️‍♀️", "👩🏻‍🚀", "👨‍👩‍👧‍👦", "👩🏻‍❤️‍💋‍👨🏽", "🐻‍❄️", "🙂‍↔️", "🧑🏿‍🧑🏿‍🧒‍🧒",
		"\U0001faef", // of Unicode 17
	} {
		if !emoji.IsOne(text) {
			t.Errorf("%q (%+q) was refused", text, text)
		}
	}
}

func TestWhatIsNotOneEmojiIsRefused(t *testing.T) {
	for _, text := range []string{
		"", " ", "x", "1", "12", "#", "é", "中", "←", "√", "─", "♯", "\u2100", "<:a:123>", "<a:a:123456789012345678>", ":smile:",
		"😀😀", "😀 ", " 😀", "😀x", "1😀", "🇩", "🇩🇪🇫", "🇩🇪🇫🇷", "🏽👍🏽", "👍🏽🏽", "❤\ufe0e", "\ufe0f", "\u200d", "😀\u200d", "\u200d😀", "😀\u200d\u200d😀",
		"x⃣", "11️⃣", "\u20e3", "🏴\U000e007f", "🏴\U000e0067", "\U000e0067\U000e007f", "😀\u200bx", "😀\u202e", "\xff", "😀\xff",
		"😀\u200d😀\u200d😀\u200d😀\u200d😀\u200d😀\u200d😀",
	} {
		if emoji.IsOne(text) {
			t.Errorf("%q (%+q) was taken", text, text)
		}
	}
}

func TestCheckNamesTheField(t *testing.T) {
	var c fault.Checks
	emoji.Check(&c, "button.emoji", "")
	emoji.Check(&c, "button.emoji", "🎫")
	if err := c.Err("x", "y"); err != nil {
		t.Errorf("%v", err)
	}
	emoji.Check(&c, "button.emoji", "<:a:123>")
	err := c.Err("x", "y")
	var told *fault.Error
	if !errors.As(err, &told) || len(told.Fields) != 1 || told.Fields[0].Path != "button.emoji" {
		t.Errorf("%v", err)
	}
}
