package integration

import "context"

// Validations is the way out for the validation of secrets (I-26): within the same rates as other requests, and each in the delivery log.
// The breaker is not asked, for somebody waits who may just be mending what opened it. One that cannot be delivered takes as long as a test
// request would (Tuning.TrialFloor): a validation URL is its author's to choose as well.
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
	took, told := r.now().Sub(start), err
	if told == nil {
		told = reply.check()
	}
	if asUnreachable(err) && r.wait(ctx, max(0, r.tuning.TrialFloor-took)) != nil {
		err = &Failure{Class: ClassGivenUp, Text: "The request was given up before it ended."}
	}
	r.journal.Note(delivery(about, c.Integration, r.now(), answer{reply: reply, took: took}, told, nil))
	return reply, err
}
