package rest

import (
	"net/http"
	"time"

	"usher/sandbox/internal/form"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

func messageRoutes() []*route {
	list, one := "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
	routes := []*route{
		{method: "GET", template: list, handle: listMessages},
		{method: "POST", template: list, body: createMessageShape(), handle: func(c *call) (int, any, error) {
			r, err := c.message()
			if err != nil {
				return 0, nil, err
			}
			return ok(c.api.cfg.World.SendMessage(c.actor, c.id("channel_id"), r))
		}},
		{method: "GET", template: one, handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Message(c.actor, c.id("channel_id"), c.id("message_id")))
		}},
		{method: "PATCH", template: one, body: messageShape(), handle: func(c *call) (int, any, error) {
			r, err := c.message()
			if err != nil {
				return 0, nil, err
			}
			return ok(c.api.cfg.World.EditMessage(c.actor, c.id("channel_id"), c.id("message_id"), r))
		}},
		{method: "DELETE", template: one, handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.DeleteMessage(c.actor, c.id("channel_id"), c.id("message_id")))
		}},
		{method: "POST", template: list + "/bulk-delete", handle: bulkDelete, body: form.Object(form.Req("messages", form.List(2, 100, form.ID())))},
		{method: "GET", template: list + "/pins", handle: pins},
		{method: "GET", template: "/channels/{channel_id}/pins", handle: func(c *call) (int, any, error) {
			items, _, err := c.api.cfg.World.Pins(c.actor, c.id("channel_id"), time.Time{}, 50)
			out := []wire.Message{}
			for _, item := range items {
				out = append(out, item.Message)
			}
			return ok(out, err)
		}},
	}
	for _, base := range []string{list + "/pins/{message_id}", "/channels/{channel_id}/pins/{message_id}"} {
		routes = append(routes,
			&route{method: "PUT", template: base, handle: func(c *call) (int, any, error) {
				return empty(c.api.cfg.World.Pin(c.actor, c.id("channel_id"), c.id("message_id"), true))
			}},
			&route{method: "DELETE", template: base, handle: func(c *call) (int, any, error) {
				return empty(c.api.cfg.World.Pin(c.actor, c.id("channel_id"), c.id("message_id"), false))
			}})
	}
	return routes
}

func listMessages(c *call) (int, any, error) {
	limit, err := c.query("limit", 1, 100, 50)
	if err != nil {
		return 0, nil, err
	}
	p := world.Page{Limit: limit}
	for name, into := range map[string]*wire.ID{"before": &p.Before, "after": &p.After, "around": &p.Around} {
		if *into, err = c.queryID(name); err != nil {
			return 0, nil, err
		}
	}
	return ok(c.api.cfg.World.Messages(c.actor, c.id("channel_id"), p))
}

func bulkDelete(c *call) (int, any, error) {
	return read(c, func(r struct {
		Messages []wire.ID `json:"messages"`
	},
	) (int, any, error) {
		return empty(c.api.cfg.World.BulkDelete(c.actor, c.id("channel_id"), r.Messages))
	})
}

func pins(c *call) (int, any, error) {
	limit, err := c.query("limit", 1, 50, 50)
	if err != nil {
		return 0, nil, err
	}
	before, err := c.queryTime("before")
	if err != nil {
		return 0, nil, err
	}
	items, more, err := c.api.cfg.World.Pins(c.actor, c.id("channel_id"), before, limit)
	return ok(map[string]any{"items": items, "has_more": more}, err)
}

func (c *call) queryTime(name string) (time.Time, error) {
	s := c.req.URL.Query().Get(name)
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, refusal.Field(name, "DATE_TIME_TYPE_PARSE", "Could not parse "+s+". Should be ISO8601.")
	}
	return t, nil
}

func reactionRoutes() []*route {
	all := "/channels/{channel_id}/messages/{message_id}/reactions"
	one := all + "/{emoji_name}"
	react := func(user string, remove bool) func(*call) (int, any, error) {
		return func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.React(c.actor, c.id("channel_id"), c.id("message_id"), c.params["emoji_name"], c.selfOr(user), remove))
		}
	}
	return []*route{
		{method: "PUT", template: one + "/@me", handle: react("", false)},
		{method: "DELETE", template: one + "/@me", handle: react("", true)},
		{method: "DELETE", template: one + "/{user_id}", handle: react("user_id", true)},
		{method: "GET", template: one, handle: func(c *call) (int, any, error) {
			limit, err := c.query("limit", 1, 100, 25)
			if err != nil {
				return 0, nil, err
			}
			after, err := c.queryID("after")
			if err != nil {
				return 0, nil, err
			}
			return ok(c.api.cfg.World.Reactors(c.actor, c.id("channel_id"), c.id("message_id"), c.params["emoji_name"], after, limit))
		}},
		{method: "DELETE", template: all, handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.ClearReactions(c.actor, c.id("channel_id"), c.id("message_id"), ""))
		}},
		{method: "DELETE", template: one, handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.ClearReactions(c.actor, c.id("channel_id"), c.id("message_id"), c.params["emoji_name"]))
		}},
	}
}

func threadRoutes() []*route {
	one := "/channels/{channel_id}"
	start := func(c *call) (int, any, error) {
		return read(c, func(r world.ChannelRequest) (int, any, error) {
			if r.Message != nil {
				r.Message.Files = c.files
			}
			return made(c.api.cfg.World.StartThread(c.actor, c.id("channel_id"), c.id("message_id"), r))
		})
	}
	archived := func(private, joined bool) func(*call) (int, any, error) {
		return func(c *call) (int, any, error) { return archivedThreads(c, private, joined) }
	}
	return []*route{
		{method: "POST", template: one + "/threads", body: startThreadShape(), handle: start},
		{method: "POST", template: one + "/messages/{message_id}/threads", body: startThreadShape(), handle: start},
		{method: "GET", template: one + "/thread-members", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.ThreadMembers(c.actor, c.id("channel_id"), c.queryBool("with_member")))
		}},
		{method: "GET", template: one + "/thread-members/{user_id}", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.ThreadMember(c.actor, c.id("channel_id"), c.id("user_id"), c.queryBool("with_member")))
		}},
		{method: "PUT", template: one + "/thread-members/@me", handle: joinThread},
		{method: "PUT", template: one + "/thread-members/{user_id}", handle: joinThread},
		{method: "DELETE", template: one + "/thread-members/@me", handle: leaveThread},
		{method: "DELETE", template: one + "/thread-members/{user_id}", handle: leaveThread},
		{method: "GET", template: one + "/threads/archived/public", handle: archived(false, false)},
		{method: "GET", template: one + "/threads/archived/private", handle: archived(true, false)},
		{method: "GET", template: one + "/users/@me/threads/archived/private", handle: archived(true, true)},
	}
}

func joinThread(c *call) (int, any, error) {
	return http.StatusNoContent, nil, c.api.cfg.World.JoinThread(c.actor, c.id("channel_id"), c.selfOr("user_id"))
}

func leaveThread(c *call) (int, any, error) {
	return http.StatusNoContent, nil, c.api.cfg.World.LeaveThread(c.actor, c.id("channel_id"), c.selfOr("user_id"))
}

func archivedThreads(c *call, private, joined bool) (int, any, error) {
	limit, err := c.query("limit", 1, 100, 100)
	if err != nil {
		return 0, nil, err
	}
	q := world.ArchivedQuery{Private: private, Joined: joined, Limit: limit}
	if joined {
		q.BeforeID, err = c.queryID("before")
	} else {
		q.Before, err = c.queryTime("before")
	}
	if err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.ArchivedThreads(c.actor, c.id("channel_id"), q))
}
