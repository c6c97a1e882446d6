package httpapi

import (
	"encoding/json"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/integration"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Header is one header of an integration's request.
type Header struct {
	Name  string        `json:"name" example:"X-Api-Key"`
	Value *secret.Value `json:"value,omitempty" doc:"With request variables and secrets as %name%. It is never shown again; where it is left out in a change, the header keeps the value that it has."`
}

// SecretField is a value that every server gives when it switches the integration on.
type SecretField struct {
	Name        string `json:"name" doc:"1 to 32 of A-Z a-z 0-9 _ -"`
	Description string `json:"description,omitempty" doc:"Shown to whoever switches it on; at most 255 characters."`
}

// Placeholder maps a name in messages to a place in the JSON answer.
type Placeholder struct {
	Name     string             `json:"name" doc:"1 to 32 of A-Z a-z 0-9 _ -" example:"high_score"`
	Path     string             `json:"path" doc:"Keys split by dots, or an RFC 9535 JSONPath that starts with $." example:"user.scores.high_score"`
	Fallback string             `json:"fallback,omitempty" doc:"What stands there where there is no value; N/A unless set."`
	Format   placeholder.Format `json:"format,omitempty" enum:"text,markdown,url,timestamp" doc:"How the value is written into a message; text unless set."`
	Sample   string             `json:"sample,omitempty" doc:"A value as an example, for everybody to see; at most 100 characters, and of the format." example:"3000"`
}

// IntegrationDraft is an integration as its author writes it.
type IntegrationDraft struct {
	Name         string             `json:"name" doc:"1 to 32 characters." example:"Game lookup"`
	Description  string             `json:"description" doc:"1 to 255 characters." example:"Shows a player's scores."`
	Logo         string             `json:"logo,omitempty" doc:"https address of a picture; it is fetched once, when this is saved."`
	Privacy      string             `json:"privacy,omitempty" doc:"https address of the privacy policy."`
	Method       integration.Method `json:"method" enum:"GET,POST"`
	URL          string             `json:"url" doc:"With request variables and secrets as %name%, in the path and the query." example:"https://api.example.com/users?id=%user_id%"`
	Validation   string             `json:"validation,omitempty" doc:"https address that judges a server's secrets before they are saved."`
	Headers      []Header           `json:"headers,omitempty"`
	Secrets      []SecretField      `json:"secrets,omitempty"`
	Placeholders []Placeholder      `json:"placeholders"`
	CacheSeconds int                `json:"cache_seconds,omitempty" doc:"For how long an answer may be used again; 0: not at all."`
}

// IntegrationChange is a whole integration as it shall be.
type IntegrationChange struct {
	IntegrationDraft

	Version int64 `json:"version" doc:"The version that you read. Where it is another one by now you are told (409), and nothing is changed."`
}

// Revision is one version of what an integration requests.
type Revision struct {
	Number  int64             `json:"number"`
	State   integration.State `json:"state" enum:"draft,pending,approved,rejected,superseded"`
	At      time.Time         `json:"at"`
	Asked   *time.Time        `json:"asked,omitempty" doc:"Since when it waits for the operator."`
	Decided *time.Time        `json:"decided,omitempty"`
	Reason  string            `json:"reason,omitempty" doc:"Why it was rejected."`
}

// OwnIntegration is an integration as its author sees it.
type OwnIntegration struct {
	ID integration.ID `json:"id"`
	IntegrationDraft

	LogoPicture string    `json:"logo_picture,omitempty" doc:"Path of the picture as it is served here."`
	Public      bool      `json:"public" doc:"Whether it is listed for everybody."`
	Version     int64     `json:"version" doc:"Give it back with a change."`
	Revision    Revision  `json:"revision" doc:"The newest one."`
	Live        int64     `json:"live" doc:"The revision that servers get; another than revision.number while that one is not approved."`
	Guilds      int64     `json:"guilds" doc:"In how many servers it is switched on."`
	Created     time.Time `json:"created"`
	Changed     time.Time `json:"changed"`
}

// OwnIntegrations is a page of your integrations.
type OwnIntegrations struct {
	Integrations []OwnIntegration `json:"integrations"`
	Next         string           `json:"next,omitempty" doc:"Give it as after for the next page; absent: this was the last."`
}

// Card is an integration as everybody may see it.
type Card struct {
	ID           integration.ID `json:"id"`
	Name         string         `json:"name"`
	Description  string         `json:"description"`
	LogoPicture  string         `json:"logo_picture,omitempty" doc:"Path of its picture here."`
	Privacy      string         `json:"privacy,omitempty"`
	Host         string         `json:"host" doc:"Where its requests go."`
	Revision     int64          `json:"revision" doc:"Name it when switching it on: so no secret goes where you did not see."`
	Secrets      []SecretField  `json:"secrets"`
	Placeholders []Offer        `json:"placeholders"`
	Public       bool           `json:"public"`
	Mine         bool           `json:"mine"`
	Guilds       int64          `json:"guilds"`
}

// Offer is a placeholder as everybody may see it.
type Offer struct {
	Name     string             `json:"name"`
	Fallback string             `json:"fallback,omitempty"`
	Format   placeholder.Format `json:"format,omitempty" enum:"text,markdown,url,timestamp" doc:"How the value is written into a message; text unless set."`
	Sample   string             `json:"sample" doc:"How a value may look: its author's example, or one that is guessed from name and format."`
}

// Cards is a page of integrations.
type Cards struct {
	Integrations []Card `json:"integrations"`
	Next         string `json:"next,omitempty" doc:"Give it as after for the next page; absent: this was the last."`
}

// PastRevision is a revision with what it requests, without header values.
type PastRevision struct {
	Revision

	By          snowflake.User `json:"by" doc:"Who made it."`
	Live        bool           `json:"live" doc:"Whether servers that switch the integration on get this one."`
	Guilds      int64          `json:"guilds" doc:"How many servers use this one."`
	Differences []audit.Change `json:"differences" doc:"Against the one before; none for the first. A header's value is named, never shown."`

	Method     integration.Method `json:"method" enum:"GET,POST"`
	URL        string             `json:"url"`
	Validation string             `json:"validation,omitempty"`
	Headers    []string           `json:"headers" doc:"Names alone."`
	Secrets    []SecretField      `json:"secrets"`
	Carried    []ReviewHeader     `json:"carried" doc:"The secrets that each header's value carries; empty for a revision that nobody uses any more, whose values are destroyed."`
}

// SigningKeys are the keys with which an integration's requests are signed.
type SigningKeys struct {
	Keys []string `json:"keys" doc:"Standard Webhooks keys (whsec_…): the newest first, then the one before while it is rotated."`
}

// Review is what an operator sees of a revision that waits.
type Review struct {
	ID           integration.ID     `json:"id"`
	Owner        snowflake.User     `json:"owner"`
	Name         string             `json:"name"`
	Description  string             `json:"description"`
	LogoPicture  string             `json:"logo_picture,omitempty"`
	Privacy      string             `json:"privacy,omitempty"`
	Method       integration.Method `json:"method" enum:"GET,POST"`
	URL          string             `json:"url"`
	Validation   string             `json:"validation,omitempty"`
	Hosts        []string           `json:"hosts" doc:"Every host that is sent something."`
	Headers      []ReviewHeader     `json:"headers"`
	Secrets      []SecretField      `json:"secrets"`
	Placeholders []Placeholder      `json:"placeholders"`
	CacheSeconds int                `json:"cache_seconds,omitempty"`
	Guilds       int64              `json:"guilds"`
	Revision     Revision           `json:"revision" doc:"Name its number when deciding."`
	Approved     *Revision          `json:"approved,omitempty" doc:"The last one that was approved; absent: a first publication."`
	Differences  []audit.Change     `json:"differences" doc:"Against the approved one."`
}

// ReviewHeader is a header without its value.
type ReviewHeader struct {
	Name    string   `json:"name"`
	Secrets []string `json:"secrets" doc:"The secrets that its value carries."`
}

// Reviews is a page of what waits, the longest waiting first.
type Reviews struct {
	Reviews []Review `json:"reviews"`
	Next    string   `json:"next,omitempty" doc:"Give it as after for the next page; absent: this was the last."`
}

// Active is an integration that is switched on in a server.
type Active struct {
	Card

	By       snowflake.User `json:"by" doc:"Who switched it on."`
	At       time.Time      `json:"at"`
	Slug     string         `json:"slug" doc:"%slug.name% is always this integration's."`
	Waiting  *Waiting       `json:"waiting,omitempty" doc:"A revision that asks something of this server before it is used."`
	Missing  []string       `json:"missing" doc:"Secrets that this server gave no value for."`
	Unlisted bool           `json:"unlisted" doc:"Whether its author took it from the list; here it stays as it is."`
	Trouble  *Trouble       `json:"trouble,omitempty" doc:"What is wrong with its requests from this server; absent: nothing that is known."`
}

// Waiting is a revision with which a server does not go on before it is asked.
type Waiting struct {
	Revision int64         `json:"revision"`
	Host     string        `json:"host"`
	Secrets  []SecretField `json:"secrets"`
	Needs    []Need        `json:"needs"`
}

// Need is one thing that a server is asked.
type Need struct {
	Code   string `json:"code" enum:"host,secret,place,validation"`
	Secret string `json:"secret,omitempty"`
	Text   string `json:"text"`
}

// Trouble is what is wrong with an integration's requests from one server.
type Trouble struct {
	State    integration.Condition `json:"state" enum:"closed,open,half_open" doc:"closed: requests are sent. open: none is. half_open: the next one is a try."`
	Since    time.Time             `json:"since"`
	Failures int                   `json:"failures" doc:"One after another."`
	Class    string                `json:"class" doc:"Of the last failure."`
	Retry    *time.Time            `json:"retry,omitempty" doc:"From when on a request is sent again."`
}

// Activation switches an integration on.
type Activation struct {
	Revision int64                   `json:"revision" doc:"The one that the card showed."`
	Secrets  map[string]secret.Value `json:"secrets,omitempty" doc:"A value for each secret. They are never shown again."`
}

// Replacement gives new values to some secrets.
type Replacement struct {
	Secrets map[string]secret.Value `json:"secrets" doc:"Those that are not named stay."`
}

// Collision is a placeholder's name that more than one thing gives.
type Collision struct {
	Name    string         `json:"name"`
	With    string         `json:"with,omitempty" doc:"The other integration's name; absent: a placeholder that is built in."`
	WithID  integration.ID `json:"with_id,omitempty"`
	Wins    bool           `json:"wins" doc:"Whether %name% is this integration's."`
	Instead string         `json:"instead" doc:"Under which name the other value can still be had."`
}

// Delivery is what became of one request.
type Delivery struct {
	At      time.Time           `json:"at"`
	Server  string              `json:"server,omitempty" doc:"For the author: the same text for all of one server, which stays unknown."`
	Trigger integration.Trigger `json:"trigger" enum:"welcome,tag,close,test,validation"`
	Status  int                 `json:"status,omitempty" doc:"Of the answer; absent: there was none."`
	Millis  int64               `json:"millis,omitempty" doc:"How long it took."`
	Size    int                 `json:"size,omitempty" doc:"Of the answer, in bytes."`
	Class   string              `json:"class,omitempty" doc:"Of the failure; absent: it went well."`
	Missing []string            `json:"missing" doc:"Placeholders that were wanted and got no value."`
	Cached  bool                `json:"cached" doc:"Whether an answer was used again."`
}

// TestRequest asks to try an integration, saved or not.
type TestRequest struct {
	ID      integration.ID          `json:"id,omitempty" doc:"Of your integration that this is a change of: a header without a value takes the stored one, and its key signs."`
	Draft   IntegrationDraft        `json:"draft"`
	Secrets map[string]secret.Value `json:"secrets,omitempty" doc:"For this one request; they are kept nowhere."`
	User    snowflake.User          `json:"user" doc:"For whom to try it."`
	Name    string                  `json:"name,omitempty" doc:"What %username% stands for."`
	Locale  string                  `json:"locale,omitempty" doc:"What %locale% stands for." example:"en-US"`
	Ticket  int64                   `json:"ticket,omitempty" doc:"What %ticket_id% stands for."`
	Channel snowflake.Channel       `json:"channel,omitempty" doc:"What %channel_id% stands for."`
	Answers []TestAnswer            `json:"answers,omitempty" doc:"To a form."`
}

// TestAnswer is an answer to a question of a form.
type TestAnswer struct {
	Question string `json:"question"`
	Text     string `json:"text"`
}

// TestResult is what became of a test request. Secrets in it are masked.
type TestResult struct {
	Request TestSent        `json:"request"`
	Failure *TestFailure    `json:"failure,omitempty" doc:"Absent: it went well."`
	Status  int             `json:"status,omitempty"`
	Millis  int64           `json:"millis,omitempty"`
	Size    int             `json:"size,omitempty"`
	Headers []HeaderLine    `json:"headers" doc:"Of the answer."`
	JSON    json.RawMessage `json:"json,omitempty" doc:"The answer, where it is JSON."`
	Text    string          `json:"text,omitempty" doc:"The beginning of an answer that is no JSON."`
	Cut     bool            `json:"cut,omitempty" doc:"Whether there was more."`
	Yields  []Yield         `json:"yields" doc:"What each placeholder gives."`
}

// TestSent is a request as it went out.
type TestSent struct {
	Method  integration.Method `json:"method" enum:"GET,POST"`
	URL     string             `json:"url"`
	Headers []HeaderLine       `json:"headers"`
	Body    string             `json:"body,omitempty"`
}

// TestFailure says why there is no value.
type TestFailure struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

// HeaderLine is one header as it went over the wire.
type HeaderLine struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Yield is what a placeholder gives.
type Yield struct {
	Name    string `json:"name"`
	Path    string `json:"path"`
	Text    string `json:"text,omitempty" doc:"The value."`
	Missing bool   `json:"missing"`
	Shown   string `json:"shown" doc:"What stands in a message."`
	Why     string `json:"why,omitempty" doc:"Why the fallback is shown."`
}
