package sandbox_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"usher/sandbox"
)

// listener is a gateway session that keeps every event until the test asks.
type listener struct {
	t      *testing.T
	events chan event
}

// listen logs a bot in with these fields of IDENTIFY and waits for READY.
func (b *rawBot) listen(identify object) *listener {
	b.t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(b.t.Context(), b.s.GatewayURL()+"?v=10&encoding=json", nil)
	if err != nil {
		b.t.Fatalf("connecting: %v", err)
	}
	_ = res.Body.Close()
	b.t.Cleanup(func() { _ = ws.Close() })
	d := object{"token": b.token, "properties": object{"os": "test", "browser": "test", "device": "test"}}
	maps.Copy(d, identify)
	if err := ws.WriteJSON(object{"op": 2, "d": d}); err != nil {
		b.t.Fatalf("identifying: %v", err)
	}
	l := &listener{t: b.t, events: make(chan event, 4096)}
	go func() {
		defer close(l.events)
		for {
			var e event
			if ws.ReadJSON(&e) != nil {
				return
			}
			if e.Op == 0 {
				l.events <- e
			}
		}
	}()
	l.until("READY")
	return l
}

// until gives all events up to the first of this type, itself the last.
func (l *listener) until(kind string) []event {
	l.t.Helper()
	var out []event
	deadline := time.After(15 * time.Second)
	for {
		select {
		case e, ok := <-l.events:
			if !ok {
				l.t.Fatalf("the gateway closed while waiting for %s", kind)
			}
			if out = append(out, e); e.Type == kind {
				return out
			}
		case <-deadline:
			l.t.Fatalf("no %s within fifteen seconds", kind)
		}
	}
}

// read gives the event's data.
func (e event) read() answer {
	out := answer{raw: string(e.Data)}
	_ = json.Unmarshal(e.Data, &out.body)
	return out
}

// name tells events apart that depend on different intents though they have one type: those of direct messages, and
// those about the bot itself.
func (e event) name() string {
	d := e.read()
	self := sandbox.DemoApplicationID.String()
	switch {
	case e.Type == "GUILD_MEMBER_UPDATE" && d.text("user.id") == self, e.Type == "THREAD_MEMBERS_UPDATE" &&
		(d.text("removed_member_ids.0") == self || d.text("added_members.0.user_id") == self):
		return e.Type + " of itself"
	case d.at("guild_id") == nil && (slices.Contains([]string{"TYPING_START", "CHANNEL_PINS_UPDATE"}, e.Type) || len(e.Type) > 8 && e.Type[:8] == "MESSAGE_"):
		return e.Type + " directly"
	}
	return e.Type
}

// intentsOf is Discord's list of intents (events/gateway.mdx: List of Intents, Caveats): which of them, each alone, brings
// an event. always means that every session gets it. Events that the sandbox has no cause for are not in it.
func intentsOf() map[string][]int {
	const (
		guilds, members, moderation, webhooks               = 0, 1, 2, 5
		messages, reactions, typing                         = 9, 10, 11
		directMessages, directReactions, directTyping, none = 12, 13, 14, -1
	)
	return map[string][]int{
		"GUILD_UPDATE": {guilds}, "GUILD_DELETE": {guilds}, "GUILD_ROLE_CREATE": {guilds}, "GUILD_ROLE_UPDATE": {guilds}, "GUILD_ROLE_DELETE": {guilds},
		"CHANNEL_CREATE": {guilds}, "CHANNEL_UPDATE": {guilds}, "CHANNEL_DELETE": {guilds}, "CHANNEL_PINS_UPDATE": {guilds},
		"THREAD_CREATE": {guilds}, "THREAD_UPDATE": {guilds}, "THREAD_DELETE": {guilds}, "THREAD_LIST_SYNC": {guilds},
		"THREAD_MEMBERS_UPDATE": {members}, "THREAD_MEMBERS_UPDATE of itself": {guilds, members},
		"GUILD_MEMBER_ADD": {members}, "GUILD_MEMBER_UPDATE": {members}, "GUILD_MEMBER_REMOVE": {members}, "GUILD_MEMBER_UPDATE of itself": {none},
		"GUILD_AUDIT_LOG_ENTRY_CREATE": {moderation}, "GUILD_BAN_ADD": {moderation}, "GUILD_BAN_REMOVE": {moderation},
		"WEBHOOKS_UPDATE": {webhooks},
		"MESSAGE_CREATE":  {messages}, "MESSAGE_UPDATE": {messages}, "MESSAGE_DELETE": {messages}, "MESSAGE_DELETE_BULK": {messages},
		"MESSAGE_REACTION_ADD": {reactions}, "MESSAGE_REACTION_REMOVE": {reactions}, "MESSAGE_REACTION_REMOVE_ALL": {reactions}, "MESSAGE_REACTION_REMOVE_EMOJI": {reactions},
		"TYPING_START":            {typing},
		"MESSAGE_CREATE directly": {directMessages}, "MESSAGE_UPDATE directly": {directMessages}, "MESSAGE_DELETE directly": {directMessages},
		"CHANNEL_PINS_UPDATE directly":  {directMessages},
		"MESSAGE_REACTION_ADD directly": {directReactions}, "MESSAGE_REACTION_REMOVE directly": {directReactions},
		"TYPING_START directly": {directTyping},
		"USER_UPDATE":           {none}, "INTERACTION_CREATE": {none},
	}
}

// TestS2EventsByIntent: a session for each intent alone, and one without any, hear exactly what Discord's list says.
func TestS2EventsByIntent(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{RateLimits: sandbox.RateLimits{Off: true}, IdentifyWindow: -1})
	b := newRawBot(t, s)
	k := &bench{rawBot: b, t: t, ryan: s.Client().User(sandbox.DemoRyanID)}
	k.grant("VIEW_AUDIT_LOG", "BAN_MEMBERS", "KICK_MEMBERS", "MANAGE_GUILD", "MANAGE_NICKNAMES", "CHANGE_NICKNAME")
	sessions := map[int]*listener{-1: b.listen(object{"intents": 0})}
	for bit := range 26 {
		if allIntents&(1<<bit) != 0 {
			sessions[bit] = b.listen(object{"intents": 1 << bit})
		}
	}
	k.everythingHappens()
	heard := map[string][]int{}
	for bit, l := range sessions {
		for _, e := range l.until("INTERACTION_CREATE") {
			if name := e.name(); name != "GUILD_CREATE" && !slices.Contains(heard[name], bit) {
				heard[name] = append(heard[name], bit)
			}
		}
	}
	// Leaving comes last: without a guild there is nobody to press the button that ends the others' reading.
	k.must("DELETE", "/users/@me"+guildPath, nil)
	sessions[0].until("GUILD_DELETE")
	heard["GUILD_DELETE"] = []int{0}
	for name, bits := range heard {
		slices.Sort(bits)
		want, known := intentsOf()[name]
		if slices.Equal(want, []int{-1}) {
			want = slices.Sorted(maps.Keys(sessions))
		}
		if !known {
			t.Errorf("%s came with %v, and is not in the list", name, bits)
		} else if !slices.Equal(bits, want) {
			t.Errorf("%s came with intents %v, want %v", name, bits, want)
		}
	}
	for name := range intentsOf() {
		if heard[name] == nil {
			t.Errorf("%s did not come at all", name)
		}
	}
}

// everythingHappens causes every event that the sandbox has, an interaction last.
func (k *bench) everythingHappens() {
	k.t.Helper()
	ctx, noor := k.t.Context(), k.s.Client().User(sandbox.DemoNoorID)
	ok := func(err error) {
		k.t.Helper()
		if err != nil {
			k.t.Fatal(err)
		}
	}
	role := rolesPath + "/" + k.must("POST", rolesPath, object{"name": "x"}).text("id")
	k.must("PATCH", role, object{"name": "y"})
	k.must("DELETE", role, nil)
	channel := "/channels/" + k.must("POST", guildPath+"/channels", object{"name": "x"}).text("id")
	k.must("PATCH", channel, object{"name": "y"})
	k.must("DELETE", channel, nil)
	k.must("PATCH", guildPath, object{"description": "x"})
	thread := "/channels/" + k.must("POST", supportPath+"/threads", object{"name": "x", "type": 12}).text("id")
	k.must("PATCH", thread, object{"name": "y"})
	k.must("PUT", thread+"/thread-members/585576154958921739", nil)
	k.must("DELETE", thread+"/thread-members/@me", nil)
	k.must("DELETE", thread, nil)
	k.must("POST", supportPath+"/webhooks", object{"name": "x"})
	ok(noor.Leave(ctx, sandbox.DemoGuildID))
	ok(noor.Join(ctx, sandbox.DemoGuildID))
	k.must("PATCH", guildPath+ryanPath, object{"nick": "x"})
	k.must("PATCH", guildPath+"/members/@me", object{"nick": "x"})
	k.must("PATCH", "/users/@me", object{"username": "Usher2"})
	k.must("PUT", guildPath+"/bans/1400000000000000103", object{})
	k.must("DELETE", guildPath+"/bans/1400000000000000103", nil)
	k.messagesHappen(supportPath)
	one, two := k.must("POST", messagesPath, object{"content": "x"}).text("id"), k.must("POST", messagesPath, object{"content": "x"}).text("id")
	k.must("POST", messagesPath+"/bulk-delete", object{"messages": []string{one, two}})
	m := messagesPath + "/" + k.must("POST", messagesPath, object{"content": "x"}).text("id") + "/reactions"
	for range 2 {
		k.must("PUT", m+"/%F0%9F%8E%AB/@me", nil)
		k.must("DELETE", m+"/%F0%9F%8E%AB", nil)
	}
	k.must("DELETE", m, nil)
	dm := k.must("POST", "/users/@me/channels", object{"recipient_id": "585576154958921739"}).text("id")
	k.messagesHappen("/channels/" + dm)
	ok(k.ryan.Typing(ctx, must(parse(dm))))
	k.must("POST", supportPath+"/threads", object{"name": "x", "type": 11})
	hide := sandbox.Order{RoleID: sandbox.DemoBotRoleID, ChannelID: sandbox.DemoSupportID, Permission: "VIEW_CHANNEL"}
	remove(k.t, k.s, hide)
	hide.Do, hide.GuildID = "add_permission", sandbox.DemoGuildID
	ok(k.s.Client().Administer(ctx, hide))
	panel := k.post(object{"content": "x", "components": []object{row(button("open"))}})
	if _, err := k.ryan.PressNow(ctx, panel, "open"); err != nil {
		k.t.Fatal(err)
	}
}

// messagesHappen causes the events that guilds and direct messages share.
func (k *bench) messagesHappen(channel string) {
	k.t.Helper()
	one := channel + "/messages/" + k.must("POST", channel+"/messages", object{"content": "x"}).text("id")
	k.must("PATCH", one, object{"content": "y"})
	k.must("PUT", one+"/reactions/%F0%9F%8E%AB/@me", nil)
	k.must("DELETE", one+"/reactions/%F0%9F%8E%AB/@me", nil)
	k.must("PUT", channel+"/messages/pins/"+one[len(channel+"/messages/"):], nil)
	k.must("POST", channel+"/typing", nil)
	k.must("DELETE", one, nil)
}

// TestS2GuildCreate: members by intent and large_threshold, and threads that the bot may see (events/gateway-events.mdx:
// Guild Create, Identify).
func TestS2GuildCreate(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	for i := range sandbox.ID(60) {
		seed.Users = append(seed.Users, sandbox.SeedUser{ID: 5000 + i, Username: fmt.Sprint("extra", i)})
		seed.Guilds[0].Members = append(seed.Guilds[0].Members, sandbox.SeedMember{User: fmt.Sprint("extra", i)})
	}
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}, IdentifyWindow: -1})
	b := newRawBot(t, s)
	open := b.must("POST", supportPath+"/threads", object{"name": "open", "type": 11}).text("id")
	old := b.must("POST", supportPath+"/threads", object{"name": "old", "type": 11}).text("id")
	b.must("PATCH", "/channels/"+old, object{"archived": true})
	private := b.must("POST", supportPath+"/threads", object{"name": "private", "type": 12}).text("id")
	b.must("PUT", "/channels/"+private+"/thread-members/585576154958921739", nil)
	b.must("DELETE", "/channels/"+private+"/thread-members/@me", nil)
	remove(t, s, sandbox.Order{UserID: sandbox.DemoApplicationID, Permission: "MANAGE_THREADS"})
	const guilds, presences = 1 << 0, 1 << 8
	for _, c := range []struct {
		name     string
		identify object
		members  int
		large    bool
	}{
		{"without presences", object{"intents": guilds}, 1, true},
		{"with presences, 65 members of at most 50", object{"intents": guilds | presences}, 1, true},
		{"with presences, 65 members of at most 250", object{"intents": guilds | presences, "large_threshold": 250}, 65, false},
		{"without presences, of at most 250", object{"intents": guilds, "large_threshold": 250}, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := *b
			one.t = t
			events := one.listen(c.identify).until("GUILD_CREATE")
			g := events[len(events)-1].read()
			if n := len(g.at("members").([]any)); n != c.members || g.at("large") != c.large || g.at("member_count") != 65.0 {
				t.Errorf("%d members, large %v, of %v; want %d, %v", n, g.at("large"), g.at("member_count"), c.members, c.large)
			}
			if c.members == 1 && g.text("members.0.user.id") != sandbox.DemoApplicationID.String() {
				t.Errorf("the only member is %s", g.text("members.0.user.id"))
			}
			threads := g.at("threads").([]any)
			if len(threads) != 1 || g.text("threads.0.id") != open || g.at("threads.0.member.user_id") == nil {
				t.Errorf("the threads are %v", threads)
			}
		})
	}
}

// TestS2ThreadListSync: who gains a channel learns of its active threads (events/gateway-events.mdx: Thread List Sync).
func TestS2ThreadListSync(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{RateLimits: sandbox.RateLimits{Off: true}, IdentifyWindow: -1})
	b := newRawBot(t, s)
	thread := b.must("POST", supportPath+"/threads", object{"name": "x", "type": 11}).text("id")
	l := b.listen(object{"intents": 1})
	order := sandbox.Order{RoleID: sandbox.DemoBotRoleID, ChannelID: sandbox.DemoSupportID, Permission: "VIEW_CHANNEL"}
	remove(t, s, order)
	order.Do, order.GuildID = "add_permission", sandbox.DemoGuildID
	if err := s.Client().Administer(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	events := l.until("THREAD_LIST_SYNC")
	d := events[len(events)-1].read()
	if d.text("channel_ids.0") != sandbox.DemoSupportID.String() || d.text("threads.0.id") != thread || d.text("members.0.user_id") != sandbox.DemoApplicationID.String() {
		t.Errorf("the bot received %s", d.raw)
	}
	if got := d.at("channel_ids.1"); got != nil {
		t.Errorf("also synchronized: %v", got)
	}
}

// TestS2ContentByIntent: each rule of MESSAGE_CONTENT, on the gateway (events/gateway.mdx: Message Content Intent).
func TestS2ContentByIntent(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{RateLimits: sandbox.RateLimits{Off: true}, IdentifyWindow: -1})
	b := newRawBot(t, s)
	ryan := s.Client().User(sandbox.DemoRyanID)
	const events = 1<<0 | 1<<9 | 1<<12
	with, without := b.listen(object{"intents": events | 1<<15}), b.listen(object{"intents": events})
	b.must("PUT", commandsPath, []object{{"name": "Report", "type": 3}})
	theirs := must(ryan.Send(t.Context(), sandbox.DemoGeneralID, "theirs"))
	must(ryan.Edit(t.Context(), theirs, "edited"))
	must(ryan.Send(t.Context(), sandbox.DemoGeneralID, "<@1400000000000000201> named"))
	b.must("POST", "/channels/1400000000000000025/messages", object{
		"content": "own", "embeds": []object{{"title": "t"}}, "message_reference": object{"message_id": theirs.ID.String()}, "allowed_mentions": object{"parse": []string{}},
	})
	must(ryan.Reply(t.Context(), theirs, "answers"))
	dm := must(parse(b.must("POST", "/users/@me/channels", object{"recipient_id": "585576154958921739"}).text("id")))
	must(ryan.Send(t.Context(), dm, "direct"))
	go func() {
		_, _ = ryan.Command(t.Context(), sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "Report", Type: 3, TargetID: theirs.ID})
	}()
	type seen struct{ kind, content, inner string }
	read := func(l *listener) []seen {
		var out []seen
		for _, e := range l.until("INTERACTION_CREATE") {
			d := e.read()
			switch e.Type {
			case "MESSAGE_CREATE", "MESSAGE_UPDATE":
				out = append(out, seen{e.Type, d.text("content"), d.text("referenced_message.content")})
			case "INTERACTION_CREATE":
				out = append(out, seen{e.Type, d.text("data.resolved.messages." + theirs.ID.String() + ".content"), ""})
			}
		}
		return out
	}
	const create, update, interaction = "MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE"
	all := []seen{
		{create, "theirs", ""},
		{update, "edited", ""},
		{create, "<@1400000000000000201> named", ""},
		{create, "own", "edited"},
		{create, "answers", "edited"},
		{create, "direct", ""},
		{interaction, "edited", ""},
	}
	if got := read(with); !slices.Equal(got, all) {
		t.Errorf("with the intent: %v", got)
	}
	few := []seen{
		{create, "", ""},
		{update, "", ""},
		{create, "<@1400000000000000201> named", ""},
		{create, "own", ""},
		{create, "", ""},
		{create, "direct", ""},
		{interaction, "edited", ""},
	}
	if got := read(without); !slices.Equal(got, few) {
		t.Errorf("without the intent: %v", got)
	}
}

// TestS2Identify: session starts of a day and of five seconds as the whole server counts them (events/gateway.mdx:
// Session Start Limit Object, Rate Limiting).
func TestS2Identify(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	seed.Applications[0].MaxConcurrency, seed.Applications[0].Shards = 2, 4
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}, IdentifyWindow: time.Hour})
	b := newRawBot(t, s)
	limit := func() answer { return b.must("GET", "/gateway/bot", nil) }
	if got := limit(); got.at("shards") != 4.0 || got.at("session_start_limit.max_concurrency") != 2.0 || got.at("session_start_limit.remaining") != got.at("session_start_limit.total") {
		t.Errorf("GET /gateway/bot: %s", got.raw)
	}
	b.listen(object{"intents": 1, "shard": []int{0, 4}})
	b.listen(object{"intents": 1, "shard": []int{1, 4}})
	// Shard 2 has the key of shard 0, whose hour is not over.
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), s.GatewayURL()+"?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	defer ws.Close()
	if err := ws.WriteJSON(object{"op": 2, "d": object{"token": b.token, "intents": 1, "shard": []int{2, 4}, "properties": object{}}}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Op   int `json:"op"`
		Data any `json:"d"`
	}
	for got.Op != 9 {
		if err := ws.ReadJSON(&got); err != nil {
			t.Fatalf("waiting for op 9: %v", err)
		}
	}
	if got.Data != false {
		t.Errorf("op 9 says %v", got.Data)
	}
	if got := limit(); got.at("session_start_limit.remaining") != got.at("session_start_limit.total").(float64)-2 {
		t.Errorf("after two logins: %s", got.raw)
	}
}
