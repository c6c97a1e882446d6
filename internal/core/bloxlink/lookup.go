package bloxlink

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// keyOf names a key: of a guild, or, zero, the operator's. Roblox, which wants none, has a name of its own.
type keyOf struct {
	guild  snowflake.Guild
	roblox bool
}

// lookUp asks Bloxlink and Roblox, or remembers; out tells which. The error is a Trouble, or ours.
func (s *Source) lookUp(ctx context.Context, g snowflake.Guild, user snowflake.User) (a account, out bool, err error) {
	key, of, err := s.key(ctx, g)
	if err != nil {
		return account{}, false, err
	}
	question := asked{guild: of.guild, user: user}
	if a, ok := s.accounts.get(question); ok {
		return a, false, nil
	}
	if key.Empty() {
		return account{}, false, trouble(NoKey)
	}
	id, err := s.linked(ctx, g, user, key, of)
	if err != nil {
		return account{}, true, err
	}
	if id != "" {
		if a, err = s.profile(ctx, g, id); err != nil {
			return account{}, true, err
		}
	}
	s.accounts.put(question, a, accountLife)
	return a, true, nil
}

// key gives the key to ask with: the guild's own before the operator's.
func (s *Source) key(ctx context.Context, g snowflake.Guild) (secret.Value, keyOf, error) {
	sealed, err := s.parts.Store.BloxlinkKey(ctx, g)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return s.parts.Operator, keyOf{}, nil
	case err != nil:
		return secret.Value{}, keyOf{}, fmt.Errorf("reading the Bloxlink key of guild %s: %w", g, err)
	}
	own := keyOf{guild: g}
	key, err := s.parts.Sealer.Open(ctx, keyPurpose(g), sealed)
	if err != nil {
		return secret.Value{}, own, s.note(own, trouble(KeyClosed), keyPause)
	}
	return key, own, nil
}

// linked gives the id of the Roblox account of a Discord user, empty where there is none.
// https://blox.link/dashboard/user/developer
func (s *Source) linked(ctx context.Context, g snowflake.Guild, user snowflake.User, key secret.Value, of keyOf) (string, error) {
	path := "/v4/public/discord-to-roblox/" + user.String()
	if !of.guild.IsZero() {
		path = "/v4/public/guilds/" + of.guild.String() + "/discord-to-roblox/" + user.String()
	}
	answer, err := s.get(ctx, Request{Guild: g, URL: s.parts.Addresses.Bloxlink + path, Key: key}, of)
	if err != nil || answer.Status == statusNotFound {
		return "", err
	}
	var told struct {
		ID json.RawMessage `json:"robloxID"`
	}
	if err := json.Unmarshal(answer.Body, &told); err != nil {
		return "", s.note(of, trouble(BadAnswer), pause)
	}
	id := strings.Trim(string(told.ID), `"`) // a text, and in older answers a number
	if !isRobloxID(id) {
		return "", s.note(of, trouble(BadAnswer), pause)
	}
	s.troubles.drop(of)
	return id, nil
}

// profile asks Roblox for an account; one that is gone has an id and nothing else.
// https://users.roblox.com/docs (GET /v1/users/{userId})
func (s *Source) profile(ctx context.Context, g snowflake.Guild, id string) (account, error) {
	if a, ok := s.profiles.get(id); ok {
		return a, nil
	}
	of := keyOf{roblox: true}
	answer, err := s.get(ctx, Request{Guild: g, URL: s.parts.Addresses.Roblox + "/v1/users/" + id}, of)
	if err != nil {
		return account{}, err
	}
	a := account{id: id}
	if answer.Status != statusNotFound {
		var told struct {
			Name    string    `json:"name"`
			Display string    `json:"displayName"`
			Created time.Time `json:"created"`
		}
		if err := json.Unmarshal(answer.Body, &told); err != nil || told.Name == "" {
			return account{}, s.note(of, trouble(BadAnswer), pause)
		}
		a.name, a.display, a.created = short(told.Name), short(told.Display), told.Created.UTC()
	}
	s.troubles.drop(of)
	s.profiles.put(id, a, accountLife)
	return a, nil
}

// The statuses with a meaning of their own. core knows no HTTP.
const (
	statusUnauthorized = 401
	statusForbidden    = 403
	statusNotFound     = 404
	statusTooMany      = 429
)

// get asks, unless the same service failed a moment ago; the answer is a 2xx or a 404.
func (s *Source) get(ctx context.Context, r Request, of keyOf) (Answer, error) {
	if t, ok := s.troubles.get(of); ok && s.parts.Now().Before(t.Until) {
		return Answer{}, t
	}
	answer, err := s.parts.Fetcher.Get(ctx, r)
	switch {
	case err != nil && ctx.Err() != nil: // we gave up: that says nothing of the service
		return Answer{}, fmt.Errorf("asking for a Roblox account: %w", ctx.Err())
	case err != nil:
		return Answer{}, s.note(of, trouble(Unreachable), pause)
	case answer.Status == statusTooMany:
		return Answer{}, s.note(of, trouble(Limited), min(max(answer.RetryAfter, limitPause), longestPause))
	case !of.roblox && (answer.Status == statusUnauthorized || answer.Status == statusForbidden):
		return Answer{}, s.note(of, trouble(KeyRefused), keyPause)
	case answer.Status == statusNotFound, answer.Status >= 200 && answer.Status < 300:
		return answer, nil
	default:
		return Answer{}, s.note(of, trouble(Failing), pause)
	}
}

// note remembers a trouble and keeps the service from being asked for a while.
func (s *Source) note(of keyOf, t Trouble, pause time.Duration) Trouble {
	t.Roblox, t.Since = of.roblox, s.parts.Now()
	t.Until = t.Since.Add(pause)
	s.troubles.put(of, t, accountLife)
	return t
}

// isRobloxID wants decimal digits: the id goes into a URL.
func isRobloxID(id string) bool {
	return id != "" && len(id) <= 20 && strings.Trim(id, "0123456789") == "" && id != "0"
}

// short bounds a text of Roblox's: names have 20 characters there.
func short(text string) string {
	const most = 100 // characters
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}
