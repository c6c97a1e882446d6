package integration

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Catalog is where integrations are written down, changed and switched on: the rules behind every door (dashboard, API, set-up file).
type Catalog struct {
	Store   Store
	Sealer  secret.Sealer
	Signer  *Signer
	Guard   Guard
	Limits  Limits
	NewID   func() ID
	Now     func() time.Time
	Changed func(g snowflake.Guild) // told after a guild's activations changed
}

// Create saves a new integration of i.Owner, private as all are at first (I-28). Its id and times are given here.
// Errors: Invalid with fields; Conflict "integration_limit".
func (c *Catalog) Create(ctx context.Context, i Integration) (Integration, error) {
	if err := i.Check(c.Limits, c.Guard); err != nil {
		return Integration{}, err
	}
	i.ID, i.Public, i.Created = c.NewID(), false, c.Now()
	i.Changed = i.Created
	record, err := c.seal(ctx, i)
	if err != nil {
		return Integration{}, err
	}
	key, err := c.Signer.newKey(ctx, i.ID)
	if err != nil {
		return Integration{}, err
	}
	record.Signing = [][]byte{key}
	if err := c.Store.CreateIntegration(ctx, record, c.Limits.Owned); err != nil {
		return Integration{}, fmt.Errorf("creating an integration: %w", err)
	}
	return i, nil
}

// Update replaces what the author may change. Errors: Invalid with fields; NotFound for another user's integration.
func (c *Catalog) Update(ctx context.Context, i Integration) (Integration, error) {
	if err := i.Check(c.Limits, c.Guard); err != nil {
		return Integration{}, err
	}
	old, err := c.own(ctx, i.Owner, i.ID)
	if err != nil {
		return Integration{}, err
	}
	i.Public, i.Created, i.Changed = old.Public, old.Created, c.Now()
	record, err := c.seal(ctx, i)
	if err != nil {
		return Integration{}, err
	}
	if err := c.Store.UpdateIntegration(ctx, record); err != nil {
		return Integration{}, fmt.Errorf("updating an integration: %w", err)
	}
	return i, nil
}

// own reads an integration of its owner; NotFound for another user's.
func (c *Catalog) own(ctx context.Context, owner snowflake.User, id ID) (Record, error) {
	r, err := c.Store.Integration(ctx, id)
	if err != nil {
		return Record{}, fmt.Errorf("looking for the integration: %w", err)
	}
	if r.Owner != owner {
		return Record{}, notFound()
	}
	return r, nil
}

// Owned lists a user's integrations by name, with clear header values: they are the author's own.
func (c *Catalog) Owned(ctx context.Context, owner snowflake.User) ([]Integration, error) {
	records, err := c.Store.Owned(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("listing integrations: %w", err)
	}
	owned := make([]Integration, 0, len(records))
	for _, r := range records {
		i, err := openRecord(ctx, c.Sealer, r)
		if err != nil {
			return nil, fmt.Errorf("opening the headers of integration %s: %w", r.ID, err)
		}
		owned = append(owned, i)
	}
	return owned, nil
}

// Activate switches an integration on in a guild with the guild's secret values, or replaces them (I-24). by must have the right to
// manage the guild; that is the caller's to check. Errors: Invalid with a field for each secret; NotFound, also for another's private
// integration (I-28); Conflict "activation_limit".
func (c *Catalog) Activate(ctx context.Context, g snowflake.Guild, by snowflake.User, id ID, values map[string]secret.Value) error {
	record, err := c.Store.Integration(ctx, id)
	if err != nil {
		return fmt.Errorf("looking for the integration: %w", err)
	}
	if !record.Public && record.Owner != by {
		return notFound()
	}
	if err := checkSecretValues(record.Integration, values); err != nil {
		return err
	}
	origin, err := record.origin()
	if err != nil {
		return fmt.Errorf("reading the URL of integration %s: %w", id, err)
	}
	a := Activation{Guild: g, By: by, At: c.Now(), Record: record}
	for _, s := range record.Secrets {
		sealed, err := c.Sealer.Seal(ctx, secretPurpose(g, id, origin, s.Name), values[s.Name])
		if err != nil {
			return fmt.Errorf("sealing the secret %s: %w", s.Name, err)
		}
		a.Secrets = append(a.Secrets, Sealed{Name: s.Name, Sealed: sealed})
	}
	if err := c.Store.Activate(ctx, a, c.Limits.Active); err != nil {
		return fmt.Errorf("activating an integration: %w", err)
	}
	c.Changed(g)
	return nil
}

// Deactivate switches it off and destroys the guild's secret values (I-32). Errors: NotFound.
func (c *Catalog) Deactivate(ctx context.Context, g snowflake.Guild, id ID) error {
	if err := c.Store.Deactivate(ctx, g, id); err != nil {
		return fmt.Errorf("deactivating an integration: %w", err)
	}
	c.Changed(g)
	return nil
}

func checkSecretValues(i Integration, values map[string]secret.Value) error {
	var c fault.Checks
	for _, s := range i.Secrets {
		v := values[s.Name]
		n := utf8.RuneCountInString(v.Reveal())
		c.Require(n >= 1 && n <= MaxSecretValue, "secrets."+s.Name, fmt.Sprintf("Give a value of 1 to %d characters.", MaxSecretValue))
	}
	for name := range values {
		known := slices.ContainsFunc(i.Secrets, func(s Secret) bool { return s.Name == name })
		c.Require(known, "secrets."+name, "This integration has no secret of this name.")
	}
	return c.Err("secrets_invalid", "The secrets cannot be saved.")
}

func notFound() error {
	return fault.New(fault.NotFound, "integration_not_found", "There is no such integration, or it is another author's private one.")
}

// seal makes the record of an integration: its header values sealed.
func (c *Catalog) seal(ctx context.Context, i Integration) (Record, error) {
	record := Record{Integration: i}
	record.Headers = nil
	for n, h := range i.Headers {
		sealed, err := c.Sealer.Seal(ctx, headerPurpose(i.ID, n, h.Name), h.Value)
		if err != nil {
			return Record{}, fmt.Errorf("sealing the header %s: %w", h.Name, err)
		}
		record.Sealed = append(record.Sealed, Sealed{Name: h.Name, Sealed: sealed})
	}
	return record, nil
}

func openRecord(ctx context.Context, sealer secret.Sealer, r Record) (Integration, error) {
	i := r.Integration
	i.Headers = nil
	for n, s := range r.Sealed {
		v, err := sealer.Open(ctx, headerPurpose(i.ID, n, s.Name), s.Sealed)
		if err != nil {
			return i, err
		}
		i.Headers = append(i.Headers, Header{Name: s.Name, Value: v})
	}
	return i, nil
}

// headerPurpose binds a header value to its place in its integration.
func headerPurpose(id ID, n int, name string) secret.Purpose {
	return secret.Purpose{Kind: "integration_header", Bounds: []string{string(id), fmt.Sprint(n), name}}
}

// secretPurpose binds a guild's secret value to guild, integration, name and the place it is sent to: when the author moves the
// integration to another host, the guild has to give the value again (I-25, I-41).
func secretPurpose(g snowflake.Guild, id ID, origin, name string) secret.Purpose {
	return secret.Purpose{Kind: "integration_secret", Bounds: []string{g.String(), string(id), origin, name}}
}

// origin is where the integration's requests go: scheme, host and port.
func (i Integration) origin() (string, error) {
	t, err := requesttemplate.Parse(i.URL, i.variables()...)
	if err != nil {
		return "", err
	}
	return t.Origin().String(), nil
}
