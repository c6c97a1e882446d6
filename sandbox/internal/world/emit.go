package world

import (
	"encoding/json"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// Gateway intents (events/gateway "List of Intents").
const (
	intentGuilds          = 1 << 0
	intentMembers         = 1 << 1
	intentModeration      = 1 << 2
	intentWebhooks        = 1 << 5
	intentPresences       = 1 << 8
	intentGuildMessages   = 1 << 9
	intentGuildReactions  = 1 << 10
	intentGuildTyping     = 1 << 11
	intentDirectMessages  = 1 << 12
	intentDirectReactions = 1 << 13
	intentDirectTyping    = 1 << 14
	intentMessageContent  = 1 << 15
)

func (w *World) dispatch(d Dispatch) { w.cfg.Output.Dispatch(d) }

// show hands an event to one person's stream if anybody looks at it.
func (w *World) show(user ID, event string, data any) { w.cfg.Output.Show(user, event, data) }

// appsSeeing lists the applications that see the channel; never nil, so that nobody else gets the event.
func (w *World) appsSeeing(c *channel) []uint64 {
	out := []uint64{}
	if c.guild == nil {
		for _, id := range c.recipients {
			if w.apps[id] != nil {
				out = append(out, uint64(id))
			}
		}
		return out
	}
	for _, a := range c.guild.bots {
		if w.sees(c, a.id) {
			out = append(out, uint64(a.id))
		}
	}
	return out
}

// showChannel hands an event to everybody watched who sees the channel.
func (w *World) showChannel(c *channel, event string, data func(viewer ID) any) {
	for _, id := range w.cfg.Output.Watched() {
		if w.sees(c, id) {
			w.show(id, event, data(id))
		}
	}
}

// showGuild hands an event to everybody watched in the guild.
func (w *World) showGuild(g *guild, event string, data any) {
	for _, id := range w.cfg.Output.Watched() {
		if g.members[id] != nil {
			w.show(id, event, data)
		}
	}
}

// intent picks the guild's or the direct message's intent.
func (c *channel) intent(inGuild, direct uint64) uint64 {
	if c.guild == nil {
		return direct
	}
	return inGuild
}

// emitMessage tells of a new or changed message; an ephemeral one goes to its user alone and to no bot.
func (w *World) emitMessage(m *message, event, shown string) {
	c := m.channel
	look := func(viewer ID) any {
		out := w.messageWire(m, viewer)
		out.GuildID = c.guildID()
		return out
	}
	if m.ephemeral() {
		w.show(m.onlyFor, shown, look(m.onlyFor))
		return
	}
	full := w.messageWire(m, 0)
	full.GuildID, full.ChannelType = c.guildID(), wire.Some(c.kind)
	if m.nonce != nil && event == "MESSAGE_CREATE" {
		full.Nonce = m.nonce
	}
	if c.guild != nil && m.webhook == 0 {
		if author := c.guild.members[m.author.ID]; author != nil {
			full.Member = ptr(author.wire())
			full.Member.User = nil
		}
	}
	w.dispatch(Dispatch{
		Type: event, Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: c.intent(intentGuildMessages, intentDirectMessages),
		Shape: w.shapeContent(m, full),
	})
	w.showChannel(c, shown, look)
}

func (w *World) emitMessageDelete(m *message) {
	c := m.channel
	data := map[string]any{"id": m.id, "channel_id": c.id}
	if m.ephemeral() {
		w.show(m.onlyFor, "message_delete", data)
		return
	}
	w.showChannel(c, "message_delete", func(ID) any { return data })
	full := map[string]any{"id": m.id, "channel_id": c.id}
	if c.guild != nil {
		full["guild_id"] = c.guild.id
	}
	w.dispatch(Dispatch{
		Type: "MESSAGE_DELETE", Guild: c.guildID(), Apps: w.appsSeeing(c),
		Intents: c.intent(intentGuildMessages, intentDirectMessages), Data: encode(full),
	})
}

// shownChannel is a channel as the control API shows it to viewer.
func (w *World) shownChannel(c *channel, viewer ID) wire.Channel {
	out := w.channelWire(c, viewer)
	if c.guild != nil {
		out.Private = w.private(c)
		out.Permissions = w.in(c, viewer).String()
	}
	return out
}

// emitChannel tells of a new, changed or deleted channel or thread. Bots hear of channels guild-wide, of threads that
// they may view, and of direct messages never (events/gateway-events "Channel Create").
func (w *World) emitChannel(c *channel, what string) {
	switch {
	case c.isThread():
		w.dispatch(Dispatch{
			Type: "THREAD_" + what, Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: intentGuilds, Shape: w.threadEvent(c, what),
		})
	case c.guild != nil:
		w.dispatch(Dispatch{
			Type: "CHANNEL_" + what, Guild: c.guildID(), Intents: intentGuilds,
			Shape: func(app, _ uint64) json.RawMessage { return encode(w.channelWire(c, ID(app))) },
		})
	}
	for _, id := range w.cfg.Output.Watched() {
		w.review(c, id, what == "UPDATE", what == "DELETE")
	}
	switch what {
	case "CREATE":
		w.lookAt(c)
	case "UPDATE":
		w.tellReopened(c)
		w.syncThreads(c)
		w.reviewThreads(c)
	}
}

// threadEvent makes the data of a thread's event: a deleted one is told by its ids and type alone
// (events/gateway-events "Thread Delete").
func (w *World) threadEvent(c *channel, what string) func(app, intents uint64) json.RawMessage {
	if what == "DELETE" {
		gone := encode(map[string]any{"id": c.id, "guild_id": c.guildID(), "parent_id": c.parent, "type": c.kind})
		return func(_, _ uint64) json.RawMessage { return gone }
	}
	return func(app, _ uint64) json.RawMessage {
		out := w.channelWire(c, ID(app))
		out.NewlyCreated = what == "CREATE"
		return encode(out)
	}
}

// review compares what a watched person saw of a channel with what it may see now and tells the difference.
func (w *World) review(c *channel, user ID, changed, deleted bool) {
	prefix := "channel"
	if c.isThread() {
		prefix = "thread"
	}
	seen := w.seen[user]
	if seen == nil {
		seen = map[ID]bool{}
		w.seen[user] = seen
	}
	may := !deleted && w.sees(c, user)
	switch {
	case may && !seen[c.id]:
		seen[c.id] = true
		w.show(user, prefix+"_create", w.shownChannel(c, user))
	case may && changed:
		w.show(user, prefix+"_update", w.shownChannel(c, user))
	case !may && seen[c.id]:
		delete(seen, c.id)
		data := map[string]any{"id": c.id}
		if c.guild != nil {
			data["guild_id"] = c.guild.id
		}
		w.show(user, prefix+"_delete", data)
	}
}

// reviewThreads reviews the threads of a changed channel, which are seen by its overwrites.
func (w *World) reviewThreads(parent *channel) {
	watched := w.cfg.Output.Watched()
	if parent.guild == nil || parent.isThread() || len(watched) == 0 {
		return
	}
	for _, c := range parent.guild.sortedThreads() {
		for _, id := range watched {
			if c.parent == parent.id {
				w.review(c, id, false, false)
			}
		}
	}
}

// reviewGuild reviews all channels of a guild, after roles or memberships changed, for people and for bots.
func (w *World) reviewGuild(g *guild, changed bool) {
	w.syncThreads(g.sortedChannels()...)
	for _, id := range w.cfg.Output.Watched() {
		for _, c := range g.sortedChannels() {
			w.review(c, id, changed, false)
		}
		for _, c := range g.sortedThreads() {
			w.review(c, id, changed, false)
		}
	}
}

// appPermissions is what the application's bot may do in the channel; in a place where the bot is not, Discord tells
// the permissions of a plain installation.
func (w *World) appPermissions(a *app, c *channel) permission.Bits {
	if c.guild == nil {
		return dmPermissions
	}
	return w.in(c, a.id)
}
