package world

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// Login is what a token stands for.
type Login struct {
	App            ID
	Privileged     uint64
	MaxConcurrency int
	Shards         int
}

// Login authenticates a bot token, with or without "Bot " before it.
func (w *World) Login(token string) (Login, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.tokens[strings.TrimPrefix(token, "Bot ")]
	if a == nil {
		return Login{}, false
	}
	return Login{App: a.id, Privileged: a.privileged, MaxConcurrency: a.maxConcurrency, Shards: a.shards}, true
}

// Ready gives the user and application of READY.
func (w *World) Ready(appID ID) (user, application json.RawMessage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[appID]
	if a == nil {
		return nil, nil
	}
	return encode(w.meWire(a)), encode(map[string]any{"id": a.id, "flags": a.flags()})
}

// flags tell which privileged intents are on, in their form for bots in fewer than 100 servers (resources/application).
func (a *app) flags() int {
	flags := 0
	for intent, flag := range map[uint64]int{1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19} {
		if a.privileged&intent != 0 {
			flags |= flag
		}
	}
	return flags
}

func (w *World) meWire(a *app) wire.User {
	u := a.bot.User
	u.Locale, u.MFAEnabled, u.Verified, u.Email = "en-US", wire.Some(false), wire.Some(true), wire.Null[string]()
	return u
}

// Guilds lists the ids of the application's guilds, lowest first.
func (w *World) Guilds(appID ID) []ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[appID]
	if a == nil {
		return nil
	}
	out := make([]ID, 0, len(a.guilds))
	for id := range a.guilds {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// defaultThreshold is the large_threshold of a session that said none (events/gateway-events "Identify").
const defaultThreshold = 50

// GuildCreate gives GUILD_CREATE's data as a session of the application sees the guild; nil when it is not in it.
func (w *World) GuildCreate(appID, guildID ID, intents uint64, threshold int) json.RawMessage {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, g := w.apps[appID], w.guilds[guildID]
	if a == nil || g == nil || !a.guilds[guildID] {
		return nil
	}
	return w.guildCreate(a, g, intents, threshold)
}

// guildCreate brings all members to a session with GUILD_PRESENCES while the guild is not large, else the bot's own
// member alone: nobody in the sandbox is online (events/gateway-events "Guild Create").
func (w *World) guildCreate(a *app, g *guild, intents uint64, threshold int) json.RawMessage {
	none := []any{}
	out := w.guildWire(g)
	out.GuildCreate = &wire.GuildCreate{
		JoinedAt: wire.At(g.members[a.id].joined), Large: len(g.members) > threshold, MemberCount: len(g.members),
		VoiceStates: none, Presences: none, StageInstances: none, GuildScheduledEvents: none, SoundboardSounds: none,
		Members: []wire.Member{g.members[a.id].wire()}, Channels: []wire.Channel{}, Threads: []wire.Channel{},
	}
	if intents&intentPresences != 0 && !out.Large {
		out.Members = []wire.Member{}
		for _, m := range g.sortedMembers() {
			out.Members = append(out.Members, m.wire())
		}
	}
	for _, c := range g.sortedChannels() {
		shown := w.channelWire(c, a.id)
		// Channels inside GUILD_CREATE carry no guild_id (events/gateway-events).
		shown.GuildID = 0
		out.Channels = append(out.Channels, shown)
	}
	for _, c := range g.sortedThreads() {
		if w.sees(c, a.id) {
			out.Threads = append(out.Threads, w.channelWire(c, a.id))
		}
	}
	return encode(out)
}

// MemberQuery is op 8, Request Guild Members.
type MemberQuery struct {
	Guild   ID
	Query   string
	Limit   int
	UserIDs []ID
}

// MembersFor answers a member request of the gateway.
func (w *World) MembersFor(appID ID, q MemberQuery) []wire.Member {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.guilds[q.Guild]
	if g == nil || w.apps[appID] == nil || !w.apps[appID].guilds[g.id] {
		return nil
	}
	var out []wire.Member
	for _, m := range g.sortedMembers() {
		if len(q.UserIDs) > 0 && !slices.Contains(q.UserIDs, m.user.ID) {
			continue
		}
		if len(q.UserIDs) == 0 && !m.named(q.Query) {
			continue
		}
		if q.Limit > 0 && len(out) >= q.Limit {
			break
		}
		out = append(out, m.wire())
	}
	return out
}

// named tells that a name of the member starts with the query, whatever the case.
func (m *member) named(query string) bool {
	query = strings.ToLower(query)
	for _, name := range []string{m.user.Username, m.nick, m.user.Name()} {
		if strings.HasPrefix(strings.ToLower(name), query) && (name != "" || query == "") {
			return true
		}
	}
	return false
}

// Me gives the bot's own user.
func (w *World) Me(a Actor) wire.User {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.meWire(w.apps[a.App])
}

// User gives any user.
func (w *World) User(id ID) (wire.User, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.users[id]
	if u == nil {
		return wire.User{}, refusal.Code(10013)
	}
	return u.User, nil
}

// MyGuilds lists the guilds of a user, by id, after and before the given ones.
func (w *World) MyGuilds(a Actor, before, after ID, limit int, counts bool) []wire.PartialGuild {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []wire.PartialGuild{}
	ids := slices.Sorted(maps.Keys(w.users[a.User].guilds))
	for _, id := range ids {
		g := w.guilds[id]
		if g.members[a.User] == nil || id <= after || before != 0 && id >= before || len(out) >= limit {
			continue
		}
		one := wire.PartialGuild{
			ID: g.id, Name: g.name, Icon: orNil(g.icon), Owner: g.owner == a.User, Permissions: w.inGuild(g, a.User).String(),
			Features: append([]string{}, g.features...),
		}
		if counts {
			one.Members, one.Presences = wire.Some(len(g.members)), wire.Some(len(g.members))
		}
		out = append(out, one)
	}
	return out
}

// Guild gives a guild (GET /guilds/{g}).
func (w *World) Guild(a Actor, id ID, counts bool) (wire.Guild, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, id)
	if err != nil {
		return wire.Guild{}, err
	}
	out := w.guildWire(g)
	if counts {
		out.ApproximateMemberCount, out.ApproximatePresenceCount = wire.Some(len(g.members)), wire.Some(len(g.members))
	}
	return out, nil
}

// OpenDM gives the direct message channel between the actor and another user, making it when there is none.
func (w *World) OpenDM(a Actor, other ID) (wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.users[other] == nil || other == a.User {
		return wire.Channel{}, refusal.Code(50033)
	}
	return w.channelWire(w.dm(a.User, other), a.User), nil
}

func (w *World) dm(a, b ID) *channel {
	key := [2]ID{min(a, b), max(a, b)}
	if c := w.dms[key]; c != nil {
		return c
	}
	c := &channel{id: w.newID(), kind: wire.ChannelDM, recipients: []ID{a, b}}
	w.dms[key], w.channels[c.id] = c, c
	w.emitChannel(c, "CREATE")
	return c
}

// sortedDMs lists a user's direct messages, last written first.
func (w *World) sortedDMs(user ID) []*channel {
	var out []*channel
	for _, c := range w.dms {
		if slices.Contains(c.recipients, user) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y *channel) int {
		return cmp.Compare(max(y.lastMessage(), y.id), max(x.lastMessage(), x.id))
	})
	return out
}
