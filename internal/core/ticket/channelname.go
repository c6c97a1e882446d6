package ticket

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf16"

	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
)

// channelName is how the ticket's channel is called. It waits for no integration: it knows the ticket and the answers to the form.
func (t Ticket) channelName(p panel.Panel) string {
	builtin := t.builtin()
	for _, a := range t.Answers { // a mention would be no name
		v := placeholder.Value{Text: a.Plain()}
		builtin[panel.AnswerPrefix+a.Question], builtin["ticket."+panel.AnswerPrefix+a.Question] = v, v
	}
	name := placeholder.Parse(cmp.Or(p.ChannelName, panel.DefaultChannelName)).Fill(placeholder.InPlain, func(name string) (placeholder.Value, bool) {
		v := builtin[name]
		if strings.TrimSpace(v.Text) == "" { // not answered, or not asked: the template's fallback or nothing
			return placeholder.Value{Missing: true, Fallback: " "}, true
		}
		return v, true
	}).String()
	if name = cleanChannelName(name); name == "" {
		return cleanChannelName(placeholder.Parse(panel.DefaultChannelName).Fill(placeholder.InPlain, t.lookup(nil)).String())
	}
	return name
}

// cleanChannelName makes a text what Discord's client would: lower case, dashes for spaces, no ASCII punctuation but - and _, at most
// panel.MaxChannelName UTF-16 units. (Discord documents the length alone.)
func cleanChannelName(text string) string {
	var b strings.Builder
	left, dash := panel.MaxChannelName, false
	for _, r := range strings.ToLower(placeholder.Clean(text)) {
		switch {
		case unicode.IsSpace(r) || r == '-':
			dash = b.Len() > 0
			continue
		case r < 0x80 && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			continue
		}
		size := max(utf16.RuneLen(r), 1)
		if dash {
			size++
		}
		if left -= size; left < 0 {
			break
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
