package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"usher/sandbox/internal/control"
	"usher/sandbox/internal/fault"
	"usher/sandbox/internal/rest"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/witness"
	"usher/sandbox/internal/world"
)

// What the client speaks of: Discord's objects in Discord's JSON, and the control API's own.
type (
	// User is a Discord user.
	User = wire.User
	// Member is a guild member.
	Member = wire.Member
	// Role is a role.
	Role = wire.Role
	// Channel is a channel, thread or direct message.
	Channel = wire.Channel
	// Message is a message.
	Message = wire.Message
	// Embed is a message's embed.
	Embed = wire.Embed
	// Component is a component of a message or modal.
	Component = wire.Component
	// Overwrite is a permission overwrite.
	Overwrite = wire.Overwrite
	// Attachment is a file of a message.
	Attachment = wire.Attachment
	// Command is an application command.
	Command = wire.Command
	// Interaction is how far an interaction has come.
	Interaction = world.Outcome
	// Modal is a form that a bot opened.
	Modal = world.Modal
	// View is all that a person sees.
	View = world.View
	// GuildView is a guild as a person sees it.
	GuildView = world.GuildView
	// Person is somebody whom one may act as.
	Person = world.Person
	// Order is what happens behind a bot's back; see Client.Administer.
	Order = world.Order
	// Fault makes REST calls go wrong.
	Fault = fault.Fault
	// FaultMatch is which calls a Fault strikes.
	FaultMatch = fault.Match
	// FaultDo is what a Fault does.
	FaultDo = fault.Do
	// FaultStatus is a Fault with its history.
	FaultStatus = fault.Status
	// FaultDuration is a duration written like "100ms".
	FaultDuration = fault.Duration
	// GatewayFault disturbs gateway sessions.
	GatewayFault = control.GatewayFault
	// Call is a REST call as the witness saw it.
	Call = witness.Call
	// Finding is what the sandbox did not know or a bot got wrong.
	Finding = witness.Finding
	// Ping is who was notified by a message.
	Ping = world.Ping
	// GatewaySession is a gateway session as the witness saw it.
	GatewaySession = control.GatewaySession
	// InteractionRecord is an interaction as the witness saw it.
	InteractionRecord = world.InteractionRecord
)

// States of an Interaction.
const (
	StatePending  = world.StatePending
	StateAnswered = world.StateAnswered
	StateDeferred = world.StateDeferred
	StateModal    = world.StateModal
	StateFailed   = world.StateFailed
)

// Client speaks a sandbox's control API, also of a sandbox in another process. It is safe for concurrent use.
type Client struct {
	base string
	http *http.Client
}

// Refused is what the control API refuses: a button that is not there, a channel that one does not see.
type Refused struct {
	Status int    `json:"-"`
	Code   int    `json:"code"`
	Field  string `json:"field"`
	Text   string `json:"error"`
}

// Error gives the sentence.
func (r *Refused) Error() string {
	if r.Field == "" {
		return fmt.Sprintf("sandbox: %s (%d)", r.Text, r.Status)
	}
	return fmt.Sprintf("sandbox: %s: %s (%d)", r.Field, r.Text, r.Status)
}

// NewClient makes a client of the sandbox at an address such as http://127.0.0.1:7700.
func NewClient(baseURL string) *Client {
	return &Client{base: strings.TrimSuffix(baseURL, "/") + "/_sandbox", http: &http.Client{}}
}

// do calls the API; in and out may be nil.
func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encoding the body of %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("calling the sandbox: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("calling the sandbox: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("reading the sandbox's answer: %w", err)
	}
	if res.StatusCode >= 400 {
		refused := &Refused{Status: res.StatusCode}
		if json.Unmarshal(raw, refused) != nil || refused.Text == "" {
			refused.Text = method + " " + path + ": " + string(raw)
		}
		return refused
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("reading the sandbox's answer to %s %s: %w", method, path, err)
	}
	return nil
}

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	var out T
	err := c.do(ctx, http.MethodGet, path, nil, &out)
	return out, err
}

// People lists whom one may act as.
func (c *Client) People(ctx context.Context) ([]Person, error) {
	return get[[]Person](ctx, c, "/users")
}

// AddFault puts a fault up and gives its id.
func (c *Client) AddFault(ctx context.Context, f Fault) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, http.MethodPost, "/faults", f, &out)
	return out.ID, err
}

// Faults lists faults with how often each struck.
func (c *Client) Faults(ctx context.Context) ([]FaultStatus, error) {
	return get[[]FaultStatus](ctx, c, "/faults")
}

// RemoveFault takes a fault down and lets go the calls that it holds.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	return c.do(ctx, http.MethodDelete, "/faults/"+url.PathEscape(id), nil, nil)
}

// ClearFaults takes all faults down.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "/faults", nil, nil)
}

// Delay makes every call of a route (* for all) wait before it is carried out, and gives the fault's id.
func (c *Client) Delay(ctx context.Context, method, route string, d time.Duration) (string, error) {
	return c.AddFault(ctx, Fault{Match: FaultMatch{Method: method, Route: route}, Do: FaultDo{Delay: FaultDuration(d)}})
}

// FailNext makes the next n calls of a route (0: all) answer with this status and JSON error code.
func (c *Client) FailNext(ctx context.Context, method, route string, n, status, code int) (string, error) {
	return c.AddFault(ctx, Fault{Match: FaultMatch{Method: method, Route: route}, Times: n, Do: FaultDo{Status: status, Code: code}})
}

// Hold keeps calls of a route waiting, before they are carried out or with after when they were, until the given
// function is called. Waiting for one to arrive: WaitHeld.
func (c *Client) Hold(ctx context.Context, method, route string, after bool) (id string, release func(context.Context) error, err error) {
	f := Fault{Match: FaultMatch{Method: method, Route: route}, Do: FaultDo{Hold: true}}
	if after {
		f.Do.When = "after"
	}
	id, err = c.AddFault(ctx, f)
	return id, func(ctx context.Context) error { return c.RemoveFault(ctx, id) }, err
}

// pollEvery is how often the client looks for something that has no stream.
const pollEvery = 5 * time.Millisecond

// poll calls look until it says that it is done, or ctx ends.
func poll(ctx context.Context, what string, look func() (bool, error)) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		done, err := look()
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		case <-ticker.C:
		}
	}
}

// WaitHeld waits until n calls are held by the fault.
func (c *Client) WaitHeld(ctx context.Context, id string, n int) error {
	return poll(ctx, "calls held by fault "+id, func() (bool, error) {
		list, err := c.Faults(ctx)
		for _, f := range list {
			if f.ID == id && f.Waiting >= n {
				return true, nil
			}
		}
		return false, err
	})
}

// DisturbGateway does something to gateway sessions.
func (c *Client) DisturbGateway(ctx context.Context, f GatewayFault) error {
	return c.do(ctx, http.MethodPost, "/gateway/faults", f, nil)
}

// Administer does what a server's owner does behind a bot's back.
func (c *Client) Administer(ctx context.Context, o Order) error {
	return c.do(ctx, http.MethodPost, "/administer", o, nil)
}

// Now is the virtual time.
func (c *Client) Now(ctx context.Context) (time.Time, error) {
	out, err := get[struct {
		Now time.Time `json:"now"`
	}](ctx, c, "/clock")
	return out.Now, err
}

// Advance moves the virtual clock: the timers of 3 s, 15 min and archiving that became due have fired on return.
func (c *Client) Advance(ctx context.Context, d time.Duration) error {
	return c.do(ctx, http.MethodPost, "/clock/advance", map[string]any{"by": FaultDuration(d)}, nil)
}

// Seed gives the seed that the sandbox started with.
func (c *Client) Seed(ctx context.Context) (Seed, error) { return get[Seed](ctx, c, "/seed") }

// Reset puts everything back to the seed.
func (c *Client) Reset(ctx context.Context) error {
	return c.do(ctx, http.MethodPost, "/reset", nil, nil)
}

// CallFilter chooses calls; empty fields match everything.
type CallFilter struct {
	// After is a call's Seq: only later ones.
	After              uint64
	Method, Route, Bot string
	// Limit is the number of calls at most, 0 for all.
	Limit int
	// Answered leaves out those that still wait for their answer.
	Answered bool
}

// Calls lists the REST calls that the sandbox received, in order of arrival.
func (c *Client) Calls(ctx context.Context, f CallFilter) ([]Call, error) {
	q := url.Values{"method": {f.Method}, "route": {f.Route}, "bot": {f.Bot}}
	q.Set("after", strconv.FormatUint(f.After, 10))
	q.Set("limit", strconv.Itoa(f.Limit))
	q.Set("answered", strconv.FormatBool(f.Answered))
	return get[[]Call](ctx, c, "/witness/calls?"+q.Encode())
}

// WaitCall waits for an answered call that fits, and gives the first.
func (c *Client) WaitCall(ctx context.Context, f CallFilter, fits func(Call) bool) (Call, error) {
	var found Call
	f.Answered = true
	err := poll(ctx, f.Method+" "+f.Route, func() (bool, error) {
		list, err := c.Calls(ctx, f)
		for _, one := range list {
			if fits == nil || fits(one) {
				found = one
				return true, nil
			}
		}
		return false, err
	})
	return found, err
}

// Pings lists who was notified by messages.
func (c *Client) Pings(ctx context.Context) ([]Ping, error) {
	return get[[]Ping](ctx, c, "/witness/pings")
}

// GatewaySessions lists gateway sessions, ended ones too.
func (c *Client) GatewaySessions(ctx context.Context) ([]GatewaySession, error) {
	return get[[]GatewaySession](ctx, c, "/witness/gateway")
}

// WaitConnected waits until a bot (0: any) has a live gateway session.
func (c *Client) WaitConnected(ctx context.Context, bot ID) error {
	return poll(ctx, "a bot to connect", func() (bool, error) {
		list, err := c.GatewaySessions(ctx)
		for _, s := range list {
			if s.Connected && (bot == 0 || s.Bot == bot) {
				return true, nil
			}
		}
		return false, err
	})
}

// Interactions lists what people did and how it was answered.
func (c *Client) Interactions(ctx context.Context) ([]InteractionRecord, error) {
	return get[[]InteractionRecord](ctx, c, "/witness/interactions")
}

// Route is an operation of the REST API.
type Route = rest.Route

// Routes lists the operations that the sandbox has.
func (c *Client) Routes(ctx context.Context) ([]Route, error) { return get[[]Route](ctx, c, "/routes") }

// Findings lists what the sandbox did not know and what a bot got wrong.
func (c *Client) Findings(ctx context.Context) ([]Finding, error) {
	return get[[]Finding](ctx, c, "/witness/findings")
}

// Forget makes the witness forget.
func (c *Client) Forget(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "/witness", nil, nil)
}

// IsRefused tells that the sandbox refused an act with this status, or any when status is 0.
func IsRefused(err error, status int) bool {
	var r *Refused
	return errors.As(err, &r) && (status == 0 || r.Status == status)
}
