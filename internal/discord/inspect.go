package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"

	"usher/internal/core/fault"
	"usher/internal/core/firstrun"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/discord/connect"
)

// InspectorConfig is what looking at Discord needs before there is a bot.
type InspectorConfig struct {
	APIURL   string // Discord's, or something that speaks it
	Pictures string // where Discord's pictures are, such as https://cdn.discordapp.com
	Version  string // of Usher, for the User-Agent
	Now      func() time.Time
}

// Inspector asks Discord about tokens, secrets and servers by single requests; it signs nobody in and keeps nothing.
type Inspector struct {
	InspectorConfig
	http *http.Client
}

var _ firstrun.Discord = (*Inspector)(nil)

// Limits of one question. A page of servers has at most 200 entries.
const (
	inspectTime = 8 * time.Second
	inspectBody = 1 << 20
	guildPage   = 200
	guildPages  = 50
)

// neededPermissions is what the bot is invited with: a bot may give in a channel only what it has itself.
const neededPermissions = botPermissions | discord.PermissionManageRoles

// NewInspector prepares the questions; nothing is asked yet.
func NewInspector(c InspectorConfig) *Inspector {
	c.APIURL = strings.TrimRight(c.APIURL, "/")
	return &Inspector{InspectorConfig: c, http: &http.Client{
		Timeout: inspectTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// inspectedUser is a user in Discord's answers.
type inspectedUser struct {
	ID         snowflake.User `json:"id"`
	Username   string         `json:"username"`
	GlobalName *string        `json:"global_name"`
	Avatar     *string        `json:"avatar"`
}

func (i *Inspector) person(u inspectedUser) firstrun.Person {
	p := firstrun.Person{ID: u.ID, Name: u.Username, Shown: u.Username}
	if u.GlobalName != nil && *u.GlobalName != "" {
		p.Shown = *u.GlobalName
	}
	switch {
	case u.Avatar != nil && *u.Avatar != "":
		p.Picture = i.Pictures + "/avatars/" + u.ID.String() + "/" + *u.Avatar + ".png?size=128"
	case !u.ID.IsZero():
		// The default pictures of accounts without a discriminator: https://discord.com/developers/docs/reference#image-formatting
		p.Picture = i.Pictures + "/embed/avatars/" + strconv.FormatUint((uint64(u.ID)>>22)%6, 10) + ".png"
	}
	return p
}

// inspectedApplication is GET /applications/@me.
type inspectedApplication struct {
	ID              snowflake.Application `json:"id"`
	Name            string                `json:"name"`
	Flags           uint64                `json:"flags"`
	CodeGrant       bool                  `json:"bot_require_code_grant"`
	InteractionsURL *string               `json:"interactions_endpoint_url"`
	Redirects       []string              `json:"redirect_uris"`
	Owner           inspectedUser         `json:"owner"`
	Team            *struct {
		Owner   snowflake.User `json:"owner_user_id"`
		Members []struct {
			User inspectedUser `json:"user"`
		} `json:"members"`
	} `json:"team"`
}

// Application implements firstrun.Discord.
// https://discord.com/developers/docs/resources/application#get-current-application
func (i *Inspector) Application(ctx context.Context, token secret.Value) (firstrun.Application, error) {
	if err := connect.CheckToken(token.Reveal()); err != nil {
		return firstrun.Application{}, fault.New(fault.Invalid, "token_refused",
			"This is not a bot token: it has three parts with dots between them. Copy it on the page Bot with Reset Token, not the client secret or the public key.")
	}
	var a inspectedApplication
	if err := i.get(ctx, "/applications/@me", token, &a); err != nil {
		return firstrun.Application{}, err
	}
	var bot inspectedUser
	if err := i.get(ctx, "/users/@me", token, &bot); err != nil {
		return firstrun.Application{}, err
	}
	return firstrun.Application{
		ID: a.ID, Name: a.Name, Bot: i.person(bot), Owner: i.owner(a), Redirects: a.Redirects, Findings: findings(a, intents),
	}, nil
}

// owner is the person behind the application: a team stands as a user of its own there, and names its owner apart.
func (i *Inspector) owner(a inspectedApplication) firstrun.Person {
	if a.Team == nil {
		return i.person(a.Owner)
	}
	for _, m := range a.Team.Members {
		if m.User.ID == a.Team.Owner {
			return i.person(m.User)
		}
	}
	return firstrun.Person{ID: a.Team.Owner, Name: a.Team.Owner.String(), Shown: a.Team.Owner.String()}
}

// findings are what about an application gets in Usher's way, which listens to the events of given intents.
func findings(a inspectedApplication, listens gateway.Intents) []firstrun.Finding {
	var all []firstrun.Finding
	if a.InteractionsURL != nil && *a.InteractionsURL != "" {
		all = append(all, firstrun.Finding{
			Code: "interactions_url", Link: firstrun.PortalURL(a.ID, "information"),
			Text: "The application has an interactions endpoint URL, so Discord sends all presses of buttons there and Usher never hears of them. Empty that field.",
		})
	}
	if a.CodeGrant {
		all = append(all, firstrun.Finding{
			Code: "code_grant", Link: firstrun.PortalURL(a.ID, "bot"),
			Text: "\"Requires OAuth2 Code Grant\" is on, so the invite link does not work. Switch it off.",
		})
	}
	for _, p := range privileged() {
		if listens.Has(p.intent) && a.Flags&p.flags == 0 {
			all = append(all, firstrun.Finding{
				Code: "intent_missing", Link: firstrun.PortalURL(a.ID, "bot"),
				Text: "The privileged intent \"" + p.name + "\" is off, and Usher cannot sign in without it. Switch it on.",
			})
		}
	}
	return all
}

// privilegedIntent is one that has to be switched on in the portal: then an application has one of the flags.
type privilegedIntent struct {
	intent gateway.Intents
	flags  uint64
	name   string
}

// privileged lists them. https://discord.com/developers/docs/resources/application#application-object-application-flags
func privileged() []privilegedIntent {
	return []privilegedIntent{
		{gateway.IntentGuildPresences, 1<<12 | 1<<13, "Presence Intent"},
		{gateway.IntentGuildMembers, 1<<14 | 1<<15, "Server Members Intent"},
		{gateway.IntentMessageContent, 1<<18 | 1<<19, "Message Content Intent"},
	}
}

// CheckSecret implements firstrun.Discord: only the application's own secret gets a token for its owner, which is given back at once.
// https://discord.com/developers/docs/topics/oauth2#client-credentials-grant
func (i *Inspector) CheckSecret(ctx context.Context, a snowflake.Application, clientSecret secret.Value) error {
	var granted struct {
		Token string `json:"access_token"`
	}
	status, body, err := i.post(ctx, "/oauth2/token", url.Values{"grant_type": {"client_credentials"}, "scope": {"identify"}}, a, clientSecret)
	switch {
	case err != nil:
		return unasked("checking the client secret", err)
	case status == http.StatusUnauthorized || status == http.StatusBadRequest && strings.Contains(string(body), "invalid_client"):
		return fault.New(fault.Invalid, "secret_refused",
			"Discord does not take this as the client secret of this application. Copy it on the page OAuth2 with Reset Secret.")
	case status != http.StatusOK || json.Unmarshal(body, &granted) != nil || granted.Token == "":
		return unasked("checking the client secret", fmt.Errorf("status %d", status))
	}
	// It ends by itself in some days where this fails.
	_, _, _ = i.post(ctx, "/oauth2/token/revoke", url.Values{"token": {granted.Token}, "token_type_hint": {"access_token"}}, a, clientSecret)
	return nil
}

func (i *Inspector) post(ctx context.Context, path string, form url.Values, a snowflake.Application, clientSecret secret.Value) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.APIURL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, withoutURL(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(a.String(), clientSecret.Reveal())
	status, _, body, err := i.do(r)
	return status, body, err
}

// User implements firstrun.Discord. https://discord.com/developers/docs/resources/user#get-user
func (i *Inspector) User(ctx context.Context, token secret.Value, id snowflake.User) (firstrun.Person, error) {
	var u inspectedUser
	if err := i.get(ctx, "/users/"+id.String(), token, &u); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return firstrun.Person{}, fault.New(fault.Invalid, "user_unknown", "Discord knows nobody with this id.")
		}
		return firstrun.Person{}, err
	}
	return i.person(u), nil
}

// Guilds implements firstrun.Discord. https://discord.com/developers/docs/resources/user#get-current-user-guilds
func (i *Inspector) Guilds(ctx context.Context, token secret.Value) ([]firstrun.Guild, error) {
	var all []firstrun.Guild
	after := snowflake.Guild(0)
	for range guildPages {
		var page []struct {
			ID          snowflake.Guild     `json:"id"`
			Name        string              `json:"name"`
			Icon        *string             `json:"icon"`
			Permissions discord.Permissions `json:"permissions"`
		}
		if err := i.get(ctx, "/users/@me/guilds?limit="+strconv.Itoa(guildPage)+"&after="+after.String(), token, &page); err != nil {
			return nil, err
		}
		for _, g := range page {
			one := firstrun.Guild{ID: g.ID, Name: g.Name, Missing: lacking(g.Permissions)}
			if g.Icon != nil && *g.Icon != "" {
				one.Icon = i.Pictures + "/icons/" + g.ID.String() + "/" + *g.Icon + ".png?size=128"
			}
			all, after = append(all, one), g.ID
		}
		if len(page) < guildPage {
			break
		}
	}
	return all, nil
}

// lacking names the needed permissions that are not among what the bot has in a server.
func lacking(has discord.Permissions) []string {
	if has.Has(discord.PermissionAdministrator) {
		return nil
	}
	var names []string
	for _, p := range permissionNames() {
		if neededPermissions.Has(p.permission) && !has.Has(p.permission) {
			names = append(names, p.name)
		}
	}
	return names
}

type permissionName struct {
	permission discord.Permissions
	name       string
}

// permissionNames are Discord's own words for what Usher may need.
func permissionNames() []permissionName {
	return []permissionName{
		{discord.PermissionViewChannel, "View Channels"},
		{discord.PermissionManageChannels, "Manage Channels"},
		{discord.PermissionManageRoles, "Manage Roles"},
		{discord.PermissionSendMessages, "Send Messages"},
		{discord.PermissionEmbedLinks, "Embed Links"},
		{discord.PermissionAttachFiles, "Attach Files"},
		{discord.PermissionAddReactions, "Add Reactions"},
		{discord.PermissionManageMessages, "Manage Messages"},
		{discord.PermissionReadMessageHistory, "Read Message History"},
	}
}

// InviteURL implements firstrun.Discord.
func (i *Inspector) InviteURL(a snowflake.Application) string {
	site, _, _ := strings.Cut(i.APIURL, "/api")
	return inviteURL(site, a, 0)
}

// inviteURL is where a person adds the bot to a server, to a given one unless g is zero. Permissions are a decimal number there.
// https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow
func inviteURL(site string, a snowflake.Application, g snowflake.Guild) string {
	q := url.Values{
		"client_id": {a.String()}, "scope": {"bot applications.commands"}, "permissions": {strconv.FormatInt(int64(neededPermissions), 10)},
	}
	if !g.IsZero() {
		q.Set("guild_id", g.String())
		q.Set("disable_guild_select", "true")
	}
	return site + "/oauth2/authorize?" + q.Encode()
}

// Skew is how far this machine's clock is ahead of Discord's, to about a second. Errors: Unavailable.
func (i *Inspector) Skew(ctx context.Context) (time.Duration, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.APIURL+"/gateway", nil)
	if err != nil {
		return 0, unasked("asking Discord for its time", withoutURL(err))
	}
	before := i.Now()
	_, header, _, err := i.do(r)
	if err != nil {
		return 0, unasked("asking Discord for its time", err)
	}
	now := i.Now()
	theirs, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0, unasked("asking Discord for its time", errors.New("its answer has no date"))
	}
	return before.Add(now.Sub(before) / 2).Sub(theirs.Add(time.Second / 2)), nil
}

// Limits of waiting where Discord asks to slow down.
const (
	slowestWait = 3 * time.Second
	slowTries   = 3
)

// get reads one thing with a bot's token. Where Discord asks for a short wait it waits.
func (i *Inspector) get(ctx context.Context, path string, token secret.Value, into any) error {
	doing := "asking Discord for " + path
	for try := 1; ; try++ {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.APIURL+path, nil)
		if err != nil {
			return unasked(doing, withoutURL(err))
		}
		r.Header.Set("Authorization", "Bot "+token.Reveal())
		status, header, body, err := i.do(r)
		if err != nil {
			return unasked(doing, err)
		}
		if status == http.StatusTooManyRequests {
			seconds, err := strconv.ParseFloat(header.Get("Retry-After"), 64)
			pause := time.Duration(seconds * float64(time.Second))
			if err == nil && try < slowTries && pause >= 0 && pause <= slowestWait && paused(ctx, pause) {
				continue
			}
			return fault.New(fault.Unavailable, "discord_busy", "Discord asks us to slow down. Try again in a minute.").Because(errors.New(doing))
		}
		return judged(doing, status, body, into)
	}
}

// paused waits, and reports false where ctx ends before.
func paused(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// judged reads an answer.
func judged(doing string, status int, body []byte, into any) error {
	switch {
	case status == http.StatusUnauthorized:
		return fault.New(fault.Invalid, "token_refused", "Discord does not take this token. Make a new one on the page Bot with Reset Token, and copy it whole.")
	case status == http.StatusNotFound:
		return fault.New(fault.NotFound, "not_found", "Discord does not know this.")
	case status != http.StatusOK:
		return unasked(doing, fmt.Errorf("status %d", status))
	}
	if err := json.Unmarshal(body, into); err != nil {
		return unasked(doing, errors.New("its answer is not the JSON that was expected"))
	}
	return nil
}

// do makes a request and reads its answer within bounds. The error holds no address.
func (i *Inspector) do(r *http.Request) (status int, header http.Header, body []byte, err error) {
	r.Header.Set("User-Agent", userAgent(i.Version))
	res, err := i.http.Do(r)
	if err != nil {
		return 0, nil, nil, withoutURL(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end or given up
	body, err = io.ReadAll(io.LimitReader(res.Body, inspectBody))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("reading the answer: %w", err)
	}
	return res.StatusCode, res.Header, body, nil
}

// unasked is a question that got no answer of Discord's.
func unasked(doing string, err error) error {
	return fault.New(fault.Unavailable, "discord_unreachable", "Discord cannot be asked just now. Check the network of the machine that Usher runs on, and try again.").
		Because(fmt.Errorf("%s: %w", doing, err))
}
