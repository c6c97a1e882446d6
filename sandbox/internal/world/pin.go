package world

import (
	"slices"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// maxPins is how many messages of a channel may be pinned (resources/message).
const maxPins = 250

// Pinned is a pinned message.
type Pinned struct {
	PinnedAt wire.Time    `json:"pinned_at"`
	Message  wire.Message `json:"message"`
}

// Pins lists pinned messages, last pinned first, those pinned before a moment when it is not zero.
func (w *World) Pins(a Actor, channelID ID, before time.Time, limit int) (items []Pinned, more bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channelNeeding(a, channelID, permission.ReadMessageHistory)
	if err != nil {
		return nil, false, err
	}
	list := c.pinned()
	slices.SortFunc(list, func(x, y *message) int { return y.pinned.Compare(x.pinned) })
	items = []Pinned{}
	for _, m := range list {
		if !before.IsZero() && !m.pinned.Before(before) {
			continue
		}
		if len(items) == limit {
			return items, true, nil
		}
		items = append(items, Pinned{PinnedAt: wire.At(m.pinned), Message: w.messageWire(m, a.User)})
	}
	return items, false, nil
}

func (c *channel) pinned() []*message {
	var out []*message
	for _, m := range c.messages {
		if !m.pinned.IsZero() {
			out = append(out, m)
		}
	}
	return out
}

// Pin pins a message or takes the pin away; pinning leaves a system message.
func (w *World) Pin(a Actor, channelID, messageID ID, on bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channelNeeding(a, channelID, permission.PinMessages)
	if err != nil {
		return err
	}
	m, err := w.message(c, messageID)
	if err != nil {
		return err
	}
	if on == !m.pinned.IsZero() {
		return nil
	}
	if !on {
		m.pinned = time.Time{}
		w.pinsChanged(m)
		w.logMessages(a, c, auditMessageUnpin, m.author.ID, map[string]string{"channel_id": c.id.String(), "message_id": m.id.String()})
		return nil
	}
	switch {
	case m.system():
		return refusal.Code(50021)
	case len(c.pinned()) >= maxPins:
		return refusal.Code(30003)
	}
	m.pinned = w.now()
	c.lastPin = m.pinned
	w.pinsChanged(m)
	w.logMessages(a, c, auditMessagePin, m.author.ID, map[string]string{"channel_id": c.id.String(), "message_id": m.id.String()})
	w.publish(&message{
		id: w.newID(), channel: c, kind: wire.MessagePinned, author: w.users[a.User].User, at: w.now(),
		reply: &wire.Reference{MessageID: m.id, ChannelID: c.id, GuildID: c.guildID()},
	})
	return nil
}

func (w *World) pinsChanged(m *message) {
	c := m.channel
	data := map[string]any{"channel_id": c.id, "last_pin_timestamp": nil}
	if !c.lastPin.IsZero() {
		data["last_pin_timestamp"] = wire.At(c.lastPin)
	}
	if c.guild != nil {
		data["guild_id"] = c.guild.id
	}
	w.dispatch(Dispatch{
		Type: "CHANNEL_PINS_UPDATE", Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: c.intent(intentGuilds, intentDirectMessages),
		Data: encode(data),
	})
	w.emitMessage(m, "MESSAGE_UPDATE", "message_update")
}
