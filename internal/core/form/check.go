package form

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"usher/internal/core/emoji"
	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
)

// Completed gives questions without an id one from their label, and options without a value their label: people need not think of
// either. What is given already stays.
func (f Form) Completed() Form {
	taken := map[string]bool{}
	for _, q := range f.Questions {
		taken[q.ID] = true
	}
	questions := make([]Question, 0, len(f.Questions))
	for _, q := range f.Questions {
		if q.ID == "" {
			q.ID = freeID(q.Label, taken)
			taken[q.ID] = true
		}
		options := make([]Option, 0, len(q.Options))
		for _, o := range q.Options {
			if o.Value == "" {
				o.Value = o.Label
			}
			options = append(options, o)
		}
		if q.Options = options; len(options) == 0 {
			q.Options = nil
		}
		questions = append(questions, q)
	}
	f.Questions = questions
	return f
}

// freeID makes an id of a label: its ASCII letters and digits, with _ between the words, and a number where it is taken.
func freeID(label string, taken map[string]bool) string {
	words := strings.FieldsFunc(strings.ToLower(label), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	const room = maxID - 3 // for the number
	id := strings.Join(words, "_")
	if id = strings.TrimRight(id[:min(len(id), room)], "_"); id == "" {
		id = "question"
	}
	for n, name := 2, id; ; n++ {
		if !taken[name] {
			return name
		}
		name = id + "_" + strconv.Itoa(n)
	}
}

const maxID = 32

func isID(text string) bool { return regexp.MustCompile(`^[a-z0-9_-]{1,32}$`).MatchString(text) }

// Check tells everything that is wrong with the form, as one Invalid fault.
func (f Form) Check() error {
	var c fault.Checks
	checkText(&c, "name", f.Name, 1, MaxName)
	checkText(&c, "title", f.Title, 1, MaxTitle)
	c.Require(len(f.Questions) >= 1 && len(f.Questions) <= MaxQuestions, "questions", fmt.Sprintf("Ask 1 to %d questions.", MaxQuestions))
	ids, labels := map[string]bool{}, map[string]bool{}
	for n, q := range f.Questions {
		at := fmt.Sprintf("questions[%d]", n)
		q.check(&c, at)
		c.Require(!ids[q.ID], at+".id", "Another question of this form has the same id.")
		label := strings.ToLower(strings.TrimSpace(q.Label))
		c.Require(!labels[label], at+".label", "Another question of this form has the same label; integrations know the answers by it.")
		ids[q.ID], labels[label] = true, true
	}
	return c.Err("form_invalid", "This form cannot be saved.")
}

func (q Question) check(c *fault.Checks, at string) {
	c.Require(isID(q.ID), at+".id", "Give an id of 1 to 32 of a-z, 0-9, _ and -, or none.")
	checkText(c, at+".label", q.Label, 1, MaxLabel)
	checkText(c, at+".description", q.Description, 0, MaxText)
	checkLines(c, at+".placeholder", q.Placeholder, 0, MaxText)
	switch {
	case q.Kind.isText():
		q.checkTyped(c, at)
	case q.Kind.hasOptions():
		q.checkOptions(c, at)
	case q.Kind.isThing(), q.Kind == Checkbox:
	default:
		c.Add(at+".kind", "Choose short, paragraph, select, user, role, channel, radio, checkboxes or checkbox.")
		return
	}
	q.checkForeign(c, at)
	if q.Kind != Radio && q.Kind != Checkbox && !q.Kind.isText() {
		q.checkCounts(c, at)
	}
}

// checkForeign refuses what belongs to another kind: it would be ignored.
func (q Question) checkForeign(c *fault.Checks, at string) {
	if !q.Kind.isText() {
		c.Require(q.Default == "", at+".default", "Only short and paragraph have a default; mark an option as the default instead.")
		c.Require(q.MinLength == 0, at+".min_length", "Only short and paragraph have a length.")
		c.Require(q.MaxLength == 0, at+".max_length", "Only short and paragraph have a length.")
	}
	if q.Kind.isText() || q.Kind == Radio || q.Kind == Checkbox {
		c.Require(q.MinValues == 0, at+".min_values", "This kind has one answer.")
		c.Require(q.MaxValues == 0, at+".max_values", "This kind has one answer.")
	}
	if q.Kind == Radio || q.Kind == Checkbox || q.Kind == Checkboxes {
		c.Require(q.Placeholder == "", at+".placeholder", "This kind shows no placeholder; use the description.")
	}
	c.Require(q.Kind.hasOptions() || len(q.Options) == 0, at+".options", "Only select, radio and checkboxes have options.")
	c.Require(q.Kind != Checkbox || !q.Required, at+".required", "Discord cannot demand a tick; use checkboxes with one option instead.")
}

func (q Question) checkTyped(c *fault.Checks, at string) {
	c.Require(q.MinLength >= 0 && q.MinLength <= MaxAnswer, at+".min_length", fmt.Sprintf("Give a length from 0 to %d.", MaxAnswer))
	c.Require(q.MaxLength >= 0 && q.MaxLength <= MaxAnswer, at+".max_length", fmt.Sprintf("Give a length from 1 to %d, or 0 for the longest.", MaxAnswer))
	c.Require(q.MinLength <= q.Longest(), at+".min_length", "This is more than max_length.")
	if q.Default != "" {
		checkLines(c, at+".default", q.Default, q.MinLength, q.Longest())
	}
}

func (q Question) checkOptions(c *fault.Checks, at string) {
	low, high := 1, MaxOptions
	if q.Kind != Select {
		high = MaxBoxes
	}
	if q.Kind == Radio {
		low = 2
	}
	c.Require(len(q.Options) >= low && len(q.Options) <= high, at+".options", fmt.Sprintf("Give %d to %d options.", low, high))
	values, defaults := map[string]bool{}, 0
	for n, o := range q.Options {
		option := fmt.Sprintf("%s.options[%d]", at, n)
		checkText(c, option+".label", o.Label, 1, MaxText)
		checkText(c, option+".value", o.Value, 1, MaxText)
		checkText(c, option+".description", o.Description, 0, MaxText)
		c.Require(o.Emoji == "" || q.Kind == Select, option+".emoji", "Only the options of a select have an emoji.")
		emoji.Check(c, option+".emoji", o.Emoji)
		c.Require(!values[o.Value], option+".value", "Another option of this question has the same value.")
		values[o.Value] = true
		if o.Default {
			defaults++
		}
	}
	most := 1
	if q.Kind != Radio {
		_, most = q.Bounds()
	}
	c.Require(defaults <= most, at+".options", fmt.Sprintf("At most %d of the options can be the default: no more can be chosen.", most))
}

func (q Question) checkCounts(c *fault.Checks, at string) {
	most := MaxOptions
	if q.Kind == Checkboxes {
		most = MaxBoxes
	}
	if q.Kind.hasOptions() {
		most = min(most, len(q.Options))
	}
	c.Require(q.MinValues >= 0 && q.MinValues <= most, at+".min_values", fmt.Sprintf("Give a number from 0 to %d.", most))
	c.Require(q.MaxValues >= 0 && q.MaxValues <= most, at+".max_values", fmt.Sprintf("Give a number from 0 to %d.", most))
	c.Require(q.MaxValues == 0 && (q.MinValues <= 1 || q.Kind == Checkboxes) || q.MinValues <= q.MaxValues, at+".min_values", "This is more than max_values.")
}

// checkText measures as Discord does. A text that must be there may not be white space alone.
func checkText(c *fault.Checks, path, text string, low, high int) {
	checkLength(c, path, text, low, high)
	placeholder.CheckName(c, path, text)
}

// checkLines is checkText for what may have several lines.
func checkLines(c *fault.Checks, path, text string, low, high int) {
	checkLength(c, path, text, low, high)
	placeholder.CheckText(c, path, text)
}

func checkLength(c *fault.Checks, path, text string, low, high int) {
	n := placeholder.Units(text)
	if low > 0 && strings.TrimSpace(text) == "" {
		n = 0
	}
	switch {
	case n >= low && n <= high:
	case low == 0:
		c.Add(path, fmt.Sprintf("Use at most %d characters.", high))
	default:
		c.Add(path, fmt.Sprintf("Give %d to %d characters.", low, high))
	}
}
