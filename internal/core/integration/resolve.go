package integration

import (
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"usher/internal/core/guild"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Resolver gives placeholders their live values. It is safe for concurrent use.
type Resolver struct {
	active   *guild.Cache[[]Activation]
	sealer   secret.Sealer
	signer   *Signer
	fetch    Fetcher
	guard    Guard
	limits   Limits
	tuning   Tuning
	journal  *Journal
	now      func() time.Time
	wait     func(context.Context, time.Duration) error
	log      *slog.Logger
	seed     maphash.Seed
	keys     cacheKeys
	cache    *cache
	flights  *flights
	breakers *breakers
	pace     *pace
	trials   *trials
	previews *trials
}

// Parts are what a resolver works with; all are needed.
type Parts struct {
	Active  *guild.Cache[[]Activation] // a guild's activations are read through it
	Sealer  secret.Sealer
	Signer  *Signer
	Fetch   Fetcher
	Guard   Guard
	Limits  Limits
	Tuning  Tuning
	Journal *Journal
	Now     func() time.Time
	Wait    func(context.Context, time.Duration) error // waits that long, or until its context ends, and then returns an error
	Log     *slog.Logger
}

// NewResolver makes a resolver. It fails only if there is no randomness (p.Signer.Random) for the cache's key.
func NewResolver(p Parts) (*Resolver, error) {
	keys, err := newCacheKeys(p.Signer.Random)
	if err != nil {
		return nil, err
	}
	return &Resolver{
		active: p.Active, sealer: p.Sealer, signer: p.Signer, fetch: p.Fetch, guard: p.Guard, limits: p.Limits, tuning: p.Tuning,
		journal: p.Journal, now: p.Now, wait: p.Wait, log: p.Log,
		seed: maphash.MakeSeed(), keys: keys, cache: newCache(p.Tuning.CacheBytes, p.Now), flights: newFlights(),
		breakers: newBreakers(p.Tuning, p.Now), pace: newPace(p.Tuning, p.Now), trials: newTrials(p.Tuning.TrialRate), previews: newTrials(p.Tuning.PreviewRate),
	}, nil
}

// Health lists a guild's integrations that are in trouble, by id (I-15). It knows what this process has seen.
func (r *Resolver) Health(g snowflake.Guild) []Health { return r.breakers.of(g) }

// Paused counts the integrations that are left alone after failures (I-15), and the guilds that are without their values for it. It knows
// what this process has seen.
func (r *Resolver) Paused() (integrations, guilds int) { return r.breakers.open() }

// Begin starts the requests of those active integrations whose placeholders are among names (I-6), each by itself and at once (I-10,
// I-11); those that need the ticket's channel wait for [Run.Channel]. It ends with ctx. It never fails: what cannot be had is missing.
func (r *Resolver) Begin(ctx context.Context, s Subject, names []string) *Run {
	run := &Run{subject: s, channel: make(chan struct{}), changed: make(chan struct{}), values: map[string]placeholder.Value{}}
	activations, err := r.active.Get(ctx, s.Guild)
	if err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "integrations could not be loaded", slog.String("guild", s.Guild.String()), slog.Any("error", err))
		return run
	}
	for _, u := range used(activations, names) {
		run.await(u)
		go r.one(ctx, run, u)
	}
	return run
}

// use is an activation with the placeholders of it that are wanted, by the folded names under which the text calls them.
type use struct {
	activation Activation
	wanted     map[string]Placeholder
}

// used picks what the names ask for. A plain name belongs to the integration activated first; %slug.name% always to its own (I-21).
func used(activations []Activation, names []string) []use {
	asked := map[string]bool{}
	for _, n := range names {
		asked[n] = true
	}
	taken := map[string]bool{}
	slugs := slugs(activations)
	var uses []use
	for i, a := range activations {
		u := use{activation: a, wanted: map[string]Placeholder{}}
		for _, p := range a.Record.Placeholders {
			plain := placeholder.Fold(p.Name)
			for _, name := range []string{plain, slugs[i] + "." + plain} {
				if asked[name] && !taken[name] {
					taken[name] = true
					u.wanted[name] = p
				}
			}
		}
		if len(u.wanted) > 0 {
			uses = append(uses, u)
		}
	}
	return uses
}

// one asks one integration and puts its values into the run.
func (r *Resolver) one(ctx context.Context, run *Run, u use) {
	a, err := r.safely(ctx, run, u)
	if err != nil {
		r.logFailure(ctx, u.activation, err)
		a.values = u.missing()
	}
	d := delivery(run.subject, u.activation.Record.ID, r.now(), a, err, u.without(a.values))
	r.journal.Note(d) // before anybody can act on the values
	run.put(u, d, a.values)
}

// safely asks; a defect of ours in it costs this integration's values and nothing else (I-10).
func (r *Resolver) safely(ctx context.Context, run *Run, u use) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.ask(ctx, run, u)
}

// logFailure names the integration and the class of failure; never an address with its query, a header or a body.
func (r *Resolver) logFailure(ctx context.Context, a Activation, err error) {
	f := toldOf(err)
	r.log.LogAttrs(ctx, slog.LevelWarn, "integration failed",
		slog.String("guild", a.Guild.String()), slog.String("integration", string(a.Record.ID)), slog.String("name", a.Record.Name),
		slog.String("class", f.Class), slog.String("why", f.Text))
}

// toldOf is what is told of an error: our own defects have a class and no details.
func toldOf(err error) *Failure {
	if f, ok := asFailure(err); ok {
		return f
	}
	return &Failure{Class: ClassInternal, Text: "it failed for a reason of our own"}
}

func (r *Resolver) ask(ctx context.Context, run *Run, u use) (answer, error) {
	i, secrets, err := r.open(ctx, u.activation)
	if err != nil {
		return answer{}, err
	}
	p, err := i.plan(r.limits)
	if err != nil {
		return answer{}, &Failure{Class: ClassRequest, Text: sentence(err)}
	}
	if p.paths, err = u.paths(); err != nil {
		return answer{}, &Failure{Class: ClassRequest, Text: sentence(err)}
	}
	subject := run.subject
	if i.needsChannel(p) {
		if subject.Channel, err = run.awaitChannel(ctx); err != nil {
			return answer{}, &Failure{Class: ClassRequest, Text: "the ticket's channel was not made in time"}
		}
	}
	call, err := i.call(p, subject, secrets)
	if err != nil {
		return answer{}, err
	}
	hide, variables := newMasker(secrets), subject.variables()
	a, err := r.exchange(ctx, order{
		call: call, record: u.activation.Record, version: u.activation.version(r.seed), life: time.Duration(i.CacheSeconds) * time.Second,
		read: func(reply Reply) (map[string]placeholder.Value, error) {
			return u.read(reply, p.paths, variables, hide)
		},
	})
	return a, hide.failure(err)
}

// open gives the integration with its clear header values, and the guild's clear secrets.
func (r *Resolver) open(ctx context.Context, a Activation) (Integration, map[string]secret.Value, error) {
	i, err := openRecord(ctx, r.sealer, a.Record)
	if err != nil {
		return i, nil, &Failure{Class: ClassSecret, Text: "the header values cannot be decrypted with the keys of this instance"}
	}
	origin, err := i.origin()
	if err != nil {
		return i, nil, &Failure{Class: ClassRequest, Text: sentence(err)}
	}
	declared := map[string]bool{} // the author may have withdrawn one that the guild still holds a value for
	for _, s := range i.Secrets {
		declared[s.Name] = true
	}
	secrets := map[string]secret.Value{}
	for _, s := range a.Secrets {
		if !declared[s.Name] {
			continue
		}
		v, err := r.sealer.Open(ctx, secretPurpose(a.Guild, i.ID, origin, s.Name), s.Sealed)
		if err != nil {
			return i, nil, &Failure{Class: ClassSecret, Text: fmt.Sprintf("the value of the secret %q was given for another host, or sealed with other keys: give it again", s.Name)}
		}
		secrets[s.Name] = v
	}
	for _, s := range i.Secrets {
		if _, given := secrets[s.Name]; !given {
			return i, nil, &Failure{Class: ClassSecret, Text: fmt.Sprintf("this server gave no value for the secret %q", s.Name)}
		}
	}
	return i, secrets, nil
}

// paths parses the paths of what is wanted.
func (u use) paths() (map[string]Path, error) {
	paths := make(map[string]Path, len(u.wanted))
	for name, p := range u.wanted {
		path, err := ParsePath(p.Path)
		if err != nil {
			return nil, err
		}
		paths[name] = path
	}
	return paths, nil
}

// read turns a reply into values (I-10, I-16 to I-18). variables are for the paths; hide takes the guild's secrets out of the values.
func (u use) read(reply Reply, paths map[string]Path, variables map[string]string, hide masker) (map[string]placeholder.Value, error) {
	if err := reply.check(); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(paths))
	ordered := make([]Path, 0, len(paths))
	for _, name := range names {
		ordered = append(ordered, paths[name])
	}
	found, err := Extract(reply.Body, ordered, variables)
	if err != nil {
		return nil, &Failure{Class: ClassBadJSON, Text: err.Error()}
	}
	values := make(map[string]placeholder.Value, len(names))
	for n, name := range names {
		values[name] = found[n].value(u.wanted[name], hide)
	}
	return values, nil
}

// check wants a 2xx (I-10).
func (r Reply) check() error {
	if r.Status < 200 || r.Status > 299 {
		return &Failure{Class: ClassStatus, Text: fmt.Sprintf("it answered with status %d", r.Status)}
	}
	return nil
}

func (u use) missing() map[string]placeholder.Value {
	values := make(map[string]placeholder.Value, len(u.wanted))
	for name, p := range u.wanted {
		values[name] = placeholder.Value{Missing: true, Lack: placeholder.Failed, Fallback: p.Fallback}
	}
	return values
}

// without lists the placeholders that got no value, each once, by the integration's own names.
func (u use) without(values map[string]placeholder.Value) []string {
	var names []string
	for name, p := range u.wanted {
		if v := values[name]; v.Missing {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// delivery is what is written down of a request.
func delivery(s Subject, id ID, at time.Time, a answer, err error, missing []string) Delivery {
	d := Delivery{
		Guild: s.Guild, Integration: id, At: at, Trigger: s.trigger(), Status: a.reply.Status, Took: a.took, Size: len(a.reply.Body),
		Missing: missing, Cached: a.cached,
	}
	if err != nil {
		d.Class = toldOf(err).Public()
	}
	if d.Cached || d.Class == ClassConnect {
		d.Took = 0 // the time until a connection fails would tell what stands in the way
	}
	return d
}

// Run is the fetching for one ticket.
type Run struct {
	subject Subject
	once    sync.Once
	channel chan struct{} // closed when made is set
	made    snowflake.Channel

	mu      sync.Mutex
	values  map[string]placeholder.Value
	asked   []asked // in the order of activation
	waiting int
	changed chan struct{} // closed and renewed at every answer
}

// Channel tells that the ticket's channel exists: what waited for it goes out. Only the first call counts.
func (run *Run) Channel(id snowflake.Channel) {
	run.once.Do(func() {
		run.made = id
		close(run.channel)
	})
}

func (run *Run) awaitChannel(ctx context.Context) (snowflake.Channel, error) {
	select {
	case <-run.channel:
		return run.made, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// await notes that an integration's values are to come.
func (run *Run) await(u use) {
	run.mu.Lock()
	defer run.mu.Unlock()
	run.waiting++
	run.asked = append(run.asked, asked{use: u})
	for name := range u.wanted {
		run.values[name] = placeholder.Value{Pending: true}
	}
}

// put notes what became of a use's request, and its values.
func (run *Run) put(u use, d Delivery, values map[string]placeholder.Value) {
	run.mu.Lock()
	defer run.mu.Unlock()
	for n := range run.asked {
		if run.asked[n].activation.Record.ID == u.activation.Record.ID {
			run.asked[n].delivery = &d
		}
	}
	for name, v := range values {
		run.values[name] = v
	}
	run.waiting--
	close(run.changed)
	run.changed = make(chan struct{})
}

// Wait returns true as soon as all answers are in, or false when ctx ends before.
func (run *Run) Wait(ctx context.Context) bool {
	for {
		run.mu.Lock()
		done, changed := run.waiting == 0, run.changed
		run.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// Values are the values known now, under folded names; those still awaited are marked as pending. The map is the caller's.
func (run *Run) Values() map[string]placeholder.Value {
	run.mu.Lock()
	defer run.mu.Unlock()
	now := make(map[string]placeholder.Value, len(run.values))
	for name, v := range run.values {
		now[name] = v
	}
	return now
}
