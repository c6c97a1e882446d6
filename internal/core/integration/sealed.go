package integration

import (
	"fmt"
	"strconv"
	"strings"

	"usher/internal/core/keyring"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// SealedPurposes tells what the sealed values of this package are bound to, for their rotation. The bounds are, in order: of
// "integration_header" the integration, the header's place from 0 and its name; of "integration_secret" the guild, the integration, the
// URL of its request and the secret's name; of both signing keys the integration.
func SealedPurposes() keyring.Purposes {
	signing := func(bounds []string) (secret.Purpose, error) {
		if err := wantBounds(bounds, 1); err != nil {
			return secret.Purpose{}, err
		}
		return signingPurpose(ID(bounds[0])), nil
	}
	return keyring.Purposes{
		"integration_header": sealedHeader, "integration_secret": sealedSecret, "integration_signing_key": signing, "integration_signing_key_before": signing,
	}
}

func sealedHeader(bounds []string) (secret.Purpose, error) {
	if err := wantBounds(bounds, 3); err != nil {
		return secret.Purpose{}, err
	}
	place, err := strconv.Atoi(bounds[1])
	if err != nil {
		return secret.Purpose{}, fmt.Errorf("reading a header's place: %w", err)
	}
	return headerPurpose(ID(bounds[0]), place, bounds[2]), nil
}

func sealedSecret(bounds []string) (secret.Purpose, error) {
	if err := wantBounds(bounds, 4); err != nil {
		return secret.Purpose{}, err
	}
	guild, err := snowflake.Parse[snowflake.Guild](bounds[0])
	if err != nil {
		return secret.Purpose{}, fmt.Errorf("reading a guild's id: %w", err)
	}
	origin, err := originOf(bounds[2])
	if err != nil {
		return secret.Purpose{}, fmt.Errorf("reading the URL of integration %s: %w", bounds[1], err)
	}
	return secretPurpose(guild, ID(bounds[1]), origin, bounds[3]), nil
}

// originOf reads scheme, host and port of a template, in which no variable can stand (I-3).
func originOf(url string) (string, error) {
	scheme, rest, found := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	if !found {
		return "", fmt.Errorf("a URL without a scheme")
	}
	t, err := requesttemplate.Parse(scheme + "://" + rest + "/")
	if err != nil {
		return "", err
	}
	return t.Origin().String(), nil
}

func wantBounds(bounds []string, n int) error {
	if len(bounds) != n {
		return fmt.Errorf("%d bounds of a sealed value, want %d", len(bounds), n)
	}
	return nil
}
