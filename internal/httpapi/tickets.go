package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// TicketOpener is who opened a ticket, as they were called then.
type TicketOpener struct {
	ID    snowflake.User `json:"id"`
	Name  string         `json:"name" doc:"The unique name at Discord."`
	Shown string         `json:"shown" doc:"The name that others saw."`
}

// Ticket is one ticket.
type Ticket struct {
	Number    int64             `json:"number" doc:"1, 2, 3… in its server."`
	Panel     panel.ID          `json:"panel"`
	PanelName string            `json:"panel_name,omitempty" doc:"How the panel is called; absent: it was deleted."`
	Opener    TicketOpener      `json:"opener"`
	State     ticket.State      `json:"state" enum:"opening,open,closing,closed,failed"`
	Channel   snowflake.Channel `json:"channel,omitempty" doc:"Its channel, which is gone once the ticket is closed."`
	Room      string            `json:"channel_name,omitempty" doc:"How the channel is called now; absent: it is gone, or the bot does not see it."`
	URL       string            `json:"channel_url,omitempty" doc:"Where the channel is opened in Discord; absent: it is gone."`
	Created   time.Time         `json:"created"`
	Opened    *time.Time        `json:"opened,omitempty" doc:"When the welcome message stood in its channel."`
	Closed    *time.Time        `json:"closed,omitempty" doc:"When it was closed, or could not be opened."`
	ClosedBy  snowflake.User    `json:"closed_by,omitempty"`
	Closer    *Member           `json:"closer,omitempty" doc:"Who closed it, as they are called now; absent: it cannot be told at the moment."`
	Reason    string            `json:"reason,omitempty" doc:"Why it was closed, or could not be opened."`
}

// TicketAnswer is a question as it was put, and what was answered.
type TicketAnswer struct {
	Question string    `json:"question" doc:"The question's id."`
	Label    string    `json:"label"`
	Kind     form.Kind `json:"kind" enum:"short,paragraph,select,user,role,channel,radio,checkboxes,checkbox"`
	Values   []string  `json:"values" doc:"What was typed, the options' values, or ids; empty: not answered, not ticked."`
	Text     string    `json:"text" doc:"The answer for people: labels and names; empty: none."`
}

// TicketDetail is one ticket with what its opener answered.
type TicketDetail struct {
	Ticket

	Answers  []TicketAnswer  `json:"answers" doc:"To the panel's form, in the order of its questions."`
	Contacts []TicketContact `json:"contacts" doc:"What integrations gave its welcome message, in the order of activation; none where the message used none of them, or when the ticket is older than this record."`
}

// TicketContact is an integration that was asked for a ticket's welcome message. It is kept with the ticket, whatever becomes of the
// integration.
type TicketContact struct {
	Integration string        `json:"integration,omitempty" doc:"Its id; absent: it is built in."`
	Name        string        `json:"name" doc:"What it was called then."`
	Pending     bool          `json:"pending" doc:"Whether its answer is still awaited."`
	Class       string        `json:"class,omitempty" doc:"Of the failure, as in the delivery log; absent: it answered."`
	Cached      bool          `json:"cached" doc:"Whether an answer was used again."`
	At          *time.Time    `json:"at,omitempty" doc:"When the answer was known."`
	Millis      int64         `json:"millis,omitempty" doc:"How long it took."`
	Values      []TicketValue `json:"values"`
}

// TicketValue is what a placeholder got.
type TicketValue struct {
	Name   string             `json:"name" example:"high_score"`
	Text   string             `json:"text,omitempty" doc:"The value; secrets in it are masked."`
	Format placeholder.Format `json:"format,omitempty" enum:"text,markdown,url,timestamp" doc:"What it is shown as in the message."`
	Cut    bool               `json:"cut" doc:"Whether the value was longer than what is kept of it."`
	Lack   placeholder.Lack   `json:"lack,omitempty" enum:"missing,null,unusable,failed,late,refused" doc:"Why the message shows the fallback; absent: it shows the value."`
}

// TicketPage is a page of tickets, the newest first.
type TicketPage struct {
	Tickets []Ticket `json:"tickets"`
	Next    int64    `json:"next,omitempty" doc:"Give it as before for the next page; absent: this was the last."`
}

// ofTickets is what asks for a page of tickets.
type ofTickets struct {
	InGuild

	State  string   `query:"state" enum:"open,closed" default:"open" doc:"open: those that are opening or closing, too. closed: those that could not be opened, too."`
	Opener idText   `query:"opener" doc:"Only those that this user opened."`
	Panel  panel.ID `query:"panel" maxLength:"32" doc:"Only those of this panel, which may be deleted."`
	Number int64    `query:"number" minimum:"0" doc:"Only the one with this number."`
	Before int64    `query:"before" minimum:"0" doc:"Only smaller numbers."`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// ticketOperations look at tickets.
func (a *api) ticketOperations() {
	read := access{who: guildManager, scope: account.Read}
	add(a, read, huma.Operation{
		OperationID: "list-tickets", Method: http.MethodGet, Path: guildPath + "/tickets", Tags: []string{tagTickets},
		Summary: "List a server's tickets", Description: "The newest first, open or closed, without the answers to their forms.",
	}, a.listTickets)
	add(a, read, huma.Operation{
		OperationID: "get-ticket", Method: http.MethodGet, Path: guildPath + "/tickets/{number}", Tags: []string{tagTickets}, Summary: "Look at a ticket",
	}, a.getTicket)
}

// listTickets asks for one more than fits on the page, to know whether it is the last.
func (a *api) listTickets(ctx context.Context, in *ofTickets) (*answer[TicketPage], error) {
	opener, err := userOf(in.Opener, "query.opener")
	if err != nil {
		return nil, err
	}
	found, err := a.Tickets.List(ctx, ticket.RecordQuery{
		Guild: in.id(), Ended: in.State == "closed", Opener: opener, Panel: in.Panel, Number: in.Number, Before: in.Before, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	panels, err := a.Panels.Panels(ctx, in.id())
	if err != nil {
		return nil, err
	}
	shown := found[:min(len(found), in.Limit)]
	page := TicketPage{Tickets: a.ticketsOf(ctx, in.id(), shown, panels)}
	if len(found) > in.Limit {
		page.Next = shown[in.Limit-1].Number
	}
	return body(page), nil
}

// userOf reads a filter by a user, from a place; empty is everybody.
func userOf(text idText, place string) (snowflake.User, error) {
	if text == "" {
		return 0, nil
	}
	id, err := snowflake.Parse[snowflake.User](string(text))
	if err != nil {
		return 0, &fault.Error{
			Kind: fault.Invalid, Code: "query_invalid", Text: "This cannot be listed so.",
			Fields: []fault.Field{{Path: place, Text: "Give the id of a user at Discord: 17 to 20 digits."}},
		}
	}
	return id, nil
}

func (a *api) getTicket(ctx context.Context, in *struct {
	InGuild

	Number int64 `path:"number" minimum:"1"`
},
) (*answer[TicketDetail], error) {
	found, err := a.Tickets.Ticket(ctx, in.id(), in.Number)
	if err != nil {
		return nil, err
	}
	panels, err := a.Panels.Panels(ctx, in.id())
	if err != nil {
		return nil, err
	}
	contacts, err := a.Tickets.Contacts(ctx, in.id(), in.Number)
	if err != nil {
		return nil, err
	}
	shown := a.ticketsOf(ctx, in.id(), []ticket.Ticket{found}, panels)[0]
	return body(TicketDetail{Ticket: shown, Answers: each(found.Answers, answerOf), Contacts: each(contacts, contactOf)}), nil
}

// ticketsOf shows tickets with the names of people and channels, as far as they are known now.
func (a *api) ticketsOf(ctx context.Context, g snowflake.Guild, all []ticket.Ticket, panels []panel.Panel) []Ticket {
	people := a.People.Named(ctx, g, each(all, func(t ticket.Ticket) snowflake.User { return t.ClosedBy })...)
	rooms := map[snowflake.Channel]string{}
	if channels, err := a.Directory.Channels(g); err == nil { // where the bot is gone there are no names
		for _, c := range channels {
			rooms[c.ID] = c.Name
		}
	}
	return each(all, func(t ticket.Ticket) Ticket {
		out := ticketOf(t, panels)
		out.Closer, out.Room = a.named(people, t.ClosedBy), rooms[t.Channel]
		if !t.Channel.IsZero() && t.State != ticket.Closed && t.State != ticket.Failed {
			out.URL = a.Directory.ChannelURL(g, t.Channel)
		}
		return out
	})
}

func contactOf(c ticket.Contact) TicketContact {
	out := TicketContact{
		Integration: c.Source, Name: c.Name, Pending: c.Pending, Class: c.Class, Cached: c.Cached, At: optional(c.At), Millis: c.Took.Milliseconds(),
		Values: each(c.Given, func(g ticket.Given) TicketValue { return TicketValue(g) }),
	}
	if c.BuiltIn {
		out.Integration = ""
	}
	return out
}

func ticketOf(t ticket.Ticket, panels []panel.Panel) Ticket {
	out := Ticket{
		Number: t.Number, Panel: t.Panel, Opener: TicketOpener{ID: t.Opener.ID, Name: t.Opener.Name, Shown: t.Opener.Shown}, State: t.State, Channel: t.Channel,
		Created: t.Created, Opened: optional(t.OpenedAt), Closed: optional(t.ClosedAt), ClosedBy: t.ClosedBy, Reason: t.Reason,
	}
	for _, p := range panels {
		if p.ID == t.Panel {
			out.PanelName = p.Name
		}
	}
	return out
}

func answerOf(a form.Answer) TicketAnswer {
	return TicketAnswer{Question: a.Question, Label: a.Label, Kind: a.Kind, Values: append([]string{}, a.Values...), Text: a.Plain()}
}
