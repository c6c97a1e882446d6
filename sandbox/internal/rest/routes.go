package rest

import (
	"net/http"
	"slices"
)

// routes is every operation that the sandbox has, with templates as Discord's OpenAPI description writes them.
func (a *API) routes() []*route {
	return slices.Concat(
		gatewayRoutes(), userRoutes(), oauthRoutes(), applicationRoutes(), commandRightRoutes(), interactionRoutes(), guildRoutes(), guildSettingRoutes(), searchRoutes(), memberRoutes(), banRoutes(), roleRoutes(),
		channelRoutes(), messageRoutes(), reactionRoutes(), threadRoutes(), webhookRoutes(),
	)
}

func gatewayRoutes() []*route {
	return []*route{
		{method: "GET", template: "/gateway", by: byToken, handle: func(c *call) (int, any, error) {
			return http.StatusOK, map[string]any{"url": c.api.cfg.GatewayURL()}, nil
		}},
		{method: "GET", template: "/gateway/bot", handle: func(c *call) (int, any, error) {
			return http.StatusOK, c.api.cfg.GatewayInfo(c.login), nil
		}},
	}
}

// empty is 204 unless there was an error.
func empty(err error) (int, any, error) { return http.StatusNoContent, nil, err }

// ok is 200 with a value unless there was an error.
func ok[T any](v T, err error) (int, any, error) { return http.StatusOK, v, err }

// made is 201 with a value unless there was an error.
func made[T any](v T, err error) (int, any, error) { return http.StatusCreated, v, err }

// read decodes the body and hands it on.
func read[T any](c *call, act func(T) (int, any, error)) (int, any, error) {
	var r T
	if err := c.decode(&r); err != nil {
		return 0, nil, err
	}
	return act(r)
}

// Route names an operation.
type Route struct {
	Method string `json:"method"`
	Route  string `json:"route"`
}

// Routes lists every operation that the sandbox has.
func (a *API) Routes() []Route {
	out := make([]Route, len(a.router.routes))
	for i, r := range a.router.routes {
		out[i] = Route{Method: r.method, Route: r.template}
	}
	return out
}
