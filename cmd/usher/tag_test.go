package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/store/postgrestest"
	"usher/sandbox"
)

const (
	routeCommands = "/applications/{application_id}/commands"
	someTags      = `[
		{"name": "account", "message": {"embed": {"title": "%nickname%", "description": "High score: %high_score%\nOther: %other%"}}},
		{"name": "accepted", "message": {"content": "**Accepted.** @everyone"}, "everyone": true}]`
)

// withTags adds tags, a close message and a name for the channels to the set-up file.
func (st *stage) withTags(path string) string {
	st.t.Helper()
	return st.edit(path, func(file map[string]any) {
		file["tags"] = json.RawMessage(someTags)
		file["close_message"] = map[string]any{"content": "Bye %username%: %reason% Other: %other%"}
		panels, _ := file["panels"].([]any)
		first, _ := panels[0].(map[string]any)
		first["channel_name"] = "ticket-%username%-%ticket_id%"
	})
}

func use(channel sandbox.ID, typed string, focused bool) sandbox.CommandUse {
	return sandbox.CommandUse{GuildID: sandbox.DemoGuildID, ChannelID: channel, Name: "tag", Options: []sandbox.CommandOption{{Name: "name", Type: 3, Value: typed, Focused: focused}}}
}

// registered waits until Discord knows the command.
func (st *stage) registered() {
	st.t.Helper()
	st.until("the command to be registered", func() bool {
		calls, err := st.client.Calls(st.ctx, sandbox.CallFilter{Method: http.MethodPost, Route: routeCommands})
		return err == nil && len(calls) > 0 && calls[0].Status != 0
	})
}

// TestI9TagsShowLiveValues: /tag in a ticket, by staff and by everybody, with values that come late, and elsewhere.
func TestI9TagsShowLiveValues(t *testing.T) {
	for name, database := range map[string]func(st *stage) string{
		"sqlite":     func(st *stage) string { return "sqlite:" + filepath.Join(st.dir, "usher.sqlite") },
		"postgresql": func(st *stage) string { return postgrestest.Open(st.t) },
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			st.env = append(st.env, "DATABASE_URL="+database(st))
			sent := &bodies{}
			st.game.set(sent.ServeHTTP)
			st.apply(st.withTags(st.setup(st.game.URL + "/other")))
			p := st.serve()
			st.registered()
			st.press()
			channel, welcome := st.opened(whole)
			if channel.Name.V != "ticket-ryan-1" {
				t.Errorf("the channel is called %q", channel.Name.V)
			}
			mia := st.client.User(sandbox.DemoMiaID)
			for who, want := range map[*sandbox.Acting][]string{mia: {"accepted", "account"}, st.ryan: {"accepted"}} {
				choices, err := who.Autocomplete(st.ctx, use(channel.ID, "acc", true))
				var names []string
				for _, c := range choices {
					names = append(names, c.Name)
				}
				if diff := cmp.Diff(want, names); diff != "" || err != nil {
					t.Errorf("suggested to %s: %v, %s", who.ID(), err, diff)
				}
			}
			st.showsTag(mia, channel.ID, "account", func(m sandbox.Message) bool {
				return len(m.Embeds) == 1 && m.Embeds[0].Title == "Ryan" && m.Embeds[0].Description == "High score: 3000\nOther: 7"
			})
			if _, isNew := sent.formData(); isNew {
				t.Error("a tag's ticket is told to be new")
			}
			st.showsTag(st.ryan, channel.ID, "Accepted", func(m sandbox.Message) bool { return m.Content == "**Accepted.** @everyone" && !m.Ephemeral() })
			st.showsTag(st.ryan, channel.ID, "account", refusedWith("Only the server's staff may use this tag."))
			st.showsTag(mia, channel.ID, "nothing", refusedWith("This server has no tag of this name."))
			st.showsTag(mia, sandbox.DemoSupportID, "account", refusedWith("This tag shows data of a ticket. Use it in a ticket's channel."))
			st.closeWithReason(welcome)
			st.directMessage("Bye ryan: Solved \\*today\\* Other: 7")
			st.faultless()
			p.stop()
			if strings.Contains(p.log.String(), "sesame") || strings.Contains(p.log.String(), `"level":"ERROR"`) {
				t.Errorf("log:\n%s", p.log)
			}
		})
	}
}

// showsTag uses the command and waits for a message that the person sees.
func (st *stage) showsTag(who *sandbox.Acting, channel sandbox.ID, name string, fits func(sandbox.Message) bool) {
	st.t.Helper()
	if i, err := who.Command(st.ctx, use(channel, name, false)); err != nil || i.State == sandbox.StateFailed {
		st.t.Fatalf("/tag %s: %+v, %v", name, i, err)
	}
	if _, err := who.WaitMessage(st.ctx, channel, fits); err != nil {
		st.t.Fatalf("/tag %s: %v", name, err)
	}
}

// refusedWith fits an answer that one person alone sees.
func refusedWith(text string) func(sandbox.Message) bool {
	return func(m sandbox.Message) bool { return m.Ephemeral() && strings.HasPrefix(m.Content, text) }
}

// TestATagWaitsForNobodysIntegration: an integration that is silent costs its own value.
func TestATagWaitsForNobodysIntegration(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	st.apply(st.withTags(st.setup(st.game.URL + "/other")))
	st.serve()
	st.registered()
	st.press()
	channel, _ := st.opened(whole)
	st.game.set(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/other" {
			<-st.game.quit
			return
		}
		text(guideAnswer)(w, r)
	})
	i, err := st.client.User(sandbox.DemoMiaID).Command(st.ctx, use(channel.ID, "account", false))
	if err != nil || i.State != sandbox.StateDeferred {
		t.Fatalf("not answered in time: %+v, %v", i, err)
	}
	st.showsLater(channel.ID, "High score: 3000\nOther: N/A")
}

func (st *stage) showsLater(channel sandbox.ID, description string) {
	st.t.Helper()
	st.until("the tag to be filled in", func() bool {
		all, err := st.olga.Messages(st.ctx, channel, 10)
		if err != nil {
			st.t.Fatal(err)
		}
		for _, m := range all {
			if m.Component("usher:close") == nil && len(m.Embeds) == 1 && m.Embeds[0].Description == description {
				return true
			}
		}
		return false
	})
}

// TestTheCommandIsRegisteredOnceAndOthersStay: a second start writes nothing, a failing Discord is asked again, and commands that are not
// ours are left alone.
func TestTheCommandIsRegisteredOnceAndOthersStay(t *testing.T) {
	st := newStage(t)
	other := `{"name": "other", "description": "Of another program", "type": 1}`
	st.call(http.MethodPost, fmt.Sprintf("/applications/%s/commands", sandbox.DemoApplicationID), other)
	st.apply(st.setup(st.game.URL + "/other"))
	if _, err := st.client.AddFault(st.ctx, sandbox.Fault{
		Match: sandbox.FaultMatch{Method: http.MethodGet, Route: routeCommands}, Times: 1, Do: sandbox.FaultDo{Status: 503},
	}); err != nil {
		t.Fatal(err)
	}
	writes := func() int {
		calls, err := st.client.Calls(st.ctx, sandbox.CallFilter{Route: routeCommands})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, c := range calls {
			if c.Method != http.MethodGet {
				n++
			}
		}
		return n
	}
	p := st.serve()
	st.until("the command to be registered", func() bool { return writes() == 2 })
	p.stop()
	reads := func() int {
		calls, err := st.client.Calls(st.ctx, sandbox.CallFilter{Method: http.MethodGet, Route: routeCommands})
		if err != nil {
			t.Fatal(err)
		}
		return len(calls)
	}
	before := reads()
	p = st.serve()
	st.until("the commands to be read", func() bool { return reads() > before })
	p.stop() // lets what is under way finish
	if n := writes(); n != 2 {
		t.Errorf("%d writes, want the test's own and one", n)
	}
	names := st.call(http.MethodGet, fmt.Sprintf("/applications/%s/commands", sandbox.DemoApplicationID), "")
	if !strings.Contains(names, `"other"`) || !strings.Contains(names, `"tag"`) {
		t.Errorf("commands: %s", names)
	}
}
