package account

import (
	"fmt"

	"usher/internal/core/keyring"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// SealedPurposes tells what the sealed values of this package are bound to, for their rotation. The bounds of a "session_grant" are the
// user and the session. What browsers carry while they are at Discord is not stored, and over after ten minutes.
func SealedPurposes() keyring.Purposes {
	return keyring.Purposes{sealedKind: func(bounds []string) (secret.Purpose, error) {
		if len(bounds) != 2 {
			return secret.Purpose{}, fmt.Errorf("%d bounds of a session's grant, want 2", len(bounds))
		}
		user, err := snowflake.Parse[snowflake.User](bounds[0])
		if err != nil {
			return secret.Purpose{}, fmt.Errorf("reading a user's id: %w", err)
		}
		return grantPurpose(Session{ID: bounds[1], Person: Person{ID: user}}), nil
	}}
}
