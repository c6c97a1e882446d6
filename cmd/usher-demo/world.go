package main

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"

	"usher/internal/app"
	"usher/internal/core/snowflake"
	"usher/sandbox"
)

// setupText is the demo's integrations, form, tags and panels: what an administrator would give to `usher apply`, with the addresses of the
// example servers left open.
//
//go:embed setup.json
var setupText string

func startSandbox(ctx context.Context, port int, log *slog.Logger) (*sandbox.Server, error) {
	s, err := sandbox.Start(context.WithoutCancel(ctx), sandbox.Config{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Logger: log})
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

// setUp is the demo's server: staff, category, two integrations, a form, tags and two panels in #support.
func setUp(lookup, price string) (app.Setup, error) {
	text := strings.NewReplacer("LOOKUP", lookup, "PRICE", price).Replace(setupText)
	s, err := app.ReadSetup([]byte(text))
	if err != nil {
		return s, fmt.Errorf("reading the demo's own setup: %w", err)
	}
	s.Guild = snowflake.Guild(sandbox.DemoGuildID)
	s.Administrator = snowflake.User(sandbox.DemoOlgaID)
	s.StaffRoles = []snowflake.Role{snowflake.Role(sandbox.DemoStaffRoleID)}
	s.Category = snowflake.Channel(sandbox.DemoTicketsID)
	for i := range s.Panels {
		s.Panels[i].Channel = snowflake.Channel(sandbox.DemoSupportID)
	}
	return s, nil
}
