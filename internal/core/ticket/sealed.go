package ticket

import (
	"fmt"

	"usher/internal/core/keyring"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// SealedPurposes tells what the sealed values of this package are bound to, for their rotation. The bounds of a "reply_token" are the
// guild and the interaction.
func SealedPurposes() keyring.Purposes {
	return keyring.Purposes{"reply_token": func(bounds []string) (secret.Purpose, error) {
		if len(bounds) != 2 {
			return secret.Purpose{}, fmt.Errorf("%d bounds of a reply token, want 2", len(bounds))
		}
		guild, err := snowflake.Parse[snowflake.Guild](bounds[0])
		if err != nil {
			return secret.Purpose{}, fmt.Errorf("reading a guild's id: %w", err)
		}
		interaction, err := snowflake.Parse[snowflake.Interaction](bounds[1])
		if err != nil {
			return secret.Purpose{}, fmt.Errorf("reading an interaction's id: %w", err)
		}
		return replyPurpose(guild, interaction), nil
	}}
}
