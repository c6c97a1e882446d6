package rest

import (
	"net/http"

	"usher/sandbox/internal/form"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

func guildRoutes() []*route {
	return []*route{
		{method: "GET", template: "/guilds/{guild_id}", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Guild(c.actor, c.id("guild_id"), c.queryBool("with_counts")))
		}},
		{method: "GET", template: "/guilds/{guild_id}/channels", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Channels(c.actor, c.id("guild_id")))
		}},
		{method: "POST", template: "/guilds/{guild_id}/channels", body: createChannelShape(), handle: func(c *call) (int, any, error) {
			return read(c, func(r world.ChannelRequest) (int, any, error) {
				return made(c.api.cfg.World.CreateChannel(c.actor, c.id("guild_id"), r))
			})
		}},
		{method: "PATCH", template: "/guilds/{guild_id}/channels", body: positionsShape(), handle: func(c *call) (int, any, error) {
			return read(c, func(r []world.Position) (int, any, error) {
				return empty(c.api.cfg.World.Reorder(c.actor, c.id("guild_id"), r))
			})
		}},
		{method: "GET", template: "/guilds/{guild_id}/threads/active", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.ActiveThreads(c.actor, c.id("guild_id")))
		}},
		{method: "GET", template: "/guilds/{guild_id}/emojis", handle: noThings},
		{method: "GET", template: "/guilds/{guild_id}/stickers", handle: noThings},
	}
}

// noThings lists something that the sandbox's guilds have none of, to those who may ask.
func noThings(c *call) (int, any, error) {
	_, err := c.api.cfg.World.Guild(c.actor, c.id("guild_id"), false)
	return ok([]any{}, err)
}

func memberRoutes() []*route {
	one := "/guilds/{guild_id}/members/{user_id}"
	return []*route{
		{method: "GET", template: "/guilds/{guild_id}/members", handle: members},
		{method: "GET", template: "/guilds/{guild_id}/members/search", handle: searchMembers},
		{method: "GET", template: one, handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Member(c.actor, c.id("guild_id"), c.id("user_id")))
		}},
		{method: "PATCH", template: one, body: memberShape(), handle: editMember("user_id")},
		{method: "PATCH", template: "/guilds/{guild_id}/members/@me", body: form.Object(form.Opt("nick", form.Text(0, 32)),
			form.Opt("avatar", form.Any()), form.Opt("banner", form.Any()), form.Opt("bio", form.Any())), handle: editMember("")},
		{method: "DELETE", template: one, handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.Kick(c.actor, c.id("guild_id"), c.id("user_id")))
		}},
		{method: "PUT", template: one + "/roles/{role_id}", handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.GiveRole(c.actor, c.id("guild_id"), c.id("user_id"), c.id("role_id"), false))
		}},
		{method: "DELETE", template: one + "/roles/{role_id}", handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.GiveRole(c.actor, c.id("guild_id"), c.id("user_id"), c.id("role_id"), true))
		}},
	}
}

func members(c *call) (int, any, error) {
	limit, err := c.query("limit", 1, 1000, 1)
	if err != nil {
		return 0, nil, err
	}
	after, err := c.queryID("after")
	if err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.Members(c.actor, c.id("guild_id"), after, limit))
}

func searchMembers(c *call) (int, any, error) {
	limit, err := c.query("limit", 1, 1000, 1)
	if err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.SearchMembers(c.actor, c.id("guild_id"), c.req.URL.Query().Get("query"), limit))
}

func editMember(param string) func(*call) (int, any, error) {
	return func(c *call) (int, any, error) {
		return read(c, func(r world.MemberRequest) (int, any, error) {
			user := c.actor.User
			if param != "" {
				user = c.id(param)
			}
			return ok(c.api.cfg.World.EditMember(c.actor, c.id("guild_id"), user, r))
		})
	}
}

func roleRoutes() []*route {
	list, one := "/guilds/{guild_id}/roles", "/guilds/{guild_id}/roles/{role_id}"
	return []*route{
		{method: "GET", template: list, handle: func(c *call) (int, any, error) {
			g, err := c.api.cfg.World.Guild(c.actor, c.id("guild_id"), false)
			return ok(g.Roles, err)
		}},
		{method: "POST", template: list, body: roleShape(), handle: func(c *call) (int, any, error) {
			return read(c, func(r world.RoleRequest) (int, any, error) {
				return ok(c.api.cfg.World.CreateRole(c.actor, c.id("guild_id"), r))
			})
		}},
		{method: "PATCH", template: list, handle: func(c *call) (int, any, error) {
			return read(c, func(r []world.Position) (int, any, error) {
				return ok(c.api.cfg.World.ReorderRoles(c.actor, c.id("guild_id"), r))
			})
		}, body: form.List(0, 0, form.Object(form.Req("id", form.ID()), form.Opt("position", form.Int(0, 1<<31-1))))},
		{method: "GET", template: one, handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Role(c.actor, c.id("guild_id"), c.id("role_id")))
		}},
		{method: "PATCH", template: one, body: roleShape(), handle: func(c *call) (int, any, error) {
			return read(c, func(r world.RoleRequest) (int, any, error) {
				return ok(c.api.cfg.World.EditRole(c.actor, c.id("guild_id"), c.id("role_id"), r))
			})
		}},
		{method: "DELETE", template: one, handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.DeleteRole(c.actor, c.id("guild_id"), c.id("role_id")))
		}},
	}
}

func channelRoutes() []*route {
	one := "/channels/{channel_id}"
	return []*route{
		{method: "GET", template: one, handle: func(c *call) (int, any, error) { return ok(c.api.cfg.World.Channel(c.actor, c.id("channel_id"))) }},
		{method: "PATCH", template: one, body: editChannelShape(), handle: func(c *call) (int, any, error) {
			return read(c, func(r world.ChannelRequest) (int, any, error) {
				return ok(c.api.cfg.World.EditChannel(c.actor, c.id("channel_id"), r))
			})
		}},
		{method: "DELETE", template: one, handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.DeleteChannel(c.actor, c.id("channel_id")))
		}},
		{method: "PUT", template: one + "/permissions/{overwrite_id}", handle: setOverwrite, body: form.Object(
			form.Opt("id", form.Any()), form.Req("type", form.Choice(0, 1)), form.Opt("allow", form.ID()), form.Opt("deny", form.ID()))},
		{method: "DELETE", template: one + "/permissions/{overwrite_id}", handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.DeleteOverwrite(c.actor, c.id("channel_id"), c.id("overwrite_id")))
		}},
		{method: "POST", template: one + "/typing", handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.Typing(c.actor, c.id("channel_id")))
		}},
	}
}

func setOverwrite(c *call) (int, any, error) {
	return read(c, func(r world.OverwriteInput) (int, any, error) {
		r.ID = c.id("overwrite_id")
		return http.StatusNoContent, nil, c.api.cfg.World.SetOverwrite(c.actor, c.id("channel_id"), r)
	})
}

// selfOr gives the user of a path parameter, or the caller for @me.
func (c *call) selfOr(name string) wire.ID {
	if c.params[name] == "" {
		return c.actor.User
	}
	return c.id(name)
}
