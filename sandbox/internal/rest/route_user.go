package rest

import (
	"usher/sandbox/internal/form"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

func userRoutes() []*route {
	return []*route{
		{method: "GET", template: "/users/@me", scope: "identify", handle: me},
		{method: "GET", template: "/users/{user_id}", handle: func(c *call) (int, any, error) { return ok(c.api.cfg.World.User(c.id("user_id"))) }},
		{method: "GET", template: "/users/@me/guilds", scope: "guilds", handle: myGuilds},
		{method: "DELETE", template: "/users/@me/guilds/{guild_id}", handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.LeaveGuild(c.actor, c.id("guild_id")))
		}},
		{method: "POST", template: "/users/@me/channels", handle: openDM, body: form.Object(
			form.Opt("recipient_id", form.ID()), form.Opt("access_tokens", form.Any()), form.Opt("nicks", form.Any()))},
	}
}

func myGuilds(c *call) (int, any, error) {
	limit, err := c.query("limit", 1, 200, 200)
	if err != nil {
		return 0, nil, err
	}
	before, err := c.queryID("before")
	if err != nil {
		return 0, nil, err
	}
	after, err := c.queryID("after")
	if err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.MyGuilds(c.actor, before, after, limit, c.queryBool("with_counts")), nil)
}

func openDM(c *call) (int, any, error) {
	return read(c, func(r struct {
		RecipientID wire.ID `json:"recipient_id"`
	},
	) (int, any, error) {
		return ok(c.api.cfg.World.OpenDM(c.actor, r.RecipientID))
	})
}

func applicationRoutes() []*route {
	own := func(c *call) (int, any, error) { return ok(c.api.cfg.World.Application(c.actor), nil) }
	list := []*route{
		{method: "GET", template: "/applications/@me", handle: own},
		{method: "GET", template: "/oauth2/applications/@me", handle: own},
	}
	for _, base := range []string{"/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}"} {
		list = append(list,
			&route{method: "GET", template: base + "/commands", scope: ownCommands, handle: func(c *call) (int, any, error) {
				return ok(c.api.cfg.World.Commands(c.actor, c.id("application_id"), c.id("guild_id"), c.queryBool("with_localizations")))
			}},
			&route{method: "POST", template: base + "/commands", scope: ownCommands, body: commandShape(), handle: createCommand},
			&route{method: "PUT", template: base + "/commands", scope: ownCommands, body: form.List(0, 130, commandShape()), handle: func(c *call) (int, any, error) {
				return read(c, func(r []world.CommandRequest) (int, any, error) {
					return ok(c.api.cfg.World.OverwriteCommands(c.actor, c.id("application_id"), c.id("guild_id"), r))
				})
			}},
			&route{method: "GET", template: base + "/commands/{command_id}", scope: ownCommands, handle: func(c *call) (int, any, error) {
				return ok(c.api.cfg.World.Command(c.actor, c.id("application_id"), c.id("guild_id"), c.id("command_id")))
			}},
			&route{method: "PATCH", template: base + "/commands/{command_id}", scope: ownCommands, body: commandShape(), handle: func(c *call) (int, any, error) {
				return read(c, func(r world.CommandRequest) (int, any, error) {
					return ok(c.api.cfg.World.EditCommand(c.actor, c.id("application_id"), c.id("guild_id"), c.id("command_id"), r))
				})
			}},
			&route{method: "DELETE", template: base + "/commands/{command_id}", scope: ownCommands, handle: func(c *call) (int, any, error) {
				return empty(c.api.cfg.World.DeleteCommand(c.actor, c.id("application_id"), c.id("guild_id"), c.id("command_id")))
			}},
		)
	}
	return list
}

func createCommand(c *call) (int, any, error) {
	return read(c, func(r world.CommandRequest) (int, any, error) {
		command, created, err := c.api.cfg.World.CreateCommand(c.actor, c.id("application_id"), c.id("guild_id"), r)
		if created {
			return made(command, err)
		}
		return ok(command, err)
	})
}
