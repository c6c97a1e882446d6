package world

import (
	"cmp"
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// maxRoles is how many roles a guild may have.
const maxRoles = 250

// RoleRequest makes or changes a role.
type RoleRequest struct {
	Name         wire.Opt[string]          `json:"name"`
	Permissions  wire.Opt[ID]              `json:"permissions"`
	Color        wire.Opt[int]             `json:"color"`
	Colors       wire.Opt[wire.RoleColors] `json:"colors"`
	Hoist        wire.Opt[bool]            `json:"hoist"`
	Mentionable  wire.Opt[bool]            `json:"mentionable"`
	UnicodeEmoji wire.Opt[string]          `json:"unicode_emoji"`
}

// Role gives a role.
func (w *World) Role(a Actor, guildID, id ID) (wire.Role, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return wire.Role{}, err
	}
	if g.roles[id] == nil {
		return wire.Role{}, refusal.Code(10011)
	}
	return g.roles[id].wire(), nil
}

// CreateRole makes a role just above @everyone.
func (w *World) CreateRole(a Actor, guildID ID, in RoleRequest) (wire.Role, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return wire.Role{}, err
	}
	if err := w.needGuild(g, a, permission.ManageRoles); err != nil {
		return wire.Role{}, err
	}
	if len(g.roles) >= maxRoles {
		return wire.Role{}, refusal.Code(30005)
	}
	r := &role{id: w.newID(), name: "new role", grant: g.roles[g.id].grant, position: 1}
	if err := w.setRoleFields(a, g, r, &in); err != nil {
		return wire.Role{}, err
	}
	var moved []*role
	for _, other := range g.sortedRoles() {
		if other.position >= 1 {
			other.position++
			moved = append(moved, other)
		}
	}
	g.roles[r.id] = r
	w.log(g, auditEntry{actor: a, action: auditRoleCreate, target: r.id, changes: differences(nil, r.plain())})
	w.roleChanged(g, r, "CREATE")
	for _, other := range moved {
		w.roleChanged(g, other, "UPDATE")
	}
	return r.wire(), nil
}

// setRoleFields: no one can give a role more than it has itself (topics/permissions).
func (w *World) setRoleFields(a Actor, g *guild, r *role, in *RoleRequest) error {
	if in.Permissions.Has() {
		next := permission.Bits(in.Permissions.V)
		if may := w.inGuild(g, a.User); (next^r.grant)&^may != 0 {
			return refusal.Code(50013)
		}
		r.grant = next
	}
	if name := in.Name.Or(""); name != "" {
		r.name = name
	}
	r.color = in.Color.Or(r.color)
	if in.Colors.Has() {
		r.color = in.Colors.V.Primary
	}
	r.hoist, r.mentionable, r.emoji = in.Hoist.Or(r.hoist), in.Mentionable.Or(r.mentionable), in.UnicodeEmoji.Or(r.emoji)
	return nil
}

// editable gives a role that stands below the actor's highest.
func (w *World) editable(a Actor, guildID, id ID) (*guild, *role, error) {
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, nil, err
	}
	r := g.roles[id]
	if r == nil {
		return nil, nil, refusal.Code(10011)
	}
	if !w.inGuild(g, a.User).Has(permission.ManageRoles) || r.position >= g.highest(a.User) {
		return nil, nil, refusal.Code(50013)
	}
	return g, r, nil
}

// EditRole changes a role.
func (w *World) EditRole(a Actor, guildID, id ID, in RoleRequest) (wire.Role, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, r, err := w.editable(a, guildID, id)
	if err != nil {
		return wire.Role{}, err
	}
	before := r.plain()
	if err := w.setRoleFields(a, g, r, &in); err != nil {
		return wire.Role{}, err
	}
	w.log(g, auditEntry{actor: a, action: auditRoleUpdate, target: id, changes: differences(before, r.plain())})
	w.roleChanged(g, r, "UPDATE")
	return r.wire(), nil
}

// DeleteRole removes a role from the guild, its members and its channels' overwrites.
func (w *World) DeleteRole(a Actor, guildID, id ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, r, err := w.editable(a, guildID, id)
	if err != nil {
		return err
	}
	if r.managed || id == g.id {
		return refusal.Code(50028)
	}
	w.log(g, auditEntry{actor: a, action: auditRoleDelete, target: id, changes: differences(r.plain(), nil)})
	w.dropRole(g, id)
	return nil
}

func (w *World) dropRole(g *guild, id ID) {
	delete(g.roles, id)
	for _, m := range g.members {
		m.roles = slices.DeleteFunc(slices.Clone(m.roles), func(x ID) bool { return x == id })
	}
	for _, c := range g.channels {
		c.overwrites = slices.DeleteFunc(slices.Clone(c.overwrites), func(o overwrite) bool { return !o.Member && o.ID == uint64(id) })
	}
	w.dispatch(Dispatch{
		Type: "GUILD_ROLE_DELETE", Guild: g.id, Intents: intentGuilds, Data: encode(map[string]any{"guild_id": g.id, "role_id": id}),
	})
	w.guildShown(g)
}

// guildShown tells watched members of a guild's new state and of channels that appeared or went with it.
func (w *World) guildShown(g *guild) {
	for _, id := range w.cfg.Output.Watched() {
		if g.members[id] != nil {
			w.show(id, "guild_update", w.guildView(g, id))
		}
	}
	w.reviewGuild(g, true)
}

func (w *World) roleChanged(g *guild, r *role, what string) {
	data := map[string]any{"guild_id": g.id, "role": r.wire()}
	w.dispatch(Dispatch{Type: "GUILD_ROLE_" + what, Guild: g.id, Intents: intentGuilds, Data: encode(data)})
	w.showGuild(g, "role_update", data)
	w.reviewGuild(g, true)
}

// ReorderRoles moves roles among those that stand below the actor's highest. Libraries send the whole list: a role that
// stays where it is needs no right.
func (w *World) ReorderRoles(a Actor, guildID ID, list []Position) ([]wire.Role, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, err
	}
	if err := w.needGuild(g, a, permission.ManageRoles); err != nil {
		return nil, err
	}
	top := g.highest(a.User)
	want := map[ID]int{}
	for _, p := range list {
		r := g.roles[p.ID]
		if r == nil {
			return nil, refusal.Code(10011)
		}
		to := p.Position.Or(r.position)
		if to != r.position && (r.position >= top || to >= top || p.ID == g.id) {
			return nil, refusal.Code(50013)
		}
		want[p.ID] = to
	}
	order := g.sortedRoles()
	slices.SortStableFunc(order, func(x, y *role) int {
		return cmp.Compare(placed(x, want), placed(y, want))
	})
	out := []wire.Role{}
	for i, r := range order {
		if r.position != i {
			r.position = i
			w.roleChanged(g, r, "UPDATE")
		}
		out = append(out, r.wire())
	}
	return out, nil
}

// placed is where a role wants to stand; a moved one goes before those that stay, so that it gets the place.
func placed(r *role, want map[ID]int) int {
	if p, moved := want[r.id]; moved {
		return 2*p - 1 + 2*btoi(p > r.position)
	}
	return 2 * r.position
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
