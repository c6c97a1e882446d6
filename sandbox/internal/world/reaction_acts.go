package world

import (
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// maxReactions is how many different emojis a message may carry.
const maxReactions = 20

// parseEmoji reads a Unicode emoji. One of a server, name:id, is unknown, since the sandbox has none of these.
func parseEmoji(s string) (wire.Emoji, error) {
	if strings.Contains(s, ":") || !validEmoji(s) {
		return wire.Emoji{}, refusal.Code(10014)
	}
	return wire.Emoji{Name: &s}, nil
}

func (m *message) reaction(key string) *reaction {
	for _, r := range m.reactions {
		if r.key == key {
			return r
		}
	}
	return nil
}

// React adds the actor's reaction, or removes one of user's; another's needs MANAGE_MESSAGES.
func (w *World) React(a Actor, channelID, messageID ID, emoji string, user ID, remove bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channelNeeding(a, channelID, permission.ReadMessageHistory)
	if err != nil {
		return err
	}
	m, err := w.message(c, messageID)
	if err != nil {
		return err
	}
	e, err := parseEmoji(emoji)
	if err != nil {
		return err
	}
	if c.archived {
		return refusal.Code(50083)
	}
	if remove {
		if user != a.User && !bits.Has(permission.ManageMessages) {
			return refusal.Code(50013)
		}
		return w.unreact(m, emoji, user)
	}
	return w.addReaction(m, e, emoji, user, bits)
}

func (w *World) addReaction(m *message, e wire.Emoji, key string, user ID, bits permission.Bits) error {
	r := m.reaction(key)
	if r == nil {
		if !bits.Has(permission.AddReactions) {
			return refusal.Code(50013)
		}
		if len(m.reactions) >= maxReactions {
			return refusal.Code(30010)
		}
		r = &reaction{emoji: e, key: key}
		m.reactions = append(m.reactions, r)
	}
	if slices.Contains(r.users, user) {
		return nil
	}
	r.users = append(r.users, user)
	w.emitReaction(m, r, user, "MESSAGE_REACTION_ADD", "reaction_add")
	return nil
}

func (w *World) unreact(m *message, key string, user ID) error {
	r := m.reaction(key)
	if r == nil || !slices.Contains(r.users, user) {
		return nil
	}
	r.users = slices.DeleteFunc(r.users, func(id ID) bool { return id == user })
	if len(r.users) == 0 {
		m.reactions = slices.DeleteFunc(m.reactions, func(x *reaction) bool { return x == r })
	}
	w.emitReaction(m, r, user, "MESSAGE_REACTION_REMOVE", "reaction_remove")
	return nil
}

func (w *World) emitReaction(m *message, r *reaction, user ID, event, shown string) {
	c := m.channel
	data := map[string]any{
		"user_id": user, "channel_id": c.id, "message_id": m.id, "emoji": r.emoji, "type": 0, "burst": false,
		"message_author_id": m.author.ID,
	}
	if c.guild != nil {
		data["guild_id"] = c.guild.id
		if member := c.guild.members[user]; member != nil && event == "MESSAGE_REACTION_ADD" {
			data["member"] = member.wire()
		}
	}
	w.dispatch(Dispatch{
		Type: event, Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: c.intent(intentGuildReactions, intentDirectReactions),
		Data: encode(data),
	})
	w.showChannel(c, shown, func(ID) any {
		return map[string]any{"channel_id": c.id, "message_id": m.id, "user_id": user, "emoji": r.emoji}
	})
}

// Reactors lists who reacted with an emoji, by id.
func (w *World) Reactors(a Actor, channelID, messageID ID, emoji string, after ID, limit int) ([]wire.User, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channelNeeding(a, channelID, permission.ReadMessageHistory)
	if err != nil {
		return nil, err
	}
	m, err := w.message(c, messageID)
	if err != nil {
		return nil, err
	}
	r := m.reaction(emoji)
	if r == nil {
		return nil, refusal.Code(10014)
	}
	out := []wire.User{}
	for _, id := range slices.Sorted(slices.Values(r.users)) {
		if id > after && len(out) < limit && w.users[id] != nil {
			out = append(out, w.users[id].User)
		}
	}
	return out, nil
}

// ClearReactions removes all reactions, or those with one emoji.
func (w *World) ClearReactions(a Actor, channelID, messageID ID, emoji string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channelNeeding(a, channelID, permission.ManageMessages)
	if err != nil {
		return err
	}
	m, err := w.message(c, messageID)
	if err != nil {
		return err
	}
	event, data := "MESSAGE_REACTION_REMOVE_ALL", map[string]any{"channel_id": c.id, "message_id": m.id}
	if c.guild != nil {
		data["guild_id"] = c.guild.id
	}
	if emoji != "" {
		e, err := parseEmoji(emoji)
		if err != nil {
			return err
		}
		event, data["emoji"] = "MESSAGE_REACTION_REMOVE_EMOJI", e
	}
	m.reactions = slices.DeleteFunc(m.reactions, func(r *reaction) bool { return emoji == "" || r.key == emoji })
	w.dispatch(Dispatch{
		Type: event, Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: c.intent(intentGuildReactions, intentDirectReactions),
		Data: encode(data),
	})
	w.showChannel(c, "message_update", func(viewer ID) any {
		out := w.messageWire(m, viewer)
		out.GuildID = c.guildID()
		return out
	})
	return nil
}
