package permission_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"usher/sandbox/internal/permission"
)

// naive computes one permission after the other, as a person would by reading the documentation's steps: it shares no
// line with the real thing, which works on sets.
func naive(m permission.Member, overwrites []permission.Overwrite, thread bool, bit permission.Bits) bool {
	if m.Owner || has(m, permission.Administrator) {
		return true
	}
	may := func(want permission.Bits) bool { return step(m, overwrites, want) }
	write := permission.SendMessages
	if thread {
		write = permission.SendMessagesInThreads
	}
	switch {
	case bit == permission.Administrator, !may(permission.ViewChannel):
		return false
	case m.TimedOut && bit != permission.ViewChannel && bit != permission.ReadMessageHistory:
		return false
	}
	needsWrite := []permission.Bits{permission.MentionEveryone, permission.SendTTS, permission.AttachFiles, permission.EmbedLinks}
	if slices.Contains(needsWrite, bit) && !may(write) {
		return false
	}
	return may(bit)
}

func has(m permission.Member, bit permission.Bits) bool {
	if m.Everyone&bit != 0 {
		return true
	}
	return slices.ContainsFunc(m.Roles, func(r permission.Role) bool { return r.Grant&bit != 0 })
}

// step asks the documented steps for one permission: base, everyone's overwrite, roles' overwrites, the member's own.
func step(m permission.Member, overwrites []permission.Overwrite, bit permission.Bits) bool {
	answer := has(m, bit)
	apply := func(o permission.Overwrite) {
		if o.Deny&bit != 0 {
			answer = false
		}
		if o.Allow&bit != 0 {
			answer = true
		}
	}
	for _, o := range overwrites {
		if !o.Member && o.ID == m.GuildID {
			apply(o)
		}
	}
	denied, allowed := false, false
	for _, o := range overwrites {
		if o.Member || o.ID == m.GuildID || !slices.ContainsFunc(m.Roles, func(r permission.Role) bool { return r.ID == o.ID }) {
			continue
		}
		denied = denied || o.Deny&bit != 0
		allowed = allowed || o.Allow&bit != 0
	}
	answer = allowed || answer && !denied
	for _, o := range overwrites {
		if o.Member && o.ID == m.UserID {
			apply(o)
		}
	}
	return answer
}

// few are the permissions the property test plays with: all that the rules treat specially, and some that they do not.
func few() []permission.Bits {
	return []permission.Bits{
		permission.Administrator, permission.ViewChannel, permission.SendMessages, permission.SendMessagesInThreads,
		permission.MentionEveryone, permission.SendTTS, permission.AttachFiles, permission.EmbedLinks,
		permission.ReadMessageHistory, permission.ManageChannels, permission.ManageRoles,
	}
}

func bitsOf(t *rapid.T, label string) permission.Bits {
	var out permission.Bits
	for _, b := range few() {
		// Administrator is rare, or it would hide everything else.
		chance := 3
		if b == permission.Administrator {
			chance = 12
		}
		if rapid.IntRange(0, chance).Draw(t, label) == 0 {
			out |= b
		}
	}
	return out
}

// TestS7PermissionsAgreeWithASecondReading compares two implementations on random members and overwrites.
func TestS7PermissionsAgreeWithASecondReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := permission.Member{UserID: 50, GuildID: 1, Everyone: bitsOf(t, "everyone"), TimedOut: rapid.IntRange(0, 5).Draw(t, "timeout") == 0}
		m.Owner = rapid.IntRange(0, 15).Draw(t, "owner") == 0
		for id := range rapid.Uint64Range(0, 3).Draw(t, "roles") {
			m.Roles = append(m.Roles, permission.Role{ID: id + 2, Grant: bitsOf(t, "grant")})
		}
		var overwrites []permission.Overwrite
		for _, id := range []uint64{1, 2, 3, 4, 5, 50, 51} {
			if rapid.Bool().Draw(t, "has") {
				allow := bitsOf(t, "allow")
				overwrites = append(overwrites, permission.Overwrite{ID: id, Member: id >= 50, Allow: allow, Deny: bitsOf(t, "deny") &^ allow})
			}
		}
		thread := rapid.Bool().Draw(t, "thread")
		got := permission.InChannel(m, overwrites)
		if thread {
			got = permission.InThread(m, overwrites)
		}
		for _, bit := range few() {
			if want := naive(m, overwrites, thread, bit); got.Has(bit) != want {
				t.Fatalf("%v of %+v with %+v (thread %v): got %v, want %v", bit.Names(), m, overwrites, thread, got.Has(bit), want)
			}
		}
	})
}

// TestS7PermissionOrder holds the documentation's order by examples that can be checked by hand.
func TestS7PermissionOrder(t *testing.T) {
	t.Parallel()
	const view, send = permission.ViewChannel, permission.SendMessages
	base := permission.Member{UserID: 50, GuildID: 1, Everyone: view | send, Roles: []permission.Role{{ID: 2}, {ID: 3}}}
	deny, allow := func(id uint64) permission.Overwrite { return permission.Overwrite{ID: id, Deny: send} },
		func(id uint64) permission.Overwrite { return permission.Overwrite{ID: id, Allow: send} }
	cases := []struct {
		name       string
		overwrites []permission.Overwrite
		want       bool
	}{
		{"no overwrite", nil, true},
		{"everyone denies", []permission.Overwrite{deny(1)}, false},
		{"a role allows after everyone denies", []permission.Overwrite{deny(1), allow(2)}, true},
		{"one role denies, another allows", []permission.Overwrite{deny(2), allow(3)}, true},
		{"a role denies after everyone allows", []permission.Overwrite{allow(1), deny(2)}, false},
		{"the member is denied after a role allows", []permission.Overwrite{allow(2), {ID: 50, Member: true, Deny: send}}, false},
		{"a role that the member lacks", []permission.Overwrite{deny(4)}, true},
		{"a member overwrite with a role's id", []permission.Overwrite{{ID: 2, Member: true, Deny: send}}, true},
		{"nobody may view", []permission.Overwrite{{ID: 1, Deny: view}}, false},
	}
	for _, c := range cases {
		if got := permission.InChannel(base, c.overwrites).Has(send); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestNamesAndAllAgree(t *testing.T) {
	t.Parallel()
	var sum permission.Bits
	for _, name := range permission.Bits(1<<64 - 1).Names() {
		bit, err := permission.Parse(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		sum |= bit
	}
	if sum != permission.All {
		t.Errorf("the names make %d, All is %d", sum, permission.All)
	}
	if _, err := permission.Parse("FLY"); err == nil {
		t.Error("FLY is a permission")
	}
}
