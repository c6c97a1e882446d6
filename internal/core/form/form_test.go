package form_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

func good() form.Form {
	return form.Form{ID: "f", Guild: 1, Name: "Report", Title: "Report a problem", Revision: 3, Questions: []form.Question{
		{ID: "what", Label: "What happened?", Kind: form.Paragraph, Required: true, MinLength: 5, MaxLength: 20},
		{ID: "order", Label: "Order number", Kind: form.Short},
		{ID: "game", Label: "Which game?", Kind: form.Select, Required: true, MaxValues: 2, Options: []form.Option{{Label: "Chess ♟", Value: "chess"}, {Label: "Go", Value: "go"}, {Label: "Draughts", Value: "draughts"}}},
		{ID: "who", Label: "Who else?", Kind: form.User, MaxValues: 2},
		{ID: "rules", Label: "I read the rules", Kind: form.Checkbox},
	}}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Fatalf("a good form is refused: %v", err)
	}
	many := make([]form.Option, 26)
	for i := range many {
		many[i] = form.Option{Label: "x", Value: fmt.Sprint(i)}
	}
	for want, edit := range map[string]func(f *form.Form, q *form.Question){
		"name: Give 1 to 80":                            func(f *form.Form, _ *form.Question) { f.Name = " \n" },
		"title: Give 1 to 45":                           func(f *form.Form, _ *form.Question) { f.Title = strings.Repeat("x", 46) },
		"questions: Ask 1 to 5":                         func(f *form.Form, _ *form.Question) { f.Questions = nil },
		"questions: Ask":                                func(f *form.Form, _ *form.Question) { f.Questions = make([]form.Question, 6) },
		"name: Use no line breaks":                      func(f *form.Form, _ *form.Question) { f.Name = "a\nb" },
		"title: Use no line breaks":                     func(f *form.Form, _ *form.Question) { f.Title = "\u200b" },
		"questions[0].label: Use no line breaks":        func(_ *form.Form, q *form.Question) { q.Label = "\u202eabc" },
		"questions[0].description: Use no":              func(_ *form.Form, q *form.Question) { q.Description = "\u0007x" },
		"questions[0].default: Use no":                  func(_ *form.Form, q *form.Question) { q.Default = "12345\u200b" },
		"questions[2].options[0].label: Use no":         func(f *form.Form, _ *form.Question) { f.Questions[2].Options[0].Label = "a\nb" },
		"questions[2].options[0].emoji: Give one emoji": func(f *form.Form, _ *form.Question) { f.Questions[2].Options[0].Emoji = "x" },
		"questions[0].id: Give":                         func(_ *form.Form, q *form.Question) { q.ID = "Ümlaut" },
		"questions[1].id: Another":                      func(_ *form.Form, q *form.Question) { q.ID = "order" },
		"questions[1].label: Another":                   func(_ *form.Form, q *form.Question) { q.Label = "order NUMBER " },
		"questions[0].label: Give 1 to 45":              func(_ *form.Form, q *form.Question) { q.Label = strings.Repeat("😀", 23) },
		"questions[0].description: Use at most 100":     func(_ *form.Form, q *form.Question) { q.Description = strings.Repeat("x", 101) },
		"questions[0].placeholder: Use at most 100":     func(_ *form.Form, q *form.Question) { q.Placeholder = strings.Repeat("x", 101) },
		"questions[0].kind: Choose":                     func(_ *form.Form, q *form.Question) { q.Kind = "file" },
		"questions[0].min_length: This is more":         func(_ *form.Form, q *form.Question) { q.MinLength = 21 },
		"questions[0].min_length: Give":                 func(_ *form.Form, q *form.Question) { q.MinLength = -1 },
		"questions[0].max_length: Give":                 func(_ *form.Form, q *form.Question) { q.MaxLength = 4001 },
		"questions[0].default: Give 5 to 20":            func(_ *form.Form, q *form.Question) { q.Default = "1234" },
		"questions[0].options: Only":                    func(_ *form.Form, q *form.Question) { q.Options = many[:1] },
		"questions[0].max_values: This kind":            func(_ *form.Form, q *form.Question) { q.MaxValues = 2 },
		"questions[2].options: Give 1 to 25":            func(f *form.Form, _ *form.Question) { f.Questions[2].Options = many },
		"questions[2].options: At most 2":               func(f *form.Form, _ *form.Question) { f.Questions[2].Options = defaults(3) },
		"questions[2].options[1].value: Another":        func(f *form.Form, _ *form.Question) { f.Questions[2].Options[1].Value = "chess" },
		"questions[2].options[0].label: Give 1 to 100":  func(f *form.Form, _ *form.Question) { f.Questions[2].Options[0].Label = "" },
		"questions[2].min_values: This is more":         func(f *form.Form, _ *form.Question) { f.Questions[2].MinValues = 3 },
		"questions[2].max_values: Give a number from 0": func(f *form.Form, _ *form.Question) { f.Questions[2].MaxValues = 4 },
		"questions[2].default: Only":                    func(f *form.Form, _ *form.Question) { f.Questions[2].Default = "chess" },
		"questions[2].max_length: Only":                 func(f *form.Form, _ *form.Question) { f.Questions[2].MaxLength = 4 },
		"questions[2].options: Give 2 to 10": func(f *form.Form, _ *form.Question) {
			f.Questions[2].Kind, f.Questions[2].Options = form.Radio, many[:1]
		},
		"questions[3].max_values: Give a number": func(f *form.Form, _ *form.Question) { f.Questions[3].MaxValues = 26 },
		"questions[4].required: Discord":         func(f *form.Form, _ *form.Question) { f.Questions[4].Required = true },
		"questions[4].placeholder: This kind":    func(f *form.Form, _ *form.Question) { f.Questions[4].Placeholder = "x" },
	} {
		f := good()
		edit(&f, &f.Questions[0])
		if err := f.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func defaults(n int) (all []form.Option) {
	for i := range n {
		all = append(all, form.Option{Label: "x", Value: fmt.Sprint(i), Default: true})
	}
	return all
}

func TestCompletedGivesIDsAndValues(t *testing.T) {
	f := form.Form{Questions: []form.Question{
		{Label: "What is your e-mail address?"}, {Label: "Order"}, {Label: "order!"}, {Label: "名前"}, {ID: "kept", Label: "x", Options: []form.Option{{Label: "Yes"}, {Label: "No", Value: "n"}}},
	}}.Completed()
	var ids []string
	for _, q := range f.Questions {
		ids = append(ids, q.ID)
	}
	if diff := cmp.Diff([]string{"what_is_your_e_mail_address", "order", "order_2", "question", "kept"}, ids); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]form.Option{{Label: "Yes", Value: "Yes"}, {Label: "No", Value: "n"}}, f.Questions[4].Options); diff != "" {
		t.Error(diff)
	}
}

func sent() form.Submission {
	return form.Submission{Form: "f", Revision: 3, Names: map[string]string{"7": "Mia", "8": "Noor"}, Values: map[string][]string{
		"what": {"It *broke* @everyone"}, "order": {""}, "game": {"chess", "go"}, "who": {"7", "8"}, "rules": {"true"},
	}}
}

func TestReadTakesAnswersInTheOrderOfTheQuestions(t *testing.T) {
	answers, err := good().Read(sent())
	if err != nil {
		t.Fatal(err)
	}
	var got [][3]string
	for _, a := range answers {
		shown := placeholder.Parse("%v%").Fill(placeholder.InMarkdown, func(string) (placeholder.Value, bool) { return a.Value(), true }).String()
		got = append(got, [3]string{a.Label, a.Text(), shown})
	}
	want := [][3]string{
		{"What happened?", "It *broke* @everyone", `It \*broke\* @everyone`},
		{"Order number", "", "N/A"},
		{"Which game?", "chess, go", "Chess ♟, Go"},
		{"Who else?", "7, 8", "<@7>, <@8>"},
		{"I read the rules", "true", "Yes"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Mia", "Noor"}, answers[3].Shown); diff != "" {
		t.Error(diff)
	}
	bare, err := good().Read(form.Submission{Values: map[string][]string{"what": {"12345"}, "game": {"go"}}})
	if err != nil || bare[4].Text() != "false" || bare[4].Value().Text != "No" || bare[3].Text() != "" {
		t.Errorf("%+v, %v", bare, err)
	}
}

func TestReadTrustsNothing(t *testing.T) {
	for want, edit := range map[string]func(v map[string][]string){
		"\n- What happened?: Write an answer.":              func(v map[string][]string) { v["what"] = []string{"  \n "} },
		"\n- What happened?: Write at least 5":              func(v map[string][]string) { v["what"] = []string{"1234"} },
		"\n- What happened?: Write at most 20":              func(v map[string][]string) { v["what"] = []string{strings.Repeat("😀", 21)} },
		"\n- Which game?: Choose something.":                func(v map[string][]string) { delete(v, "game") },
		"\n- Which game?: Choose at most 2.":                func(v map[string][]string) { v["game"] = []string{"chess", "go", "draughts"} },
		"\n- Which game?: Choose from what is offered.":     func(v map[string][]string) { v["game"] = []string{"poker"} },
		"\n- Who else?: Choose from what is offered.":       func(v map[string][]string) { v["who"] = []string{"7", "7"} },
		"\n- Who else?: Choose from what":                   func(v map[string][]string) { v["who"] = []string{"> @everyone"} },
		"\n- I read the rules: Tick it, or do not.":         func(v map[string][]string) { v["rules"] = []string{"maybe"} },
		"The questions were changed while you answered the": func(v map[string][]string) { v["new"] = []string{"x"} },
	} {
		s := sent()
		edit(s.Values)
		_, err := good().Read(s)
		var f *fault.Error
		if !errors.As(err, &f) || !strings.Contains(f.Text, want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	s := sent()
	s.Values["what"] = []string{strings.Repeat("😀", 20)} // 40 units: however Discord counts, it is not too long
	if _, err := good().Read(s); err != nil {
		t.Error(err)
	}
}

// drawer keeps one form.
type drawer struct {
	form.Store
	kept    form.Form
	entries []audit.Entry
	refuse  error
}

func (d *drawer) Form(context.Context, snowflake.Guild, form.ID) (form.Form, error) {
	return d.kept, nil
}

func (d *drawer) SaveForm(_ context.Context, f form.Form, entries ...audit.Entry) (int64, error) {
	d.kept, d.entries = f, append(d.entries, entries...)
	return f.Revision + 1, d.refuse
}

func (d *drawer) DeleteForm(_ context.Context, _ snowflake.Guild, _ form.ID, entries ...audit.Entry) error {
	d.entries = append(d.entries, entries...)
	return d.refuse
}

func TestCabinetChecksSavesAndRecords(t *testing.T) {
	d := &drawer{}
	changed := 0
	c := form.Cabinet{Store: d, NewID: func() form.ID { return "new" }, Now: func() time.Time { return time.Unix(9, 0) }, Changed: func(snowflake.Guild) { changed++ }}
	by := audit.Actor{User: 5, Via: audit.Dashboard}
	f := good()
	f.ID, f.Questions[0].ID = "", ""
	saved, err := c.Save(t.Context(), by, f)
	if err != nil || saved.ID != "new" || saved.Revision != 1 || saved.Questions[0].ID != "what_happened" {
		t.Errorf("%+v, %v", saved, err)
	}
	saved.Title = "Another"
	if saved, err = c.Save(t.Context(), by, saved); err != nil || saved.Revision != 2 {
		t.Errorf("%+v, %v", saved, err)
	}
	if err := c.Delete(t.Context(), by, 1, "new"); err != nil || changed != 3 {
		t.Errorf("%v, told %d times", err, changed)
	}
	var got []string
	for _, e := range d.entries {
		got = append(got, fmt.Sprint(e.Action, " ", e.Target, " ", e.Name, " ", e.Actor.User, " ", len(e.Detail)))
	}
	if diff := cmp.Diff([]string{"form.created new Report 5 0", "form.changed new Report 5 1", "form.deleted new Report 5 0"}, got); diff != "" {
		t.Error(diff)
	}
	d.refuse = fault.New(fault.Conflict, "form_in_use", "In use.")
	if err := c.Delete(t.Context(), by, 1, "new"); fault.CodeOf(err) != "form_in_use" || changed != 3 {
		t.Errorf("%v, told %d times", err, changed)
	}
	if _, err := c.Save(t.Context(), by, form.Form{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}
