// Package refusal is how Discord says no: HTTP status, JSON error code, message and, for a bad body, the tree of
// field errors (topics/opcodes-and-status-codes "JSON Error Codes", reference "Error Messages"). It decides nothing.
package refusal

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Error is a refused call.
type Error struct {
	// Status is the HTTP status, Code Discord's number, Message its sentence.
	Status  int
	Code    int
	Message string
	// Fields is the tree of a 50035, nil otherwise.
	Fields *Tree
	// RetryAfter, in seconds, makes the answer a rate limit with Discord's headers.
	RetryAfter float64
}

// Error gives one line for logs and for people.
func (e *Error) Error() string {
	if e.Fields == nil {
		return fmt.Sprintf("%s (%d)", e.Message, e.Code)
	}
	return fmt.Sprintf("%s (%d): %s", e.Message, e.Code, e.Fields)
}

// Body is the JSON that Discord answers.
func (e *Error) Body() map[string]any {
	body := map[string]any{"message": e.Message, "code": e.Code}
	if e.Fields != nil {
		body["errors"] = e.Fields.JSON()
	}
	if e.RetryAfter > 0 {
		body["retry_after"], body["global"] = e.RetryAfter, false
	}
	return body
}

// meaning is the status and sentence of a code.
type meaning struct {
	status  int
	message string
}

// meanings has every code the sandbox emits. The documentation names codes and sentences; statuses are what is
// generally known of Discord and not documented.
func meanings() map[int]meaning {
	return map[int]meaning{
		10002:  {http.StatusNotFound, "Unknown Application"},
		10003:  {http.StatusNotFound, "Unknown Channel"},
		10004:  {http.StatusNotFound, "Unknown Guild"},
		10006:  {http.StatusNotFound, "Unknown Invite"},
		10007:  {http.StatusNotFound, "Unknown Member"},
		10008:  {http.StatusNotFound, "Unknown Message"},
		10009:  {http.StatusNotFound, "Unknown Permission Overwrite"},
		10011:  {http.StatusNotFound, "Unknown Role"},
		10012:  {http.StatusNotFound, "Unknown Token"},
		10013:  {http.StatusNotFound, "Unknown User"},
		10014:  {http.StatusBadRequest, "Unknown Emoji"},
		10015:  {http.StatusNotFound, "Unknown Webhook"},
		10026:  {http.StatusNotFound, "Unknown Ban"},
		10060:  {http.StatusNotFound, "Unknown sticker"},
		10062:  {http.StatusNotFound, "Unknown interaction"},
		10063:  {http.StatusNotFound, "Unknown application command"},
		10066:  {http.StatusNotFound, "Unknown application command permissions"},
		10087:  {http.StatusNotFound, "Unknown tag"},
		20012:  {http.StatusForbidden, "You are not authorized to perform this action on this application"},
		20016:  {http.StatusTooManyRequests, "This action cannot be performed due to slowmode rate limit"},
		20028:  {http.StatusTooManyRequests, "The write action you are performing on the channel has hit the write rate limit"},
		30003:  {http.StatusBadRequest, "Maximum number of pins reached for the channel (250)"},
		30005:  {http.StatusBadRequest, "Maximum number of guild roles reached (250)"},
		30007:  {http.StatusBadRequest, "Maximum number of webhooks reached (15)"},
		30010:  {http.StatusBadRequest, "Maximum number of reactions reached (20)"},
		30013:  {http.StatusBadRequest, "Maximum number of guild channels reached (500)"},
		30015:  {http.StatusBadRequest, "Maximum number of attachments in a message reached (10)"},
		30032:  {http.StatusBadRequest, "Maximum number of application commands reached (100)"},
		30033:  {http.StatusBadRequest, "Maximum number of thread participants has been reached (1000)"},
		30046:  {http.StatusTooManyRequests, "Maximum number of edits to messages older than 1 hour reached. Try again later"},
		30047:  {http.StatusBadRequest, "Maximum number of pinned threads in a forum channel has been reached"},
		30034:  {http.StatusTooManyRequests, "Maximum number of daily application command creates has been reached (200)"},
		30058:  {http.StatusBadRequest, "Maximum number of webhooks per guild reached (1000)"},
		30060:  {http.StatusBadRequest, "Maximum number of channel permission overwrites reached (1000)"},
		40007:  {http.StatusForbidden, "The user is banned from this guild."},
		40005:  {http.StatusRequestEntityTooLarge, "Request entity too large"},
		40058:  {http.StatusBadRequest, "Cannot send a message in a forum channel"},
		40060:  {http.StatusBadRequest, "Interaction has already been acknowledged."},
		40061:  {http.StatusBadRequest, "Tag names must be unique"},
		40067:  {http.StatusBadRequest, "A tag is required to create a forum post in this channel"},
		50001:  {http.StatusForbidden, "Missing Access"},
		50003:  {http.StatusBadRequest, "Cannot execute action on a DM channel"},
		50005:  {http.StatusForbidden, "Cannot edit a message authored by another user"},
		50006:  {http.StatusBadRequest, "Cannot send an empty message"},
		50007:  {http.StatusForbidden, "Cannot send messages to this user"},
		50008:  {http.StatusBadRequest, "Cannot send messages in a non-text channel"},
		50013:  {http.StatusForbidden, "Missing Permissions"},
		50014:  {http.StatusUnauthorized, "Invalid authentication token provided"},
		50019:  {http.StatusBadRequest, "A message can only be pinned to the channel it was sent in"},
		50021:  {http.StatusForbidden, "Cannot execute action on a system message"},
		50024:  {http.StatusBadRequest, "Cannot execute action on this channel type"},
		50025:  {http.StatusUnauthorized, "Invalid OAuth2 access token"},
		50026:  {http.StatusForbidden, "Missing required OAuth2 scope"},
		50027:  {http.StatusUnauthorized, "Invalid Webhook Token"},
		50028:  {http.StatusBadRequest, "Invalid role"},
		50033:  {http.StatusBadRequest, "Invalid Recipient(s)"},
		50034:  {http.StatusBadRequest, "You can only bulk delete messages that are under 14 days old."},
		50035:  {http.StatusBadRequest, "Invalid Form Body"},
		50045:  {http.StatusRequestEntityTooLarge, "File uploaded exceeds the maximum size"},
		50083:  {http.StatusBadRequest, "Thread is archived"},
		50109:  {http.StatusBadRequest, "The request body contains invalid JSON."},
		50138:  {http.StatusBadRequest, "Cannot resize the file below the maximum size"},
		130000: {http.StatusServiceUnavailable, "API resource is currently overloaded. Try again a little later"},
		160002: {http.StatusBadRequest, "Cannot reply without permission to read message history"},
		160004: {http.StatusBadRequest, "A thread has already been created for this message"},
		160005: {http.StatusBadRequest, "Thread is locked"},
		160006: {http.StatusBadRequest, "Maximum number of active threads reached"},
		160014: {http.StatusForbidden, "You cannot forward a message whose content you cannot read"},
		220001: {http.StatusBadRequest, "Webhooks posted to forum channels must have a thread_name or thread_id"},
		220002: {http.StatusBadRequest, "Webhooks posted to forum channels cannot have both a thread_name and thread_id"},
		220003: {http.StatusBadRequest, "Webhooks can only create threads in forum channels"},
		500000: {http.StatusBadRequest, "Failed to ban users"},
	}
}

// Code makes the refusal with this code. A code that the table lacks is a 500, so that a test sees it.
func Code(code int) *Error {
	m, ok := meanings()[code]
	if !ok {
		return &Error{Status: http.StatusInternalServerError, Message: "the sandbox has no sentence for code " + strconv.Itoa(code), Code: code}
	}
	return &Error{Status: m.status, Code: code, Message: m.message}
}

// Status makes the refusal without a code of its own: "404: Not Found" and code 0.
func Status(status int) *Error {
	return &Error{Status: status, Message: strconv.Itoa(status) + ": " + http.StatusText(status)}
}

// Limited is a refusal that names when to try again.
func Limited(code int, seconds float64) *Error {
	e := Code(code)
	e.Status, e.RetryAfter = http.StatusTooManyRequests, seconds
	return e
}

// Field is a 50035 with one complaint at a dotted path such as "embeds.0.title"; an empty path is the whole body.
func Field(path, code, message string) *Error {
	var t Tree
	t.Add(split(path), code, message)
	return Form(&t)
}

// Form is a 50035 with this tree.
func Form(t *Tree) *Error {
	e := Code(50035)
	e.Fields = t
	return e
}

func split(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

// Complaint is one thing that is wrong with one field.
type Complaint struct {
	Path    string `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Tree collects complaints about fields.
type Tree struct{ complaints []Complaint }

// Add appends a complaint about the field at path.
func (t *Tree) Add(path []string, code, message string) {
	t.complaints = append(t.complaints, Complaint{Path: strings.Join(path, "."), Code: code, Message: message})
}

// Empty tells that nothing is wrong.
func (t *Tree) Empty() bool { return t == nil || len(t.complaints) == 0 }

// Complaints lists what is wrong, in the order in which it was found.
func (t *Tree) Complaints() []Complaint { return t.complaints }

// String is one line for logs and people.
func (t *Tree) String() string {
	parts := make([]string, len(t.complaints))
	for i, c := range t.complaints {
		parts[i] = strings.TrimPrefix(c.Path+": ", ": ") + c.Message + " [" + c.Code + "]"
	}
	return strings.Join(parts, "; ")
}

// JSON is the nested "errors" object.
func (t *Tree) JSON() map[string]any {
	root := map[string]any{}
	for _, c := range t.complaints {
		at := root
		for _, part := range split(c.Path) {
			next, ok := at[part].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[part] = next
			}
			at = next
		}
		list, _ := at["_errors"].([]Complaint)
		at["_errors"] = append(list, c)
	}
	return root
}
