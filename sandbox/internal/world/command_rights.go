package world

import (
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// Kinds of command rights (interactions/application-commands "Application Command Permission Type").
const (
	rightRole    = 1
	rightUser    = 2
	rightChannel = 3
)

// maxRights is how many a command can have.
const maxRights = 100

// CommandRight lets a role, a user or a channel use a command, or forbids it. The id of the guild stands for everyone,
// that id minus one for all channels.
type CommandRight struct {
	ID         ID   `json:"id"`
	Type       int  `json:"type"`
	Permission bool `json:"permission"`
}

// CommandRights are those of one command, or of all of an application's when ID is the application's.
type CommandRights struct {
	ID            ID             `json:"id"`
	ApplicationID ID             `json:"application_id"`
	GuildID       ID             `json:"guild_id"`
	Permissions   []CommandRight `json:"permissions"`
}

// rightsScope is scope for a bot, or for a person's token that belongs to the application.
func (w *World) rightsScope(appID, guildID ID) (*app, *guild, error) {
	a, g := w.apps[appID], w.guilds[guildID]
	switch {
	case a == nil:
		return nil, nil, refusal.Code(10002)
	case g == nil || !a.guilds[guildID]:
		return nil, nil, refusal.Code(50001)
	}
	return a, g, nil
}

// AllCommandRights lists every command of the application that has rights in the guild.
func (w *World) AllCommandRights(appID, guildID ID) ([]CommandRights, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, g, err := w.rightsScope(appID, guildID)
	if err != nil {
		return nil, err
	}
	out := []CommandRights{}
	for _, c := range slices.Concat([]wire.Command{{ID: appID}}, sortedCommands(a.commands, appID), sortedCommands(g.commands, appID)) {
		if list := g.rights[c.ID]; len(list) > 0 {
			out = append(out, CommandRights{ID: c.ID, ApplicationID: appID, GuildID: guildID, Permissions: list})
		}
	}
	return out, nil
}

// CommandRights gives the rights of one command: 10066 when none were set.
func (w *World) CommandRights(appID, guildID, commandID ID) (CommandRights, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, g, err := w.rightsScope(appID, guildID)
	if err != nil {
		return CommandRights{}, err
	}
	list := g.rights[commandID]
	if len(list) == 0 || !w.ownsCommand(g, appID, commandID) {
		return CommandRights{}, refusal.Code(10066)
	}
	return CommandRights{ID: commandID, ApplicationID: appID, GuildID: guildID, Permissions: list}, nil
}

// ownsCommand tells that the id is a command of the application, or the application itself.
func (w *World) ownsCommand(g *guild, appID, id ID) bool {
	c := g.commands[id]
	return id == appID || w.apps[appID].commands[id] != nil || c != nil && c.ApplicationID == appID
}

// SetCommandRights replaces the rights of a command, by the hand of a person with MANAGE_GUILD and MANAGE_ROLES.
func (w *World) SetCommandRights(user Actor, appID, guildID, commandID ID, list []CommandRight) (CommandRights, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, g, err := w.rightsScope(appID, guildID)
	if err != nil {
		return CommandRights{}, err
	}
	if err := w.needGuild(g, user, permission.ManageGuild|permission.ManageRoles); err != nil {
		return CommandRights{}, err
	}
	if !w.ownsCommand(g, appID, commandID) {
		return CommandRights{}, refusal.Code(10063)
	}
	if err := g.checkRights(list); err != nil {
		return CommandRights{}, err
	}
	out := CommandRights{ID: commandID, ApplicationID: appID, GuildID: guildID, Permissions: append([]CommandRight{}, list...)}
	g.rights[commandID] = out.Permissions
	w.log(g, auditEntry{actor: user, action: auditCommandRights, target: commandID, options: map[string]string{"application_id": appID.String()}})
	w.dispatch(Dispatch{
		Type: "APPLICATION_COMMAND_PERMISSIONS_UPDATE", Guild: g.id, Apps: []uint64{uint64(a.id)}, Data: encode(out),
	})
	w.commandsChanged(appID, guildID)
	return out, nil
}

// checkRights: no more than a hundred, each for something of the guild, none twice.
func (g *guild) checkRights(list []CommandRight) error {
	if len(list) > maxRights {
		return refusal.Field("permissions", "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
	}
	var t refusal.Tree
	for i, r := range list {
		known := r.Type == rightRole && g.roles[r.ID] != nil || r.Type == rightUser && g.members[r.ID] != nil ||
			r.Type == rightChannel && (g.channels[r.ID] != nil || r.ID == g.id-1)
		at := []string{"permissions", itoa(i), "id"}
		switch {
		case !known:
			t.Add(at, "APPLICATION_COMMAND_PERMISSIONS_INVALID_ID", "Nothing of this type in the guild has this id")
		case slices.ContainsFunc(list[:i], func(o CommandRight) bool { return o.ID == r.ID && o.Type == r.Type }):
			t.Add(at, "APPLICATION_COMMAND_PERMISSIONS_DUPLICATE", "The id is there twice")
		}
	}
	if !t.Empty() {
		return refusal.Form(&t)
	}
	return nil
}

// verdict is what a list of rights says: nothing, yes or no.
type verdict int

const (
	undecided verdict = iota
	allowed
	forbidden
)

func judged(yes bool) verdict {
	if yes {
		return allowed
	}
	return forbidden
}

// forMember: a right for the user wins over those for roles, of which one that allows wins, over that for @everyone.
func forMember(list []CommandRight, g *guild, m *member) verdict {
	byRole, everyone := undecided, undecided
	for _, r := range list {
		switch {
		case r.Type == rightUser && r.ID == m.user.ID:
			return judged(r.Permission)
		case r.Type == rightRole && r.ID == g.id:
			everyone = judged(r.Permission)
		case r.Type == rightRole && slices.Contains(m.roles, r.ID) && byRole != allowed:
			byRole = judged(r.Permission)
		}
	}
	if byRole != undecided {
		return byRole
	}
	return everyone
}

// forChannel: a right for the channel wins over that for all channels.
func forChannel(list []CommandRight, g *guild, channel ID) verdict {
	all := undecided
	for _, r := range list {
		switch {
		case r.Type == rightChannel && r.ID == channel:
			return judged(r.Permission)
		case r.Type == rightChannel && r.ID == g.id-1:
			all = judged(r.Permission)
		}
	}
	return all
}

// mayCommand tells whether the person may use the command in the guild: the command's rights, else the application's,
// else default_member_permissions. Administrators may use all.
func (w *World) mayCommand(g *guild, c *wire.Command, user ID, may permission.Bits) bool {
	m := g.members[user]
	if m == nil || may.Has(permission.Administrator) || len(g.rights) == 0 {
		return mayUse(c, may)
	}
	for _, id := range []ID{c.ID, c.ApplicationID} {
		if v := forMember(g.rights[id], g, m); v != undecided {
			return v == allowed
		}
	}
	return mayUse(c, may)
}

// mayCommandIn tells whether rights forbid the command in the channel; a thread counts as its parent.
func (w *World) mayCommandIn(ch *channel, c *wire.Command, may permission.Bits) bool {
	g := ch.guild
	if g == nil || len(g.rights) == 0 || may.Has(permission.Administrator) {
		return true
	}
	for _, id := range []ID{c.ID, c.ApplicationID} {
		if v := forChannel(g.rights[id], g, w.base(ch).id); v != undecided {
			return v == allowed
		}
	}
	return true
}
