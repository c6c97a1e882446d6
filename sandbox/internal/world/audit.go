package world

import (
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// Kinds of audit log entries (resources/audit-log "Audit Log Events").
const (
	auditGuildUpdate     = 1
	auditChannelCreate   = 10
	auditChannelUpdate   = 11
	auditChannelDelete   = 12
	auditOverwriteCreate = 13
	auditOverwriteUpdate = 14
	auditOverwriteDelete = 15
	auditMemberKick      = 20
	auditMemberBan       = 22
	auditMemberUnban     = 23
	auditMemberUpdate    = 24
	auditMemberRoles     = 25
	auditBotAdd          = 28
	auditRoleCreate      = 30
	auditRoleUpdate      = 31
	auditRoleDelete      = 32
	auditWebhookCreate   = 50
	auditWebhookUpdate   = 51
	auditWebhookDelete   = 52
	auditMessageDelete   = 72
	auditBulkDelete      = 73
	auditMessagePin      = 74
	auditMessageUnpin    = 75
	auditThreadCreate    = 110
	auditThreadUpdate    = 111
	auditThreadDelete    = 112
	auditCommandRights   = 121
)

// auditMemory is how many entries a guild keeps.
const auditMemory = 1000

// auditEntry is one line of a guild's audit log.
type auditEntry struct {
	id      ID
	actor   Actor
	action  int
	target  ID
	changes []AuditChange
	options map[string]string
}

// AuditEntry is an entry as Discord shows it.
type AuditEntry struct {
	ID         ID                `json:"id"`
	UserID     ID                `json:"user_id"`
	TargetID   ID                `json:"target_id"`
	ActionType int               `json:"action_type"`
	Changes    []AuditChange     `json:"changes,omitempty"`
	Options    map[string]string `json:"options,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	// GuildID is present in the gateway's event only.
	GuildID ID `json:"guild_id,omitzero"`
}

func (e *auditEntry) wire() AuditEntry {
	return AuditEntry{
		ID: e.id, UserID: e.actor.User, TargetID: e.target, ActionType: e.action, Changes: e.changes, Options: e.options,
		Reason: e.actor.Reason,
	}
}

// log writes an entry and tells the bots that may read the log (events/gateway-events "Guild Audit Log Entry Create").
func (w *World) log(g *guild, e auditEntry) {
	e.id = w.newID()
	if len(g.audit) >= auditMemory {
		g.audit = slices.Delete(g.audit, 0, auditMemory/10)
	}
	g.audit = append(g.audit, e)
	readers := []uint64{}
	for _, a := range g.bots {
		if w.inGuild(g, a.id).Has(permission.ViewAuditLog) {
			readers = append(readers, uint64(a.id))
		}
	}
	if len(readers) == 0 {
		return
	}
	shown := e.wire()
	shown.GuildID = g.id
	w.dispatch(Dispatch{Type: "GUILD_AUDIT_LOG_ENTRY_CREATE", Guild: g.id, Apps: readers, Intents: intentModeration, Data: encode(shown)})
}

// logEdit writes what an edit of a channel or thread changed: the channel's own entry, and one for each overwrite.
func (w *World) logEdit(a Actor, c *channel, before properties, overwrites []overwrite) {
	action := auditChannelUpdate
	if c.isThread() {
		action = auditThreadUpdate
	}
	if changes := differences(before, c.plain()); len(changes) > 0 {
		w.log(c.guild, auditEntry{actor: a, action: action, target: c.id, changes: changes})
	}
	for _, o := range overwrites {
		if !slices.ContainsFunc(c.overwrites, func(p overwrite) bool { return p.ID == o.ID }) {
			w.logOverwrite(a, c, o, overwrite{ID: o.ID, Member: o.Member}, auditOverwriteDelete)
		}
	}
	for _, o := range c.overwrites {
		w.logNewOverwrite(a, c, overwrites, o)
	}
}

// logNewOverwrite writes that an overwrite was made or changed, unless it is as it was.
func (w *World) logNewOverwrite(a Actor, c *channel, old []overwrite, o overwrite) {
	i := slices.IndexFunc(old, func(p overwrite) bool { return p.ID == o.ID })
	switch {
	case i < 0:
		w.logOverwrite(a, c, overwrite{}, o, auditOverwriteCreate)
	case old[i] != o:
		w.logOverwrite(a, c, old[i], o, auditOverwriteUpdate)
	}
}

// logOverwrite writes one overwrite's entry, whose options name the role or member.
func (w *World) logOverwrite(a Actor, c *channel, before, after overwrite, action int) {
	options := map[string]string{"id": ID(after.ID).String(), "type": "0"}
	if after.Member {
		options["type"] = "1"
	} else if r := c.guild.roles[ID(after.ID)]; r != nil {
		options["role_name"] = r.name
	}
	state := func(o overwrite, there bool) properties {
		if !there {
			return nil
		}
		return properties{"id": ID(o.ID), "allow": o.Allow.String(), "deny": o.Deny.String()}
	}
	w.log(c.guild, auditEntry{
		actor: a, action: action, target: c.id, options: options,
		changes: differences(state(before, action != auditOverwriteCreate), state(after, action != auditOverwriteDelete)),
	})
}

// logMessages writes that messages of another were deleted or pinned.
func (w *World) logMessages(a Actor, c *channel, action int, target ID, options map[string]string) {
	if c.guild == nil {
		return
	}
	w.log(c.guild, auditEntry{actor: a, action: action, target: target, options: options})
}

// AuditQuery chooses entries; empty fields match everything.
type AuditQuery struct {
	User, Target  ID
	Action        int
	Before, After ID
	Limit         int
}

func (q AuditQuery) matches(e *auditEntry) bool {
	return (q.User == 0 || e.actor.User == q.User) && (q.Target == 0 || e.target == q.Target) && (q.Action == 0 || e.action == q.Action) &&
		(q.Before == 0 || e.id < q.Before) && e.id > q.After
}

// AuditLog lists entries, newest first (with After: oldest first), and the users that they name.
func (w *World) AuditLog(a Actor, guildID ID, q AuditQuery) ([]AuditEntry, []wire.User, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, nil, err
	}
	if err := w.needGuild(g, a, permission.ViewAuditLog); err != nil {
		return nil, nil, err
	}
	entries, users := []AuditEntry{}, []wire.User{}
	named := map[ID]bool{}
	order := slices.Clone(g.audit)
	if q.After == 0 {
		slices.Reverse(order)
	}
	for i := range order {
		e := &order[i]
		if len(entries) >= q.Limit || !q.matches(e) {
			continue
		}
		entries = append(entries, e.wire())
		for _, id := range []ID{e.actor.User, e.target} {
			if u := w.users[id]; u != nil && !named[id] {
				named[id] = true
				users = append(users, u.User)
			}
		}
	}
	return entries, users, nil
}
