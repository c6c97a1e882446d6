package world

import (
	"bytes"
	"encoding/json"
	"slices"

	"usher/sandbox/internal/wire"
)

// AuditChange is one difference in an audit log entry (resources/audit-log "Audit Log Change Object").
type AuditChange struct {
	Key string          `json:"key"`
	Old json.RawMessage `json:"old_value,omitempty"`
	New json.RawMessage `json:"new_value,omitempty"`
}

// properties are what the audit log tells of an object, by Discord's keys.
type properties map[string]any

// differences lists what changed between two states of an object, by key. An absent or empty value is left out of an
// entry, as Discord does.
func differences(before, after properties) []AuditChange {
	keys := []string{}
	for key := range before {
		keys = append(keys, key)
	}
	for key := range after {
		if _, known := before[key]; !known {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var out []AuditChange
	for _, key := range keys {
		if one := (AuditChange{Key: key, Old: value(before[key]), New: value(after[key])}); !bytes.Equal(one.Old, one.New) {
			out = append(out, one)
		}
	}
	return out
}

// value is the JSON of what is there, nothing for what is not.
func value(v any) json.RawMessage {
	if v == nil || v == "" || v == ID(0) {
		return nil
	}
	return encode(v)
}

func (g *guild) plain() properties {
	s := g.settings
	return properties{
		"name": g.name, "icon_hash": g.icon, "preferred_locale": g.locale, "description": s.description, "verification_level": s.verification,
		"default_message_notifications": s.notifications, "explicit_content_filter": s.explicit, "afk_channel_id": s.afkChannel,
		"afk_timeout": s.afkTimeout, "system_channel_id": s.system, "system_channel_flags": s.systemFlags, "rules_channel_id": s.rules,
		"public_updates_channel_id": s.updates,
	}
}

func (c *channel) plain() properties {
	if c.isThread() {
		return properties{
			"name": c.name, "type": c.kind, "archived": c.archived, "locked": c.locked, "auto_archive_duration": c.archive,
			"rate_limit_per_user": c.slowmode, "flags": c.flags,
		}
	}
	out := properties{"name": c.name, "type": c.kind, "flags": c.flags, "parent_id": c.parent}
	if c.kind != wire.ChannelCategory {
		out["topic"], out["nsfw"], out["rate_limit_per_user"] = c.topic, c.nsfw, c.slowmode
	}
	return out
}

func (r *role) plain() properties {
	return properties{
		"name": r.name, "permissions": r.grant.String(), "color": r.color, "hoist": r.hoist, "mentionable": r.mentionable,
	}
}

func (m *member) plain() properties {
	out := properties{"nick": m.nick, "mute": m.mute, "deaf": m.deaf}
	if !m.timeout.IsZero() {
		out["communication_disabled_until"] = wire.At(m.timeout)
	}
	return out
}

func (h *webhook) plain() properties {
	return properties{"name": h.name, "avatar_hash": h.avatar, "channel_id": h.channel.id, "type": 1, "application_id": h.app}
}

// roleChanges are the keys $add and $remove of MEMBER_ROLE_UPDATE, with the roles' ids and names.
func (g *guild) roleChanges(before, after []ID) []AuditChange {
	var out []AuditChange
	for _, one := range []struct {
		key        string
		from, into []ID
	}{{"$add", before, after}, {"$remove", after, before}} {
		list := []map[string]any{}
		for _, id := range one.into {
			if r := g.roles[id]; r != nil && !slices.Contains(one.from, id) {
				list = append(list, map[string]any{"id": id, "name": r.name})
			}
		}
		if len(list) > 0 {
			out = append(out, AuditChange{Key: one.key, New: encode(list)})
		}
	}
	return out
}
