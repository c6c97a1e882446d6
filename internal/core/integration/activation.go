package integration

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Activate switches an integration on in a guild with the guild's value for every secret, or, where it is on already, replaces all of
// them and goes on with the revision that is live now. revision is the live one as the guild's administrator saw it, so that nobody
// gives secrets to another host than the one that was shown. The values are validated first, if the author wants it (I-26).
//
// Errors: Invalid with a field for each secret; NotFound, also for another's private integration (I-28); Conflict
// "integration_changed", "activation_limit"; Invalid "validation_refused" and Unavailable "validation_failed", then nothing is saved.
func (c *Catalog) Activate(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID, revision int64, values map[string]secret.Value) error {
	r, i, err := c.live(ctx, id)
	if err != nil {
		return err
	}
	if !r.Public && r.Owner != by.User {
		return notFound()
	}
	if r.Revision.Number != revision {
		return changed()
	}
	if err := checkSecretValues(i, values, true); err != nil {
		return err
	}
	if err := c.validate(ctx, r, i, g, by.User, values); err != nil {
		return err
	}
	a := Activation{Guild: g, By: by.User, At: c.Now(), Record: r}
	if a.Secrets, err = c.sealValues(ctx, g, i, values); err != nil {
		return err
	}
	told := entry(by, i, audit.IntegrationActivated, a.At)
	told.Guild = g
	told.Detail = append(audit.Changed("revision", "", fmt.Sprint(revision)), givenSecrets(values)...)
	if err := c.Activations.Activate(ctx, a, c.Limits.Active, told); err != nil {
		return fmt.Errorf("activating an integration: %w", err)
	}
	c.Changed(g)
	return nil
}

// Replace replaces the values of some secrets of an active integration; those not given stay. The guild goes on with the revision that
// it uses. All values together are validated first, as in Activate.
//
// Errors: Invalid with a field for each secret; NotFound "activation_not_found"; Conflict "activation_changed"; those of validation.
func (c *Catalog) Replace(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID, values map[string]secret.Value) error {
	a, err := c.activation(ctx, g, id)
	if err != nil {
		return err
	}
	i, err := openRecord(ctx, c.Sealer, a.Record)
	if err != nil {
		return fmt.Errorf("opening the headers of integration %s: %w", id, err)
	}
	if len(values) == 0 {
		var checks fault.Checks
		checks.Add("secrets", "Give a new value to at least one secret.")
		return checks.Err("secrets_invalid", "The secrets cannot be saved.")
	}
	if err := checkSecretValues(i, values, false); err != nil {
		return err
	}
	all, err := c.kept(ctx, a, i, values)
	if err != nil {
		return err
	}
	if err := c.validate(ctx, a.Record, i, g, by.User, all); err != nil {
		return err
	}
	if a.Secrets, err = c.sealValues(ctx, g, i, all); err != nil {
		return err
	}
	told := entry(by, i, audit.IntegrationSecretsReplaced, c.Now())
	told.Guild, told.Detail = g, givenSecrets(values)
	if err := c.Activations.ReplaceSecrets(ctx, a, told); err != nil {
		return fmt.Errorf("replacing the secrets of an integration: %w", err)
	}
	c.Changed(g)
	return nil
}

// Holds reports whether an integration is active in a guild with its live revision and exactly these values, so that giving them again
// would change nothing. It is for whoever runs the program: to others it would confirm a guess.
func (c *Catalog) Holds(ctx context.Context, g snowflake.Guild, id ID, values map[string]secret.Value) (bool, error) {
	a, err := c.activation(ctx, g, id)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if a.Record.Revision.Number != a.Record.Live || len(values) != len(a.Record.Secrets) {
		return false, nil
	}
	held, err := c.kept(ctx, a, a.Record.Integration, nil)
	if err != nil { // what does not open has to be given again
		return false, nil //nolint:nilerr // see above
	}
	return maps.EqualFunc(held, values, secret.Value.Equal), nil
}

// Deactivate switches it off and destroys the guild's secret values (I-32). Errors: NotFound.
func (c *Catalog) Deactivate(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID) error {
	r, err := c.Store.Integration(ctx, id)
	if err != nil {
		return fmt.Errorf("looking for the integration: %w", err)
	}
	told := entry(by, r.Integration, audit.IntegrationDeactivated, c.Now())
	told.Guild = g
	if err := c.Activations.Deactivate(ctx, g, id, told); err != nil {
		return fmt.Errorf("deactivating an integration: %w", err)
	}
	c.Changed(g)
	return nil
}

// live reads the revision that new activations get, with clear header values.
func (c *Catalog) live(ctx context.Context, id ID) (Record, Integration, error) {
	r, err := c.Store.Integration(ctx, id)
	if err != nil {
		return r, Integration{}, fmt.Errorf("looking for the integration: %w", err)
	}
	if r.Live != r.Revision.Number {
		return c.revision(ctx, id, r.Live)
	}
	i, err := openRecord(ctx, c.Sealer, r)
	if err != nil {
		return r, i, fmt.Errorf("opening the headers of integration %s: %w", id, err)
	}
	return r, i, nil
}

// activation reads one of a guild; NotFound.
func (c *Catalog) activation(ctx context.Context, g snowflake.Guild, id ID) (Activation, error) {
	all, err := c.Activations.Active(ctx, g)
	if err != nil {
		return Activation{}, fmt.Errorf("looking for the activation: %w", err)
	}
	at := slices.IndexFunc(all, func(a Activation) bool { return a.Record.ID == id })
	if at < 0 {
		return Activation{}, fault.New(fault.NotFound, "activation_not_found", "This integration is not active in this server.")
	}
	return all[at], nil
}

// kept are the values of an activation's secrets, those given in place of those that are stored.
func (c *Catalog) kept(ctx context.Context, a Activation, i Integration, given map[string]secret.Value) (map[string]secret.Value, error) {
	origin, err := i.origin()
	if err != nil {
		return nil, fmt.Errorf("reading the URL of integration %s: %w", i.ID, err)
	}
	all := map[string]secret.Value{}
	var checks fault.Checks
	for _, s := range i.Secrets {
		if v, there := given[s.Name]; there {
			all[s.Name] = v
			continue
		}
		at := slices.IndexFunc(a.Secrets, func(x Sealed) bool { return x.Name == s.Name })
		if at >= 0 {
			v, err := c.Sealer.Open(ctx, secretPurpose(a.Guild, i.ID, origin, s.Name), a.Secrets[at].Sealed)
			if err == nil {
				all[s.Name] = v
				continue
			}
		}
		checks.Add("secrets."+s.Name, "The stored value is missing or cannot be read any more: give it again.")
	}
	return all, checks.Err("secrets_invalid", "The secrets cannot be saved.")
}

func (c *Catalog) sealValues(ctx context.Context, g snowflake.Guild, i Integration, values map[string]secret.Value) ([]Sealed, error) {
	origin, err := i.origin()
	if err != nil {
		return nil, fmt.Errorf("reading the URL of integration %s: %w", i.ID, err)
	}
	var all []Sealed
	for _, s := range i.Secrets {
		sealed, err := c.Sealer.Seal(ctx, secretPurpose(g, i.ID, origin, s.Name), values[s.Name])
		if err != nil {
			return nil, fmt.Errorf("sealing the secret %s: %w", s.Name, err)
		}
		all = append(all, Sealed{Name: s.Name, Sealed: sealed})
	}
	return all, nil
}

// givenSecrets names the secrets whose values were given.
func givenSecrets(values map[string]secret.Value) []audit.Change {
	var all []audit.Change
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, audit.Change{Field: "secrets." + name})
	}
	return all
}

// checkSecretValues wants a value for every secret, or only for those that are given, and none for anything else.
func checkSecretValues(i Integration, values map[string]secret.Value, every bool) error {
	var c fault.Checks
	for _, s := range i.Secrets {
		v, given := values[s.Name]
		if !given && !every {
			continue
		}
		text := v.Reveal()
		n := utf8.RuneCountInString(text)
		c.Require(n >= 1 && n <= MaxSecretValue, "secrets."+s.Name, fmt.Sprintf("Give a value of 1 to %d characters.", MaxSecretValue))
		c.Require(utf8.ValidString(text), "secrets."+s.Name, "The value is not valid UTF-8 text.")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		known := slices.ContainsFunc(i.Secrets, func(s Secret) bool { return s.Name == name })
		c.Require(known, "secrets."+name, "This integration has no secret of this name.")
	}
	return c.Err("secrets_invalid", "The secrets cannot be saved.")
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

// asFailure finds why a fetch gave nothing.
func asFailure(err error) (*Failure, bool) {
	var f *Failure
	return f, errors.As(err, &f)
}
