package world

import (
	"time"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// live gives the interaction behind a webhook token of an application: 10015 before its first answer and for unknown
// applications, 50027 when the token is wrong or older than 15 minutes.
func (w *World) live(appID ID, token string) (*interaction, error) {
	if w.apps[appID] == nil {
		return nil, refusal.Code(10015)
	}
	i := w.byToken[token]
	if i == nil || i.app.id != appID || w.now().Sub(i.created) > tokenLifetime {
		return nil, refusal.Code(50027)
	}
	if i.answer == 0 {
		return nil, refusal.Code(10015)
	}
	return i, nil
}

// IsInteraction tells whether a webhook route names an application, whose tokens are those of interactions.
func (w *World) IsInteraction(webhook ID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.apps[webhook] != nil
}

// response gives a message of the interaction; id 0 is @original.
func (w *World) response(i *interaction, id ID) (*message, error) {
	m := i.original
	if id != 0 {
		m = w.messages[id]
	}
	if m == nil || m.gone || id != 0 && m.app != i.app.id && m != i.original {
		return nil, refusal.Code(10008)
	}
	return m, nil
}

// Response gives a message of an interaction; messageID 0 is the original response.
func (w *World) Response(appID ID, token string, messageID ID) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.live(appID, token)
	if err != nil {
		return wire.Message{}, err
	}
	m, err := w.response(i, messageID)
	if err != nil {
		return wire.Message{}, err
	}
	return w.messageWire(m, appID), nil
}

// EditResponse changes a message of an interaction. The first edit of a deferred answer is the answer.
func (w *World) EditResponse(appID ID, token string, messageID ID, r MessageRequest) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.live(appID, token)
	if err != nil {
		return wire.Message{}, err
	}
	m, err := w.response(i, messageID)
	if err != nil {
		return wire.Message{}, err
	}
	if err := w.fill(i, m, &r); err != nil {
		return wire.Message{}, err
	}
	return w.messageWire(m, appID), nil
}

// fill changes a response; a loading one becomes the answer.
func (w *World) fill(i *interaction, m *message, r *MessageRequest) error {
	loading := m.flags&wire.FlagLoading != 0
	if err := w.change(m, r, w.responseBits(i)); err != nil {
		return err
	}
	if loading {
		m.flags &^= wire.FlagLoading
		m.edited = time.Time{}
	}
	w.changedResponse(m)
	if loading {
		w.notify(m)
	}
	if i.state == StateDeferred && m == i.original {
		w.turn(i, StateAnswered)
	}
	return nil
}

// FollowUp adds a message to an interaction. After a deferred answer the first follow-up takes the place of the
// "thinking" message. (Not documented; as seen in Discord.)
func (w *World) FollowUp(appID ID, token string, r MessageRequest) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.live(appID, token)
	if err != nil {
		return wire.Message{}, err
	}
	if o := i.original; o != nil && !o.gone && o.flags&wire.FlagLoading != 0 {
		if err := w.fill(i, o, &r); err != nil {
			return wire.Message{}, err
		}
		return w.messageWire(o, appID), nil
	}
	if w.channels[i.channel.id] != i.channel {
		return wire.Message{}, refusal.Code(10003)
	}
	m := w.newResponse(i, r.Flags.V&^wire.FlagLoading)
	if i.original != nil && !i.original.ephemeral() && i.original != i.source {
		m.kind = wire.MessageReply
		m.reply = &wire.Reference{MessageID: i.original.id, ChannelID: i.channel.id, GuildID: i.channel.guildID()}
	}
	if i.original != nil {
		m.by.OriginalResponse = i.original.id
	}
	if err := w.compose(m, &r, w.responseBits(i)); err != nil {
		return wire.Message{}, err
	}
	w.place(m)
	return w.messageWire(m, appID), nil
}

// DeleteResponse removes a message of an interaction.
func (w *World) DeleteResponse(appID ID, token string, messageID ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.live(appID, token)
	if err != nil {
		return err
	}
	m, err := w.response(i, messageID)
	if err != nil {
		return err
	}
	w.removeResponse(m)
	if i.state == StateDeferred && m == i.original {
		w.turn(i, StateAnswered)
	}
	return nil
}
