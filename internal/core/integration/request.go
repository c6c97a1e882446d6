package integration

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Subject is what a request is about: the ticket, and who opened it.
type Subject struct {
	Guild   snowflake.Guild
	User    snowflake.User
	Name    string // user name
	Locale  string // Discord's locale code
	Ticket  int64
	Channel snowflake.Channel // zero until the channel exists
	IsNew   bool              // I-9
	Answers []Answer          // of the form, in order
	Trigger Trigger           // empty: ForWelcome where IsNew, else ForTag
}

// trigger is what the request is sent for.
func (s Subject) trigger() Trigger {
	switch {
	case s.Trigger != "":
		return s.Trigger
	case s.IsNew:
		return ForWelcome
	default:
		return ForTag
	}
}

// Answer is one question of a form and what was answered.
type Answer struct {
	Question string
	Text     string
}

// RequestVariables are the names that every URL and header value may use besides the secrets' (I-6).
func RequestVariables() []string {
	return []string{"user_id", "guild_id", "ticket_id", "channel_id", "username", "locale"}
}

// channelVariable is the one that is not known before the channel exists (I-11).
const channelVariable = "channel_id"

// variables are all names that this integration's URL and headers may use.
func (i Integration) variables() []string {
	names := RequestVariables()
	for _, s := range i.Secrets {
		names = append(names, s.Name)
	}
	return names
}

// Call is one request, ready to be sent. URL and headers hold secrets.
type Call struct {
	Guild       snowflake.Guild
	Integration ID
	Method      Method
	URL         secret.Value
	Headers     []Header // the author's, then the signature's (I-13)
	Body        []byte   // nil for GET
	// Confidential says that a secret or a header value of the author's goes along, so that plain http is refused (I-3).
	Confidential bool
}

// Reply is what came back.
type Reply struct {
	Status  int
	Headers []ReplyHeader // those that the way out lets through
	Body    []byte
	Elapsed time.Duration
}

// ReplyHeader is one header line of an answer.
type ReplyHeader struct {
	Name  string
	Value string
}

// Fetcher sends calls through the guarded way out. Its error is a *Failure.
type Fetcher interface {
	Fetch(ctx context.Context, c Call) (Reply, error)
}

// Failure says why an integration gave nothing (I-10). Class is from a closed set; Text holds no address, query, header or body.
type Failure struct {
	Class string
	Text  string
	Shown string // the class as people outside may see it, where that is another one
}

// Public is the class as the guild and the integration's author may see it: what stands in the way of a connection looks alike to them.
func (f *Failure) Public() string { return cmp.Or(f.Shown, f.Class) }

// Error implements error.
func (f *Failure) Error() string { return f.Class + ": " + f.Text }

// The classes that are decided here.
const (
	ClassStatus   = "status"
	ClassBadJSON  = "bad_json"
	ClassRequest  = "request"  // the request could not be built from its values
	ClassSecret   = "secret"   // the guild gave no value for a secret, or it cannot be opened
	ClassOpen     = "open"     // nothing was sent: the breaker is open (I-15)
	ClassBusy     = "busy"     // nothing was sent: too many requests (I-43)
	ClassInternal = "internal" // a defect of ours
)

// Those of the way out's classes that mean something here.
const (
	ClassURL     = "url"     // the request itself cannot be sent
	ClassConnect = "connect" // no connection, and all that may not be told apart from it
	ClassGivenUp = "egress"  // given up on our side
)

// plan is an integration of a guild, parsed.
type plan struct {
	url     requesttemplate.Template
	headers []requesttemplate.Header
	paths   map[string]Path // of the wanted placeholders, by the names under which they are wanted
}

func (i Integration) plan(l Limits) (plan, error) {
	url, err := requesttemplate.Parse(i.URL, i.variables()...)
	if err != nil {
		return plan{}, err
	}
	headers, err := requesttemplate.ParseHeaders(i.lines(), max(l.Headers, len(i.Headers)), i.variables()...)
	return plan{url: url, headers: headers}, err
}

// needsChannel reports whether the request has to wait for the ticket's channel: a POST tells it, a GET only where it is named (I-11),
// be it in the path of a placeholder.
func (i Integration) needsChannel(p plan) bool {
	uses := slices.Contains(p.url.Variables(), channelVariable)
	for _, h := range p.headers {
		uses = uses || slices.Contains(h.Variables(), channelVariable)
	}
	for _, path := range p.paths {
		uses = uses || path.needs(channelVariable)
	}
	return uses || i.Method == POST
}

// call builds the request (I-6 to I-9).
func (i Integration) call(p plan, s Subject, secrets map[string]secret.Value) (Call, error) {
	values := s.values()
	for name, v := range secrets {
		values[name] = v
	}
	url, err := p.url.Fill(values)
	if err != nil {
		return Call{}, &Failure{Class: ClassRequest, Text: "url: " + sentence(err)}
	}
	c := Call{Guild: s.Guild, Integration: i.ID, Method: i.Method, URL: url, Confidential: len(i.Secrets) > 0 || len(i.Headers) > 0}
	for n, h := range p.headers {
		value, err := h.Fill(values)
		if err != nil {
			return Call{}, &Failure{Class: ClassRequest, Text: fmt.Sprintf("headers[%d]: %s", n, sentence(err))}
		}
		c.Headers = append(c.Headers, Header{Name: h.Name(), Value: value})
	}
	if i.Method == POST {
		c.Body = i.body(s)
	}
	return c, nil
}

// variables are the values of [RequestVariables].
func (s Subject) variables() map[string]string {
	return map[string]string{
		"user_id":       s.User.String(),
		"guild_id":      s.Guild.String(),
		"ticket_id":     strconv.FormatInt(s.Ticket, 10),
		channelVariable: s.Channel.String(),
		"username":      s.Name,
		"locale":        s.Locale,
	}
}

// values are the variables beside which secrets are put.
func (s Subject) values() map[string]secret.Value {
	values := map[string]secret.Value{}
	for name, text := range s.variables() {
		values[name] = secret.New(text)
	}
	return values
}

// body is the JSON of a POST, exactly as I-8 says: a public integration never learns a form's answers.
func (i Integration) body(s Subject) []byte {
	type public struct {
		Guild   snowflake.Guild   `json:"guild_id"`
		User    snowflake.User    `json:"user_id"`
		Ticket  int64             `json:"ticket_id"`
		Channel snowflake.Channel `json:"ticket_channel_id"`
		IsNew   bool              `json:"is_new_ticket"`
	}
	told := public{Guild: s.Guild, User: s.User, Ticket: s.Ticket, Channel: s.Channel, IsNew: s.IsNew}
	if i.Public {
		return mustJSON(told)
	}
	form := make(map[string]string, len(s.Answers))
	for _, a := range s.Answers {
		form[a.Question] = a.Text
	}
	return mustJSON(struct {
		public
		Form map[string]string `json:"form_data"`
	}{told, form})
}

// mustJSON encodes a value of strings, numbers and booleans, which cannot fail.
func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding a request body: %v", err))
	}
	return text
}
