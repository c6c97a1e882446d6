package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"usher/sandbox"
)

// bench is a sandbox with a connected bot, a panel and a person.
type bench struct {
	*rawBot
	t     *testing.T
	gw    *session
	ryan  *sandbox.Acting
	panel sandbox.Message
}

func newBench(t *testing.T, components ...object) *bench {
	t.Helper()
	s, b := quick(t)
	k := &bench{rawBot: b, t: t, gw: b.connect(allIntents), ryan: s.Client().User(sandbox.DemoRyanID)}
	if components == nil {
		components = []object{row(button("open"))}
	}
	k.panel = k.post(object{"content": "panel", "components": components})
	return k
}

func (k *bench) post(body object) sandbox.Message {
	k.t.Helper()
	m := k.must("POST", supportPath+"/messages", body)
	id, err := parse(m.text("id"))
	if err != nil {
		k.t.Fatalf("the message has no id: %s", m.raw)
	}
	return sandbox.Message{ID: id, ChannelID: sandbox.DemoSupportID}
}

func parse(s string) (sandbox.ID, error) {
	var id sandbox.ID
	err := id.UnmarshalText([]byte(s))
	return id, err
}

// press clicks and gives the interaction that the bot received.
func (k *bench) press(customID string) answer {
	k.t.Helper()
	if _, err := k.ryan.PressNow(k.t.Context(), k.panel, customID); err != nil {
		k.t.Fatalf("pressing: %v", err)
	}
	return k.gw.next("INTERACTION_CREATE")
}

func callbackPath(i answer) string {
	return "/interactions/" + i.text("id") + "/" + i.text("token") + "/callback"
}

func hookPath(i answer) string {
	return "/webhooks/" + i.text("application_id") + "/" + i.text("token")
}

func (k *bench) advance(d time.Duration) {
	k.t.Helper()
	if err := k.s.Client().Advance(k.t.Context(), d); err != nil {
		k.t.Fatalf("advancing: %v", err)
	}
}

// TestS5InteractionPayload looks at INTERACTION_CREATE as the facts list what libraries insist on.
func TestS5InteractionPayload(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	i := k.press("open")
	for _, path := range []string{
		"id", "application_id", "token", "data.custom_id", "guild.id", "guild_id", "channel.id", "channel.permissions", "channel_id",
		"member.user.id", "member.permissions", "member.roles", "member.joined_at", "app_permissions", "locale", "guild_locale",
		"message.id", "message.components.0.components.0.custom_id", "authorizing_integration_owners.0", "entitlements", "context",
		"attachment_size_limit",
	} {
		if i.at(path) == nil {
			t.Errorf("the interaction has no %s: %s", path, i.raw)
		}
	}
	for path, want := range map[string]any{
		"type": 3.0, "version": 1.0, "data.component_type": 2.0, "member.user.username": "ryan", "data.custom_id": "open",
		"authorizing_integration_owners.0": "1400000000000000001", "context": 0.0, "user": nil,
	} {
		if got := i.at(path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// TestS7AnswerOnceAndInTime: three seconds, one answer, fifteen minutes.
func TestS7AnswerOnceAndInTime(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	i := k.press("open")
	k.call("PATCH", hookPath(i)+"/messages/@original", object{"content": "early"}).refused(t, http.StatusNotFound, 10015)
	k.call("POST", "/interactions/"+i.text("id")+"/wrong/callback", object{"type": 5}).refused(t, http.StatusNotFound, 10062)
	k.call("POST", callbackPath(i), object{"type": 3}).complains(t, "type", "UNION_TYPE_CHOICES")
	k.must("POST", callbackPath(i), object{"type": 5, "data": object{"flags": 64}})
	k.call("POST", callbackPath(i), object{"type": 5}).refused(t, http.StatusBadRequest, 40060)
	loading := k.must("GET", hookPath(i)+"/messages/@original", nil)
	if loading.at("flags") != float64(64+128) {
		t.Errorf("a deferred ephemeral answer has flags %v, want 192", loading.at("flags"))
	}
	edited := k.must("PATCH", hookPath(i)+"/messages/%40original", object{"content": "done"})
	if edited.at("flags") != 64.0 || edited.text("content") != "done" {
		t.Errorf("the answer is %s", edited.raw)
	}
	k.advance(14 * time.Minute)
	k.must("PATCH", hookPath(i)+"/messages/@original", object{"content": "later"})
	k.advance(2 * time.Minute)
	k.call("PATCH", hookPath(i)+"/messages/@original", object{"content": "too late"}).refused(t, http.StatusUnauthorized, 50027)
	k.call("POST", hookPath(i), object{"content": "too late"}).refused(t, http.StatusUnauthorized, 50027)

	late := k.press("open")
	k.advance(3001 * time.Millisecond)
	k.call("POST", callbackPath(late), object{"type": 5}).refused(t, http.StatusNotFound, 10062)
	records, err := k.s.Client().Interactions(t.Context())
	if err != nil || len(records) != 2 || records[0].State != sandbox.StateAnswered || records[1].State != sandbox.StateFailed {
		t.Errorf("interactions: %+v, %v", records, err)
	}
	if records[1].Failure != "This interaction failed" {
		t.Errorf("the person reads %q", records[1].Failure)
	}
}

// TestS7CallbackTypes: which answers fit which interactions.
func TestS7CallbackTypes(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	k.call("POST", callbackPath(k.press("open")), object{"type": 8, "data": object{"choices": []object{}}}).complains(t, "type", "INTERACTION_APPLICATION_COMMAND_CALLBACK_TYPE_INVALID")
	i := k.press("open")
	k.call("POST", callbackPath(i), object{"type": 4, "data": object{}}).refused(t, http.StatusBadRequest, 50006)
	// A refused answer is no answer: the bot may try again within the three seconds.
	out := k.must("POST", callbackPath(i)+"?with_response=true", object{"type": 4, "data": object{"content": "hello"}})
	if out.status != http.StatusOK || out.text("resource.message.content") != "hello" || out.text("interaction.id") != i.text("id") {
		t.Errorf("with_response gave %s", out.raw)
	}
	update := k.press("open")
	k.must("POST", callbackPath(update), object{"type": 7, "data": object{"content": "new", "components": []object{}}})
	if got := k.must("GET", supportPath+"/messages/"+k.panel.ID.String(), nil); got.text("content") != "new" {
		t.Errorf("the panel is %s", got.raw)
	}
	if _, err := k.ryan.PressNow(t.Context(), k.panel, "open"); !sandbox.IsRefused(err, http.StatusNotFound) {
		t.Errorf("pressing a button that is gone: %v", err)
	}
	noFindingsBut(t, k.s, "rule")
}

// TestS5EphemeralIsForOne: the message is its user's alone, no bot hears of it, no channel route finds it.
func TestS5EphemeralIsForOne(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	i := k.press("open")
	k.must("POST", callbackPath(i), object{"type": 4, "data": object{"content": "only you", "flags": 64}})
	m := k.must("GET", hookPath(i)+"/messages/@original", nil)
	k.call("GET", supportPath+"/messages/"+m.text("id"), nil).refused(t, http.StatusNotFound, 10008)
	noor := k.s.Client().User(sandbox.DemoNoorID)
	for who, want := range map[*sandbox.Acting]int{k.ryan: 2, noor: 1} {
		list, err := who.Messages(t.Context(), sandbox.DemoSupportID, 10)
		if err != nil || len(list) != want {
			t.Errorf("%s sees %d messages, want %d (%v)", who.ID(), len(list), want, err)
		}
	}
	k.post(object{"content": "marker"})
	for {
		got := k.gw.next("MESSAGE_CREATE")
		if got.text("content") == "only you" {
			t.Error("MESSAGE_CREATE of an ephemeral message")
		}
		if got.text("content") == "marker" {
			break
		}
	}
	k.must("DELETE", hookPath(i)+"/messages/@original", nil)
	if list, _ := k.ryan.Messages(t.Context(), sandbox.DemoSupportID, 10); len(list) != 2 {
		t.Errorf("Ryan sees %d messages after the deletion, want 2", len(list))
	}
}

// TestS5FollowUps: further messages of an interaction.
func TestS5FollowUps(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	i := k.press("open")
	k.must("POST", callbackPath(i), object{"type": 6})
	if got := k.must("GET", hookPath(i)+"/messages/@original", nil); got.text("id") != k.panel.ID.String() {
		t.Errorf("the original of a deferred update is %s", got.raw)
	}
	m := k.must("POST", hookPath(i)+"?wait=true", object{"content": "more"})
	path := hookPath(i) + "/messages/" + m.text("id")
	if got := k.must("PATCH", path, object{"content": "changed"}); got.text("content") != "changed" || got.at("edited_timestamp") == nil {
		t.Errorf("the edited follow-up is %s", got.raw)
	}
	k.must("DELETE", path, nil)
	k.call("GET", path, nil).refused(t, http.StatusNotFound, 10008)
	noFindingsBut(t, k.s)
}

// TestS5Select: what may be chosen, and what arrives.
func TestS5Select(t *testing.T) {
	t.Parallel()
	options := []object{{"label": "A", "value": "a"}, {"label": "B", "value": "b"}, {"label": "C", "value": "c"}}
	k := newBench(
		t, row(object{"type": 3, "custom_id": "text", "options": options, "min_values": 1, "max_values": 2}),
		row(object{"type": 5, "custom_id": "user"}), row(object{"type": 8, "custom_id": "channel", "channel_types": []int{0}}),
		row(object{"type": 2, "style": 1, "label": "off", "custom_id": "off", "disabled": true}),
	)
	choose := func(customID string, values ...string) error {
		_, err := k.ryan.Select(t.Context(), k.panel, customID, values...)
		return err
	}
	for name, values := range map[string][]string{"none": {}, "too many": {"a", "b", "c"}, "twice": {"a", "a"}, "unknown": {"z"}} {
		if err := choose("text", values...); !sandbox.IsRefused(err, http.StatusBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := choose("channel", sandbox.DemoTicketsID.String()); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("a category in a select of text channels: %v", err)
	}
	if _, err := k.ryan.PressNow(t.Context(), k.panel, "off"); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("pressing a disabled button: %v", err)
	}
	go func() { _ = choose("text", "b", "a") }()
	if i := k.gw.next("INTERACTION_CREATE"); i.text("data.values.0") != "b" || i.at("data.component_type") != 3.0 {
		t.Errorf("the bot received %s", i.raw)
	}
	go func() { _ = choose("user", sandbox.DemoMiaID.String()) }()
	mia := sandbox.DemoMiaID.String()
	i := k.gw.next("INTERACTION_CREATE")
	if i.text("data.resolved.users."+mia+".username") != "mia" || i.at("data.resolved.members."+mia+".permissions") == nil {
		t.Errorf("the bot received %s", i.raw)
	}
}

// TestS5Modal: from the button to the form and back.
func TestS5Modal(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	modal := object{"custom_id": "form", "title": "Open a ticket", "components": []object{
		row(object{"type": 4, "custom_id": "subject", "style": 1, "label": "Subject", "min_length": 3, "max_length": 10}),
		{"type": 18, "label": "Kind", "component": object{"type": 3, "custom_id": "kind", "options": []object{{"label": "A", "value": "a"}}}},
		{"type": 18, "label": "Details", "component": object{"type": 4, "custom_id": "details", "style": 2, "required": false}},
		{"type": 10, "content": "Thank you"},
	}}
	i := k.press("open")
	bad := func(change func(object)) answer {
		body := object{"custom_id": "form", "title": "T", "components": modal["components"]}
		change(body)
		return k.call("POST", callbackPath(i), object{"type": 9, "data": body})
	}
	bad(func(o object) { o["title"] = "012345678901234567890123456789012345678901234567890" }).complains(t, "data.title", "BASE_TYPE_BAD_LENGTH")
	bad(func(o object) { o["components"] = []object{} }).complains(t, "data.components", "BASE_TYPE_BAD_LENGTH")
	bad(func(o object) { o["components"] = make([]object, 6) }).complains(t, "data.components", "BASE_TYPE_BAD_LENGTH")
	bad(func(o object) { o["components"] = []object{row(object{"type": 4, "custom_id": "x", "style": 1})} }).complains(t, "data.components.0.components.0.label", "BASE_TYPE_REQUIRED")
	k.must("POST", callbackPath(i), object{"type": 9, "data": modal})
	id, _ := parse(i.text("id"))
	opened := k.outcome(id)
	if opened.State != sandbox.StateModal || opened.Modal == nil || opened.Modal.Title != "Open a ticket" {
		t.Fatalf("the interaction is %+v", opened)
	}
	for name, values := range map[string]map[string]any{
		"required": {"kind": []string{"a"}}, "too short": {"subject": "ab", "kind": []string{"a"}}, "unknown": {"subject": "abc", "kind": []string{"a"}, "x": "y"},
		"no option": {"subject": "abc", "kind": []string{"z"}},
	} {
		if _, err := k.ryan.Submit(t.Context(), opened.Modal, values); !sandbox.IsRefused(err, http.StatusBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	go func() {
		_, _ = k.ryan.Submit(t.Context(), opened.Modal, map[string]any{"subject": "lag", "kind": []string{"a"}})
	}()
	sent := k.gw.next("INTERACTION_CREATE")
	for path, want := range map[string]any{
		"type": 5.0, "data.custom_id": "form", "data.components.0.components.0.value": "lag", "data.components.1.component.values.0": "a",
		"data.components.2.component.value": "", "message.id": k.panel.ID.String(), "data.components.3.type": 10.0,
	} {
		if got := sent.at(path); got != want {
			t.Errorf("%s is %v, want %v in %s", path, got, want, sent.raw)
		}
	}
	k.call("POST", callbackPath(sent), object{"type": 9, "data": modal}).complains(t, "type", "INTERACTION_APPLICATION_COMMAND_CALLBACK_TYPE_INVALID")
	k.must("POST", callbackPath(sent), object{"type": 4, "data": object{"content": "thanks"}})
}

// outcome waits for the interaction's state by the witness, as a stream would tell it.
func (k *bench) outcome(id sandbox.ID) sandbox.Interaction {
	k.t.Helper()
	view, err := k.s.Client().User(sandbox.DemoRyanID).Interaction(k.t.Context(), id)
	if err != nil {
		k.t.Fatalf("asking for interaction %s: %v", id, err)
	}
	return view
}

// noFindingsBut is noFindings with some kinds allowed.
func noFindingsBut(t *testing.T, s *sandbox.Server, kinds ...string) {
	t.Helper()
	list, err := s.Client().Findings(t.Context())
	if err != nil {
		t.Fatalf("asking for findings: %v", err)
	}
next:
	for _, f := range list {
		for _, kind := range kinds {
			if f.Kind == kind {
				continue next
			}
		}
		t.Errorf("finding %s on %s: %s", f.Kind, f.Route, f.Text)
	}
}
