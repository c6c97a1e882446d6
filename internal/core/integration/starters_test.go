package integration_test

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// service is a stand-in for what a template asks: one address, the header that it wants, and its answers in the real one's shape.
type service struct {
	url, header, value string
	nobody             string // what it answers for somebody unknown
	status             int    // with this status
	want, wantNobody   map[string]string
}

func services() map[string]service {
	offline := map[string]string{
		"fivem_name": "not online", "fivem_id": "not online", "fivem_ping": "not online", "fivem_license": "not online", "fivem_steam": "not linked", "fivem_players": "0",
	}
	return map[string]service{
		"game-lookup": {
			url: "https://game.example.com/lookup?user=585576154958921739", header: "Authorization", value: "value of api_key", nobody: `{}`, status: 200,
			want:       map[string]string{"online_status": "Online", "username": "Ryan", "account_created_year": "2019", "high_score": "3000", "last_score": "400"},
			wantNobody: map[string]string{"online_status": "N/A", "username": "N/A", "account_created_year": "N/A", "high_score": "N/A", "last_score": "N/A"},
		},
		"crypto-price": {
			url:    "https://api.coingecko.com/api/v3/simple/price?ids=bitcoin,ethereum&vs_currencies=usd,eur&include_24hr_change=true",
			nobody: `{"status":{"error_code":429,"error_message":"You've exceeded the Rate Limit."}}`, status: 429,
			want:       map[string]string{"bitcoin_usd": "67187.33", "bitcoin_eur": "61911.2", "bitcoin_change": "3.637278946773539", "ethereum_usd": "3480.5", "ethereum_eur": "3207.1"},
			wantNobody: map[string]string{"bitcoin_usd": "N/A", "bitcoin_eur": "N/A", "bitcoin_change": "N/A", "ethereum_usd": "N/A", "ethereum_eur": "N/A"},
		},
		"github-user": {
			url: "https://api.github.com/users/ryan", header: "Authorization", value: "Bearer value of github_token",
			nobody: `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`, status: 404,
			want: map[string]string{
				"github_login": "octocat", "github_name": "The Octocat", "github_url": "https://github.com/octocat", "github_repositories": "8", "github_followers": "21000", "github_since": "2011-01-25T18:44:36Z",
			},
			wantNobody: map[string]string{"github_login": "N/A", "github_name": "N/A", "github_url": "N/A", "github_repositories": "N/A", "github_followers": "N/A", "github_since": "N/A"},
		},
		"steam": {
			url:    "https://api.steampowered.com/ISteamUser/ResolveVanityURL/v1/?key=value%20of%20steam_key&vanityurl=ryan",
			nobody: `{"response":{"success":42,"message":"No match"}}`, status: 200,
			want: map[string]string{"steam_id": "76561197960287930"}, wantNobody: map[string]string{"steam_id": "not found"},
		},
		"minecraft": {
			url:    "https://api.mojang.com/users/profiles/minecraft/ryan",
			nobody: `{"path":"/users/profiles/minecraft/ryan","errorMessage":"Couldn't find any profile with name ryan"}`, status: 404,
			want:       map[string]string{"minecraft_name": "jeb_", "minecraft_uuid": "853c80ef3c3749fdaa49938b674adae6"},
			wantNobody: map[string]string{"minecraft_name": "not found", "minecraft_uuid": "not found"},
		},
		"fivem": {
			url:    "https://servers-frontend.fivem.net/api/servers/single/value%20of%20server_code",
			nobody: `{"EndPoint":"ab12cd","Data":{"clients":0,"hostname":"Los Santos","players":[]}}`, status: 200,
			want: map[string]string{
				"fivem_name": "Ryan", "fivem_id": "7", "fivem_ping": "38", "fivem_license": "license:aaaa", "fivem_steam": "steam:11000010abcdef0", "fivem_players": "2",
			},
			wantNobody: offline,
		},
	}
}

// ask sends the template's request through the real pipeline to the stand-in, which answers only what it would answer.
func (s service) ask(t *testing.T, draft integration.Integration, status int, body string) map[string]string {
	t.Helper()
	o := newOffice()
	o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) {
		if c.URL.Reveal() != s.url || c.Method != integration.GET || c.Body != nil {
			t.Errorf("%s %s, want %s", c.Method, c.URL.Reveal(), s.url)
		}
		given := ""
		for _, h := range c.Headers {
			if h.Name == s.header {
				given = h.Value.Reveal()
			}
		}
		if given != s.value {
			t.Errorf("%s: %q, want %q", s.header, given, s.value)
		}
		return integration.Reply{Status: status, Body: []byte(body)}, nil
	}
	about := trial(draft)
	about.Subject.Name, about.Subject.User = "ryan", 585576154958921739
	about.Secrets = map[string]secret.Value{}
	for _, one := range draft.Secrets {
		about.Secrets[one.Name] = secret.New("value of " + one.Name)
	}
	shown := map[string]string{}
	for _, y := range o.try(t, about).Yields {
		shown[y.Name] = y.Shown
		if !y.Missing {
			shown[y.Name] = y.Text
		}
	}
	return shown
}

// TestI36EveryTemplateWorks: each is saved as it is, and gives its values from an answer in the real service's shape, and its fallbacks
// where the member is not known there.
func TestI36EveryTemplateWorks(t *testing.T) {
	t.Parallel()
	services := services()
	for _, s := range integration.Starters() {
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			service, ok := services[s.ID]
			if !ok {
				t.Fatal("there is no stand-in for it")
			}
			if err := s.Draft.Check(integration.DefaultLimits(), openGuard{}); err != nil {
				t.Fatal(err)
			}
			if !json.Valid([]byte(s.Example)) {
				t.Error("the example is no JSON")
			}
			if diff := cmp.Diff(service.want, service.ask(t, s.Draft, 200, s.Example)); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			for _, p := range s.Draft.Placeholders {
				if p.Sample != service.want[p.Name] {
					t.Errorf("the sample of %s is %q, which its own example does not give: %q", p.Name, p.Sample, service.want[p.Name])
				}
			}
			if diff := cmp.Diff(service.wantNobody, service.ask(t, s.Draft, service.status, service.nobody)); diff != "" {
				t.Errorf("values of somebody unknown (-want +got):\n%s", diff)
			}
		})
	}
}

func TestI36TemplatesSayWhatToDo(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, s := range integration.Starters() {
		if ids[s.ID] || !regexp.MustCompile(`^[a-z][a-z-]+$`).MatchString(s.ID) {
			t.Errorf("id %q", s.ID)
		}
		ids[s.ID] = true
		for _, one := range s.Draft.Secrets {
			if one.Description == "" {
				t.Errorf("%s: nobody is told what %s is", s.ID, one.Name)
			}
		}
		for _, text := range s.Fill {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q is no sentence", s.ID, text)
			}
		}
	}
	integration.Starters()[0].Draft.Placeholders[0].Name = "changed"
	if integration.Starters()[0].Draft.Placeholders[0].Name == "changed" {
		t.Error("a caller's change is everybody's")
	}
}

// TestI38TheCryptocurrencyPriceIsAskedWithNothingAboutTheMember: two members, in two tickets, cause one and the same request.
func TestI38TheCryptocurrencyPriceIsAskedWithNothingAboutTheMember(t *testing.T) {
	t.Parallel()
	all := integration.Starters()
	at := slices.IndexFunc(all, func(s integration.Starter) bool { return s.ID == "crypto-price" })
	if at < 0 {
		t.Fatal("there is no such template")
	}
	o := newOffice()
	o.answers(200, all[at].Example)
	about := trial(all[at].Draft)
	about.Subject.User, about.Subject.Name, about.Subject.Locale = 585576154958921739, "ryan-canary", "pt-BR"
	about.Subject.Ticket, about.Subject.Channel = 987654, 1400000000000000777
	about.Subject.Answers = []integration.Answer{{Question: "What?", Text: "answer-canary"}}
	o.try(t, about)
	about.Subject = integration.Subject{Guild: about.Subject.Guild, User: 7, Name: "mia"}
	o.try(t, about)
	var sent []string
	for _, c := range o.world.seen() {
		text := string(c.Method) + " " + c.URL.Reveal() + " " + string(c.Body)
		for _, h := range c.Headers {
			if !strings.HasPrefix(strings.ToLower(h.Name), "webhook-") { // the signature's, of moment and chance
				text += "\n" + h.Name + ": " + h.Value.Reveal()
			}
			for _, told := range []string{"585576154958921739", "ryan-canary", "pt-BR", "987654", "1400000000000000777", "answer-canary"} {
				if strings.Contains(text+h.Value.Reveal(), told) {
					t.Errorf("%q is told", told)
				}
			}
		}
		sent = append(sent, text)
	}
	if len(sent) != 2 || sent[0] != sent[1] {
		t.Errorf("sent were %q", sent)
	}
}
