package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/sandbox"
)

// watch gives a function that waits for the next event of this name in a person's stream.
func watch(t *testing.T, u *sandbox.Acting) func(name string) sandbox.Event {
	t.Helper()
	events, err := u.Stream(t.Context())
	if err != nil {
		t.Fatalf("opening the stream: %v", err)
	}
	return func(name string) sandbox.Event {
		t.Helper()
		deadline := time.After(10 * time.Second)
		for {
			select {
			case e, open := <-events:
				if !open {
					t.Fatalf("the stream ended while waiting for %s", name)
				}
				if e.Name == name {
					return e
				}
			case <-deadline:
				t.Fatalf("no %s within ten seconds", name)
			}
		}
	}
}

// TestS5StreamFollowsVisibility: channels come and go with rights, and messages reach those who see them.
func TestS5StreamFollowsVisibility(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	ryan, mia := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoMiaID)
	for _, u := range []*sandbox.Acting{ryan, mia} {
		if _, err := u.View(t.Context()); err != nil {
			t.Fatalf("viewing: %v", err)
		}
	}
	toRyan, toMia := watch(t, ryan), watch(t, mia)
	c := b.must("POST", guildPath+"/channels", object{"name": "secret", "permission_overwrites": []object{
		{"id": "1400000000000000001", "type": 0, "deny": "1024"},
		{"id": "1400000000000000011", "type": 0, "allow": "1024"},
		{"id": "1400000000000000201", "type": 1, "allow": "1024"},
	}})
	var shown sandbox.Channel
	if err := json.Unmarshal(toMia("channel_create").Data, &shown); err != nil || !shown.Private || shown.Permissions == "" || shown.Permissions == "0" {
		t.Errorf("Mia is shown %+v, %v", shown, err)
	}
	id, _ := parse(c.text("id"))
	if sees, err := ryan.Sees(t.Context(), id); sees || err != nil {
		t.Errorf("Ryan sees the channel: %v, %v", sees, err)
	}
	b.must("POST", "/channels/"+c.text("id")+"/messages", object{"content": "staff only"})
	if m, err := toMia("message_create").Message(); err != nil || m.Content != "staff only" || m.GuildID != sandbox.DemoGuildID {
		t.Errorf("Mia is shown %+v, %v", m, err)
	}
	b.must("PUT", "/channels/"+c.text("id")+"/permissions/585576154958921739", object{"type": 1, "allow": "1024"})
	// The first thing that Ryan hears of the channel is that it appeared, not what was written before.
	if err := json.Unmarshal(toRyan("channel_create").Data, &shown); err != nil || shown.ID != id {
		t.Errorf("Ryan is shown %+v, %v", shown, err)
	}
	b.must("DELETE", "/channels/"+c.text("id")+"/permissions/585576154958921739", nil)
	if e := toRyan("channel_delete"); !strings.Contains(string(e.Data), c.text("id")) {
		t.Errorf("Ryan hears %s", e.Data)
	}
	if err := mia.GiveRole(t.Context(), sandbox.DemoGuildID, sandbox.DemoStaffRoleID, true); err != nil {
		t.Fatalf("taking the role: %v", err)
	}
	toMia("member_update")
	toMia("channel_delete")
	users, err := ryan.Messages(t.Context(), id, 1)
	if !sandbox.IsRefused(err, http.StatusForbidden) {
		t.Errorf("Ryan reads %v, %v", users, err)
	}
}

// TestS5StreamComesBack: who reconnects with Last-Event-ID misses nothing.
func TestS5StreamComesBack(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	ryan := s.Client().User(sandbox.DemoRyanID)
	view, err := ryan.View(t.Context())
	if err != nil {
		t.Fatalf("viewing: %v", err)
	}
	b.must("POST", supportPath+"/messages", object{"content": "while away"})
	get := func(last string) string {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/_sandbox/users/585576154958921739/stream", nil)
		req.Header.Set("Last-Event-ID", last)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("opening the stream: %v", err)
		}
		defer res.Body.Close()
		var seen strings.Builder
		buf := make([]byte, 4096)
		for !strings.Contains(seen.String(), "event: ") {
			n, err := res.Body.Read(buf)
			seen.Write(buf[:n])
			if err != nil {
				t.Fatalf("reading the stream: %v after %q", err, seen.String())
			}
		}
		return seen.String()
	}
	if got := get(view.LastEventID); !strings.Contains(got, "while away") {
		t.Errorf("the stream told %s", got)
	}
	if got := get("999"); !strings.Contains(got, "event: reset") {
		t.Errorf("a reader from another life is told %s", got)
	}
}

// TestS7AllowedMentionsDecide: who is notified follows from allowed_mentions, rights and what the person can see.
func TestS7AllowedMentionsDecide(t *testing.T) {
	t.Parallel()
	const ryan, mia, staff = "585576154958921739", "1400000000000000102", "1400000000000000011"
	text := "<@" + ryan + "> <@&" + staff + "> @everyone `<@" + mia + ">`"
	cases := []struct {
		name            string
		allowed         any
		mentionEveryone bool
		users, roles    []string
		everyone        bool
		notified        []sandbox.ID
	}{
		{"nothing said, no right to everyone", nil, false, []string{ryan}, []string{staff}, false, []sandbox.ID{sandbox.DemoRyanID, sandbox.DemoMiaID}},
		{"nothing said, right to everyone", nil, true, []string{ryan}, []string{staff}, true, []sandbox.ID{sandbox.DemoRyanID, sandbox.DemoMiaID, sandbox.DemoNoorID, sandbox.DemoOlgaID}},
		{"nobody", object{"parse": []string{}}, true, nil, nil, false, nil},
		{"users only", object{"parse": []string{"users"}}, true, []string{ryan}, nil, false, []sandbox.ID{sandbox.DemoRyanID}},
		{"this role", object{"roles": []string{staff}}, true, nil, []string{staff}, false, []sandbox.ID{sandbox.DemoMiaID}},
		{"another user", object{"users": []string{mia}}, true, nil, nil, false, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, b := quick(t)
			if c.mentionEveryone {
				(&bench{rawBot: b, t: t}).grant("MENTION_EVERYONE")
			}
			body := object{"content": text, "embeds": []object{{"description": "<@" + mia + ">"}}}
			if c.allowed != nil {
				body["allowed_mentions"] = c.allowed
			}
			m := b.must("POST", supportPath+"/messages", body)
			var users, roles []string
			for i := range len(m.at("mentions").([]any)) {
				users = append(users, m.text("mentions."+string(rune('0'+i))+".id"))
			}
			for _, r := range m.at("mention_roles").([]any) {
				roles = append(roles, r.(string))
			}
			if !slices.Equal(users, c.users) || !slices.Equal(roles, c.roles) || m.at("mention_everyone") != c.everyone {
				t.Errorf("the message mentions %v, %v, %v", users, roles, m.at("mention_everyone"))
			}
			pings, err := s.Client().Pings(t.Context())
			var notified []sandbox.ID
			for _, p := range pings {
				notified = append(notified, p.UserIDs...)
			}
			slices.Sort(notified)
			want := slices.Sorted(slices.Values(c.notified))
			if err != nil || !slices.Equal(notified, want) {
				t.Errorf("notified %v, want %v (%v)", notified, want, err)
			}
		})
	}
}

// TestS5DirectMessages: a bot writes to a person, who answers; a closed door is 50007.
func TestS5DirectMessages(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	gw := b.connect(allIntents &^ (1 << 15))
	ryan := s.Client().User(sandbox.DemoRyanID)
	dm := b.must("POST", "/users/@me/channels", object{"recipient_id": "585576154958921739"})
	b.must("POST", "/channels/"+dm.text("id")+"/messages", object{"content": "hello", "components": []object{row(button("yes"))}})
	gw.next("MESSAGE_CREATE")
	view, err := ryan.View(t.Context())
	if err != nil || len(view.DirectMessages) != 1 || view.DirectMessages[0].Type != 1 {
		t.Fatalf("Ryan's direct messages: %+v, %v", view.DirectMessages, err)
	}
	channel := view.DirectMessages[0].ID
	if _, err := ryan.Send(t.Context(), channel, "hi back"); err != nil {
		t.Fatalf("writing: %v", err)
	}
	// Direct messages are never emptied, whatever the intents.
	if got := gw.next("MESSAGE_CREATE"); got.text("content") != "hi back" || got.at("guild_id") != nil {
		t.Errorf("the bot received %s", got.raw)
	}
	list, _ := ryan.Messages(t.Context(), channel, 10)
	if _, err := ryan.PressNow(t.Context(), list[1], "yes"); err != nil {
		t.Fatalf("pressing: %v", err)
	}
	if i := gw.next("INTERACTION_CREATE"); i.text("user.username") != "ryan" || i.at("member") != nil || i.at("context") != 1.0 {
		t.Errorf("the bot received %s", i.raw)
	}
	if err := s.Client().Administer(t.Context(), sandbox.Order{Do: "refuse_dms", UserID: sandbox.DemoRyanID}); err != nil {
		t.Fatal(err)
	}
	b.call("POST", "/channels/"+dm.text("id")+"/messages", object{"content": "again"}).refused(t, http.StatusForbidden, 50007)
	b.call("POST", "/users/@me/channels", object{"recipient_id": "1"}).refused(t, http.StatusBadRequest, 50033)
}

// TestS2MessageContent: without the intent a bot gets empty messages, but for its own and those that mention it.
func TestS2MessageContent(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	gw := b.connect(1<<0 | 1<<9)
	ryan := s.Client().User(sandbox.DemoRyanID)
	for _, text := range []string{"secret", "<@1400000000000000201> look"} {
		if _, err := ryan.Send(t.Context(), sandbox.DemoGeneralID, text); err != nil {
			t.Fatalf("writing: %v", err)
		}
	}
	if got := gw.next("MESSAGE_CREATE"); got.text("content") != "" || got.text("member.joined_at") == "" {
		t.Errorf("the bot received %s", got.raw)
	}
	if got := gw.next("MESSAGE_CREATE"); !strings.HasSuffix(got.text("content"), "look") {
		t.Errorf("the bot received %s", got.raw)
	}
}

// TestS5Commands: a command with options, typed, completed and run.
func TestS5Commands(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	gw := b.connect(allIntents)
	ryan := s.Client().User(sandbox.DemoRyanID)
	b.must("PUT", appPath+"/commands", []object{
		{"name": "tag", "description": "d", "options": []object{
			{"type": 3, "name": "name", "description": "d", "required": true, "autocomplete": true},
			{"type": 6, "name": "for", "description": "d"},
		}},
		{"name": "Report", "type": 3},
		{"name": "close", "description": "d", "default_member_permissions": "16"},
	})
	use := sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "tag", Options: []sandbox.CommandOption{
		{Name: "name", Type: 3, Value: "ru", Focused: true}, {Name: "for", Type: 6, Value: sandbox.DemoMiaID.String()},
	}}
	done := make(chan []sandbox.Choice, 1)
	go func() {
		list, _ := ryan.Autocomplete(t.Context(), use)
		done <- list
	}()
	typed := gw.next("INTERACTION_CREATE")
	if typed.at("type") != 4.0 || typed.at("data.options.0.focused") != true {
		t.Errorf("the bot received %s", typed.raw)
	}
	b.must("POST", callbackPath(typed), object{"type": 8, "data": object{"choices": []object{{"name": "Rules", "value": "rules"}}}})
	if list := <-done; len(list) != 1 || list[0].Value != "rules" {
		t.Errorf("the suggestions are %v", list)
	}
	use.Options[0] = sandbox.CommandOption{Name: "name", Type: 3, Value: "rules"}
	answered := make(chan sandbox.Interaction, 1)
	go func() {
		out, _ := ryan.Command(t.Context(), use)
		answered <- out
	}()
	ran := gw.next("INTERACTION_CREATE")
	if ran.text("data.name") != "tag" || ran.text("data.resolved.users.1400000000000000102.username") != "mia" || ran.at("data.options.0.value") != "rules" {
		t.Errorf("the bot received %s", ran.raw)
	}
	b.must("POST", callbackPath(ran), object{"type": 4, "data": object{"content": "Be kind."}})
	if out := <-answered; out.State != sandbox.StateAnswered {
		t.Errorf("the command is %+v", out)
	}
	list, _ := ryan.Messages(t.Context(), sandbox.DemoGeneralID, 1)
	if len(list) != 1 || list[0].Type != 20 || list[0].InteractionMetadata == nil || list[0].Interaction.Name != "tag" {
		t.Errorf("the answer is %+v", list)
	}
	for name, bad := range map[string]sandbox.CommandUse{
		"unknown":          {ChannelID: sandbox.DemoGeneralID, Name: "nothing"},
		"without its word": {ChannelID: sandbox.DemoGeneralID, Name: "tag"},
		"for staff only":   {ChannelID: sandbox.DemoGeneralID, Name: "close"},
	} {
		if _, err := ryan.Command(t.Context(), bad); !sandbox.IsRefused(err, 0) {
			t.Errorf("%s: %v", name, err)
		}
	}
	go func() {
		_, _ = ryan.Command(t.Context(), sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "Report", Type: 3, TargetID: list[0].ID})
	}()
	if i := gw.next("INTERACTION_CREATE"); i.text("data.resolved.messages."+list[0].ID.String()+".content") != "Be kind." {
		t.Errorf("the bot received %s", i.raw)
	}
}

// TestS7Nonce: enforce_nonce gives the earlier message instead of a second one.
func TestS7Nonce(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	body := object{"content": "once", "nonce": "ticket-1", "enforce_nonce": true}
	first, second := b.must("POST", supportPath+"/messages", body), b.must("POST", supportPath+"/messages", body)
	if first.text("id") != second.text("id") || first.text("nonce") != "ticket-1" {
		t.Errorf("two messages: %s and %s", first.raw, second.raw)
	}
	if err := s.Client().Advance(t.Context(), 6*time.Minute); err != nil {
		t.Fatal(err)
	}
	if third := b.must("POST", supportPath+"/messages", body); third.text("id") == first.text("id") {
		t.Error("the nonce is remembered after six minutes")
	}
	list, _ := s.Client().User(sandbox.DemoRyanID).Messages(t.Context(), sandbox.DemoSupportID, 10)
	if len(list) != 2 {
		t.Errorf("%d messages were written, want 2", len(list))
	}
}
