package message_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/message"
)

func TestChangesNameThePartsThatDiffer(t *testing.T) {
	t.Parallel()
	before := message.Template{Content: "Hello", Embed: &message.EmbedTemplate{Title: "A", Colour: 0xff, Fields: []message.FieldTemplate{{Name: "Score", Value: "%score%"}}}}
	after := message.Template{Content: "Hello", Embed: &message.EmbedTemplate{Title: "B", Colour: 0xabcdef, Fields: []message.FieldTemplate{{Name: "Score", Value: "%score%", Inline: true}}}}
	want := []audit.Change{
		{Field: "welcome.title", Before: "A", After: "B"},
		{Field: "welcome.colour", Before: "#0000ff", After: "#abcdef"},
		{Field: "welcome.fields", Before: "Score: %score%", After: "Score: %score% (inline)"},
	}
	if diff := cmp.Diff(want, message.Changes("welcome", before, after)); diff != "" {
		t.Error(diff)
	}
	if got := message.Changes("welcome", before, before); got != nil {
		t.Errorf("the same message gives %v", got)
	}
}

// A change that no part shows is one all the same: nothing of it may be lost.
func TestChangesMissNone(t *testing.T) {
	t.Parallel()
	field := func(name, value string) message.Template {
		return message.Template{Embed: &message.EmbedTemplate{Fields: []message.FieldTemplate{{Name: name, Value: value}}}}
	}
	if diff := cmp.Diff([]audit.Change{{Field: "post"}}, message.Changes("post", field("a: b", "c"), field("a", "b: c"))); diff != "" {
		t.Error(diff)
	}
	if got := message.Changes("post", message.Template{}, message.Template{Embed: &message.EmbedTemplate{}}); len(got) != 1 {
		t.Errorf("an embed without anything gives %v", got)
	}
}
