package rest

import (
	"usher/sandbox/internal/form"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/world"
)

func applicationRoutes() []*route {
	own := func(c *call) (int, any, error) { return ok(c.api.cfg.World.Application(c.actor), nil) }
	list := []*route{
		{method: "GET", template: "/applications/@me", handle: own},
		{method: "PATCH", template: "/applications/@me", body: applicationShape(), handle: editApplication},
		{method: "GET", template: "/applications/{application_id}", handle: ownOnly(own)},
		{method: "PATCH", template: "/applications/{application_id}", body: applicationShape(), handle: ownOnly(editApplication)},
		{method: "GET", template: "/applications/{application_id}/emojis", handle: ownOnly(func(*call) (int, any, error) {
			return ok(map[string]any{"items": []any{}}, nil)
		})},
		{method: "GET", template: "/applications/{application_id}/entitlements", handle: ownOnly(func(*call) (int, any, error) {
			return ok([]any{}, nil)
		})},
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

func applicationShape() form.Type {
	return form.Object(
		form.Opt("description", form.Text(0, 400)), form.Opt("icon", form.Text(0, 0)), form.Opt("tags", form.List(0, 5, form.Text(1, 20))),
		form.Opt("flags", form.Flags()), form.Opt("interactions_endpoint_url", form.URL(2048)), form.Opt("custom_install_url", form.URL(2048)))
}

func editApplication(c *call) (int, any, error) {
	return read(c, func(r world.ApplicationRequest) (int, any, error) {
		return ok(c.api.cfg.World.EditApplication(c.actor, r))
	})
}

// ownOnly holds that the application of the path is the caller's.
func ownOnly(handle func(*call) (int, any, error)) func(*call) (int, any, error) {
	return func(c *call) (int, any, error) {
		if c.id("application_id") != c.actor.App {
			return 0, nil, refusal.Code(20012)
		}
		return handle(c)
	}
}

// commandRightRoutes are about who may use which command; a bot may read that, a person's token change it.
func commandRightRoutes() []*route {
	const scope = "applications.commands.permissions.update"
	base := "/applications/{application_id}/guilds/{guild_id}/commands"
	one := base + "/{command_id}/permissions"
	return []*route{
		{method: "GET", template: base + "/permissions", scope: scope, handle: ofApplication(func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.AllCommandRights(c.id("application_id"), c.id("guild_id")))
		})},
		{method: "GET", template: one, scope: scope, handle: ofApplication(func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.CommandRights(c.id("application_id"), c.id("guild_id"), c.id("command_id")))
		})},
		{
			method: "PUT", template: one, by: byBearer, scope: scope, body: form.Object(form.Req("permissions", form.List(0, 100, form.Object(
				form.Req("id", form.ID()), form.Req("type", form.Choice(1, 2, 3)), form.Req("permission", form.Bool()))))),
			handle: ofApplication(setCommandRights),
		},
	}
}

// ofApplication is ownOnly for bots and for tokens of people.
func ofApplication(handle func(*call) (int, any, error)) func(*call) (int, any, error) {
	return func(c *call) (int, any, error) {
		mine := c.actor.App
		if c.bearer != nil {
			mine = c.bearer.Client
		}
		if c.id("application_id") != mine {
			return 0, nil, refusal.Code(20012)
		}
		return handle(c)
	}
}

func setCommandRights(c *call) (int, any, error) {
	return read(c, func(r struct {
		Permissions []world.CommandRight `json:"permissions"`
	},
	) (int, any, error) {
		return ok(c.api.cfg.World.SetCommandRights(c.actor, c.id("application_id"), c.id("guild_id"), c.id("command_id"), r.Permissions))
	})
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
