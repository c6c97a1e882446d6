package wire

import "encoding/json"

// Types of components (components/reference "Component Types").
const (
	ComponentRow           = 1
	ComponentButton        = 2
	ComponentStringSelect  = 3
	ComponentTextInput     = 4
	ComponentUserSelect    = 5
	ComponentRoleSelect    = 6
	ComponentMentionable   = 7
	ComponentChannelSelect = 8
	ComponentSection       = 9
	ComponentText          = 10
	ComponentThumbnail     = 11
	ComponentGallery       = 12
	ComponentFile          = 13
	ComponentSeparator     = 14
	ComponentContainer     = 17
	ComponentLabel         = 18
	ComponentFileUpload    = 19
	ComponentRadioGroup    = 21
	ComponentCheckboxGroup = 22
	ComponentCheckbox      = 23
)

// Styles of buttons that behave differently.
const (
	ButtonLink    = 5
	ButtonPremium = 6
)

// ComponentEmoji is the emoji of a button or option.
type ComponentEmoji struct {
	ID       ID     `json:"id,omitzero"`
	Name     string `json:"name"`
	Animated bool   `json:"animated,omitempty"`
}

// Option is one choice of a string select, radio group or checkbox group.
type Option struct {
	Label       string          `json:"label"`
	Value       string          `json:"value"`
	Description string          `json:"description,omitempty"`
	Emoji       *ComponentEmoji `json:"emoji,omitempty"`
	Default     bool            `json:"default,omitempty"`
}

// Media is an image or file that a component shows.
type Media struct {
	ID           ID          `json:"id,omitzero"`
	URL          string      `json:"url"`
	ProxyURL     string      `json:"proxy_url"`
	Width        Opt[int]    `json:"width,omitzero"`
	Height       Opt[int]    `json:"height,omitzero"`
	ContentType  Opt[string] `json:"content_type,omitzero"`
	AttachmentID ID          `json:"attachment_id,omitzero"`
}

// GalleryItem is one picture of a media gallery.
type GalleryItem struct {
	Media       Media   `json:"media"`
	Description *string `json:"description"`
	Spoiler     bool    `json:"spoiler"`
}

// DefaultValue preselects a user, role or channel.
type DefaultValue struct {
	ID   ID     `json:"id"`
	Type string `json:"type"`
}

// Component is any component of a message or modal; which fields count depends on Type (components/reference).
type Component struct {
	Type          int
	ID            int
	CustomID      string
	Style         int
	Label         string
	Emoji         *ComponentEmoji
	URL           string
	SKUID         ID
	Disabled      bool
	Components    []Component
	Options       []Option
	Placeholder   string
	MinValues     *int
	MaxValues     *int
	ChannelTypes  []int
	DefaultValues []DefaultValue
	Required      *bool
	Content       string
	Accessory     *Component
	Media         *Media
	Description   *string
	Spoiler       bool
	Items         []GalleryItem
	File          *Media
	Name          *string
	Size          *int
	Spacing       int
	Divider       *bool
	AccentColor   *int
	Component     *Component
	Value         *string
	MinLength     *int
	MaxLength     *int
	Default       *bool
}

// plain is Component for reading: every field under its JSON name.
type plain struct {
	Type          int             `json:"type"`
	ID            int             `json:"id"`
	CustomID      string          `json:"custom_id"`
	Style         int             `json:"style"`
	Label         string          `json:"label"`
	Emoji         *ComponentEmoji `json:"emoji"`
	URL           string          `json:"url"`
	SKUID         ID              `json:"sku_id"`
	Disabled      bool            `json:"disabled"`
	Components    []Component     `json:"components"`
	Options       []Option        `json:"options"`
	Placeholder   string          `json:"placeholder"`
	MinValues     *int            `json:"min_values"`
	MaxValues     *int            `json:"max_values"`
	ChannelTypes  []int           `json:"channel_types"`
	DefaultValues []DefaultValue  `json:"default_values"`
	Required      *bool           `json:"required"`
	Content       string          `json:"content"`
	Accessory     *Component      `json:"accessory"`
	Media         *Media          `json:"media"`
	Description   *string         `json:"description"`
	Spoiler       bool            `json:"spoiler"`
	Items         []GalleryItem   `json:"items"`
	File          *Media          `json:"file"`
	Name          *string         `json:"name"`
	Size          *int            `json:"size"`
	Spacing       int             `json:"spacing"`
	Divider       *bool           `json:"divider"`
	AccentColor   *int            `json:"accent_color"`
	Component     *Component      `json:"component"`
	Value         textOnly        `json:"value"`
	MinLength     *int            `json:"min_length"`
	MaxLength     *int            `json:"max_length"`
	Default       *bool           `json:"default"`
}

func (p plain) component() Component {
	return Component{
		Type: p.Type, ID: p.ID, CustomID: p.CustomID, Style: p.Style, Label: p.Label, Emoji: p.Emoji, URL: p.URL, SKUID: p.SKUID,
		Disabled: p.Disabled, Components: p.Components, Options: p.Options, Placeholder: p.Placeholder, MinValues: p.MinValues,
		MaxValues: p.MaxValues, ChannelTypes: p.ChannelTypes, DefaultValues: p.DefaultValues, Required: p.Required, Content: p.Content,
		Accessory: p.Accessory, Media: p.Media, Description: p.Description, Spoiler: p.Spoiler, Items: p.Items, File: p.File,
		Name: p.Name, Size: p.Size, Spacing: p.Spacing, Divider: p.Divider, AccentColor: p.AccentColor, Component: p.Component,
		Value: p.Value.text, MinLength: p.MinLength, MaxLength: p.MaxLength, Default: p.Default,
	}
}

// UnmarshalJSON reads a component of any type.
func (c *Component) UnmarshalJSON(b []byte) error {
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*c = p.component()
	return nil
}

// textOnly is a text input's value. A checkbox may bring a truth value there, which Discord passes over.
type textOnly struct{ text *string }

// UnmarshalJSON keeps a string and forgets everything else.
func (t *textOnly) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil && string(b) != "null" {
		t.text = &s
	}
	return nil
}

// MarshalJSON writes exactly the fields that Discord sends for this type.
func (c Component) MarshalJSON() ([]byte, error) {
	out := map[string]any{"type": c.Type}
	if c.ID != 0 {
		out["id"] = c.ID
	}
	put := func(key string, value any, present bool) {
		if present {
			out[key] = value
		}
	}
	put("custom_id", c.CustomID, c.CustomID != "")
	put("disabled", true, c.Disabled)
	put("placeholder", c.Placeholder, c.Placeholder != "")
	put("required", c.Required, c.Required != nil)
	switch c.Type {
	case ComponentRow:
		out["components"] = c.Components
	case ComponentButton:
		c.putButton(out, put)
	case ComponentStringSelect, ComponentUserSelect, ComponentRoleSelect, ComponentMentionable, ComponentChannelSelect,
		ComponentFileUpload, ComponentRadioGroup, ComponentCheckboxGroup:
		c.putSelect(put)
	case ComponentTextInput:
		c.putInput(out, put)
	case ComponentLabel:
		out["label"], out["component"] = c.Label, c.Component
		put("description", c.Description, c.Description != nil)
	case ComponentCheckbox:
		put("default", c.Default, c.Default != nil)
	default:
		c.putDisplay(out)
	}
	return json.Marshal(out)
}

func (c Component) putButton(out map[string]any, put func(string, any, bool)) {
	out["style"] = c.Style
	put("label", c.Label, c.Label != "")
	put("emoji", c.Emoji, c.Emoji != nil)
	put("url", c.URL, c.URL != "")
	put("sku_id", c.SKUID, c.SKUID != 0)
}

func (c Component) putSelect(put func(string, any, bool)) {
	put("min_values", c.MinValues, c.MinValues != nil)
	put("max_values", c.MaxValues, c.MaxValues != nil)
	put("options", c.Options, c.Options != nil)
	put("channel_types", c.ChannelTypes, c.ChannelTypes != nil)
	put("default_values", c.DefaultValues, c.DefaultValues != nil)
}

func (c Component) putInput(out map[string]any, put func(string, any, bool)) {
	out["style"] = c.Style
	put("label", c.Label, c.Label != "")
	put("value", c.Value, c.Value != nil)
	put("min_length", c.MinLength, c.MinLength != nil)
	put("max_length", c.MaxLength, c.MaxLength != nil)
}

func (c Component) putDisplay(out map[string]any) {
	switch c.Type {
	case ComponentSection:
		out["components"], out["accessory"] = c.Components, c.Accessory
	case ComponentText:
		out["content"] = c.Content
	case ComponentThumbnail:
		out["media"], out["description"], out["spoiler"] = c.Media, c.Description, c.Spoiler
	case ComponentGallery:
		out["items"] = c.Items
	case ComponentFile:
		out["file"], out["name"], out["size"], out["spoiler"] = c.File, c.Name, c.Size, c.Spoiler
	case ComponentSeparator:
		out["spacing"], out["divider"] = max(c.Spacing, 1), c.Divider == nil || *c.Divider
	case ComponentContainer:
		out["components"], out["accent_color"], out["spoiler"] = c.Components, c.AccentColor, c.Spoiler
	}
}

// Walk visits every component of the tree, parents before children, in the order in which they are shown.
func Walk(components []Component, visit func(*Component)) {
	for i := range components {
		c := &components[i]
		visit(c)
		Walk(c.Components, visit)
		if c.Accessory != nil {
			visit(c.Accessory)
		}
		if c.Component != nil {
			visit(c.Component)
		}
	}
}

// Interactive tells that a user can act on a component of this type.
func (c *Component) Interactive() bool {
	switch c.Type {
	case ComponentButton:
		return c.Style != ButtonLink && c.Style != ButtonPremium
	case ComponentStringSelect, ComponentUserSelect, ComponentRoleSelect, ComponentMentionable, ComponentChannelSelect:
		return true
	}
	return false
}
