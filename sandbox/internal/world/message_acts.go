package world

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// nonceMemory is how long enforce_nonce finds the earlier message ("the past few minutes", resources/message).
const nonceMemory = 5 * time.Minute

// SendMessage writes a message (POST /channels/{c}/messages).
func (w *World) SendMessage(a Actor, channelID ID, r MessageRequest) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channel(a, channelID)
	if err != nil {
		return wire.Message{}, err
	}
	if err := w.mayPost(a, c, bits, &r); err != nil {
		return wire.Message{}, err
	}
	if old := w.sameNonce(a, c, &r); old != nil {
		return w.answer(old, a.User), nil
	}
	m := &message{id: w.newID(), channel: c, author: w.users[a.User].User, at: w.now(), tts: r.TTS, nonce: r.Nonce}
	if err := w.refer(a, bits, m, r.Reference); err != nil {
		return wire.Message{}, err
	}
	if err := w.compose(m, &r, bits); err != nil {
		return wire.Message{}, err
	}
	w.publish(m)
	return w.answer(m, a.User), nil
}

// answer is the message for whoever made it: with its nonce.
func (w *World) answer(m *message, viewer ID) wire.Message {
	out := w.messageWire(m, viewer)
	out.Nonce = m.nonce
	return out
}

// publish puts a finished message into its channel and tells of it.
func (w *World) publish(m *message) {
	if m.channel.archived {
		w.setArchived(m.channel, false)
		w.emitChannel(m.channel, "UPDATE")
	}
	w.add(m)
	w.touchThread(m.channel)
	w.drawIntoThread(m)
	w.emitMessage(m, "MESSAGE_CREATE", "message_create")
	w.notify(m)
}

// mayPost holds the permissions for a new message.
func (w *World) mayPost(a Actor, c *channel, bits permission.Bits, r *MessageRequest) error {
	switch {
	case c.kind == wire.ChannelForum || c.kind == wire.ChannelMedia:
		return refusal.Code(40058)
	case !c.isText():
		return refusal.Code(50008)
	case c.guild == nil:
		return w.mayDM(a, c)
	case !c.mayWrite(bits):
		return refusal.Code(50013)
	case c.archived && c.locked && !bits.Has(permission.ManageThreads):
		return refusal.Code(50083)
	case c.locked && !bits.Has(permission.ManageThreads):
		return refusal.Code(160005)
	}
	if err := mayCarry(bits, r); err != nil {
		return err
	}
	if c.archived {
		if err := c.guild.threadRoom(); err != nil {
			return err
		}
	}
	return w.slow(a, c, bits)
}

// mayCarry holds the permissions for what a message brings beyond its text.
func mayCarry(bits permission.Bits, r *MessageRequest) error {
	if len(r.Files) > 0 && !bits.Has(permission.AttachFiles) || len(r.Embeds.V) > 0 && !bits.Has(permission.EmbedLinks) ||
		r.TTS && !bits.Has(permission.SendTTS) {
		return refusal.Code(50013)
	}
	return nil
}

// slow holds the slow mode for people; bots are not slowed.
func (w *World) slow(a Actor, c *channel, bits permission.Bits) error {
	last, wrote := c.lastSent[a.User]
	if a.IsBot() || c.slowmode == 0 || !wrote || bits.Has(permission.BypassSlowmode) {
		return nil
	}
	wait := last.Add(time.Duration(c.slowmode) * time.Second).Sub(w.now())
	if wait <= 0 {
		return nil
	}
	return refusal.Limited(20016, wait.Seconds())
}

// mayDM: a bot reaches a person who shares a server with it and takes direct messages; bots do not write to each other.
func (w *World) mayDM(a Actor, c *channel) error {
	for _, id := range c.recipients {
		other := w.users[id]
		if id == a.User || other == nil {
			continue
		}
		if a.IsBot() && (other.refusesDMs || other.app != nil || !w.shareGuild(a.User, id)) {
			return refusal.Code(50007)
		}
	}
	return nil
}

// shareGuild asks whoever is in fewer guilds: a bot may be in ten thousand.
func (w *World) shareGuild(a, b ID) bool {
	few, many := w.users[a].guilds, w.users[b].guilds
	if len(few) > len(many) {
		few, many = many, few
	}
	for id := range few {
		if many[id] {
			return true
		}
	}
	return false
}

// sameNonce finds the earlier message of enforce_nonce.
func (w *World) sameNonce(a Actor, c *channel, r *MessageRequest) *message {
	if !r.EnforceNonce || len(r.Nonce) == 0 {
		return nil
	}
	for _, m := range slices.Backward(c.messages) {
		if w.now().Sub(m.at) > nonceMemory {
			return nil
		}
		if m.author.ID == a.User && bytes.Equal(m.nonce, r.Nonce) {
			return m
		}
	}
	return nil
}

// refer makes the message a reply or a forward.
func (w *World) refer(a Actor, bits permission.Bits, m *message, r *ReferenceRequest) error {
	switch {
	case r == nil:
		return nil
	case r.Type == ReferenceForward:
		return w.forward(a, m, r)
	case r.MessageID == 0:
		return nil
	}
	c := m.channel
	if r.ChannelID != 0 && r.ChannelID != c.id {
		return refusal.Field("message_reference", "REPLIES_CANNOT_REPLY_TO_OTHER_CHANNEL", "Cannot reply to a message in a different channel")
	}
	if c.guild != nil && !bits.Has(permission.ReadMessageHistory) {
		return refusal.Code(160002)
	}
	target := w.messages[r.MessageID]
	known := target != nil && !target.gone && target.channel == c && !target.ephemeral()
	if !known && r.FailIfNotExists.Or(true) {
		return refusal.Field("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
	}
	if !known {
		return nil
	}
	if target.system() {
		return refusal.Field("message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message")
	}
	m.kind = wire.MessageReply
	m.reply = &wire.Reference{MessageID: r.MessageID, ChannelID: c.id, GuildID: c.guildID()}
	return nil
}

// compose fills a new message from the request and judges the whole.
func (w *World) compose(m *message, r *MessageRequest, bits permission.Bits) error {
	if err := checkAllowed(r.AllowedMentions); err != nil {
		return err
	}
	m.content = strings.TrimSpace(r.Content.V)
	m.embeds = w.normalizeEmbeds(r.Embeds.V)
	m.components = r.Components.V
	m.flags |= r.Flags.V & (wire.FlagSuppressEmbeds | wire.FlagSuppressNotifications | wire.FlagComponentsV2)
	if err := r.unavailable(); err != nil && m.flags&wire.FlagComponentsV2 == 0 {
		return err
	}
	if len(r.Files) > maxAttachments || len(r.Attachments.V) > maxAttachments {
		return refusal.Code(30015)
	}
	if err := checkRefs(r, nil); err != nil {
		return err
	}
	files, err := w.store(m.channel, r.Files, r.Attachments.V)
	if err != nil {
		return err
	}
	m.attachments = files
	if err := checkMessage(m, r); err != nil {
		return err
	}
	m.components = w.normalizeComponents(m.components)
	w.linkAttachments(m)
	m.mentions = w.mention(m, m.allowed(r), bits)
	return nil
}

// checkRefs refuses descriptions of files that were neither uploaded nor are there already.
func checkRefs(r *MessageRequest, old []*file) error {
	for i, ref := range r.Attachments.V {
		uploaded := slices.ContainsFunc(r.Files, func(f File) bool { return ID(f.Number) == ref.ID })
		kept := slices.ContainsFunc(old, func(f *file) bool { return f.id == ref.ID })
		if !uploaded && !kept {
			return refusal.Field("attachments."+itoa(i)+".id", "MESSAGE_ATTACHMENT_NOT_FOUND", "Attachment not found")
		}
	}
	return nil
}

// EditMessage changes a message (PATCH /channels/{c}/messages/{m}). Others than the author may change flags alone.
func (w *World) EditMessage(a Actor, channelID, messageID ID, r MessageRequest) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channel(a, channelID)
	if err != nil {
		return wire.Message{}, err
	}
	m, err := w.message(c, messageID)
	if err != nil {
		return wire.Message{}, err
	}
	if m.author.ID != a.User {
		foreign := r.Content.Set || r.Embeds.Set || r.Components.Set || r.Attachments.Set || len(r.Files) > 0
		if foreign || !bits.Has(permission.ManageMessages) {
			return wire.Message{}, refusal.Code(50005)
		}
	}
	switch {
	case m.system():
		return wire.Message{}, refusal.Code(50021)
	case c.archived:
		return wire.Message{}, refusal.Code(50083)
	case c.locked && !bits.Has(permission.ManageThreads):
		return wire.Message{}, refusal.Code(160005)
	}
	if err := m.mayEditOld(w.now()); err != nil {
		return wire.Message{}, err
	}
	if err := w.change(m, &r, bits); err != nil {
		return wire.Message{}, err
	}
	w.emitMessage(m, "MESSAGE_UPDATE", "message_update")
	return w.messageWire(m, a.User), nil
}

// How often a message older than oldMessage may be edited in a while. That there is such a limit is documented (30046),
// its numbers are not: these let a bot show something new every ten seconds for five minutes, and every minute for ever.
const (
	oldMessage   = time.Hour
	oldEdits     = 30
	oldEditsEach = 5 * time.Minute
)

// editWindow counts edits since a moment.
type editWindow struct {
	since time.Time
	count int
}

// mayEditOld counts an edit of a message that is older than an hour, and refuses one too many.
func (m *message) mayEditOld(now time.Time) error {
	if now.Sub(m.at) <= oldMessage {
		return nil
	}
	e := &m.oldEdits
	if now.Sub(e.since) >= oldEditsEach {
		*e = editWindow{since: now}
	}
	if e.count >= oldEdits {
		return refusal.Limited(30046, e.since.Add(oldEditsEach).Sub(now).Seconds())
	}
	e.count++
	return nil
}

// change applies an edit: what the request leaves out stays, null empties. Nobody is notified by an edit.
func (w *World) change(m *message, r *MessageRequest, bits permission.Bits) error {
	if err := checkAllowed(r.AllowedMentions); err != nil {
		return err
	}
	next := *m
	if r.Content.Set {
		next.content = strings.TrimSpace(r.Content.V)
	}
	if r.Embeds.Set {
		next.embeds = w.normalizeEmbeds(r.Embeds.V)
	}
	if r.Components.Set {
		next.components = r.Components.V
	}
	if r.Flags.Has() {
		// Components v2 can be switched on by an edit, never off (resources/message).
		next.flags = next.flags&^wire.FlagSuppressEmbeds | r.Flags.V&(wire.FlagSuppressEmbeds|wire.FlagComponentsV2)
	}
	if err := w.changeFiles(m, &next, r); err != nil {
		return err
	}
	if err := checkMessage(&next, r); err != nil {
		return err
	}
	if r.Components.Set {
		next.components = w.normalizeComponents(next.components)
	}
	w.linkAttachments(&next)
	if r.Content.Set || r.Components.Set || r.AllowedMentions != nil {
		notified := next.mentions.notified
		next.mentions = w.mention(&next, next.allowed(r), bits)
		next.mentions.notified = notified
	}
	next.edited = w.now()
	*m = next
	return nil
}

// changeFiles keeps the files that the request lists and adds the uploaded ones.
func (w *World) changeFiles(m, next *message, r *MessageRequest) error {
	if err := checkRefs(r, m.attachments); err != nil {
		return err
	}
	next.attachments = slices.Clone(m.attachments)
	if r.Attachments.Set {
		next.attachments = slices.DeleteFunc(next.attachments, func(f *file) bool {
			return !next.displays(f) && !slices.ContainsFunc(r.Attachments.V, func(ref AttachmentRef) bool { return ref.ID == f.id })
		})
	}
	files, err := w.store(m.channel, r.Files, r.Attachments.V)
	next.attachments = append(next.attachments, files...)
	return err
}

// linkAttachments turns attachment://name in embeds and components into the file's address.
func (w *World) linkAttachments(m *message) {
	for i := range m.embeds {
		e := &m.embeds[i]
		w.linkEmbedMedia(m, e.Image)
		w.linkEmbedMedia(m, e.Thumbnail)
		if e.Footer != nil {
			w.linkIcon(m, &e.Footer.IconURL, &e.Footer.ProxyIconURL)
		}
		if e.Author != nil {
			w.linkIcon(m, &e.Author.IconURL, &e.Author.ProxyIconURL)
		}
	}
	wire.Walk(m.components, func(c *wire.Component) {
		w.linkMedia(m, c, c.Media)
		w.linkMedia(m, c, c.File)
		for i := range c.Items {
			w.linkMedia(m, c, &c.Items[i].Media)
		}
	})
}

// attached finds the file behind attachment://name.
func (m *message) attached(address string) *file {
	for _, f := range m.attachments {
		if address == "attachment://"+f.name {
			return f
		}
	}
	return nil
}

func (w *World) linkEmbedMedia(m *message, media *wire.EmbedMedia) {
	if media == nil {
		return
	}
	if f := m.attached(media.URL); f != nil {
		media.URL, media.ProxyURL, media.Width, media.Height = w.fileURL(f), w.fileURL(f), f.width, f.height
	}
}

func (w *World) linkIcon(m *message, address, proxy *string) {
	if f := m.attached(*address); f != nil {
		*address, *proxy = w.fileURL(f), w.fileURL(f)
	}
}

// displays tells that an embed or a component of the message shows the file, which then is none of its attachments
// (resources/message "Message Object").
func (m *message) displays(f *file) bool {
	at := f.path()
	shown := func(address string) bool { return strings.Contains(address, at) }
	for _, e := range m.embeds {
		if e.Image != nil && shown(e.Image.URL) || e.Thumbnail != nil && shown(e.Thumbnail.URL) ||
			e.Footer != nil && shown(e.Footer.IconURL) || e.Author != nil && shown(e.Author.IconURL) {
			return true
		}
	}
	found := false
	wire.Walk(m.components, func(c *wire.Component) {
		found = found || c.Media != nil && shown(c.Media.URL) || c.File != nil && shown(c.File.URL) ||
			slices.ContainsFunc(c.Items, func(i wire.GalleryItem) bool { return shown(i.Media.URL) })
	})
	return found
}

func (w *World) linkMedia(m *message, c *wire.Component, media *wire.Media) {
	if media == nil {
		return
	}
	f := m.attached(media.URL)
	if f == nil {
		return
	}
	media.URL, media.ProxyURL, media.AttachmentID, media.ContentType = w.fileURL(f), w.fileURL(f), f.id, wire.Some(f.kind)
	if c.Type == wire.ComponentFile {
		c.Name, c.Size = ptr(f.name), ptr(len(f.data))
	}
}

// DeleteMessage removes a message; another's needs MANAGE_MESSAGES.
func (w *World) DeleteMessage(a Actor, channelID, messageID ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channel(a, channelID)
	if err != nil {
		return err
	}
	if own := w.messages[messageID]; own != nil && own.onlyFor == a.User && own.channel == c {
		// "Dismiss message": an ephemeral message goes by the hand of its reader.
		w.removeResponse(own)
		return nil
	}
	m, err := w.message(c, messageID)
	if err != nil {
		return err
	}
	if m.author.ID != a.User {
		switch {
		case c.guild == nil:
			return refusal.Code(50003)
		case !bits.Has(permission.ManageMessages):
			return refusal.Code(50013)
		}
	}
	switch {
	case m.undeletable():
		return refusal.Code(50021)
	case c.locked && c.archived && !bits.Has(permission.ManageThreads):
		return refusal.Code(50083)
	}
	w.remove(m)
	w.emitMessageDelete(m)
	if m.author.ID != a.User {
		w.logMessages(a, c, auditMessageDelete, m.author.ID, map[string]string{"channel_id": c.id.String(), "count": "1"})
	}
	return nil
}

// bulkDeleteAge is how old a message may be to be deleted in bulk.
const bulkDeleteAge = 14 * 24 * time.Hour

// BulkDelete removes messages that are younger than two weeks; how many is the form's to judge.
func (w *World) BulkDelete(a Actor, channelID ID, ids []ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channelNeeding(a, channelID, permission.ManageMessages)
	if err != nil {
		return err
	}
	if c.guild == nil {
		return refusal.Code(50003)
	}
	for _, id := range ids {
		if w.now().Sub(id.Time()) > bulkDeleteAge {
			return refusal.Code(50034)
		}
		if m, err := w.message(c, id); err == nil && m.undeletable() {
			return refusal.Code(50021)
		}
	}
	gone := []ID{}
	for _, id := range ids {
		if m, err := w.message(c, id); err == nil {
			w.remove(m)
			gone = append(gone, id)
			w.showChannel(c, "message_delete", func(ID) any { return map[string]any{"id": id, "channel_id": c.id} })
		}
	}
	w.dispatch(Dispatch{
		Type: "MESSAGE_DELETE_BULK", Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: intentGuildMessages,
		Data: encode(map[string]any{"ids": gone, "channel_id": c.id, "guild_id": c.guildID()}),
	})
	w.logMessages(a, c, auditBulkDelete, c.id, map[string]string{"count": itoa(len(gone))})
	return nil
}

// Page chooses part of a history: at most one of the ids is not zero.
type Page struct {
	Before, After, Around ID
	Limit                 int
}

// Messages lists messages, newest first. Without READ_MESSAGE_HISTORY the list is empty (resources/message).
func (w *World) Messages(a Actor, channelID ID, p Page) ([]wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channel(a, channelID)
	if err != nil {
		return nil, err
	}
	if !c.isText() {
		return nil, refusal.Code(50024)
	}
	out := []wire.Message{}
	if !bits.Has(permission.ReadMessageHistory) {
		return out, nil
	}
	for _, m := range slices.Backward(page(c.messages, p)) {
		out = append(out, w.messageWire(m, a.User))
	}
	return out, nil
}

func page(all []*message, p Page) []*message {
	cut := func(id ID) int {
		i, _ := slices.BinarySearchFunc(all, id, byMessageID)
		return i
	}
	switch {
	case p.Before != 0:
		end := cut(p.Before)
		return all[max(0, end-p.Limit):end]
	case p.After != 0:
		start := cut(p.After + 1)
		return all[start:min(len(all), start+p.Limit)]
	case p.Around != 0:
		start := max(0, cut(p.Around)-p.Limit/2)
		return all[start:min(len(all), start+p.Limit)]
	}
	return all[max(0, len(all)-p.Limit):]
}

// Message gives one message.
func (w *World) Message(a Actor, channelID, messageID ID) (wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channelNeeding(a, channelID, permission.ReadMessageHistory)
	if err != nil {
		return wire.Message{}, err
	}
	m, err := w.message(c, messageID)
	if err != nil {
		return wire.Message{}, err
	}
	return w.messageWire(m, a.User), nil
}

// Typing tells that the actor is writing.
func (w *World) Typing(a Actor, channelID ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channel(a, channelID)
	if err != nil {
		return err
	}
	if c.guild != nil && !c.mayWrite(bits) {
		return refusal.Code(50013)
	}
	data := map[string]any{"channel_id": c.id, "user_id": a.User, "timestamp": w.now().Unix()}
	if c.guild != nil {
		data["guild_id"] = c.guild.id
		data["member"] = c.guild.members[a.User].wire()
	}
	w.dispatch(Dispatch{
		Type: "TYPING_START", Guild: c.guildID(), Apps: w.appsSeeing(c), Intents: c.intent(intentGuildTyping, intentDirectTyping),
		Data: encode(data),
	})
	w.showChannel(c, "typing", func(ID) any { return map[string]any{"channel_id": c.id, "user_id": a.User} })
	return nil
}
