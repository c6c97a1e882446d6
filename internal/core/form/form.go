// Package form is the questions that a panel asks before a ticket opens: how they are put, and which answers are taken.
//
// It knows the limits of Discord's modals and nothing of Discord's API: the discord room shows a [Form] and hands back a [Submission].
package form

import (
	"context"

	"usher/internal/core/audit"
	"usher/internal/core/snowflake"
)

// ID is a form's own id: 1 to 32 characters of [a-z0-9], made once, never used again.
type ID string

// Form is up to MaxQuestions questions. What a member was shown is known by ID and Revision, so that answers given to an older
// revision are read by the questions that were asked.
type Form struct {
	ID        ID
	Guild     snowflake.Guild
	Name      string // how administrators call it; unique in the guild, without regard to case; 1 to MaxName characters
	Title     string // above the questions; 1 to MaxTitle characters
	Questions []Question
	Revision  int64 // 1, 2, 3… with each change; 0: not saved yet
}

// Question is one question. Its JSON is stored.
type Question struct {
	ID          string   `json:"id"`                    // 1 to 32 of [a-z0-9_-], unique in the form; %form.ID% stands for the answer
	Label       string   `json:"label"`                 // what is asked; 1 to MaxLabel characters, unique in the form (I-8)
	Description string   `json:"description,omitempty"` // below the label; at most MaxText characters
	Kind        Kind     `json:"kind"`
	Required    bool     `json:"required,omitempty"`
	Placeholder string   `json:"placeholder,omitempty"` // in the empty field; at most MaxText characters
	Default     string   `json:"default,omitempty"`     // of Short and Paragraph: what the field holds at first
	MinLength   int      `json:"min_length,omitempty"`  // of Short and Paragraph, in characters
	MaxLength   int      `json:"max_length,omitempty"`  // of Short and Paragraph, in characters; 0: MaxAnswer
	MinValues   int      `json:"min_values,omitempty"`  // of what is chosen; 0: 1
	MaxValues   int      `json:"max_values,omitempty"`  // of what is chosen; 0: 1, of Checkboxes all
	Options     []Option `json:"options,omitempty"`     // of Select, Radio and Checkboxes
}

// Option is one thing to choose.
type Option struct {
	Label       string `json:"label"`           // 1 to MaxText characters
	Value       string `json:"value,omitempty"` // what an integration is told; 1 to MaxText characters, unique in the question
	Description string `json:"description,omitempty"`
	Emoji       string `json:"emoji,omitempty"` // a unicode emoji; of Select alone
	Default     bool   `json:"default,omitempty"`
}

// Kind is how a question is answered.
type Kind string

// The kinds: Discord's components for modals, without file upload, for the addresses of uploaded files end.
// https://discord.com/developers/docs/components/reference
const (
	Short      Kind = "short"
	Paragraph  Kind = "paragraph"
	Select     Kind = "select"
	User       Kind = "user"
	Role       Kind = "role"
	Channel    Kind = "channel"
	Radio      Kind = "radio"
	Checkboxes Kind = "checkboxes"
	Checkbox   Kind = "checkbox" // ticked or not
)

// Limits. All but MaxForms and MaxName are Discord's; lengths are in UTF-16 units.
// https://discord.com/developers/docs/components/reference#label
const (
	MaxForms     = 100 // of one guild
	MaxName      = 80
	MaxTitle     = 45
	MaxQuestions = 5
	MaxLabel     = 45
	MaxText      = 100
	MaxAnswer    = 4000
	MaxOptions   = 25 // of Select; also how many users, roles or channels may be chosen
	MaxBoxes     = 10 // of Radio and Checkboxes
)

// Store keeps forms. Every call is bound to a guild: another guild's form is NotFound.
type Store interface {
	// Form gives one form as it is now; fault.NotFound "form_not_found".
	Form(ctx context.Context, g snowflake.Guild, id ID) (Form, error)
	// FormRevision gives a form as it was. The newest KeptRevisions are kept; fault.NotFound "form_not_found".
	FormRevision(ctx context.Context, g snowflake.Guild, id ID, revision int64) (Form, error)
	// Forms lists a guild's forms by name.
	Forms(ctx context.Context, g snowflake.Guild) ([]Form, error)
	// SaveForm writes a form and gives its revision. With Revision 0 it is new; else Revision must be the one that is there.
	// fault.Conflict "form_name_taken" (folded), "form_changed" when it is another revision now, "form_limit" at MaxForms;
	// fault.NotFound "form_not_found".
	SaveForm(ctx context.Context, f Form, entries ...audit.Entry) (int64, error)
	// DeleteForm removes a form with all revisions; fault.NotFound; fault.Conflict "form_in_use", which names the panels that ask it.
	DeleteForm(ctx context.Context, g snowflake.Guild, id ID, entries ...audit.Entry) error
}

// KeptRevisions is how many revisions of a form are kept, the newest included: for answers to what was shown before a change.
const KeptRevisions = 20

// isText reports whether the answer is typed.
func (k Kind) isText() bool { return k == Short || k == Paragraph }

// hasOptions reports whether the answer is chosen from the form's own options.
func (k Kind) hasOptions() bool { return k == Select || k == Radio || k == Checkboxes }

// isThing reports whether the answer is something of the guild, by its id.
func (k Kind) isThing() bool { return k == User || k == Role || k == Channel }

// Bounds is how many values an answer has, if there is one.
func (q Question) Bounds() (low, high int) {
	low, high = max(q.MinValues, 1), max(q.MaxValues, 1)
	if q.Kind == Checkboxes && q.MaxValues == 0 {
		high = len(q.Options)
	}
	return low, max(low, high)
}

// Longest is how long a typed answer may be.
func (q Question) Longest() int {
	if q.MaxLength == 0 {
		return MaxAnswer
	}
	return q.MaxLength
}
