package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// RightsLife is how old what we know of a person's rights may be. When it is over and Discord does not answer, nobody has rights.
const RightsLife = 5 * time.Minute

// rightsKept bounds how many sessions' and keys' rights are remembered at once.
const rightsKept = 10_000

// Rights is the rule of who may manage which server.
type Rights struct {
	identity Identity
	presence Presence
	sealer   secret.Sealer
	signIn   *SignIn
	lists    *recent[string, []Guild]  // by session
	members  *recent[membership, bool] // of keys' owners
}

type membership struct {
	guild snowflake.Guild
	user  snowflake.User
}

// NewRights makes the rule. It makes itself known to signIn, so that what is remembered of a session ends with it.
func NewRights(signIn *SignIn, presence Presence) *Rights {
	r := &Rights{
		identity: signIn.Identity, presence: presence, sealer: signIn.Sealer, signIn: signIn,
		lists: newRecent[string, []Guild](signIn.Now, RightsLife, rightsKept), members: newRecent[membership, bool](signIn.Now, RightsLife, rightsKept),
	}
	signIn.Ended = r.lists.forget
	return r
}

// Here reports whether our bot is in a server.
func (r *Rights) Here(g snowflake.Guild) bool { return r.presence.Here(g) }

// InviteURL is where a person adds our bot to a server.
func (r *Rights) InviteURL(g snowflake.Guild) string { return r.presence.InviteURL(g) }

// Manageable lists the servers that the session's person may manage, with our bot in them or not. Errors: Forbidden "signed_out" when
// the person withdrew the grant at Discord, and then the session has ended; Unavailable.
func (r *Rights) Manageable(ctx context.Context, s SessionRecord) ([]Guild, error) {
	return r.lists.get(ctx, s.ID, func(ctx context.Context) ([]Guild, error) {
		token, err := r.sealer.Open(ctx, grantPurpose(s.Session), s.Grant)
		if err != nil {
			return nil, fmt.Errorf("opening Discord's grant: %w", err)
		}
		all, err := r.identity.Guilds(ctx, token)
		if fault.CodeOf(err) == CodeSignedOut {
			return nil, errors.Join(errSignedOut(), r.signIn.drop(ctx, s.Session))
		}
		if err != nil {
			return nil, fmt.Errorf("asking Discord for the servers of user %s: %w", s.Person.ID, err)
		}
		var managed []Guild
		for _, g := range all {
			if g.Manages() {
				managed = append(managed, g)
			}
		}
		return managed, nil
	})
}

// SessionManages reports whether the session's person may manage a server. Errors: those of Manageable.
func (r *Rights) SessionManages(ctx context.Context, s SessionRecord, g snowflake.Guild) (bool, error) {
	all, err := r.Manageable(ctx, s)
	if err != nil {
		return false, err
	}
	for _, one := range all {
		if one.ID == g {
			return true, nil
		}
	}
	return false, nil
}

// KeyManages reports whether a key opens a server: the person who made it may manage it now, and the key is for it. There is no grant
// of the person behind a key, so our bot looks; where it is not a member, keys open nothing. Errors: Unavailable.
func (r *Rights) KeyManages(ctx context.Context, k Key, g snowflake.Guild) (bool, error) {
	if !k.Guild.IsZero() && k.Guild != g {
		return false, nil
	}
	return r.members.get(ctx, membership{guild: g, user: k.User}, func(ctx context.Context) (bool, error) {
		may, err := r.presence.MayManage(ctx, g, k.User)
		if err != nil {
			return false, fmt.Errorf("asking Discord for the rights of user %s: %w", k.User, err)
		}
		return may, nil
	})
}
