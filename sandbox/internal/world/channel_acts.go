package world

import (
	"slices"
	"strconv"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// Limits of channels (resources/channel, topics/opcodes-and-status-codes).
const (
	maxChannels        = 500
	maxInCategory      = 50
	maxOverwrites      = 1000
	maxTopic           = 1024
	maxForumTopic      = 4096
	maxVoiceUsers      = 99
	maxActiveThreads   = 1000
	defaultAutoArchive = 4320
)

func itoa(n int) string { return strconv.Itoa(n) }

// CreateChannel makes a channel (POST /guilds/{g}/channels).
func (w *World) CreateChannel(a Actor, guildID ID, r ChannelRequest) (wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return wire.Channel{}, err
	}
	c := &channel{id: w.newID(), kind: r.Type.Or(wire.ChannelText), guild: g, bitrate: 64000}
	may, err := w.placeNew(a, g, c, &r)
	if err != nil {
		return wire.Channel{}, err
	}
	if c.name, err = channelName(c.kind, r.Name.V); err != nil {
		return wire.Channel{}, err
	}
	if err := w.setPlain(c, &r); err != nil {
		return wire.Channel{}, err
	}
	if r.PermissionOverwrites.Has() {
		if c.overwrites, err = w.readOverwrites(g, r.PermissionOverwrites.V, nil, may); err != nil {
			return wire.Channel{}, err
		}
	}
	g.channels[c.id], w.channels[c.id] = c, c
	w.log(g, auditEntry{actor: a, action: auditChannelCreate, target: c.id, changes: differences(nil, c.plain())})
	w.emitChannel(c, "CREATE")
	return w.channelWire(c, a.User), nil
}

// placeNew checks that there is room and the right to make a channel where it is wanted, and gives the actor's
// permissions there.
func (w *World) placeNew(a Actor, g *guild, c *channel, r *ChannelRequest) (permission.Bits, error) {
	may := w.inGuild(g, a.User)
	manages := may.Has(permission.ManageChannels)
	if parent := r.ParentID.Or(0); parent != 0 {
		p, err := w.category(g, parent, c)
		if err != nil {
			return 0, err
		}
		inParent := w.in(p, a.User)
		manages = inParent.Has(permission.ManageChannels)
		may |= inParent
		c.parent = p.id
		// A channel made without overwrites takes those of its category. (Not documented; as seen in Discord.)
		c.overwrites = slices.Clone(p.overwrites)
	}
	if !manages {
		return 0, refusal.Code(50013)
	}
	if len(g.sortedChannels()) >= maxChannels {
		return 0, refusal.Code(30013)
	}
	if c.parent != 0 && g.inCategory(c.parent) >= maxInCategory {
		return 0, categoryFull()
	}
	c.position = r.Position.Or(len(g.channels))
	return may, nil
}

func categoryFull() error {
	return refusal.Field("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", "Maximum number of channels in category reached (50)")
}

// category gives the channel if it may be the parent of child; categories do not nest.
func (w *World) category(g *guild, id ID, child *channel) (*channel, error) {
	p := g.channels[id]
	if p == nil || child.kind == wire.ChannelCategory {
		return nil, refusal.Field("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
	}
	if p.kind != wire.ChannelCategory {
		return nil, refusal.Field("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
	}
	return p, nil
}

func (g *guild) inCategory(id ID) int {
	n := 0
	for _, c := range g.channels {
		if c.parent == id && !c.isThread() {
			n++
		}
	}
	return n
}

// setPlain sets what needs no right of its own.
func (w *World) setPlain(c *channel, r *ChannelRequest) error {
	limit := maxTopic
	if c.isForum() {
		limit = maxForumTopic
	}
	if len([]rune(r.Topic.V)) > limit {
		return refusal.Field("topic", "BASE_TYPE_MAX_LENGTH", "Must be "+itoa(limit)+" or fewer in length.")
	}
	if c.kind == wire.ChannelVoice && r.UserLimit.Or(0) > maxVoiceUsers {
		return refusal.Field("user_limit", "NUMBER_TYPE_MAX", "int value should be less than or equal to "+itoa(maxVoiceUsers)+".")
	}
	if r.Topic.Set {
		c.topic = r.Topic.V
	}
	if r.NSFW.Has() {
		c.nsfw = r.NSFW.V
	}
	if r.RateLimitPerUser.Set {
		c.slowmode = r.RateLimitPerUser.V
	}
	c.bitrate, c.userLimit = r.Bitrate.Or(c.bitrate), r.UserLimit.Or(c.userLimit)
	c.region, c.video = later(c.region, r.RTCRegion), later(c.video, r.VideoQuality)
	c.autoThread, c.threadSlow = r.DefaultAutoArchive.Or(c.autoThread), r.DefaultThreadSlow.Or(c.threadSlow)
	if !c.isForum() {
		return nil
	}
	if r.Flags.Has() {
		c.flags = r.Flags.V & flagRequireTag
	}
	c.forum.set(r)
	if r.AvailableTags.Has() {
		return w.setTags(c, r.AvailableTags.V)
	}
	return nil
}

// readOverwrites judges overwrites: only for roles and members of the guild, only permissions that the actor has,
// MANAGE_ROLES by administrators alone (resources/guild "Create Guild Channel"). What old has unchanged is not judged.
func (w *World) readOverwrites(g *guild, in []OverwriteInput, old []overwrite, may permission.Bits) ([]overwrite, error) {
	if len(in) > maxOverwrites {
		return nil, refusal.Code(30060)
	}
	out := make([]overwrite, 0, len(in))
	for _, o := range in {
		next := overwrite{ID: uint64(o.ID), Member: o.Type == 1, Allow: permission.Bits(o.Allow.V), Deny: permission.Bits(o.Deny.V)}
		if err := checkOverwrite(g, next, old, may); err != nil {
			return nil, err
		}
		out = slices.DeleteFunc(out, func(p overwrite) bool { return p.ID == next.ID })
		out = append(out, next)
	}
	return out, nil
}

func checkOverwrite(g *guild, o overwrite, old []overwrite, may permission.Bits) error {
	if slices.Contains(old, o) {
		return nil
	}
	if !o.Member && g.roles[ID(o.ID)] == nil || o.Member && g.members[ID(o.ID)] == nil {
		return refusal.Code(10009)
	}
	var before overwrite
	for _, p := range old {
		if p.ID == o.ID {
			before = p
		}
	}
	changed := (o.Allow ^ before.Allow) | (o.Deny ^ before.Deny)
	if may.Has(permission.Administrator) {
		return nil
	}
	if changed&^may != 0 || changed.Has(permission.ManageRoles) {
		return refusal.Code(50013)
	}
	return nil
}

// Channel gives a channel.
func (w *World) Channel(a Actor, id ID) (wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, _, err := w.channel(a, id)
	if err != nil {
		return wire.Channel{}, err
	}
	return w.channelWire(c, a.User), nil
}

// Channels lists the guild's channels without threads. Discord lists them all, also those that the bot cannot view.
func (w *World) Channels(a Actor, guildID ID) ([]wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, err
	}
	out := []wire.Channel{}
	for _, c := range g.sortedChannels() {
		out = append(out, w.channelWire(c, a.User))
	}
	return out, nil
}

// EditChannel changes a channel or thread (PATCH /channels/{c}).
func (w *World) EditChannel(a Actor, id ID, r ChannelRequest) (wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channel(a, id)
	if err != nil {
		return wire.Channel{}, err
	}
	before, overwrites := c.plain(), c.overwrites
	switch {
	case c.guild == nil:
		return wire.Channel{}, refusal.Code(50003)
	case c.isThread():
		err = w.editThread(a, c, bits, &r)
	case !bits.Has(permission.ManageChannels):
		err = refusal.Code(50013)
	default:
		err = w.editChannel(a, c, bits, &r)
	}
	if err != nil {
		return wire.Channel{}, err
	}
	w.logEdit(a, c, before, overwrites)
	w.emitChannel(c, "UPDATE")
	return w.channelWire(c, a.User), nil
}

func (w *World) editChannel(a Actor, c *channel, bits permission.Bits, r *ChannelRequest) error {
	next := *c
	if err := convert(&next, r); err != nil {
		return err
	}
	if err := rename(&next, r); err != nil {
		return err
	}
	if err := w.setPlain(&next, r); err != nil {
		return err
	}
	if err := w.move(a, c, &next, r); err != nil {
		return err
	}
	if r.PermissionOverwrites.Has() {
		if !bits.Has(permission.ManageRoles) {
			return refusal.Code(50013)
		}
		list, err := w.readOverwrites(c.guild, r.PermissionOverwrites.V, c.overwrites, w.grantable(a, c))
		if err != nil {
			return err
		}
		next.overwrites = list
	}
	next.position = r.Position.Or(next.position)
	*c = next
	return nil
}

// convert turns a text channel into an announcement channel or back, in guilds with the feature NEWS (resources/channel
// "Modify Channel").
func convert(next *channel, r *ChannelRequest) error {
	to := r.Type.Or(next.kind)
	if to == next.kind {
		return nil
	}
	convertible := next.kind == wire.ChannelText || next.kind == wire.ChannelNews
	if !convertible || !slices.Contains(next.guild.features, "NEWS") {
		return refusal.Field("type", "CHANNEL_TYPE_INVALID", "This channel cannot be converted to type "+itoa(to))
	}
	next.kind = to
	return nil
}

// rename gives the channel its new name. How often that may happen is a rate limit and not the world's.
func rename(next *channel, r *ChannelRequest) error {
	if !r.Name.Has() {
		return nil
	}
	name, err := channelName(next.kind, r.Name.V)
	next.name = name
	return err
}

// move needs the right to manage channels in the new category too (resources/guild).
func (w *World) move(a Actor, c, next *channel, r *ChannelRequest) error {
	if !r.ParentID.Set || r.ParentID.V == c.parent {
		return nil
	}
	if r.ParentID.V != 0 {
		p, err := w.category(c.guild, r.ParentID.V, c)
		if err != nil {
			return err
		}
		if !w.in(p, a.User).Has(permission.ManageChannels) {
			return refusal.Code(50013)
		}
		if c.guild.inCategory(p.id) >= maxInCategory {
			return categoryFull()
		}
	}
	next.parent = r.ParentID.V
	return nil
}

// DeleteChannel removes a channel or thread, or closes a direct message. A category's channels stay, without parent.
func (w *World) DeleteChannel(a Actor, id ID) (wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, bits, err := w.channel(a, id)
	if err != nil {
		return wire.Channel{}, err
	}
	need := permission.ManageChannels
	if c.isThread() {
		need = permission.ManageThreads
	}
	if c.guild != nil && !bits.Has(need) {
		return wire.Channel{}, refusal.Code(50013)
	}
	out := w.channelWire(c, a.User)
	if c.guild != nil {
		w.dropChannel(c)
		action := auditChannelDelete
		if c.isThread() {
			action = auditThreadDelete
		}
		w.log(c.guild, auditEntry{actor: a, action: action, target: c.id, changes: differences(c.plain(), nil)})
	}
	return out, nil
}

// dropChannel removes the channel and all that hangs on it.
func (w *World) dropChannel(c *channel) {
	for _, child := range c.guild.channels {
		if child.parent == c.id && child.isThread() {
			w.dropChannel(child)
		}
	}
	w.emitChannel(c, "DELETE")
	delete(c.guild.channels, c.id)
	c.guild.settings.forget(c.id)
	delete(w.channels, c.id)
	for _, m := range slices.Concat(c.messages, c.hidden) {
		m.gone = true
		delete(w.messages, m.id)
	}
	c.hidden = nil
	for id, hook := range w.webhooks {
		if hook.channel == c {
			delete(w.webhooks, id)
		}
	}
	for _, child := range c.guild.sortedChannels() {
		if child.parent == c.id {
			child.parent = 0
			w.emitChannel(child, "UPDATE")
		}
	}
}

// Position is an entry of a reordering (PATCH /guilds/{g}/channels).
type Position struct {
	ID              ID             `json:"id"`
	Position        wire.Opt[int]  `json:"position"`
	ParentID        wire.Opt[ID]   `json:"parent_id"`
	LockPermissions wire.Opt[bool] `json:"lock_permissions"`
}

// Reorder moves channels; lock_permissions takes over the overwrites of the new category.
func (w *World) Reorder(a Actor, guildID ID, list []Position) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return err
	}
	if err := w.needGuild(g, a, permission.ManageChannels); err != nil {
		return err
	}
	for _, p := range list {
		c := g.channels[p.ID]
		if c == nil || c.isThread() {
			return refusal.Code(10003)
		}
		next := *c
		if err := w.move(a, c, &next, &ChannelRequest{ParentID: p.ParentID}); err != nil {
			return err
		}
		next.position = p.Position.Or(next.position)
		if parent := w.channels[next.parent]; p.LockPermissions.Or(false) && parent != nil {
			next.overwrites = slices.Clone(parent.overwrites)
		}
		*c = next
		w.emitChannel(c, "UPDATE")
	}
	return nil
}

// SetOverwrite sets one overwrite (PUT /channels/{c}/permissions/{o}).
func (w *World) SetOverwrite(a Actor, channelID ID, in OverwriteInput) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.overwritable(a, channelID)
	if err != nil {
		return err
	}
	next := overwrite{ID: uint64(in.ID), Member: in.Type == 1, Allow: permission.Bits(in.Allow.V), Deny: permission.Bits(in.Deny.V)}
	if err := checkOverwrite(c.guild, next, c.overwrites, w.grantable(a, c)); err != nil {
		return err
	}
	old := c.overwrites
	c.overwrites = slices.DeleteFunc(slices.Clone(c.overwrites), func(o overwrite) bool { return o.ID == next.ID })
	if len(c.overwrites) >= maxOverwrites {
		return refusal.Code(30060)
	}
	c.overwrites = append(c.overwrites, next)
	w.logNewOverwrite(a, c, old, next)
	w.emitChannel(c, "UPDATE")
	return nil
}

// DeleteOverwrite removes one overwrite.
func (w *World) DeleteOverwrite(a Actor, channelID, id ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := w.overwritable(a, channelID)
	if err != nil {
		return err
	}
	old := c.overwrites
	kept := slices.DeleteFunc(slices.Clone(c.overwrites), func(o overwrite) bool { return o.ID == uint64(id) })
	if len(kept) == len(c.overwrites) {
		return refusal.Code(10009)
	}
	c.overwrites = kept
	w.logEdit(a, c, c.plain(), old)
	w.emitChannel(c, "UPDATE")
	return nil
}

func (w *World) overwritable(a Actor, channelID ID) (*channel, error) {
	c, _, err := w.channelNeeding(a, channelID, permission.ManageRoles)
	if err != nil {
		return nil, err
	}
	if c.guild == nil || c.isThread() {
		return nil, refusal.Code(50024)
	}
	return c, nil
}

// grantable is what the actor may put into overwrites of the channel: what it has in the guild or in the category, and
// everything when an overwrite there gives it MANAGE_ROLES (resources/channel "Edit Channel Permissions").
func (w *World) grantable(a Actor, c *channel) permission.Bits {
	m := c.guild.members[a.User]
	for _, o := range c.overwrites {
		mine := o.Member && ID(o.ID) == a.User || !o.Member && slices.Contains(m.roles, ID(o.ID))
		if mine && o.Allow.Has(permission.ManageRoles) {
			return permission.All
		}
	}
	may := w.inGuild(c.guild, a.User)
	if parent := w.channels[c.parent]; parent != nil {
		may |= w.in(parent, a.User)
	}
	return may
}
