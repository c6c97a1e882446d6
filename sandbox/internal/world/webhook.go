package world

import (
	"cmp"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// How many webhooks a channel and a guild may have (topics/opcodes-and-status-codes).
const (
	maxWebhooks      = 15
	maxGuildWebhooks = 1000
)

// webhook is an incoming webhook.
type webhook struct {
	id      ID
	channel *channel
	creator *user
	name    string
	avatar  string
	token   string
	app     ID
}

func (w *World) webhookWire(h *webhook, withToken bool) wire.Webhook {
	out := wire.Webhook{ID: h.id, Type: 1, GuildID: h.channel.guildID(), ChannelID: h.channel.id, Name: h.name, Avatar: orNil(h.avatar)}
	if h.app != 0 {
		out.ApplicationID = ptr(h.app)
	}
	if h.creator != nil {
		out.User = ptr(h.creator.User)
	}
	if withToken {
		out.Token = h.token
		out.URL = w.cfg.BaseURL() + "/api/webhooks/" + h.id.String() + "/" + h.token
	}
	return out
}

// CreateWebhook makes a webhook (POST /channels/{c}/webhooks).
func (w *World) CreateWebhook(a Actor, channelID ID, r WebhookRequest) (wire.Webhook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channelNeeding(a, channelID, permission.ManageWebhooks)
	if err != nil {
		return wire.Webhook{}, err
	}
	if c.guild == nil || c.isThread() || c.kind == wire.ChannelCategory {
		return wire.Webhook{}, refusal.Code(50024)
	}
	if len(w.webhooksOf(func(h *webhook) bool { return h.channel == c })) >= maxWebhooks {
		return wire.Webhook{}, refusal.Code(30007)
	}
	if len(w.webhooksOf(func(h *webhook) bool { return h.channel.guild == c.guild })) >= maxGuildWebhooks {
		return wire.Webhook{}, refusal.Code(30058)
	}
	h := &webhook{id: w.newID(), channel: c, creator: w.users[a.User], token: w.secret(68), app: a.App}
	if h.name, err = webhookName(r.Name.V); err != nil {
		return wire.Webhook{}, err
	}
	if h.avatar, err = w.keepPicture(h.id, "avatar", r.Avatar.V); err != nil {
		return wire.Webhook{}, err
	}
	w.webhooks[h.id] = h
	w.log(c.guild, auditEntry{actor: a, action: auditWebhookCreate, target: h.id, changes: differences(nil, h.plain())})
	w.emitWebhooks(c)
	return w.webhookWire(h, true), nil
}

func (w *World) emitWebhooks(c *channel) {
	w.dispatch(Dispatch{
		Type: "WEBHOOKS_UPDATE", Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: intentWebhooks,
		Data: encode(map[string]any{"guild_id": c.guildID(), "channel_id": c.id}),
	})
}

func (w *World) webhooksOf(want func(*webhook) bool) []*webhook {
	out := []*webhook{}
	for _, h := range w.webhooks {
		if want(h) {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(x, y *webhook) int { return cmp.Compare(x.id, y.id) })
	return out
}

// Webhooks lists those of a channel or, when channelID is 0, of a guild.
func (w *World) Webhooks(a Actor, guildID, channelID ID) ([]wire.Webhook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if channelID != 0 {
		if _, _, err := w.channelNeeding(a, channelID, permission.ManageWebhooks); err != nil {
			return nil, err
		}
	} else {
		g, err := w.guildFor(a, guildID)
		if err != nil {
			return nil, err
		}
		if err := w.needGuild(g, a, permission.ManageWebhooks); err != nil {
			return nil, err
		}
	}
	out := []wire.Webhook{}
	for _, h := range w.webhooksOf(func(h *webhook) bool {
		return h.channel.id == channelID || channelID == 0 && h.channel.guildID() == guildID
	}) {
		// The token is for the application that made the webhook (resources/webhook).
		out = append(out, w.webhookWire(h, h.app == a.App))
	}
	return out, nil
}

// webhookFor finds a webhook by token when there is one, else by the actor's right to manage it.
func (w *World) webhookFor(a Actor, id ID, token string) (*webhook, error) {
	h := w.webhooks[id]
	if h == nil {
		return nil, refusal.Code(10015)
	}
	if token != "" {
		if subtle.ConstantTimeCompare([]byte(h.token), []byte(token)) != 1 {
			return nil, refusal.Code(50027)
		}
		return h, nil
	}
	if !w.in(h.channel, a.User).Has(permission.ManageWebhooks) {
		return nil, refusal.Code(50013)
	}
	return h, nil
}

// Webhook gives one webhook, by its token or by right.
func (w *World) Webhook(a Actor, id ID, token string) (wire.Webhook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, err := w.webhookFor(a, id, token)
	if err != nil {
		return wire.Webhook{}, err
	}
	out := w.webhookWire(h, true)
	if token != "" {
		out.User = nil
	}
	return out, nil
}

// freeName refuses a name that Discord keeps for itself (resources/webhook "Create Webhook").
func freeName(field, name string) error {
	for _, taken := range []string{"clyde", "discord"} {
		if strings.Contains(strings.ToLower(name), taken) {
			return refusal.Field(field, "USERNAME_INVALID_CONTAINS", "Username cannot contain \""+taken+"\"")
		}
	}
	return nil
}

func webhookName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if err := freeName("name", name); err != nil {
		return "", err
	}
	if name == "" {
		return "", refusal.Field("name", "BASE_TYPE_REQUIRED", "This field is required")
	}
	return name, nil
}

// WebhookRequest makes or changes a webhook.
type WebhookRequest struct {
	Name      wire.Opt[string] `json:"name"`
	Avatar    wire.Opt[string] `json:"avatar"`
	ChannelID wire.Opt[ID]     `json:"channel_id"`
}

// EditWebhook changes a webhook; only by right can it be moved.
func (w *World) EditWebhook(a Actor, id ID, token string, r WebhookRequest) (wire.Webhook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, err := w.webhookFor(a, id, token)
	if err != nil {
		return wire.Webhook{}, err
	}
	next, before, old := *h, h.plain(), h.channel
	if r.Name.Has() {
		if next.name, err = webhookName(r.Name.V); err != nil {
			return wire.Webhook{}, err
		}
	}
	if r.Avatar.Set {
		if next.avatar, err = w.keepPicture(h.id, "avatar", r.Avatar.V); err != nil {
			return wire.Webhook{}, err
		}
	}
	if r.ChannelID.Has() && token == "" {
		c := w.channels[r.ChannelID.V]
		if c == nil || c.guild != h.channel.guild {
			return wire.Webhook{}, refusal.Code(10003)
		}
		if !w.in(c, a.User).Has(permission.ManageWebhooks) {
			return wire.Webhook{}, refusal.Code(50013)
		}
		next.channel = c
	}
	*h = next
	if token == "" {
		w.log(h.channel.guild, auditEntry{actor: a, action: auditWebhookUpdate, target: h.id, changes: differences(before, h.plain())})
	}
	w.emitWebhooks(h.channel)
	if old != h.channel {
		w.emitWebhooks(old)
	}
	return w.webhookWire(h, true), nil
}

// DeleteWebhook removes a webhook.
func (w *World) DeleteWebhook(a Actor, id ID, token string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, err := w.webhookFor(a, id, token)
	if err != nil {
		return err
	}
	delete(w.webhooks, h.id)
	if token == "" {
		w.log(h.channel.guild, auditEntry{actor: a, action: auditWebhookDelete, target: h.id, changes: differences(h.plain(), nil)})
	}
	w.emitWebhooks(h.channel)
	return nil
}

// webhookTarget is the webhook's channel or a thread of it.
func (w *World) webhookTarget(h *webhook, threadID ID) (*channel, error) {
	if threadID == 0 {
		return h.channel, nil
	}
	c := w.channels[threadID]
	if c == nil || c.parent != h.channel.id || !c.isThread() {
		return nil, refusal.Code(10003)
	}
	return c, nil
}

// ExecuteWebhook writes by a webhook; it needs no permission but the token.
func (w *World) ExecuteWebhook(id ID, token string, threadID ID, r MessageRequest) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, err := w.webhookFor(Actor{}, id, token)
	if err != nil {
		return wire.Message{}, err
	}
	c, err := w.webhookTarget(h, threadID)
	if err != nil {
		return wire.Message{}, err
	}
	if err := freeName("username", r.Username); err != nil {
		return wire.Message{}, err
	}
	post, err := w.webhookPost(h, c, &r)
	if err != nil {
		return wire.Message{}, err
	}
	author := wire.User{ID: h.id, Username: cmp.Or(r.Username, h.name), Discriminator: "0000", Avatar: orNil(h.avatar), Bot: true}
	m := &message{id: w.newID(), channel: c, author: author, at: w.now(), webhook: h.id, app: h.app, tts: r.TTS}
	if post != nil {
		m.id, m.channel = post.id, post
	}
	if err := w.compose(m, &r, permission.All); err != nil {
		return wire.Message{}, err
	}
	if post != nil {
		post.guild.channels[post.id], w.channels[post.id] = post, post
		w.touchThread(post)
		w.emitChannel(post, "CREATE")
	}
	w.publish(m)
	return w.messageWire(m, 0), nil
}

// webhookPost makes the post for a message of a webhook in a forum, nil for one elsewhere. In a forum the message names
// a thread that is there or one to make, elsewhere it names none (resources/webhook "Execute Webhook").
func (w *World) webhookPost(h *webhook, c *channel, r *MessageRequest) (*channel, error) {
	switch {
	case r.ThreadName != "" && c != h.channel:
		return nil, refusal.Code(220002)
	case r.ThreadName != "" && !c.isForum():
		return nil, refusal.Code(220003)
	case c.isForum() && r.ThreadName == "":
		return nil, refusal.Code(220001)
	case c.isForum():
		post := &channel{
			id: w.newID(), kind: wire.ChannelPublicThread, guild: c.guild, name: r.ThreadName, parent: c.id, owner: h.id, slowmode: c.threadSlow,
			archive: cmp.Or(c.autoThread, defaultAutoArchive), archivedAt: w.now(), joined: map[ID]time.Time{},
		}
		return post, applyTags(c, post, permission.All, r.AppliedTags)
	case !c.isText():
		return nil, refusal.Code(50008)
	}
	return nil, nil //nolint:nilnil // no post is needed
}

// WebhookTarget names a message that a webhook wrote, and the thread that it is in, if any.
type WebhookTarget struct {
	ID        ID
	Token     string
	MessageID ID
	ThreadID  ID
}

// webhookMessage gives a message that this webhook wrote. One in a thread is found by the thread's id alone (resources/webhook
// "Get Webhook Message"; that it is unknown without is not documented).
func (w *World) webhookMessage(t WebhookTarget) (*message, error) {
	h, err := w.webhookFor(Actor{}, t.ID, t.Token)
	if err != nil {
		return nil, err
	}
	m := w.messages[t.MessageID]
	if m == nil || m.gone || m.webhook != h.id || m.channel.isThread() && m.channel.id != t.ThreadID {
		return nil, refusal.Code(10008)
	}
	return m, nil
}

// WebhookMessage gives a message of a webhook.
func (w *World) WebhookMessage(t WebhookTarget) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m, err := w.webhookMessage(t)
	if err != nil {
		return wire.Message{}, err
	}
	return w.messageWire(m, 0), nil
}

// EditWebhookMessage changes a message of a webhook.
func (w *World) EditWebhookMessage(t WebhookTarget, r MessageRequest) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m, err := w.webhookMessage(t)
	if err != nil {
		return wire.Message{}, err
	}
	if err := m.mayEditOld(w.now()); err != nil {
		return wire.Message{}, err
	}
	if err := w.change(m, &r, permission.All); err != nil {
		return wire.Message{}, err
	}
	w.emitMessage(m, "MESSAGE_UPDATE", "message_update")
	return w.messageWire(m, 0), nil
}

// DeleteWebhookMessage removes a message of a webhook.
func (w *World) DeleteWebhookMessage(t WebhookTarget) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	m, err := w.webhookMessage(t)
	if err != nil {
		return err
	}
	w.remove(m)
	w.emitMessageDelete(m)
	return nil
}
