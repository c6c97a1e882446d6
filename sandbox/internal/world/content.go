package world

import (
	"encoding/json"
	"slices"

	"usher/sandbox/internal/wire"
)

// conceals tells that the message's content is not for this application: MESSAGE_CONTENT protects what people write in
// guilds, but for messages of the application itself and those that mention it (events/gateway "Message Content
// Intent"). What a message command is used on is shown by its maker.
func (m *message) conceals(app ID, granted bool) bool {
	return !granted && m.channel.guild != nil && m.author.ID != app && m.app != app && !slices.Contains(m.mentions.users, app)
}

// bare empties the fields that MESSAGE_CONTENT protects.
func bare(full wire.Message) wire.Message {
	full.Content, full.Embeds, full.Attachments, full.Components = "", []wire.Embed{}, []wire.Attachment{}, []wire.Component{}
	full.Snapshots = slices.Clone(full.Snapshots)
	for i := range full.Snapshots {
		s := &full.Snapshots[i].Message
		s.Content, s.Embeds, s.Attachments, s.Components = "", []wire.Embed{}, []wire.Attachment{}, []wire.Component{}
	}
	return full
}

// reads tells that the viewer may read protected content by REST: a person, or an application that has the intent
// switched on, whatever its gateway sessions asked for (events/gateway "HTTP Restrictions").
func (w *World) reads(viewer ID) bool {
	a := w.apps[viewer]
	return a == nil || a.privileged&intentMessageContent != 0
}

// referenced is the message that this one answers, nil when it answers none or that is gone.
func (w *World) referenced(m *message) *message {
	if m.reply == nil {
		return nil
	}
	if target := w.messages[m.reply.MessageID]; target != nil && !target.gone {
		return target
	}
	return nil
}

// shapeContent makes the message for each receiver: with or without its content, and with or without that of the
// message it answers.
func (w *World) shapeContent(m *message, full wire.Message) func(app, intents uint64) json.RawMessage {
	target := w.referenced(m)
	var made [4]json.RawMessage
	return func(app, intents uint64) json.RawMessage {
		granted, n := intents&intentMessageContent != 0, 0
		if m.conceals(ID(app), granted) {
			n |= 1
		}
		if target != nil && target.conceals(ID(app), granted) {
			n |= 2
		}
		if made[n] == nil {
			made[n] = encode(concealed(full, n))
		}
		return made[n]
	}
}

// concealed empties the message (bit 1) and the one that it answers (bit 2).
func concealed(full wire.Message, which int) wire.Message {
	if which&1 != 0 {
		full = bare(full)
	}
	if inner := full.ReferencedMessage.V; which&2 != 0 && inner != nil {
		full.ReferencedMessage = wire.Some(ptr(bare(*inner)))
	}
	return full
}
