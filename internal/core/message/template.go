// Package message is a Discord message as an administrator writes it: text with placeholders ([Template]), and as it is sent
// ([Message]) after the values are filled in and every text is cut to Discord's limits.
//
// It knows Discord's limits and nothing of Discord's API: the discord room translates a Message.
package message

import "usher/internal/core/placeholder"

// Template is a message with placeholders. Its JSON is stored. The zero value is an empty message.
type Template struct {
	Content string         `json:"content,omitempty"` // above the embed
	Embed   *EmbedTemplate `json:"embed,omitempty"`
}

// EmbedTemplate is one embed with placeholders in all its texts (I-23). Its URLs are filled by the rules of placeholder.URL.
type EmbedTemplate struct {
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	URL         string          `json:"url,omitempty"`
	Colour      int             `json:"colour,omitempty"` // 0xRRGGBB
	Author      string          `json:"author,omitempty"`
	AuthorIcon  string          `json:"author_icon,omitempty"`
	Footer      string          `json:"footer,omitempty"`
	FooterIcon  string          `json:"footer_icon,omitempty"`
	Image       string          `json:"image,omitempty"`
	Thumbnail   string          `json:"thumbnail,omitempty"`
	Fields      []FieldTemplate `json:"fields,omitempty"`
}

// FieldTemplate is one field of an embed.
type FieldTemplate struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// IsZero reports whether nothing is written.
func (t Template) IsZero() bool { return t.Content == "" && t.Embed == nil }

// Names are the placeholders that occur anywhere in the template, folded, each once, in order of first use.
func (t Template) Names() []string {
	var all []string
	for _, text := range t.texts() {
		all = append(all, placeholder.Parse(text).Names()...)
	}
	return unique(all)
}

// texts lists every text that may hold placeholders.
func (t Template) texts() []string {
	texts := []string{t.Content}
	e := t.Embed
	if e == nil {
		return texts
	}
	texts = append(texts, e.Title, e.Description, e.URL, e.Author, e.AuthorIcon, e.Footer, e.FooterIcon, e.Image, e.Thumbnail)
	for _, f := range e.Fields {
		texts = append(texts, f.Name, f.Value)
	}
	return texts
}

func unique(names []string) []string {
	seen := make(map[string]bool, len(names))
	var once []string
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			once = append(once, n)
		}
	}
	return once
}
