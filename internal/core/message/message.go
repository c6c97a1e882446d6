package message

import (
	"strings"

	"usher/internal/core/placeholder"
)

// Message is ready to be sent: every text within Discord's limits. Nobody is ever notified by it.
type Message struct {
	Content string
	Embed   *Embed
	Below   *Embed // a second embed, of our own making; nil: none
}

// Embed is one embed ready to be sent.
type Embed struct {
	Title, Description, URL string
	Colour                  int
	Author, AuthorIcon      string
	Footer, FooterIcon      string
	Image, Thumbnail        string
	Fields                  []Field
}

// Field is one field of an embed.
type Field struct {
	Name, Value string
	Inline      bool
}

// Discord's limits for messages of bots, in UTF-16 units but MaxFields.
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const (
	MaxContent     = 2000
	MaxTitle       = 256
	MaxDescription = 4096
	MaxFields      = 25
	MaxFieldName   = 256
	MaxFieldValue  = 1024
	MaxFooter      = 2048
	MaxAuthor      = 256
	MaxEmbed       = 6000 // all texts of all embeds together
)

// blank is what Discord needs where an embed field has no text.
const blank = "\u200b"

// Fill makes the message, with values shortened until every limit holds (I-22).
func (t Template) Fill(lookup placeholder.Lookup) Message { return t.FillWithin(lookup, MaxEmbed) }

// FillWithin is Fill with an embed whose texts have at most room units, so that another embed has the rest of MaxEmbed.
func (t Template) FillWithin(lookup placeholder.Lookup, room int) Message {
	filled := t.fill(lookup)
	low, high := 1, placeholder.Unlimited
	m := filled.cut(high)
	if m.Embed.Units() <= room {
		return m
	}
	for high = MaxDescription; low < high; { // the greatest length of a value with which the sum holds
		middle := (low + high + 1) / 2
		if filled.cut(middle).Embed.Units() <= room {
			low = middle
		} else {
			high = middle - 1
		}
	}
	m = filled.cut(low)
	m.Embed.trim(room)
	return m
}

// filledTemplate has the values, uncut.
type filledTemplate struct {
	content placeholder.Filled
	embed   *filledEmbed
}

type filledEmbed struct {
	title, description, author, footer placeholder.Filled
	fields                             []filledField
	rest                               Embed // what is not text
}

type filledField struct {
	name, value placeholder.Filled
	inline      bool
}

func (t Template) fill(lookup placeholder.Lookup) filledTemplate {
	markdown := func(text string) placeholder.Filled {
		return placeholder.Parse(text).Fill(placeholder.InMarkdown, lookup)
	}
	plain := func(text string) placeholder.Filled {
		return placeholder.Parse(text).Fill(placeholder.InPlain, lookup)
	}
	address := func(text string) string { return placeholder.Parse(text).Address(lookup) }
	filled := filledTemplate{content: markdown(t.Content)}
	e := t.Embed
	if e == nil {
		return filled
	}
	filled.embed = &filledEmbed{
		title: markdown(e.Title), description: markdown(e.Description), author: plain(e.Author), footer: plain(e.Footer),
		rest: Embed{
			URL: address(e.URL), Colour: e.Colour, AuthorIcon: address(e.AuthorIcon), FooterIcon: address(e.FooterIcon),
			Image: address(e.Image), Thumbnail: address(e.Thumbnail),
		},
	}
	for _, f := range e.Fields {
		filled.embed.fields = append(filled.embed.fields, filledField{name: markdown(f.Name), value: markdown(f.Value), inline: f.Inline})
	}
	return filled
}

// cut makes the message with every text in its own limit and every value in at most most units.
func (f filledTemplate) cut(most int) Message {
	m := Message{Content: solid(f.content.Text(MaxContent, placeholder.Unlimited))}
	if f.embed == nil {
		return m
	}
	e := f.embed.rest
	e.Title = solid(f.embed.title.Text(MaxTitle, most))
	e.Description = solid(f.embed.description.Text(MaxDescription, most))
	e.Author = solid(f.embed.author.Text(MaxAuthor, most))
	e.Footer = solid(f.embed.footer.Text(MaxFooter, most))
	for _, field := range f.embed.fields[:min(len(f.embed.fields), MaxFields)] {
		e.Fields = append(e.Fields, Field{
			Name:   orBlank(field.name.Text(MaxFieldName, most)),
			Value:  orBlank(field.value.Text(MaxFieldValue, most)),
			Inline: field.inline,
		})
	}
	m.Embed = &e
	return m
}

// solid drops a text of white space alone, which Discord takes for none.
func solid(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return text
}

func orBlank(text string) string {
	if text = solid(text); text == "" {
		return blank
	}
	return text
}

// WithoutAddresses is the message with all its addresses and images left out.
func (m Message) WithoutAddresses() Message {
	if m.Embed != nil {
		e := *m.Embed
		e.URL, e.AuthorIcon, e.FooterIcon, e.Image, e.Thumbnail = "", "", "", "", ""
		m.Embed = &e
	}
	return m
}

// Units is the sum that Discord bounds by MaxEmbed; 0 for no embed.
func (e *Embed) Units() int {
	if e == nil {
		return 0
	}
	n := placeholder.Units(e.Title) + placeholder.Units(e.Description) + placeholder.Units(e.Author) + placeholder.Units(e.Footer)
	for _, f := range e.Fields {
		n += placeholder.Units(f.Name) + placeholder.Units(f.Value)
	}
	return n
}

// trim makes an embed whose literal text alone is too long fit: fields go first, from the end, then the footer, then the description is
// cut. A template that Check passed never comes here.
func (e *Embed) trim(room int) {
	for e.Units() > room && len(e.Fields) > 0 {
		e.Fields = e.Fields[:len(e.Fields)-1]
	}
	if e.Units() > room {
		e.Footer = ""
	}
	if over := e.Units() - room; over > 0 {
		e.Description = placeholder.Cut(e.Description, placeholder.Units(e.Description)-over)
	}
}

// Empty reports whether Discord would refuse the message for having nothing in it.
func (m Message) Empty() bool {
	e := m.Embed
	return m.Content == "" && m.Below.Units() == 0 && (e == nil || e.Units() == 0 && e.Image == "" && e.Thumbnail == "")
}
