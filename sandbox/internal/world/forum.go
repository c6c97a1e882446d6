package world

import (
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// flagRequireTag makes a forum's posts need a tag (resources/channel "Channel Flags").
const flagRequireTag = 1 << 4

// flagPinned keeps a post at the top of its forum (resources/channel "Channel Flags").
const flagPinned = 1 << 1

// pinThread pins a forum's post or takes the pin away; a forum has one pinned post. Flags of other threads mean nothing.
func (w *World) pinThread(c *channel, r *ChannelRequest) error {
	if !r.Flags.Has() || !w.base(c).isForum() {
		return nil
	}
	on := r.Flags.V & flagPinned
	for _, other := range c.guild.channels {
		if on != 0 && other != c && other.parent == c.parent && other.isThread() && other.flags&flagPinned != 0 {
			return refusal.Code(30047)
		}
	}
	c.flags = on
	return nil
}

// forumLook is how a forum presents its posts. The sandbox keeps it for those who ask.
type forumLook struct {
	reaction      wire.Opt[wire.ForumEmoji]
	order, layout wire.Opt[int]
	tagSetting    string
}

// later is the newer value where there is one.
func later[T any](old, next wire.Opt[T]) wire.Opt[T] {
	if next.Set {
		return next
	}
	return old
}

func (f *forumLook) set(r *ChannelRequest) {
	f.reaction = later(f.reaction, r.DefaultReaction)
	f.order, f.layout = later(f.order, r.DefaultSortOrder), later(f.layout, r.DefaultForumLayout)
	f.tagSetting = r.DefaultTagSetting.Or(f.tagSetting)
}

func (f *forumLook) show(out *wire.Channel) {
	out.DefaultReaction, out.DefaultSortOrder, out.DefaultForumLayout = f.reaction, f.order, wire.Some(f.layout.Or(0))
	if !f.reaction.Set {
		out.DefaultReaction = wire.Null[wire.ForumEmoji]()
	}
	if !f.order.Set {
		out.DefaultSortOrder = wire.Null[int]()
	}
	out.DefaultTagSetting = f.tagSetting
}

func (c *channel) isForum() bool { return c.kind == wire.ChannelForum || c.kind == wire.ChannelMedia }

// setTags gives a forum its tags: those with an id of before keep it, the others get one; names must be unique.
func (w *World) setTags(c *channel, given []wire.ForumTag) error {
	out := make([]wire.ForumTag, 0, len(given))
	for _, tag := range given {
		if slices.ContainsFunc(out, func(o wire.ForumTag) bool { return strings.EqualFold(o.Name, tag.Name) }) {
			return refusal.Code(40061)
		}
		if !slices.ContainsFunc(c.tags, func(o wire.ForumTag) bool { return o.ID == tag.ID }) {
			tag.ID = w.newID()
		}
		out = append(out, tag)
	}
	c.tags = out
	return nil
}

// applyTags gives a post of a forum its tags: known ones, moderated ones by who may manage threads alone, and one at
// least where the forum asks for it.
func applyTags(forum, post *channel, bits permission.Bits, given []ID) error {
	if !forum.isForum() {
		return nil
	}
	out := []ID{}
	for _, id := range given {
		k := slices.IndexFunc(forum.tags, func(t wire.ForumTag) bool { return t.ID == id })
		switch {
		case k < 0:
			return refusal.Code(10087)
		case forum.tags[k].Moderated && !slices.Contains(post.applied, id) && !bits.Has(permission.ManageThreads):
			return refusal.Code(50013)
		case !slices.Contains(out, id):
			out = append(out, id)
		}
	}
	if len(out) == 0 && forum.flags&flagRequireTag != 0 {
		return refusal.Code(40067)
	}
	post.applied = out
	return nil
}
