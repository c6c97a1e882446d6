package integration

import (
	"context"
	"slices"
	"strings"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// Collision is a placeholder's name that more than one thing gives (I-21).
type Collision struct {
	Name    string // as the newcomer writes it
	With    string // the other integration's name; empty: a placeholder that is built in
	WithID  ID
	Wins    bool   // %name% is the newcomer's
	Instead string // under which name the loser's value can still be had, such as %ticket.username%
}

// Collisions tells which names of an integration's placeholders collide with those of the guild: with what is built in, before which it
// goes, and with the integrations that were activated before it, behind which it stands. It may be active already. viewer is as in
// [Catalog.Show]. Errors: NotFound.
func (c *Catalog) Collisions(ctx context.Context, viewer snowflake.User, g snowflake.Guild, id ID) ([]Collision, error) {
	active, err := c.Activations.Active(ctx, g)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(active, func(a Activation) bool { return a.Record.ID == id })
	if at < 0 {
		if _, err := c.Show(ctx, viewer, id); err != nil {
			return nil, err
		}
		r, err := c.Store.Integration(ctx, id)
		if err != nil {
			return nil, err
		}
		at, active = len(active), append(active, Activation{Record: r})
	}
	return collisions(active, at, c.BuiltIn), nil
}

// Seen says whether somebody sees an integration in a guild: it is active there, or one that viewer may be shown, as in [Catalog.Show].
// Errors: NotFound.
func (c *Catalog) Seen(ctx context.Context, viewer snowflake.User, g snowflake.Guild, id ID) error {
	if _, err := c.activation(ctx, g, id); fault.KindOf(err) != fault.NotFound {
		return err
	}
	_, err := c.Show(ctx, viewer, id)
	return err
}

// collisions compares the placeholders of one of the activations with all others.
func collisions(active []Activation, newcomer int, builtIn []string) []Collision {
	slugs := slugs(active)
	var all []Collision
	for _, p := range active[newcomer].Record.Placeholders {
		name := placeholder.Fold(p.Name)
		if at := slices.IndexFunc(builtIn, func(full string) bool { return strings.HasSuffix(full, "."+name) }); at >= 0 {
			all = append(all, Collision{Name: p.Name, Wins: true, Instead: "%" + builtIn[at] + "%"})
		}
		for n, other := range active {
			if n == newcomer || !slices.ContainsFunc(other.Record.Placeholders, func(q Placeholder) bool { return placeholder.Fold(q.Name) == name }) {
				continue
			}
			loser := max(n, newcomer)
			all = append(all, Collision{
				Name: p.Name, With: other.Record.Name, WithID: other.Record.ID, Wins: loser != newcomer,
				Instead: "%" + slugs[loser] + "." + name + "%",
			})
		}
	}
	return all
}
