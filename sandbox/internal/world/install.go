package world

import (
	"cmp"
	"encoding/json"
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// OAuthClient is an application as OAuth2 knows it (S-3).
type OAuthClient struct {
	ID          ID
	Name        string
	Description string
	// Secret is empty when the seed gave none: then nothing authenticates as this client.
	Secret string
	// Redirects are the addresses that were registered.
	Redirects []string
	// Owner is whom client_credentials act for.
	Owner ID
	Bot   wire.User
}

// OAuthClient gives an application by its client id, which is its application id.
func (w *World) OAuthClient(id ID) (OAuthClient, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[id]
	if a == nil {
		return OAuthClient{}, false
	}
	return OAuthClient{
		ID: a.id, Name: a.name, Description: a.description, Secret: a.secret, Redirects: slices.Clone(a.redirects),
		Owner: a.owner.ID, Bot: a.bot.User,
	}, true
}

// PublicApplication is the application without what only its developers see (GET /oauth2/@me).
func (w *World) PublicApplication(id ID) map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.apps[id]
	if a == nil {
		return nil
	}
	return publicWire(a)
}

// Self is a person as the person's own token sees it: the address only with the email scope (resources/user).
func (w *World) Self(id ID, email bool) (wire.User, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(id)
	if err != nil {
		return wire.User{}, refusal.Code(10013)
	}
	out := u.User
	out.Locale, out.MFAEnabled = u.locale, wire.Some(false)
	if email {
		out.Email, out.Verified = wire.Some(u.email), wire.Some(true)
	}
	return out, nil
}

// SelfMember is the person's own membership (GET /users/@me/guilds/{g}/member).
func (w *World) SelfMember(user, guildID ID) (wire.Member, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.guilds[guildID]
	if g == nil || g.members[user] == nil {
		return wire.Member{}, refusal.Code(10004)
	}
	return g.members[user].wire(), nil
}

// InstallTarget is a guild to which a person may add bots.
type InstallTarget struct {
	ID   ID
	Name string
	Icon *string
	// Installed tells that the bot is there already.
	Installed bool
}

// InstallTargets lists the guilds where the person has MANAGE_GUILD, by name.
func (w *World) InstallTargets(user, appID ID) []InstallTarget {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []InstallTarget{}
	for _, id := range w.order {
		if g := w.guilds[id]; w.inGuild(g, user).Has(permission.ManageGuild) {
			out = append(out, InstallTarget{ID: g.id, Name: g.name, Icon: orNil(g.icon), Installed: g.members[appID] != nil})
		}
	}
	slices.SortStableFunc(out, func(x, y InstallTarget) int { return cmp.Compare(x.Name, y.Name) })
	return out
}

// Install adds an application's bot to a guild, by the hand of a person who has MANAGE_GUILD there (topics/oauth2 "Bot
// Authorization Flow"). The bot gets a managed role with the permissions, as far as the person has them; a bot that is
// there already gets them added to its role. (Not documented: what the person lacks is left out, a bot that is given
// nothing gets no role, and a new role stands just above @everyone.) Errors: 10002, 10004, 50013, 40007 when banned.
func (w *World) Install(user, appID, guildID ID, grant permission.Bits) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, g := w.apps[appID], w.guilds[guildID]
	switch {
	case a == nil:
		return refusal.Code(10002)
	case g == nil || g.members[user] == nil:
		return refusal.Code(10004)
	}
	may := w.inGuild(g, user)
	if !may.Has(permission.ManageGuild) {
		return refusal.Code(50013)
	}
	if _, banned := g.bans[appID]; banned {
		return refusal.Code(40007)
	}
	grant &= may
	r := g.ownRole(appID)
	if r == nil && grant != 0 {
		r = w.botRole(g, a, grant)
	} else if r != nil && r.grant|grant != r.grant {
		r.grant |= grant
		w.roleChanged(g, r, "UPDATE")
	}
	if g.members[appID] == nil {
		w.botJoins(Actor{User: user}, g, a, r)
	}
	return nil
}

// botRole makes the managed role of a bot.
func (w *World) botRole(g *guild, a *app, grant permission.Bits) *role {
	var moved []*role
	for _, other := range g.sortedRoles() {
		if other.position >= 1 {
			other.position++
			moved = append(moved, other)
		}
	}
	r := &role{id: w.newID(), name: a.name, grant: grant, position: 1, managed: true, bot: a.id}
	g.roles[r.id] = r
	if m := g.members[a.id]; m != nil {
		m.roles = append(slices.Clone(m.roles), r.id)
	}
	w.roleChanged(g, r, "CREATE")
	for _, other := range moved {
		w.roleChanged(g, other, "UPDATE")
	}
	return r
}

// botJoins puts a bot into a guild; its own sessions learn of it by GUILD_CREATE.
func (w *World) botJoins(by Actor, g *guild, a *app, r *role) {
	m := &member{user: a.bot, joined: w.now()}
	if r != nil {
		m.roles = []ID{r.id}
	}
	others := []uint64{}
	for _, b := range g.bots {
		others = append(others, uint64(b.id))
	}
	g.enter(m)
	g.bots = append(g.bots, a)
	a.guilds[g.id] = true
	w.lookAt(g.sortedChannels()...)
	w.dispatch(Dispatch{
		Type: "GUILD_CREATE", Guild: g.id, Apps: []uint64{uint64(a.id)}, Intents: intentGuilds,
		Shape: func(_, intents uint64) json.RawMessage { return w.guildCreate(a, g, intents, defaultThreshold) },
	})
	full := m.wire()
	full.GuildID = g.id
	w.dispatch(Dispatch{Type: "GUILD_MEMBER_ADD", Guild: g.id, Apps: others, Intents: intentMembers, Data: encode(full)})
	w.showGuild(g, "member_join", map[string]any{"guild_id": g.id, "member": m.wire()})
	w.log(g, auditEntry{actor: by, action: auditBotAdd, target: a.id})
	w.guildShown(g)
}
