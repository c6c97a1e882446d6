package ticket_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
	"usher/internal/core/ticket"
)

func withTags(live ticket.Values) *house {
	h := newHouse(live)
	h.tags = []tag.Tag{
		{ID: "1", Name: "account", Message: message.Template{Content: "Score of %username%: %score%"}},
		{ID: "2", Name: "accepted", Everyone: true, Message: message.Template{Content: "Read the rules @everyone, 100%"}},
	}
	return h
}

// shows gives what the tag says once all is in.
func (h *house) shows(t *testing.T, r ticket.TagRequest) (string, error) {
	t.Helper()
	s, err := h.desk.Tag(t.Context(), r)
	if err != nil {
		return "", err
	}
	s.Begin(t.Context())
	s.Wait(t.Context())
	var content string
	err = s.Send(func(m message.Message) error { content = m.Content; return nil })
	return content, err
}

func TestI9ATagShowsValuesOfItsTicketThatIsNotNew(t *testing.T) {
	live := readyAnswers("score", "3000")
	h := withTags(live)
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	id, _ := h.only(t)
	got, err := h.shows(t, ticket.TagRequest{Guild: arcade, Channel: id, Name: " ACCOUNT", Roles: []snowflake.Role{staff}})
	if err != nil || got != `Score of ryan\_1: 3000` {
		t.Errorf("%q, %v", got, err)
	}
	if diff := cmp.Diff([]ticket.Use{ticket.ForWelcome, ticket.ForTag}, live.uses); diff != "" || live.channel[1] != id {
		t.Errorf("%s, channels %v", diff, live.channel)
	}
}

func TestWhoMayShowATagWhere(t *testing.T) {
	const elsewhere = snowflake.Channel(5)
	for name, c := range map[string]struct {
		r    ticket.TagRequest
		code string
	}{
		"staff":                       {ticket.TagRequest{Name: "account", Roles: []snowflake.Role{staff}}, ""},
		"a manager":                   {ticket.TagRequest{Name: "account", Manager: true}, ""},
		"a member":                    {ticket.TagRequest{Name: "account", Roles: []snowflake.Role{9}}, "tag_for_staff"},
		"a member, one for everyone":  {ticket.TagRequest{Name: "accepted"}, ""},
		"nobody's tag":                {ticket.TagRequest{Name: "accoun", Manager: true}, "tag_unknown"},
		"elsewhere, with data":        {ticket.TagRequest{Name: "account", Manager: true, Channel: elsewhere}, "tag_needs_ticket"},
		"elsewhere, without data":     {ticket.TagRequest{Name: "accepted", Channel: elsewhere}, ""},
		"elsewhere, the panel's crew": {ticket.TagRequest{Name: "account", Roles: []snowflake.Role{77}, Channel: elsewhere}, "tag_for_staff"},
	} {
		t.Run(name, func(t *testing.T) {
			h := withTags(readyAnswers())
			if err := h.desk.Open(t.Context(), press(7)); err != nil {
				t.Fatal(err)
			}
			id, _ := h.only(t)
			if c.r.Guild = arcade; c.r.Channel == 0 {
				c.r.Channel = id
			}
			if _, err := h.shows(t, c.r); fault.CodeOf(err) != c.code {
				t.Errorf("%v, want %q", err, c.code)
			}
		})
	}
}

func TestANewTagIsKnownAtOnceAndSuggestionsFit(t *testing.T) {
	h := withTags(readyAnswers())
	r := ticket.TagRequest{Guild: arcade, Channel: 5, Name: "acc"}
	for _, c := range []struct {
		manager bool
		want    []string
	}{{true, []string{"account", "accepted"}}, {false, []string{"accepted"}}} {
		r.Manager = c.manager
		got, err := h.desk.TagNames(t.Context(), r, 25)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%v, %s", err, diff)
		}
	}
	h.tags = append(h.tags, tag.Tag{ID: "3", Name: "late", Everyone: true, Message: message.Template{Content: "x"}})
	r.Name = "late"
	if got, err := h.shows(t, r); got != "x" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestATagThatDiscordRefusesIsSentWithoutItsValues(t *testing.T) {
	h := withTags(readyAnswers("score", "odd"))
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	id, _ := h.only(t)
	s, err := h.desk.Tag(t.Context(), ticket.TagRequest{Guild: arcade, Channel: id, Name: "account", Manager: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Begin(t.Context())
	var tries []string
	err = s.Send(func(m message.Message) error {
		if tries = append(tries, m.Content); len(tries) == 1 {
			return refused()
		}
		return nil
	})
	if diff := cmp.Diff([]string{`Score of ryan\_1: odd`, `Score of ryan\_1: N/A`}, tries); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
}

func TestI23CloseMessagesHavePlaceholders(t *testing.T) {
	live := readyAnswers("score", "3000")
	h := newHouse(live)
	h.snapshot.Settings.CloseMessage = message.Template{Content: "Bye %username%, %score%, by %closed_by|nobody%: %reason|no reason% %ticket.reason%"}
	for id, c := range map[uint64]struct {
		close ticket.CloseRequest
		note  string
	}{
		7: {ticket.CloseRequest{By: mia, Manager: true, Reason: "**done** %score%"}, `Bye ryan\_1, 3000, by <@200>: \*\*done\*\* %score% \*\*done\*\* %score%`},
		8: {ticket.CloseRequest{By: ryan}, `Bye ryan\_1, 3000, by <@` + ryan.String() + `>: no reason N/A`},
	} {
		if err := h.desk.Open(t.Context(), press(id)); err != nil {
			t.Fatal(err)
		}
		c.close.Guild = arcade
		c.close.Channel, _ = h.only(t)
		if err := h.desk.Close(t.Context(), c.close); err != nil {
			t.Fatal(err)
		}
		if got := h.discord.notes[ryan]; got != c.note {
			t.Errorf("read %q, want %q", got, c.note)
		}
	}
	if diff := cmp.Diff([]ticket.Use{ticket.ForWelcome, ticket.ForClosing, ticket.ForWelcome, ticket.ForClosing}, live.uses); diff != "" {
		t.Error(diff)
	}
}

func TestI23ChannelNamesHavePlaceholders(t *testing.T) {
	for template, want := range map[string]string{
		"":                                  "ticket-1",
		"🎫 %ticket.nickname% (%ticket_id%)": "🎫-ryan-der-große-1",
		"%username%":                        "ryan_1",
		"%form.what%-%form.who%":            "it-broke-everyone-mia",
		"bug %form.order%":                  "bug",
		"bug-%form.order|none%-%form.gone%": "bug-none",
		"%form.order%":                      "ticket-1",
		"%score%":                           "ticket-1", // no check would take it
		strings.Repeat("😀", 60):             strings.Repeat("😀", 50),
		"a" + strings.Repeat(" b", 60):      "a" + strings.Repeat("-b", 49),
		"--A  -- B\u202e--":                 "a-b",
	} {
		h := asking(readyAnswers("score", "3000"))
		h.snapshot.Panels[0].ChannelName = template
		o := answered(7)
		o.By.Shown = "Ryan der Große"
		o.Submission.Names = map[string]string{"77": "Mia"}
		if err := h.desk.Open(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if _, r := h.only(t); r.plan.Name != want {
			t.Errorf("%q gives %q, want %q", template, r.plan.Name, want)
		}
	}
}

func TestPlainAnswers(t *testing.T) {
	for want, a := range map[string]form.Answer{
		"Yes": {Kind: form.Checkbox, Values: []string{"true"}}, "A, B": {Kind: form.Select, Values: []string{"a", "b"}, Shown: []string{"A", "B"}},
		"x": {Kind: form.Short, Values: []string{"x"}}, "": {Kind: form.User},
	} {
		if got := a.Plain(); got != want {
			t.Errorf("%+v gives %q", a, got)
		}
	}
}

func (h *house) loadTags(context.Context, snowflake.Guild) ([]tag.Tag, error) { return h.tags, nil }

var _ ticket.Values = (*answers)(nil)
