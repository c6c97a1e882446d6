package rest

import (
	"slices"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/witness"
	"usher/sandbox/internal/world"
)

func searchRoutes() []*route {
	return []*route{
		{method: "GET", template: "/guilds/{guild_id}/messages/search", handle: searchMessages},
		{method: "GET", template: "/channels/{channel_id}/threads/search", handle: searchThreads},
	}
}

func searchMessages(c *call) (int, any, error) {
	c.knownQuery("content", "author_id", "author_type", "mentions", "mentions_role_id", "mention_everyone", "pinned", "channel_id", "has",
		"min_id", "max_id", "sort_by", "sort_order", "limit", "offset", "include_nsfw", "slop")
	q := c.req.URL.Query()
	s := world.MessageSearch{
		Content: q.Get("content"), AuthorTypes: q["author_type"], Has: q["has"], Ascending: q.Get("sort_order") == "asc",
		Everyone: c.queryMaybe("mention_everyone"), Pinned: c.queryMaybe("pinned"),
	}
	if err := c.queryPage(&s.Limit, &s.Offset, &s.Min, &s.Max); err != nil {
		return 0, nil, err
	}
	var err error
	for _, one := range []struct {
		name string
		into *[]wire.ID
	}{{"author_id", &s.Authors}, {"mentions", &s.Mentions}, {"mentions_role_id", &s.MentionRoles}, {"channel_id", &s.Channels}} {
		if *one.into, err = c.queryIDs(one.name); err != nil {
			return 0, nil, err
		}
	}
	return ok(c.api.cfg.World.SearchMessages(c.actor, c.id("guild_id"), s))
}

func searchThreads(c *call) (int, any, error) {
	c.knownQuery("name", "slop", "min_id", "max_id", "tag", "tag_setting", "archived", "sort_by", "sort_order", "limit", "offset")
	q := c.req.URL.Query()
	s := world.ThreadSearch{
		Name: q.Get("name"), EveryTag: q.Get("tag_setting") == "match_all", Archived: c.queryMaybe("archived"),
		Ascending: q.Get("sort_order") == "asc", ByCreated: q.Get("sort_by") == "creation_time",
	}
	if err := c.queryPage(&s.Limit, &s.Offset, &s.Min, &s.Max); err != nil {
		return 0, nil, err
	}
	var err error
	if s.Tags, err = c.queryIDs("tag"); err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.SearchThreads(c.actor, c.id("channel_id"), s))
}

// knownQuery notes query parameters that the sandbox does not know: they would be left out of the search in silence.
func (c *call) knownQuery(names ...string) {
	for name := range c.req.URL.Query() {
		if !slices.Contains(names, name) {
			c.api.find("warning", witness.UnknownField, c, "the query parameter \""+name+"\" is not known")
		}
	}
}

// queryPage reads which part of what a search found is wanted.
func (c *call) queryPage(limit, offset *int, low, high *wire.ID) error {
	var err error
	if *limit, err = c.query("limit", 1, 25, 25); err != nil {
		return err
	}
	if *offset, err = c.query("offset", 0, 9975, 0); err != nil {
		return err
	}
	if *low, err = c.queryID("min_id"); err != nil {
		return err
	}
	*high, err = c.queryID("max_id")
	return err
}

// queryMaybe gives a query parameter that is a truth value; nil when absent.
func (c *call) queryMaybe(name string) *bool {
	if !c.req.URL.Query().Has(name) {
		return nil
	}
	v := c.queryBool(name)
	return &v
}

// queryIDs gives a query parameter that may be there several times.
func (c *call) queryIDs(name string) ([]wire.ID, error) {
	var out []wire.ID
	for _, s := range c.req.URL.Query()[name] {
		id, err := wire.ParseID(s)
		if err != nil {
			return nil, refusal.Field(name, "NUMBER_TYPE_COERCE", "Value \""+s+"\" is not snowflake.")
		}
		out = append(out, id)
	}
	return out, nil
}
