// Package permission computes what a member may do in a guild and in a channel, by topics/permissions of Discord's
// documentation. It is pure arithmetic on bits: it knows no state, no JSON and no error code.
package permission

import (
	"fmt"
	"math/bits"
	"strconv"
)

// Bits is a set of permissions.
type Bits uint64

// The permissions the sandbox looks at by name (topics/permissions "Bitwise Permission Flags").
const (
	CreateInvite          Bits = 1 << 0
	KickMembers           Bits = 1 << 1
	BanMembers            Bits = 1 << 2
	Administrator         Bits = 1 << 3
	ManageChannels        Bits = 1 << 4
	ManageGuild           Bits = 1 << 5
	AddReactions          Bits = 1 << 6
	ViewAuditLog          Bits = 1 << 7
	ViewChannel           Bits = 1 << 10
	SendMessages          Bits = 1 << 11
	SendTTS               Bits = 1 << 12
	ManageMessages        Bits = 1 << 13
	EmbedLinks            Bits = 1 << 14
	AttachFiles           Bits = 1 << 15
	ReadMessageHistory    Bits = 1 << 16
	MentionEveryone       Bits = 1 << 17
	UseExternalEmojis     Bits = 1 << 18
	ChangeNickname        Bits = 1 << 26
	ManageNicknames       Bits = 1 << 27
	ManageRoles           Bits = 1 << 28
	ManageWebhooks        Bits = 1 << 29
	UseCommands           Bits = 1 << 31
	ManageThreads         Bits = 1 << 34
	CreatePublicThreads   Bits = 1 << 35
	CreatePrivateThreads  Bits = 1 << 36
	SendMessagesInThreads Bits = 1 << 38
	ModerateMembers       Bits = 1 << 40
	PinMessages           Bits = 1 << 51
	BypassSlowmode        Bits = 1 << 52
)

// All is every permission that has a name.
const All Bits = (1<<53 - 1) &^ (1<<47 | 1<<48)

// names gives each bit its name; an empty one is not used by Discord.
func names() [64]string {
	return [64]string{
		0: "CREATE_INSTANT_INVITE", 1: "KICK_MEMBERS", 2: "BAN_MEMBERS", 3: "ADMINISTRATOR", 4: "MANAGE_CHANNELS",
		5: "MANAGE_GUILD", 6: "ADD_REACTIONS", 7: "VIEW_AUDIT_LOG", 8: "PRIORITY_SPEAKER", 9: "STREAM", 10: "VIEW_CHANNEL",
		11: "SEND_MESSAGES", 12: "SEND_TTS_MESSAGES", 13: "MANAGE_MESSAGES", 14: "EMBED_LINKS", 15: "ATTACH_FILES",
		16: "READ_MESSAGE_HISTORY", 17: "MENTION_EVERYONE", 18: "USE_EXTERNAL_EMOJIS", 19: "VIEW_GUILD_INSIGHTS",
		20: "CONNECT", 21: "SPEAK", 22: "MUTE_MEMBERS", 23: "DEAFEN_MEMBERS", 24: "MOVE_MEMBERS", 25: "USE_VAD",
		26: "CHANGE_NICKNAME", 27: "MANAGE_NICKNAMES", 28: "MANAGE_ROLES", 29: "MANAGE_WEBHOOKS",
		30: "MANAGE_GUILD_EXPRESSIONS", 31: "USE_APPLICATION_COMMANDS", 32: "REQUEST_TO_SPEAK", 33: "MANAGE_EVENTS",
		34: "MANAGE_THREADS", 35: "CREATE_PUBLIC_THREADS", 36: "CREATE_PRIVATE_THREADS", 37: "USE_EXTERNAL_STICKERS",
		38: "SEND_MESSAGES_IN_THREADS", 39: "USE_EMBEDDED_ACTIVITIES", 40: "MODERATE_MEMBERS",
		41: "VIEW_CREATOR_MONETIZATION_ANALYTICS", 42: "USE_SOUNDBOARD", 43: "CREATE_GUILD_EXPRESSIONS", 44: "CREATE_EVENTS",
		45: "USE_EXTERNAL_SOUNDS", 46: "SEND_VOICE_MESSAGES", 49: "SEND_POLLS", 50: "USE_EXTERNAL_APPS", 51: "PIN_MESSAGES",
		52: "BYPASS_SLOWMODE",
	}
}

// Parse gives the permission of this name; an unknown one is an error.
func Parse(name string) (Bits, error) {
	for i, n := range names() {
		if n == name && n != "" {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("no permission is called %q", name)
}

// Has tells that every permission of want is in b.
func (b Bits) Has(want Bits) bool { return b&want == want }

// String is the decimal form that Discord's JSON carries.
func (b Bits) String() string { return strconv.FormatUint(uint64(b), 10) }

// Names lists the permissions in b, lowest bit first; bits without a name are left out.
func (b Bits) Names() []string {
	out := make([]string, 0, bits.OnesCount64(uint64(b)))
	for i, name := range names() {
		if b&(1<<i) != 0 && name != "" {
			out = append(out, name)
		}
	}
	return out
}

// Overwrite is a channel's exception for a role or a member.
type Overwrite struct {
	ID          uint64
	Member      bool
	Allow, Deny Bits
}

// Role is what a role grants in the whole guild.
type Role struct {
	ID    uint64
	Grant Bits
}

// Member is the one whose permissions are asked for.
type Member struct {
	// UserID is the member, GuildID the guild and so the id of its @everyone role.
	UserID, GuildID uint64
	// Owner tells that the member owns the guild, TimedOut that a timeout is running.
	Owner, TimedOut bool
	// Everyone is the grant of @everyone, Roles are the member's other roles.
	Everyone Bits
	Roles    []Role
}

// timedOutKeeps is all that a timed-out member may still do.
const timedOutKeeps = ViewChannel | ReadMessageHistory

// InGuild computes the permissions without any channel.
func InGuild(m Member) Bits {
	if m.Owner {
		return All
	}
	total := m.Everyone
	for _, role := range m.Roles {
		total |= role.Grant
	}
	if total.Has(Administrator) {
		return All
	}
	if m.TimedOut {
		total &= timedOutKeeps
	}
	return total
}

// InChannel computes the permissions in a channel with these overwrites, implicit denials applied.
func InChannel(m Member, overwrites []Overwrite) Bits {
	return implicit(withOverwrites(m, overwrites), SendMessages)
}

// InThread computes the permissions in a thread; overwrites are its parent's. SEND_MESSAGES_IN_THREADS stands where
// SEND_MESSAGES stands in other channels. Whether a private thread may be seen is the caller's to decide.
func InThread(m Member, overwrites []Overwrite) Bits {
	return implicit(withOverwrites(m, overwrites), SendMessagesInThreads)
}

func withOverwrites(m Member, overwrites []Overwrite) Bits {
	total := InGuild(m)
	if total.Has(Administrator) {
		return total
	}
	held := make(map[uint64]bool, len(m.Roles))
	for _, role := range m.Roles {
		held[role.ID] = true
	}
	var everyone, own Overwrite
	var allow, deny Bits
	for _, o := range overwrites {
		switch {
		case o.Member && o.ID == m.UserID:
			own = o
		case !o.Member && o.ID == m.GuildID:
			everyone = o
		case !o.Member && held[o.ID]:
			allow |= o.Allow
			deny |= o.Deny
		}
	}
	total = total&^everyone.Deny | everyone.Allow
	total = total&^deny | allow
	total = total&^own.Deny | own.Allow
	// An overwrite makes nobody an administrator.
	total &^= Administrator
	if m.TimedOut {
		total &= timedOutKeeps
	}
	return total
}

// implicit takes away what is useless without seeing or writing.
func implicit(total, write Bits) Bits {
	if total.Has(Administrator) {
		return total
	}
	if !total.Has(ViewChannel) {
		return 0
	}
	if !total.Has(write) {
		total &^= MentionEveryone | SendTTS | AttachFiles | EmbedLinks
	}
	return total
}
