package storetest

import (
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

func revisionRules() []rule { return nil }

func listingRules() []rule { return nil }

// draft is a record on its way to a new revision.
type draft struct{ integration.Record }

// revise gives it the next revision's number; a private one is live at once.
func (d *draft) revise(state integration.State) {
	d.Newest++
	d.Revision = integration.Revision{Number: d.Newest, State: state, By: author, At: noon()}
	if !d.Public {
		d.Live = d.Newest
	}
}

// save writes an edit.
func (t trial) save(e integration.Edit) []snowflake.Guild {
	t.Helper()
	guilds, err := t.Integrations.SaveIntegration(t.Context(), e)
	ok(t, err)
	return guilds
}
