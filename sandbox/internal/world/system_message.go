package world

import (
	"slices"
	"time"

	"usher/sandbox/internal/wire"
)

// threadNoticeAge is how old a message must be for the channel to be told of the thread that starts from it ("a very
// small value", topics/threads; this one is an assumption).
const threadNoticeAge = time.Minute

// systemKinds are the messages that Discord writes in somebody's name (resources/message "Message Types").
func systemKinds() []int {
	return []int{
		wire.MessageRecipientAdd, wire.MessageRecipientRemove, wire.MessageNameChange, wire.MessagePinned, wire.MessageMemberJoin,
		wire.MessageThreadCreated, wire.MessageThreadStarter,
	}
}

// system tells that nobody wrote the message: it is not edited, answered, pinned or forwarded.
func (m *message) system() bool { return slices.Contains(systemKinds(), m.kind) }

// undeletable tells that the message stays as long as its channel.
func (m *message) undeletable() bool {
	switch m.kind {
	case wire.MessageRecipientAdd, wire.MessageRecipientRemove, wire.MessageNameChange, wire.MessageThreadStarter:
		return true
	}
	return false
}

// announce writes a system message in the actor's name.
func (w *World) announce(a Actor, c *channel, kind int, fill func(*message)) {
	m := &message{id: w.newID(), channel: c, kind: kind, author: w.users[a.User].User, at: w.now()}
	fill(m)
	w.publish(m)
}

// announceMember tells a thread whom somebody else let in or put out (topics/threads "New Message Types").
func (w *World) announceMember(a Actor, c *channel, kind int, user ID) {
	if a.User != user {
		w.announce(a, c, kind, func(m *message) { m.mentions.users = []ID{user} })
	}
}

// announceStart puts the message that a thread was started from at its beginning, as a reference, and tells the channel
// of a thread of an older message.
func (w *World) announceStart(a Actor, t *channel, first *message) {
	parent := first.channel
	if w.now().Sub(first.at) >= threadNoticeAge {
		w.announceThreadIn(a, parent, t)
	}
	w.announce(a, t, wire.MessageThreadStarter, func(m *message) {
		m.reply = &wire.Reference{MessageID: first.id, ChannelID: parent.id, GuildID: parent.guildID()}
	})
}

// announceThreadIn tells a channel of a new thread.
func (w *World) announceThreadIn(a Actor, parent, t *channel) {
	w.announce(a, parent, wire.MessageThreadCreated, func(m *message) {
		m.content, m.reply = t.name, &wire.Reference{ChannelID: t.id, GuildID: t.guildID()}
	})
}

// initial tells that the message is the one that its thread began with, which no count of messages includes
// (resources/channel "Channel Object").
func (m *message) initial() bool {
	return m.kind == wire.MessageThreadStarter || m.channel.isThread() && m.id == m.channel.id
}

// counted is how many messages a thread shows that it has.
func (c *channel) counted() int {
	n := len(c.messages)
	if n > 0 && c.messages[0].initial() {
		n--
	}
	return n
}
