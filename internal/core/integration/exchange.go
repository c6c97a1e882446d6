package integration

import (
	"context"
	"hash/maphash"
	"strings"
	"time"

	"usher/internal/core/placeholder"
)

// order is a request that is about to be made, and how its answer is read.
type order struct {
	call    Call // not signed
	record  Record
	version uint64        // of what the integration is now in this guild
	life    time.Duration // how long a good answer may be used again
	read    func(Reply) (map[string]placeholder.Value, error)
}

// answer is what came of an order. On a failure reply and took are what is known.
type answer struct {
	reply  Reply
	values map[string]placeholder.Value
	took   time.Duration
	cached bool // not by a request of its own
}

// exchange gives an order's answer: from the cache, from the same request under way, or by sending it (I-14).
func (r *Resolver) exchange(ctx context.Context, o order) (answer, error) {
	key := r.keys.of(o.call, o.version)
	if o.life > 0 {
		if reply, there := r.cache.get(key); there {
			values, err := o.read(reply)
			return answer{reply: reply, values: values, cached: true}, err
		}
	}
	a, joined, err := r.flights.do(ctx, key, func(ctx context.Context) (answer, error) { return r.send(ctx, key, o) })
	if joined {
		a.cached = true
		if err == nil {
			a.values, err = o.read(a.reply) // others may want other placeholders of it
		}
	}
	return a, err
}

// send sends, where rate and breaker allow it.
func (r *Resolver) send(ctx context.Context, key cacheKey, o order) (a answer, err error) {
	whose := breakerKey{o.call.Guild, o.call.Integration}
	if !r.breakers.allow(whose, o.version) {
		return answer{}, &Failure{Class: ClassOpen, Text: "It failed several times one after another and is left alone for a while."}
	}
	learned := verdict{none: true} // also when something here panics
	defer func() { r.breakers.settle(whose, o.version, learned) }()
	if !r.pace.take(o.call.Guild, o.call.Integration) {
		return answer{}, &Failure{Class: ClassBusy, Text: "Too many requests were sent in the last minute."}
	}
	signature, err := r.signer.sign(ctx, o.record, o.call.Body)
	if err != nil {
		return answer{}, err
	}
	o.call.Headers = append(o.call.Headers[:len(o.call.Headers):len(o.call.Headers)], signature...)
	start := r.now()
	a.reply, err = r.fetch.Fetch(ctx, o.call)
	a.took = r.now().Sub(start)
	if err == nil {
		a.values, err = o.read(a.reply)
	}
	if learned = judge(a.reply, err); err == nil && o.life > 0 {
		r.cache.put(key, a.reply, o.life)
	}
	return a, err
}

// judge says what a request taught about the integration's health. What depends on the values of one ticket (a request that cannot be
// built, 404 for a user who is not known) says nothing bad of it, and neither do our own limits.
func judge(reply Reply, err error) verdict {
	if err == nil {
		return verdict{}
	}
	f, ok := asFailure(err)
	if !ok {
		return verdict{none: true}
	}
	switch f.Class {
	case ClassRequest, ClassSecret, ClassBusy, ClassOpen, ClassGivenUp, ClassURL:
		return verdict{none: true}
	case ClassStatus:
		return judgeStatus(reply)
	default:
		return verdict{class: f.Public()}
	}
}

func judgeStatus(reply Reply) verdict {
	switch {
	case reply.Status == 429, reply.Status == 503:
		return verdict{class: ClassStatus, rest: reply.retryAfter()}
	case reply.Status >= 500, reply.Status == 401, reply.Status == 403, reply.Status == 407:
		return verdict{class: ClassStatus}
	default:
		return verdict{}
	}
}

// retryAfter is how long the server asks to be left alone (RFC 9110, 10.2.3), in seconds; a date is not read.
func (r Reply) retryAfter() time.Duration {
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "Retry-After") {
			return parseAge(h.Value)
		}
	}
	return 0
}

// version changes when what is requested does: its address, method, headers, the guild's secrets, or how long answers are kept. A breaker
// starts anew then, and no old answer counts.
func (a Activation) version(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	part := func(text string) {
		maphash.WriteComparable(&h, len(text))
		_, _ = h.WriteString(text) // it never fails
	}
	part(string(a.Record.Method))
	part(a.Record.URL)
	maphash.WriteComparable(&h, a.Record.Revision.Number)
	maphash.WriteComparable(&h, a.Record.CacheSeconds)
	for _, list := range [][]Sealed{a.Record.Sealed, a.Secrets} {
		maphash.WriteComparable(&h, len(list))
		for _, s := range list {
			part(s.Name)
			part(string(s.Sealed))
		}
	}
	return h.Sum64()
}
