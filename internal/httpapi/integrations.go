package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
)

// Where integrations are: the author's own, everybody's, and what waits for an operator.
const (
	ownPath    = basePath + "/me/integrations"
	ownOnePath = ownPath + "/{integration}"
	cardsPath  = basePath + "/integrations"
	reviewPath = basePath + "/reviews"
)

// OfList asks for a page of a list with a search.
type OfList struct {
	Search string `query:"search" maxLength:"100" doc:"Words that name or description hold."`
	After  string `query:"after" maxLength:"500" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"25"`
}

func (l OfList) query() integration.Query {
	return integration.Query{Search: l.Search, After: l.After, Limit: l.Limit}
}

// inQuery names the fields of a fault as they stand in an address.
func inQuery(err error) error {
	told, ok := asFault(err)
	if !ok || told.Kind != fault.Invalid {
		return err
	}
	moved := *told
	moved.Fields = each(told.Fields, func(f fault.Field) fault.Field { return fault.Field{Path: "query." + f.Path, Text: f.Text} })
	return &moved
}

// OneIntegration is the part of an operation's input that names an integration.
type OneIntegration struct {
	Integration integration.ID `path:"integration" maxLength:"32"`
}

// OfRevision names a revision.
type OfRevision struct {
	Revision int64 `json:"revision" doc:"The one that you looked at: where there is a newer one you are told (409)."`
}

// integrationOperations are about integrations for everybody and for their authors.
func (a *api) integrationOperations() {
	add(a, access{who: signedIn, scope: account.Read}, huma.Operation{
		OperationID: "list-integrations", Method: http.MethodGet, Path: cardsPath, Tags: []string{tagIntegrations}, Summary: "List the public integrations",
	}, func(ctx context.Context, in *OfList) (*answer[Cards], error) {
		page, err := a.Catalog.Available(ctx, in.query())
		return body(Cards{Integrations: each(page.Items, a.cardFor(ctx)), Next: page.Next}), inQuery(err)
	})
	add(a, access{who: signedIn, scope: account.Read}, huma.Operation{
		OperationID: "get-integration", Method: http.MethodGet, Path: cardsPath + "/{integration}", Tags: []string{tagIntegrations},
		Summary: "Look at an integration", Description: "A public one, or one of yours, as servers see it.",
	}, func(ctx context.Context, in *OneIntegration) (*answer[Card], error) {
		card, err := a.Catalog.Show(ctx, callerOf(ctx).Person.ID, in.Integration)
		return body(a.card(ctx, card)), err
	})
	a.ownOperations()
	a.publicationOperations()
	a.signingOperations()
}

// ownOperations are making and changing one's integrations.
func (a *api) ownOperations() {
	read, write := access{who: author, scope: account.Read}, access{who: author, scope: account.Integrations}
	add(a, read, huma.Operation{
		OperationID: "list-own-integrations", Method: http.MethodGet, Path: ownPath, Tags: []string{tagOwn}, Summary: "List your integrations",
	}, func(ctx context.Context, in *OfList) (*answer[OwnIntegrations], error) {
		page, err := a.Catalog.Mine(ctx, callerOf(ctx).Actor(), in.query())
		return body(OwnIntegrations{Integrations: each(page.Items, a.own), Next: page.Next}), inQuery(err)
	})
	add(a, write, huma.Operation{
		OperationID: "create-integration", Method: http.MethodPost, Path: ownPath, Tags: []string{tagOwn}, DefaultStatus: http.StatusCreated,
		Summary: "Make an integration", Description: "It is private at first: only you can switch it on, in servers that you may manage.",
	}, func(ctx context.Context, in *struct{ Body IntegrationDraft }) (*made[OwnIntegration], error) {
		created, err := a.Catalog.Create(ctx, callerOf(ctx).Actor(), in.Body.integration())
		return madeAt(body(a.own(created)), err, func(m OwnIntegration) string { return ownPath + "/" + string(m.ID) })
	})
	add(a, read, huma.Operation{
		OperationID: "get-own-integration", Method: http.MethodGet, Path: ownOnePath, Tags: []string{tagOwn}, Summary: "Look at one of your integrations",
		Description: "Whole, but without the values of its headers.",
	}, func(ctx context.Context, in *OneIntegration) (*answer[OwnIntegration], error) {
		found, err := a.Catalog.Own(ctx, callerOf(ctx).Actor(), in.Integration)
		return body(a.own(found)), err
	})
	add(a, write, huma.Operation{
		OperationID: "update-integration", Method: http.MethodPut, Path: ownOnePath, Tags: []string{tagOwn}, Summary: "Change one of your integrations",
		Description: "Send the whole of it; a header without a value keeps the one that it has. A change of the request (method, addresses, headers, secrets) is a new " +
			"revision: a private integration's is used at once, a public one's waits for an operator while servers go on with the approved one.",
	}, func(ctx context.Context, in *struct {
		OneIntegration
		Body IntegrationChange
	},
	) (*answer[OwnIntegration], error) {
		draft := in.Body.integration()
		draft.ID, draft.Version = in.Integration, in.Body.Version
		changed, err := a.Catalog.Update(ctx, callerOf(ctx).Actor(), draft)
		return body(a.own(changed)), err
	})
	add(a, write, huma.Operation{
		OperationID: "delete-integration", Method: http.MethodDelete, Path: ownOnePath, Tags: []string{tagOwn}, DefaultStatus: http.StatusNoContent,
		Summary: "Delete one of your integrations", Description: "It ends in every server that has it, and all secrets and keys are destroyed.",
	}, func(ctx context.Context, in *OneIntegration) (*nothing, error) {
		return nil, a.Catalog.Delete(ctx, callerOf(ctx).Actor(), in.Integration)
	})
	add(a, read, huma.Operation{
		OperationID: "list-revisions", Method: http.MethodGet, Path: ownOnePath + "/revisions", Tags: []string{tagOwn}, Summary: "See what one of your integrations requested and requests",
	}, a.revisions)
	add(a, read, huma.Operation{
		OperationID: "list-own-deliveries", Method: http.MethodGet, Path: ownOnePath + "/deliveries", Tags: []string{tagOwn}, Summary: "See what became of your integration's latest requests",
		Description: "The last 100 over all servers, which stay unknown to you; no bodies and no secrets.",
	}, func(ctx context.Context, in *OneIntegration) (*answer[[]Delivery], error) {
		found, err := a.Deliveries.OfAuthor(ctx, callerOf(ctx).Person.ID, in.Integration)
		return body(each(found, delivery)), err
	})
}

func (a *api) revisions(ctx context.Context, in *OneIntegration) (*answer[[]PastRevision], error) {
	by := callerOf(ctx).Actor()
	found, err := a.Catalog.Revisions(ctx, by, in.Integration)
	if err != nil {
		return nil, err
	}
	all := each(found, pastRevision)
	for n, r := range found {
		carried, err := a.Catalog.Carried(ctx, by, in.Integration, r.Revision.Number)
		if fault.KindOf(err) == fault.NotFound { // forgotten since
			continue
		}
		if err != nil {
			return nil, err
		}
		all[n].Carried = each(carried, func(h integration.HeaderSketch) ReviewHeader { return ReviewHeader(h) })
	}
	return body(all), nil
}

// publicationOperations bring an integration to the list and take it away.
func (a *api) publicationOperations() {
	write := access{who: author, scope: account.Integrations}
	path := ownOnePath + "/publication"
	add(a, write, huma.Operation{
		OperationID: "request-publication", Method: http.MethodPost, Path: path, Tags: []string{tagOwn}, DefaultStatus: http.StatusNoContent,
		Summary: "Ask for publication", Description: "An operator looks at what the revision requests. With a public integration: ask for a new revision to be approved.",
	}, func(ctx context.Context, in *struct {
		OneIntegration
		Body OfRevision
	},
	) (*nothing, error) {
		return nil, a.Catalog.RequestPublication(ctx, callerOf(ctx).Actor(), in.Integration, in.Body.Revision)
	})
	add(a, write, huma.Operation{
		OperationID: "withdraw-request", Method: http.MethodDelete, Path: path + "/request", Tags: []string{tagOwn}, DefaultStatus: http.StatusNoContent,
		Summary: "Take back what waits for an operator",
	}, func(ctx context.Context, in *OneIntegration) (*nothing, error) {
		return nil, a.Catalog.WithdrawRequest(ctx, callerOf(ctx).Actor(), in.Integration)
	})
	add(a, write, huma.Operation{
		OperationID: "unpublish", Method: http.MethodDelete, Path: path, Tags: []string{tagOwn}, DefaultStatus: http.StatusNoContent,
		Summary: "Take an integration from the list", Description: "Servers that have it go on with the revision that was approved.",
	}, func(ctx context.Context, in *OneIntegration) (*nothing, error) {
		return nil, a.Catalog.Unpublish(ctx, callerOf(ctx).Actor(), in.Integration)
	})
}

// signingOperations are about the keys with which requests are signed. They are secrets, so that a key that may read is not enough.
func (a *api) signingOperations() {
	write := access{who: author, scope: account.Integrations}
	path := ownOnePath + "/signing-keys"
	keys := func(ctx context.Context, id integration.ID) (*answer[SigningKeys], error) {
		found, err := a.Catalog.SigningKeys(ctx, callerOf(ctx).Actor(), id)
		out := SigningKeys{}
		for _, k := range found {
			out.Keys = append(out.Keys, k.Reveal())
		}
		return body(out), err
	}
	add(a, write, huma.Operation{
		OperationID: "list-signing-keys", Method: http.MethodGet, Path: path, Tags: []string{tagOwn}, Summary: "See your integration's signing keys",
		Description: "Every request is signed after Standard Webhooks; with such a key your server tells a real one.",
	}, func(ctx context.Context, in *OneIntegration) (*answer[SigningKeys], error) {
		return keys(ctx, in.Integration)
	})
	add(a, write, huma.Operation{
		OperationID: "rotate-signing-key", Method: http.MethodPost, Path: path, Tags: []string{tagOwn}, DefaultStatus: http.StatusCreated,
		Summary: "Make another signing key", Description: "The one before stays valid beside it, until you end the rotation.",
	}, func(ctx context.Context, in *OneIntegration) (*made[SigningKeys], error) {
		if err := a.Catalog.RotateSigningKey(ctx, callerOf(ctx).Actor(), in.Integration); err != nil {
			return nil, err
		}
		out, err := keys(ctx, in.Integration)
		return madeAt(out, err, func(SigningKeys) string { return ownPath + "/" + string(in.Integration) + "/signing-keys" })
	})
	add(a, write, huma.Operation{
		OperationID: "end-signing-rotation", Method: http.MethodDelete, Path: path + "/before", Tags: []string{tagOwn}, DefaultStatus: http.StatusNoContent,
		Summary: "End the rotation of the signing key", Description: "The newest key is the only one from now on.",
	}, func(ctx context.Context, in *OneIntegration) (*nothing, error) {
		return nil, a.Catalog.EndSigningRotation(ctx, callerOf(ctx).Actor(), in.Integration)
	})
}

// reviewOperations are the operators'.
func (a *api) reviewOperations() {
	may := access{who: operator, scope: account.Operate}
	add(a, may, huma.Operation{
		OperationID: "list-reviews", Method: http.MethodGet, Path: reviewPath, Tags: []string{tagReview}, Summary: "List the integrations that wait for approval",
		Description: "The longest waiting first.",
	}, func(ctx context.Context, in *OfList) (*answer[Reviews], error) {
		page, err := a.Catalog.Queue(ctx, in.query())
		return body(Reviews{Reviews: each(page.Items, a.review), Next: page.Next}), inQuery(err)
	})
	add(a, may, huma.Operation{
		OperationID: "get-review", Method: http.MethodGet, Path: reviewPath + "/{integration}", Tags: []string{tagReview}, Summary: "Look at what waits for approval",
		Description: "Everything that the integration does, without any header's value.",
	}, func(ctx context.Context, in *OneIntegration) (*answer[Review], error) {
		found, err := a.Catalog.Review(ctx, in.Integration)
		return body(a.review(found)), err
	})
	add(a, may, huma.Operation{
		OperationID: "approve", Method: http.MethodPost, Path: reviewPath + "/{integration}/approve", Tags: []string{tagReview}, DefaultStatus: http.StatusNoContent,
		Summary: "Let every server use a revision",
	}, func(ctx context.Context, in *struct {
		OneIntegration
		Body OfRevision
	},
	) (*nothing, error) {
		return nil, a.Catalog.Approve(ctx, callerOf(ctx).Actor(), in.Integration, in.Body.Revision)
	})
	add(a, may, huma.Operation{
		OperationID: "reject", Method: http.MethodPost, Path: reviewPath + "/{integration}/reject", Tags: []string{tagReview}, DefaultStatus: http.StatusNoContent,
		Summary: "Refuse a revision", Description: "Its author reads the reason. Servers go on with what they have.",
	}, func(ctx context.Context, in *struct {
		OneIntegration
		Body struct {
			OfRevision

			Reason string `json:"reason" doc:"1 to 500 characters."`
		}
	},
	) (*nothing, error) {
		return nil, a.Catalog.Reject(ctx, callerOf(ctx).Actor(), in.Integration, in.Body.Revision, in.Body.Reason)
	})
	add(a, may, huma.Operation{
		OperationID: "revoke-approval", Method: http.MethodPost, Path: reviewPath + "/{integration}/revoke", Tags: []string{tagReview}, DefaultStatus: http.StatusNoContent,
		Summary: "Take an integration away that does harm", Description: "From the list, and out of every server in which its author did not switch it on; those servers' values are destroyed. They read the reason.",
	}, func(ctx context.Context, in *struct {
		OneIntegration
		Body struct {
			Reason string `json:"reason" doc:"1 to 500 characters."`
		}
	},
	) (*nothing, error) {
		return nil, a.Catalog.Revoke(ctx, callerOf(ctx).Actor(), in.Integration, in.Body.Reason)
	})
}
