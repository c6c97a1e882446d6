package ticket

import (
	"context"
	"fmt"

	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
)

// TagRequest asks to show a tag in a channel.
type TagRequest struct {
	Guild   snowflake.Guild
	Channel snowflake.Channel
	Name    string           // as typed
	Roles   []snowflake.Role // of who asks
	Manager bool             // who asks may manage the server
}

// Showing is a tag that may be shown. Begin it before anything else is asked of it.
type Showing struct {
	text   message.Template
	ticket Ticket
	values Values
	live   Fetching // nil where the tag stands by itself
}

// Tag finds a tag that may be shown in a channel. Staff may show all, others those that are for everyone. A tag with placeholders is about
// a ticket, so it is for tickets' channels alone; one without stands anywhere.
// Errors: NotFound "tag_unknown"; Forbidden "tag_for_staff"; Conflict "tag_needs_ticket".
func (d *Desk) Tag(ctx context.Context, r TagRequest) (*Showing, error) {
	all, err := d.Tags.Get(ctx, r.Guild)
	if err != nil {
		return nil, fmt.Errorf("reading the tags of guild %s: %w", r.Guild, err)
	}
	found, ok := tag.Find(all, r.Name)
	if !ok { // it may be newer than the cache
		d.Tags.Forget(r.Guild)
		if all, err = d.Tags.Get(ctx, r.Guild); err != nil {
			return nil, fmt.Errorf("reading the tags of guild %s: %w", r.Guild, err)
		}
		found, ok = tag.Find(all, r.Name)
	}
	if !ok {
		return nil, fault.New(fault.NotFound, "tag_unknown", "This server has no tag of this name. Choose one from the list that appears while you type.")
	}
	t, inTicket, err := d.ticketOf(ctx, r.Guild, r.Channel)
	if err != nil {
		return nil, err
	}
	may, err := d.mayShow(ctx, r, found, t.Panel)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, fault.New(fault.Forbidden, "tag_for_staff", "Only the server's staff may use this tag.")
	}
	switch {
	case inTicket:
		return &Showing{text: found.Message, ticket: t, values: d.Values}, nil
	case len(found.Message.Names()) > 0:
		return nil, fault.New(fault.Conflict, "tag_needs_ticket", "This tag shows data of a ticket. Use it in a ticket's channel.")
	}
	return &Showing{text: found.Message}, nil
}

// TagNames suggests tags while a name is typed, at most limit.
func (d *Desk) TagNames(ctx context.Context, r TagRequest, limit int) ([]string, error) {
	all, err := d.Tags.Get(ctx, r.Guild)
	if err != nil {
		return nil, fmt.Errorf("reading the tags of guild %s: %w", r.Guild, err)
	}
	t, _, err := d.ticketOf(ctx, r.Guild, r.Channel)
	if err != nil {
		return nil, err
	}
	var mine []tag.Tag
	for _, one := range all {
		may, err := d.mayShow(ctx, r, one, t.Panel)
		if err != nil {
			return nil, err
		}
		if may {
			mine = append(mine, one)
		}
	}
	return tag.Suggest(mine, r.Name, limit), nil
}

// ticketOf gives the ticket of a channel that is being opened or open; false for any other channel.
func (d *Desk) ticketOf(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) (Ticket, bool, error) {
	t, err := d.Store.ByChannel(ctx, g, channel)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return Ticket{}, false, nil
	case err != nil:
		return Ticket{}, false, fmt.Errorf("looking for the ticket of a channel: %w", err)
	}
	return t, t.State == Open || t.State == Opening, nil
}

// mayShow reports whether somebody may show a tag in a ticket of a panel, or elsewhere.
func (d *Desk) mayShow(ctx context.Context, r TagRequest, one tag.Tag, p panel.ID) (bool, error) {
	if one.Everyone || r.Manager {
		return true, nil
	}
	snapshot, err := d.Guilds.Get(ctx, r.Guild)
	if err != nil {
		return false, fmt.Errorf("reading the server's settings: %w", err)
	}
	return snapshot.works(p, r.Roles), nil
}

// Begin starts to fetch what the tag needs, which ends with ctx.
func (s *Showing) Begin(ctx context.Context) {
	if s.values == nil {
		return
	}
	s.live = s.values.Begin(ctx, s.ticket, ForTag, s.text.Names())
	s.live.Channel(s.ticket.Channel)
}

// Wait is true as soon as all values are in, false when ctx ends before.
func (s *Showing) Wait(ctx context.Context) bool { return s.live == nil || s.live.Wait(ctx) }

// Send sends the message with what is known now, and once more without live values where Discord refuses what is in it.
func (s *Showing) Send(send func(message.Message) error) error {
	if s.live == nil {
		return send(s.text.Fill(func(string) (placeholder.Value, bool) { return placeholder.Value{}, false }))
	}
	_, err := bold(s.live, func(values map[string]placeholder.Value) message.Message {
		m := s.text.Fill(s.ticket.lookup(values))
		if m.Empty() { // placeholders alone, none with a value
			m.Content = placeholder.NotAvailable
		}
		return m
	}, send)
	return err
}
