package store

import (
	"context"
	"fmt"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

// Panels keeps panels.
type Panels struct{ db *DB }

var _ panel.Store = (*Panels)(nil)

var (
	errNoPanel        = fault.New(fault.NotFound, "panel_not_found", "There is no such panel in this server.")
	errPanelChanged   = panel.Outdated()
	errPanelNameTaken = fault.New(fault.Conflict, "panel_name_taken", "Another panel of this server has this name. Choose another one.")
	errPanelLimit     = fault.New(fault.Conflict, "panel_limit", fmt.Sprintf("This server has %d panels already; that is as many as it may have. Delete one first.", panel.MaxPanels))
)

const panelColumns = `guild_id, panel_id, name, post, button, welcome, category_id, staff_roles, max_open, channel_id, message_id, form_id, channel_name, revision`

// Panel implements panel.Store.
func (s *Panels) Panel(ctx context.Context, g snowflake.Guild, id panel.ID) (found panel.Panel, err error) {
	err = s.db.look(ctx, "reading a panel", answers{none: errNoPanel}, func(ctx context.Context, q querier) (err error) {
		found, err = scanPanel(q.QueryRowContext(ctx, `
			SELECT `+panelColumns+` FROM panels WHERE guild_id = $1 AND panel_id = $2`, key(g), clean(string(id))))
		return err
	})
	return found, err
}

// Panels implements panel.Store.
func (s *Panels) Panels(ctx context.Context, g snowflake.Guild) (all []panel.Panel, err error) {
	err = s.db.look(ctx, "listing panels", answers{}, func(ctx context.Context, q querier) (err error) {
		all, err = collect(ctx, q, scanPanel, `
			SELECT `+panelColumns+` FROM panels WHERE guild_id = $1 ORDER BY name_folded, panel_id`, key(g))
		return err
	})
	return all, err
}

// SavePanel implements panel.Store.
func (s *Panels) SavePanel(ctx context.Context, p panel.Panel, entries ...audit.Entry) error {
	step := int64(1)
	if p.Revision > 0 {
		step = 0 // it is counted before
	}
	args, err := panelArgs(p)
	if err != nil {
		return err
	}
	return s.db.whole(ctx, "saving a panel", answers{unique: errPanelNameTaken, none: errPanelChanged}, func(ctx context.Context, q querier) error {
		if p.Revision > 0 { // the row is locked, so that what follows meets no other change
			if err := must(ctx, q, `UPDATE panels SET revision = revision + 1 WHERE guild_id = $1 AND panel_id = $2 AND revision = $3`,
				key(p.Guild), clean(string(p.ID)), p.Revision); err != nil {
				return err
			}
		}
		if p.Revision == 0 {
			if err := roomForPanel(ctx, q, p); err != nil {
				return err
			}
		}
		if p.Form != "" {
			if err := holdForm(ctx, q, p.Guild, p.Form); err != nil {
				return err
			}
		}
		if err := must(ctx, q, `
			INSERT INTO panels (`+panelColumns+`, name_folded)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14)
			ON CONFLICT (guild_id, panel_id) DO UPDATE SET
				name = excluded.name,
				post = excluded.post,
				button = excluded.button,
				welcome = excluded.welcome,
				category_id = excluded.category_id,
				staff_roles = excluded.staff_roles,
				max_open = excluded.max_open,
				channel_id = excluded.channel_id,
				message_id = excluded.message_id,
				form_id = excluded.form_id,
				channel_name = excluded.channel_name,
				name_folded = excluded.name_folded,
				revision = panels.revision + $15`, append(args, step)...); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}

// roomForPanel refuses a new panel where there are panel.MaxPanels others. Two at one moment may both be let in: the limit is against
// heaps, not for exactness.
func roomForPanel(ctx context.Context, q querier, p panel.Panel) error {
	var others int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM panels WHERE guild_id = $1 AND panel_id <> $2`, key(p.Guild), clean(string(p.ID))).Scan(&others); err != nil {
		return err
	}
	if others >= panel.MaxPanels {
		return errPanelLimit
	}
	return nil
}

// DeletePanel implements panel.Store.
func (s *Panels) DeletePanel(ctx context.Context, g snowflake.Guild, id panel.ID, entries ...audit.Entry) error {
	return s.db.whole(ctx, "deleting a panel", answers{none: errNoPanel}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `DELETE FROM panels WHERE guild_id = $1 AND panel_id = $2`, key(g), clean(string(id))); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}

// SavePosted implements panel.Store.
func (s *Panels) SavePosted(ctx context.Context, g snowflake.Guild, id panel.ID, channel snowflake.Channel, message snowflake.Message, entries ...audit.Entry) error {
	return s.db.whole(ctx, "noting where a panel is posted", answers{none: errNoPanel}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `
			UPDATE panels SET channel_id = $3, message_id = $4, revision = revision + 1 WHERE guild_id = $1 AND panel_id = $2`,
			key(g), clean(string(id)), key(channel), key(message)); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}

// panelArgs are the values of panelColumns but the revision, and name_folded.
func panelArgs(p panel.Panel) ([]any, error) {
	post, err := asJSON(p.Post)
	if err != nil {
		return nil, err
	}
	button, err := asJSON(p.Button)
	if err != nil {
		return nil, err
	}
	welcome, err := asJSON(p.Welcome)
	if err != nil {
		return nil, err
	}
	roles, err := listJSON(p.StaffRoles)
	if err != nil {
		return nil, err
	}
	return []any{
		key(p.Guild), clean(string(p.ID)), clean(p.Name), post, button, welcome, key(p.Category), roles,
		int64(p.MaxOpen), key(p.Channel), key(p.Message), clean(string(p.Form)), clean(p.ChannelName), fold(p.Name),
	}, nil
}

func scanPanel(row scanner) (panel.Panel, error) {
	var p panel.Panel
	err := row.Scan(&p.Guild, &p.ID, &p.Name, fromJSON{&p.Post}, fromJSON{&p.Button}, fromJSON{&p.Welcome}, &p.Category,
		listFrom[snowflake.Role]{&p.StaffRoles}, &p.MaxOpen, &p.Channel, &p.Message, &p.Form, &p.ChannelName, &p.Revision)
	if err != nil {
		return panel.Panel{}, err
	}
	return p, nil
}
