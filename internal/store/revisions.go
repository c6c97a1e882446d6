package store

import (
	"context"
	"strconv"
	"strings"

	"usher/internal/core/audit"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// SaveIntegration implements integration.Store. Its first statement holds the integration's row until the end, so that changes and
// activations of one integration take turns.
func (s *Integrations) SaveIntegration(ctx context.Context, e integration.Edit) (guilds []snowflake.Guild, err error) {
	id := clean(string(e.Record.ID))
	err = s.db.whole(ctx, "changing an integration", answers{none: errIntegrationChanged}, func(ctx context.Context, q querier) error {
		if err := saveIdentity(ctx, q, e.Record); err != nil {
			return err
		}
		if err := saveRevision(ctx, q, e); err != nil {
			return err
		}
		had, err := guildsOf(ctx, q, id)
		if err != nil {
			return err
		}
		guilds = had
		if err := endForeign(ctx, q, e); err != nil {
			return err
		}
		if err := moveGuilds(ctx, q, e); err != nil {
			return err
		}
		if err := forgetRevisions(ctx, q, id); err != nil {
			return err
		}
		return writeAudit(ctx, q, e.Told...)
	})
	return guilds, err
}

// saveIdentity writes all but the request, if nobody else has written since it was read.
func saveIdentity(ctx context.Context, q querier, r integration.Record) error {
	placeholders, err := listJSON(r.Placeholders)
	if err != nil {
		return err
	}
	return must(ctx, q, `
		UPDATE integrations SET name = $3, name_folded = $4, description = $5, logo = $6, logo_hash = $7, privacy = $8, public = $9,
			placeholders = $10, cache_seconds = $11, searched = $12, newest = $13, live = $14, changed_at = $15, version = version + 1
		WHERE integration_id = $1 AND version = $2`,
		clean(string(r.ID)), r.Version, clean(r.Name), fold(r.Name), clean(r.Description), clean(r.Logo), clean(r.LogoHash), clean(r.Privacy),
		r.Public, placeholders, int64(r.CacheSeconds), searched(r), r.Newest, r.Live, millis(r.Changed))
}

// saveRevision writes a new revision, before which those that were not approved step back, or what became of one.
func saveRevision(ctx context.Context, q querier, e integration.Edit) error {
	id, v := clean(string(e.Record.ID)), e.Record.Revision
	if !e.New {
		return must(ctx, q, `
			UPDATE integration_revisions SET state = $3, asked_at = $4, decided_at = $5, decided_by = $6, reason = $7
			WHERE integration_id = $1 AND revision = $2`,
			id, v.Number, string(v.State), millis(v.Asked), millis(v.Decided), key(v.Decider), clean(v.Reason))
	}
	if _, err := affected(ctx, q, `
		UPDATE integration_revisions SET state = 'superseded' WHERE integration_id = $1 AND state IN ('draft', 'pending', 'rejected')`, id); err != nil {
		return err
	}
	return insertRevision(ctx, q, e.Record)
}

// endForeign ends what others than the owner activated.
func endForeign(ctx context.Context, q querier, e integration.Edit) error {
	if !e.End {
		return nil
	}
	id := clean(string(e.Record.ID))
	const foreign = `SELECT a.guild_id FROM activations a JOIN integrations i ON i.integration_id = a.integration_id
		WHERE a.integration_id = $1 AND a.activated_by <> i.owner_id`
	if err := writeAuditIn(ctx, q, e.Ended, foreign, id); err != nil {
		return err
	}
	_, err := affected(ctx, q, `DELETE FROM activations WHERE integration_id = $1 AND guild_id IN (`+foreign+`)`, id)
	return err
}

// mayUseLive holds, of an activation a, whether the guild may use the live revision of its integration i: it is approved, or the owner
// activated it there.
const mayUseLive = `(a.activated_by = i.owner_id OR EXISTS (
	SELECT 1 FROM integration_revisions v WHERE v.integration_id = i.integration_id AND v.revision = i.live AND v.state = 'approved'))`

// moveGuilds lets the guilds that use one of the revisions e.Move go on with the live one, and destroys what they gave for secrets that
// it does not declare.
func moveGuilds(ctx context.Context, q querier, e integration.Edit) error {
	if len(e.Move) == 0 {
		return nil
	}
	id := clean(string(e.Record.ID))
	moving := `SELECT a.guild_id FROM activations a JOIN integrations i ON i.integration_id = a.integration_id
		WHERE a.integration_id = $1 AND a.revision IN (` + numberList(e.Move) + `) AND a.revision <> i.live AND ` + mayUseLive
	if err := writeAuditIn(ctx, q, e.Moved, moving, id); err != nil {
		return err
	}
	if _, err := affected(ctx, q, `
		UPDATE activations SET revision = $2, version = version + 1 WHERE integration_id = $1 AND guild_id IN (`+moving+`)`,
		id, e.Record.Live); err != nil {
		return err
	}
	declared := make([]any, 0, len(e.Record.Secrets)+2)
	declared = append(declared, id, e.Record.Live)
	var places []string
	for _, s := range e.Record.Secrets {
		declared = append(declared, clean(s.Name))
		places = append(places, "$"+strconv.Itoa(len(declared)))
	}
	undeclared := ""
	if len(places) > 0 {
		undeclared = ` AND name NOT IN (` + strings.Join(places, ", ") + `)`
	}
	_, err := affected(ctx, q, `
		DELETE FROM activation_secrets WHERE integration_id = $1 AND guild_id IN (
			SELECT guild_id FROM activations WHERE integration_id = $1 AND revision = $2)`+undeclared, declared...)
	return err
}

// numberList writes numbers for an IN list.
func numberList(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(texts, ", ")
}

// unneeded holds of a revision r that nobody needs it: see integration.Edit.
const unneeded = `
	r.revision NOT IN (SELECT newest FROM integrations WHERE integration_id = r.integration_id)
	AND r.revision NOT IN (SELECT live FROM integrations WHERE integration_id = r.integration_id)
	AND r.revision <> (SELECT COALESCE(MAX(v.revision), 0) FROM integration_revisions v WHERE v.integration_id = r.integration_id AND v.state = 'approved')
	AND NOT EXISTS (SELECT 1 FROM activations a WHERE a.integration_id = r.integration_id AND a.revision = r.revision)`

// forgetRevisions empties the header values of revisions that nobody needs, whose names stay as a history, and forgets all but the last of those revisions. The
// integration's row is held: nobody begins to use one meanwhile.
func forgetRevisions(ctx context.Context, q querier, id string) error {
	if _, err := affected(ctx, q, `
		UPDATE revision_headers SET sealed = $2 WHERE integration_id = $1 AND length(sealed) > 0 AND revision IN (
			SELECT r.revision FROM integration_revisions r WHERE r.integration_id = $1 AND `+unneeded+`)`, id, []byte{}); err != nil {
		return err
	}
	_, err := affected(ctx, q, `
		DELETE FROM integration_revisions WHERE integration_id = $1 AND revision IN (
			SELECT r.revision FROM integration_revisions r WHERE r.integration_id = $1 AND `+unneeded+`
			ORDER BY r.revision DESC LIMIT 1000000 OFFSET $2)`, id, int64(integration.KeptRevisions))
	return err
}

// writeAuditIn writes an entry in each of the guilds that a query of ids lists, with two statements however many they are. What the key of
// an author or operator is called is nobody else's business, so it is left out.
func writeAuditIn(ctx context.Context, q querier, e audit.Entry, guilds string, args ...any) error {
	detail, err := listJSON(e.Detail)
	if err != nil {
		return err
	}
	var values []string // the places of an entry's columns behind those of args
	for i := range 7 {
		values = append(values, "$"+strconv.Itoa(len(args)+1+i))
	}
	if _, err := affected(ctx, q, `
		INSERT INTO audit_counters (guild_id, last_entry) SELECT g.guild_id, 1 FROM (`+guilds+`) g WHERE TRUE ORDER BY g.guild_id
		ON CONFLICT (guild_id) DO UPDATE SET last_entry = audit_counters.last_entry + 1`, args...); err != nil {
		return err
	}
	_, err = affected(ctx, q, `
		INSERT INTO audit_entries (guild_id, entry_id, user_id, via, at, action, target, name, detail)
		SELECT g.guild_id, n.last_entry, `+strings.Join(values, ", ")+`
		FROM (`+guilds+`) g JOIN audit_counters n ON n.guild_id = g.guild_id`,
		append(append([]any{}, args...), key(e.Actor.User), string(e.Actor.Via), millis(e.At), clean(string(e.Action)), clean(e.Target), clean(e.Name), detail)...)
	return err
}
