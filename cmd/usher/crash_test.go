package main

import (
	"context"
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"usher/sandbox"
)

const (
	routeAck     = "/interactions/{interaction_id}/{interaction_token}/callback"
	routeChannel = "/guilds/{guild_id}/channels"
	routePost    = "/channels/{channel_id}/messages"
	routeReply   = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
	routeDelete  = "/channels/{channel_id}"
)

const right = "User online status: Online\nHigh score: 3000\nOther: 7"

func whole(description string) bool { return description == right }

// hold keeps calls of a route waiting at Discord, kills Usher when one is there, and lets Discord go on.
func (st *stage) killWhileHeld(p *process, method, route string, after bool, act func()) {
	st.t.Helper()
	id, release, err := st.client.Hold(st.ctx, method, route, after)
	if err != nil {
		st.t.Fatal(err)
	}
	act()
	if err := st.client.WaitHeld(st.ctx, id, 1); err != nil {
		st.t.Fatal(err)
	}
	p.kill()
	if err := release(st.ctx); err != nil {
		st.t.Fatal(err)
	}
}

// TestKilledBetweenAnyTwoSteps kills the real process at each step of an opening; the next process has to make of it one channel, one
// welcome message with the right values, and the reply that names it.
func TestKilledBetweenAnyTwoSteps(t *testing.T) {
	for name, c := range map[string]struct {
		method, route string
		after         bool
	}{
		"row written, channel not yet asked for":    {http.MethodPost, routeChannel, false},
		"channel made, answer not heard":            {http.MethodPost, routeChannel, true},
		"channel known, welcome not yet posted":     {http.MethodPost, routePost, false},
		"welcome posted, answer not heard":          {http.MethodPost, routePost, true},
		"welcome posted, member not yet told":       {http.MethodPatch, routeReply, false},
		"member told, answer not heard, row unsure": {http.MethodPatch, routeReply, true},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			st.apply(st.setup(st.game.URL + "/other"))
			st.game.set(guideAndOther)
			p := st.serve()
			st.killWhileHeld(p, c.method, c.route, c.after, func() { st.press() })
			st.serve()
			st.opened(whole)
			st.press()
			st.reply(func(content string) bool { return strings.HasPrefix(content, "You already have an open ticket: <#") })
			if n := len(st.tickets()); n != 1 {
				t.Errorf("%d ticket channels", n)
			}
			st.faultless()
		})
	}
}

func guideAndOther(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/other" {
		text(`{"value":7}`)(w, r)
		return
	}
	text(guideAnswer)(w, r)
}

// TestKilledBeforeTheRowLeavesNothing locks the database, so that the process dies after its acknowledgement and before its row.
func TestKilledBeforeTheRowLeavesNothing(t *testing.T) {
	st := newStage(t)
	st.apply(st.setup(st.game.URL + "/other"))
	st.game.set(guideAndOther)
	p := st.serve()
	unlock := st.lockDatabase()
	st.press()
	if _, err := st.client.WaitCall(st.ctx, sandbox.CallFilter{Method: http.MethodPost, Route: routeAck}, nil); err != nil {
		t.Fatal(err)
	}
	p.kill()
	unlock()
	st.serve()
	if n := len(st.tickets()); n != 0 {
		t.Errorf("%d ticket channels of an opening that was never written down", n)
	}
	st.press()
	st.opened(whole)
}

// lockDatabase keeps every writer of the database waiting.
func (st *stage) lockDatabase() (unlock func()) {
	st.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(st.dir, "usher.sqlite")+"?_txlock=immediate&_pragma=busy_timeout(10000)")
	if err != nil {
		st.t.Fatal(err)
	}
	tx, err := db.BeginTx(context.WithoutCancel(st.ctx), nil)
	if err != nil {
		st.t.Fatal(err)
	}
	return func() {
		_ = tx.Rollback()
		_ = db.Close()
	}
}

// TestKilledWhileValuesAreAwaited kills the process between the welcome message with loading marks and the edit that fills them in.
func TestKilledWhileValuesAreAwaited(t *testing.T) {
	st := newStage(t)
	st.apply(st.setup(st.game.URL + "/other"))
	silent := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/other" {
			<-st.game.quit
			return
		}
		text(guideAnswer)(w, r)
	}
	st.game.set(silent)
	p := st.serve()
	st.press()
	st.opened(func(d string) bool { return strings.HasSuffix(d, "High score: 3000\nOther: ⏳") })
	p.kill()
	st.game.set(guideAndOther)
	st.serve()
	st.opened(whole)
	st.faultless()
}

func TestKilledWhileClosing(t *testing.T) {
	for name, after := range map[string]bool{"channel not yet deleted": false, "channel deleted, answer not heard": true} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t)
			st.apply(st.setup(st.game.URL + "/other"))
			st.game.set(guideAndOther)
			p := st.serve()
			st.press()
			_, welcome := st.opened(whole)
			st.killWhileHeld(p, http.MethodDelete, routeDelete, after, func() {
				if _, err := st.ryan.PressNow(st.ctx, welcome, "usher:close"); err != nil {
					t.Fatal(err)
				}
			})
			st.serve()
			st.until("the channel to go", func() bool { return len(st.tickets()) == 0 })
			st.press()
			st.until("a second ticket", func() bool { all := st.tickets(); return len(all) == 1 && all[0].Name.V == "ticket-2" })
		})
	}
}
