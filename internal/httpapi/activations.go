package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// activationOperations are about integrations in a server.
func (a *api) activationOperations() {
	read, write := access{who: guildManager, scope: account.Read}, access{who: guildManager, scope: account.Integrations}
	one := guildPath + "/integrations/{integration}"
	add(a, read, huma.Operation{
		OperationID: "list-active", Method: http.MethodGet, Path: guildPath + "/integrations", Tags: []string{tagActive}, Summary: "List the integrations that are on in a server",
		Description: "In the order in which they were switched on, with what each waits for and what is wrong with it.",
	}, a.active)
	add(a, write, huma.Operation{
		OperationID: "activate", Method: http.MethodPut, Path: one, Tags: []string{tagActive}, DefaultStatus: http.StatusNoContent, Summary: "Switch an integration on in a server",
		Description: "With a value for each of its secrets, which its author's server may judge first. Where it is on already, all values are replaced, and the server " +
			"goes on with the revision that is named.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneIntegration
		Body Activation
	},
	) (*nothing, error) {
		return nil, a.Catalog.Activate(ctx, callerOf(ctx).Actor(), in.id(), in.Integration, in.Body.Revision, in.Body.Secrets)
	})
	add(a, write, huma.Operation{
		OperationID: "replace-secrets", Method: http.MethodPost, Path: one + "/secrets", Tags: []string{tagActive}, DefaultStatus: http.StatusNoContent,
		Summary: "Give new values to some secrets",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneIntegration
		Body Replacement
	},
	) (*nothing, error) {
		return nil, a.Catalog.Replace(ctx, callerOf(ctx).Actor(), in.id(), in.Integration, in.Body.Secrets)
	})
	add(a, write, huma.Operation{
		OperationID: "deactivate", Method: http.MethodDelete, Path: one, Tags: []string{tagActive}, DefaultStatus: http.StatusNoContent,
		Summary: "Switch an integration off in a server", Description: "The server's secret values are destroyed.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneIntegration
	},
	) (*nothing, error) {
		return nil, a.Catalog.Deactivate(ctx, callerOf(ctx).Actor(), in.id(), in.Integration)
	})
	add(a, read, huma.Operation{
		OperationID: "list-collisions", Method: http.MethodGet, Path: one + "/collisions", Tags: []string{tagActive},
		Summary: "See which placeholders collide", Description: "Of an integration that is on in the server, or would be.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneIntegration
	},
	) (*answer[[]Collision], error) {
		found, err := a.Catalog.Collisions(ctx, callerOf(ctx).Person.ID, in.id(), in.Integration)
		return body(each(found, func(c integration.Collision) Collision { return Collision(c) })), err
	})
	add(a, read, huma.Operation{
		OperationID: "list-deliveries", Method: http.MethodGet, Path: one + "/deliveries", Tags: []string{tagActive},
		Summary: "See what became of a server's latest requests", Description: "The last 100; no bodies and no secrets.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneIntegration
	},
	) (*answer[[]Delivery], error) {
		if err := a.Catalog.Seen(ctx, callerOf(ctx).Person.ID, in.id(), in.Integration); err != nil {
			return nil, err
		}
		found, err := a.Deliveries.OfGuild(ctx, in.id(), in.Integration)
		return body(each(found, delivery)), err
	})
	add(a, write, huma.Operation{
		OperationID: "test-integration", Method: http.MethodPost, Path: guildPath + "/integration-test", Tags: []string{tagOwn},
		Summary: "Send a test request", Description: "For an integration as you have it before you, saved or not: it goes the way of a real one, and what came back is shown with secrets masked.",
	}, a.test)
}

func (a *api) active(ctx context.Context, in *InGuild) (*answer[[]Active], error) {
	found, err := a.Catalog.ActiveIn(ctx, in.id())
	if err != nil {
		return nil, err
	}
	troubles := map[integration.ID]integration.Health{}
	for _, h := range a.Resolver.Health(in.id()) {
		troubles[h.Integration] = h
	}
	return body(each(found, func(u integration.InUse) Active {
		out := Active{
			Card: a.card(ctx, u.Card), By: u.By, At: u.At, Slug: u.Slug, Missing: u.Missing, Unlisted: u.Unlisted,
		}
		if w := u.Waiting; w != nil {
			out.Waiting = &Waiting{Revision: w.Revision, Host: w.Host, Secrets: each(w.Secrets, secretField), Needs: each(w.Needs, func(n integration.Need) Need { return Need(n) })}
		}
		if h, ok := troubles[u.ID]; ok {
			out.Trouble = &Trouble{State: h.State, Since: h.Since, Failures: h.Failures, Class: h.Class, Retry: optional(h.Retry)}
		}
		return out
	})), nil
}

func (a *api) test(ctx context.Context, in *struct {
	InGuild
	Body TestRequest
},
) (*answer[TestResult], error) {
	b, caller := in.Body, callerOf(ctx)
	if b.ID != "" && caller.Key != nil && !caller.Key.Guild.IsZero() { // it would send the author's own headers where the draft says
		return nil, errKeyGuild()
	}
	draft := b.Draft.integration()
	draft.ID = b.ID
	t := integration.Trial{By: caller.Person.ID, Draft: draft, Secrets: b.Secrets, Subject: subjectOf(in.id(), b)}
	tried, err := a.Resolver.Try(ctx, t)
	if err != nil {
		return nil, inDraft(err)
	}
	out := TestResult{
		Request: TestSent{Method: tried.Request.Method, URL: tried.Request.URL, Headers: sentHeaders(b.Draft.Headers, tried.Request.Headers), Body: tried.Request.Body},
		Status:  tried.Status, Millis: tried.Took.Milliseconds(), Size: tried.Size, Headers: each(tried.Headers, headerLine), JSON: tried.JSON, Text: tried.Text, Cut: tried.Cut,
		Yields: each(tried.Yields, func(y integration.Yield) Yield { return Yield(y) }),
	}
	if f := tried.Failure; f != nil {
		out.Failure = &TestFailure{Class: f.Public(), Text: f.Text}
	}
	return body(out), nil
}

// sentHeaders shows the headers that went out. Values that were not sent with the draft but kept from before are not shown, not even here.
func sentHeaders(draft []Header, sent []integration.ReplyHeader) []HeaderLine {
	lines := each(sent, headerLine)
	for i, h := range draft {
		if i < len(lines) && (h.Value == nil || h.Value.Empty()) {
			lines[i].Value = integration.Concealed
		}
	}
	return lines
}

func subjectOf(g snowflake.Guild, b TestRequest) integration.Subject {
	return integration.Subject{
		Guild: g, User: b.User, Name: b.Name, Locale: b.Locale, Ticket: b.Ticket, Channel: b.Channel, Trigger: integration.ForTest,
		Answers: each(b.Answers, func(t TestAnswer) integration.Answer { return integration.Answer(t) }),
	}
}

// inDraft names the fields of a fault as they stand in a TestRequest.
func inDraft(err error) error {
	told, ok := asFault(err)
	if !ok {
		return err
	}
	moved := *told
	moved.Fields = nil
	for _, f := range told.Fields {
		if told.Code != "secrets_invalid" || !strings.HasPrefix(f.Path, "secrets.") {
			f.Path = "draft." + f.Path
		}
		moved.Fields = append(moved.Fields, fault.Field{Path: f.Path, Text: f.Text})
	}
	return &moved
}
