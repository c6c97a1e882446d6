package tag_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
)

func good() tag.Tag {
	return tag.Tag{Guild: 1, Name: "account", Message: message.Template{Content: "Score: %score%"}}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Fatalf("a good tag is refused: %v", err)
	}
	for want, edit := range map[string]func(*tag.Tag){
		"name: Give 1":              func(t *tag.Tag) { t.Name = "" },
		"name: Give a name of 1":    func(t *tag.Tag) { t.Name = strings.Repeat("😀", 17) },
		"name: Use no line breaks":  func(t *tag.Tag) { t.Name = "a\nb" },
		"name: Use no line":         func(t *tag.Tag) { t.Name = "a\u202eb" },
		"message: Write a text":     func(t *tag.Tag) { t.Message = message.Template{} },
		"message.content: This has": func(t *tag.Tag) { t.Message.Content = strings.Repeat("x", 2001) },
	} {
		want = strings.Replace(want, "Give 1", "Give a name of 1", 1)
		one := good()
		edit(&one)
		if err := one.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestFindAndSuggest(t *testing.T) {
	var all []tag.Tag
	for _, name := range []string{"Account", "Rules", "my account", "Ärger"} {
		all = append(all, tag.Tag{Name: name})
	}
	for typed, want := range map[string]string{" ACCOUNT ": "Account", "ärger": "Ärger", "acc": ""} {
		if got, ok := tag.Find(all, typed); got.Name != want || ok != (want != "") {
			t.Errorf("%q finds %q", typed, got.Name)
		}
	}
	for typed, want := range map[string][]string{"acc": {"Account", "my account"}, "": {"Account", "Rules", "my account"}, "zzz": nil, "R": {"Rules", "Ärger"}} {
		if diff := cmp.Diff(want, tag.Suggest(all, typed, 3)[:len(want)]); diff != "" {
			t.Errorf("%q: %s", typed, diff)
		}
	}
	if n := len(tag.Suggest(all, "", 3)); n != 3 {
		t.Errorf("%d suggestions, want 3", n)
	}
}

// shelf keeps one tag.
type shelf struct {
	tag.Store
	kept    tag.Tag
	entries []audit.Entry
}

func (s *shelf) Tag(context.Context, snowflake.Guild, tag.ID) (tag.Tag, error) { return s.kept, nil }

func (s *shelf) SaveTag(_ context.Context, t tag.Tag, entries ...audit.Entry) (int64, error) {
	s.kept, s.entries = t, append(s.entries, entries...)
	return t.Revision + 1, nil
}

func (s *shelf) DeleteTag(_ context.Context, _ snowflake.Guild, _ tag.ID, entries ...audit.Entry) error {
	s.entries = append(s.entries, entries...)
	return nil
}

func TestBookChecksSavesAndRecords(t *testing.T) {
	s := &shelf{}
	changed := 0
	b := tag.Book{Store: s, NewID: func() tag.ID { return "new" }, Now: func() time.Time { return time.Unix(9, 0) }, Changed: func(snowflake.Guild) { changed++ }}
	by := audit.Actor{User: 5, Via: audit.Dashboard}
	one := good()
	one.Name = " account "
	saved, err := b.Save(t.Context(), by, one)
	if err != nil || saved.ID != "new" || saved.Revision != 1 || saved.Name != "account" {
		t.Errorf("%+v, %v", saved, err)
	}
	saved.Everyone, saved.Message = true, message.Template{Embed: &message.EmbedTemplate{Title: "T"}}
	if saved, err = b.Save(t.Context(), by, saved); err != nil || saved.Revision != 2 {
		t.Errorf("%+v, %v", saved, err)
	}
	if err := b.Delete(t.Context(), by, 1, "new"); err != nil || changed != 3 {
		t.Errorf("%v, told %d times", err, changed)
	}
	if _, err := b.Save(t.Context(), by, tag.Tag{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	var got []string
	for _, e := range s.entries {
		got = append(got, fmt.Sprint(e.Action, " ", e.Target, " ", e.Name, " ", e.Detail))
	}
	want := []string{"tag.created new account []", "tag.changed new account [{message.content Score: %score% } {message.title  T} {everyone false true}]", "tag.deleted new account []"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
