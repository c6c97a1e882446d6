package world

import (
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// Kinds of audit log entries (resources/audit-log "Audit Log Events").
const (
	auditChannelCreate   = 10
	auditChannelUpdate   = 11
	auditChannelDelete   = 12
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
	auditThreadCreate    = 110
)

// auditMemory is how many entries a guild keeps.
const auditMemory = 1000

// auditEntry is one line of a guild's audit log.
type auditEntry struct {
	id     ID
	actor  Actor
	action int
	target ID
}

// AuditEntry is an entry as Discord shows it.
type AuditEntry struct {
	ID         ID     `json:"id"`
	UserID     ID     `json:"user_id"`
	TargetID   ID     `json:"target_id"`
	ActionType int    `json:"action_type"`
	Reason     string `json:"reason,omitempty"`
}

func (w *World) log(g *guild, e auditEntry) {
	e.id = w.newID()
	if len(g.audit) >= auditMemory {
		g.audit = slices.Delete(g.audit, 0, auditMemory/10)
	}
	g.audit = append(g.audit, e)
}

// AuditLog lists entries, newest first, with the users that they name.
func (w *World) AuditLog(a Actor, guildID ID, user ID, action, limit int) ([]AuditEntry, []wire.User, error) {
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
	for _, e := range slices.Backward(g.audit) {
		if len(entries) >= limit || user != 0 && e.actor.User != user || action != 0 && e.action != action {
			continue
		}
		entries = append(entries, AuditEntry{ID: e.id, UserID: e.actor.User, TargetID: e.target, ActionType: e.action, Reason: e.actor.Reason})
		if u := w.users[e.actor.User]; u != nil && !named[u.ID] {
			named[u.ID] = true
			users = append(users, u.User)
		}
	}
	return entries, users, nil
}
