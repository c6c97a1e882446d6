package sandbox_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/sandbox"
)

const (
	clientID     = "1400000000000000201"
	clientSecret = "sandbox-client-secret"
	dashboard    = "http://127.0.0.1:8123/auth/callback"
	verifier     = "a-verifier-of-forty-three-characters-at-least-0"
)

// browser opens pages as one does at the desk: with cookies, and stopping where it is sent away.
type browser struct {
	t    *testing.T
	s    *sandbox.Server
	http *http.Client
}

func newBrowser(t *testing.T, s *sandbox.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, s: s, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is what the browser shows, or where it is sent.
type page struct {
	status int
	header http.Header
	text   string
	// shown is what follows the page's head.
	shown    string
	location *url.URL
}

func (b *browser) open(method, address string, form url.Values, header ...string) page {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, address, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	out := page{status: res.StatusCode, header: res.Header, text: string(body)}
	_, out.shown, _ = strings.Cut(out.text, "<main>")
	out.location, _ = res.Location()
	return out
}

// authorize is the page's address with these parameters; a value "-" leaves one out.
func (b *browser) authorize(more ...string) string {
	q := url.Values{"client_id": {clientID}, "redirect_uri": {dashboard}, "response_type": {"code"}, "scope": {"identify guilds"}}
	for i := 0; i+1 < len(more); i += 2 {
		if q.Set(more[i], more[i+1]); more[i+1] == "-" {
			q.Del(more[i])
		}
	}
	return b.s.URL() + "/oauth2/authorize?" + q.Encode()
}

// tokens calls the token endpoint.
func (b *browser) tokens(form url.Values, header ...string) answer {
	b.t.Helper()
	p := b.open("POST", b.s.URL()+"/api/oauth2/token", form, header...)
	out := answer{status: p.status, header: p.header, raw: p.text}
	_ = json.Unmarshal([]byte(p.text), &out.body)
	return out
}

func secretly(form url.Values) url.Values {
	form.Set("client_id", clientID)
	form.Set("client_secret", clientSecret)
	return form
}

func redeem(code string) url.Values {
	return secretly(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {dashboard}})
}

// get calls the API with a person's token, as a web server would: with the User-Agent of its library.
func (b *browser) get(path, token string) answer {
	b.t.Helper()
	p := b.open("GET", b.s.APIURL()+path, nil, "Authorization", "Bearer "+token)
	out := answer{status: p.status, header: p.header, raw: p.text}
	_ = json.Unmarshal([]byte(p.text), &out.body)
	return out
}

func oauthBench(t *testing.T) (*sandbox.Server, *browser) {
	t.Helper()
	s := start(t, sandbox.Config{RateLimits: sandbox.RateLimits{Off: true}})
	return s, newBrowser(t, s)
}

// consent lets a person agree without the page and gives the code.
func (b *browser) consent(user sandbox.ID, c sandbox.Consent) string {
	b.t.Helper()
	if c.ClientID == 0 {
		c.ClientID, c.RedirectURI = sandbox.DemoApplicationID, dashboard
	}
	address, err := b.s.Client().User(user).Authorize(b.t.Context(), c)
	if err != nil {
		b.t.Fatalf("authorizing: %v", err)
	}
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("code") == "" {
		b.t.Fatalf("went to %q: %v", address, err)
	}
	return u.Query().Get("code")
}

// TestS3SignInByThePage walks the whole flow with PKCE: page, person, consent, code, token, who am I, refresh, revoke.
func TestS3SignInByThePage(t *testing.T) {
	t.Parallel()
	s, b := oauthBench(t)
	sum := sha256.Sum256([]byte(verifier))
	address := b.authorize("scope", "identify email guilds", "state", "a state&more", "code_challenge_method", "S256",
		"code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	people := b.open("GET", address, nil)
	for _, want := range []string{"Who are you?", "Ryan", "Olga", "sandbox_user=" + sandbox.DemoOlgaID.String()} {
		if people.status != http.StatusOK || !strings.Contains(people.text, want) {
			t.Fatalf("the page lacks %q: %d %s", want, people.status, people.shown)
		}
	}
	consent := b.open("GET", address+"&sandbox_user="+sandbox.DemoOlgaID.String(), nil)
	for _, want := range []string{"Usher wants to access your account", "Signed in as <strong>Olga</strong>", "<code>email</code>", "127.0.0.1:8123", `value="cancel"`} {
		if !strings.Contains(consent.text, want) {
			t.Errorf("the page lacks %q: %s", want, consent.shown)
		}
	}
	styleAllowed(t, consent)
	gone := b.open("POST", address, url.Values{"user": {sandbox.DemoOlgaID.String()}, "action": {"authorize"}})
	if gone.status != http.StatusSeeOther || !strings.HasPrefix(gone.location.String(), dashboard+"?") || gone.location.Query().Get("state") != "a state&more" {
		t.Fatalf("sent to %v: %d %s", gone.location, gone.status, gone.text)
	}
	form := redeem(gone.location.Query().Get("code"))
	form.Set("code_verifier", verifier)
	got := b.tokens(form)
	if got.status != http.StatusOK || got.at("expires_in") != 604800.0 || got.text("token_type") != "Bearer" || got.text("scope") != "identify email guilds" {
		t.Fatalf("tokens: %d %s", got.status, got.raw)
	}
	if again := b.tokens(form); again.status != http.StatusBadRequest || again.text("error") != "invalid_grant" {
		t.Errorf("the code a second time: %d %s", again.status, again.raw)
	}
	access := got.text("access_token")
	if me := b.get("/users/@me", access); me.text("username") != "olga" || me.text("email") != "olga@example.com" || me.at("verified") != true {
		t.Errorf("me: %d %s", me.status, me.raw)
	}
	guilds := b.get("/users/@me/guilds?with_counts=true", access)
	if guilds.at("0.owner") != true || guilds.text("0.permissions") == "" || guilds.at("0.approximate_member_count") != 5.0 {
		t.Errorf("guilds: %d %s", guilds.status, guilds.raw)
	}
	info := b.get("/oauth2/@me", access)
	if info.text("user.username") != "olga" || info.text("application.id") != clientID || info.at("user.email") != nil || info.text("scopes.2") != "guilds" {
		t.Errorf("authorization: %d %s", info.status, info.raw)
	}
	renewed := b.tokens(secretly(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.text("refresh_token")}}))
	if renewed.status != http.StatusOK || renewed.text("access_token") == access || renewed.text("refresh_token") == got.text("refresh_token") {
		t.Fatalf("refreshing: %d %s", renewed.status, renewed.raw)
	}
	if old := b.tokens(secretly(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.text("refresh_token")}})); old.text("error") != "invalid_grant" {
		t.Errorf("the old refresh token: %d %s", old.status, old.raw)
	}
	if end := b.open("POST", s.APIURL()+"/oauth2/token/revoke", secretly(url.Values{"token": {access}, "token_type_hint": {"refresh_token"}})); end.status != http.StatusOK {
		t.Errorf("revoking: %d %s", end.status, end.text)
	}
	for _, token := range []string{access, renewed.text("access_token")} {
		b.get("/users/@me", token).refused(t, http.StatusUnauthorized, 0)
	}
	noFindings(t, s)
}

// styleAllowed holds that the page's own style passes its policy, and that nothing else does.
func styleAllowed(t *testing.T, p page) {
	t.Helper()
	_, rest, _ := strings.Cut(p.text, "<style>")
	style, _, found := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	policy := p.header.Get("Content-Security-Policy")
	if !found || !strings.Contains(policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the policy %q does not fit the style", policy)
	}
	if strings.Contains(p.text, "<script") {
		t.Error("the page has a script")
	}
}

// TestS3PageRefuses: nothing goes to an address that is not registered, and the page tells why.
func TestS3PageRefuses(t *testing.T) {
	t.Parallel()
	_, b := oauthBench(t)
	cases := []struct {
		name string
		more []string
		code string
	}{
		{"another host", []string{"redirect_uri", "https://evil.example/auth/callback"}, "invalid_request"},
		{"a host that begins the same", []string{"redirect_uri", "http://127.0.0.1.evil.example:80/x"}, "invalid_request"},
		{"a user before the host", []string{"redirect_uri", "http://127.0.0.1:80@evil.example:80/x"}, "invalid_request"},
		{"no port", []string{"redirect_uri", "http://127.0.0.1/x"}, "invalid_request"},
		{"no redirect_uri", []string{"redirect_uri", "-"}, "invalid_request"},
		{"unknown client", []string{"client_id", "5"}, "invalid_request"},
		{"client_id that is none", []string{"client_id", "<script>"}, "invalid_request"},
		{"no scope", []string{"scope", " "}, "invalid_scope"},
		{"unknown scope", []string{"scope", "identify everything"}, "invalid_scope"},
		{"scope that the sandbox lacks", []string{"scope", "rpc"}, "invalid_scope"},
		{"no response_type", []string{"response_type", "-"}, "invalid_request"},
		{"another response_type", []string{"response_type", "id_token"}, "unsupported_response_type"},
		{"unknown method of PKCE", []string{"code_challenge", verifier, "code_challenge_method", "S512"}, "invalid_request"},
		{"short challenge", []string{"code_challenge", "short"}, "invalid_request"},
		{"unknown prompt", []string{"prompt", "login"}, "invalid_request"},
		{"installation to a user", []string{"integration_type", "1"}, "invalid_request"},
		{"permissions in words", []string{"scope", "bot", "permissions", "all"}, "invalid_request"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, form := range []url.Values{nil, {"user": {sandbox.DemoOlgaID.String()}, "action": {"authorize"}}} {
				method := "GET"
				if form != nil {
					method = "POST"
				}
				p := b.open(method, b.authorize(c.more...), form)
				if p.status != http.StatusBadRequest || p.location != nil || !strings.Contains(p.text, "<code>"+c.code+"</code>") || strings.Contains(p.text, "<script>") {
					t.Errorf("%s: %d to %v: %s", method, p.status, p.location, p.shown)
				}
			}
		})
	}
	if p := b.open("POST", b.authorize(), url.Values{"user": {sandbox.DemoOlgaID.String()}, "action": {"authorize"}}, "Sec-Fetch-Site", "cross-site"); p.status != http.StatusForbidden {
		t.Errorf("a form of another site: %d %s", p.status, p.text)
	}
	if p := b.open("POST", b.authorize(), url.Values{"user": {clientID}, "action": {"authorize"}}); p.status != http.StatusBadRequest {
		t.Errorf("a bot as the person: %d %s", p.status, p.text)
	}
}

// TestS3Cancel: who says no is sent back with access_denied.
func TestS3Cancel(t *testing.T) {
	t.Parallel()
	_, b := oauthBench(t)
	p := b.open("POST", b.authorize("state", "s"), url.Values{"user": {sandbox.DemoRyanID.String()}, "action": {"cancel"}})
	if q := p.location.Query(); q.Get("error") != "access_denied" || q.Get("state") != "s" || q.Get("code") != "" {
		t.Errorf("sent to %v", p.location)
	}
}

// TestS3PromptNone: straight back for a person who agreed to all of it before, and the page for everybody else.
func TestS3PromptNone(t *testing.T) {
	t.Parallel()
	_, b := oauthBench(t)
	as := "&sandbox_user=" + sandbox.DemoRyanID.String()
	if p := b.open("GET", b.authorize("prompt", "none")+as, nil); p.status != http.StatusOK {
		t.Fatalf("before any consent: %d to %v", p.status, p.location)
	}
	b.consent(sandbox.DemoRyanID, sandbox.Consent{Scope: "identify guilds"})
	// The cookie tells who it is.
	if p := b.open("GET", b.authorize("prompt", "none"), nil); p.status != http.StatusSeeOther || p.location.Query().Get("code") == "" {
		t.Errorf("after the consent: %d to %v", p.status, p.location)
	}
	for name, more := range map[string][]string{
		"more scopes": {"prompt", "none", "scope", "identify guilds email"}, "prompt=consent": {"prompt", "consent"},
		"a bot": {"prompt", "none", "scope", "identify bot"},
	} {
		if p := b.open("GET", b.authorize(more...), nil); p.status != http.StatusOK {
			t.Errorf("%s: %d to %v", name, p.status, p.location)
		}
	}
	if p := b.open("GET", b.authorize("prompt", "none")+"&sandbox_user=0", nil); p.status != http.StatusOK || !strings.Contains(p.text, "Who are you?") {
		t.Errorf("nobody: %d to %v", p.status, p.location)
	}
}

// TestS3TokenEndpoint refuses what RFC 6749 and RFC 7636 refuse.
func TestS3TokenEndpoint(t *testing.T) {
	t.Parallel()
	s, b := oauthBench(t)
	fresh := func() string { return b.consent(sandbox.DemoRyanID, sandbox.Consent{Scope: "identify"}) }
	plain := func() string {
		return b.consent(sandbox.DemoRyanID, sandbox.Consent{Scope: "identify", CodeChallenge: verifier})
	}
	with := func(f url.Values, name, value string) url.Values { f.Set(name, value); return f }
	cases := []struct {
		name   string
		form   url.Values
		status int
		code   string
	}{
		{"wrong secret", with(redeem(fresh()), "client_secret", "wrong"), 401, "invalid_client"},
		{"no client", url.Values{"grant_type": {"authorization_code"}}, 401, "invalid_client"},
		{"unknown grant", secretly(url.Values{"grant_type": {"password"}}), 400, "unsupported_grant_type"},
		{"unknown code", redeem("nothing"), 400, "invalid_grant"},
		{"other redirect_uri", with(redeem(fresh()), "redirect_uri", "http://127.0.0.1:9/x"), 400, "invalid_grant"},
		{"verifier without challenge", with(redeem(fresh()), "code_verifier", verifier), 400, "invalid_grant"},
		{"challenge without verifier", redeem(plain()), 400, "invalid_grant"},
		{"wrong verifier", with(redeem(plain()), "code_verifier", verifier+"x"), 400, "invalid_grant"},
		{"right verifier", with(redeem(plain()), "code_verifier", verifier), 200, ""},
		{"unknown refresh token", secretly(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}), 400, "invalid_grant"},
		{"credentials without scope", secretly(url.Values{"grant_type": {"client_credentials"}}), 400, "invalid_scope"},
		{"credentials for a bot", secretly(url.Values{"grant_type": {"client_credentials"}, "scope": {"bot"}}), 400, "invalid_scope"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := b.tokens(c.form)
			if got.status != c.status || got.text("error") != c.code || c.code != "" && got.text("error_description") == "" {
				t.Errorf("answered %d %s, want %d %s", got.status, got.raw, c.status, c.code)
			}
		})
	}
	if got := b.tokens(redeem(fresh()), "Content-Type", "application/json"); got.status != http.StatusBadRequest || got.text("error") != "invalid_request" {
		t.Errorf("as JSON: %d %s", got.status, got.raw)
	}
	late := fresh()
	if err := s.Client().Advance(t.Context(), 11*time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := b.tokens(redeem(late)); got.text("error") != "invalid_grant" {
		t.Errorf("a code after eleven minutes: %d %s", got.status, got.raw)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(clientID+":"+clientSecret))
	own := b.tokens(url.Values{"grant_type": {"client_credentials"}, "scope": {"identify applications.commands.update"}}, "Authorization", basic)
	if own.status != http.StatusOK || own.at("refresh_token") != nil {
		t.Fatalf("client_credentials: %d %s", own.status, own.raw)
	}
	if me := b.get("/users/@me", own.text("access_token")); me.text("username") != "olga" {
		t.Errorf("client_credentials are for the owner: %s", me.raw)
	}
	if list := b.get(appPath+"/commands", own.text("access_token")); list.status != http.StatusOK {
		t.Errorf("commands with their scope: %d %s", list.status, list.raw)
	}
	if err := s.Client().Advance(t.Context(), 7*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	b.get("/users/@me", own.text("access_token")).refused(t, http.StatusUnauthorized, 0)
}

// TestS3Scopes: a token opens what its scopes name, and no bot's token opens what is people's.
func TestS3Scopes(t *testing.T) {
	t.Parallel()
	s, b := oauthBench(t)
	bot := newRawBot(t, s)
	all := []string{"identify", "email", "guilds", "guilds.members.read", "connections", "openid"}
	calls := map[string]string{
		"/users/@me": "identify", "/users/@me/guilds": "guilds", "/users/@me" + guildPath + "/member": "guilds.members.read",
		"/users/@me/connections": "connections", "/oauth2/userinfo": "openid",
	}
	for path, scope := range calls {
		for _, have := range all {
			access := b.tokens(redeem(b.consent(sandbox.DemoMiaID, sandbox.Consent{Scope: have}))).text("access_token")
			if got := b.get(path, access); have == scope && got.status != http.StatusOK {
				t.Errorf("%s with %s: %d %s", path, have, got.status, got.raw)
			} else if have != scope {
				got.refused(t, http.StatusForbidden, 50026)
			}
			b.get("/users/1400000000000000104", access).refused(t, http.StatusUnauthorized, 0)
		}
	}
	for _, path := range []string{"/oauth2/@me", "/oauth2/userinfo", "/users/@me/connections", "/users/@me" + guildPath + "/member"} {
		bot.call("GET", path, nil).refused(t, http.StatusUnauthorized, 0)
	}
	access := b.tokens(redeem(b.consent(sandbox.DemoMiaID, sandbox.Consent{Scope: "identify guilds guilds.members.read"}))).text("access_token")
	if me := b.get("/users/@me", access); me.at("email") != nil {
		t.Errorf("the address without its scope: %s", me.raw)
	}
	if member := b.get("/users/@me"+guildPath+"/member", access); member.text("roles.0") != sandbox.DemoStaffRoleID.String() {
		t.Errorf("member: %s", member.raw)
	}
	b.get("/users/@me/guilds/5/member", access).refused(t, http.StatusNotFound, 10004)
	if guilds := b.get("/users/@me/guilds", access); guilds.at("0.owner") != false {
		t.Errorf("guilds: %s", guilds.raw)
	}
	noFindings(t, s)
}

// twoServers is the demo's world and a second server of Olga's without the bot, where Ryan may manage and not ban.
func twoServers() sandbox.Seed {
	seed := sandbox.DefaultSeed()
	seed.Guilds = append(seed.Guilds, sandbox.SeedGuild{
		ID: 1400000000000000301, Name: "Second", Owner: "Olga", Roles: []sandbox.SeedRole{{Name: "Manager", Permissions: 1 << 5}},
		Members:  []sandbox.SeedMember{{User: "Ryan", Roles: []string{"Manager"}}, {User: "Noor"}},
		Channels: []sandbox.SeedChannel{{Name: "talk"}},
	})
	return seed
}

// TestS3AddBot adds the bot to a server by the page: choosing the server, dropping a permission.
func TestS3AddBot(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{Seed: twoServers(), RateLimits: sandbox.RateLimits{Off: true}})
	b, bot := newBrowser(t, s), newRawBot(t, s)
	g := bot.connect(allIntents)
	address := b.authorize("scope", "bot applications.commands identify", "permissions", "3076", "guild_id", "1400000000000000301")
	p := b.open("GET", address+"&sandbox_user="+sandbox.DemoRyanID.String(), nil)
	for _, want := range []string{`<option value="1400000000000000301" selected>Second`, "Ban members", "Send messages", "View channel"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page lacks %q: %s", want, p.shown)
		}
	}
	if strings.Contains(p.text, "Arcade") {
		t.Error("the page offers a server that Ryan does not manage")
	}
	if other := b.open("GET", address+"&sandbox_user="+sandbox.DemoNoorID.String(), nil); !strings.Contains(other.text, "may not add bots") || strings.Contains(other.text, `value="authorize">`) {
		t.Errorf("Noor may add bots nowhere: %s", other.shown)
	}
	answer := func(user sandbox.ID) page {
		return b.open("POST", address, url.Values{
			"user": {user.String()}, "action": {"authorize"}, "guild_id": {"1400000000000000301"}, "permission": {"4", "1024", "8"},
		})
	}
	if no := answer(sandbox.DemoNoorID); no.status != http.StatusBadRequest || !strings.Contains(no.text, "MANAGE_GUILD") {
		t.Errorf("without the right: %d %s", no.status, no.text)
	}
	bot.call("GET", "/guilds/1400000000000000301", nil).refused(t, http.StatusForbidden, 50001)
	yes := answer(sandbox.DemoRyanID)
	// Administrator (8) was not asked for, SEND_MESSAGES (2048) not given.
	if q := yes.location.Query(); q.Get("guild_id") != "1400000000000000301" || q.Get("permissions") != "1028" {
		t.Fatalf("sent to %v", yes.location)
	}
	if tokens := b.tokens(redeem(yes.location.Query().Get("code"))); tokens.text("guild.id") != "1400000000000000301" {
		t.Errorf("tokens: %d %s", tokens.status, tokens.raw)
	}
	if made := g.next("GUILD_CREATE"); made.text("id") != "1400000000000000301" || made.text("name") != "Second" || made.text("channels.0.name") != "talk" {
		t.Errorf("GUILD_CREATE: %s", made.raw)
	}
	me := bot.must("GET", "/guilds/1400000000000000301/members/"+clientID, nil)
	role := bot.must("GET", "/guilds/1400000000000000301/roles/"+me.text("roles.0"), nil)
	// Ryan has no BAN_MEMBERS to give.
	if role.text("permissions") != "1024" || role.at("managed") != true || role.text("tags.bot_id") != clientID || role.at("position") != 1.0 {
		t.Errorf("the role: %s", role.raw)
	}
	bot.must("DELETE", "/users/@me/guilds/1400000000000000301", nil)
	plain := "/oauth2/authorize?client_id=" + clientID + "&scope=bot&permissions=0"
	end := b.open("POST", s.URL()+plain, url.Values{"user": {sandbox.DemoOlgaID.String()}, "action": {"authorize"}, "guild_id": {"1400000000000000301"}})
	if end.status != http.StatusOK || !strings.Contains(end.text, "Usher was added") {
		t.Errorf("without redirect_uri: %d %s", end.status, end.text)
	}
	if me := bot.must("GET", "/guilds/1400000000000000301/members/"+clientID, nil); me.at("roles.0") != nil {
		t.Errorf("a bot that was given nothing has a role: %s", me.raw)
	}
	noFindings(t, s)
}

// TestS3Consent: the control API's way to consent, and its refusals.
func TestS3Consent(t *testing.T) {
	t.Parallel()
	s, _ := oauthBench(t)
	ryan := s.Client().User(sandbox.DemoRyanID)
	ask := sandbox.Consent{ClientID: sandbox.DemoApplicationID, RedirectURI: dashboard, Scope: "identify", State: "s", Deny: true}
	got, err := ryan.Authorize(t.Context(), ask)
	if err != nil || !strings.Contains(got, "error=access_denied") || !strings.HasSuffix(got, "state=s") {
		t.Errorf("denying: %q, %v", got, err)
	}
	implicit := ask
	implicit.Deny, implicit.ResponseType = false, "token"
	if got, err = ryan.Authorize(t.Context(), implicit); err != nil || !strings.HasPrefix(got, dashboard+"#access_token=") {
		t.Errorf("implicit grant: %q, %v", got, err)
	}
	var refused *sandbox.Refused
	ask.RedirectURI = "https://example.com/"
	if _, err = ryan.Authorize(t.Context(), ask); !errors.As(err, &refused) || refused.Field != "invalid_request" || !strings.Contains(refused.Text, "not registered") {
		t.Errorf("an unregistered address: %v", err)
	}
	if _, err = s.Client().User(5).Authorize(t.Context(), ask); !errors.As(err, &refused) || refused.Status != http.StatusNotFound {
		t.Errorf("nobody: %v", err)
	}
	if err := s.Client().Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestS11NoTokensOfPeople: no code, token or secret stays with the witness, and faults strike the token endpoint too.
func TestS11NoTokensOfPeople(t *testing.T) {
	t.Parallel()
	s, b := oauthBench(t)
	bot := newRawBot(t, s)
	if _, err := s.Client().FailNext(t.Context(), "POST", "/oauth2/token", 1, http.StatusServiceUnavailable, 0); err != nil {
		t.Fatal(err)
	}
	code := b.consent(sandbox.DemoNoorID, sandbox.Consent{Scope: "identify guilds.join"})
	if got := b.tokens(redeem(code)); got.status != http.StatusServiceUnavailable {
		t.Errorf("the fault: %d %s", got.status, got.raw)
	}
	asJSON := &rawBot{t: t, s: s}
	asJSON.call("POST", "/oauth2/token", object{"client_secret": clientSecret, "code": code})
	tokens := b.tokens(redeem(code))
	access, refresh := tokens.text("access_token"), tokens.text("refresh_token")
	b.get("/users/@me", access)
	bot.call("PUT", guildPath+"/members/"+sandbox.DemoNoorID.String(), object{"access_token": access})
	calls, err := s.Client().Calls(t.Context(), sandbox.CallFilter{})
	if err != nil || len(calls) < 5 {
		t.Fatalf("calls: %v, %v", calls, err)
	}
	findings, err := s.Client().Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told, err := json.Marshal([]any{calls, findings})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{code, access, refresh, clientSecret} {
		if secret == "" || strings.Contains(string(told), secret) {
			t.Errorf("the witness tells %q", secret)
		}
	}
}
