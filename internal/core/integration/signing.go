package integration

import (
	"context"
	"fmt"
	"io"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/webhooksignature"
)

// Signer keeps the integrations' signing keys and signs every request with them (I-13). It is safe for concurrent use if Random is.
type Signer struct {
	Store  Store
	Sealer secret.Sealer
	Random io.Reader
	Now    func() time.Time
}

// sign gives the headers that tell a request's receiver that it is real. While keys are rotated it signs with both.
func (s *Signer) sign(ctx context.Context, r Record, body []byte) ([]Header, error) {
	texts, err := s.keys(ctx, r)
	if err != nil {
		return nil, err
	}
	headers, err := s.headers(texts, body)
	if err != nil {
		return nil, fmt.Errorf("signing for integration %s: %w", r.ID, err)
	}
	return headers, nil
}

// headers signs with keys.
func (s *Signer) headers(texts []secret.Value, body []byte) ([]Header, error) {
	var err error
	keys := make([]webhooksignature.Key, len(texts))
	for i, text := range texts {
		if keys[i], err = webhooksignature.ParseKey(text); err != nil {
			return nil, fmt.Errorf("reading a signing key: %w", err)
		}
	}
	id, err := webhooksignature.NewID(s.Random)
	if err != nil {
		return nil, err
	}
	at := s.Now()
	return []Header{
		{Name: webhooksignature.HeaderID, Value: secret.New(id)},
		{Name: webhooksignature.HeaderTimestamp, Value: secret.New(webhooksignature.Timestamp(at))},
		{Name: webhooksignature.HeaderSignature, Value: secret.New(webhooksignature.Sign(keys, id, at, body))},
	}, nil
}

// keys opens an integration's keys, the newest first. r may be old: only keys that it lacks are looked for.
func (s *Signer) keys(ctx context.Context, r Record) ([]secret.Value, error) {
	sealed, err := s.sealed(ctx, r)
	if err != nil {
		return nil, err
	}
	texts := make([]secret.Value, len(sealed))
	for i, one := range sealed {
		if texts[i], err = s.Sealer.Open(ctx, signingPurpose(r.ID), one); err != nil {
			return nil, &Failure{Class: ClassSecret, Text: "its signing key cannot be decrypted with the keys of this instance"}
		}
	}
	return texts, nil
}

// sealed gives the sealed keys. An integration from before there were any, or made by a process of that time, gets its key here, on
// first use; of several who give it one at once, the first one's stays and the others read it.
func (s *Signer) sealed(ctx context.Context, r Record) ([][]byte, error) {
	if len(r.Signing) > 0 {
		return r.Signing, nil
	}
	key, err := s.newKey(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	err = s.Store.SaveSigning(ctx, r.ID, nil, [][]byte{key})
	if err == nil {
		return [][]byte{key}, nil
	}
	if fault.KindOf(err) != fault.Conflict {
		return nil, fmt.Errorf("saving the signing key of integration %s: %w", r.ID, err)
	}
	now, err := s.Store.Integration(ctx, r.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the signing key of integration %s: %w", r.ID, err)
	}
	if len(now.Signing) == 0 {
		return nil, fmt.Errorf("integration %s has no signing key and does not take one", r.ID)
	}
	return now.Signing, nil
}

// newKey makes a key and seals it.
func (s *Signer) newKey(ctx context.Context, id ID) ([]byte, error) {
	key, err := webhooksignature.NewKey(s.Random)
	if err != nil {
		return nil, err
	}
	sealed, err := s.Sealer.Seal(ctx, signingPurpose(id), key)
	if err != nil {
		return nil, fmt.Errorf("sealing the signing key of integration %s: %w", id, err)
	}
	return sealed, nil
}

// rotate puts a new key before the one in use.
func (s *Signer) rotate(ctx context.Context, r Record, told audit.Entry) error {
	was, err := s.sealed(ctx, r)
	if err != nil {
		return err
	}
	if len(was) > 1 {
		return fault.New(fault.Conflict, "signing_rotating", "Two keys are valid already. End the rotation when your server knows the new one, then begin another.")
	}
	key, err := s.newKey(ctx, r.ID)
	if err != nil {
		return err
	}
	return s.Store.SaveSigning(ctx, r.ID, was, [][]byte{key, was[0]}, told)
}

// endRotation drops the key before the newest; where there is none, nothing is to be done.
func (s *Signer) endRotation(ctx context.Context, r Record, told audit.Entry) error {
	if len(r.Signing) < 2 {
		return nil
	}
	return s.Store.SaveSigning(ctx, r.ID, r.Signing, r.Signing[:1], told)
}

// signingPurpose binds a signing key to its integration.
func signingPurpose(id ID) secret.Purpose {
	return secret.Purpose{Kind: "integration_signing_key", Bounds: []string{string(id)}}
}

// SigningKeys gives the owner the keys with which the integration's requests are signed, for the server that receives them: the newest
// first, then the one before while it is rotated. Errors: NotFound for another user's integration.
func (c *Catalog) SigningKeys(ctx context.Context, by audit.Actor, id ID) ([]secret.Value, error) {
	r, err := c.own(ctx, by.User, id)
	if err != nil {
		return nil, err
	}
	return c.Signer.keys(ctx, r)
}

// RotateSigningKey gives an integration a new key; the one before stays valid beside it until [Catalog.EndSigningRotation]. Another
// process that has the integration in its cache signs with the old key alone for a while. Errors: NotFound for another user's
// integration; Conflict "signing_rotating" where two keys are valid already, "signing_changed" where somebody else was faster.
func (c *Catalog) RotateSigningKey(ctx context.Context, by audit.Actor, id ID) error {
	r, err := c.own(ctx, by.User, id)
	if err != nil {
		return err
	}
	if err := c.Signer.rotate(ctx, r, entry(by, r.Integration, audit.IntegrationKeyRotated, c.Now())); err != nil {
		return fmt.Errorf("rotating a signing key: %w", err)
	}
	return c.tellAll(ctx, id)
}

// EndSigningRotation makes the newest key the only one. Errors: NotFound for another user's integration; Conflict "signing_changed".
func (c *Catalog) EndSigningRotation(ctx context.Context, by audit.Actor, id ID) error {
	r, err := c.own(ctx, by.User, id)
	if err != nil {
		return err
	}
	if err := c.Signer.endRotation(ctx, r, entry(by, r.Integration, audit.IntegrationKeyRotationEnded, c.Now())); err != nil {
		return fmt.Errorf("ending the rotation of a signing key: %w", err)
	}
	return c.tellAll(ctx, id)
}

// tellAll says to every guild that has the integration that what it uses has changed.
func (c *Catalog) tellAll(ctx context.Context, id ID) error {
	guilds, err := c.Activations.Guilds(ctx, id)
	if err != nil {
		return fmt.Errorf("looking for the guilds of integration %s: %w", id, err)
	}
	c.tell(guilds)
	return nil
}
