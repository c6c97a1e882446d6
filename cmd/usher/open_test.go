package main

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"usher/internal/store/postgrestest"
	"usher/sandbox"
)

// TestATicketOnBothDatabases walks a ticket's whole life: opened by a button with live data, private, closed with a reason.
func TestATicketOnBothDatabases(t *testing.T) {
	for name, database := range map[string]func(st *stage) string{
		"sqlite":     func(st *stage) string { return "sqlite:" + filepath.Join(st.dir, "usher.sqlite") },
		"postgresql": func(st *stage) string { return postgrestest.Open(st.t) },
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			st.env = append(st.env, "DATABASE_URL="+database(st))
			st.game.set(guideAndOther)
			st.apply(st.setup(st.game.URL + "/other"))
			p := st.serve()
			st.press()
			channel, welcome := st.opened(whole)
			if channel.ParentID.V != sandbox.DemoTicketsID || welcome.Embeds[0].Title != "Hello Ryan" {
				t.Errorf("category %v, title %q", channel.ParentID, welcome.Embeds[0].Title)
			}
			for who, may := range map[sandbox.ID]bool{sandbox.DemoRyanID: true, sandbox.DemoMiaID: true, sandbox.DemoNoorID: false} {
				if sees, err := st.client.User(who).Sees(st.ctx, channel.ID); err != nil || sees != may {
					t.Errorf("%s sees the ticket: %v, %v", who, sees, err)
				}
			}
			st.closeWithReason(welcome)
			st.until("the channel to go", func() bool { return len(st.tickets()) == 0 })
			st.directMessage("Your ticket 1 was closed by <@" + sandbox.DemoMiaID.String() + ">.\nReason: Solved \\*today\\*")
			st.faultless()
			p.stop()
			if strings.Contains(p.log.String(), "sesame") || strings.Contains(p.log.String(), `"level":"ERROR"`) {
				t.Errorf("log:\n%s", p.log)
			}
		})
	}
}

// closeWithReason closes a ticket as staff, by the form.
func (st *stage) closeWithReason(welcome sandbox.Message) {
	st.t.Helper()
	mia := st.client.User(sandbox.DemoMiaID)
	i, err := mia.Press(st.ctx, welcome, "usher:close-reason")
	if err != nil || i.State != sandbox.StateModal {
		st.t.Fatalf("no form: %+v, %v", i, err)
	}
	if _, err := mia.Submit(st.ctx, i.Modal, map[string]any{"reason": "Solved *today*"}); err != nil {
		st.t.Fatal(err)
	}
}

// directMessage waits until Ryan's newest direct message is want.
func (st *stage) directMessage(want string) {
	st.t.Helper()
	st.until("a direct message", func() bool {
		view, err := st.ryan.View(st.ctx)
		if err != nil || len(view.DirectMessages) == 0 {
			return false
		}
		all, err := st.ryan.Messages(st.ctx, view.DirectMessages[0].ID, 5)
		return err == nil && len(all) > 0 && all[0].Content == want
	})
}

// TestWhateverAnIntegrationDoesTheTicketOpens gives every kind of bad answer to the second integration; the first one's values have to be
// right, the fallback has to stand, nobody may be pinged, and the log has to say why without a secret or a query.
func TestWhateverAnIntegrationDoesTheTicketOpens(t *testing.T) {
	long := strings.Repeat("a very long value ", 600)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		shows  string // after "Other: "
		class  string // in the log; empty: nothing went wrong
	}{
		"HTML":                {text("<html>hello</html>"), "N/A", "bad_json"},
		"an array":            {text(`[{"value":1}]`), "N/A", "bad_json"},
		"nothing":             {text(""), "N/A", "bad_json"},
		"500 with JSON":       {status(500, `{"value":"no"}`), "N/A", "status"},
		"404 with JSON":       {status(404, `{"value":"no"}`), "N/A", "status"},
		"a redirect":          {status(302, ""), "N/A", "redirect"},
		"1 MB":                {text(`{"value":"x","rest":"` + strings.Repeat("x", 1<<20) + `"}`), "N/A", "too_large"},
		"endless":             {endless, "N/A", "too_large"},
		"hanging up":          {hangUp, "N/A", "connect"},
		"null":                {text(`{"value":null}`), "N/A", ""},
		"an object":           {text(`{"value":{"a":1}}`), "N/A", ""},
		"everyone":            {text(`{"value":"@everyone <@585576154958921739> <@&1400000000000000011>"}`), `@everyone \<@585576154958921739> \<@&1400000000000000011>`, ""},
		"markdown":            {text(`{"value":"**b** [x](https://evil.example) # h"}`), `\*\*b\*\* \[x\](https\://evil.example) # h`, ""},
		"another placeholder": {text(`{"value":"%username% %high_score%"}`), `%username% %high\_score%`, ""},
		"white space":         {text(`{"value":" \n "}`), "", ""}, // Discord drops white space at the end
		"10,000 characters":   {text(`{"value":"` + long[:10000] + `"}`), "a very long value a very", ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			st.game.set(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/other" {
					c.answer(w, r)
					return
				}
				text(guideAnswer)(w, r)
			})
			st.apply(st.setup(st.game.URL + "/other?token=sesame-query"))
			p := st.serve()
			st.press()
			_, welcome := st.opened(func(d string) bool { return !strings.Contains(d, "⏳") })
			got := welcome.Embeds[0].Description
			if want := "User online status: Online\nHigh score: 3000\nOther: " + c.shows; !strings.HasPrefix(got+" ", want) || utf8.RuneCountInString(got) > 4096 {
				t.Errorf("shows %.200q\nwant  %q", got, want)
			}
			st.faultless()
			st.loggedFailure(p, c.class)
		})
	}
}

// loggedFailure wants one line about the second integration with this class, or none.
func (st *stage) loggedFailure(p *process, class string) {
	st.t.Helper()
	if class != "" { // the line may still be in the pipe
		st.until("the failure's line in the log", func() bool { return strings.Contains(p.log.String(), `"msg":"integration failed"`) })
	}
	log := p.log.String()
	if strings.Contains(log, "sesame") {
		st.t.Errorf("the log holds a secret:\n%s", log)
	}
	n := strings.Count(log, `"msg":"integration failed"`)
	if class == "" && n != 0 || class != "" && (n != 1 || !strings.Contains(log, `"name":"Other","class":"`+class+`"`)) {
		st.t.Errorf("want one failure of class %q, log:\n%s", class, log)
	}
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://elsewhere.example.com/?token=sesame-redirect")
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte(`{"value":"`))
	for r.Context().Err() == nil {
		if _, err := w.Write([]byte(strings.Repeat("x", 4096))); err != nil {
			return
		}
	}
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

// TestADeadOrSilentIntegrationDelaysNothing: the channel, the reply and the welcome message are there while the second integration has
// not answered; a loading mark stands in its place until the fallback does (I-12).
func TestADeadOrSilentIntegrationDelaysNothing(t *testing.T) {
	t.Run("refusing", func(t *testing.T) {
		st := newStage(t)
		listener, err := (&net.ListenConfig{}).Listen(st.ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := listener.Addr().String()
		_ = listener.Close()
		st.apply(st.setup("http://" + address + "/"))
		p := st.serve()
		st.press()
		st.opened(func(d string) bool { return d == "User online status: Online\nHigh score: 3000\nOther: N/A" })
		st.loggedFailure(p, "connect")
	})
	t.Run("silent", func(t *testing.T) {
		st := newStage(t)
		st.game.set(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/other" {
				<-st.game.quit
				return
			}
			text(guideAnswer)(w, r)
		})
		st.apply(st.setup(st.game.URL + "/other"))
		p := st.serve()
		st.press()
		st.opened(func(d string) bool { return d == "User online status: Online\nHigh score: 3000\nOther: ⏳" })
		st.opened(func(d string) bool { return d == "User online status: Online\nHigh score: 3000\nOther: N/A" })
		st.loggedFailure(p, "timeout")
		edits, err := st.client.Calls(st.ctx, sandbox.CallFilter{Method: http.MethodPatch, Route: "/channels/{channel_id}/messages/{message_id}"})
		if err != nil || len(edits) != 1 {
			t.Errorf("%d edits of the welcome message, want one: %v", len(edits), err)
		}
	})
}

// TestWhenDiscordRefuses: the member reads a sentence that helps, and nothing is left half-made.
func TestWhenDiscordRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		fault   sandbox.Fault
		says    string
		tickets int
	}{
		"403 for the channel": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routeChannel}, Do: sandbox.FaultDo{Status: 403, Code: 50013}},
			"I lack a permission for this. Please tell the server's staff", 0,
		},
		"403 for the message": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routePost}, Do: sandbox.FaultDo{Status: 403, Code: 50013}},
			"I lack a permission for this. Please tell the server's staff", 0,
		},
		"404 for the message": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routePost}, Do: sandbox.FaultDo{Status: 404, Code: 10003}},
			"The channel that this needs was deleted in the meantime.", 0,
		},
		"503 for ever": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routeChannel}, Do: sandbox.FaultDo{Status: 503}},
			"Discord could not make the channel just now. Please try again in a minute.", 0,
		},
		"503 twice": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routeChannel}, Times: 2, Do: sandbox.FaultDo{Status: 503}}, "Your ticket: <#", 1,
		},
		"500 after the channel was made": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routeChannel}, Times: 1, Do: sandbox.FaultDo{Status: 500, When: "after"}}, "Your ticket: <#", 1,
		},
		"connection dropped after the welcome was posted": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routePost}, Times: 1, Do: sandbox.FaultDo{Drop: true, When: "after"}}, "Your ticket: <#", 1,
		},
		"429 for the channel": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routeChannel}, Times: 1, Do: sandbox.FaultDo{RateLimit: "user"}}, "Your ticket: <#", 1,
		},
		"429 for everything": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routePost}, Times: 1, Do: sandbox.FaultDo{RateLimit: "global"}}, "Your ticket: <#", 1,
		},
		"503 for the acknowledgement, once": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routeAck}, Times: 1, Do: sandbox.FaultDo{Status: 503}}, "Your ticket: <#", 1,
		},
		"500 channels in the server": {
			sandbox.Fault{Match: sandbox.FaultMatch{Method: "POST", Route: routeChannel}, Do: sandbox.FaultDo{Status: 400, Code: 30013}},
			"This server has as many channels as Discord allows (500)", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			st.game.set(guideAndOther)
			st.apply(st.setup(st.game.URL + "/other"))
			p := st.serve()
			if _, err := st.client.AddFault(st.ctx, c.fault); err != nil {
				t.Fatal(err)
			}
			st.press()
			st.reply(func(content string) bool { return strings.HasPrefix(content, c.says) })
			if c.tickets == 1 {
				st.opened(whole)
			} else if n := len(st.tickets()); n != 0 {
				t.Errorf("%d ticket channels are left", n)
			}
			if err := st.client.ClearFaults(st.ctx); err != nil {
				t.Fatal(err)
			}
			if c.tickets == 0 { // what failed does not count against the member
				st.press()
				st.reply(ticketLink.MatchString)
			}
			if strings.Contains(p.log.String(), "sesame") {
				t.Errorf("log:\n%s", p.log)
			}
		})
	}
}

func TestAFullCategoryOverflowsToTheServersTop(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	st.apply(st.setup(st.game.URL + "/other"))
	st.serve()
	if err := st.client.Administer(st.ctx, sandbox.Order{Do: "fill_category", GuildID: sandbox.DemoGuildID, CategoryID: sandbox.DemoTicketsID}); err != nil {
		t.Fatal(err)
	}
	st.press()
	channel, _ := st.opened(whole)
	if channel.ParentID.V != 0 {
		t.Errorf("it is in category %s", channel.ParentID.V)
	}
}

// TestPressesAtOnce: a double click and a burst of people, with one ticket for each member.
func TestPressesAtOnce(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	st.apply(st.setup(st.game.URL + "/other"))
	st.serve()
	m := st.panel()
	people := []sandbox.ID{sandbox.DemoRyanID, sandbox.DemoRyanID, sandbox.DemoRyanID, sandbox.DemoMiaID, sandbox.DemoNoorID, sandbox.DemoOlgaID}
	for _, who := range people {
		if _, err := st.client.User(who).PressNow(st.ctx, m, m.Components[0].Components[0].CustomID); err != nil {
			t.Fatal(err)
		}
	}
	st.until("four tickets with a welcome message", func() bool {
		whole := 0
		for _, c := range st.tickets() {
			whole += len(st.welcomes(c.ID))
		}
		return whole == 4
	})
	names := map[string]bool{}
	for _, c := range st.tickets() {
		names[c.Name.V] = true
	}
	for n := 1; n <= 4; n++ {
		if !names[fmt.Sprintf("ticket-%d", n)] {
			t.Errorf("numbers have a gap: %v", names)
		}
	}
	if n := len(st.tickets()); n != 4 {
		t.Errorf("%d tickets", n)
	}
}

// TestNoRightToSeeLeavesNoOpenChannel: where our bot cannot make a channel private it makes none.
func TestNoRightToSeeLeavesNoOpenChannel(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	st.apply(st.setup(st.game.URL + "/other"))
	st.serve()
	m := st.panel()
	for _, role := range []sandbox.ID{sandbox.DemoBotRoleID} {
		if err := st.client.Administer(st.ctx, sandbox.Order{Do: "remove_permission", GuildID: sandbox.DemoGuildID, RoleID: role, Permission: "MANAGE_CHANNELS"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := st.ryan.PressNow(st.ctx, m, m.Components[0].Components[0].CustomID); err != nil {
		t.Fatal(err)
	}
	st.reply(func(content string) bool { return strings.HasPrefix(content, "I lack a permission for this.") })
	if n := len(st.tickets()); n != 0 {
		t.Errorf("%d ticket channels", n)
	}
}

// TestAChannelDeletedByStaffEndsItsTicket: the member may open another.
func TestAChannelDeletedByStaffEndsItsTicket(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	st.apply(st.setup(st.game.URL + "/other"))
	st.serve()
	st.press()
	channel, _ := st.opened(whole)
	if err := st.client.Administer(st.ctx, sandbox.Order{Do: "delete_channel", ChannelID: channel.ID}); err != nil {
		t.Fatal(err)
	}
	st.press()
	st.until("a second ticket", func() bool {
		all := st.tickets()
		return len(all) == 1 && all[0].Name.V == "ticket-2"
	})
}

// TestALostConnectionLosesNoPress: presses made while the gateway is cut are heard after the resume.
func TestALostConnectionLosesNoPress(t *testing.T) {
	for _, how := range []string{"drop", "reconnect", "unparseable"} {
		t.Run(how, func(t *testing.T) {
			st := newStage(t)
			st.game.set(guideAndOther)
			st.apply(st.setup(st.game.URL + "/other"))
			st.serve()
			if err := st.client.DisturbGateway(st.ctx, sandbox.GatewayFault{Do: how}); err != nil {
				t.Fatal(err)
			}
			st.press()
			st.opened(whole)
		})
	}
}
