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

// checkMessage judges a message as it would stand: content, embeds, components together, with what the request brings
// that the sandbox does not keep.
func checkMessage(m *message, r *MessageRequest) error {
	var t refusal.Tree
	if utf8.RuneCountInString(m.content) > maxContent {
		t.Add([]string{"content"}, "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
	}
	checkEmbeds(m.embeds, &t)
	if m.flags&wire.FlagComponentsV2 != 0 {
		checkV2(m, r, &t)
	} else {
		checkLegacy(m.components, &t)
	}
	checkTree(m, &t)
	if !t.Empty() {
		return refusal.Form(&t)
	}
	if len(m.attachments) > maxAttachments {
		return refusal.Code(30015)
	}
	if m.content == "" && len(m.embeds)+len(m.attachments)+len(m.components) == 0 && m.snapshot == nil {
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
func checkV2(m *message, r *MessageRequest, t *refusal.Tree) {
	const code, text = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The '%s' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
	for _, field := range []struct {
		name    string
		present bool
	}{
		{"content", m.content != ""},
		{"embeds", len(m.embeds) > 0},
		{"poll", len(r.Poll) > 0 && string(r.Poll) != "null"},
		{"sticker_ids", len(r.StickerIDs) > 0},
	} {
		if field.present {
			t.Add([]string{field.name}, code, fmt.Sprintf(text, field.name))
		}
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
