package world

import (
	"fmt"
	"strconv"
	"strings"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// treeCheck walks components with the path of each.
type treeCheck struct {
	t       *refusal.Tree
	ids     map[int]bool
	customs map[string]bool
	count   int
	// message is the message that the components are of, nil in a modal.
	message *message
}

func newTreeCheck(m *message, t *refusal.Tree) *treeCheck {
	return &treeCheck{t: t, ids: map[int]bool{}, customs: map[string]bool{}, message: m}
}

// checkTree holds the rules of components of both kinds.
func checkTree(m *message, t *refusal.Tree) {
	k := newTreeCheck(m, t)
	k.list(m.components, []string{"components"})
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
	k.options(c, at)
	k.bounds(c, at)
	k.media(c, at)
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
	if width > 5 && k.message != nil {
		k.t.Add(append(path[:len(path):len(path)], "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

// button: which fields go together depends on the style (components/reference "Button").
func (k *treeCheck) button(c *wire.Component, at func(string) []string) {
	switch {
	case c.Style == wire.ButtonPremium:
		k.premium(c, at)
		return
	case c.Style == wire.ButtonLink && c.URL == "":
		k.t.Add(at("url"), "BASE_TYPE_REQUIRED", "This field is required")
	case c.Style == wire.ButtonLink && c.CustomID != "":
		k.t.Add(at("custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified")
	case c.Style < wire.ButtonLink && c.URL != "":
		k.t.Add(at("url"), "BUTTON_COMPONENT_URL_NOT_ALLOWED", "A url is only allowed on link buttons")
	case c.Style < wire.ButtonLink && c.CustomID == "":
		k.t.Add(at("custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
	case c.SKUID != 0:
		k.t.Add(at("sku_id"), "BUTTON_COMPONENT_SKU_ID_NOT_ALLOWED", "A SKU id is only allowed on premium buttons")
	}
	if c.Label == "" && c.Emoji == nil {
		k.t.Add(at("label"), "BUTTON_COMPONENT_LABEL_REQUIRED", "A label or emoji is required")
	}
	k.emoji(c.Emoji, at)
}

// premium buttons have a SKU and nothing else.
func (k *treeCheck) premium(c *wire.Component, at func(string) []string) {
	if c.SKUID == 0 {
		k.t.Add(at("sku_id"), "BASE_TYPE_REQUIRED", "This field is required")
	}
	for _, field := range []struct {
		name    string
		present bool
	}{{"custom_id", c.CustomID != ""}, {"label", c.Label != ""}, {"url", c.URL != ""}, {"emoji", c.Emoji != nil}} {
		if field.present {
			k.t.Add(at(field.name), "BUTTON_COMPONENT_PREMIUM_FIELD_NOT_ALLOWED", "Premium buttons cannot have this field")
		}
	}
}

// emoji: a Unicode emoji is never plain ASCII text, digits with a keycap aside. One of a server is unknown, since the
// sandbox has none of these.
func (k *treeCheck) emoji(e *wire.ComponentEmoji, at func(string) []string) {
	if e == nil {
		return
	}
	if e.ID != 0 {
		k.t.Add(append(at("emoji"), "id"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")
	} else if !validEmoji(e.Name) {
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

// options: no value twice, and no more defaults than may be chosen.
func (k *treeCheck) options(c *wire.Component, at func(string) []string) {
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
	most := orInt(c.MaxValues, 1)
	if c.Type == wire.ComponentCheckboxGroup {
		most = orInt(c.MaxValues, len(c.Options))
	}
	if len(c.Options) > 0 && chosen > most {
		k.t.Add(at("options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "More options are selected than max_values allows")
	}
}

// bounds: min_values, max_values, the options and the default values must agree (components/reference "User Select").
func (k *treeCheck) bounds(c *wire.Component, at func(string) []string) {
	options := len(c.Options)
	if options > 0 && c.MaxValues != nil && *c.MaxValues > options {
		k.t.Add(at("max_values"), "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE", fmt.Sprintf("Must be %d or fewer.", options))
	}
	low, high := orInt(c.MinValues, 1), orInt(c.MaxValues, 1)
	if c.Type == wire.ComponentCheckboxGroup {
		high = orInt(c.MaxValues, options)
	}
	if c.MinValues != nil && low > high {
		k.t.Add(at("min_values"), "SELECT_COMPONENT_MIN_VALUES_TOO_LARGE", "Must be at most max_values.")
	}
	if n := len(c.DefaultValues); n > 0 && (n < low || n > high) {
		k.t.Add(at("default_values"), "SELECT_COMPONENT_DEFAULT_VALUES_OUT_OF_RANGE", fmt.Sprintf("Must be between %d and %d in length.", low, high))
	}
}

// media: attachment:// names a file of the message, and a file component shows nothing else.
func (k *treeCheck) media(c *wire.Component, at func(string) []string) {
	if k.message == nil {
		return
	}
	if c.Media != nil {
		k.attached(c.Media, append(at("media"), "url"))
	}
	for i := range c.Items {
		k.attached(&c.Items[i].Media, append(at("items"), strconv.Itoa(i), "media", "url"))
	}
	if c.File == nil {
		return
	}
	if c.File.AttachmentID == 0 && !strings.HasPrefix(c.File.URL, attachmentScheme) {
		k.t.Add(append(at("file"), "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('attachment',).")
	}
	k.attached(c.File, append(at("file"), "url"))
}

const attachmentScheme = "attachment://"

func (k *treeCheck) attached(media *wire.Media, path []string) {
	if strings.HasPrefix(media.URL, attachmentScheme) && k.message.attached(media.URL) == nil {
		k.t.Add(path, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment was not found")
	}
}

func orInt(p *int, other int) int {
	if p == nil {
		return other
	}
	return *p
}
