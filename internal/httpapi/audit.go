package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/audit"
	"usher/internal/core/guild"
	"usher/internal/core/snowflake"
)

// Entry is one change that somebody made.
type Entry struct {
	ID     int64          `json:"id" doc:"1, 2, 3… in its server."`
	At     time.Time      `json:"at"`
	User   snowflake.User `json:"user,omitempty" doc:"Who did it; absent: whoever runs the program, or nobody."`
	Actor  *Member        `json:"actor,omitempty" doc:"Who that is, as they are called now; absent: it cannot be told at the moment."`
	Via    audit.Via      `json:"via" enum:"dashboard,api_key,discord,setup,program" doc:"Through which door."`
	Key    string         `json:"key,omitempty" doc:"What the API key was called, where it was one of a person who manages the server."`
	Action action         `json:"action" doc:"Noun and verb." example:"panel.changed"`
	Target string         `json:"target,omitempty" doc:"The id of what was changed."`
	Name   string         `json:"name,omitempty" doc:"What it was called then."`
	Detail []audit.Change `json:"detail" doc:"What is different now; secrets are named, never shown."`
}

// action is an audit.Action whose description lists them all.
type action audit.Action

// Schema implements huma.SchemaProvider.
func (action) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, a := range audit.Actions() {
		s.Enum = append(s.Enum, string(a))
	}
	return s
}

// Entries is a page of the record, the newest first.
type Entries struct {
	Entries []Entry `json:"entries"`
	Next    int64   `json:"next,omitempty" doc:"Give it as before for the next page; absent: this was the last."`
}

// OfRecord is what asks for a page of the record.
type OfRecord struct {
	Kind   string `query:"kind" enum:",integration,panel,form,tag,guild,bloxlink,api_key" doc:"Only what was done to this noun."`
	User   idText `query:"user" doc:"Only what this user did."`
	Before int64  `query:"before" minimum:"0" doc:"Only entries with smaller ids."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// auditOperations read the record of changes.
func (a *api) auditOperations() {
	add(a, access{who: guildManager, scope: account.Read}, huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: basePath + "/guilds/{guild}/audit", Tags: []string{tagAudit},
		Summary: "See who changed what in a server", Description: "The newest first.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OfRecord
	},
	) (*answer[Entries], error) {
		return a.entries(ctx, in.id(), in.OfRecord)
	})
	add(a, access{who: operator, scope: account.Operate}, huma.Operation{
		OperationID: "list-instance-audit", Method: http.MethodGet, Path: basePath + "/audit", Tags: []string{tagAudit},
		Summary: "See who changed what that is not about one server", Description: "API keys, and what operators decided. The newest first.",
	}, func(ctx context.Context, in *OfRecord) (*answer[Entries], error) {
		return a.entries(ctx, 0, *in)
	})
}

// entries asks for one more than fits on the page, to know whether it is the last. A zero guild: the instance's.
func (a *api) entries(ctx context.Context, g snowflake.Guild, in OfRecord) (*answer[Entries], error) {
	user, err := userOf(in.User, "query.user")
	if err != nil {
		return nil, err
	}
	found, err := a.Audit.Entries(ctx, audit.Query{Guild: g, Noun: in.Kind, User: user, Before: in.Before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	shown := found[:min(len(found), in.Limit)]
	people := a.People.Named(ctx, g, each(shown, func(e audit.Entry) snowflake.User { return e.Actor.User })...)
	page := Entries{Entries: each(shown, func(e audit.Entry) Entry {
		return Entry{
			ID: e.ID, At: e.At, User: e.Actor.User, Actor: a.named(people, e.Actor.User), Via: e.Actor.Via, Key: e.Actor.Key, Action: action(e.Action),
			Target: e.Target, Name: e.Name, Detail: e.Detail,
		}
	})}
	if len(found) > in.Limit {
		page.Next = shown[in.Limit-1].ID
	}
	return body(page), nil
}

// named is one of some people; nil where their name is not known.
func (a *api) named(people map[snowflake.User]guild.Member, user snowflake.User) *Member {
	m, ok := people[user]
	if !ok {
		return nil
	}
	out := a.member(m)
	return &out
}
