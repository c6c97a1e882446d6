package world

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// Denied is what a person could not do in Discord's client: the button is not there, the field is required.
type Denied struct {
	// Status is 400, 403 or 404; Field names the part of the request, Text is a sentence.
	Status int
	Field  string
	Text   string
}

// Error gives the sentence.
func (d *Denied) Error() string {
	if d.Field == "" {
		return d.Text
	}
	return d.Field + ": " + d.Text
}

func deny(status int, field, format string, args ...any) error {
	return &Denied{Status: status, Field: field, Text: fmt.Sprintf(format, args...)}
}

// person gives a user whom one may act as.
func (w *World) person(id ID) (*user, error) {
	u := w.users[id]
	if u == nil || u.app != nil {
		return nil, deny(http.StatusNotFound, "user", "there is no person %s", id)
	}
	return u, nil
}

// Press is a click on a button, or a choice in a select when Values is set.
type Press struct {
	ChannelID ID       `json:"channel_id"`
	MessageID ID       `json:"message_id"`
	CustomID  string   `json:"custom_id"`
	Values    []string `json:"values"`
}

// Press clicks a button.
func (w *World) Press(userID ID, p Press) (Outcome, error) {
	return w.useComponent(userID, p, false)
}

// Select chooses in a select.
func (w *World) Select(userID ID, p Press) (Outcome, error) {
	return w.useComponent(userID, p, true)
}

func (w *World) useComponent(userID ID, p Press, selecting bool) (Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(userID); err != nil {
		return Outcome{}, err
	}
	m, err := w.visibleMessage(userID, p.ChannelID, p.MessageID)
	if err != nil {
		return Outcome{}, err
	}
	a := w.apps[m.app]
	if a == nil {
		a = w.apps[m.author.ID]
	}
	c := findComponent(m, p.CustomID)
	switch {
	case a == nil:
		return Outcome{}, deny(http.StatusBadRequest, "message_id", "the message is not of an application")
	case c == nil:
		return Outcome{}, deny(http.StatusNotFound, "custom_id", "the message has no component %q", p.CustomID)
	case c.Disabled:
		return Outcome{}, deny(http.StatusBadRequest, "custom_id", "the component %q is disabled", p.CustomID)
	case (c.Type != wire.ComponentButton) != selecting:
		return Outcome{}, deny(http.StatusBadRequest, "custom_id", "a button is pressed, a select is selected from; %q is of type %d", p.CustomID, c.Type)
	}
	i := &interaction{kind: wire.InteractionComponent, app: a, user: userID, channel: m.channel, source: m}
	i.data = wire.InteractionData{CustomID: c.CustomID, ComponentType: c.Type, ID: c.ID}
	if selecting {
		if err := w.choose(i, c, p.Values); err != nil {
			return Outcome{}, err
		}
	}
	return w.begin(i).outcome(), nil
}

func findComponent(m *message, customID string) *wire.Component {
	var found *wire.Component
	wire.Walk(m.components, func(c *wire.Component) {
		if c.Interactive() && c.CustomID == customID {
			found = c
		}
	})
	return found
}

// visibleMessage gives a message that this person sees, ephemeral ones included.
func (w *World) visibleMessage(user, channelID, id ID) (*message, error) {
	c := w.channels[channelID]
	if c == nil || !w.sees(c, user) {
		return nil, deny(http.StatusForbidden, "channel_id", "this user does not see channel %s", channelID)
	}
	m := w.messages[id]
	if m == nil || m.gone || m.channel != c || m.ephemeral() && m.onlyFor != user {
		return nil, deny(http.StatusNotFound, "message_id", "there is no message %s in the channel for this user", id)
	}
	return m, nil
}

// choose judges the values of a select and resolves them.
func (w *World) choose(i *interaction, c *wire.Component, values []string) error {
	low, high := orInt(c.MinValues, 1), orInt(c.MaxValues, 1)
	if len(values) < low || len(values) > high {
		return deny(http.StatusBadRequest, "values", "choose between %d and %d values", low, high)
	}
	for n, v := range values {
		if slices.Contains(values[:n], v) {
			return deny(http.StatusBadRequest, fmt.Sprintf("values[%d]", n), "%q is chosen twice", v)
		}
		if err := w.chosen(i, c, n, v); err != nil {
			return err
		}
	}
	i.data.Values = wire.Some(append([]string{}, values...))
	return nil
}

func (w *World) chosen(i *interaction, c *wire.Component, n int, v string) error {
	field := fmt.Sprintf("values[%d]", n)
	if c.Type == wire.ComponentStringSelect {
		if !slices.ContainsFunc(c.Options, func(o wire.Option) bool { return o.Value == v }) {
			return deny(http.StatusBadRequest, field, "%q is none of the options", v)
		}
		return nil
	}
	id, err := wire.ParseID(v)
	if err != nil {
		return deny(http.StatusBadRequest, field, "%v", err)
	}
	kinds := map[int][]string{
		wire.ComponentUserSelect: {"user"}, wire.ComponentRoleSelect: {"role"}, wire.ComponentMentionable: {"user", "role"},
		wire.ComponentChannelSelect: {"channel"},
	}
	for _, kind := range kinds[c.Type] {
		if w.resolve(i, kind, id, c.ChannelTypes) {
			return nil
		}
	}
	return deny(http.StatusBadRequest, field, "%s is not something that this select offers", v)
}

// resolve adds the object behind an id to the interaction's resolved data; false when there is none of that kind.
func (w *World) resolve(i *interaction, kind string, id ID, channelTypes []int) bool {
	if i.data.Resolved == nil {
		i.data.Resolved = &wire.Resolved{}
	}
	r, g := i.data.Resolved, i.channel.guild
	switch kind {
	case "user":
		return w.resolveUser(r, g, id)
	case "role":
		if g == nil || g.roles[id] == nil {
			return false
		}
		set(&r.Roles, id, g.roles[id].wire())
	case "channel":
		c := w.channels[id]
		if c == nil || c.guild != g || !w.sees(c, i.user) || len(channelTypes) > 0 && !slices.Contains(channelTypes, c.kind) {
			return false
		}
		shown := w.channelWire(c, i.user)
		shown.PermissionOverwrites = wire.Opt[[]wire.Overwrite]{}
		shown.Permissions = w.in(c, i.user).String()
		set(&r.Channels, id, shown)
	}
	return true
}

func (w *World) resolveUser(r *wire.Resolved, g *guild, id ID) bool {
	u := w.users[id]
	if u == nil {
		return false
	}
	set(&r.Users, id, u.User)
	if g != nil && g.members[id] != nil {
		m := g.members[id].wire()
		m.User = nil
		m.Permissions = permission.InGuild(w.subject(g, g.members[id])).String()
		set(&r.Members, id, m)
	}
	return true
}

func set[V any](m *map[ID]V, id ID, v V) {
	if *m == nil {
		*m = map[ID]V{}
	}
	(*m)[id] = v
}

// Wait gives the interaction's state as soon as it is no longer pending, or when ctx ends.
func (w *World) Wait(ctx context.Context, id ID) (Outcome, bool) {
	for {
		w.mu.Lock()
		i := w.interactions[id]
		if i == nil {
			w.mu.Unlock()
			return Outcome{}, false
		}
		out, changed := i.outcome(), i.changed
		w.mu.Unlock()
		if out.State != StatePending {
			return out, true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return out, true
		}
	}
}

// Outcome tells how far an interaction of this person has come.
func (w *World) Outcome(userID, id ID) (Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.interactions[id]
	if i == nil || i.user != userID {
		return Outcome{}, deny(http.StatusNotFound, "interaction", "this user began no interaction %s", id)
	}
	return i.outcome(), nil
}
