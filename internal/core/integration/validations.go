package integration

import (
	"context"
)

// Validations is the way out for the validation of secrets (I-26): within the same rates as other requests, and each in the delivery log.
// The breaker is not asked, for somebody waits who may just be mending what opened it.
func (r *Resolver) Validations() Fetcher { return validations{r} }

type validations struct{ resolver *Resolver }

// Fetch implements Fetcher.
func (v validations) Fetch(ctx context.Context, c Call) (Reply, error) {
	r := v.resolver
	about := Subject{Guild: c.Guild, Trigger: ForValidation}
	if !r.pace.take(c.Guild, c.Integration) {
		err := &Failure{Class: ClassBusy, Text: "Too many requests were sent in the last minute."}
		r.journal.Note(delivery(about, c.Integration, r.now(), answer{}, err, nil))
		return Reply{}, err
	}
	start := r.now()
	reply, err := r.fetch.Fetch(ctx, c)
	told := err
	if told == nil {
		told = reply.check()
	}
	r.journal.Note(delivery(about, c.Integration, r.now(), answer{reply: reply, took: r.now().Sub(start)}, told, nil))
	return reply, err
}
