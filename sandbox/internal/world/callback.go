package world

import (
	"errors"
	"slices"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// Callback is an application's first answer to an interaction.
type Callback struct {
	Type int
	// Message is the data of types 4, 5 and 7, Modal that of 9, Choices that of 8.
	Message MessageRequest
	Modal   ModalRequest
	Choices []wire.CommandChoice
}

// ModalRequest is the data of a modal callback.
type ModalRequest struct {
	CustomID   string           `json:"custom_id"`
	Title      string           `json:"title"`
	Components []wire.Component `json:"components"`
}

// Answered is what a callback with with_response=true answers.
type Answered struct {
	Interaction AnsweredInteraction `json:"interaction"`
	Resource    *AnsweredResource   `json:"resource,omitempty"`
}

// AnsweredInteraction is the interaction in Answered.
type AnsweredInteraction struct {
	ID              ID             `json:"id"`
	Type            int            `json:"type"`
	ResponseMessage ID             `json:"response_message_id,omitzero"`
	ResponseLoading wire.Opt[bool] `json:"response_message_loading,omitzero"`
	ResponsePrivate wire.Opt[bool] `json:"response_message_ephemeral,omitzero"`
	ChannelID       ID             `json:"channel_id,omitzero"`
	GuildID         ID             `json:"guild_id,omitzero"`
}

// AnsweredResource is what the callback made.
type AnsweredResource struct {
	Type    int           `json:"type"`
	Message *wire.Message `json:"message,omitempty"`
}

// Answer takes the first answer (POST /interactions/{id}/{token}/callback). It is refused with 10062 when the
// interaction is unknown or older than 3 seconds, with 40060 when there was an answer already.
func (w *World) Answer(id ID, token string, cb Callback) (Answered, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.interactions[id]
	if i == nil || i.token != token {
		return Answered{}, refusal.Code(10062)
	}
	if i.answer != 0 {
		return Answered{}, refusal.Code(40060)
	}
	if i.state == StateFailed || w.now().Sub(i.created) > answerWithin {
		return Answered{}, refusal.Code(10062)
	}
	if err := i.mayAnswer(cb.Type); err != nil {
		return Answered{}, err
	}
	if err := w.stillThere(i, cb.Type); err != nil {
		return Answered{}, err
	}
	if err := w.answerWith(i, &cb); err != nil {
		return Answered{}, err
	}
	i.timer.Stop()
	return w.answeredWire(i), nil
}

// mayAnswer holds which types fit which interactions (interactions/receiving-and-responding "Interaction Callback Type").
func (i *interaction) mayAnswer(kind int) error {
	allowed := []int64{wire.CallbackMessage, wire.CallbackDefer}
	fromComponent := i.kind == wire.InteractionComponent || i.kind == wire.InteractionModal && i.source != nil
	if fromComponent {
		allowed = append(allowed, wire.CallbackDeferUpdate, wire.CallbackUpdate)
	}
	switch i.kind {
	case wire.InteractionAutocomplete:
		allowed = []int64{wire.CallbackAutocomplete}
	case wire.InteractionCommand, wire.InteractionComponent:
		allowed = append(allowed, wire.CallbackModal)
	}
	if slices.Contains(allowed, int64(kind)) {
		return nil
	}
	return refusal.Field("type", "INTERACTION_APPLICATION_COMMAND_CALLBACK_TYPE_INVALID", "This interaction cannot be answered with callback type "+itoa(kind))
}

// stillThere: no message goes into a channel that was deleted meanwhile, and none that was deleted is updated. (Not
// documented; as seen in Discord.)
func (w *World) stillThere(i *interaction, kind int) error {
	switch {
	case (kind == wire.CallbackMessage || kind == wire.CallbackDefer) && w.channels[i.channel.id] != i.channel:
		return refusal.Code(10003)
	case kind == wire.CallbackUpdate && i.source.gone:
		return refusal.Code(10008)
	}
	return nil
}

func (w *World) answerWith(i *interaction, cb *Callback) error {
	mark := func(s State) {
		i.answer, i.answered = cb.Type, w.now()
		w.turn(i, s)
	}
	switch cb.Type {
	case wire.CallbackMessage:
		m := w.newResponse(i, cb.Message.Flags.V&^wire.FlagLoading)
		if err := w.compose(m, &cb.Message, w.responseBits(i)); err != nil {
			return dataPath(err)
		}
		i.original = m
		w.place(m)
		mark(StateAnswered)
	case wire.CallbackDefer:
		i.original = w.newResponse(i, cb.Message.Flags.V&wire.FlagEphemeral|wire.FlagLoading)
		w.place(i.original)
		mark(StateDeferred)
	case wire.CallbackDeferUpdate:
		i.original = i.source
		mark(StateDeferred)
	case wire.CallbackUpdate:
		if err := w.change(i.source, &cb.Message, w.responseBits(i)); err != nil {
			return dataPath(err)
		}
		i.original = i.source
		w.changedResponse(i.source)
		mark(StateAnswered)
	case wire.CallbackAutocomplete:
		if err := checkSuggestions(i, cb.Choices); err != nil {
			return err
		}
		i.choices = cb.Choices
		mark(StateAnswered)
	case wire.CallbackModal:
		return w.openModal(i, cb.Modal, mark)
	}
	return nil
}

// dataPath moves complaints about a message under "data", where a callback has it.
func dataPath(err error) error {
	var refused *refusal.Error
	if !errors.As(err, &refused) || refused.Fields == nil {
		return err
	}
	var t refusal.Tree
	for _, c := range refused.Fields.Complaints() {
		t.Add([]string{"data", c.Path}, c.Code, c.Message)
	}
	return refusal.Form(&t)
}

func (w *World) openModal(i *interaction, r ModalRequest, mark func(State)) error {
	if err := checkModal(r); err != nil {
		return err
	}
	i.modal = &modal{id: w.newID(), by: i, customID: r.CustomID, title: r.Title, components: w.normalizeComponents(r.Components)}
	w.modals[i.modal.id] = i.modal
	mark(StateModal)
	return nil
}

func (w *World) answeredWire(i *interaction) Answered {
	out := Answered{Interaction: AnsweredInteraction{ID: i.id, Type: i.kind, ChannelID: i.channel.id, GuildID: i.channel.guildID()}}
	if i.original == nil {
		return out
	}
	out.Interaction.ResponseMessage = i.original.id
	out.Interaction.ResponseLoading = wire.Some(i.original.flags&wire.FlagLoading != 0)
	out.Interaction.ResponsePrivate = wire.Some(i.original.ephemeral())
	if i.answer == wire.CallbackMessage || i.answer == wire.CallbackUpdate {
		out.Resource = &AnsweredResource{Type: i.answer, Message: ptr(w.messageWire(i.original, i.app.id))}
	}
	return out
}
