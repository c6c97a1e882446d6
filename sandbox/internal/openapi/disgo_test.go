package openapi

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"
)

// recorded is a request as it arrived.
type recorded struct {
	method, path, contentType string
	body                      []byte
}

// What an unmodified disgo sends is right by the description (S-13): a judge
// that refused it would be at fault.
func TestS9DisgoRequestsAreRight(t *testing.T) {
	j := discordSpec(t)
	var mu sync.Mutex
	var got []recorded
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		got = append(got, recorded{r.Method, r.URL.Path, r.Header.Get("Content-Type"), body})
		mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	api := rest.New(rest.NewClient("token", rest.WithURL(server.URL), rest.WithLogger(slog.New(slog.DiscardHandler)),
		rest.WithRateLimiter(rest.NewNoopRateLimiter())))
	calls := disgoCalls(api)
	for _, call := range calls {
		call() // the answer is empty, so most report an error of their own
	}
	if len(got) != len(calls) {
		t.Fatalf("%d calls sent %d requests", len(calls), len(got))
	}
	for _, r := range got {
		route := findRoute(j, r.method, r.path)
		if route == "" {
			t.Errorf("no route for %s %s", r.method, r.path)
			continue
		}
		if p := j.CheckRequest(r.method, route, r.contentType, r.body); len(p) != 0 {
			t.Errorf("%s %s %s: %v", r.method, r.path, r.body, p)
		}
	}
}

func disgoCalls(api rest.Rest) []func() {
	const id = snowflake.ID(1)
	message := discord.NewMessageCreate().WithContent("hello").
		AddEmbeds(discord.NewEmbed().WithTitle("t").WithDescription("d").AddField("n", "v", true)).
		AddActionRow(discord.NewPrimaryButton("b", "id"), discord.NewLinkButton("l", "https://example.org"))
	modal := discord.NewModalCreate("m", "title", discord.NewLabel("label", discord.NewShortTextInput("c")))
	name := "renamed"
	return []func(){
		func() { _, _ = api.CreateMessage(id, message) },
		func() {
			_, _ = api.CreateMessage(id, discord.NewMessageCreate().WithContent("f").AddFile("a.txt", "", strings.NewReader("x")))
		},
		func() {
			_, _ = api.UpdateMessage(id, id, discord.NewMessageUpdate().WithContent("edited"))
		},
		func() {
			_, _ = api.CreateGuildChannel(id, discord.GuildTextChannelCreate{Name: "ticket-1", ParentID: id, PermissionOverwrites: []discord.PermissionOverwrite{
				discord.RolePermissionOverwrite{RoleID: id, Deny: discord.PermissionViewChannel},
				discord.MemberPermissionOverwrite{UserID: id, Allow: discord.PermissionViewChannel | discord.PermissionSendMessages},
			}})
		},
		func() { _, _ = api.UpdateChannel(id, discord.GuildTextChannelUpdate{Name: &name}) },
		func() {
			allow := discord.PermissionViewChannel
			_ = api.UpdatePermissionOverwrite(id, id, discord.MemberPermissionOverwriteUpdate{Allow: &allow})
		},
		func() {
			_, _ = api.CreateThread(id, discord.GuildPrivateThreadCreate{Name: "thread", AutoArchiveDuration: discord.AutoArchiveDuration24h})
		},
		func() {
			_, _ = api.SetGuildCommands(id, id, []discord.ApplicationCommandCreate{
				discord.SlashCommandCreate{Name: "close", Description: "closes", Options: []discord.ApplicationCommandOption{
					discord.ApplicationCommandOptionString{Name: "reason", Description: "why", Autocomplete: true},
				}},
				discord.MessageCommandCreate{Name: "Open a ticket"},
			})
		},
		func() {
			_ = api.CreateInteractionResponse(id, "token", discord.InteractionResponse{Type: discord.InteractionResponseTypeModal, Data: modal})
		},
		func() {
			_ = api.CreateInteractionResponse(id, "token", discord.InteractionResponse{
				Type: discord.InteractionResponseTypeDeferredCreateMessage, Data: discord.MessageCreate{Flags: discord.MessageFlagEphemeral},
			})
		},
		func() {
			_, _ = api.UpdateInteractionResponse(id, "token", discord.NewMessageUpdate().WithContent("done"))
		},
		func() { _, _ = api.CreateFollowupMessage(id, "token", message) },
		func() { _ = api.BulkDeleteMessages(id, []snowflake.ID{1, 2}) },
		func() { _, _ = api.CreateDMChannel(id) },
		func() { _, _ = api.CreateRole(id, discord.RoleCreate{Name: "staff"}) },
	}
}

// findRoute finds the template of a path, literal segments first.
func findRoute(j *Judge, method, path string) string {
	best, literals := "", -1
	for _, r := range j.Routes() {
		have, want := strings.Split(path, "/"), strings.Split(r.Template, "/")
		if r.Method != method || len(have) != len(want) {
			continue
		}
		equal, fits := 0, true
		for i := range want {
			switch {
			case want[i] == have[i]:
				equal++
			case !strings.HasPrefix(want[i], "{"):
				fits = false
			}
		}
		if fits && equal > literals {
			best, literals = r.Template, equal
		}
	}
	return best
}
