//go:build !race

package sandbox_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"

	"usher/sandbox"
)

func label(text string, c discord.LabelSubComponent) discord.LabelComponent {
	return discord.LabelComponent{Label: text, Description: "d", Component: c}
}

// fill opens a modal from a button and submits it; the bot is given the submission.
func (j *judge) fill(panel sandbox.Message, modal discord.ModalCreate, values map[string]any) (*events.ModalSubmitInteractionCreate, <-chan acted) {
	j.t.Helper()
	e, done := j.press(panel, "open")
	j.ok("opening the modal", e.Modal(modal))
	shown := j.reached(done, "modal").Modal
	same(j, "the modal's title", shown.Title, modal.Title)
	submitted := j.act(func() (sandbox.Interaction, error) { return j.ryan.Submit(j.t.Context(), shown, values) })
	return next[*events.ModalSubmitInteractionCreate](j), submitted
}

// TestS13DisgoModals: every input that disgo knows, its value and what it resolves to.
func TestS13DisgoModals(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	panel := j.panel(discord.NewActionRow(discord.NewPrimaryButton("Open", "open")))
	option := discord.NewStringSelectMenuOption
	e, done := j.fill(panel, discord.NewModalCreate("one", "First", discord.NewTextDisplay("Please fill in"),
		label("Subject", discord.TextInputComponent{CustomID: "subject", Style: discord.TextInputStyleShort, Required: true, MaxLength: 50}),
		label("Words", discord.StringSelectMenuComponent{CustomID: "words", MaxValues: 2, Required: true, Options: []discord.StringSelectMenuOption{option("A", "a"), option("B", "b")}}),
		label("Users", discord.UserSelectMenuComponent{CustomID: "users", Required: true}),
		label("Roles", discord.RoleSelectMenuComponent{CustomID: "roles", Required: true}),
	), map[string]any{
		"subject": "Help", "words": []string{"b", "a"}, "users": []string{sandbox.DemoMiaID.String()}, "roles": []string{sandbox.DemoStaffRoleID.String()},
	})
	d := e.Data
	same(j, "the modal", d.CustomID, "one")
	same(j, "subject", d.Text("subject"), "Help")
	same(j, "words", strings.Join(d.StringValues("words"), ","), "b,a")
	same(j, "users", d.Users("users")[0].Username, "mia")
	same(j, "roles", d.Roles("roles")[0].Name, "Staff")
	if e.Message == nil || e.Message.ID.String() != panel.ID.String() {
		t.Errorf("the modal came from %+v", e.Message)
	}
	j.ok("answering the modal", e.CreateMessage(discord.MessageCreate{Content: "thank you", Flags: discord.MessageFlagEphemeral}))
	j.reached(done, "answered")

	e, done = j.fill(panel, discord.NewModalCreate("two", "Second",
		label("Any", discord.MentionableSelectMenuComponent{CustomID: "any", MaxValues: 2, Required: true}),
		label("Channels", discord.ChannelSelectMenuComponent{CustomID: "channels", Required: true, ChannelTypes: []discord.ChannelType{discord.ChannelTypeGuildText}}),
		label("Files", discord.FileUploadComponent{CustomID: "files", MaxValues: 2, Required: true}),
		label("Radio", discord.RadioGroupComponent{CustomID: "radio", Required: true, Options: []discord.RadioGroupOption{{Value: "x", Label: "X"}, {Value: "y", Label: "Y"}}}),
		label("Boxes", discord.CheckboxGroupComponent{CustomID: "boxes", Required: true, Options: []discord.CheckboxGroupOption{{Value: "p", Label: "P"}, {Value: "q", Label: "Q"}}}),
	), map[string]any{
		"any": []string{sandbox.DemoMiaID.String(), sandbox.DemoStaffRoleID.String()}, "channels": []string{sandbox.DemoGeneralID.String()},
		"files": []any{map[string]any{"filename": "log.txt", "content_type": "text/plain", "data": base64.StdEncoding.EncodeToString([]byte("lines"))}},
		"radio": "y", "boxes": []string{"p", "q"},
	})
	d = e.Data
	same(j, "any", len(d.Mentionables("any")), 2)
	same(j, "channels", d.Channels("channels")[0].Name, "general")
	same(j, "files", d.Attachments("files")[0].Filename, "log.txt")
	same(j, "the file's size", d.Attachments("files")[0].Size, 5)
	radio, _ := d.Component("radio")
	if chosen := radio.(discord.RadioGroupComponent).Value; chosen == nil || *chosen != "y" {
		t.Errorf("the radio group is %+v", radio)
	}
	boxes, _ := d.Component("boxes")
	same(j, "boxes", strings.Join(boxes.(discord.CheckboxGroupComponent).Values, ","), "p,q")
	j.ok("deferring", e.DeferUpdateMessage())
	j.reached(done, "deferred")

	e, done = j.fill(panel, discord.NewModalCreate("three", "Third",
		label("Sure", discord.CheckboxComponent{CustomID: "sure"}),
		label("Optional", discord.TextInputComponent{CustomID: "optional", Style: discord.TextInputStyleParagraph}),
	), map[string]any{"sure": true})
	sure, _ := e.Data.Component("sure")
	same(j, "sure", sure.(discord.CheckboxComponent).Value, true)
	same(j, "optional", e.Data.Text("optional"), "")
	j.ok("updating", e.UpdateMessage(discord.MessageUpdate{Components: &[]discord.LayoutComponent{}}))
	j.reached(done, "answered")
	noFindings(t, j.s)
}
