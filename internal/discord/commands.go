package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	disgo "github.com/disgoorg/snowflake/v2"

	"usher/internal/core/fault"
	"usher/internal/core/tag"
)

const (
	tagCommandName = "tag"
	tagOption      = "name"
)

// commands are the slash commands that our bot offers in every server.
// https://discord.com/developers/docs/interactions/application-commands
func commands() []discord.SlashCommandCreate {
	longest := tag.MaxName
	return []discord.SlashCommandCreate{{
		Name: tagCommandName, Description: "Post one of this server's prepared answers",
		Options: []discord.ApplicationCommandOption{discord.ApplicationCommandOptionString{
			Name: tagOption, Description: "Which answer", Required: true, Autocomplete: true, MaxLength: &longest,
		}},
		Contexts:         []discord.InteractionContextType{discord.InteractionContextTypeGuild},
		IntegrationTypes: []discord.ApplicationIntegrationType{discord.ApplicationIntegrationTypeGuildInstall},
	}}
}

// How often the commands are tried to be registered while Discord fails, and the first wait, doubled each time.
const (
	registerTurns = 6
	registerPause = 2 * time.Second
)

// register makes our commands known to Discord. It writes only what differs, one by one: a new registration is shown to people late, and
// other commands of the same application are not ours to remove. Nothing waits for it: without it tickets open all the same.
func register(ctx context.Context, r rest.Rest, application disgo.ID, log *slog.Logger) {
	wait := registerPause
	for n := 1; ; n++ {
		err := registerOnce(ctx, r, application)
		if err == nil || ctx.Err() != nil {
			return
		}
		if n == registerTurns || fault.KindOf(err) != fault.Unavailable {
			log.LogAttrs(ctx, slog.LevelError, "the commands could not be registered", slog.Any("error", err))
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		wait *= 2
	}
}

func registerOnce(ctx context.Context, r rest.Rest, application disgo.ID) error {
	there, err := r.GetGlobalCommands(application, false, rest.WithCtx(ctx))
	if err != nil {
		return asFault("reading the commands", err)
	}
	for _, wanted := range commands() {
		known := slices.ContainsFunc(there, func(c discord.ApplicationCommand) bool {
			s, ok := c.(discord.SlashCommand)
			return ok && s.Name() == wanted.Name && matches(s, wanted)
		})
		if known {
			continue
		}
		if _, err := r.CreateGlobalCommand(application, wanted, rest.WithCtx(ctx)); err != nil {
			return asFault(fmt.Sprintf("registering the command %s", wanted.Name), err)
		}
	}
	return nil
}

// matches reports whether a command is registered as wanted.
func matches(there discord.SlashCommand, wanted discord.SlashCommandCreate) bool {
	have, err := json.Marshal(there.Options)
	if err != nil {
		return false
	}
	want, err := json.Marshal(wanted.Options)
	return err == nil && string(have) == string(want) && there.Description == wanted.Description && slices.Equal(there.Contexts(), wanted.Contexts) &&
		slices.Equal(there.IntegrationTypes(), wanted.IntegrationTypes)
}
