package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"

	"usher/internal/app"
	"usher/internal/core/snowflake"
	"usher/sandbox"
)

// What an administrator of each server would give to `usher apply`, with the addresses of the example servers left open: integrations, a
// form, tags and panels of Ryan's Arcade, and one panel of Sam's Speedruns.
var (
	//go:embed setup.json
	arcadeText string
	//go:embed setup-speedruns.json
	speedrunsText string
)

// Ids of what the demo has beside sandbox.DefaultSeed.
const (
	samID         sandbox.ID = 1400000000000000105
	tessID        sandbox.ID = 1400000000000000106
	speedrunsID   sandbox.ID = 1400000000000000002
	speedrunBotID sandbox.ID = 1400000000000000013
	helpID        sandbox.ID = 1400000000000000031
	runsID        sandbox.ID = 1400000000000000032
	pinballID     sandbox.ID = 1400000000000000003
)

// world is the sandbox's own, and two servers more: one of somebody else, to whom an integration can be offered, and one of Olga's that
// has no bot yet.
func world() sandbox.Seed {
	seed := sandbox.DefaultSeed()
	seed.Users = append(seed.Users,
		sandbox.SeedUser{ID: samID, Username: "sam", GlobalName: "Sam", Note: "Owner of another server"},
		sandbox.SeedUser{ID: tessID, Username: "tess", GlobalName: "Tess", Note: "Member of another server"},
	)
	seed.Guilds = append(seed.Guilds,
		sandbox.SeedGuild{
			ID: speedrunsID, Name: "Sam's Speedruns", Owner: "Sam",
			Roles:   []sandbox.SeedRole{{ID: speedrunBotID, Name: "Usher", Permissions: sandbox.TicketBotPermissions()}},
			Members: []sandbox.SeedMember{{User: "Sam"}, {User: "Tess"}},
			Bots:    []sandbox.SeedBot{{Application: "Usher", Role: speedrunBotID.String()}},
			Channels: []sandbox.SeedChannel{
				{ID: helpID, Name: "help", Topic: "A moderator looks at it with you."},
				{ID: runsID, Name: "Runs", Type: "category"},
			},
		},
		sandbox.SeedGuild{ID: pinballID, Name: "Pinball Club", Owner: "Olga", Members: []sandbox.SeedMember{{User: "Olga"}}, Channels: []sandbox.SeedChannel{{Name: "tables"}}},
	)
	return seed
}

func startSandbox(ctx context.Context, port int, log *slog.Logger) (*sandbox.Server, error) {
	s, err := sandbox.Start(context.WithoutCancel(ctx), sandbox.Config{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Seed: world(), Logger: log})
	if err != nil {
		return nil, taken("port-sandbox", port, err)
	}
	return s, nil
}

// closeSandbox stops it after everything that is connected to it.
func closeSandbox(ctx context.Context, s *sandbox.Server) error {
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return s.Close(late)
}

// botToken is the sandbox's own; it opens nothing else.
func botToken() string { return sandbox.DefaultSeed().Applications[0].BotToken }

// setUp brings about what the demo shows in both servers that have the bot.
func setUp(ctx context.Context, a *app.App, lookup, price string) error {
	for _, read := range []func(lookup, price string) (app.Setup, error){arcade, speedruns} {
		setup, err := read(lookup, price)
		if err != nil {
			return fmt.Errorf("reading the demo's own setup: %w", err)
		}
		if err := a.Apply(ctx, setup, io.Discard); err != nil {
			return fmt.Errorf("setting up the demo's servers: %s", app.Explain(err))
		}
	}
	return nil
}

// arcade is Ryan's Arcade: staff, category, two integrations, a form, tags and two panels in #support.
func arcade(lookup, price string) (app.Setup, error) {
	s, err := app.ReadSetup([]byte(strings.NewReplacer("LOOKUP", lookup, "PRICE", price).Replace(arcadeText)))
	s.Guild = snowflake.Guild(sandbox.DemoGuildID)
	s.Administrator = snowflake.User(sandbox.DemoOlgaID)
	s.StaffRoles = []snowflake.Role{snowflake.Role(sandbox.DemoStaffRoleID)}
	s.Category = snowflake.Channel(sandbox.DemoTicketsID)
	for i := range s.Panels {
		s.Panels[i].Channel = snowflake.Channel(sandbox.DemoSupportID)
	}
	return s, err
}

// speedruns is Sam's server: a category and one panel in #help.
func speedruns(string, string) (app.Setup, error) {
	s, err := app.ReadSetup([]byte(speedrunsText))
	s.Guild = snowflake.Guild(speedrunsID)
	s.Administrator = snowflake.User(samID)
	s.Category = snowflake.Channel(runsID)
	for i := range s.Panels {
		s.Panels[i].Channel = snowflake.Channel(helpID)
	}
	return s, err
}
