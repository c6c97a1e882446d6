package world

import (
	"encoding/json"
	"slices"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// maxTimeout is how long a member can be timed out (resources/guild).
const maxTimeout = 28 * 24 * time.Hour

// Member gives a member.
func (w *World) Member(a Actor, guildID, user ID) (wire.Member, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, m, err := w.memberFor(a, guildID, user)
	if err != nil {
		return wire.Member{}, err
	}
	return m.wire(), nil
}

func (w *World) memberFor(a Actor, guildID, user ID) (*guild, *member, error) {
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, nil, err
	}
	m := g.members[user]
	switch {
	case m != nil:
		return g, m, nil
	case w.users[user] == nil:
		return nil, nil, refusal.Code(10013)
	}
	return nil, nil, refusal.Code(10007)
}

// Members lists members by id; Discord wants the members intent for it.
func (w *World) Members(a Actor, guildID, after ID, limit int) ([]wire.Member, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, err
	}
	if application := w.apps[a.App]; application != nil && application.privileged&intentMembers == 0 {
		return nil, refusal.Code(50001)
	}
	out := []wire.Member{}
	for _, m := range g.sortedMembers() {
		if m.user.ID > after && len(out) < limit {
			out = append(out, m.wire())
		}
	}
	return out, nil
}

// SearchMembers lists members whose name starts with the query.
func (w *World) SearchMembers(a Actor, guildID ID, query string, limit int) ([]wire.Member, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, err
	}
	if query == "" {
		return nil, refusal.Field("query", "BASE_TYPE_REQUIRED", "This field is required")
	}
	out := []wire.Member{}
	for _, m := range g.sortedMembers() {
		if m.named(query) && len(out) < limit {
			out = append(out, m.wire())
		}
	}
	return out, nil
}

// MemberRequest changes a member.
type MemberRequest struct {
	Nick    wire.Opt[string]    `json:"nick"`
	Roles   wire.Opt[[]ID]      `json:"roles"`
	Mute    wire.Opt[bool]      `json:"mute"`
	Deaf    wire.Opt[bool]      `json:"deaf"`
	Timeout wire.Opt[time.Time] `json:"communication_disabled_until"`
}

// EditMember changes a member: each field needs its own right, and the member must stand below the actor.
func (w *World) EditMember(a Actor, guildID, user ID, r MemberRequest) (wire.Member, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, m, err := w.memberFor(a, guildID, user)
	if err != nil {
		return wire.Member{}, err
	}
	if err := w.mayEdit(a, g, m, &r); err != nil {
		return wire.Member{}, err
	}
	next := *m
	if r.Roles.Set {
		next.roles = nil
		for _, id := range r.Roles.V {
			next.roles = appendNew(next.roles, id)
		}
		if err := w.mayAssign(a, g, m.roles, next.roles); err != nil {
			return wire.Member{}, err
		}
	}
	if r.Nick.Set {
		next.nick = r.Nick.V
	}
	if r.Timeout.Set {
		next.timeout = r.Timeout.V
	}
	next.mute, next.deaf = r.Mute.Or(m.mute), r.Deaf.Or(m.deaf)
	before := *m
	*m = next
	if changes := differences(before.plain(), m.plain()); len(changes) > 0 {
		w.log(g, auditEntry{actor: a, action: auditMemberUpdate, target: user, changes: changes})
	}
	if changes := g.roleChanges(before.roles, m.roles); len(changes) > 0 {
		w.log(g, auditEntry{actor: a, action: auditMemberRoles, target: user, changes: changes})
	}
	w.memberChanged(g, m)
	return m.wire(), nil
}

func (w *World) mayEdit(a Actor, g *guild, m *member, r *MemberRequest) error {
	may := w.inGuild(g, a.User)
	self := m.user.ID == a.User
	if r.Nick.Set {
		need := permission.ManageNicknames
		if self {
			need = permission.ChangeNickname
		}
		if !may.Has(need) || !self && g.highest(m.user.ID) >= g.highest(a.User) {
			return refusal.Code(50013)
		}
	}
	if r.Timeout.Set {
		target := w.inGuild(g, m.user.ID)
		if !may.Has(permission.ModerateMembers) || g.highest(m.user.ID) >= g.highest(a.User) || target.Has(permission.Administrator) {
			return refusal.Code(50013)
		}
		if r.Timeout.V.Sub(w.now()) > maxTimeout {
			return refusal.Field("communication_disabled_until", "COMMUNICATION_DISABLED_UNTIL_TOO_LONG", "Timeouts last at most 28 days")
		}
	}
	return nil
}

// mayAssign judges a change of roles: MANAGE_ROLES, known roles, none managed, all below the actor's highest.
func (w *World) mayAssign(a Actor, g *guild, before, after []ID) error {
	if err := w.needGuild(g, a, permission.ManageRoles); err != nil {
		return err
	}
	top := g.highest(a.User)
	for _, id := range append(slices.Clone(before), after...) {
		if slices.Contains(before, id) && slices.Contains(after, id) {
			continue
		}
		r := g.roles[id]
		switch {
		case r == nil:
			return refusal.Code(10011)
		case r.managed || id == g.id:
			return refusal.Code(50028)
		case r.position >= top:
			return refusal.Code(50013)
		}
	}
	return nil
}

// GiveRole gives a role or takes it away.
func (w *World) GiveRole(a Actor, guildID, user, roleID ID, remove bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, m, err := w.memberFor(a, guildID, user)
	if err != nil {
		return err
	}
	if g.roles[roleID] == nil {
		return refusal.Code(10011)
	}
	before, after := []ID(nil), []ID{roleID}
	if remove {
		before, after = after, before
	}
	if err := w.mayAssign(a, g, before, after); err != nil {
		return err
	}
	if slices.Contains(m.roles, roleID) == remove {
		w.log(g, auditEntry{actor: a, action: auditMemberRoles, target: user, changes: g.roleChanges(before, after)})
	}
	w.setRole(g, m, roleID, remove)
	return nil
}

func (w *World) setRole(g *guild, m *member, roleID ID, remove bool) {
	had := slices.Contains(m.roles, roleID)
	if had != remove {
		return
	}
	if remove {
		m.roles = slices.DeleteFunc(slices.Clone(m.roles), func(id ID) bool { return id == roleID })
	} else {
		m.roles = append(slices.Clone(m.roles), roleID)
	}
	w.memberChanged(g, m)
}

func (w *World) memberChanged(g *guild, m *member) {
	shown := m.wire()
	full := shown
	full.GuildID = g.id
	w.dispatchMember(full)
	w.showGuild(g, "member_update", map[string]any{"guild_id": g.id, "member": shown})
	w.reviewMember(g, m.user.ID)
	if w.apps[m.user.ID] != nil {
		w.syncThreads(g.sortedChannels()...)
	}
}

// dispatchMember tells bots of a changed member: those with the intent, and without any the bot that it is about
// (events/gateway "Caveats").
func (w *World) dispatchMember(m wire.Member) {
	data := encode(m)
	w.dispatch(Dispatch{Type: "GUILD_MEMBER_UPDATE", Guild: m.GuildID, Shape: func(app, intents uint64) json.RawMessage {
		if intents&intentMembers == 0 && ID(app) != m.User.ID {
			return nil
		}
		return data
	}})
}

// reviewMember tells a watched person which channels appeared, changed and went by a change of its own rights.
func (w *World) reviewMember(g *guild, user ID) {
	if !slices.Contains(w.cfg.Output.Watched(), user) {
		return
	}
	for _, c := range g.sortedChannels() {
		w.review(c, user, true, false)
	}
	for _, c := range g.sortedThreads() {
		w.review(c, user, true, false)
	}
	w.show(user, "commands_update", map[string]any{"guild_id": g.id, "commands": w.commandsFor(g, user)})
}

// Kick removes a member who stands below the actor.
func (w *World) Kick(a Actor, guildID, user ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, _, err := w.memberFor(a, guildID, user)
	if err != nil {
		return err
	}
	if !w.inGuild(g, a.User).Has(permission.KickMembers) || g.highest(user) >= g.highest(a.User) {
		return refusal.Code(50013)
	}
	w.log(g, auditEntry{actor: a, action: auditMemberKick, target: user})
	w.leave(g, user)
	return nil
}

// leave takes a user out of a guild and out of its threads.
func (w *World) leave(g *guild, user ID) {
	m := g.members[user]
	if m == nil {
		return
	}
	if application := w.apps[user]; application != nil {
		w.botLeaves(g, application)
		return
	}
	w.takeOutOfThreads(g, user)
	g.exit(user)
	w.dispatch(Dispatch{
		Type: "GUILD_MEMBER_REMOVE", Guild: g.id, Intents: intentMembers,
		Data: encode(map[string]any{"guild_id": g.id, "user": m.user.User}),
	})
	w.showGuild(g, "member_leave", map[string]any{"guild_id": g.id, "member": m.wire()})
	w.forgetGuild(g, user)
}

// takeOutOfThreads ends what somebody who leaves took part in.
func (w *World) takeOutOfThreads(g *guild, user ID) {
	for _, c := range g.channels {
		delete(c.joined, user)
	}
}

func (w *World) forgetGuild(g *guild, user ID) {
	for id := range w.seen[user] {
		if c := w.channels[id]; c != nil && c.guild == g {
			delete(w.seen[user], id)
		}
	}
	w.show(user, "guild_delete", map[string]any{"id": g.id})
}

func (w *World) botLeaves(g *guild, application *app) {
	w.takeOutOfThreads(g, application.id)
	g.exit(application.id)
	delete(application.guilds, g.id)
	g.bots = slices.DeleteFunc(g.bots, func(x *app) bool { return x == application })
	for id, c := range g.commands {
		if c.ApplicationID == application.id {
			delete(g.commands, id)
		}
	}
	w.dispatch(Dispatch{
		Type: "GUILD_DELETE", Guild: g.id, Apps: []uint64{uint64(application.id)}, Intents: intentGuilds,
		Data: encode(map[string]any{"id": g.id}),
	})
	others := []uint64{}
	for _, b := range g.bots {
		others = append(others, uint64(b.id))
	}
	w.dispatch(Dispatch{
		Type: "GUILD_MEMBER_REMOVE", Guild: g.id, Apps: others, Intents: intentMembers,
		Data: encode(map[string]any{"guild_id": g.id, "user": application.bot.User}),
	})
	for _, r := range g.sortedRoles() {
		if r.bot == application.id {
			w.dropRole(g, r.id)
		}
	}
	w.showGuild(g, "member_leave", map[string]any{"guild_id": g.id, "member": wire.Member{User: &application.bot.User, Roles: []ID{}}})
	w.commandsChanged(application.id, g.id)
}

// LeaveGuild is a bot leaving by itself.
func (w *World) LeaveGuild(a Actor, guildID ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.guilds[guildID]
	if g == nil || g.members[a.User] == nil {
		return refusal.Code(10004)
	}
	w.leave(g, a.User)
	return nil
}

// join puts a user into a guild.
func (w *World) join(g *guild, u *user) {
	if g.members[u.ID] != nil {
		return
	}
	m := &member{user: u, joined: w.now()}
	g.enter(m)
	full := m.wire()
	full.GuildID = g.id
	w.dispatch(Dispatch{Type: "GUILD_MEMBER_ADD", Guild: g.id, Intents: intentMembers, Data: encode(full)})
	w.showGuild(g, "member_join", map[string]any{"guild_id": g.id, "member": m.wire()})
	w.show(u.ID, "guild_update", w.guildView(g, u.ID))
	if seen := w.seen[u.ID]; seen != nil {
		for _, c := range g.channels {
			if w.sees(c, u.ID) {
				seen[c.id] = true
			}
		}
	}
}

// BanInfo is a ban.
type BanInfo struct {
	Reason *string   `json:"reason"`
	User   wire.User `json:"user"`
}

// Ban gives a ban.
func (w *World) Ban(a Actor, guildID, user ID) (BanInfo, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return BanInfo{}, err
	}
	if err := w.needGuild(g, a, permission.BanMembers); err != nil {
		return BanInfo{}, err
	}
	reason, banned := g.bans[user]
	if !banned || w.users[user] == nil {
		return BanInfo{}, refusal.Code(10026)
	}
	return BanInfo{Reason: orNil(reason), User: w.users[user].User}, nil
}

// SetBan bans a user or lifts the ban.
func (w *World) SetBan(a Actor, guildID, user ID, on bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return err
	}
	return w.setBan(a, g, user, on)
}

func (w *World) setBan(a Actor, g *guild, user ID, on bool) error {
	_, banned := g.bans[user]
	switch {
	case !w.inGuild(g, a.User).Has(permission.BanMembers), on && g.members[user] != nil && g.highest(user) >= g.highest(a.User):
		return refusal.Code(50013)
	case w.users[user] == nil:
		return refusal.Code(10013)
	case !on && !banned:
		return refusal.Code(10026)
	}
	event, action := "GUILD_BAN_ADD", auditMemberBan
	if on {
		g.bans[user] = a.Reason
		w.leave(g, user)
	} else {
		delete(g.bans, user)
		event, action = "GUILD_BAN_REMOVE", auditMemberUnban
	}
	w.log(g, auditEntry{actor: a, action: action, target: user})
	w.dispatch(Dispatch{
		Type: event, Guild: g.id, Intents: intentModeration, Data: encode(map[string]any{"guild_id": g.id, "user": w.users[user].User}),
	})
	return nil
}
