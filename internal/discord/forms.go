package discord

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/disgoorg/disgo/discord"
	disgo "github.com/disgoorg/snowflake/v2"

	"usher/internal/core/form"
	"usher/internal/core/panel"
)

// formID is the custom id of a form's modal: which panel it opens a ticket of, and which revision of which form was shown. At most 97
// of the 100 characters that Discord takes.
func formID(p panel.ID, f form.Form) string {
	return fmt.Sprintf("%s%s:%s:%d", formPrefix, p, f.ID, f.Revision)
}

// parseFormID reads what formID wrote.
func parseFormID(id string) (panel.ID, form.Submission, bool) {
	parts := strings.Split(strings.TrimPrefix(id, formPrefix), ":")
	if len(parts) != 3 {
		return "", form.Submission{}, false
	}
	revision, err := strconv.ParseInt(parts[2], 10, 64)
	return panel.ID(parts[0]), form.Submission{Form: form.ID(parts[1]), Revision: revision}, err == nil
}

// modal shows a form.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
func modal(p panel.ID, f form.Form) discord.ModalCreate {
	m := discord.ModalCreate{CustomID: formID(p, f), Title: f.Title}
	for _, q := range f.Questions {
		m.Components = append(m.Components, discord.LabelComponent{Label: q.Label, Description: q.Description, Component: field(q)})
	}
	return m
}

// field is what a question is answered with.
func field(q form.Question) discord.LabelSubComponent {
	low, high := q.Bounds()
	switch q.Kind {
	case form.Select:
		return discord.StringSelectMenuComponent{CustomID: q.ID, Placeholder: q.Placeholder, MinValues: &low, MaxValues: high, Required: q.Required, Options: choices(q)}
	case form.User:
		return discord.UserSelectMenuComponent{CustomID: q.ID, Placeholder: q.Placeholder, MinValues: &low, MaxValues: high, Required: q.Required}
	case form.Role:
		return discord.RoleSelectMenuComponent{CustomID: q.ID, Placeholder: q.Placeholder, MinValues: &low, MaxValues: high, Required: q.Required}
	case form.Channel:
		return discord.ChannelSelectMenuComponent{CustomID: q.ID, Placeholder: q.Placeholder, MinValues: &low, MaxValues: high, Required: q.Required}
	case form.Radio:
		r := discord.RadioGroupComponent{CustomID: q.ID, Required: q.Required}
		for _, o := range q.Options {
			r.Options = append(r.Options, discord.RadioGroupOption{Value: o.Value, Label: o.Label, Description: o.Description, Default: o.Default})
		}
		return r
	case form.Checkboxes:
		g := discord.CheckboxGroupComponent{CustomID: q.ID, MinValues: &low, MaxValues: high, Required: q.Required}
		for _, o := range q.Options {
			g.Options = append(g.Options, discord.CheckboxGroupOption{Value: o.Value, Label: o.Label, Description: o.Description, Default: o.Default})
		}
		return g
	case form.Checkbox:
		return discord.CheckboxComponent{CustomID: q.ID}
	case form.Short, form.Paragraph:
	}
	t := discord.TextInputComponent{
		CustomID: q.ID, Style: discord.TextInputStyleShort, MinLength: &q.MinLength, MaxLength: q.Longest(), Required: q.Required,
		Placeholder: q.Placeholder, Value: q.Default,
	}
	if q.Kind == form.Paragraph {
		t.Style = discord.TextInputStyleParagraph
	}
	return t
}

func choices(q form.Question) []discord.StringSelectMenuOption {
	all := make([]discord.StringSelectMenuOption, 0, len(q.Options))
	for _, o := range q.Options {
		choice := discord.StringSelectMenuOption{Label: o.Label, Value: o.Value, Description: o.Description, Default: o.Default}
		if o.Emoji != "" {
			choice.Emoji = &discord.ComponentEmoji{Name: o.Emoji}
		}
		all = append(all, choice)
	}
	return all
}

// fill takes the values of a submitted modal into s.
func fill(s *form.Submission, data discord.ModalSubmitInteractionData) {
	s.Values, s.Names = map[string][]string{}, names(data.Resolved)
	for c := range data.AllComponents() {
		switch c := c.(type) {
		case discord.TextInputComponent:
			s.Values[c.CustomID] = []string{c.Value}
		case discord.StringSelectMenuComponent:
			s.Values[c.CustomID] = c.Values
		case discord.UserSelectMenuComponent:
			s.Values[c.CustomID] = texts(c.Values)
		case discord.RoleSelectMenuComponent:
			s.Values[c.CustomID] = texts(c.Values)
		case discord.ChannelSelectMenuComponent:
			s.Values[c.CustomID] = texts(c.Values)
		case discord.CheckboxGroupComponent:
			s.Values[c.CustomID] = c.Values
		case discord.RadioGroupComponent:
			if c.Value != nil {
				s.Values[c.CustomID] = []string{*c.Value}
			}
		case discord.CheckboxComponent:
			if c.Value {
				s.Values[c.CustomID] = []string{strconv.FormatBool(true)}
			}
		}
	}
}

func texts(ids []disgo.ID) []string {
	all := make([]string, 0, len(ids))
	for _, id := range ids {
		all = append(all, id.String())
	}
	return all
}

// names are what people read for ids.
func names(r discord.ResolvedData) map[string]string {
	all := map[string]string{}
	for id, u := range r.Users {
		all[id.String()] = u.EffectiveName()
	}
	for id, m := range r.Members {
		if m.Nick != nil {
			all[id.String()] = *m.Nick
		}
	}
	for id, role := range r.Roles {
		all[id.String()] = role.Name
	}
	for id, c := range r.Channels {
		all[id.String()] = c.Name
	}
	return all
}
