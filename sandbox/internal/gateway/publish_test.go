package gateway

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestS2IntentsFilter(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	with := b.login(IntentGuildMessages, "")
	without := b.login(IntentDirectMessages, "")
	either := message(2)
	either.Intents = IntentGuildMessages | IntentDirectMessages
	always := message(3)
	always.Intents = 0
	for _, e := range []Event{message(1), either, always} {
		b.Publish(e)
	}
	with.wantMessages(1, 3)
	without.wantMessages(2, 3)
}

func TestS2ShapePerReceiver(t *testing.T) {
	w := newWorld(guildA)
	w.apps["MjAwMA.a.b"] = App{ID: 2000}
	w.guilds[2000] = []uint64{guildA}
	b := newBench(t, w, nil)
	reads := b.login(IntentGuildMessages|IntentMessageContent, "")
	blind := b.login(IntentGuildMessages, "")
	other := b.connect()
	other.send(opIdentify, identifyJSON("MjAwMA.a.b", IntentGuildMessages, ""))
	other.ready()
	e := message(1)
	e.Shape = func(app, intents uint64) json.RawMessage {
		if app == 2000 {
			return nil
		}
		return json.RawMessage(fmt.Sprintf(`{"content":%t}`, intents&IntentMessageContent != 0))
	}
	b.Publish(e)
	for c, want := range map[*bot]string{reads: `{"content":true}`, blind: `{"content":false}`} {
		if f := c.want("MESSAGE_CREATE"); string(f.Data) != want {
			t.Errorf("got %s, want %s", f.Data, want)
		}
	}
	other.fence()
}

func TestS2Sharding(t *testing.T) {
	b := newBench(t, newWorld(guildA, guildB), nil)
	shards := []*bot{b.login(IntentGuilds, "[0,2]"), b.login(IntentGuilds, "[1,2]")}
	for i, guild := range []uint64{guildA, guildB} {
		if f := shards[i].want(typeGuildCreate); guildOf(f) != fmt.Sprint(guild) {
			t.Errorf("shard %d got guild %s, want %d", i, guildOf(f), guild)
		}
		b.Publish(Event{Type: "INTERACTION_CREATE", GuildID: guild, Apps: []uint64{botID}, Data: json.RawMessage(`{}`)})
		shards[i].want(typeInteraction)
	}
	b.Publish(Event{Type: "MESSAGE_CREATE", Data: json.RawMessage(`{}`)}) // a DM
	shards[0].want("MESSAGE_CREATE")
	shards[0].fence()
	shards[1].fence()
}

func TestS2MembershipFollowsEvents(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(msgIntents, "")
	c.want(typeGuildCreate)
	inB := message(1)
	inB.GuildID = guildB
	b.Publish(inB) // not a member yet
	b.Publish(Event{Type: typeGuildCreate, GuildID: guildB, Apps: []uint64{botID}, Intents: IntentGuilds, Data: json.RawMessage(`{"id":"1"}`)})
	inB = message(2)
	inB.GuildID = guildB
	b.Publish(inB)
	c.want(typeGuildCreate)
	c.wantMessages(2, 2)
	b.Publish(Event{Type: typeGuildDelete, GuildID: guildB, Apps: []uint64{botID}, Data: json.RawMessage(`{"id":"1","unavailable":true}`)})
	b.Publish(inB)
	c.want(typeGuildDelete)
	c.wantMessages(2, 2)
	b.Publish(Event{Type: typeGuildDelete, GuildID: guildB, Apps: []uint64{botID}, Data: json.RawMessage(`{"id":"1"}`)})
	b.Publish(inB)
	c.want(typeGuildDelete)
	c.fence()
}

func TestS2MaxConcurrency(t *testing.T) {
	w := newWorld()
	w.apps[botToken] = App{ID: botID, MaxConcurrency: 2}
	b := newBench(t, w, func(c *Config) { c.IdentifyWindow = 0 })
	b.login(0, "[0,4]")
	b.login(0, "[1,4]") // another key
	c := b.connect()
	c.identify(0, "[2,4]") // key 0 again
	c.wantOp(opInvalidSession, "false")
	b.clock.advance(5 * time.Second)
	c.identify(0, "[2,4]")
	c.ready()
}

func TestS2SessionStartLimit(t *testing.T) {
	w := newWorld()
	var spent []uint64
	b := newBench(t, w, func(c *Config) {
		c.SessionStarts = 2
		c.StartsSpent = func(app uint64) { spent = append(spent, app) }
	})
	first := b.login(0, "")
	b.clock.advance(time.Minute)
	info := b.BotInfo(App{ID: botID})
	want := BotInfo{URL: b.url, Shards: 1, SessionStartLimit: SessionStartLimit{
		Total: 2, Remaining: 1, ResetAfter: (24*time.Hour - time.Minute).Milliseconds(), MaxConcurrency: 1,
	}}
	if info != want {
		t.Errorf("got %+v, want %+v", info, want)
	}
	b.login(0, "")
	third := b.connect()
	third.identify(0, "")
	third.wantClose(closeAuthFailed)
	first.wantClose(closeAuthFailed)
	if len(spent) != 1 || spent[0] != botID {
		t.Errorf("StartsSpent was told %v, want [%d]", spent, botID)
	}
	b.clock.advance(24 * time.Hour)
	if left := b.BotInfo(App{ID: botID}).SessionStartLimit.Remaining; left != 2 {
		t.Errorf("a day later %d starts remain, want 2", left)
	}
}

func TestS2BotInfoShards(t *testing.T) {
	w := newWorld()
	for i := range uint64(2001) {
		w.guilds[botID] = append(w.guilds[botID], i<<22)
	}
	b := newBench(t, w, nil)
	if got := b.BotInfo(App{ID: botID}).Shards; got != 3 {
		t.Errorf("2001 guilds recommend %d shards, want 3", got)
	}
}

// A reader that stops must not hold up Publish, is closed, and may resume.
func TestS2SlowReaderIsClosedAndResumes(t *testing.T) {
	const total = 80
	b := newBench(t, newWorld(guildA), func(c *Config) {
		c.Backlog, c.ReplayBuffer, c.CloseTimeout = 8, 2*total, 50*time.Millisecond
	})
	c := b.login(IntentGuildMessages, "")
	big := make([]byte, 256<<10)
	for i := range big {
		big[i] = 'x'
	}
	for n := range total { // more than the kernel's buffers take
		e := message(n)
		e.Data = json.RawMessage(fmt.Sprintf(`{"n":%d,"x":"%s"}`, n, big))
		b.Publish(e)
	}
	b.disconnected()
	if got := b.Sessions()[0]; got.CloseCode != closeUnknown || got.Ended {
		t.Fatalf("witness tells %+v, want close code 4000 and a session to resume", got)
	}
	r := b.connect()
	r.resume(c.id, c.seq)
	for n := range total {
		var d struct{ N int }
		if err := json.Unmarshal(r.want("MESSAGE_CREATE").Data, &d); err != nil || d.N != n {
			t.Fatalf("replay gave message %d (%v), want %d", d.N, err, n)
		}
	}
	r.want(typeResumed)
}

func TestS2RequestMembers(t *testing.T) {
	w := newWorld(guildA)
	for i := range uint64(1001) {
		w.members = append(w.members, Member{ID: i + 1, Object: json.RawMessage(fmt.Sprintf(`{"user":{"id":"%d"}}`, i+1))})
	}
	b := newBench(t, w, nil)
	c := b.login(IntentGuildMembers, "")
	c.send(opRequestMembers, fmt.Sprintf(`{"guild_id":"%d","query":"","limit":0,"nonce":"n"}`, guildA))
	for i, size := range []int{1000, 1} {
		var d membersChunk
		if err := json.Unmarshal(c.want("GUILD_MEMBERS_CHUNK").Data, &d); err != nil {
			t.Fatal(err)
		}
		if len(d.Members) != size || d.ChunkIndex != i || d.ChunkCount != 2 || d.Nonce != "n" {
			t.Errorf("chunk %d: %d members, index %d of %d, nonce %q", i, len(d.Members), d.ChunkIndex, d.ChunkCount, d.Nonce)
		}
	}
	w.members = w.members[:1]
	c.send(opRequestMembers, fmt.Sprintf(`{"guild_id":"%d","user_ids":["1","5"]}`, guildA))
	var d membersChunk
	if err := json.Unmarshal(c.want("GUILD_MEMBERS_CHUNK").Data, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Members) != 1 || len(d.NotFound) != 1 || d.NotFound[0] != "5" {
		t.Errorf("got %+v, want one member and 5 not found", d)
	}
	c.send(opRequestMembers, fmt.Sprintf(`{"guild_id":"%d","query":"x","limit":500,"presences":true,"nonce":"%s"}`, guildA, strings.Repeat("n", 33)))
	d = membersChunk{}
	if err := json.Unmarshal(c.want("GUILD_MEMBERS_CHUNK").Data, &d); err != nil || d.Nonce != "" {
		t.Errorf("a long nonce and a high limit gave %+v, %v; want a chunk without a nonce", d, err)
	}
	if got := w.asked(); got.Limit != 100 {
		t.Errorf("by name %d members were asked for, want 100", got.Limit)
	}
	blind := b.login(0, "") // everybody needs the intent, and gets no answer
	for _, limit := range []int{0, 1} {
		blind.send(opRequestMembers, fmt.Sprintf(`{"guild_id":"%d","query":"","limit":%d}`, guildA, limit))
		blind.fence()
	}
}

// TestS2RequestChannelInfo: op 43 is answered, with no channel, since what it tells of is voice.
func TestS2RequestChannelInfo(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	c.send(opChannelInfo, fmt.Sprintf(`{"guild_id":"%d","fields":["status"]}`, guildA))
	if got, want := string(c.want("CHANNEL_INFO").Data), fmt.Sprintf(`{"guild_id":"%d","channels":[]}`, guildA); got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
	c.send(opChannelInfo, `{"guild_id":"1","fields":["status"]}`) // not the bot's
	c.fence()
	c.send(opChannelInfo, `{"fields":["status"]}`)
	c.wantClose(closeDecode)
}

func TestIntentsFor(t *testing.T) {
	tests := []struct {
		event  string
		direct bool
		want   uint64
	}{
		{"MESSAGE_CREATE", false, IntentGuildMessages},
		{"MESSAGE_CREATE", true, IntentDirectMessages},
		{"MESSAGE_REACTION_ADD", false, IntentGuildMessageReactions},
		{"MESSAGE_REACTION_ADD", true, IntentDirectMessageReactions},
		{"GUILD_MEMBER_ADD", false, IntentGuildMembers},
		{"GUILD_MEMBERS_CHUNK", false, 0},
		{"GUILD_ROLE_CREATE", false, IntentGuilds},
		{"THREAD_MEMBERS_UPDATE", false, IntentGuilds | IntentGuildMembers},
		{"THREAD_CREATE", false, IntentGuilds},
		{"CHANNEL_PINS_UPDATE", true, IntentDirectMessages},
		{"TYPING_START", false, IntentGuildMessageTyping},
		{"INTERACTION_CREATE", false, 0},
		{"USER_UPDATE", false, 0},
		{"ENTITLEMENT_CREATE", false, 0},
		{"GUILD_AUDIT_LOG_ENTRY_CREATE", false, IntentGuildModeration},
	}
	for _, tt := range tests {
		if got := IntentsFor(tt.event, tt.direct); got != tt.want {
			t.Errorf("IntentsFor(%s, %v) = %d, want %d", tt.event, tt.direct, got, tt.want)
		}
	}
}
