package world

import (
	"encoding/json"
	"slices"
	"time"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// message is something written in a channel.
type message struct {
	id          ID
	channel     *channel
	kind        int
	author      wire.User
	content     string
	embeds      []wire.Embed
	components  []wire.Component
	attachments []*file
	mentions    mentioned
	flags       int
	at          time.Time
	edited      time.Time
	pinned      time.Time
	tts         bool
	nonce       json.RawMessage
	reactions   []*reaction
	reply       *wire.Reference
	by          *wire.InteractionMetadata
	command     string
	app         ID
	webhook     ID
	position    int
	thread      *channel
	// snapshot is what a forward carries.
	snapshot *message
	// oldEdits counts the edits after the message's first hour.
	oldEdits editWindow
	// onlyFor is the one user who sees an ephemeral message.
	onlyFor ID
	gone    bool
}

// reaction is one emoji with those who chose it, in order.
type reaction struct {
	emoji wire.Emoji
	key   string
	users []ID
}

// mentioned is what a message mentions after allowed_mentions.
type mentioned struct {
	users    []ID
	roles    []ID
	everyone bool
	// notified are all users that the message notified.
	notified []ID
}

func (m *message) ephemeral() bool { return m.onlyFor != 0 }

// messageWire is the message as viewer sees it, without the content that is not for it.
func (w *World) messageWire(m *message, viewer ID) wire.Message {
	out := w.wholeWire(m, viewer)
	if m.conceals(viewer, w.reads(viewer)) {
		return bare(out)
	}
	return out
}

// wholeWire is the message with all its content.
func (w *World) wholeWire(m *message, viewer ID) wire.Message {
	out := wire.Message{
		ID: m.id, ChannelID: m.channel.id, Type: m.kind, Content: m.content, Author: w.authorWire(m), Timestamp: wire.At(m.at),
		TTS: m.tts, MentionEveryone: m.mentions.everyone, Mentions: []wire.User{}, MentionRoles: append([]ID{}, m.mentions.roles...),
		Attachments: []wire.Attachment{}, Embeds: append([]wire.Embed{}, m.embeds...),
		Components: append([]wire.Component{}, m.components...), Pinned: !m.pinned.IsZero(), Flags: m.flags,
		ApplicationID: m.app, WebhookID: m.webhook, MessageReference: m.reply, InteractionMetadata: m.by,
	}
	for _, id := range m.mentions.users {
		if u := w.users[id]; u != nil {
			out.Mentions = append(out.Mentions, u.User)
		}
	}
	for _, f := range m.attachments {
		if !m.displays(f) {
			out.Attachments = append(out.Attachments, w.attachmentWire(f))
		}
	}
	if m.flags&wire.FlagSuppressEmbeds != 0 {
		out.Embeds = []wire.Embed{}
	}
	if !m.edited.IsZero() {
		out.EditedTimestamp = ptr(wire.At(m.edited))
	}
	for _, r := range m.reactions {
		out.Reactions = append(out.Reactions, r.wire(viewer))
	}
	out.Snapshots = w.snapshotWire(m)
	if m.channel.isThread() {
		out.Position = wire.Some(m.position)
	}
	if m.thread != nil {
		out.Thread = ptr(w.channelWire(m.thread, viewer))
		out.Flags |= wire.FlagHasThread
	}
	if m.command != "" && m.by != nil {
		out.Interaction = &wire.LegacyInteraction{ID: m.by.ID, Type: m.by.Type, Name: m.command, User: m.by.User}
	}
	w.addReferenced(m, viewer, &out)
	return out
}

// authorWire follows renames of users, but not of webhooks, whose messages carry their own names.
func (w *World) authorWire(m *message) wire.User {
	if u := w.users[m.author.ID]; u != nil {
		return u.User
	}
	return m.author
}

func (w *World) addReferenced(m *message, viewer ID, out *wire.Message) {
	quotes := m.kind == wire.MessageReply || m.kind == wire.MessageThreadStarter || m.kind == wire.MessageContextMenu
	if !quotes || m.reply == nil {
		return
	}
	target := w.messages[m.reply.MessageID]
	if target == nil || target.gone {
		out.ReferencedMessage = wire.Null[*wire.Message]()
		return
	}
	inner := w.messageWire(target, viewer)
	inner.ReferencedMessage, inner.Reactions = wire.Opt[*wire.Message]{}, nil
	out.ReferencedMessage = wire.Some(&inner)
}

func (r *reaction) wire(viewer ID) wire.Reaction {
	return wire.Reaction{
		Emoji: r.emoji, Count: len(r.users), CountDetails: map[string]int{"burst": 0, "normal": len(r.users)},
		BurstColors: []string{}, Me: slices.Contains(r.users, viewer),
	}
}

// message gives a message of the channel that channel routes may touch: ephemeral ones are unknown to them.
func (w *World) message(c *channel, id ID) (*message, error) {
	m := w.messages[id]
	if m == nil || m.gone || m.channel != c || m.ephemeral() {
		return nil, refusal.Code(10008)
	}
	return m, nil
}

// add puts a finished message into its channel.
func (w *World) add(m *message) {
	c := m.channel
	w.messages[m.id] = m
	if c.isThread() {
		m.position = c.total
		if !m.initial() {
			c.total++
		}
	}
	c.messages = append(c.messages, m)
	if c.lastSent == nil {
		c.lastSent = map[ID]time.Time{}
	}
	c.lastSent[m.author.ID] = m.at
}

// remove takes a message out of its channel.
func (w *World) remove(m *message) {
	m.gone = true
	c := m.channel
	if i, found := slices.BinarySearchFunc(c.messages, m.id, byMessageID); found {
		c.messages = slices.Delete(c.messages, i, i+1)
	}
	delete(w.messages, m.id)
}

func byMessageID(m *message, id ID) int {
	switch {
	case m.id < id:
		return -1
	case m.id > id:
		return 1
	}
	return 0
}
