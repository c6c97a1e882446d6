package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// InGuild is the part of an operation's input that names the server; guard has read it before.
type InGuild struct {
	Guild idText `path:"guild" doc:"The server's id." example:"1400000000000000001"`
}

func (g InGuild) id() snowflake.Guild {
	id, _ := snowflake.Parse[snowflake.Guild](string(g.Guild)) // guard refused what is none
	return id
}

// path is where something of the server is.
func (g InGuild) path(kind, id string) string {
	return strings.Replace(guildPath, "{guild}", g.id().String(), 1) + "/" + kind + "/" + url.PathEscape(id)
}

// Guild is a server that you may manage.
type Guild struct {
	ID     snowflake.Guild `json:"id"`
	Name   string          `json:"name"`
	Icon   string          `json:"icon,omitempty" doc:"Address of its picture."`
	Owner  bool            `json:"owner" doc:"Whether it is yours."`
	Bot    bool            `json:"bot" doc:"Whether the bot is in it."`
	Invite string          `json:"invite,omitempty" doc:"Where to add the bot, where it is not in it."`
}

// Channel is a channel of a server.
type Channel struct {
	ID       snowflake.Channel `json:"id"`
	Name     string            `json:"name"`
	Kind     guild.ChannelKind `json:"kind" enum:"text,announcements,category"`
	Category snowflake.Channel `json:"category,omitempty"`
}

// Role is a role of a server.
type Role struct {
	ID       snowflake.Role `json:"id"`
	Name     string         `json:"name"`
	Colour   int            `json:"colour" doc:"0xRRGGBB as a number; 0: none."`
	Managed  bool           `json:"managed" doc:"Whether it belongs to an app, so that nobody else can have it."`
	Everyone bool           `json:"everyone" doc:"Whether it is everybody's."`
}

// Member is somebody in a server.
type Member struct {
	ID     snowflake.User `json:"id"`
	Name   string         `json:"name"`
	Shown  string         `json:"shown"`
	Avatar string         `json:"avatar"`
	Bot    bool           `json:"bot"`
}

// guildOperations are about servers themselves.
func (a *api) guildOperations() {
	manager := access{who: guildManager, scope: account.Read}
	add(a, access{who: signedIn}, huma.Operation{
		OperationID: "list-guilds", Method: http.MethodGet, Path: basePath + "/guilds", Tags: []string{tagGuilds},
		Summary:     "List the servers that you may manage",
		Description: "With the bot in them or not. What Discord says of your rights is at most five minutes old.",
	}, a.guilds)
	add(a, manager, huma.Operation{
		OperationID: "get-guild", Method: http.MethodGet, Path: basePath + "/guilds/{guild}", Tags: []string{tagGuilds}, Summary: "Look at a server",
	}, func(ctx context.Context, in *InGuild) (*answer[Guild], error) { return a.guild(ctx, in.id()) })
	add(a, manager, huma.Operation{
		OperationID: "list-channels", Method: http.MethodGet, Path: basePath + "/guilds/{guild}/channels", Tags: []string{tagGuilds},
		Summary: "List a server's channels", Description: "Those that Usher can use: text channels, announcement channels and categories, as far as the bot sees them.",
	}, a.channels)
	add(a, manager, huma.Operation{
		OperationID: "list-roles", Method: http.MethodGet, Path: basePath + "/guilds/{guild}/roles", Tags: []string{tagGuilds}, Summary: "List a server's roles",
	}, a.roles)
	add(a, manager, huma.Operation{
		OperationID: "find-members", Method: http.MethodGet, Path: basePath + "/guilds/{guild}/members", Tags: []string{tagGuilds},
		Summary: "Find members of a server", Description: "Those whose name begins with a text.",
	}, a.members)
}

func (a *api) guilds(ctx context.Context, _ *nothing) (*answer[[]Guild], error) {
	found, err := a.Rights.Manageable(ctx, callerOf(ctx).session)
	if err != nil {
		return nil, err
	}
	all := make([]Guild, 0, len(found))
	for _, g := range found {
		all = append(all, a.guildOf(g))
	}
	slices.SortStableFunc(all, func(x, y Guild) int { return boolOrder(y.Bot) - boolOrder(x.Bot) }) // those that can be worked with first
	return body(all), nil
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *api) guildOf(g account.Guild) Guild {
	out := Guild{ID: g.ID, Name: g.Name, Icon: a.icon(g.ID, g.Icon), Owner: g.Owner, Bot: a.Rights.Here(g.ID)}
	if !out.Bot {
		out.Invite = a.Rights.InviteURL(g.ID)
	}
	return out
}

// icon is the address of a server's picture; empty where it has none.
func (a *api) icon(g snowflake.Guild, hash string) string {
	if hash == "" {
		return ""
	}
	return a.Pictures + "/icons/" + g.String() + "/" + hash + ".png?size=128"
}

// guild looks at one server: for a person through Discord's list, for a key through the bot.
func (a *api) guild(ctx context.Context, id snowflake.Guild) (*answer[Guild], error) {
	c := callerOf(ctx)
	if c.Key != nil {
		s, err := a.Directory.Server(id)
		if err != nil {
			return nil, err
		}
		return body(Guild{ID: id, Name: s.Name, Icon: a.icon(id, s.Icon), Owner: s.Owner == c.Person.ID, Bot: true}), nil
	}
	all, err := a.Rights.Manageable(ctx, c.session)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if g.ID == id {
			return body(a.guildOf(g)), nil
		}
	}
	return nil, errNoSuchGuild()
}

func (a *api) channels(_ context.Context, in *InGuild) (*answer[[]Channel], error) {
	found, err := a.Directory.Channels(in.id())
	if err != nil {
		return nil, err
	}
	all := make([]Channel, 0, len(found))
	for _, c := range found {
		all = append(all, Channel{ID: c.ID, Name: c.Name, Kind: c.Kind, Category: c.Category})
	}
	return body(all), nil
}

func (a *api) roles(_ context.Context, in *InGuild) (*answer[[]Role], error) {
	found, err := a.Directory.Roles(in.id())
	if err != nil {
		return nil, err
	}
	all := make([]Role, 0, len(found))
	for _, r := range found {
		all = append(all, Role{ID: r.ID, Name: r.Name, Colour: r.Colour, Managed: r.Managed, Everyone: r.Everyone})
	}
	return body(all), nil
}

func (a *api) members(ctx context.Context, in *struct {
	InGuild

	Begins string `query:"begins" required:"true" minLength:"1" maxLength:"100" doc:"What the name begins with."`
	Limit  int    `query:"limit" minimum:"1" maximum:"25" default:"10"`
},
) (*answer[[]Member], error) {
	begins := strings.TrimSpace(in.Begins)
	var c fault.Checks
	c.Require(begins != "", "query.begins", "Write what the name begins with.")
	placeholder.CheckName(&c, "query.begins", begins)
	if err := c.Err("query_invalid", "The members cannot be listed so."); err != nil {
		return nil, err
	}
	found, err := a.Directory.Members(ctx, in.id(), begins, in.Limit)
	if err != nil {
		return nil, err
	}
	return body(each(found, a.member)), nil
}

func (a *api) member(m guild.Member) Member {
	return Member{ID: m.ID, Name: m.Name, Shown: m.Shown, Avatar: a.avatar(m.ID, m.Avatar), Bot: m.Bot}
}
