package integration

import (
	"context"
	"fmt"

	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// Named is a placeholder that a guild's messages may use because an integration is active there.
type Named struct {
	Placeholder

	Integration ID
	Source      string // the integration's name
	Slug        string // %slug.name% is always this one (I-21)
	Plain       bool   // %name% is this one; else one of an integration that was activated before it
}

// Placeholders lists those of all integrations of a guild, in the order of activation.
func (c *Catalog) Placeholders(ctx context.Context, g snowflake.Guild) ([]Named, error) {
	active, err := c.Activations.Active(ctx, g)
	if err != nil {
		return nil, fmt.Errorf("listing the active integrations: %w", err)
	}
	var all []Named
	taken, slugs := map[string]bool{}, slugs(active)
	for n, a := range active {
		for _, p := range a.Record.Placeholders {
			name := placeholder.Fold(p.Name)
			all = append(all, Named{Placeholder: p, Integration: a.Record.ID, Source: a.Record.Name, Slug: slugs[n], Plain: !taken[name]})
			taken[name] = true
		}
	}
	return all, nil
}
