package message

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"usher/internal/core/audit"
)

// Changes tells what differs of a message, part by part: the parts are called field, a dot, and as in the message's JSON. Nothing, and the
// messages are the same.
func Changes(field string, before, after Template) []audit.Change {
	part := func(name string, of func(EmbedTemplate) string) []audit.Change {
		return audit.Changed(field+"."+name, of(before.embed()), of(after.embed()))
	}
	all := slices.Concat(
		audit.Changed(field+".content", before.Content, after.Content),
		part("title", func(e EmbedTemplate) string { return e.Title }),
		part("description", func(e EmbedTemplate) string { return e.Description }),
		part("url", func(e EmbedTemplate) string { return e.URL }),
		part("colour", EmbedTemplate.colourText),
		part("author", func(e EmbedTemplate) string { return e.Author }),
		part("author_icon", func(e EmbedTemplate) string { return e.AuthorIcon }),
		part("footer", func(e EmbedTemplate) string { return e.Footer }),
		part("footer_icon", func(e EmbedTemplate) string { return e.FooterIcon }),
		part("image", func(e EmbedTemplate) string { return e.Image }),
		part("thumbnail", func(e EmbedTemplate) string { return e.Thumbnail }),
		part("fields", EmbedTemplate.fieldsText),
	)
	if len(all) == 0 && !same(before, after) { // in how it is put together
		return []audit.Change{{Field: field}}
	}
	return all
}

func (t Template) embed() EmbedTemplate {
	if t.Embed == nil {
		return EmbedTemplate{}
	}
	return *t.Embed
}

func (e EmbedTemplate) colourText() string {
	if e.Colour == 0 {
		return ""
	}
	return fmt.Sprintf("#%06x", e.Colour)
}

func (e EmbedTemplate) fieldsText() string {
	texts := make([]string, len(e.Fields))
	for n, f := range e.Fields {
		texts[n] = f.Name + ": " + f.Value
		if f.Inline {
			texts[n] += " (inline)"
		}
	}
	return strings.Join(texts, "\n")
}

// same compares as messages are stored.
func same(a, b Template) bool {
	one, errOne := json.Marshal(a)
	other, errOther := json.Marshal(b)
	return errOne == nil && errOther == nil && string(one) == string(other)
}
