package world

import (
	"maps"
	"slices"
	"strings"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// AccountRequest changes a bot's own user (PATCH /users/@me).
type AccountRequest struct {
	Username wire.Opt[string] `json:"username"`
	Avatar   wire.Opt[string] `json:"avatar"`
}

// EditAccount changes the bot's user and tells every guild where it is.
func (w *World) EditAccount(a Actor, r AccountRequest) (wire.User, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	application := w.apps[a.App]
	u := application.bot
	name := strings.TrimSpace(r.Username.V)
	if r.Username.Has() {
		if _, err := webhookName(name); err != nil {
			return wire.User{}, refusal.Field("username", "USERNAME_INVALID_CONTAINS", "This username is taken or empty")
		}
		u.Username = name
	}
	if r.Avatar.Set {
		hash, err := w.keepPicture(u.ID, "avatar", r.Avatar.V)
		if err != nil {
			return wire.User{}, err
		}
		u.Avatar = orNil(hash)
	}
	w.dispatch(Dispatch{Type: "USER_UPDATE", Apps: []uint64{uint64(a.App)}, Data: encode(w.meWire(application))})
	for _, id := range w.order {
		if g := w.guilds[id]; g.members[u.ID] != nil {
			w.memberChanged(g, g.members[u.ID])
		}
	}
	return w.meWire(application), nil
}

// ApplicationRequest changes an application (PATCH /applications/@me).
type ApplicationRequest struct {
	Description      wire.Opt[string]   `json:"description"`
	Icon             wire.Opt[string]   `json:"icon"`
	Tags             wire.Opt[[]string] `json:"tags"`
	InteractionsURL  wire.Opt[string]   `json:"interactions_endpoint_url"`
	CustomInstallURL wire.Opt[string]   `json:"custom_install_url"`
	Flags            wire.Opt[int]      `json:"flags"`
}

// limitedIntents are the flags that a bot may set by itself: privileged intents in fewer than 100 servers
// (resources/application "Edit Current Application"), with the intents that they stand for.
func limitedIntents() map[int]uint64 {
	return map[int]uint64{1 << 13: 1 << 8, 1 << 15: 1 << 1, 1 << 19: 1 << 15}
}

// Application gives the application's own object (GET /applications/@me).
func (w *World) Application(a Actor) map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.applicationWire(w.apps[a.App])
}

func (w *World) applicationWire(app *app) map[string]any {
	// Patterns are the sandbox's own and no addresses.
	redirects := slices.DeleteFunc(append([]string{}, app.redirects...), func(s string) bool { return strings.Contains(s, ":*/") })
	out := publicWire(app)
	maps.Copy(out, map[string]any{
		"redirect_uris": redirects, "interactions_endpoint_url": nil, "role_connections_verification_url": nil, "owner": app.owner.User,
		"approximate_guild_count": len(app.guilds), "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"explicit_content_filter": 0, "team": nil, "eligible_oauth2_scopes": []string{}, "hook": true,
	})
	return out
}

// publicWire is the application without what only its developers see.
func publicWire(app *app) map[string]any {
	out := map[string]any{
		"id": app.id, "name": app.name, "icon": orNil(app.icon), "description": app.description, "type": nil, "bot": app.bot.User,
		"summary": "", "bot_public": true, "bot_require_code_grant": false, "verify_key": app.verifyKey, "flags": app.flags(),
		"flags_new": itoa(app.flags()), "integration_types_config": map[string]any{"0": map[string]any{}},
	}
	if len(app.tags) > 0 {
		out["tags"] = app.tags
	}
	if app.installURL != "" {
		out["custom_install_url"] = app.installURL
	}
	return out
}

// EditApplication changes the application. An interactions endpoint is refused: the sandbox delivers interactions by the
// gateway only.
func (w *World) EditApplication(a Actor, r ApplicationRequest) (map[string]any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	application := w.apps[a.App]
	if r.InteractionsURL.Or("") != "" {
		return nil, refusal.Field("interactions_endpoint_url", "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID",
			"The specified interactions endpoint url could not be verified.")
	}
	if r.Icon.Set {
		hash, err := w.keepPicture(application.id, "icon", r.Icon.V)
		if err != nil {
			return nil, err
		}
		application.icon = hash
	}
	if r.Description.Set {
		application.description = r.Description.V
	}
	if r.Tags.Set {
		application.tags = r.Tags.V
	}
	if r.CustomInstallURL.Set {
		application.installURL = r.CustomInstallURL.V
	}
	if r.Flags.Has() {
		application.privileged = 0
		for flag, intent := range limitedIntents() {
			if r.Flags.V&flag != 0 {
				application.privileged |= intent
			}
		}
	}
	return w.applicationWire(application), nil
}
