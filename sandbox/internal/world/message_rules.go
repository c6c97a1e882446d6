package world

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// Limits of messages that Discord's OpenAPI description does not hold (resources/message, components/reference).
const (
	maxContent         = 2000
	maxEmbedCharacters = 6000
	maxRows            = 5
	maxComponents      = 40
	maxDisplayText     = 4000
	maxFile            = 10 << 20
	maxUpload          = 25 << 20
	maxAttachments     = 10
)

// checkMessage judges a message as it would stand: content, embeds, components together.
func checkMessage(m *message) error {
	var t refusal.Tree
	if utf8.RuneCountInString(m.content) > maxContent {
		t.Add([]string{"content"}, "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
	}
	checkEmbeds(m.embeds, &t)
	if m.flags&wire.FlagComponentsV2 != 0 {
		checkV2(m, &t)
	} else {
		checkLegacy(m.components, &t)
	}
	checkTree(m.components, &t)
	if !t.Empty() {
		return refusal.Form(&t)
	}
	if len(m.attachments) > maxAttachments {
		return refusal.Code(30015)
	}
	if m.content == "" && len(m.embeds)+len(m.attachments)+len(m.components) == 0 {
		return refusal.Code(50006)
	}
	return nil
}

func checkEmbeds(embeds []wire.Embed, t *refusal.Tree) {
	total := 0
	for i := range embeds {
		e := &embeds[i]
		n := embedLength(e)
		total += n
		if n == 0 && e.Image == nil && e.Thumbnail == nil && e.URL == "" {
			t.Add([]string{"embeds", strconv.Itoa(i), "description"}, "BASE_TYPE_REQUIRED", "This field is required")
		}
		for j, f := range e.Fields {
			at := []string{"embeds", strconv.Itoa(i), "fields", strconv.Itoa(j)}
			if strings.TrimSpace(f.Name) == "" {
				t.Add(append(at, "name"), "BASE_TYPE_REQUIRED", "This field is required")
			}
			if strings.TrimSpace(f.Value) == "" {
				t.Add(append(at, "value"), "BASE_TYPE_REQUIRED", "This field is required")
			}
		}
	}
	if total > maxEmbedCharacters {
		t.Add([]string{"embeds"}, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
	}
}

// embedLength counts what counts toward 6000: title, description, fields, footer, author (resources/message).
func embedLength(e *wire.Embed) int {
	n := utf8.RuneCountInString(strings.TrimSpace(e.Title)) + utf8.RuneCountInString(strings.TrimSpace(e.Description))
	for _, f := range e.Fields {
		n += utf8.RuneCountInString(strings.TrimSpace(f.Name)) + utf8.RuneCountInString(strings.TrimSpace(f.Value))
	}
	if e.Footer != nil {
		n += utf8.RuneCountInString(strings.TrimSpace(e.Footer.Text))
	}
	if e.Author != nil {
		n += utf8.RuneCountInString(strings.TrimSpace(e.Author.Name))
	}
	return n
}

// checkV2 holds the rules of messages whose whole content is components.
func checkV2(m *message, t *refusal.Tree) {
	const code, text = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The '%s' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
	if m.content != "" {
		t.Add([]string{"content"}, code, fmt.Sprintf(text, "content"))
	}
	if len(m.embeds) > 0 {
		t.Add([]string{"embeds"}, code, fmt.Sprintf(text, "embeds"))
	}
	letters := 0
	wire.Walk(m.components, func(c *wire.Component) { letters += utf8.RuneCountInString(c.Content) })
	if letters > maxDisplayText {
		t.Add([]string{"components"}, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Displayable text size exceeds maximum size of 4000")
	}
}

// checkLegacy holds the rules of messages without the components-v2 flag.
func checkLegacy(components []wire.Component, t *refusal.Tree) {
	if len(components) > maxRows {
		t.Add([]string{"components"}, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
	}
	for i, c := range components {
		if c.Type != wire.ComponentRow {
			t.Add([]string{"components", strconv.Itoa(i), "type"}, "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1,).")
		}
	}
}

// treeCheck walks components with the path of each.
type treeCheck struct {
	t       *refusal.Tree
	ids     map[int]bool
	customs map[string]bool
	count   int
}

// checkTree holds the rules of components of both kinds.
func checkTree(components []wire.Component, t *refusal.Tree) {
	k := &treeCheck{t: t, ids: map[int]bool{}, customs: map[string]bool{}}
	k.list(components, []string{"components"})
	if k.count > maxComponents {
		t.Add([]string{"components"}, "BASE_TYPE_MAX_LENGTH", "Must be 40 or fewer in length.")
	}
}

func (k *treeCheck) list(components []wire.Component, path []string) {
	for i := range components {
		k.one(&components[i], append(path[:len(path):len(path)], strconv.Itoa(i)))
	}
}

func (k *treeCheck) one(c *wire.Component, path []string) {
	k.count++
	at := func(name string) []string { return append(path[:len(path):len(path)], name) }
	if c.ID != 0 && k.ids[c.ID] {
		k.t.Add(at("id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
	}
	if c.CustomID != "" && k.customs[c.CustomID] {
		k.t.Add(at("custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	k.ids[c.ID], k.customs[c.CustomID] = c.ID != 0, true
	switch c.Type {
	case wire.ComponentRow:
		k.row(c, path)
	case wire.ComponentButton:
		k.button(c, at)
	}
	k.selects(c, at)
	k.list(c.Components, at("components"))
	if c.Accessory != nil {
		k.one(c.Accessory, at("accessory"))
	}
	if c.Component != nil {
		k.one(c.Component, at("component"))
	}
}

// row: five buttons or one select (components/reference "Action Row").
func (k *treeCheck) row(c *wire.Component, path []string) {
	width := 0
	for i := range c.Components {
		if c.Components[i].Type == wire.ComponentButton {
			width++
		} else {
			width += 5
		}
	}
	if width > 5 {
		k.t.Add(append(path[:len(path):len(path)], "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

func (k *treeCheck) button(c *wire.Component, at func(string) []string) {
	switch {
	case c.Style == wire.ButtonLink && c.URL == "":
		k.t.Add(at("url"), "BASE_TYPE_REQUIRED", "This field is required")
	case c.Style == wire.ButtonLink && c.CustomID != "":
		k.t.Add(at("custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified")
	case c.Style < wire.ButtonLink && c.URL != "":
		k.t.Add(at("url"), "BUTTON_COMPONENT_URL_NOT_ALLOWED", "A url is only allowed on link buttons")
	case c.Style < wire.ButtonLink && c.CustomID == "":
		k.t.Add(at("custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
	}
	if c.Style != wire.ButtonPremium && c.Label == "" && c.Emoji == nil {
		k.t.Add(at("label"), "BUTTON_COMPONENT_LABEL_REQUIRED", "A label or emoji is required")
	}
	k.emoji(c.Emoji, at)
}

// emoji: a Unicode emoji is never plain ASCII text, digits with a keycap aside.
func (k *treeCheck) emoji(e *wire.ComponentEmoji, at func(string) []string) {
	if e == nil || e.ID != 0 {
		return
	}
	if !validEmoji(e.Name) {
		k.t.Add(append(at("emoji"), "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")
	}
}

func validEmoji(name string) bool {
	for _, r := range name {
		if r > 0xA8 {
			return true
		}
	}
	return false
}

func (k *treeCheck) selects(c *wire.Component, at func(string) []string) {
	values := map[string]bool{}
	chosen := 0
	for i, o := range c.Options {
		path := append(at("options"), strconv.Itoa(i))
		if values[o.Value] {
			k.t.Add(append(path, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[o.Value] = true
		if o.Default {
			chosen++
		}
		k.emoji(o.Emoji, func(name string) []string { return append(path[:len(path):len(path)], name) })
	}
	most := len(c.Options)
	if c.Options != nil && c.MaxValues != nil && *c.MaxValues > most {
		k.t.Add(at("max_values"), "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE", fmt.Sprintf("Must be %d or fewer.", most))
	}
	if c.MinValues != nil && c.MaxValues != nil && *c.MinValues > *c.MaxValues {
		k.t.Add(at("min_values"), "SELECT_COMPONENT_MIN_VALUES_TOO_LARGE", "Must be at most max_values.")
	}
	if c.Type == wire.ComponentStringSelect && chosen > orInt(c.MaxValues, 1) {
		k.t.Add(at("options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "More options are selected than max_values allows")
	}
}

func orInt(p *int, other int) int {
	if p == nil {
		return other
	}
	return *p
}
