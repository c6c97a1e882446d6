package world

import (
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// Bans lists bans by the user's id, after or before one.
func (w *World) Bans(a Actor, guildID, before, after ID, limit int) ([]BanInfo, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return nil, err
	}
	if err := w.needGuild(g, a, permission.BanMembers); err != nil {
		return nil, err
	}
	ids := []ID{}
	for id := range g.bans {
		if id > after && (before == 0 || id < before) && w.users[id] != nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if before != 0 && len(ids) > limit {
		// Backwards from before: the last ones of those below it.
		ids = ids[len(ids)-limit:]
	}
	out := []BanInfo{}
	for _, id := range ids[:min(limit, len(ids))] {
		out = append(out, BanInfo{Reason: orNil(g.bans[id]), User: w.users[id].User})
	}
	return out, nil
}

// BulkBanned tells who was banned and who could not be.
type BulkBanned struct {
	Banned []ID `json:"banned_users"`
	Failed []ID `json:"failed_users"`
}

// BulkBan bans several users; it needs BAN_MEMBERS and MANAGE_GUILD. When none could be banned it is 500000
// (resources/guild "Bulk Guild Ban").
func (w *World) BulkBan(a Actor, guildID ID, users []ID) (BulkBanned, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := BulkBanned{Banned: []ID{}, Failed: []ID{}}
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return out, err
	}
	if err := w.needGuild(g, a, permission.BanMembers|permission.ManageGuild); err != nil {
		return out, err
	}
	for _, id := range users {
		if _, already := g.bans[id]; already || w.setBan(a, g, id, true) != nil {
			out.Failed = append(out.Failed, id)
			continue
		}
		out.Banned = append(out.Banned, id)
	}
	if len(out.Banned) == 0 {
		return out, refusal.Code(500000)
	}
	return out, nil
}

// JoinRequest adds a person who allowed it by the scope guilds.join (PUT /guilds/{g}/members/{u}).
type JoinRequest struct {
	Nick  string `json:"nick"`
	Roles []ID   `json:"roles"`
	Mute  bool   `json:"mute"`
	Deaf  bool   `json:"deaf"`
	// AccessToken is the person's; whether it is good is not the world's to judge.
	AccessToken string `json:"access_token"`
}

// AddMember lets a person join by a bot's hand; joined is false when the person is there already. It needs
// CREATE_INSTANT_INVITE, and for a name or roles the right to give them (resources/guild "Add Guild Member").
func (w *World) AddMember(a Actor, guildID, user ID, r JoinRequest) (m wire.Member, joined bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return wire.Member{}, false, err
	}
	u, err := w.person(user)
	if err != nil {
		return wire.Member{}, false, refusal.Code(10013)
	}
	need := permission.CreateInvite
	if r.Nick != "" {
		need |= permission.ManageNicknames
	}
	if err := w.needGuild(g, a, need); err != nil {
		return wire.Member{}, false, err
	}
	if _, banned := g.bans[user]; banned {
		return wire.Member{}, false, refusal.Code(40007)
	}
	if old := g.members[user]; old != nil {
		return old.wire(), false, nil
	}
	if len(r.Roles) > 0 {
		if err := w.mayAssign(a, g, nil, r.Roles); err != nil {
			return wire.Member{}, false, err
		}
	}
	w.join(g, u)
	made := g.members[user]
	made.mute, made.deaf = r.Mute, r.Deaf
	if made.nick = r.Nick; r.Nick != "" || len(r.Roles) > 0 {
		for _, id := range r.Roles {
			made.roles = appendNew(made.roles, id)
		}
		w.memberChanged(g, made)
	}
	return made.wire(), true, nil
}
