package world

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"

	"usher/sandbox/internal/wire"
)

// Submission is a filled-in modal: text, a list of values or a truth value for each custom id.
type Submission struct {
	ModalID ID             `json:"modal_id"`
	Values  map[string]any `json:"values"`
}

// Submit sends a modal.
func (w *World) Submit(userID ID, s Submission) (Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(userID); err != nil {
		return Outcome{}, err
	}
	m := w.modals[s.ModalID]
	if m == nil || m.by.user != userID || m.done {
		return Outcome{}, deny(http.StatusNotFound, "modal_id", "no modal %s is open for this user", s.ModalID)
	}
	i := &interaction{
		kind: wire.InteractionModal, app: m.by.app, user: userID, channel: m.by.channel, source: m.by.source, opener: m.by,
	}
	i.data = wire.InteractionData{CustomID: m.customID}
	f := &filler{w: w, i: i, values: s.Values, used: map[string]bool{}}
	components, err := f.all(m.components)
	if err != nil {
		return Outcome{}, err
	}
	for name := range s.Values {
		if !f.used[name] {
			return Outcome{}, deny(http.StatusBadRequest, "values."+name, "the modal has no input with this custom_id")
		}
	}
	i.data.Components = wire.Some(components)
	m.done = true
	return w.begin(i).outcome(), nil
}

// filler makes the components of a submitted modal.
type filler struct {
	w      *World
	i      *interaction
	values map[string]any
	used   map[string]bool
}

func (f *filler) all(components []wire.Component) ([]any, error) {
	out := []any{}
	for n := range components {
		c := &components[n]
		one := map[string]any{"type": c.Type, "id": c.ID}
		switch {
		case c.Type == wire.ComponentRow:
			inner, err := f.all(c.Components)
			if err != nil {
				return nil, err
			}
			one["components"] = inner
		case c.Component != nil:
			inner, err := f.all([]wire.Component{*c.Component})
			if err != nil {
				return nil, err
			}
			one["component"] = inner[0]
		case c.CustomID != "":
			if err := f.input(c, one); err != nil {
				return nil, err
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// input reads one field. What the person left empty is sent empty, as Discord's client does.
func (f *filler) input(c *wire.Component, one map[string]any) error {
	given, present := f.values[c.CustomID]
	f.used[c.CustomID] = true
	field := "values." + c.CustomID
	one["custom_id"] = c.CustomID
	required := c.Required == nil || *c.Required
	switch c.Type {
	case wire.ComponentTextInput:
		return textField(c, one, given, field, required)
	case wire.ComponentCheckbox:
		truth, ok := given.(bool)
		if present && !ok {
			return deny(http.StatusBadRequest, field, "want true or false")
		}
		one["value"] = truth
		return nil
	case wire.ComponentRadioGroup:
		return radioField(c, one, given, field, required)
	}
	if c.Type == wire.ComponentFileUpload {
		return f.fileField(c, one, given, field, required)
	}
	values, err := list(given, field)
	if err != nil {
		return err
	}
	return f.listField(c, one, values, field, required)
}

func textField(c *wire.Component, one map[string]any, given any, field string, required bool) error {
	text, ok := given.(string)
	switch {
	case given == nil && c.Value != nil:
		text = *c.Value
	case given != nil && !ok:
		return deny(http.StatusBadRequest, field, "want text")
	}
	n := utf8.RuneCountInString(text)
	low, high := orInt(c.MinLength, 0), orInt(c.MaxLength, 4000)
	switch {
	case n == 0 && required:
		return deny(http.StatusBadRequest, field, "this field is required")
	case n > 0 && n < low:
		return deny(http.StatusBadRequest, field, "must have at least %d characters", low)
	case n > high:
		return deny(http.StatusBadRequest, field, "must have at most %d characters", high)
	}
	one["value"] = text
	return nil
}

func radioField(c *wire.Component, one map[string]any, given any, field string, required bool) error {
	text, _ := given.(string)
	if text == "" {
		if required {
			return deny(http.StatusBadRequest, field, "this field is required")
		}
		one["value"] = nil
		return nil
	}
	if !slices.ContainsFunc(c.Options, func(o wire.Option) bool { return o.Value == text }) {
		return deny(http.StatusBadRequest, field, "%q is none of the options", text)
	}
	one["value"] = text
	return nil
}

func list(given any, field string) ([]string, error) {
	switch v := given.(type) {
	case nil:
		return []string{}, nil
	case string:
		return []string{v}, nil
	case []any:
		out := make([]string, len(v))
		for i, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil, deny(http.StatusBadRequest, fmt.Sprintf("%s[%d]", field, i), "want text")
			}
			out[i] = s
		}
		return out, nil
	}
	return nil, deny(http.StatusBadRequest, field, "want a list of texts")
}

func (f *filler) listField(c *wire.Component, one map[string]any, values []string, field string, required bool) error {
	low, high := orInt(c.MinValues, 1), orInt(c.MaxValues, 1)
	if c.Type == wire.ComponentCheckboxGroup && c.MaxValues == nil {
		high = len(c.Options)
	}
	if len(values) == 0 && !required {
		low = 0
	}
	if len(values) < low || len(values) > high {
		return deny(http.StatusBadRequest, field, "choose between %d and %d values", low, high)
	}
	for n, v := range values {
		if err := f.listValue(c, n, v, field); err != nil {
			return err
		}
	}
	one["values"] = values
	return nil
}

func (f *filler) listValue(c *wire.Component, n int, v, field string) error {
	at := fmt.Sprintf("%s[%d]", field, n)
	if c.Type == wire.ComponentCheckboxGroup {
		if !slices.ContainsFunc(c.Options, func(o wire.Option) bool { return o.Value == v }) {
			return deny(http.StatusBadRequest, at, "%q is none of the options", v)
		}
		return nil
	}
	err := f.w.chosen(f.i, c, n, v)
	var denied *Denied
	if errors.As(err, &denied) {
		denied.Field = at
	}
	return err
}

// fileField takes files as {"filename","content_type","data" in base64} and sends their ids.
func (f *filler) fileField(c *wire.Component, one map[string]any, given any, field string, required bool) error {
	items, isList := given.([]any)
	if given != nil && !isList {
		return deny(http.StatusBadRequest, field, "want a list of files")
	}
	low, high := orInt(c.MinValues, 1), orInt(c.MaxValues, 1)
	if len(items) == 0 && !required {
		low = 0
	}
	if len(items) < low || len(items) > high {
		return deny(http.StatusBadRequest, field, "choose between %d and %d files", low, high)
	}
	values := []string{}
	for n, item := range items {
		stored, err := f.w.uploaded(f.i.channel, item)
		if err != nil {
			return deny(http.StatusBadRequest, fmt.Sprintf("%s[%d]", field, n), "%v", err)
		}
		f.w.attach(f.i, stored)
		values = append(values, stored.id.String())
	}
	one["values"] = values
	return nil
}

// uploaded keeps a file that a person handed over as {"filename", "content_type", "data": base64}. Files of interactions
// are ephemeral (resources/message "Attachment Object").
func (w *World) uploaded(c *channel, item any) (*file, error) {
	fields, isObject := item.(map[string]any)
	name, _ := fields["filename"].(string)
	kind, _ := fields["content_type"].(string)
	coded, _ := fields["data"].(string)
	data, err := base64.StdEncoding.DecodeString(coded)
	if !isObject || name == "" || err != nil {
		return nil, errors.New("want {\"filename\", \"content_type\", \"data\": base64}")
	}
	list, err := w.store(c, []File{{Name: name, ContentType: kind, Data: data}}, nil)
	if err != nil {
		return nil, err
	}
	list[0].ephemeral = true
	return list[0], nil
}

// attach adds a file to what the interaction resolves.
func (w *World) attach(i *interaction, f *file) {
	if i.data.Resolved == nil {
		i.data.Resolved = &wire.Resolved{}
	}
	set(&i.data.Resolved.Attachments, f.id, w.attachmentWire(f))
}
