package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"usher/internal/config"
	"usher/internal/core/account"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
	"usher/internal/core/ticket"
	"usher/internal/store"
	"usher/internal/vault"
)

// openVault opens the keys. Where there is no file it makes one, but only beside a database in which nothing is sealed yet: else the
// keys are lost, and new ones would hide it until the first integration fails.
func openVault(ctx context.Context, k config.Keys, kept keyring.Store, log *slog.Logger) (*vault.Vault, error) {
	samples, err := keyring.Samples(ctx, kept)
	if err != nil {
		return nil, err
	}
	v, err := loadVault(k)
	switch {
	case fault.CodeOf(err) == "keyset_missing" && len(samples) > 0:
		return nil, fault.New(fault.Invalid, "keyset_lost", fmt.Sprintf("USHER_KEYS_FILE: there is no keyset file %s, but the database holds values that were sealed with one. "+
			"Restore the file from your backup, or correct the path. If it is lost for good, run \"usher keys new\": what was sealed "+
			"(header values, secrets and signing keys of integrations) is lost with it and has to be given again.", k.File)).Because(err)
	case fault.CodeOf(err) == "keyset_missing":
		return makeVault(k, log)
	case err != nil:
		return nil, err
	}
	warnOfStrangers(ctx, v, samples, log)
	return v, nil
}

func loadVault(k config.Keys) (*vault.Vault, error) {
	if k.Text != "" {
		v, err := vault.FromText(secret.New(k.Text))
		if err != nil {
			return nil, about("USHER_KEYS", err)
		}
		return v, nil
	}
	v, err := vault.Load(k.File)
	if err != nil {
		return nil, about("USHER_KEYS_FILE", err)
	}
	return v, nil
}

func makeVault(k config.Keys, log *slog.Logger) (*vault.Vault, error) {
	v, created, err := vault.LoadOrCreate(k.File, time.Now())
	if err != nil {
		return nil, about("USHER_KEYS_FILE", err)
	}
	if created {
		log.Info("new keys were made: keep a copy of the file apart from the database", slog.String("file", k.File))
	}
	return v, nil
}

// warnOfStrangers says when values were sealed with keys that this keyset does not have: most often it is another one's.
func warnOfStrangers(ctx context.Context, v *vault.Vault, samples []keyring.Kept, log *slog.Logger) {
	for _, sample := range samples {
		id, _ := v.SealedWith(sample.Sealed)
		if !slices.ContainsFunc(v.Keys(), func(k keyring.Key) bool { return k.ID == id }) {
			log.LogAttrs(ctx, slog.LevelError, "values in the database were sealed with a key that the keyset does not have: restore the right keyset, or give the values again",
				slog.String("kind", sample.Kind), slog.String("key", id.String()))
		}
	}
}

// Keys is the work of an operator on the keys. It needs neither Discord nor, for most of it, the database.
type Keys struct {
	config config.Config
	log    *slog.Logger
	out    io.Writer // results
	notes  io.Writer // what is said beside them
}

// NewKeys makes it; results go to out, remarks to notes.
func NewKeys(c config.Config, log *slog.Logger, out, notes io.Writer) *Keys {
	return &Keys{config: c, log: log, out: out, notes: notes}
}

// New makes a keyset where there is none: in the file, or, where printed is set, on out for USHER_KEYS.
func (k *Keys) New(printed bool) error {
	if printed {
		text, err := vault.New(time.Now())
		if err != nil {
			return err
		}
		say(k.out, "%s", text.Reveal())
		return nil
	}
	if k.config.Keys.Text != "" {
		return errors.New("USHER_KEYS is set, so no file is used: unset it, or print a keyset with --print")
	}
	if err := makeFolders(k.config); err != nil {
		return err
	}
	id, err := vault.Make(k.config.Keys.File, time.Now())
	if err != nil {
		return about("USHER_KEYS_FILE", err)
	}
	say(k.out, "key %s made in %s: keep a copy of the file apart from the database", id, k.config.Keys.File)
	return nil
}

// List shows the keys, and with uses how many values are sealed with each.
func (k *Keys) List(ctx context.Context, uses bool) error {
	v, err := loadVault(k.config.Keys)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(k.out, 0, 0, 2, ' ', 0)
	if !uses {
		say(table, "KEY\tSTATE\tMADE")
		for _, key := range v.Keys() {
			say(table, "%s\t%s\t%s", key.ID, key.State, made(key.Made))
		}
		return table.Flush()
	}
	say(table, "KEY\tSTATE\tMADE\tSEALS")
	err = k.withRotation(ctx, v, func(r *keyring.Rotation) error {
		counts, err := r.Uses(ctx)
		if err != nil {
			return err
		}
		for _, key := range v.Keys() {
			say(table, "%s\t%s\t%s\t%s", key.ID, key.State, made(key.Made), described(counts[key.ID]))
			delete(counts, key.ID)
		}
		for _, id := range slices.Sorted(maps.Keys(counts)) {
			say(table, "%s\tmissing\tunknown\t%s", id, described(counts[id]))
		}
		return nil
	})
	return errors.Join(err, table.Flush())
}

// Add adds a fresh key that does not seal yet.
func (k *Keys) Add() error {
	return k.change(vault.Add(time.Now()), "key %s added: it opens, and does not seal yet. When every process knows it, run \"usher keys promote %[1]s\"")
}

// Promote makes a key the one that seals.
func (k *Keys) Promote(id keyring.KeyID) error {
	return k.change(vault.Promote(id), "key %s seals from now on. Run \"usher keys reseal\" to bring everything under it")
}

// change makes a change in the file, or gives the text that USHER_KEYS has to be set to.
func (k *Keys) change(c vault.Change, done string) error {
	if k.config.Keys.Text == "" {
		id, err := vault.ChangeFile(k.config.Keys.File, c)
		if err != nil {
			return about("USHER_KEYS_FILE", err)
		}
		say(k.out, done, id)
		return nil
	}
	text, id, err := vault.ChangeText(secret.New(k.config.Keys.Text), c)
	if err != nil {
		return about("USHER_KEYS", err)
	}
	say(k.notes, "Set USHER_KEYS to the line below, everywhere, and start every process again. Then: "+done+".", id)
	say(k.out, "%s", text.Reveal())
	return nil
}

// Reseal brings everything that is sealed under the primary key. Servers may run meanwhile.
func (k *Keys) Reseal(ctx context.Context) error {
	v, err := loadVault(k.config.Keys)
	if err != nil {
		return err
	}
	return k.withRotation(ctx, v, func(r *keyring.Rotation) error {
		report, err := r.Reseal(ctx, func(n int) {
			k.log.LogAttrs(ctx, slog.LevelDebug, "resealing", slog.Int("values", n))
		})
		say(k.out, "values sealed anew: %d", report.Resealed)
		for _, kind := range slices.Sorted(maps.Keys(report.Closed)) {
			say(k.out, "%s that do not open, left as they are: %d (given for another host, or sealed with keys that are not here)", named(kind), report.Closed[kind])
		}
		return err
	})
}

// Retire takes a key out of the keyset for good. While anything is sealed with it that opens, it refuses; what does not open is given up
// only where lose says so.
func (k *Keys) Retire(ctx context.Context, id keyring.KeyID, lose bool) error {
	v, err := loadVault(k.config.Keys)
	if err != nil {
		return err
	}
	err = k.withRotation(ctx, v, func(r *keyring.Rotation) error {
		uses, err := r.Uses(ctx)
		if err != nil {
			return err
		}
		use := uses[id]
		if len(use.Open) > 0 {
			return fault.New(fault.Conflict, "key_in_use", fmt.Sprintf("The key %s still seals %s: run \"usher keys reseal\" first.", id, described(use)))
		}
		if len(use.Closed) > 0 && !lose {
			return fault.New(fault.Conflict, "key_in_use", fmt.Sprintf("The key %s still seals %s. They wait for their integration to come back to the host they were given for, "+
				"or for a guild to give them again; with --lose-unreadable the key goes nevertheless, and they with it.", id, described(use)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return k.change(vault.Retire(id), "key %s retired: nothing can be opened with it any more, but what your backups hold")
}

// withRotation opens the database for work on what is sealed in it.
func (k *Keys) withRotation(ctx context.Context, v *vault.Vault, work func(*keyring.Rotation) error) error {
	start, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if err := makeFolders(k.config); err != nil {
		return err
	}
	db, err := store.Open(start, store.Config{URL: k.config.Database, Logger: k.log})
	if err != nil {
		return err
	}
	if err := db.Migrate(start); err != nil {
		return errors.Join(err, db.Close())
	}
	purposes := keyring.Purposes{}
	maps.Copy(purposes, integration.SealedPurposes())
	maps.Copy(purposes, ticket.SealedPurposes())
	maps.Copy(purposes, bloxlink.SealedPurposes())
	maps.Copy(purposes, account.SealedPurposes())
	return errors.Join(work(&keyring.Rotation{Ring: v, Store: db.Sealed(), Purposes: purposes}), db.Close())
}

// made says when a key was made and how old it is.
func made(at time.Time) string {
	if at.IsZero() {
		return "unknown"
	}
	days := int(time.Since(at).Hours() / 24)
	age := fmt.Sprintf("%d days ago", days)
	switch days {
	case 0:
		age = "today"
	case 1:
		age = "1 day ago"
	}
	return at.UTC().Format("2006-01-02 15:04") + " UTC (" + age + ")"
}

// described lists what a key seals.
func described(u keyring.Use) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(u.Open)) {
		parts = append(parts, fmt.Sprintf("%s: %d", named(kind), u.Open[kind]))
	}
	for _, kind := range slices.Sorted(maps.Keys(u.Closed)) {
		parts = append(parts, fmt.Sprintf("%s that do not open: %d", named(kind), u.Closed[kind]))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// named is a kind of sealed values for people.
func named(kind string) string {
	switch kind {
	case "integration_header":
		return "header values"
	case "integration_secret":
		return "secrets of servers"
	case "integration_signing_key":
		return "signing keys"
	case "integration_signing_key_before":
		return "older signing keys"
	case "bloxlink_key":
		return "Bloxlink keys"
	case "reply_token":
		return "reply tokens"
	case "session_grant":
		return "sign-ins"
	default:
		return kind
	}
}
