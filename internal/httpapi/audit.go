package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/audit"
	"usher/internal/core/snowflake"
)

// Entry is one change that somebody made.
type Entry struct {
	ID     int64          `json:"id" doc:"1, 2, 3… in its server."`
	At     time.Time      `json:"at"`
	User   snowflake.User `json:"user,omitempty" doc:"Who did it; absent: whoever runs the program, or nobody."`
	Via    audit.Via      `json:"via" enum:"dashboard,api_key,discord,setup,program" doc:"Through which door."`
	Action string         `json:"action" doc:"Noun and verb." example:"panel.changed"`
	Target string         `json:"target,omitempty" doc:"The id of what was changed."`
	Name   string         `json:"name,omitempty" doc:"What it was called then."`
	Detail []audit.Change `json:"detail" doc:"What is different now; secrets are named, never shown."`
}

// Entries is a page of the record, the newest first.
type Entries struct {
	Entries []Entry `json:"entries"`
	Next    int64   `json:"next,omitempty" doc:"Give it as before for the next page; absent: this was the last."`
}

// OfRecord is what asks for a page of the record.
type OfRecord struct {
	Before int64 `query:"before" minimum:"0" doc:"Only entries with smaller ids."`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
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
		return a.entries(ctx, audit.Query{Guild: in.id(), Before: in.Before, Limit: in.Limit})
	})
	add(a, access{who: operator, scope: account.Operate}, huma.Operation{
		OperationID: "list-instance-audit", Method: http.MethodGet, Path: basePath + "/audit", Tags: []string{tagAudit},
		Summary: "See who changed what that is not about one server", Description: "API keys, and what operators decided. The newest first.",
	}, func(ctx context.Context, in *OfRecord) (*answer[Entries], error) {
		return a.entries(ctx, audit.Query{Before: in.Before, Limit: in.Limit})
	})
}

// entries asks for one more than fits on the page, to know whether it is the last.
func (a *api) entries(ctx context.Context, q audit.Query) (*answer[Entries], error) {
	limit := q.Limit
	q.Limit++
	found, err := a.Audit.Entries(ctx, q)
	if err != nil {
		return nil, err
	}
	var page Entries
	for _, e := range found[:min(len(found), limit)] {
		page.Entries = append(page.Entries, Entry{ID: e.ID, At: e.At, User: e.Actor.User, Via: e.Actor.Via, Action: e.Action, Target: e.Target, Name: e.Name, Detail: e.Detail})
	}
	if len(found) > limit {
		page.Next = found[limit-1].ID
	}
	return body(page), nil
}
