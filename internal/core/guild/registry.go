package guild

import (
	"context"
	"fmt"

	"usher/internal/core/snowflake"
)

// Registry is where settings are changed: the rule behind every door.
type Registry struct {
	Store   Store
	Changed func(g snowflake.Guild) // told after a guild's settings changed
}

// Save checks and writes a guild's settings. Errors: Invalid with fields.
func (r *Registry) Save(ctx context.Context, s Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	if err := r.Store.SaveGuild(ctx, s); err != nil {
		return fmt.Errorf("saving the settings of guild %s: %w", s.ID, err)
	}
	r.Changed(s.ID)
	return nil
}
