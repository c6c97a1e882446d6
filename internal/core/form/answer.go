package form

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// Submission is what a member sent off.
type Submission struct {
	Form     ID
	Revision int64               // of the form that was shown
	Values   map[string][]string // by question id: the text, the options' values, or ids; a checkbox that is ticked has "true"
	Names    map[string]string   // by id: what users, roles and channels are called
}

// Answer is one question as it was shown, and what was answered. Its JSON is stored.
type Answer struct {
	Question string   `json:"question"` // the id
	Label    string   `json:"label"`
	Kind     Kind     `json:"kind"`
	Values   []string `json:"values,omitempty"` // as in Submission; none: not answered
	Shown    []string `json:"shown,omitempty"`  // what the member saw for each value, where that is something else: labels of options, names
}

// Read checks a submission against the form that was shown, for what Discord's client promises is not ours to trust. The answers are in the
// order of the questions; one that may be left out is there without values. Errors: Invalid, whose text names the questions.
func (f Form) Read(s Submission) ([]Answer, error) {
	var wrong []fault.Field
	answers := make([]Answer, 0, len(f.Questions))
	asked := map[string]bool{}
	for _, q := range f.Questions {
		asked[q.ID] = true
		a, problem := q.read(s)
		if problem != "" {
			wrong = append(wrong, fault.Field{Path: q.ID, Text: problem})
		}
		answers = append(answers, a)
	}
	for id := range s.Values {
		if !asked[id] {
			return nil, Outdated()
		}
	}
	if len(wrong) == 0 {
		return answers, nil
	}
	text := "Your answers cannot be taken. Please press the button again."
	for _, w := range wrong {
		label := f.Questions[slices.IndexFunc(f.Questions, func(q Question) bool { return q.ID == w.Path })].Label
		text += "\n- " + placeholder.EscapeMarkdown(placeholder.Clean(label)) + ": " + w.Text
	}
	return nil, &fault.Error{Kind: fault.Invalid, Code: "answers_invalid", Text: text, Fields: wrong}
}

// Outdated says that the questions a member answered are not known any more.
func Outdated() error {
	return fault.New(fault.Conflict, "form_outdated", "The questions were changed while you answered them. Please press the button again.")
}

// read takes the answer to one question; problem is what the member did wrong, "" where nothing.
func (q Question) read(s Submission) (a Answer, problem string) {
	a = Answer{Question: q.ID, Label: q.Label, Kind: q.Kind}
	values := s.Values[q.ID]
	if q.Kind.isText() {
		return q.readTyped(a, values)
	}
	if len(values) == 0 {
		if q.Required {
			return a, "Choose something."
		}
		return a, ""
	}
	if q.Kind == Checkbox {
		if len(values) > 1 || values[0] != ticked {
			return a, "Tick it, or do not."
		}
		a.Values = values
		return a, ""
	}
	return q.readChosen(a, values, s.Names)
}

const ticked = "true"

// readTyped refuses a length only where no way to count characters makes it right: Discord does not say how it counts.
func (q Question) readTyped(a Answer, values []string) (Answer, string) {
	text := strings.Join(values, "\n")
	switch {
	case strings.TrimSpace(text) == "" && q.Required:
		return a, "Write an answer."
	case strings.TrimSpace(text) == "":
		return a, ""
	case placeholder.Units(text) < q.MinLength:
		return a, fmt.Sprintf("Write at least %d characters.", q.MinLength)
	case utf8.RuneCountInString(text) > q.Longest():
		return a, fmt.Sprintf("Write at most %d characters.", q.Longest())
	}
	a.Values = []string{text}
	return a, ""
}

func (q Question) readChosen(a Answer, values []string, names map[string]string) (Answer, string) {
	low, high := q.Bounds()
	if q.Kind == Radio {
		low, high = 1, 1
	}
	switch n := len(values); {
	case n < low:
		return a, fmt.Sprintf("Choose at least %d.", low)
	case n > high:
		return a, fmt.Sprintf("Choose at most %d.", high)
	}
	for n, v := range values {
		shown, known := q.shown(v, names)
		if !known || slices.Contains(values[:n], v) {
			return a, "Choose from what is offered."
		}
		a.Shown = append(a.Shown, shown)
	}
	a.Values = values
	return a, ""
}

// shown is what the member saw for a value; false when it was not offered.
func (q Question) shown(value string, names map[string]string) (string, bool) {
	if q.Kind.isThing() {
		_, err := snowflake.Parse[snowflake.User](value) // any kind of id is written alike
		return names[value], err == nil
	}
	for _, o := range q.Options {
		if o.Value == value {
			return o.Label, true
		}
	}
	return "", false
}

// Text is the answer for an integration (I-8): what was typed, or the chosen values or ids with ", " between them; "true" or "false" for a
// checkbox; "" where there is none.
func (a Answer) Text() string {
	if a.Kind == Checkbox && len(a.Values) == 0 {
		return "false"
	}
	return strings.Join(a.Values, ", ")
}

// Value is the answer for people: a mention of what was chosen in the guild, the labels of options, the text as it was typed.
func (a Answer) Value() placeholder.Value {
	switch {
	case a.Kind == Checkbox && len(a.Values) == 0:
		return placeholder.Value{Text: "No"}
	case a.Kind == Checkbox:
		return placeholder.Value{Text: "Yes"}
	case len(a.Values) == 0:
		return placeholder.Value{Missing: true}
	case a.Kind.isThing():
		marks := map[Kind]string{User: "<@", Role: "<@&", Channel: "<#"}
		return placeholder.Value{Text: marks[a.Kind] + strings.Join(a.Values, ">, "+marks[a.Kind]) + ">", Format: placeholder.Trusted}
	case a.Kind.hasOptions():
		return placeholder.Value{Text: strings.Join(a.Shown, ", ")}
	default:
		return placeholder.Value{Text: a.Values[0]}
	}
}

// Plain is the answer for people where nothing but text is shown: names instead of mentions; "" where there is none.
func (a Answer) Plain() string {
	switch {
	case a.Kind == Checkbox:
		return a.Value().Text
	case len(a.Shown) > 0:
		return strings.Join(a.Shown, ", ")
	default:
		return strings.Join(a.Values, ", ")
	}
}
