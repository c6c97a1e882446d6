package world

import (
	"strconv"
	"unicode/utf8"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// maxModalComponents is the number of components at the top of a modal (interactions/receiving-and-responding).
const maxModalComponents = 5

// checkModal holds what a modal must keep beyond the shape of its fields.
func checkModal(r ModalRequest) error {
	var t refusal.Tree
	if n := len(r.Components); n < 1 || n > maxModalComponents {
		t.Add([]string{"data", "components"}, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
	}
	k := newTreeCheck(nil, &t)
	k.list(r.Components, []string{"data", "components"})
	for i := range r.Components {
		c := &r.Components[i]
		path := []string{"data", "components", strconv.Itoa(i)}
		for j := range c.Components {
			if c.Type == wire.ComponentRow {
				checkInput(&c.Components[j], append(path[:3:3], "components", strconv.Itoa(j)), true, &t)
			}
		}
		if len(c.Components) > 1 && c.Type == wire.ComponentRow {
			t.Add(append(path[:3:3], "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 1 in length.")
		}
		if c.Component != nil {
			checkInput(c.Component, append(path[:3:3], "component"), false, &t)
			checkAnswer(c.Component, append(path[:3:3], "component"), &t)
		}
	}
	if !t.Empty() {
		return refusal.Form(&t)
	}
	return nil
}

// checkInput: a text input outside a label must bring its own label; its bounds must not cross.
func checkInput(c *wire.Component, path []string, alone bool, t *refusal.Tree) {
	if c.Type != wire.ComponentTextInput {
		return
	}
	if alone && c.Label == "" {
		t.Add(append(path[:len(path):len(path)], "label"), "BASE_TYPE_REQUIRED", "This field is required")
	}
	low, high := orInt(c.MinLength, 0), orInt(c.MaxLength, 4000)
	if low > high {
		t.Add(append(path[:len(path):len(path)], "min_length"), "TEXT_INPUT_MIN_LENGTH_TOO_LARGE", "Must be at most max_length.")
	}
	if c.Value != nil && *c.Value != "" {
		if n := utf8.RuneCountInString(*c.Value); n < low || n > high {
			t.Add(append(path[:len(path):len(path)], "value"), "BASE_TYPE_BAD_LENGTH", "Must be between "+itoa(low)+" and "+itoa(high)+" in length.")
		}
	}
}

// checkAnswer: nothing in a modal is disabled, and what must be answered cannot be answered with nothing
// (components/reference "String Select").
func checkAnswer(c *wire.Component, path []string, t *refusal.Tree) {
	at := func(field string) []string { return append(path[:len(path):len(path)], field) }
	if c.Disabled {
		t.Add(at("disabled"), "COMPONENT_DISABLED_IN_MODAL", "Components in modals cannot be disabled")
	}
	if required := c.Required == nil || *c.Required; required && c.MinValues != nil && *c.MinValues == 0 {
		t.Add(at("min_values"), "COMPONENT_REQUIRED_MIN_VALUES", "Must be at least 1 for a required component")
	}
}
