package world

import (
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// ReferenceForward is the type of reference that makes a forward (resources/message "Message Reference Types").
const ReferenceForward = 1

// forward makes m a forward of the message that r names: a copy of it as it is now, which later changes do not reach.
// Who forwards must see the channel and be able to read the content, else 160014.
func (w *World) forward(a Actor, m *message, r *ReferenceRequest) error {
	required := func(field string) error {
		return refusal.Field("message_reference."+field, "BASE_TYPE_REQUIRED", "This field is required")
	}
	switch {
	case r.MessageID == 0:
		return required("message_id")
	case r.ChannelID == 0:
		return required("channel_id")
	}
	from, _, err := w.channelNeeding(a, r.ChannelID, permission.ViewChannel|permission.ReadMessageHistory)
	if err != nil {
		return err
	}
	source, err := w.message(from, r.MessageID)
	switch {
	case err != nil:
		return refusal.Field("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
	case source.system() || source.flags&wire.FlagLoading != 0:
		return refusal.Field("message_reference", "MESSAGE_REFERENCE_CANNOT_FORWARD", "This message cannot be forwarded")
	case source.conceals(a.User, w.reads(a.User)):
		return refusal.Code(160014)
	}
	m.snapshot = source.frozen()
	m.flags |= wire.FlagHasSnapshot
	m.reply = &wire.Reference{Type: ReferenceForward, MessageID: source.id, ChannelID: from.id, GuildID: from.guildID()}
	return nil
}

// frozen is a copy that keeps what it is now. A forward of a forward carries the first message: snapshots do not nest.
func (m *message) frozen() *message {
	if m.snapshot != nil {
		return m.snapshot
	}
	out := *m
	out.embeds, out.components, out.attachments = slices.Clone(m.embeds), cloneComponents(m.components), slices.Clone(m.attachments)
	return &out
}

// snapshotWire shows the copy in a forward, with the fields that a snapshot has.
func (w *World) snapshotWire(m *message) []wire.Snapshot {
	if m.snapshot == nil {
		return nil
	}
	full := w.wholeWire(m.snapshot, 0)
	return []wire.Snapshot{{Message: wire.SnapshotMessage{
		Type: full.Type, Content: full.Content, Embeds: full.Embeds, Attachments: full.Attachments, Timestamp: full.Timestamp,
		EditedTimestamp: full.EditedTimestamp, Flags: full.Flags, Mentions: full.Mentions, MentionRoles: full.MentionRoles,
		Components: full.Components,
	}}}
}
