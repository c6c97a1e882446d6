package world

import (
	"slices"
	"strings"
	"unicode"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// normalizeEmbeds gives embeds as Discord sends them back: trimmed, of type rich, with proxied pictures.
func (w *World) normalizeEmbeds(in []wire.Embed) []wire.Embed {
	out := slices.Clone(in)
	for i := range out {
		e := &out[i]
		e.Type = "rich"
		e.Title, e.Description = strings.TrimSpace(e.Title), strings.TrimSpace(e.Description)
		e.Fields = slices.Clone(e.Fields)
		for j := range e.Fields {
			e.Fields[j].Name, e.Fields[j].Value = strings.TrimSpace(e.Fields[j].Name), strings.TrimSpace(e.Fields[j].Value)
		}
		if e.Color.Null {
			e.Color = wire.Opt[int]{}
		}
		if e.Timestamp != "" {
			e.Timestamp = isoTime(e.Timestamp)
		}
		e.Footer = presentFooter(e.Footer)
		e.Author = presentAuthor(e.Author)
		e.Image, e.Thumbnail = presentMedia(e.Image), presentMedia(e.Thumbnail)
	}
	return out
}

func presentFooter(f *wire.EmbedFooter) *wire.EmbedFooter {
	if f == nil || f.Text == "" && f.IconURL == "" {
		return nil
	}
	return &wire.EmbedFooter{Text: f.Text, IconURL: f.IconURL, ProxyIconURL: proxied(f.IconURL)}
}

func presentAuthor(a *wire.EmbedAuthor) *wire.EmbedAuthor {
	if a == nil || a.Name == "" && a.IconURL == "" {
		return nil
	}
	return &wire.EmbedAuthor{Name: a.Name, URL: a.URL, IconURL: a.IconURL, ProxyIconURL: proxied(a.IconURL)}
}

func presentMedia(m *wire.EmbedMedia) *wire.EmbedMedia {
	if m == nil || m.URL == "" {
		return nil
	}
	return &wire.EmbedMedia{URL: m.URL, ProxyURL: proxied(m.URL), Description: m.Description}
}

// proxied: the sandbox has no media proxy; a picture's own address stands there.
func proxied(address string) string {
	if strings.HasPrefix(address, "attachment:") {
		return ""
	}
	return address
}

// normalizeComponents numbers components that have no id, in order, and fills in defaults (components/reference).
func (w *World) normalizeComponents(in []wire.Component) []wire.Component {
	out := cloneComponents(in)
	used := map[int]bool{}
	wire.Walk(out, func(c *wire.Component) { used[c.ID] = true })
	next := 1
	wire.Walk(out, func(c *wire.Component) {
		for c.ID == 0 {
			if !used[next] {
				c.ID = next
			}
			next++
		}
		switch c.Type {
		case wire.ComponentStringSelect, wire.ComponentUserSelect, wire.ComponentRoleSelect, wire.ComponentMentionable, wire.ComponentChannelSelect:
			c.MinValues, c.MaxValues = ptr(orInt(c.MinValues, 1)), ptr(orInt(c.MaxValues, 1))
		}
		w.fillMedia(c)
	})
	return out
}

func (w *World) fillMedia(c *wire.Component) {
	fill := func(m *wire.Media) {
		if m != nil && m.ID == 0 {
			m.ID = w.newID()
			m.ProxyURL = m.URL
			m.Width, m.Height, m.ContentType = wire.Null[int](), wire.Null[int](), wire.Null[string]()
		}
	}
	fill(c.Media)
	fill(c.File)
	for i := range c.Items {
		fill(&c.Items[i].Media)
	}
}

func cloneComponents(in []wire.Component) []wire.Component {
	out := slices.Clone(in)
	for i := range out {
		c := &out[i]
		c.Components, c.Items = cloneComponents(c.Components), slices.Clone(c.Items)
		if c.Accessory != nil {
			c.Accessory = &cloneComponents([]wire.Component{*c.Accessory})[0]
		}
		if c.Component != nil {
			c.Component = &cloneComponents([]wire.Component{*c.Component})[0]
		}
		if c.Media != nil {
			c.Media = ptr(*c.Media)
		}
		if c.File != nil {
			c.File = ptr(*c.File)
		}
	}
	return out
}

// channelName gives the name as Discord keeps it: text channels are lower case, spaces are dashes and ASCII
// punctuation other than - and _ is dropped. (Not documented; as seen in Discord's client.)
func channelName(kind int, name string) (string, error) {
	name = strings.TrimSpace(name)
	if kind == wire.ChannelText || kind == wire.ChannelNews || kind == wire.ChannelForum {
		name = textName(name)
	}
	if name == "" {
		return "", refusal.Field("name", "BASE_TYPE_REQUIRED", "This field is required")
	}
	return name, nil
}

func textName(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsSpace(r) || r == '-':
			dash = true
			continue
		case r < 0x80 && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			continue
		}
		if dash && b.Len() > 0 {
			b.WriteByte('-')
		}
		dash = false
		b.WriteRune(r)
	}
	return b.String()
}
