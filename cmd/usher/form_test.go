package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/sandbox"
)

// A form with each kind of question, for two panels: Discord takes five in one.
const (
	typedForm = `{"name": "Report", "title": "Report a problem", "questions": [
		{"id": "what", "label": "What happened?", "kind": "paragraph", "required": true, "min_length": 5, "max_length": 300, "placeholder": "In your own words"},
		{"id": "order", "label": "Order number", "kind": "short", "default": "A-1"},
		{"id": "who", "label": "Who else was there?", "kind": "user", "max_values": 2},
		{"id": "role", "label": "Whom to ask?", "kind": "role"},
		{"id": "where", "label": "Where?", "kind": "channel"}]}`
	chosenForm = `{"name": "Choose", "title": "Choose", "questions": [
		{"label": "Which game?", "kind": "select", "required": true, "placeholder": "One", "options": [{"label": "Chess", "value": "c", "emoji": "♟️", "description": "Old"}, {"label": "Go"}]},
		{"label": "Urgent?", "kind": "radio", "required": true, "options": [{"label": "Yes"}, {"label": "No", "default": true}]},
		{"label": "Platforms", "kind": "checkboxes", "options": [{"label": "PC"}, {"label": "Phone"}]},
		{"label": "I read the rules", "kind": "checkbox", "description": "All of them"}]}`
)

// withForms adds forms, and panels that ask them, to the set-up file.
func (st *stage) withForms(path string) string {
	st.t.Helper()
	return st.edit(path, func(file map[string]any) {
		file["forms"] = []any{json.RawMessage(typedForm), json.RawMessage(chosenForm)}
		panels, _ := file["panels"].([]any)
		first, _ := panels[0].(map[string]any)
		second := map[string]any{}
		for k, v := range first {
			second[k] = v
		}
		first["form"], first["button"] = "report", map[string]any{"label": "Report"}
		second["name"], second["form"], second["button"] = "Second", "Choose", map[string]any{"label": "Choose"}
		file["panels"] = append(panels, second)
	})
}

// edit changes a set-up file.
func (st *stage) edit(path string, change func(file map[string]any)) string {
	st.t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		st.t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		st.t.Fatal(err)
	}
	change(file)
	if raw, err = json.Marshal(file); err != nil {
		st.t.Fatal(err)
	}
	path = filepath.Join(st.dir, "edited.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		st.t.Fatal(err)
	}
	return path
}

// pressed presses the panel's button with this label and gives what the bot answered.
func (st *stage) pressed(label string) sandbox.Interaction {
	st.t.Helper()
	button := func(m sandbox.Message) string {
		for _, row := range m.Components {
			for _, c := range row.Components {
				if c.Label == label {
					return c.CustomID
				}
			}
		}
		return ""
	}
	m, err := st.ryan.WaitMessage(st.ctx, sandbox.DemoSupportID, func(m sandbox.Message) bool { return button(m) != "" })
	if err != nil {
		st.t.Fatal(err)
	}
	i, err := st.ryan.Press(st.ctx, m, button(m))
	if err != nil {
		st.t.Fatal(err)
	}
	return i
}

// asked presses and wants a form.
func (st *stage) asked(label string) *sandbox.Modal {
	st.t.Helper()
	i := st.pressed(label)
	if i.State != sandbox.StateModal {
		st.t.Fatalf("no form: %+v", i)
	}
	return i.Modal
}

// bodies keeps what the second integration was sent.
type bodies struct {
	mu  sync.Mutex
	all []map[string]any
}

func (b *bodies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/other" {
		text(guideAnswer)(w, r)
		return
	}
	raw, _ := io.ReadAll(r.Body)
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	b.mu.Lock()
	b.all = append(b.all, body)
	b.mu.Unlock()
	text(`{"value":7}`)(w, r)
}

// formData gives form_data of the newest request, and whether it was of a new ticket.
func (b *bodies) formData() (data map[string]any, isNew bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.all) == 0 {
		return nil, false
	}
	last := b.all[len(b.all)-1]
	data, _ = last["form_data"].(map[string]any)
	isNew, _ = last["is_new_ticket"].(bool)
	return data, isNew
}

func typed() map[string]any {
	return map[string]any{
		"what": "It **broke** @everyone", "who": []string{sandbox.DemoMiaID.String(), sandbox.DemoNoorID.String()},
		"role": []string{sandbox.DemoStaffRoleID.String()}, "where": []string{sandbox.DemoSupportID.String()},
	}
}

// TestI8AFormIsAskedShownAndSent: the questions are the first answer to the press; the answers stand in the ticket and go to private
// integrations by their labels.
func TestI8AFormIsAskedShownAndSent(t *testing.T) {
	for name, c := range map[string]struct {
		button  string
		answers map[string]any
		data    map[string]any
		shown   string
	}{
		"typed and picked": {
			"Report", typed(),
			map[string]any{
				"What happened?": "It **broke** @everyone", "Order number": "A-1", "Who else was there?": sandbox.DemoMiaID.String() + ", " + sandbox.DemoNoorID.String(),
				"Whom to ask?": sandbox.DemoStaffRoleID.String(), "Where?": sandbox.DemoSupportID.String(),
			},
			"**What happened?**\nIt \\*\\*broke\\*\\* @everyone\n\n**Order number**\nA-1\n\n**Who else was there?**\n<@" + sandbox.DemoMiaID.String() + ">, <@" +
				sandbox.DemoNoorID.String() + ">\n\n**Whom to ask?**\n<@&" + sandbox.DemoStaffRoleID.String() + ">\n\n**Where?**\n<#" + sandbox.DemoSupportID.String() + ">",
		},
		"little": {
			"Report",
			map[string]any{"what": "12345", "order": ""},
			map[string]any{"What happened?": "12345", "Order number": "", "Who else was there?": "", "Whom to ask?": "", "Where?": ""},
			"**What happened?**\n12345\n\n**Order number**\nN/A\n\n**Who else was there?**\nN/A\n\n**Whom to ask?**\nN/A\n\n**Where?**\nN/A",
		},
		"chosen": {
			"Choose",
			map[string]any{"which_game": []string{"c"}, "urgent": "No", "platforms": []string{"PC", "Phone"}, "i_read_the_rules": true},
			map[string]any{"Which game?": "c", "Urgent?": "No", "Platforms": "PC, Phone", "I read the rules": "true"},
			"**Which game?**\nChess\n\n**Urgent?**\nNo\n\n**Platforms**\nPC, Phone\n\n**I read the rules**\nYes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			sent := &bodies{}
			st.game.set(sent.ServeHTTP)
			st.apply(st.withForms(st.setup(st.game.URL + "/other")))
			p := st.serve()
			if _, err := st.ryan.Submit(st.ctx, st.asked(c.button), c.answers); err != nil {
				t.Fatal(err)
			}
			_, welcome := st.opened(whole)
			if len(welcome.Embeds) != 2 || welcome.Embeds[1].Description != c.shown {
				t.Errorf("shows %+v\nwant %q", welcome.Embeds, c.shown)
			}
			data, isNew := sent.formData()
			if diff := cmp.Diff(c.data, data); diff != "" || !isNew {
				t.Errorf("new: %v, form_data (-want +got):\n%s", isNew, diff)
			}
			if again := st.pressed(c.button); again.Modal != nil { // at the limit: told, not asked
				t.Errorf("asked in vain: %+v", again)
			}
			st.reply(func(content string) bool { return strings.HasPrefix(content, "You already have an open ticket: <#") })
			st.faultless()
			p.stop()
			if strings.Contains(p.log.String(), `"level":"ERROR"`) || strings.Contains(p.log.String(), "broke") {
				t.Errorf("log:\n%s", p.log)
			}
		})
	}
}

// TestAFormThatIsChangedWhileItIsFilledIn: the answers are taken as they were asked for.
func TestAFormThatIsChangedWhileItIsFilledIn(t *testing.T) {
	st := newStage(t)
	sent := &bodies{}
	st.game.set(sent.ServeHTTP)
	path := st.withForms(st.setup(st.game.URL + "/other"))
	st.apply(path)
	st.serve()
	shown := st.asked("Report")
	st.apply(st.edit(path, func(file map[string]any) {
		file["forms"] = []any{json.RawMessage(`{"name": "Report", "title": "New", "questions": [{"label": "Something else", "kind": "short", "required": true}]}`), json.RawMessage(chosenForm)}
	}))
	if _, err := st.ryan.Submit(st.ctx, shown, typed()); err != nil {
		t.Fatal(err)
	}
	st.opened(whole)
	if data, _ := sent.formData(); data["What happened?"] != "It **broke** @everyone" {
		t.Errorf("form_data %v", data)
	}
}

// TestKilledAfterTheForm: the next process shows the same answers, once; a form that Discord delivers twice opens one ticket.
func TestKilledAfterTheForm(t *testing.T) {
	for name, c := range map[string]struct {
		method, route string
		after         bool
	}{
		"channel made, answer not heard":           {http.MethodPost, routeChannel, true},
		"channel known, welcome not yet posted":    {http.MethodPost, routePost, false},
		"welcome posted, member not yet told":      {http.MethodPatch, routeReply, false},
		"answers taken, channel not yet asked for": {http.MethodPost, routeChannel, false},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			sent := &bodies{}
			st.game.set(sent.ServeHTTP)
			st.apply(st.withForms(st.setup(st.game.URL + "/other")))
			p := st.serve()
			modal := st.asked("Report")
			done := make(chan error, 1)
			st.killWhileHeld(p, c.method, c.route, c.after, func() {
				go func() { _, err := st.ryan.Submit(st.ctx, modal, typed()); done <- err }()
			})
			st.serve()
			_, welcome := st.opened(whole)
			<-done // whether the first process answered in time is not the point
			if len(welcome.Embeds) != 2 || !strings.HasPrefix(welcome.Embeds[1].Description, "**What happened?**\nIt \\*\\*broke") {
				t.Errorf("shows %+v", welcome.Embeds)
			}
			if data, _ := sent.formData(); data["Order number"] != "A-1" {
				t.Errorf("form_data %v", data)
			}
			st.faultless()
		})
	}
	t.Run("delivered twice", func(t *testing.T) {
		st := newStage(t)
		st.game.set(guideAndOther)
		st.apply(st.withForms(st.setup(st.game.URL + "/other")))
		st.serve()
		if _, err := st.ryan.Submit(st.ctx, st.asked("Report"), typed()); err != nil {
			t.Fatal(err)
		}
		if err := st.client.DisturbGateway(st.ctx, sandbox.GatewayFault{Do: "replay_interaction"}); err != nil {
			t.Fatal(err)
		}
		st.opened(whole)
		st.press() // goes through the same queue, so both deliveries have been heard of when it is answered
		st.until("the second press to be answered", func() bool {
			calls, err := st.client.Calls(st.ctx, sandbox.CallFilter{Method: http.MethodPost, Route: routeAck})
			return err == nil && len(calls) >= 4
		})
		names := []string{}
		for _, c := range st.tickets() {
			names = append(names, c.Name.V)
		}
		if !slices.Equal(names, []string{"ticket-1"}) {
			t.Errorf("tickets %v", names)
		}
	})
}
