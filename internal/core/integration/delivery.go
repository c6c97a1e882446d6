package integration

import (
	"context"
	"log/slog"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// MaxDeliveries is how many deliveries are kept for a guild and an integration, and shown of an integration to its author (I-35).
const MaxDeliveries = 100

// Trigger is what a request was sent for.
type Trigger string

// The triggers.
const (
	ForWelcome    Trigger = "welcome"    // the welcome message of a ticket being opened
	ForTag        Trigger = "tag"        // a tag
	ForClose      Trigger = "close"      // a closing message
	ForTest       Trigger = "test"       // the author's test request (I-34)
	ForValidation Trigger = "validation" // a guild's secrets being checked (I-26)
)

// Delivery is what became of one request: enough to see what is wrong, and nothing of what was sent or came back (I-35).
type Delivery struct {
	Guild       snowflake.Guild // zero where the integration's author looks
	Integration ID
	// Alias stands for the guild where the author looks: a random text, the same for all that the guild has with this integration. When
	// deliveries are written it is taken for a guild that has none yet.
	Alias   string
	At      time.Time
	Trigger Trigger
	Status  int           // of the answer; 0: there was none
	Took    time.Duration // 0 where nothing was sent, or where the time would tell of our own network
	Size    int           // bytes of the answer
	Class   string        // of the failure, as people outside may see it; empty: it went well
	Missing []string      // placeholders that were wanted and got no value
	Cached  bool          // answered by the cache, or by the same request of somebody else
}

// Deliveries keeps the delivery log.
type Deliveries interface {
	// Append writes deliveries in their order and prunes each guild's with an integration to the latest MaxDeliveries, all in one step.
	// Those of an integration that is not stored, or no more, are left out. fault.NotFound "integration_not_found" when one was deleted
	// meanwhile; then nothing was written.
	Append(ctx context.Context, all []Delivery) error
	// OfGuild lists what a guild had with an integration, the newest first; none is no error.
	OfGuild(ctx context.Context, g snowflake.Guild, id ID) ([]Delivery, error)
	// OfAuthor lists an integration's latest MaxDeliveries over all guilds, which are told by their aliases alone, the newest first.
	// fault.NotFound "integration_not_found" for another owner's.
	OfAuthor(ctx context.Context, owner snowflake.User, id ID) ([]Delivery, error)
}

// Sizes and times of a journal.
const (
	journalRoom  = 4096 // deliveries that wait to be written
	journalBatch = 256  // written at once
	journalPause = time.Second
	journalEnd   = 5 * time.Second // for writing the rest at the end
)

// Journal writes the delivery log behind the requests' back: noting one never waits, and that it cannot be written harms nothing.
type Journal struct {
	store    Deliveries
	newAlias func() string
	wait     func(context.Context, time.Duration) error
	log      *slog.Logger
	queue    chan Delivery
	lost     chan struct{} // holds one when some were lost since it was last told
}

// NewJournal makes a journal that is written while [Journal.Run] runs. newAlias makes a random text; wait waits that long, or until its
// context ends, and then returns an error.
func NewJournal(store Deliveries, newAlias func() string, wait func(context.Context, time.Duration) error, log *slog.Logger) *Journal {
	return &Journal{store: store, newAlias: newAlias, wait: wait, log: log, queue: make(chan Delivery, journalRoom), lost: make(chan struct{}, 1)}
}

// Note adds a delivery. It never waits: while the database cannot keep up, what does not fit is lost.
func (j *Journal) Note(d Delivery) {
	select {
	case j.queue <- d:
		return
	default:
	}
	select {
	case j.lost <- struct{}{}:
	default:
	}
}

// Run writes what is noted, in batches about a second apart so that tickets find the database free, until ctx ends; then it writes the
// rest and returns.
func (j *Journal) Run(ctx context.Context) {
	for {
		select {
		case first := <-j.queue:
			waited := j.wait(ctx, journalPause)
			j.write(ctx, first, waited != nil)
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			j.rest(ctx)
			return
		}
	}
}

// rest writes what is there at the end.
func (j *Journal) rest(ctx context.Context) {
	for {
		select {
		case first := <-j.queue:
			j.write(ctx, first, true)
		default:
			return
		}
	}
}

// write writes first and what waits behind it, as one batch.
func (j *Journal) write(ctx context.Context, first Delivery, last bool) {
	batch := []Delivery{first}
	for len(batch) < journalBatch && len(j.queue) > 0 {
		batch = append(batch, <-j.queue) // nobody else takes from it
	}
	for i := range batch {
		batch[i].Alias = j.newAlias()
	}
	if last {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalEnd)
		defer cancel()
		ctx = bounded
	}
	err := j.store.Append(ctx, batch)
	if fault.KindOf(err) == fault.NotFound { // an integration was deleted at this moment: the others' are still good
		err = j.single(ctx, batch)
	}
	if err != nil {
		j.log.LogAttrs(ctx, slog.LevelWarn, "deliveries could not be written down", slog.Int("deliveries", len(batch)), slog.Any("error", err))
	}
	select {
	case <-j.lost:
		j.log.LogAttrs(ctx, slog.LevelWarn, "deliveries were lost: the database does not keep up")
	default:
	}
}

// single writes one by one.
func (j *Journal) single(ctx context.Context, batch []Delivery) error {
	for i := range batch {
		if err := j.store.Append(ctx, batch[i:i+1]); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}
