package integration

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/snowflake"
)

// Revision is one version of what an integration requests (I-30). Its request never changes, only its state does.
type Revision struct {
	Number  int64 // 1, 2, 3… in its integration
	State   State
	By      snowflake.User // who made it
	At      time.Time
	Asked   time.Time // since when it waits for the operator; zero where it never did
	Decided time.Time // when the operator decided
	Decider snowflake.User
	Reason  string // why it was rejected, in the operator's words
	// Differences are against the revision before it, as they were when it was made; none for the first. No header value is among them.
	// Store.Revisions alone reads them.
	Differences []audit.Change
}

// State is what became of a revision.
type State string

// The states. Only Approved lets guilds use a revision in which its author did not activate it.
const (
	Draft      State = "draft"      // nobody asked for its publication
	Pending    State = "pending"    // waits for the operator
	Approved   State = "approved"   // for ever: a later revision changes nothing of it
	Rejected   State = "rejected"   // the operator gave a reason
	Superseded State = "superseded" // a newer one came before it was approved
)

// Need is one thing for which a guild must be asked before it goes on with another revision (I-27).
type Need struct {
	Code   string // "host", "secret", "place" or "validation"
	Secret string // for secret and place: which
	Text   string // a sentence for people
}

// needs tells what going from one request to the next asks anew of the secrets that a guild gave to the first; none: the guild can be
// moved without being asked. Both have clear header values. Without secrets there is nothing to ask.
func needs(from, to Integration) ([]Need, error) {
	if len(to.Secrets) == 0 {
		return nil, nil
	}
	before, err := from.ways()
	if err != nil {
		return nil, err
	}
	after, err := to.ways()
	if err != nil {
		return nil, err
	}
	var all []Need
	if before.origin != after.origin {
		all = append(all, Need{Code: "host", Text: fmt.Sprintf("Its requests, and the secrets with them, go to %s and no longer to %s.", after.origin, before.origin)})
	}
	for _, s := range to.Secrets {
		if _, given := before.places[s.Name]; !given {
			all = append(all, Need{Code: "secret", Secret: s.Name, Text: fmt.Sprintf("It asks for a value of the secret %s.", s.Name)})
			continue
		}
		for _, place := range after.places[s.Name] {
			if !slices.Contains(before.places[s.Name], place) {
				all = append(all, Need{Code: "place", Secret: s.Name, Text: fmt.Sprintf("The secret %s is now sent in %s, too.", s.Name, place)})
			}
		}
	}
	if after.validation != (requesttemplate.Origin{}) && after.validation != before.origin && after.validation != before.validation {
		all = append(all, Need{Code: "validation", Text: fmt.Sprintf("The values of its secrets are checked by %s.", after.validation)})
	}
	return all, nil
}

// ways are where a request takes the secrets that it declares.
type ways struct {
	origin     requesttemplate.Origin
	validation requesttemplate.Origin // zero: none
	places     map[string][]string    // by the secret's name, in words; there for each that is declared
}

func (i Integration) ways() (ways, error) {
	url, err := requesttemplate.Parse(i.URL, i.variables()...)
	if err != nil {
		return ways{}, err
	}
	headers, err := requesttemplate.ParseHeaders(i.lines(), len(i.Headers), i.variables()...)
	if err != nil {
		return ways{}, err
	}
	w := ways{origin: url.Origin(), places: map[string][]string{}}
	if i.Validation != "" {
		validation, err := requesttemplate.Parse(i.Validation)
		if err != nil {
			return ways{}, err
		}
		w.validation = validation.Origin()
	}
	for _, s := range i.Secrets {
		w.places[s.Name] = places(s.Name, url, headers)
	}
	return w, nil
}

// places names where a variable stands.
func places(name string, url requesttemplate.Template, headers []requesttemplate.Header) []string {
	var found []string
	if slices.Contains(url.PathVariables(), name) {
		found = append(found, "the path of the URL")
	}
	if slices.Contains(url.QueryVariables(), name) {
		found = append(found, "the query of the URL")
	}
	for _, h := range headers {
		if slices.Contains(h.Variables(), name) {
			found = append(found, "the header "+strings.ToLower(h.Name()))
		}
	}
	return found
}
