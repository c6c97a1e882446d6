package world

import (
	"slices"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// overwrite is a channel's exception.
type overwrite = permission.Overwrite

// channel is a guild channel, a thread or a direct message.
type channel struct {
	id         ID
	kind       int
	guild      *guild
	name       string
	topic      string
	position   int
	parent     ID
	nsfw       bool
	slowmode   int
	overwrites []overwrite
	autoThread int
	threadSlow int
	tags       []wire.ForumTag
	forum      forumLook
	bitrate    int
	userLimit  int
	region     wire.Opt[string]
	video      wire.Opt[int]
	flags      int

	messages []*message
	// hidden are ephemeral messages, each for one user.
	hidden []*message
	// openTo are the bots that saw the channel when that was last looked at.
	openTo   []ID
	lastPin  time.Time
	lastSent map[ID]time.Time

	recipients []ID

	// applied are the tags of a forum post.
	applied    []ID
	owner      ID
	archived   bool
	locked     bool
	invitable  bool
	archive    int
	archivedAt time.Time
	// reopened tells that the thread was unarchived and its members are to be told so.
	reopened    bool
	archiveWait interface{ Stop() bool }
	joined      map[ID]time.Time
	total       int
}

func (c *channel) isThread() bool {
	return c.kind == wire.ChannelNewsThread || c.kind == wire.ChannelPublicThread || c.kind == wire.ChannelPrivateThread
}

// isText tells that messages may be in the channel.
func (c *channel) isText() bool {
	return c.kind != wire.ChannelCategory && c.kind != wire.ChannelForum && c.kind != wire.ChannelMedia
}

// guildID is 0 for a direct message.
func (c *channel) guildID() ID {
	if c.guild == nil {
		return 0
	}
	return c.guild.id
}

// base is the channel whose overwrites count: a thread's parent.
func (w *World) base(c *channel) *channel {
	if c.isThread() {
		if parent := w.channels[c.parent]; parent != nil {
			return parent
		}
	}
	return c
}

// dmPermissions is what everybody may do in a direct message.
const dmPermissions = permission.ViewChannel | permission.SendMessages | permission.EmbedLinks | permission.AttachFiles |
	permission.ReadMessageHistory | permission.AddReactions | permission.UseExternalEmojis | permission.MentionEveryone |
	permission.PinMessages | permission.UseCommands

// in is what the user may do in the channel; 0 when it may not even see it.
func (w *World) in(c *channel, user ID) permission.Bits {
	if c.guild == nil {
		if slices.Contains(c.recipients, user) {
			return dmPermissions
		}
		return 0
	}
	m := c.guild.members[user]
	if m == nil {
		return 0
	}
	s := w.subject(c.guild, m)
	if !c.isThread() {
		return permission.InChannel(s, c.overwrites)
	}
	bits := permission.InThread(s, w.base(c).overwrites)
	_, joined := c.joined[user]
	if c.kind == wire.ChannelPrivateThread && !joined && !bits.Has(permission.ManageThreads) {
		return 0
	}
	return bits
}

func (w *World) sees(c *channel, user ID) bool { return w.in(c, user).Has(permission.ViewChannel) }

// mayWrite tells whether the permissions allow messages in this kind of channel.
func (c *channel) mayWrite(bits permission.Bits) bool {
	if c.isThread() {
		return bits.Has(permission.SendMessagesInThreads)
	}
	return bits.Has(permission.SendMessages)
}

// private tells that not everyone of the guild may view the channel.
func (w *World) private(c *channel) bool {
	if c.guild == nil {
		return true
	}
	nobody := permission.Member{GuildID: uint64(c.guild.id), Everyone: c.guild.roles[c.guild.id].grant}
	if c.kind == wire.ChannelPrivateThread {
		return true
	}
	return !permission.InChannel(nobody, w.base(c).overwrites).Has(permission.ViewChannel)
}

// channel gives the channel if the actor sees it: 10003 when there is none, 50001 when it is hidden.
func (w *World) channel(a Actor, id ID) (*channel, permission.Bits, error) {
	c := w.channels[id]
	if c == nil {
		return nil, 0, refusal.Code(10003)
	}
	bits := w.in(c, a.User)
	if !bits.Has(permission.ViewChannel) {
		return nil, 0, refusal.Code(50001)
	}
	return c, bits, nil
}

// channelNeeding is channel, and 50013 unless the actor has all of want in it.
func (w *World) channelNeeding(a Actor, id ID, want permission.Bits) (*channel, permission.Bits, error) {
	c, bits, err := w.channel(a, id)
	if err != nil {
		return nil, 0, err
	}
	if c.guild == nil && want&^dmPermissions != 0 {
		return nil, 0, refusal.Code(50003)
	}
	if !bits.Has(want) {
		return nil, 0, refusal.Code(50013)
	}
	return c, bits, nil
}

func (c *channel) lastMessage() ID {
	if len(c.messages) == 0 {
		return 0
	}
	return c.messages[len(c.messages)-1].id
}

// channelWire is the channel as Discord shows it to viewer (whose own thread membership and DM partner it tells).
func (w *World) channelWire(c *channel, viewer ID) wire.Channel {
	out := wire.Channel{ID: c.id, Type: c.kind, GuildID: c.guildID(), Flags: c.flags}
	if c.guild == nil {
		users := []wire.User{}
		for _, id := range c.recipients {
			if id != viewer {
				users = append(users, w.users[id].User)
			}
		}
		out.Recipients = wire.Some(users)
		out.LastMessageID = wire.SomeOrNull(c.lastMessage())
		return out
	}
	out.Name, out.ParentID = wire.Some(c.name), wire.SomeOrNull(c.parent)
	if !c.lastPin.IsZero() {
		out.LastPinTimestamp = wire.Some(wire.At(c.lastPin))
	}
	if c.isThread() {
		w.threadWire(c, viewer, &out)
		return out
	}
	out.Position = wire.Some(c.position)
	list := make([]wire.Overwrite, len(c.overwrites))
	for i, o := range c.overwrites {
		list[i] = overwriteWire(o)
	}
	out.PermissionOverwrites = wire.Some(list)
	if c.kind != wire.ChannelCategory {
		w.textWire(c, &out)
	}
	return out
}

func overwriteWire(o overwrite) wire.Overwrite {
	out := wire.Overwrite{ID: ID(o.ID), Allow: o.Allow.String(), Deny: o.Deny.String()}
	if o.Member {
		out.Type = 1
	}
	return out
}

func (w *World) textWire(c *channel, out *wire.Channel) {
	out.NSFW, out.RateLimitPerUser = wire.Some(c.nsfw), wire.Some(c.slowmode)
	out.LastMessageID = wire.SomeOrNull(c.lastMessage())
	if c.kind == wire.ChannelVoice || c.kind == wire.ChannelStage {
		out.Bitrate, out.UserLimit, out.RTCRegion = wire.Some(c.bitrate), wire.Some(c.userLimit), c.region
		out.VideoQuality = c.video
		if !c.region.Set {
			out.RTCRegion = wire.Null[string]()
		}
		return
	}
	out.Topic = wire.SomeOrNull(c.topic)
	if c.autoThread != 0 {
		out.DefaultAutoArchive = wire.Some(c.autoThread)
	}
	if c.threadSlow != 0 {
		out.DefaultThreadRateLimit = wire.Some(c.threadSlow)
	}
	if c.isForum() {
		out.AvailableTags = wire.Some(append([]wire.ForumTag{}, c.tags...))
		c.forum.show(out)
	}
}

func (w *World) threadWire(c *channel, viewer ID, out *wire.Channel) {
	out.LastMessageID = wire.SomeOrNull(c.lastMessage())
	out.RateLimitPerUser, out.OwnerID = wire.Some(c.slowmode), c.owner
	out.MessageCount, out.TotalMessageSent = wire.Some(c.counted()), wire.Some(c.total)
	out.MemberCount = wire.Some(min(len(c.joined), 50))
	out.ThreadMetadata = &wire.ThreadMetadata{
		Archived: c.archived, AutoArchiveDuration: c.archive, ArchiveTimestamp: wire.At(c.archivedAt), Locked: c.locked,
		CreateTimestamp: wire.Some(wire.At(c.id.Time())),
	}
	if w.base(c).isForum() {
		out.AppliedTags = wire.Some(append([]ID{}, c.applied...))
	}
	if c.kind == wire.ChannelPrivateThread {
		out.ThreadMetadata.Invitable = wire.Some(c.invitable)
	}
	if at, ok := c.joined[viewer]; ok {
		out.Member = &wire.ThreadMember{ID: c.id, UserID: viewer, JoinTimestamp: wire.At(at)}
	}
}
