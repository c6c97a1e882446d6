package world

import (
	"net/http"
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// Order is what a server's owner, or chance, does behind a bot's back.
type Order struct {
	Do         string `json:"do"`
	GuildID    ID     `json:"guild_id"`
	ChannelID  ID     `json:"channel_id"`
	CategoryID ID     `json:"category_id"`
	MessageID  ID     `json:"message_id"`
	RoleID     ID     `json:"role_id"`
	UserID     ID     `json:"user_id"`
	Permission string `json:"permission"`
	Name       string `json:"name"`
	// Free is how many places fill_category leaves.
	Free int `json:"free"`
}

// Administer carries out an order without asking for rights.
func (w *World) Administer(o Order) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	orders := map[string]func(Order) error{
		"delete_channel": w.orderDeleteChannel, "delete_message": w.orderDeleteMessage, "rename_channel": w.orderRename,
		"remove_permission": w.orderPermission, "add_permission": w.orderPermission, "fill_category": w.orderFill,
		"remove_role": w.orderRemoveRole, "kick": w.orderKick, "expire_attachments": w.orderExpire,
		"refuse_dms": w.orderDMs, "accept_dms": w.orderDMs,
	}
	carry := orders[o.Do]
	if carry == nil {
		names := make([]string, 0, len(orders))
		for name := range orders {
			names = append(names, name)
		}
		slices.Sort(names)
		return deny(http.StatusBadRequest, "do", "%q is none of %s", o.Do, strings.Join(names, ", "))
	}
	return carry(o)
}

func (w *World) orderChannel(id ID) (*channel, error) {
	c := w.channels[id]
	if c == nil || c.guild == nil {
		return nil, deny(http.StatusNotFound, "channel_id", "there is no guild channel %s", id)
	}
	return c, nil
}

func (w *World) orderGuild(id ID) (*guild, error) {
	g := w.guilds[id]
	if g == nil {
		return nil, deny(http.StatusNotFound, "guild_id", "there is no guild %s", id)
	}
	return g, nil
}

func (w *World) orderDeleteChannel(o Order) error {
	c, err := w.orderChannel(o.ChannelID)
	if err == nil {
		w.dropChannel(c)
	}
	return err
}

func (w *World) orderRename(o Order) error {
	c, err := w.orderChannel(o.ChannelID)
	if err != nil {
		return err
	}
	if c.name, err = channelName(c.kind, o.Name); err != nil {
		return deny(http.StatusBadRequest, "name", "is no name for a channel")
	}
	w.emitChannel(c, "UPDATE")
	return nil
}

func (w *World) orderDeleteMessage(o Order) error {
	m := w.messages[o.MessageID]
	if m == nil || m.gone {
		return deny(http.StatusNotFound, "message_id", "there is no message %s", o.MessageID)
	}
	w.removeResponse(m)
	return nil
}

// orderPermission takes a permission from a role or gives it one: in one channel by an overwrite, else in the guild.
func (w *World) orderPermission(o Order) error {
	g, err := w.orderGuild(o.GuildID)
	if err != nil {
		return err
	}
	bit, err := permission.Parse(o.Permission)
	if err != nil {
		return deny(http.StatusBadRequest, "permission", "%v", err)
	}
	r := g.roles[o.RoleID]
	if r == nil && o.UserID != 0 {
		r = g.ownRole(o.UserID)
	}
	if r == nil {
		return deny(http.StatusNotFound, "role_id", "name a role of the guild, or a bot as user_id")
	}
	if o.ChannelID == 0 {
		r.grant = change(r.grant, bit, o.Do == "add_permission")
		w.roleChanged(g, r, "UPDATE")
		return nil
	}
	c, err := w.orderChannel(o.ChannelID)
	if err != nil {
		return err
	}
	w.overwriteBit(c, uint64(r.id), bit, o.Do == "add_permission")
	return nil
}

// ownRole is a bot's managed role.
func (g *guild) ownRole(bot ID) *role {
	for _, r := range g.roles {
		if r.bot == bot {
			return r
		}
	}
	return nil
}

func change(bits, bit permission.Bits, on bool) permission.Bits {
	if on {
		return bits | bit
	}
	return bits &^ bit
}

func (w *World) overwriteBit(c *channel, id uint64, bit permission.Bits, allow bool) {
	list := slices.Clone(c.overwrites)
	i := slices.IndexFunc(list, func(o overwrite) bool { return o.ID == id && !o.Member })
	if i < 0 {
		list, i = append(list, overwrite{ID: id}), len(list)
	}
	list[i].Allow, list[i].Deny = change(list[i].Allow, bit, allow), change(list[i].Deny, bit, !allow)
	c.overwrites = list
	w.emitChannel(c, "UPDATE")
}

// orderFill puts channels into a category until only Free places are left.
func (w *World) orderFill(o Order) error {
	c, err := w.orderChannel(o.CategoryID)
	if err != nil || c.kind != wire.ChannelCategory {
		return deny(http.StatusNotFound, "category_id", "there is no category %s", o.CategoryID)
	}
	if o.Free < 0 || o.Free > maxInCategory {
		return deny(http.StatusBadRequest, "free", "is from 0 to 50")
	}
	for n := c.guild.inCategory(c.id); n < maxInCategory-o.Free; n++ {
		made := &channel{
			id: w.newID(), kind: wire.ChannelText, guild: c.guild, name: "filler-" + itoa(n+1), parent: c.id,
			position: len(c.guild.channels), overwrites: slices.Clone(c.overwrites),
		}
		c.guild.channels[made.id], w.channels[made.id] = made, made
		w.emitChannel(made, "CREATE")
	}
	return nil
}

func (w *World) orderRemoveRole(o Order) error {
	g, err := w.orderGuild(o.GuildID)
	if err != nil {
		return err
	}
	if g.roles[o.RoleID] == nil || o.RoleID == g.id {
		return deny(http.StatusNotFound, "role_id", "the guild has no role %s that could be removed", o.RoleID)
	}
	w.dropRole(g, o.RoleID)
	return nil
}

func (w *World) orderKick(o Order) error {
	g, err := w.orderGuild(o.GuildID)
	if err != nil {
		return err
	}
	if g.members[o.UserID] == nil {
		return deny(http.StatusNotFound, "user_id", "%s is no member of the guild", o.UserID)
	}
	w.leave(g, o.UserID)
	return nil
}

func (w *World) orderExpire(o Order) error {
	for _, f := range w.files {
		if o.ChannelID == 0 || f.channel == o.ChannelID {
			f.expired = true
		}
	}
	return nil
}

func (w *World) orderDMs(o Order) error {
	u, err := w.person(o.UserID)
	if err != nil {
		return deny(http.StatusNotFound, "user_id", "there is no person %s", o.UserID)
	}
	u.refusesDMs = o.Do == "refuse_dms"
	return nil
}

// Join is a person joining a guild.
func (w *World) Join(userID, guildID ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(userID)
	if err != nil {
		return err
	}
	g, err := w.orderGuild(guildID)
	if err != nil {
		return err
	}
	if _, banned := g.bans[userID]; banned {
		return deny(http.StatusForbidden, "guild_id", "this user is banned there")
	}
	w.join(g, u)
	return nil
}

// Leave is a person leaving a guild.
func (w *World) Leave(userID, guildID ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(userID); err != nil {
		return err
	}
	g, err := w.orderGuild(guildID)
	if err != nil {
		return err
	}
	if g.owner == userID {
		return deny(http.StatusForbidden, "guild_id", "the owner cannot leave")
	}
	w.leave(g, userID)
	return nil
}

// Assign gives a person a role or takes it away, whatever the rights.
func (w *World) Assign(userID, guildID, roleID ID, remove bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.orderGuild(guildID)
	if err != nil {
		return err
	}
	m := g.members[userID]
	if m == nil {
		return deny(http.StatusNotFound, "guild_id", "this user is no member there")
	}
	if g.roles[roleID] == nil || roleID == g.id {
		return deny(http.StatusNotFound, "role_id", "the guild has no role %s", roleID)
	}
	w.setRole(g, m, roleID, remove)
	return nil
}
