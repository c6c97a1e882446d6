//go:build !race

package sandbox_test

import (
	"strings"
	"testing"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/omit"

	"usher/sandbox"
)

// press clicks a button and gives what the bot received.
func (j *judge) press(panel sandbox.Message, customID string) (*events.ComponentInteractionCreate, <-chan acted) {
	j.t.Helper()
	done := j.act(func() (sandbox.Interaction, error) { return j.ryan.Press(j.t.Context(), panel, customID) })
	return next[*events.ComponentInteractionCreate](j), done
}

// TestS13DisgoSelects: every kind of select brings what was chosen.
func TestS13DisgoSelects(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	panel := j.panel(
		discord.NewActionRow(discord.NewStringSelectMenu("words", "Choose", discord.NewStringSelectMenuOption("A", "a"), discord.NewStringSelectMenuOption("B", "b")).WithMaxValues(2)),
		discord.NewActionRow(discord.NewUserSelectMenu("users", "Who")), discord.NewActionRow(discord.NewRoleSelectMenu("roles", "Which")),
		discord.NewActionRow(discord.NewMentionableSelectMenu("any", "Whom").WithMaxValues(2)),
		discord.NewActionRow(discord.NewChannelSelectMenu("channels", "Where").WithChannelTypes(discord.ChannelTypeGuildText)),
	)
	choose := func(customID string, values ...sandbox.ID) *events.ComponentInteractionCreate {
		t.Helper()
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = v.String()
		}
		if customID == "words" {
			texts = []string{"b", "a"}
		}
		done := j.act(func() (sandbox.Interaction, error) { return j.ryan.Select(t.Context(), panel, customID, texts...) })
		e := next[*events.ComponentInteractionCreate](j)
		same(j, "the custom id", e.Data.CustomID(), customID)
		same(j, "the panel", e.Message.ID.String(), panel.ID.String())
		j.ok("acknowledging", e.DeferUpdateMessage())
		j.reached(done, "deferred")
		return e
	}
	same(j, "words", strings.Join(choose("words").StringSelectMenuInteractionData().Values, ","), "b,a")
	users := choose("users", sandbox.DemoMiaID).UserSelectMenuInteractionData()
	same(j, "the user", users.Users()[0].Username, "mia")
	same(j, "the member's role", users.Members()[0].RoleIDs[0], demoStaff)
	same(j, "the role", choose("roles", sandbox.DemoStaffRoleID).RoleSelectMenuInteractionData().Roles()[0].Name, "Staff")
	any := choose("any", sandbox.DemoMiaID, sandbox.DemoStaffRoleID).MentionableSelectMenuInteractionData()
	same(j, "the mentioned user", any.Users()[0].ID, demoMia)
	same(j, "the mentioned role", any.Roles()[0].ID, demoStaff)
	same(j, "the channel", choose("channels", sandbox.DemoGeneralID).ChannelSelectMenuInteractionData().Channels()[0].Name, "general")
	noFindings(t, j.s)
}

// TestS13DisgoAnswers: each type of answer to a button, follow-ups, edits and deletions.
func TestS13DisgoAnswers(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	panel := j.panel(discord.NewActionRow(discord.NewPrimaryButton("A", "a"), discord.NewLinkButton("Link", "https://example.com")))

	e, done := j.press(panel, "a")
	same(j, "the type", e.Data.Type(), discord.ComponentTypeButton)
	j.ok("answering at once", e.CreateMessage(discord.MessageCreate{Content: "four", Flags: discord.MessageFlagEphemeral, Embeds: []discord.Embed{{Title: "E"}}}))
	j.reached(done, "answered")
	if m, seen := j.seenBy(j.ryan, "four"); !seen || !m.Ephemeral() || m.Embeds[0].Title != "E" {
		t.Errorf("Ryan sees %+v", m)
	}
	if _, seen := j.seenBy(j.s.Client().User(sandbox.DemoMiaID), "four"); seen {
		t.Error("Mia sees Ryan's ephemeral message")
	}
	original := got(j.rest.GetInteractionResponse(demoApp, e.Token()))(j, "getting the answer")
	same(j, "the answer", original.Content, "four")
	got(j.rest.UpdateInteractionResponse(demoApp, e.Token(), discord.MessageUpdate{Content: omit.Ptr("four and a half")}))(j, "editing the answer")
	if _, seen := j.seenBy(j.ryan, "four and a half"); !seen {
		t.Error("Ryan does not see the edit")
	}
	follow := got(j.rest.CreateFollowupMessage(demoApp, e.Token(), discord.MessageCreate{Content: "more", Files: []*discord.File{discord.NewFile("a.txt", "A file", strings.NewReader("text"))}}))(j, "following up")
	same(j, "the follow-up's file", follow.Attachments[0].Filename, "a.txt")
	same(j, "the follow-up's type", follow.Type, discord.MessageTypeReply)
	same(j, "the followed up", got(j.rest.GetFollowupMessage(demoApp, e.Token(), follow.ID))(j, "getting a follow-up").Content, "more")
	got(j.rest.UpdateFollowupMessage(demoApp, e.Token(), follow.ID, discord.MessageUpdate{Content: omit.Ptr("most")}))(j, "editing a follow-up")
	j.ok("deleting a follow-up", j.rest.DeleteFollowupMessage(demoApp, e.Token(), follow.ID))
	same(j, "the deleted message", next[*events.GuildMessageDelete](j).MessageID, follow.ID)
	j.ok("deleting the answer", j.rest.DeleteInteractionResponse(demoApp, e.Token()))
	if _, seen := j.seenBy(j.ryan, "four"); seen {
		t.Error("the deleted answer is still there")
	}

	e, done = j.press(panel, "a")
	j.ok("deferring an answer", e.DeferCreateMessage(false))
	j.reached(done, "deferred")
	got(j.rest.UpdateInteractionResponse(demoApp, e.Token(), discord.MessageUpdate{Content: omit.Ptr("five")}))(j, "answering later")
	if m, seen := j.seenBy(j.s.Client().User(sandbox.DemoMiaID), "five"); !seen || m.Ephemeral() {
		t.Errorf("Mia sees %+v", m)
	}

	e, done = j.press(panel, "a")
	j.ok("deferring an update", e.DeferUpdateMessage())
	j.reached(done, "deferred")
	got(j.rest.UpdateInteractionResponse(demoApp, e.Token(), discord.MessageUpdate{Content: omit.Ptr("six")}))(j, "updating later")
	if m, seen := j.seenBy(j.ryan, "six"); !seen || m.ID != panel.ID {
		t.Errorf("the panel is %+v", m)
	}

	e, done = j.press(panel, "a")
	j.ok("updating", e.UpdateMessage(discord.MessageUpdate{Content: omit.Ptr("seven")}))
	j.reached(done, "answered")
	if m, seen := j.seenBy(j.ryan, "seven"); !seen || m.ID != panel.ID || m.Component("a") == nil {
		t.Errorf("the panel is %+v", m)
	}

	e, done = j.press(panel, "a")
	callback := got(j.rest.CreateInteractionResponseWithCallback(e.ID(), e.Token(), discord.InteractionResponse{
		Type: discord.InteractionResponseTypeCreateMessage, Data: discord.MessageCreate{Content: "with response"},
	}))(j, "answering with a response")
	j.reached(done, "answered")
	if callback.Resource == nil || callback.Resource.Message == nil || callback.Resource.Message.Content != "with response" {
		t.Errorf("the callback is %+v", callback)
	}
	noFindings(t, j.s)
}

// TestS13DisgoComponentsV2: a message that is all components goes out and comes back as disgo's types.
func TestS13DisgoComponentsV2(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	m := got(j.rest.CreateMessage(demoSupport, discord.NewMessageCreateV2(
		discord.NewTextDisplay("# Title"),
		discord.NewSection(discord.NewTextDisplay("section")).WithAccessory(discord.NewSecondaryButton("S", "accessory")),
		discord.NewMediaGallery(discord.MediaGalleryItem{Media: discord.UnfurledMediaItem{URL: "https://example.com/a.png"}}),
		discord.NewContainer(discord.NewTextDisplay("inside"), discord.NewLargeSeparator(), discord.NewActionRow(discord.NewSuccessButton("In", "inside"))),
	)))(j, "posting")
	same(j, "the number of components", len(m.Components), 4)
	types := []discord.ComponentType{
		discord.ComponentTypeTextDisplay, discord.ComponentTypeSection, discord.ComponentTypeMediaGallery, discord.ComponentTypeContainer,
	}
	ids := map[int]bool{}
	for i, c := range m.Components {
		same(j, "a component's type", c.Type(), types[i])
		ids[c.GetID()] = true
	}
	same(j, "the number of ids", len(ids), 4)
	e, done := j.press(sandbox.Message{ID: sandbox.ID(m.ID), ChannelID: sandbox.DemoSupportID}, "accessory")
	j.ok("updating", e.UpdateMessage(discord.NewMessageUpdateV2(discord.NewTextDisplay("pressed"))))
	j.reached(done, "answered")
	same(j, "the components left", len(got(j.rest.GetMessage(demoSupport, m.ID))(j, "reading").Components), 1)
	noFindings(t, j.s)
}
