package app

import (
	"context"
	"fmt"
	"io"
	"slices"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// KeyChange is what [App.SigningKeys] does before it shows the keys.
type KeyChange uint8

// The changes (I-13).
const (
	KeyStays    KeyChange = iota
	KeyRotates            // a new key, and the one before stays valid
	RotationEnd           // the newest key alone
)

// SigningKeys writes the signing keys of a user's integration to out, one a line, the newest first. Whoever runs the program may see them.
func (a *App) SigningKeys(ctx context.Context, owner snowflake.User, name string, change KeyChange, out io.Writer) error {
	owned, err := a.catalog.Owned(ctx, owner)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(owned, func(i integration.Own) bool { return placeholder.Fold(i.Name) == placeholder.Fold(name) })
	if at < 0 {
		return fault.New(fault.NotFound, "integration_not_found", fmt.Sprintf("The user %s has no integration of the name %q.", owner, name))
	}
	by := audit.Actor{User: owner, Via: audit.SetupFile}
	switch id := owned[at].ID; change {
	case KeyRotates:
		err = a.catalog.RotateSigningKey(ctx, by, id)
	case RotationEnd:
		err = a.catalog.EndSigningRotation(ctx, by, id)
	case KeyStays:
	}
	if err != nil {
		return err
	}
	keys, err := a.catalog.SigningKeys(ctx, by, owned[at].ID)
	if err != nil {
		return err
	}
	for _, key := range keys {
		say(out, "%s", key.Reveal())
	}
	return nil
}
