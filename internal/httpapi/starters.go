package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/integration"
)

// Starter is a template to start an integration from.
type Starter struct {
	ID      string           `json:"id"`
	Draft   IntegrationDraft `json:"draft"`
	Headers []HeaderLine     `json:"headers" doc:"The draft's, with their values: here they are nobody's secrets."`
	Fill    []string         `json:"fill" doc:"What is left to do before it works."`
	Example string           `json:"example" doc:"An answer as the service gives it, as JSON text."`
}

// starterOperations are about templates to start from (I-36). Their header values are nobody's secrets.
func (a *api) starterOperations() {
	add(a, access{who: signedIn, scope: account.Read}, huma.Operation{
		OperationID: "list-starters", Method: http.MethodGet, Path: basePath + "/integration-starters", Tags: []string{tagOwn}, Summary: "List templates to start an integration from",
	}, func(context.Context, *nothing) (*answer[[]Starter], error) {
		return body(each(integration.Starters(), func(s integration.Starter) Starter {
			return Starter{
				ID: s.ID, Draft: a.own(integration.Own{Integration: s.Draft}).IntegrationDraft, Fill: s.Fill, Example: s.Example,
				Headers: each(s.Draft.Headers, func(h integration.Header) HeaderLine { return HeaderLine{Name: h.Name, Value: h.Value.Reveal()} }),
			}
		})), nil
	})
}
