package ticket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// plan is what a ticket is furnished with.
type plan struct {
	snapshot Snapshot
	panel    panel.Panel
}

// attempts is how often the channel is asked for when Discord fails; pause is between them, doubled each time.
const (
	attempts = 3
	pause    = 300 * time.Millisecond
)

// furnish makes the channel and the welcome message of a reserved ticket; live values are fetched meanwhile. again says that a crashed
// process may have done a part of it, which is then looked for and kept.
func (d *Desk) furnish(ctx context.Context, t Ticket, p plan, again bool) error {
	live := d.Values.Begin(ctx, t, ForWelcome, p.panel.Welcome.Names())
	channel, err := d.channel(ctx, t, p, again)
	if err != nil {
		return d.abandon(ctx, t, err)
	}
	t.Channel = channel
	live.Channel(channel)
	told := make(chan struct{})
	go func() {
		defer close(told)
		d.tell(ctx, t, "Your ticket: "+mention(channel))
	}()
	err = d.welcome(ctx, t, p, live, again, told)
	<-told // so that what is said last is true
	var failed notPostedError
	if errors.As(err, &failed) {
		return d.abandon(ctx, t, failed.why)
	}
	return err
}

// notPostedError says that a channel has no welcome message, and so no buttons: it cannot stay.
type notPostedError struct{ why error }

// Error implements error.
func (n notPostedError) Error() string { return n.why.Error() }

// channel gives the ticket's channel, made or found.
func (d *Desk) channel(ctx context.Context, t Ticket, p plan, again bool) (snowflake.Channel, error) {
	if !t.Channel.IsZero() {
		return t.Channel, nil
	}
	if again {
		found, err := d.Rooms.Find(ctx, t.Guild, t.ref())
		if err != nil || !found.IsZero() {
			return found, err
		}
	}
	wait := pause
	for n := 1; ; n++ {
		channel, err := d.create(ctx, t, p)
		if err == nil || fault.KindOf(err) != fault.Unavailable {
			return channel, err
		}
		// Discord may have made it and failed to say so: a second one would be an orphan.
		if found, findErr := d.Rooms.Find(ctx, t.Guild, t.ref()); findErr != nil || !found.IsZero() {
			return found, findErr
		}
		if n == attempts {
			return 0, fault.New(fault.Unavailable, "nothing_made", "Discord could not make the channel just now. Please try again in a minute.").Because(err)
		}
		if err := d.Wait(ctx, wait); err != nil {
			return 0, err
		}
		wait *= 2
	}
}

// create asks for the channel in the first category that takes it. Whether a category is full is Discord's to say: a count of ours
// would be a guess.
func (d *Desk) create(ctx context.Context, t Ticket, p plan) (snowflake.Channel, error) {
	room := RoomPlan{
		Guild: t.Guild, Name: t.channelName(p.panel),
		Topic: fmt.Sprintf("Ticket %d, opened by %s", t.Number, placeholder.Clean(t.Opener.Name)), Ref: t.ref(),
		Opener: t.Opener.ID, Staff: p.snapshot.staff(p.panel),
	}
	var err error
	for _, category := range p.categories() {
		room.Category = category
		var channel snowflake.Channel
		channel, err = d.Rooms.Create(ctx, room)
		switch fault.CodeOf(err) {
		case "category_full", "category_gone":
			d.Log.LogAttrs(ctx, slog.LevelWarn, "category cannot take a ticket", slog.String("guild", t.Guild.String()), slog.String("category", category.String()), slog.String("why", fault.CodeOf(err)))
		default:
			return channel, err
		}
	}
	return 0, err
}

// categories to try, in order; zero is the top of the server.
func (p plan) categories() []snowflake.Channel {
	first, overflow := p.panel.Category, p.snapshot.Settings.OverflowCategory
	if first.IsZero() {
		first = p.snapshot.Settings.Category
	}
	all := []snowflake.Channel{}
	for _, c := range []snowflake.Channel{first, overflow} {
		if !c.IsZero() {
			all = append(all, c)
		}
	}
	return append(all, 0)
}

// welcome posts the first message and opens the ticket. The row says so last of all, so that a sweep goes on wherever a crash came.
func (d *Desk) welcome(ctx context.Context, t Ticket, p plan, live Fetching, again bool, told <-chan struct{}) error {
	if err := d.Store.SetChannel(ctx, t.Guild, t.Number, t.Channel); err != nil {
		return fmt.Errorf("noting the channel of ticket %d: %w", t.Number, err)
	}
	posted, err := d.post(ctx, t, p, live, again)
	if err != nil {
		return notPostedError{why: err}
	}
	t.Message = posted.id
	d.keep(ctx, t, live, posted.bare)
	gone := false
	if !posted.complete {
		if gone, err = d.complete(ctx, t, p, live); err != nil {
			return fmt.Errorf("completing the welcome message of ticket %d: %w", t.Number, err)
		}
	}
	d.awaitTold(ctx, told)
	if err := d.Store.SetOpen(ctx, t.Guild, t.Number, t.Message, d.Now()); err != nil {
		return fmt.Errorf("opening ticket %d: %w", t.Number, err)
	}
	if t.State = Open; gone {
		d.isGone(ctx, t)
	}
	return nil
}

// tellTime is how long the row waits for the member to be told: its state forgets the reply's token, so that a crash could not mend the
// reply after it. A reply that takes longer must not keep the ticket from being worked.
const tellTime = 3 * time.Second

func (d *Desk) awaitTold(ctx context.Context, told <-chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	select {
	case <-told:
	case <-ctx.Done():
	}
}

// posted is a welcome message that stands in its channel.
type posted struct {
	id       snowflake.Message
	complete bool // no value was awaited any more
	bare     bool // it had to be sent without live values
}

// post gives the welcome message, posted or found.
func (d *Desk) post(ctx context.Context, t Ticket, p plan, live Fetching, again bool) (out posted, err error) {
	if again {
		found, err := d.Rooms.Welcome(ctx, t.Channel)
		if err != nil || !found.IsZero() {
			return posted{id: found}, err
		}
	}
	grace, cancel := context.WithTimeout(ctx, d.Grace)
	defer cancel()
	out.complete = live.Wait(grace)
	out.bare, err = bold(live, t.welcome(p), func(m message.Message) error {
		return d.again(ctx, func() error {
			out.id, err = d.Rooms.Post(ctx, t.Channel, t.ref(), m)
			return err
		})
	})
	return out, err
}

// refusedCode is a refusal by Discord that we cannot explain: of the message's content, most likely.
const refusedCode = "discord_refused"

// bold sends a message with its live values. If Discord refuses what is in it, a value is to blame that slipped through every
// check of ours: then it is sent without any, for no value may keep a ticket from opening (I-10); bare says so.
func bold(live Fetching, render func(map[string]placeholder.Value) message.Message, send func(message.Message) error) (bare bool, err error) {
	if err = send(render(live.Values())); fault.CodeOf(err) != refusedCode {
		return false, err
	}
	none := live.Values()
	for name := range none {
		none[name] = placeholder.Value{Missing: true, Fallback: none[name].Fallback}
	}
	return true, send(render(none).WithoutAddresses())
}

// again tries what may be done twice until it succeeds, fails for good, or has failed too often because of Discord.
func (d *Desk) again(ctx context.Context, do func() error) error {
	wait := pause
	for n := 1; ; n++ {
		err := do()
		if fault.KindOf(err) != fault.Unavailable || n == attempts {
			return err
		}
		if d.Wait(ctx, wait) != nil {
			return err
		}
		wait *= 2
	}
}

// complete edits the welcome message once, when the last value or its time-out is in (I-12). gone says that staff deleted it, or the
// channel, in the meantime. A refusal costs the values and not the ticket; only when Discord does not answer is there an error.
func (d *Desk) complete(ctx context.Context, t Ticket, p plan, live Fetching) (gone bool, err error) {
	live.Wait(ctx)
	bare, err := bold(live, t.welcome(p), func(m message.Message) error { return d.Rooms.Edit(ctx, t.Channel, t.Message, m) })
	d.keep(ctx, t, live, bare || fault.CodeOf(err) == refusedCode)
	if fault.KindOf(err) == fault.NotFound {
		return true, nil
	}
	if fault.KindOf(err) == fault.Unavailable {
		return false, err
	}
	if err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "the welcome message could not be completed", slog.String("guild", t.Guild.String()), slog.Int64("ticket", t.Number), slog.Any("error", err))
	}
	return false, nil
}

// lastWords bounds what is done for a ticket after its time is up.
const lastWords = 5 * time.Second

// abandon ends an opening that failed so that nothing is left of it; where that cannot be done now the row stays as it is and a sweep
// goes on.
func (d *Desk) abandon(ctx context.Context, t Ticket, why error) error {
	late := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	switch {
	case late, fault.KindOf(why) == fault.Unavailable && fault.CodeOf(why) != "nothing_made":
		d.tell(ctx, t, later)
		return fmt.Errorf("ticket %d waits for the sweep: %w", t.Number, why)
	case !t.Channel.IsZero():
		err := d.Rooms.Delete(ctx, t.Channel, "The ticket could not be opened")
		if err != nil && fault.KindOf(err) != fault.Forbidden { // what we may not delete, staff have to
			d.tell(ctx, t, later)
			return fmt.Errorf("rolling back ticket %d (%w): %w", t.Number, err, why)
		}
	}
	if err := d.Store.SetFailed(ctx, t.Guild, t.Number, Sentence(why, t.ref()), d.Now()); err != nil {
		return fmt.Errorf("noting that ticket %d failed (%w): %w", t.Number, err, why)
	}
	d.tell(ctx, t, Sentence(why, t.ref()))
	return fmt.Errorf("ticket %d could not be opened: %w", t.Number, why)
}

// tell answers the opener while the interaction's token lives. That it fails changes nothing about the ticket.
func (d *Desk) tell(ctx context.Context, t Ticket, text string) {
	if len(t.Reply) == 0 || d.Now().Sub(t.Created) > replyLife {
		return
	}
	token, err := d.Sealer.Open(ctx, replyPurpose(t.Guild, t.Interaction), t.Reply)
	if err == nil {
		err = d.Rooms.Tell(ctx, t.Application, token, text)
	}
	if err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "the opener could not be answered", slog.String("guild", t.Guild.String()), slog.Int64("ticket", t.Number), slog.Any("error", err))
	}
}

// welcome fills the welcome message. An integration's placeholder goes before a built-in of the same name (I-21).
func (t Ticket) welcome(p plan) func(map[string]placeholder.Value) message.Message {
	return func(values map[string]placeholder.Value) message.Message {
		m := t.besideAnswers(p.panel.Welcome, t.lookup(values))
		if m.Empty() { // placeholders alone, none with a value: Discord would refuse it, and the buttons with it
			m.Content = placeholder.NotAvailable
		}
		return m
	}
}

// lookup finds live values, and where there is none of a name, built-in ones.
func (t Ticket) lookup(values map[string]placeholder.Value) placeholder.Lookup {
	builtin := t.builtin()
	return func(name string) (placeholder.Value, bool) {
		v, ok := values[name]
		if !ok {
			v, ok = builtin[name]
		}
		return v, ok
	}
}

// builtin are the values every message knows, by their plain and by their unambiguous names.
func (t Ticket) builtin() map[string]placeholder.Value {
	plain := map[string]placeholder.Value{
		"user":       {Text: "<@" + t.Opener.ID.String() + ">", Format: placeholder.Trusted},
		"username":   {Text: t.Opener.Name},
		"nickname":   {Text: t.Opener.Shown},
		"user_id":    {Text: t.Opener.ID.String()},
		"ticket_id":  {Text: strconv.FormatInt(t.Number, 10)},
		"channel":    {Text: mention(t.Channel), Format: placeholder.Trusted},
		"channel_id": {Text: t.Channel.String()},
		"guild_id":   {Text: t.Guild.String()},
		"opened":     {Text: strconv.FormatInt(t.Created.Unix(), 10), Format: placeholder.Timestamp},
	}
	for _, a := range t.Answers {
		plain[panel.AnswerPrefix+a.Question] = a.Value()
	}
	values := make(map[string]placeholder.Value, 2*len(plain))
	for name, v := range plain {
		values[name], values["ticket."+name] = v, v
	}
	return values
}
