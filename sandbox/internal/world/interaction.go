package world

import (
	"slices"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// Times of interactions (interactions/receiving-and-responding).
const (
	answerWithin  = 3 * time.Second
	tokenLifetime = 15 * time.Minute
)

// State is how far an interaction has come, for people.
type State string

// The states of the control API.
const (
	StatePending  State = "pending"
	StateAnswered State = "answered"
	StateDeferred State = "deferred"
	StateModal    State = "modal"
	StateFailed   State = "failed"
)

// interaction is something that a person did and an application must answer.
type interaction struct {
	id       ID
	token    string
	kind     int
	app      *app
	user     ID
	channel  *channel
	source   *message
	data     wire.InteractionData
	command  string
	created  time.Time
	state    State
	failure  string
	answered time.Time
	answer   int
	original *message
	modal    *modal
	opener   *interaction
	choices  []wire.CommandChoice
	timer    interface{ Stop() bool }
	changed  chan struct{}
}

// modal is a form that an application opened for a person.
type modal struct {
	id         ID
	by         *interaction
	customID   string
	title      string
	components []wire.Component
	done       bool
}

// Modal is a form as the control API shows it.
type Modal struct {
	ID            ID               `json:"id"`
	InteractionID ID               `json:"interaction_id"`
	ApplicationID ID               `json:"application_id"`
	CustomID      string           `json:"custom_id"`
	Title         string           `json:"title"`
	Components    []wire.Component `json:"components"`
}

// Outcome is an interaction as the control API shows it.
type Outcome struct {
	ID      ID     `json:"id"`
	State   State  `json:"state"`
	Failure string `json:"failure,omitempty"`
	Modal   *Modal `json:"modal,omitempty"`
}

// InteractionRecord is an interaction as the witness keeps it.
type InteractionRecord struct {
	ID         ID         `json:"id"`
	Type       int        `json:"type"`
	UserID     ID         `json:"user_id"`
	AppID      ID         `json:"application_id"`
	CustomID   string     `json:"custom_id,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	AnswerType int        `json:"answer_type,omitempty"`
	State      State      `json:"state"`
	Failure    string     `json:"failure,omitempty"`
}

func (i *interaction) outcome() Outcome {
	out := Outcome{ID: i.id, State: i.state, Failure: i.failure}
	if i.modal != nil && i.state == StateModal {
		out.Modal = &Modal{
			ID: i.modal.id, InteractionID: i.id, ApplicationID: i.app.id, CustomID: i.modal.customID,
			Title: i.modal.title, Components: i.modal.components,
		}
	}
	return out
}

func (i *interaction) record() InteractionRecord {
	out := InteractionRecord{
		ID: i.id, Type: i.kind, UserID: i.user, AppID: i.app.id, CustomID: i.data.CustomID, CreatedAt: i.created,
		AnswerType: i.answer, State: i.state, Failure: i.failure,
	}
	if out.CustomID == "" {
		out.CustomID = i.data.Name
	}
	if !i.answered.IsZero() {
		out.AnsweredAt = ptr(i.answered)
	}
	return out
}

// begin registers an interaction and sends it to its application.
func (w *World) begin(i *interaction) *interaction {
	i.id, i.created, i.state = w.newID(), w.now(), StatePending
	i.token = "aW50ZXJhY3Rpb246" + w.secret(120)
	i.changed = make(chan struct{})
	w.forgetOld()
	w.interactions[i.id], w.byToken[i.token] = i, i
	w.begun = append(w.begun, i)
	w.cfg.Output.InteractionChanged(i.record())
	i.timer = w.cfg.Clock.AfterFunc(answerWithin, func() { w.unanswered(i) })
	w.dispatch(Dispatch{
		Type: "INTERACTION_CREATE", Guild: i.channel.guildID(), Apps: []uint64{uint64(i.app.id)}, Data: encode(w.payload(i)),
	})
	return i
}

// interactionMemory is how many interactions are kept even when their tokens are dead, for those who ask what became of them.
const interactionMemory = 4096

// forgetOld forgets the oldest interactions whose tokens are dead, with their modals: a dead token is as unknown as none.
func (w *World) forgetOld() {
	for len(w.begun) > interactionMemory && w.now().Sub(w.begun[0].created) > tokenLifetime {
		i := w.begun[0]
		w.begun[0], w.begun = nil, w.begun[1:]
		delete(w.interactions, i.id)
		delete(w.byToken, i.token)
		if i.modal != nil {
			delete(w.modals, i.modal.id)
		}
	}
}

// unanswered fails an interaction that nobody answered in time.
func (w *World) unanswered(i *interaction) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.interactions[i.id] == i && i.state == StatePending {
		w.fail(i)
	}
}

// fail tells the person in the words that Discord's client uses.
func (w *World) fail(i *interaction) {
	sentence := "This interaction failed"
	switch i.kind {
	case wire.InteractionCommand:
		sentence = "The application did not respond"
	case wire.InteractionModal:
		sentence = "Something went wrong. Try again."
	}
	i.failure = sentence
	w.turn(i, StateFailed)
}

// turn moves an interaction to a state and wakes who waits for it.
func (w *World) turn(i *interaction, s State) {
	i.state = s
	close(i.changed)
	i.changed = make(chan struct{})
	w.cfg.Output.InteractionChanged(i.record())
	if i.kind != wire.InteractionAutocomplete {
		w.show(i.user, "interaction", i.outcome())
	}
}

// owners tells by whose installation the application acts: the guild's; "0" stands for direct messages with the bot.
func (i *interaction) owners() map[string]ID { return map[string]ID{"0": i.channel.guildID()} }

// payload is INTERACTION_CREATE as Discord sends it (interactions/receiving-and-responding "Interaction Object").
func (w *World) payload(i *interaction) wire.Interaction {
	c, u := i.channel, w.users[i.user]
	shown := w.channelWire(c, i.user)
	shown.PermissionOverwrites, shown.Recipients = wire.Opt[[]wire.Overwrite]{}, wire.Opt[[]wire.User]{}
	shown.Permissions = w.in(c, i.user).String()
	out := wire.Interaction{
		ID: i.id, ApplicationID: i.app.id, Type: i.kind, Data: i.data, GuildID: c.guildID(), Channel: &shown, ChannelID: c.id,
		Token: i.token, Version: 1, AppPermissions: w.appPermissions(i.app, c).String(), Locale: u.locale, Entitlements: []any{},
		Owners: i.owners(), AttachmentLimit: maxFile,
	}
	if i.source != nil {
		out.Message = ptr(w.messageWire(i.source, i.app.id))
	}
	if c.guild == nil {
		out.User, out.Context = &u.User, 1
		return out
	}
	m := c.guild.members[i.user].wire()
	m.Permissions = w.in(c, i.user).String()
	out.Member, out.GuildLocale = &m, c.guild.locale
	out.Guild = &wire.PartialGuildInfo{ID: c.guild.id, Locale: c.guild.locale, Features: append([]string{}, c.guild.features...)}
	return out
}

// metadata is what a message tells of the interaction that made it.
func (w *World) metadata(i *interaction) *wire.InteractionMetadata {
	out := &wire.InteractionMetadata{ID: i.id, Type: i.kind, User: w.users[i.user].User, Owners: i.owners()}
	if i.kind == wire.InteractionCommand {
		switch i.data.Type.Or(1) {
		case 2:
			if u := w.users[i.data.TargetID]; u != nil {
				out.TargetUser = ptr(u.User)
			}
		case 3:
			out.TargetMessage = i.data.TargetID
		}
	}
	if i.kind == wire.InteractionComponent && i.source != nil {
		out.InteractedMessage = i.source.id
	}
	if i.kind == wire.InteractionModal && i.opener != nil {
		out.Triggering = w.metadata(i.opener)
	}
	return out
}

// newResponse is an empty message of the application in answer to the interaction.
func (w *World) newResponse(i *interaction, flags int) *message {
	m := &message{
		id: w.newID(), channel: i.channel, author: i.app.bot.User, at: w.now(), app: i.app.id, webhook: i.app.id,
		by: w.metadata(i), flags: flags & (wire.FlagEphemeral | wire.FlagLoading),
	}
	if flags&wire.FlagEphemeral != 0 {
		m.onlyFor = i.user
	}
	switch {
	case i.kind == wire.InteractionCommand && i.command != "":
		m.kind, m.command = wire.MessageChatCommand, i.command
		if i.data.Type.Or(1) != 1 {
			m.kind = wire.MessageContextMenu
		}
		if t := w.messages[i.data.TargetID]; t != nil && i.data.Type.Or(1) == 3 && !t.ephemeral() {
			m.reply = &wire.Reference{MessageID: t.id, ChannelID: t.channel.id, GuildID: t.channel.guildID()}
		}
	case i.source != nil && !i.source.ephemeral():
		m.kind = wire.MessageReply
		m.reply = &wire.Reference{MessageID: i.source.id, ChannelID: i.channel.id, GuildID: i.channel.guildID()}
	}
	return m
}

// place puts a response into its channel, an ephemeral one before its user's eyes alone.
func (w *World) place(m *message) {
	if m.ephemeral() {
		w.messages[m.id] = m
		m.channel.hidden = append(m.channel.hidden, m)
		w.forgetHidden(m.channel)
		w.emitMessage(m, "MESSAGE_CREATE", "message_create")
		return
	}
	w.publish(m)
}

// hiddenMemory is how many ephemeral messages a channel keeps. Discord's client forgets all of them when it starts anew.
const hiddenMemory = 1000

// forgetHidden drops the oldest ephemeral messages, a quarter at once.
func (w *World) forgetHidden(c *channel) {
	if len(c.hidden) < hiddenMemory+hiddenMemory/4 {
		return
	}
	old := c.hidden[:len(c.hidden)-hiddenMemory]
	for _, m := range old {
		m.gone = true
		delete(w.messages, m.id)
	}
	c.hidden = slices.Clone(c.hidden[len(old):])
}

// changedResponse tells of an edited response.
func (w *World) changedResponse(m *message) { w.emitMessage(m, "MESSAGE_UPDATE", "message_update") }

// removeResponse takes a response away.
func (w *World) removeResponse(m *message) {
	if m.ephemeral() {
		m.gone = true
		m.channel.hidden = slices.DeleteFunc(m.channel.hidden, func(h *message) bool { return h == m })
		delete(w.messages, m.id)
	} else {
		w.remove(m)
	}
	w.emitMessageDelete(m)
}

// responseBits is what decides mentions in responses: the application's own permissions there.
func (w *World) responseBits(i *interaction) permission.Bits {
	return w.appPermissions(i.app, i.channel)
}
