package ticket_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

func report() form.Form {
	return form.Form{ID: "report", Guild: arcade, Name: "Report", Title: "Report a problem", Revision: 2, Questions: []form.Question{
		{ID: "what", Label: "What *happened* to 100%?", Kind: form.Paragraph, Required: true},
		{ID: "who", Label: "Who?", Kind: form.User},
		{ID: "order", Label: "Order", Kind: form.Short},
	}}
}

// asking is a house whose panel asks the report.
func asking(live ticket.Values) *house {
	h := newHouse(live)
	h.snapshot.Panels[0].Form, h.snapshot.Forms = "report", []form.Form{report()}
	return h
}

func answered(id uint64) ticket.OpenRequest {
	o := press(id)
	o.Submission = &form.Submission{Form: "report", Revision: 2, Values: map[string][]string{"what": {"It *broke* @everyone"}, "who": {"77"}, "order": {""}}}
	return o
}

func TestAFormIsAskedBeforeTheTicketOpens(t *testing.T) {
	h := newHouse(readyAnswers())
	if _, asks, err := h.desk.Ask(t.Context(), press(7)); asks || err != nil {
		t.Errorf("a panel without a form asks: %v, %v", asks, err)
	}
	h = asking(readyAnswers("score", "3000"))
	f, asks, err := h.desk.Ask(t.Context(), press(7))
	if err != nil || !asks || f.ID != "report" {
		t.Fatalf("%+v, %v, %v", f, asks, err)
	}
	if err := h.desk.Open(t.Context(), answered(8)); err != nil {
		t.Fatal(err)
	}
	id, r := h.only(t)
	want := "**What \\*happened\\* to 100%?**\nIt \\*broke\\* @everyone\n\n**Who?**\n<@77>\n\n**Order**\nN/A"
	if got := r.posts[0].Below; got == nil || got.Description != want || r.posts[0].Embed.Title == "" {
		t.Errorf("shows %+v", got)
	}
	if diff := cmp.Diff([]string{"what", "who", "order"}, []string{h.store.rows[1].Answers[0].Question, h.store.rows[1].Answers[1].Question, h.store.rows[1].Answers[2].Question}); diff != "" {
		t.Error(diff)
	}
	if _, _, err := h.desk.Ask(t.Context(), press(9)); fault.CodeOf(err) != "ticket_limit" || !strings.Contains(err.Error(), "You already have an open ticket: <#"+id.String()) {
		t.Errorf("a member at the limit is asked in vain: %v", err)
	}
	delete(h.discord.channels, id) // while nobody listened
	if _, asks, err := h.desk.Ask(t.Context(), press(10)); err != nil || !asks {
		t.Errorf("a channel that is gone stands in the way: %v", err)
	}
	o := press(11)
	o.Panel = "other"
	if _, _, err := h.desk.Ask(t.Context(), o); fault.CodeOf(err) != "panel_deleted" {
		t.Error(err)
	}
}

func TestAFormIsNotPassedBy(t *testing.T) {
	for want, o := range map[string]func() ticket.OpenRequest{
		"This panel asks a few questions first. Please press the button again.": func() ticket.OpenRequest { return press(7) },
		"Your answers cannot be taken. Please press the button again.\n- What \\*happened\\* to 100%?: Write an answer.": func() ticket.OpenRequest {
			o := answered(7)
			o.Submission.Values["what"] = []string{" "}
			return o
		},
		"The questions were changed while you answered them. Please press the button again.": func() ticket.OpenRequest {
			o := answered(7)
			o.Submission.Revision = 5
			return o
		},
	} {
		h := asking(readyAnswers())
		if err := h.desk.Open(t.Context(), o()); err != nil {
			t.Errorf("an ordinary answer is an error for the log: %v", err)
		}
		if got := h.discord.toldTo("token-7"); got != want || len(h.discord.channels) != 0 || len(h.store.rows) != 0 {
			t.Errorf("told %q, want %q", got, want)
		}
	}
}

func TestAnswersToWhatWasShownAreTakenAfterAChange(t *testing.T) {
	h := asking(readyAnswers())
	old := report()
	old.Revision, old.Questions = 1, []form.Question{{ID: "what", Label: "The old label", Kind: form.Short}}
	h.forms[1] = old
	h.snapshot.Panels[0].Form = "" // the panel asks nothing any more
	o := answered(7)
	o.Submission.Revision, o.Submission.Values = 1, map[string][]string{"what": {"x"}}
	if err := h.desk.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]form.Answer{{Question: "what", Label: "The old label", Kind: form.Short, Values: []string{"x"}}}, h.store.rows[1].Answers); diff != "" {
		t.Error(diff)
	}
}

// TestACrashAfterTheFormKeepsTheAnswers: whatever step the process dies at, the next one shows the answers; a redelivered form opens nothing
// twice.
func TestACrashAfterTheFormKeepsTheAnswers(t *testing.T) {
	for step := 1; ; step++ {
		h := asking(readyAnswers())
		h.fate.dieAt = step
		_ = h.desk.Open(t.Context(), answered(7))
		if !h.fate.dead {
			return
		}
		died := h.fate.reason[step-1]
		h.fate.dead, h.fate.dieAt = false, 0
		if err := h.restart(t, readyAnswers()); err != nil {
			t.Errorf("died %s: %v", died, err)
		}
		if err := h.desk.Open(t.Context(), answered(7)); err != nil {
			t.Errorf("died %s: delivered again: %v", died, err)
		}
		if _, r := h.only(t); len(r.posts) != 1 || !strings.Contains(r.posts[0].Below.Description, "It \\*broke\\*") {
			t.Errorf("died %s: %+v", died, r.posts)
		}
	}
}

func TestAnswersArePlaceholders(t *testing.T) {
	h := asking(readyAnswers())
	h.snapshot.Panels[0].Welcome = message.Template{Content: "%form.what% %ticket.form.who% %form.order|none% %form.other%"}
	if err := h.desk.Open(t.Context(), answered(7)); err != nil {
		t.Fatal(err)
	}
	if _, r := h.only(t); r.posts[0].Content != `It \*broke\* @everyone <@77> none %form.other%` {
		t.Errorf("%q", r.posts[0].Content)
	}
}

func TestI22AnswersAndWelcomeShareDiscordsLimit(t *testing.T) {
	long := strings.Repeat("word ", 799)
	for name, c := range map[string]struct {
		literal int // of the welcome's description
		value   string
		least   int // units of the answers
	}{
		"a short welcome":                    {100, "3000", 4000},
		"a welcome as long as may be":        {panel4500, "3000", panel.AnswersRoom - 20},
		"a giant value":                      {100, strings.Repeat("x", 9000), panel.AnswersRoom - 20},
		"a welcome that no check would take": {5900, "3000", panel.AnswersRoom - 20},
	} {
		t.Run(name, func(t *testing.T) {
			h := asking(readyAnswers("score", c.value))
			parts := []message.FieldTemplate{}
			for left := c.literal; left > 0; left -= 1000 {
				parts = append(parts, message.FieldTemplate{Name: "f", Value: strings.Repeat("y", min(left, 1000)-1)})
			}
			h.snapshot.Panels[0].Welcome = message.Template{Embed: &message.EmbedTemplate{Description: "%score%", Fields: parts}}
			o := answered(7)
			o.Submission.Values["what"], o.Submission.Values["order"] = []string{long}, []string{long}
			if err := h.desk.Open(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			_, r := h.only(t)
			m := r.posts[0]
			if sum := m.Embed.Units() + m.Below.Units(); sum > message.MaxEmbed || m.Below.Units() < c.least {
				t.Errorf("%d units, %d of them answers", sum, m.Below.Units())
			}
			if !strings.Contains(m.Below.Description, "**Who?**\n<@77>") || len(m.Embed.Fields) > 0 && placeholder.Units(m.Embed.Fields[0].Value) == 0 {
				t.Errorf("%q", m.Below.Description)
			}
		})
	}
}

const panel4500 = message.MaxEmbed - panel.AnswersRoom

func (m *memory) Held(_ context.Context, _ snowflake.Guild, p panel.ID, opener snowflake.User) (held []ticket.Ticket, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for n := m.last; n >= 1; n-- {
		row := m.rows[n]
		if row.Opener.ID == opener && row.Panel == p && (row.State == ticket.Opening || row.State == ticket.Open) {
			held = append(held, *row)
		}
	}
	return held, nil
}

// revisions are the forms as they were.
type revisions map[int64]form.Form

func (r revisions) FormRevision(_ context.Context, _ snowflake.Guild, _ form.ID, revision int64) (form.Form, error) {
	if f, ok := r[revision]; ok {
		return f, nil
	}
	return form.Form{}, fault.New(fault.NotFound, "form_not_found", "No such form.")
}
