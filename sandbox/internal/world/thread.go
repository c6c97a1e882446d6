package world

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// maxThreadMembers is how many may take part in a thread (topics/threads).
const maxThreadMembers = 1000

// touchThread restarts the timer that archives an idle thread.
func (w *World) touchThread(c *channel) {
	if !c.isThread() || c.archived {
		return
	}
	if c.archiveWait != nil {
		c.archiveWait.Stop()
	}
	c.archiveWait = w.cfg.Clock.AfterFunc(time.Duration(c.archive)*time.Minute, func() { w.archiveIdle(c) })
}

func (w *World) archiveIdle(c *channel) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.channels[c.id] != c || c.archived || c.flags&flagPinned != 0 {
		return
	}
	w.setArchived(c, true)
	w.emitChannel(c, "UPDATE")
}

func (w *World) setArchived(c *channel, archived bool) {
	c.archived, c.archivedAt, c.reopened = archived, w.now(), !archived
	if archived {
		c.flags &^= flagPinned
	}
	if archived && c.archiveWait != nil {
		c.archiveWait.Stop()
		return
	}
	w.touchThread(c)
}

// StartThread makes a thread, from a message when messageID is not 0. In a forum the request brings its first message.
func (w *World) StartThread(a Actor, channelID, messageID ID, r ChannelRequest) (wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	parent, bits, err := w.channel(a, channelID)
	if err != nil {
		return wire.Channel{}, err
	}
	kind, err := threadKind(parent, messageID, &r)
	if err != nil {
		return wire.Channel{}, err
	}
	if err := w.mayStart(parent, bits, kind); err != nil {
		return wire.Channel{}, err
	}
	t := &channel{
		id: w.newID(), kind: kind, guild: parent.guild, name: r.Name.V, parent: parent.id, owner: a.User,
		invitable: r.Invitable.Or(true), slowmode: r.RateLimitPerUser.Or(parent.threadSlow),
		archive: r.AutoArchive.Or(cmp.Or(parent.autoThread, defaultAutoArchive)), archivedAt: w.now(),
		joined: map[ID]time.Time{a.User: w.now()},
	}
	if err := applyTags(parent, t, bits, r.AppliedTags.V); err != nil {
		return wire.Channel{}, err
	}
	first, err := w.threadStart(a, parent, t, messageID, bits, &r)
	if err != nil {
		return wire.Channel{}, err
	}
	parent.guild.channels[t.id], w.channels[t.id] = t, t
	w.touchThread(t)
	w.log(parent.guild, auditEntry{actor: a, action: auditThreadCreate, target: t.id, changes: differences(nil, t.plain())})
	w.emitChannel(t, "CREATE")
	w.announceThread(a, parent, t, first, &r)
	return w.channelWire(t, a.User), nil
}

// threadKind decides the type: asked for, or given by the place.
func threadKind(parent *channel, messageID ID, r *ChannelRequest) (int, error) {
	switch {
	case parent.kind == wire.ChannelForum || parent.kind == wire.ChannelMedia:
		if r.Message == nil {
			return 0, refusal.Field("message", "BASE_TYPE_REQUIRED", "This field is required")
		}
		return wire.ChannelPublicThread, nil
	case parent.kind == wire.ChannelNews:
		return wire.ChannelNewsThread, nil
	case parent.kind != wire.ChannelText || parent.guild == nil:
		return 0, refusal.Code(50024)
	case messageID != 0:
		return wire.ChannelPublicThread, nil
	}
	// Without a type it is private, a leftover that Discord documents (resources/channel).
	return r.Type.Or(wire.ChannelPrivateThread), nil
}

func (w *World) mayStart(parent *channel, bits permission.Bits, kind int) error {
	need := permission.CreatePublicThreads
	if kind == wire.ChannelPrivateThread {
		need = permission.CreatePrivateThreads
	}
	if parent.kind == wire.ChannelForum || parent.kind == wire.ChannelMedia {
		need = permission.SendMessages
	}
	if !bits.Has(need) {
		return refusal.Code(50013)
	}
	return parent.guild.threadRoom()
}

// threadRoom refuses a further active thread when the guild has as many as it takes.
func (g *guild) threadRoom() error {
	active := 0
	for _, c := range g.channels {
		if c.isThread() && !c.archived {
			active++
		}
	}
	if active >= maxActiveThreads {
		return refusal.Code(160006)
	}
	return nil
}

// threadStart ties the thread to its message, or composes the first one of a forum post; without either it gives an
// empty message.
func (w *World) threadStart(a Actor, parent, t *channel, messageID ID, bits permission.Bits, r *ChannelRequest) (*message, error) {
	if messageID != 0 {
		m, err := w.message(parent, messageID)
		if err != nil {
			return nil, err
		}
		if m.thread != nil {
			return nil, refusal.Code(160004)
		}
		// A thread of a message has the message's id (topics/threads).
		t.id = m.id
		m.thread = t
		return m, nil
	}
	first := &message{id: t.id, channel: t, author: w.users[a.User].User, at: w.now()}
	if r.Message == nil {
		return first, nil
	}
	if err := mayCarry(bits, r.Message); err != nil {
		return nil, err
	}
	return first, w.compose(first, r.Message, bits)
}

// announceThread writes what a new thread leaves behind: a system message, the message's mark, a post's first message.
func (w *World) announceThread(a Actor, parent, t *channel, first *message, r *ChannelRequest) {
	switch {
	case first.channel == parent:
		w.emitMessage(first, "MESSAGE_UPDATE", "message_update")
		w.announceStart(a, t, first)
	case r.Message != nil:
		w.publish(first)
	case t.kind != wire.ChannelPrivateThread:
		w.announceThreadIn(a, parent, t)
	}
}

// editThread changes what the actor may change; mayEditThread decides that.
func (w *World) editThread(a Actor, c *channel, bits permission.Bits, r *ChannelRequest) error {
	if err := mayEditThread(a, c, bits, r); err != nil {
		return err
	}
	if c.archived && r.opens() {
		if err := c.guild.threadRoom(); err != nil {
			return err
		}
	}
	if r.AppliedTags.Has() {
		if err := applyTags(w.base(c), c, bits, r.AppliedTags.V); err != nil {
			return err
		}
	}
	if err := w.pinThread(c, r); err != nil {
		return err
	}
	if c.archived && r.opens() {
		w.setArchived(c, false)
	}
	if r.Name.Has() && r.Name.V != c.name {
		c.name = r.Name.V
		w.announce(a, c, wire.MessageNameChange, func(m *message) { m.content = c.name })
	}
	if r.AutoArchive.Or(c.archive) != c.archive {
		// It counts as activity (topics/threads "Active & Archived Threads").
		c.archive, c.archivedAt = r.AutoArchive.V, w.now()
		w.touchThread(c)
	}
	c.locked, c.invitable = r.Locked.Or(c.locked), r.Invitable.Or(c.invitable)
	c.slowmode = r.RateLimitPerUser.Or(c.slowmode)
	if r.Archived.Or(false) && !c.archived {
		w.setArchived(c, true)
	}
	return nil
}

// opens tells that the request unarchives a thread.
func (r *ChannelRequest) opens() bool { return r.Archived.Has() && !r.Archived.V }

// mayEditThread: archiving is for the owner and MANAGE_THREADS, locking and the rest for MANAGE_THREADS alone. An
// archived thread takes no other change than being unarchived.
func mayEditThread(a Actor, c *channel, bits permission.Bits, r *ChannelRequest) error {
	manages, opening := bits.Has(permission.ManageThreads), r.opens()
	if c.archived && !opening && !r.Locked.Has() {
		return refusal.Code(50083)
	}
	needsManage := r.Locked.Has() || r.RateLimitPerUser.Has() || r.Flags.Has() || c.locked
	if !manages && (needsManage || c.owner != a.User && !opening) {
		return refusal.Code(50013)
	}
	if opening && !manages && !bits.Has(permission.SendMessagesInThreads) {
		return refusal.Code(50013)
	}
	return nil
}

// EditThread is EditChannel for threads alone.
func (w *World) EditThread(a Actor, id ID, r ChannelRequest) (wire.Channel, error) {
	w.mu.Lock()
	_, _, err := w.thread(a, id)
	w.mu.Unlock()
	if err != nil {
		return wire.Channel{}, err
	}
	return w.EditChannel(a, id, r)
}

// thread gives a thread that the actor sees.
func (w *World) thread(a Actor, id ID) (*channel, permission.Bits, error) {
	c, bits, err := w.channel(a, id)
	if err != nil {
		return nil, 0, err
	}
	if !c.isThread() {
		return nil, 0, refusal.Code(50024)
	}
	return c, bits, nil
}

// JoinThread adds a user; another than oneself needs the right to write there.
func (w *World) JoinThread(a Actor, threadID, user ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.thread(a, threadID)
	if err != nil {
		return err
	}
	if c.archived {
		return refusal.Code(50083)
	}
	if c.guild.members[user] == nil {
		return refusal.Code(10007)
	}
	if user != a.User {
		uninvited := c.kind == wire.ChannelPrivateThread && !c.invitable && c.owner != a.User
		if !bits.Has(permission.SendMessagesInThreads) || uninvited && !bits.Has(permission.ManageThreads) {
			return refusal.Code(50013)
		}
	}
	if !permission.InThread(w.subject(c.guild, c.guild.members[user]), w.base(c).overwrites).Has(permission.ViewChannel) {
		return refusal.Code(50001)
	}
	_, already := c.joined[user]
	if err := w.addToThread(c, user); err != nil {
		return err
	}
	if !already {
		w.announceMember(a, c, wire.MessageRecipientAdd, user)
	}
	return nil
}

func (w *World) addToThread(c *channel, user ID) error {
	if _, already := c.joined[user]; already {
		return nil
	}
	if len(c.joined) >= maxThreadMembers {
		return refusal.Code(30033)
	}
	c.joined[user] = w.now()
	w.emitThreadMembers(c, []wire.ThreadMember{w.threadMember(c, user)}, nil)
	if w.apps[user] != nil {
		w.dispatch(Dispatch{
			Type: "THREAD_CREATE", Guild: c.guildID(), Apps: []uint64{uint64(user)}, Intents: intentGuilds,
			Data: encode(w.channelWire(c, user)),
		})
	}
	return nil
}

// drawIntoThread makes participants of who writes in a thread and of whom the message mentions, as far as they can see
// its parent (topics/threads).
func (w *World) drawIntoThread(m *message) {
	c := m.channel
	if !c.isThread() || m.system() {
		return
	}
	for _, id := range append([]ID{m.author.ID}, m.mentions.users...) {
		member := c.guild.members[id]
		if member == nil || !permission.InThread(w.subject(c.guild, member), w.base(c).overwrites).Has(permission.ViewChannel) {
			continue
		}
		if err := w.addToThread(c, id); err != nil {
			return
		}
	}
}

// LeaveThread removes a user; another than oneself needs MANAGE_THREADS, or to own a private thread.
func (w *World) LeaveThread(a Actor, threadID, user ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.thread(a, threadID)
	if err != nil {
		return err
	}
	owns := c.kind == wire.ChannelPrivateThread && c.owner == a.User
	switch {
	case c.archived:
		return refusal.Code(50083)
	case user != a.User && !owns && !bits.Has(permission.ManageThreads):
		return refusal.Code(50013)
	}
	if _, member := c.joined[user]; !member {
		return refusal.Code(10007)
	}
	apps := w.appsSeeing(c)
	delete(c.joined, user)
	w.emitThreadMembersTo(apps, c, nil, []ID{user})
	w.announceMember(a, c, wire.MessageRecipientRemove, user)
	return nil
}

func (w *World) emitThreadMembers(c *channel, added []wire.ThreadMember, removed []ID) {
	w.emitThreadMembersTo(w.appsSeeing(c), c, added, removed)
}

// emitThreadMembersTo tells of comings and goings; a bot without the members intent hears of itself only
// (events/gateway-events "Thread Members Update").
func (w *World) emitThreadMembersTo(apps []uint64, c *channel, added []wire.ThreadMember, removed []ID) {
	data := map[string]any{"id": c.id, "guild_id": c.guildID(), "member_count": min(len(c.joined), 50)}
	if added != nil {
		data["added_members"] = added
	}
	if removed != nil {
		data["removed_member_ids"] = removed
	}
	raw := encode(data)
	w.dispatch(Dispatch{
		Type: "THREAD_MEMBERS_UPDATE", Guild: c.guildID(), Apps: apps, Intents: intentGuilds | intentMembers,
		Shape: func(app, intents uint64) json.RawMessage {
			about := slices.Contains(removed, ID(app)) || slices.ContainsFunc(added, func(m wire.ThreadMember) bool { return m.UserID == ID(app) })
			if intents&intentMembers == 0 && !about {
				return nil
			}
			return raw
		},
	})
	for _, id := range w.cfg.Output.Watched() {
		w.review(c, id, true, false)
	}
}

// tellReopened tells the bots that take part in a thread that it is active again (topics/threads "Unarchiving a Thread").
func (w *World) tellReopened(c *channel) {
	if !c.reopened {
		return
	}
	c.reopened = false
	for _, app := range w.appsSeeing(c) {
		if _, joined := c.joined[ID(app)]; joined {
			mine := w.threadMember(c, ID(app))
			w.dispatch(Dispatch{
				Type: "THREAD_MEMBER_UPDATE", Guild: c.guildID(), Apps: []uint64{app}, Intents: intentGuilds,
				Data: encode(map[string]any{
					"id": c.id, "guild_id": c.guildID(), "user_id": mine.UserID, "join_timestamp": mine.JoinTimestamp, "flags": mine.Flags,
				}),
			})
		}
	}
}

func (w *World) threadMember(c *channel, user ID) wire.ThreadMember {
	out := wire.ThreadMember{ID: c.id, UserID: user, JoinTimestamp: wire.At(c.joined[user])}
	if m := c.guild.members[user]; m != nil {
		out.Member = ptr(m.wire())
	}
	return out
}

// ThreadMembers lists who takes part, by id.
func (w *World) ThreadMembers(a Actor, threadID ID, withMember bool) ([]wire.ThreadMember, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.thread(a, threadID)
	if err != nil {
		return nil, err
	}
	out := []wire.ThreadMember{}
	for user := range c.joined {
		one := w.threadMember(c, user)
		if !withMember {
			one.Member = nil
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(x, y wire.ThreadMember) int { return cmp.Compare(x.UserID, y.UserID) })
	return out, nil
}

// ThreadMember gives one participant.
func (w *World) ThreadMember(a Actor, threadID, user ID, withMember bool) (wire.ThreadMember, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.thread(a, threadID)
	if err != nil {
		return wire.ThreadMember{}, err
	}
	if _, ok := c.joined[user]; !ok {
		return wire.ThreadMember{}, refusal.Code(10007)
	}
	out := w.threadMember(c, user)
	if !withMember {
		out.Member = nil
	}
	return out, nil
}

// Threads is a list of threads with the caller's memberships.
type Threads struct {
	Threads []wire.Channel      `json:"threads"`
	Members []wire.ThreadMember `json:"members"`
	HasMore bool                `json:"has_more"`
}

func (w *World) threadList(a Actor, list []*channel) Threads {
	out := Threads{Threads: []wire.Channel{}, Members: []wire.ThreadMember{}}
	for _, c := range list {
		if !w.sees(c, a.User) {
			continue
		}
		shown := w.channelWire(c, a.User)
		out.Threads = append(out.Threads, shown)
		if shown.Member != nil {
			out.Members = append(out.Members, *shown.Member)
		}
	}
	return out
}

// ActiveThreads lists the guild's threads that are not archived.
func (w *World) ActiveThreads(a Actor, guildID ID) (Threads, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return Threads{}, err
	}
	return w.threadList(a, g.sortedThreads()), nil
}

// ArchivedQuery says which archived threads are wanted (resources/channel "List Public Archived Threads" and following).
type ArchivedQuery struct {
	// Private asks for private threads, Joined for those of them that the actor joined.
	Private, Joined bool
	// Before is the moment of archiving before which they were archived; no matter when zero.
	Before time.Time
	// BeforeID takes the place of Before where Joined: an id below which theirs are; no matter when zero.
	BeforeID ID
	Limit    int
}

// fits says whether the thread is asked for by this user.
func (q *ArchivedQuery) fits(t *channel, user ID) bool {
	if !t.isThread() || !t.archived || (t.kind == wire.ChannelPrivateThread) != q.Private {
		return false
	}
	if !q.Joined {
		return q.Before.IsZero() || t.archivedAt.Before(q.Before)
	}
	_, joined := t.joined[user]
	return joined && (q.BeforeID == 0 || t.id < q.BeforeID)
}

// order puts the last archived first, or the youngest where they are paged by id.
func (q *ArchivedQuery) order(x, y *channel) int {
	if q.Joined {
		return cmp.Compare(y.id, x.id)
	}
	return y.archivedAt.Compare(x.archivedAt)
}

// ArchivedThreads lists a channel's archived threads: public ones, all private ones (MANAGE_THREADS), or the private ones
// that the actor joined.
func (w *World) ArchivedThreads(a Actor, channelID ID, q ArchivedQuery) (Threads, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channelNeeding(a, channelID, permission.ReadMessageHistory)
	if err != nil {
		return Threads{}, err
	}
	if q.Private && !q.Joined && !bits.Has(permission.ManageThreads) {
		return Threads{}, refusal.Code(50013)
	}
	var list []*channel
	for _, t := range c.guild.channels {
		if t.parent == c.id && q.fits(t, a.User) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, q.order)
	more := len(list) > q.Limit
	out := w.threadList(a, list[:min(q.Limit, len(list))])
	out.HasMore = more
	return out, nil
}
