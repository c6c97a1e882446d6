package integration

import (
	"context"
	"fmt"
	"slices"

	"usher/internal/core/audit"
	"usher/internal/core/requesttemplate"
)

// HeaderSketch is a header without its value.
type HeaderSketch struct {
	Name    string
	Secrets []string // names of the secrets that its value carries
}

// Carried tells the headers of a revision of an author's integration, with the secrets that each carries. Of a revision that nobody needs
// header values are destroyed, and with them what they carried is forgotten: then there are none. Errors: NotFound, also for another user's.
func (c *Catalog) Carried(ctx context.Context, by audit.Actor, id ID, revision int64) ([]HeaderSketch, error) {
	r, err := c.Store.Revision(ctx, id, revision)
	if err != nil {
		return nil, fmt.Errorf("reading revision %d of integration %s: %w", revision, id, err)
	}
	if r.Owner != by.User {
		return nil, notFound()
	}
	if r.emptied() {
		return nil, nil
	}
	i, err := openRecord(ctx, c.Sealer, r)
	if err != nil {
		return nil, fmt.Errorf("opening the headers of revision %d of integration %s: %w", revision, id, err)
	}
	return i.sketches()
}

// emptied reports whether header values of the record's revision were destroyed because nobody needs it.
func (r Record) emptied() bool {
	return slices.ContainsFunc(r.Sealed, func(s Sealed) bool { return len(s.Sealed) == 0 })
}

// sketches are the headers of an integration with clear header values.
func (i Integration) sketches() ([]HeaderSketch, error) {
	headers, err := requesttemplate.ParseHeaders(i.lines(), len(i.Headers), i.variables()...)
	if err != nil {
		return nil, fmt.Errorf("reading the headers of integration %s: %w", i.ID, err)
	}
	var all []HeaderSketch
	for _, h := range headers {
		sketch := HeaderSketch{Name: h.Name()}
		for _, s := range i.Secrets {
			if slices.Contains(h.Variables(), s.Name) {
				sketch.Secrets = append(sketch.Secrets, s.Name)
			}
		}
		all = append(all, sketch)
	}
	return all, nil
}
