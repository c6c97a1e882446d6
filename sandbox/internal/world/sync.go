package world

import (
	"slices"

	"usher/sandbox/internal/wire"
)

// threadSync is THREAD_LIST_SYNC's data (events/gateway-events "Thread List Sync").
type threadSync struct {
	GuildID    ID                  `json:"guild_id"`
	ChannelIDs []ID                `json:"channel_ids"`
	Threads    []wire.Channel      `json:"threads"`
	Members    []wire.ThreadMember `json:"members"`
}

// syncThreads tells each bot of the active threads of those channels that it sees and did not see before.
func (w *World) syncThreads(channels ...*channel) {
	gained := map[ID][]ID{}
	var g *guild
	for _, c := range channels {
		if c.guild == nil || c.isThread() || c.kind == wire.ChannelCategory {
			continue
		}
		g = c.guild
		for _, a := range g.bots {
			before, now := slices.Contains(c.openTo, a.id), w.sees(c, a.id)
			switch {
			case now && !before:
				c.openTo = append(slices.Clip(c.openTo), a.id)
				gained[a.id] = append(gained[a.id], c.id)
			case !now && before:
				c.openTo = slices.DeleteFunc(slices.Clone(c.openTo), func(id ID) bool { return id == a.id })
			}
		}
	}
	for id, list := range gained {
		w.dispatch(Dispatch{
			Type: "THREAD_LIST_SYNC", Guild: g.id, Apps: []uint64{uint64(id)}, Intents: intentGuilds, Data: encode(w.threadSync(g, id, list)),
		})
	}
}

func (w *World) threadSync(g *guild, app ID, channels []ID) threadSync {
	out := threadSync{GuildID: g.id, ChannelIDs: channels, Threads: []wire.Channel{}, Members: []wire.ThreadMember{}}
	for _, t := range g.sortedThreads() {
		if !slices.Contains(channels, t.parent) || !w.sees(t, app) {
			continue
		}
		shown := w.channelWire(t, app)
		out.Threads = append(out.Threads, shown)
		if shown.Member != nil {
			out.Members = append(out.Members, *shown.Member)
		}
	}
	return out
}

// lookAt notes which bots see the channels, and tells nobody: they are new, or new to the bot.
func (w *World) lookAt(channels ...*channel) {
	for _, c := range channels {
		if c.guild == nil || c.isThread() {
			continue
		}
		c.openTo = nil
		for _, a := range c.guild.bots {
			if w.sees(c, a.id) {
				c.openTo = append(c.openTo, a.id)
			}
		}
	}
}
