package message_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/placeholder"
)

func lookup(name string) (placeholder.Value, bool) {
	switch name {
	case "giant":
		return placeholder.Value{Text: strings.Repeat("word_ ", 2000)}, true
	case "name":
		return placeholder.Value{Text: "a_b"}, true
	case "avatar":
		return placeholder.Value{Text: "https://cdn.example/a.png"}, true
	}
	return placeholder.Value{}, false
}

func TestI23PlaceholdersWorkInEveryText(t *testing.T) {
	template := message.Template{Content: "c %name%", Embed: &message.EmbedTemplate{
		Title: "t %name%", Description: "d %name%", URL: "https://x.example/%name%", Author: "a %name%", AuthorIcon: "%avatar%", Footer: "f %name%", FooterIcon: "%none%",
		Image: "%avatar%", Thumbnail: "https://x.example/t?n=%name%", Fields: []message.FieldTemplate{{Name: "n %name%", Value: "v %name%", Inline: true}},
	}}
	want := message.Message{Content: `c a\_b`, Embed: &message.Embed{
		Title: `t a\_b`, Description: `d a\_b`, URL: "https://x.example/a_b", Author: "a a_b", AuthorIcon: "https://cdn.example/a.png", Footer: "f a_b",
		Image: "https://cdn.example/a.png", Thumbnail: "https://x.example/t?n=a_b", Fields: []message.Field{{Name: `n a\_b`, Value: `v a\_b`, Inline: true}},
	}}
	if diff := cmp.Diff(want, template.Fill(lookup)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"name", "avatar", "none"}, template.Names()); diff != "" {
		t.Error(diff)
	}
}

func TestI22LongValuesNeverBreakALimit(t *testing.T) {
	template := message.Template{Content: "%giant%", Embed: &message.EmbedTemplate{Title: "%giant%", Description: "%giant%", Author: "%giant%", Footer: "%giant%"}}
	for range message.MaxFields {
		template.Embed.Fields = append(template.Embed.Fields, message.FieldTemplate{Name: "%giant%", Value: "Score %name% %giant%"})
	}
	m := template.Fill(lookup)
	e := m.Embed
	for _, c := range []struct {
		text  string
		limit int
	}{{m.Content, 2000}, {e.Title, 256}, {e.Description, 4096}, {e.Author, 256}, {e.Footer, 2048}} {
		if n := placeholder.Units(c.text); n > c.limit || n == 0 {
			t.Errorf("%d units where 1 to %d may be", n, c.limit)
		}
	}
	sum := placeholder.Units(e.Title + e.Description + e.Author + e.Footer)
	for _, f := range e.Fields {
		sum += placeholder.Units(f.Name + f.Value)
		if !strings.Contains(f.Value, `a\_b`) {
			t.Errorf("the short value is gone from %q", f.Value)
		}
	}
	if sum > 6000 || sum < 5500 || len(e.Fields) != 25 {
		t.Errorf("%d units in %d fields", sum, len(e.Fields))
	}
}

func TestCheckNamesTheField(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for want, template := range map[string]message.Template{
		"w: Write a text":         {},
		"w.content":               {Content: long(2001)},
		"w.embed: Write a title":  {Embed: &message.EmbedTemplate{}},
		"w.embed.title":           {Embed: &message.EmbedTemplate{Title: long(257)}},
		"w.embed.description":     {Embed: &message.EmbedTemplate{Description: long(4097)}},
		"w.embed.colour":          {Embed: &message.EmbedTemplate{Title: "t", Colour: 0x1000000}},
		"w.embed.image":           {Embed: &message.EmbedTemplate{Image: "ftp://x"}},
		"w.embed.fields[0].name":  {Embed: &message.EmbedTemplate{Fields: []message.FieldTemplate{{Value: "v"}}}},
		"w.embed.fields[0].value": {Embed: &message.EmbedTemplate{Fields: []message.FieldTemplate{{Name: "n", Value: long(1025)}}}},
		"w.embed.fields: Discord": {Embed: &message.EmbedTemplate{Fields: make([]message.FieldTemplate, 26)}},
		"w.embed: All texts":      {Embed: &message.EmbedTemplate{Description: long(4096), Footer: long(2000)}},
	} {
		var c fault.Checks
		template.Check("w", &c)
		if err := c.Err("bad", "Bad."); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	var c fault.Checks
	message.Template{Embed: &message.EmbedTemplate{Title: "%x%", Image: "%avatar%", URL: "https://x.example/%name%"}}.Check("w", &c)
	if err := c.Err("bad", "Bad."); err != nil {
		t.Errorf("a good template is refused: %v", err)
	}
}

func TestI22BlankValuesAreNoText(t *testing.T) {
	blank := func(string) (placeholder.Value, bool) { return placeholder.Value{Text: " \n"}, true }
	m := message.Template{Content: "%v%", Embed: &message.EmbedTemplate{Title: "%v%", Description: "%v%", Author: "%v%", Footer: "%v%", Fields: []message.FieldTemplate{{Name: "%v%", Value: "%v%"}}}}.Fill(blank)
	if m.Content != "" || m.Embed.Title+m.Embed.Description+m.Embed.Author+m.Embed.Footer != "" || m.Embed.Fields[0].Name != "\u200b" || m.Embed.Fields[0].Value != "\u200b" {
		t.Errorf("%+v", m.Embed)
	}
	if m := (message.Template{Embed: &message.EmbedTemplate{Description: "%v%"}}).Fill(blank); !m.Empty() {
		t.Errorf("%+v is empty to Discord", m.Embed)
	}
}

func TestEmpty(t *testing.T) {
	if !(message.Message{Embed: &message.Embed{}}).Empty() || (message.Message{Content: "x"}).Empty() || (message.Message{Embed: &message.Embed{Image: "https://x"}}).Empty() {
		t.Error("Empty is what Discord refuses as an empty message")
	}
}

func TestTwoEmbedsShareTheLimit(t *testing.T) {
	template := message.Template{Embed: &message.EmbedTemplate{Title: "literal", Description: "%giant%", Footer: "%giant%"}}
	if m := template.FillWithin(lookup, 1000); m.Embed.Units() > 1000 || m.Embed.Units() < 900 || m.Embed.Title != "literal" {
		t.Errorf("%d units", m.Embed.Units())
	}
	if (message.Message{Below: &message.Embed{Description: "x"}}).Empty() {
		t.Error("a second embed is something")
	}
	var c fault.Checks
	template.CheckRoom("welcome", &c, 10, "the answers")
	if err := c.Err("x", "X."); err == nil || !strings.Contains(err.Error(), "welcome.embed: All texts of the embed together have 21 characters; 10 are left beside the answers.") {
		t.Error(err)
	}
}
