//go:build !race

package sandbox_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"testing"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"

	"usher/sandbox"
)

// everyOption is a command with one option of each kind.
func everyOption() discord.SlashCommandCreate {
	return discord.SlashCommandCreate{Name: "every", Description: "One of each", Options: []discord.ApplicationCommandOption{
		discord.ApplicationCommandOptionString{
			Name: "word", Description: "d", Required: true, Choices: []discord.ApplicationCommandOptionChoiceString{{Name: "One", Value: "one"}},
		},
		discord.ApplicationCommandOptionInt{Name: "count", Description: "d", MinValue: new(int)},
		discord.ApplicationCommandOptionBool{Name: "really", Description: "d"},
		discord.ApplicationCommandOptionUser{Name: "who", Description: "d"},
		discord.ApplicationCommandOptionChannel{Name: "where", Description: "d", ChannelTypes: []discord.ChannelType{discord.ChannelTypeGuildText}},
		discord.ApplicationCommandOptionRole{Name: "role", Description: "d"},
		discord.ApplicationCommandOptionMentionable{Name: "any", Description: "d"},
		discord.ApplicationCommandOptionFloat{Name: "ratio", Description: "d"},
		discord.ApplicationCommandOptionAttachment{Name: "file", Description: "d"},
	}}
}

// nested is a command with a subcommand and a group of subcommands.
func nested() discord.SlashCommandCreate {
	return discord.SlashCommandCreate{Name: "ticket", Description: "Tickets", Options: []discord.ApplicationCommandOption{
		discord.ApplicationCommandOptionSubCommand{Name: "close", Description: "d", Options: []discord.ApplicationCommandOption{
			discord.ApplicationCommandOptionString{Name: "reason", Description: "d", Autocomplete: true},
		}},
		discord.ApplicationCommandOptionSubCommandGroup{Name: "member", Description: "d", Options: []discord.ApplicationCommandOptionSubCommand{
			{Name: "add", Description: "d", Options: []discord.ApplicationCommandOption{
				discord.ApplicationCommandOptionUser{Name: "who", Description: "d", Required: true},
			}},
		}},
	}}
}

// TestS13DisgoRegistersCommands: global and guild commands made, listed, changed, replaced and deleted.
func TestS13DisgoRegistersCommands(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	global := got(j.rest.SetGlobalCommands(demoApp, []discord.ApplicationCommandCreate{
		everyOption(), discord.UserCommandCreate{Name: "Look up"}, discord.MessageCommandCreate{Name: "Report this"},
	}))(j, "setting global commands")
	same(j, "the number of global commands", len(global), 3)
	slash, ok := global[0].(discord.SlashCommand)
	if !ok || slash.Name() != "every" || len(slash.Options) != 9 {
		t.Fatalf("the first command is %+v", global[0])
	}
	for i, o := range slash.Options {
		if want := everyOption().Options[i]; o.Type() != want.Type() || o.OptionName() != want.OptionName() {
			t.Errorf("option %d is %s of type %d, want %s of %d", i, o.OptionName(), o.Type(), want.OptionName(), want.Type())
		}
	}
	made := got(j.rest.CreateGlobalCommand(demoApp, nested()))(j, "creating a global command")
	renamed := "tickets"
	changed := got(j.rest.UpdateGlobalCommand(demoApp, made.ID(), discord.SlashCommandUpdate{Name: &renamed}))(j, "changing a global command")
	same(j, "the changed name", changed.Name(), "tickets")
	same(j, "its id", changed.ID(), made.ID())
	j.ok("deleting a global command", j.rest.DeleteGlobalCommand(demoApp, made.ID()))
	same(j, "what is left", len(got(j.rest.GetGlobalCommands(demoApp, true))(j, "listing")), 3)

	guild := got(j.rest.CreateGuildCommand(demoApp, demoGuild, nested()))(j, "creating a guild command")
	if guild.GuildID() == nil || *guild.GuildID() != demoGuild {
		t.Errorf("the guild's command belongs to %v", guild.GuildID())
	}
	got(j.rest.UpdateGuildCommand(demoApp, demoGuild, guild.ID(), discord.SlashCommandUpdate{Name: &renamed}))(j, "changing a guild command")
	j.ok("deleting a guild command", j.rest.DeleteGuildCommand(demoApp, demoGuild, guild.ID()))
	got(j.rest.SetGuildCommands(demoApp, demoGuild, []discord.ApplicationCommandCreate{nested()}))(j, "setting guild commands")
	// disgo asks for a single command under /command/ and /command, which are no routes of Discord's either.
	_, globalErr := j.rest.GetGlobalCommand(demoApp, made.ID())
	_, guildErr := j.rest.GetGuildCommand(demoApp, demoGuild, guild.ID())
	if globalErr == nil || guildErr == nil {
		t.Error("disgo found a single command: its addresses are mended, so this test can ask for one like the rest")
	}
	j.ok("forgetting the unknown routes", j.s.Client().Forget(t.Context()))
	same(j, "the guild's commands", len(got(j.rest.GetGuildCommands(demoApp, demoGuild, false))(j, "listing")), 1)
	noFindings(t, j.s)
}

// TestS13DisgoSlashOptions: every kind of option arrives as disgo's own type, resolved.
func TestS13DisgoSlashOptions(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	got(j.rest.SetGlobalCommands(demoApp, []discord.ApplicationCommandCreate{everyOption()}))(j, "setting commands")
	done := j.act(func() (sandbox.Interaction, error) {
		return j.ryan.Command(t.Context(), sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "every", Options: []sandbox.CommandOption{
			{Name: "word", Type: 3, Value: "one"},
			{Name: "count", Type: 4, Value: 7},
			{Name: "really", Type: 5, Value: true},
			{Name: "who", Type: 6, Value: sandbox.DemoMiaID.String()},
			{Name: "where", Type: 7, Value: sandbox.DemoSupportID.String()},
			{Name: "role", Type: 8, Value: sandbox.DemoStaffRoleID.String()},
			{Name: "any", Type: 9, Value: sandbox.DemoStaffRoleID.String()},
			{Name: "ratio", Type: 10, Value: 2.5},
			{Name: "file", Type: 11, Value: object{"filename": "log.txt", "content_type": "text/plain", "data": base64.StdEncoding.EncodeToString([]byte("lines"))}},
		}})
	})
	e := next[*events.ApplicationCommandInteractionCreate](j)
	d := e.SlashCommandInteractionData()
	same(j, "word", d.String("word"), "one")
	same(j, "count", d.Int("count"), 7)
	same(j, "really", d.Bool("really"), true)
	same(j, "who", d.User("who").Username, "mia")
	same(j, "who's role", d.Member("who").RoleIDs[0], demoStaff)
	same(j, "where", d.Channel("where").Name, "support")
	same(j, "role", d.Role("role").Name, "Staff")
	if role, isRole := d.Mentionable("any").(discord.Role); !isRole || role.ID != demoStaff {
		t.Errorf("any is %+v", d.Mentionable("any"))
	}
	same(j, "ratio", d.Float("ratio"), 2.5)
	file := d.Attachment("file")
	same(j, "file", file.Filename, "log.txt")
	res, err := http.Get(file.URL)
	j.ok("fetching the file", err)
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	same(j, "the file's text", string(text), "lines")
	same(j, "the member", e.Member().User.Username, "ryan")
	same(j, "the channel", e.Channel().ID(), demoGeneral)
	j.ok("answering", e.CreateMessage(discord.MessageCreate{Content: "thank you"}))
	j.reached(done, "answered")
	m := next[*events.GuildMessageCreate](j)
	if m.Message.InteractionMetadata == nil || m.Message.Type != discord.MessageTypeSlashCommand {
		t.Errorf("the answer arrived as %+v", m.Message)
	}
	noFindings(t, j.s)
}

// TestS13DisgoSubcommandsAndMenus: paths of subcommands, autocomplete within one, user and message menus.
func TestS13DisgoSubcommandsAndMenus(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	got(j.rest.SetGuildCommands(demoApp, demoGuild, []discord.ApplicationCommandCreate{
		nested(), discord.UserCommandCreate{Name: "Look up"}, discord.MessageCommandCreate{Name: "Report this"},
	}))(j, "setting commands")
	run := func(use sandbox.CommandUse) <-chan acted {
		use.ChannelID = sandbox.DemoGeneralID
		return j.act(func() (sandbox.Interaction, error) { return j.ryan.Command(t.Context(), use) })
	}
	answer := func(done <-chan acted, e *events.ApplicationCommandInteractionCreate) {
		t.Helper()
		j.ok("answering", e.CreateMessage(discord.MessageCreate{Content: "done", Flags: discord.MessageFlagEphemeral}))
		j.reached(done, "answered")
	}
	done := run(sandbox.CommandUse{Name: "ticket", Options: []sandbox.CommandOption{{Name: "member", Type: 2, Options: []sandbox.CommandOption{
		{Name: "add", Type: 1, Options: []sandbox.CommandOption{{Name: "who", Type: 6, Value: sandbox.DemoMiaID.String()}}},
	}}}})
	e := next[*events.ApplicationCommandInteractionCreate](j)
	same(j, "the path", e.SlashCommandInteractionData().CommandPath(), "/ticket/member/add")
	same(j, "the user", e.SlashCommandInteractionData().User("who").ID, demoMia)
	answer(done, e)

	choices := make(chan []sandbox.Choice, 1)
	go func() {
		list, _ := j.ryan.Autocomplete(t.Context(), sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "ticket", Options: []sandbox.CommandOption{
			{Name: "close", Type: 1, Options: []sandbox.CommandOption{{Name: "reason", Type: 3, Value: "so", Focused: true}}},
		}})
		choices <- list
	}()
	typed := next[*events.AutocompleteInteractionCreate](j)
	same(j, "the typed option", typed.Data.Focused().Name, "reason")
	same(j, "the typed text", typed.Data.String("reason"), "so")
	j.ok("suggesting", typed.AutocompleteResult([]discord.AutocompleteChoice{
		discord.AutocompleteChoiceString{Name: "Solved", Value: "solved"}, discord.AutocompleteChoiceString{Name: "Soon", Value: "soon"},
	}))
	if list := <-choices; len(list) != 2 || list[0].Value != "solved" {
		t.Errorf("Ryan is offered %v", list)
	}

	done = run(sandbox.CommandUse{Name: "Look up", Type: 2, TargetID: sandbox.DemoMiaID})
	e = next[*events.ApplicationCommandInteractionCreate](j)
	same(j, "the looked-up user", e.UserCommandInteractionData().TargetUser().Username, "mia")
	same(j, "the looked-up member's role", e.UserCommandInteractionData().TargetMember().RoleIDs[0], demoStaff)
	answer(done, e)

	written := got(j.ryan.Send(t.Context(), sandbox.DemoGeneralID, "look at this"))(j, "writing")
	done = run(sandbox.CommandUse{Name: "Report this", Type: 3, TargetID: written.ID})
	e = next[*events.ApplicationCommandInteractionCreate](j)
	same(j, "the reported message", e.MessageCommandInteractionData().TargetMessage().Content, "look at this")
	same(j, "its author", e.MessageCommandInteractionData().TargetMessage().Author.ID, demoRyan)
	answer(done, e)
	noFindings(t, j.s)
}
