package rest

import (
	"usher/sandbox/internal/form"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

func userRoutes() []*route {
	return []*route{
		{method: "GET", template: "/users/@me", scope: "identify", handle: me},
		{method: "PATCH", template: "/users/@me", body: form.Object(
			form.Maybe("username", form.Text(2, 32)), form.Opt("avatar", form.Text(0, 0))), handle: func(c *call) (int, any, error) {
			return read(c, func(r world.AccountRequest) (int, any, error) { return ok(c.api.cfg.World.EditAccount(c.actor, r)) })
		}},
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
