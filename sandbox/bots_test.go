package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"usher/sandbox"
)

// Two bots: both in guild 1, one alone in guild 2, the other alone in guild 3. The second may not read what people write.
const twoBots = `{
	"users": [{"id": "1000", "username": "ann", "note": "Owner"}, {"id": "1001", "username": "bob", "global_name": "Bob", "locale": "de", "email": "bob@example.org"}],
	"applications": [
		{"id": "2001", "name": "One", "owner": "ann", "description": "The first", "bot_token": "MjAwMQ.x.one", "client_secret": "s", "redirect_uris": ["http://127.0.0.1/back"], "max_concurrency": 2, "shards": 1},
		{"id": "2002", "name": "Two", "bot_token": "MjAwMg.x.two", "privileged_intents": ["MEMBERS"]}
	],
	"guilds": [
		{"id": "3001", "name": "Both", "owner": "ann", "everyone": ["VIEW_CHANNEL", "SEND_MESSAGES", "READ_MESSAGE_HISTORY", "USE_APPLICATION_COMMANDS"], "locale": "de", "features": ["COMMUNITY"],
			"roles": [{"id": "3101", "name": "Staff", "color": 255, "hoist": true, "mentionable": true, "permissions": ["MANAGE_MESSAGES"]}],
			"members": [{"user": "bob", "nick": "Bobby", "roles": ["Staff"]}],
			"bots": [{"application": "One", "permissions": ["ADMINISTRATOR"]}, {"application": "Two", "permissions": ["VIEW_CHANNEL", "SEND_MESSAGES"], "roles": ["Staff"]}],
			"channels": [
				{"id": "3201", "name": "Rooms", "type": "category", "overwrites": [{"role": "Staff", "allow": ["VIEW_CHANNEL"]}, {"user": "bob", "deny": ["ADD_REACTIONS"]}]},
				{"id": "3202", "name": "open", "parent": "Rooms", "topic": "All", "messages": [{"author": "bob", "content": "Hello"}]},
				{"id": "3203", "name": "hidden", "overwrites": [{"role": "@everyone", "deny": ["VIEW_CHANNEL"]}, {"role": "Staff", "deny": ["VIEW_CHANNEL"]}, {"user": "Two", "deny": ["VIEW_CHANNEL"]}, {"user": "bob", "allow": ["VIEW_CHANNEL"]}]}
			]},
		{"id": "3002", "name": "First alone", "owner": "ann", "members": [{"user": "bob"}], "bots": [{"application": "One", "permissions": ["ADMINISTRATOR"]}], "channels": [{"id": "3302", "name": "one"}]},
		{"id": "3003", "name": "Second alone", "owner": "ann", "members": [{"user": "bob"}], "bots": [{"application": "Two", "permissions": ["ADMINISTRATOR"]}], "channels": [{"id": "3303", "name": "two"}]}
	]
}`

// house has both bots connected.
type house struct {
	t        *testing.T
	s        *sandbox.Server
	bob      *sandbox.Acting
	one, two *resident
}

// resident is a bot with its session.
type resident struct {
	*rawBot
	gw *session
}

const (
	openRoom   = "/channels/3202"
	hiddenRoom = "/channels/3203"
)

// newHouse connects the first bot with all intents and the second with those that it may have.
func newHouse(t *testing.T) *house {
	t.Helper()
	seed, err := sandbox.ParseSeed([]byte(twoBots))
	if err != nil {
		t.Fatalf("parsing the seed: %v", err)
	}
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}})
	h := &house{t: t, s: s, bob: s.Client().User(1001)}
	const presences, content = 1 << 8, 1 << 15
	h.one = &resident{rawBot: &rawBot{t: t, s: s, token: "MjAwMQ.x.one"}}
	h.two = &resident{rawBot: &rawBot{t: t, s: s, token: "MjAwMg.x.two"}}
	h.one.gw, h.two.gw = h.one.connect(allIntents), h.two.connect(allIntents&^(presences|content))
	return h
}

// since gives everything that a bot heard until now: until a message that both bots see.
func (h *house) since() (one, two []event) {
	h.t.Helper()
	fence := h.one.must("POST", openRoom+"/messages", object{"content": "fence"}).text("id")
	return h.one.gw.until(fence), h.two.gw.until(fence)
}

// TestS12ABotLeaves: the others hear that its member, its role and its part in threads are gone; it hears GUILD_DELETE alone.
func TestS12ABotLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.one.must("PUT", openRoom+"/permissions/2002", object{"type": 1, "allow": "34359738368"})
	thread := h.one.must("POST", openRoom+"/threads", object{"name": "t", "type": 11}).text("id")
	h.one.must("PUT", "/channels/"+thread+"/thread-members/2002", nil)
	h.since()
	h.two.must("DELETE", "/users/@me/guilds/3001", nil)
	if got := h.two.gw.next("GUILD_DELETE"); got.text("id") != "3001" || got.at("unavailable") != nil {
		t.Errorf("the bot that left received %s", got.raw)
	}
	if got := h.one.gw.next("GUILD_MEMBER_REMOVE"); got.text("user.id") != "2002" {
		t.Errorf("the other received %s", got.raw)
	}
	role := h.one.gw.next("GUILD_ROLE_DELETE").text("role_id")
	h.one.call("GET", "/guilds/3001/roles/"+role, nil).refused(t, http.StatusNotFound, 10011)
	h.one.call("GET", "/channels/"+thread+"/thread-members/2002", nil).refused(t, http.StatusNotFound, 10007)
	h.two.call("GET", openRoom, nil).refused(t, http.StatusForbidden, 50001)
}

// until collects events before the message with this id.
func (s *session) until(message string) (out []event) {
	s.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e, open := <-s.events:
			var m struct {
				ID string `json:"id"`
			}
			if !open {
				s.t.Fatal("the gateway closed")
			}
			if e.Type == "MESSAGE_CREATE" && json.Unmarshal(e.Data, &m) == nil && m.ID == message {
				return out
			}
			out = append(out, e)
		case <-deadline:
			s.t.Fatal("the message that both see did not come within ten seconds")
		}
	}
}

func types(events []event) []string {
	out := []string{}
	for _, e := range events {
		out = append(out, e.Type)
	}
	return out
}

// field reads one field of an event.
func (e event) field(path string) string {
	out := answer{}
	_ = json.Unmarshal(e.Data, &out.body)
	return out.text(path)
}

// TestS12EachBotHearsItsOwn: guilds, channels and direct messages that a bot is not in or does not see do not reach it.
func TestS12EachBotHearsItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.since() // all guilds have come
	for _, c := range []struct {
		name     string
		do       func()
		one, two []string
	}{
		{"a message in the first's guild", func() { h.send(3302) }, []string{"MESSAGE_CREATE"}, []string{}},
		{"a message in the second's guild", func() { h.send(3303) }, []string{}, []string{"MESSAGE_CREATE"}},
		{"a message in both's guild", func() { h.send(3202) }, []string{"MESSAGE_CREATE"}, []string{"MESSAGE_CREATE"}},
		{"a message that the second does not see", func() { h.send(3203) }, []string{"MESSAGE_CREATE"}, []string{}},
		{"typing there", func() { _ = h.bob.Typing(t.Context(), 3203) }, []string{"TYPING_START"}, []string{}},
		// Who may view the audit log hears of its entries too: only the first.
		{"a new channel", func() { h.one.must("POST", "/guilds/3001/channels", object{"name": "new"}) }, []string{"GUILD_AUDIT_LOG_ENTRY_CREATE", "CHANNEL_CREATE"}, []string{"CHANNEL_CREATE"}},
		{"a member who leaves one guild", func() { _ = h.bob.Leave(t.Context(), 3002) }, []string{"GUILD_MEMBER_REMOVE"}, []string{}},
	} {
		c.do()
		one, two := h.since()
		if diff := cmp.Diff(c.one, types(one)); diff != "" {
			t.Errorf("%s: the first hears %s", c.name, diff)
		}
		if diff := cmp.Diff(c.two, types(two)); diff != "" {
			t.Errorf("%s: the second hears %s", c.name, diff)
		}
	}
	dm, err := h.bob.OpenDM(t.Context(), 2002)
	if err != nil {
		t.Fatal(err)
	}
	h.send(dm.ID)
	one, two := h.since()
	if slices.Contains(types(one), "MESSAGE_CREATE") || !slices.Contains(types(two), "MESSAGE_CREATE") {
		t.Errorf("of a direct message to the second the first hears %v, the second %v", types(one), types(two))
	}
	h.one.call("GET", "/channels/3303", nil).refused(t, http.StatusForbidden, 50001)
	h.two.call("GET", "/guilds/3002", nil).refused(t, http.StatusForbidden, 50001)
	h.two.call("POST", hiddenRoom+"/messages", object{"content": "x"}).refused(t, http.StatusForbidden, 50001)
}

func (h *house) send(channel sandbox.ID) {
	h.t.Helper()
	if _, err := h.bob.Send(h.t.Context(), channel, "Hello"); err != nil {
		h.t.Fatalf("writing: %v", err)
	}
}

// TestS12InteractionsGoToTheirApp: a component to the bot whose message it is, a command to the bot that registered it, a
// modal to the bot that opened it; and no bot answers for the other.
func TestS12InteractionsGoToTheirApp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bots := map[string]*resident{"2001": h.one, "2002": h.two}
	panels := map[string]sandbox.Message{}
	for app, b := range bots {
		m := b.must("POST", openRoom+"/messages", object{"content": app, "components": []object{row(button("press"))}})
		id, err := parse(m.text("id"))
		if err != nil {
			t.Fatal(err)
		}
		panels[app] = sandbox.Message{ID: id, ChannelID: 3202}
		b.must("POST", "/applications/"+app+"/guilds/3001/commands", object{"name": "help", "description": "Help", "type": 1})
	}
	h.since()
	only := func(app, what string) event {
		t.Helper()
		one, two := h.since()
		heard := map[string][]event{"2001": one, "2002": two}
		var got event
		for id, list := range heard {
			list = slices.DeleteFunc(list, func(e event) bool { return e.Type != "INTERACTION_CREATE" })
			if want := id == app; (len(list) == 1) != want {
				t.Errorf("%s of application %s: application %s hears %v", what, app, id, types(list))
			}
			if id == app && len(list) == 1 {
				got = list[0]
			}
		}
		if got.field("application_id") != app {
			t.Fatalf("%s of application %s: %s", what, app, got.Data)
		}
		return got
	}
	for app, b := range bots {
		if _, err := h.bob.PressNow(t.Context(), panels[app], "press"); err != nil {
			t.Fatal(err)
		}
		i := only(app, "a button")
		callback := "/interactions/" + i.field("id") + "/" + i.field("token") + "/callback"
		b.must("POST", callback, object{"type": 9, "data": object{"custom_id": "form", "title": "Form", "components": []object{
			{"type": 18, "label": "Text", "component": object{"type": 4, "custom_id": "text", "style": 1}},
		}}})
		id, _ := parse(i.field("id"))
		out, err := h.bob.Interaction(t.Context(), id)
		if err != nil || out.Modal == nil || out.Modal.ApplicationID.String() != app {
			t.Fatalf("the modal of %s: %+v, %v", app, out, err)
		}
		submitted := make(chan error, 1)
		go func() {
			_, err := h.bob.Submit(t.Context(), out.Modal, map[string]any{"text": "x"})
			submitted <- err
		}()
		m := b.gw.next("INTERACTION_CREATE")
		b.must("POST", callbackPath(m), object{"type": 4, "data": object{"content": "private", "flags": 64}})
		if err := <-submitted; err != nil {
			t.Fatal(err)
		}
		for other, o := range bots {
			if other == app {
				continue
			}
			o.call("POST", "/webhooks/"+other+"/"+m.text("token"), object{"content": "x"}).refused(t, http.StatusUnauthorized, 50027)
			o.call("PATCH", openRoom+"/messages/"+panels[app].ID.String(), object{"content": "x"}).refused(t, http.StatusForbidden, 50005)
			o.call("PUT", "/applications/"+app+"/commands", []object{}).refused(t, http.StatusForbidden, 20012)
		}
		if _, two := h.since(); slices.Contains(types(two), "INTERACTION_CREATE") {
			t.Errorf("a modal of %s came to the other bot", app)
		}
		appID, _ := parse(app)
		running := make(chan error, 1)
		go func() {
			_, err := h.bob.Command(t.Context(), sandbox.CommandUse{GuildID: 3001, ChannelID: 3202, Name: "help", Type: 1, AppID: appID})
			running <- err
		}()
		c := b.gw.next("INTERACTION_CREATE")
		b.must("POST", callbackPath(c), object{"type": 5})
		if err := <-running; err != nil || c.text("application_id") != app {
			t.Errorf("the command of %s: %s, %v", app, c.raw, err)
		}
	}
	if _, two := h.since(); slices.Contains(types(two), "INTERACTION_CREATE") {
		t.Error("a command of the first came to the second")
	}
}

// TestS12MessageContentIsPerBot: the bot without the intent reads what mentions it, what it wrote and its direct messages.
func TestS12MessageContentIsPerBot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.since()
	h.send(3202)
	if _, err := h.bob.Send(t.Context(), 3202, "<@2002> hello"); err != nil {
		t.Fatal(err)
	}
	h.two.must("POST", openRoom+"/messages", object{"content": "my own"})
	h.one.must("POST", openRoom+"/messages", object{"embeds": []object{{"title": "secret"}}, "components": []object{row(button("b"))}})
	dm, err := h.bob.OpenDM(t.Context(), 2002)
	if err != nil {
		t.Fatal(err)
	}
	h.send(dm.ID)
	read := func(list []event) (out []string) {
		for _, e := range list {
			if e.Type == "MESSAGE_CREATE" {
				out = append(out, e.field("content")+e.field("embeds.0.title")+e.field("components.0.components.0.custom_id"))
			}
		}
		return out
	}
	one, two := h.since()
	if diff := cmp.Diff([]string{"Hello", "<@2002> hello", "my own", "secretb"}, read(one)); diff != "" {
		t.Errorf("the first reads %s", diff)
	}
	if diff := cmp.Diff([]string{"", "<@2002> hello", "my own", "", "Hello"}, read(two)); diff != "" {
		t.Errorf("the second reads %s", diff)
	}
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), h.s.GatewayURL()+"?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	defer ws.Close()
	if err := ws.WriteJSON(object{"op": 2, "d": object{"token": h.two.token, "intents": 1 << 15, "properties": object{}}}); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, _, err = ws.ReadMessage()
	}
	if !websocket.IsCloseError(err, 4014) {
		t.Errorf("identifying with an intent that is not granted ends with %v", err)
	}
}

// TestS12LimitsArePerBot: what one bot has used up is there for the other.
func TestS12LimitsArePerBot(t *testing.T) {
	t.Parallel()
	seed, err := sandbox.ParseSeed([]byte(twoBots))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, sandbox.Config{Seed: seed})
	one, two := &rawBot{t: t, s: s, token: "MjAwMQ.x.one"}, &rawBot{t: t, s: s, token: "MjAwMg.x.two"}
	for range 5 {
		one.must("POST", openRoom+"/messages", object{"content": "x"})
	}
	if got := one.call("POST", openRoom+"/messages", object{"content": "x"}); got.status != http.StatusTooManyRequests {
		t.Errorf("the sixth message is answered %d", got.status)
	}
	two.must("POST", openRoom+"/messages", object{"content": "x"})
	calls, err := s.Client().Calls(t.Context(), sandbox.CallFilter{Bot: "2002"})
	if err != nil || len(calls) != 1 {
		t.Errorf("the witness saw of the second %+v, %v", calls, err)
	}
}

// TestS12SeedRoundTrip: what a seed says is in the world, what the sandbox tells of its seed is what it was given, and both
// make the same world.
func TestS12SeedRoundTrip(t *testing.T) {
	t.Parallel()
	given, err := sandbox.ParseSeed([]byte(twoBots))
	if err != nil {
		t.Fatal(err)
	}
	for name, seed := range map[string]sandbox.Seed{"two bots": given, "demo": sandbox.DefaultSeed(), "generated": sandbox.GeneratedGuilds(3)} {
		s := start(t, sandbox.Config{Seed: seed})
		told, err := s.Client().Seed(t.Context())
		if err != nil {
			t.Fatalf("%s: asking for the seed: %v", name, err)
		}
		if diff := cmp.Diff(seed, told); diff != "" {
			t.Errorf("%s: the seed came back changed: %s", name, diff)
		}
		again := start(t, sandbox.Config{Seed: told})
		for _, u := range seed.Users {
			if diff := cmp.Diff(sight(t, s, u.ID), sight(t, again, u.ID)); diff != "" {
				t.Errorf("%s: %s sees another world: %s", name, u.Username, diff)
			}
		}
	}
	s := start(t, sandbox.Config{Seed: given})
	want := []string{
		"guild Both owner 1000 de [COMMUNITY]",
		"role @everyone 0 false false 2147552256", "role Staff 255 true true 8192", "role One 0 false false 8", "role Two 0 false false 3072",
		"member 1000  0", "member 1001 Bobby 1", "member 2001  1", "member 2002  2",
		"channel 3201 Rooms 4 parent 0 topic  overwrites 2", "channel 3202 open 0 parent 3201 topic All overwrites 2",
		"message 1001 Hello", "channel 3203 hidden 0 parent 0 topic  overwrites 4",
	}
	if diff := cmp.Diff(want, sight(t, s, 1001)[:len(want)]); diff != "" {
		t.Errorf("Bob sees %s", diff)
	}
}

// sight tells what a person sees, but for what is made at each start: times, and the ids that a seed does not give.
func sight(t *testing.T, s *sandbox.Server, user sandbox.ID) (out []string) {
	t.Helper()
	u := s.Client().User(user)
	view, err := u.View(t.Context())
	if err != nil {
		t.Fatalf("viewing: %v", err)
	}
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, g := range view.Guilds {
		say("guild %s owner %s %s %s", g.Name, g.OwnerID, g.PreferredLocale, g.Features)
		for _, r := range g.Roles {
			say("role %s %d %v %v %s", r.Name, r.Color, r.Hoist, r.Mentionable, r.Permissions)
		}
		for _, m := range g.Members {
			nick := ""
			if m.Nick != nil {
				nick = *m.Nick
			}
			say("member %s %s %d", m.User.ID, nick, len(m.Roles))
		}
		for _, c := range g.Channels {
			say("channel %s %s %d parent %s topic %s overwrites %d", c.ID, c.Name.V, c.Type, c.ParentID.V, c.Topic.V, len(c.PermissionOverwrites.V))
			messages, err := u.Messages(t.Context(), c.ID, 50)
			if err != nil {
				t.Fatalf("reading: %v", err)
			}
			for _, m := range messages {
				say("message %s %s", m.Author.ID, m.Content)
			}
		}
	}
	return out
}
