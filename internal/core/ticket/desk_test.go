package ticket_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
	"usher/internal/core/ticket"
)

const (
	arcade = snowflake.Guild(100)
	ryan   = snowflake.User(585576154958921739)
	mia    = snowflake.User(200)
	noor   = snowflake.User(201)
	staff  = snowflake.Role(300)
	first  = snowflake.Channel(400)
	second = snowflake.Channel(401)
)

// house is a desk with everything around it.
type house struct {
	desk     *ticket.Desk
	store    *memory
	discord  *building
	forms    revisions
	tags     []tag.Tag
	fate     *fate
	snapshot ticket.Snapshot
	mu       sync.Mutex
	clock    time.Time
}

func newHouse(values ticket.Values) *house {
	f := &fate{}
	h := &house{fate: f, forms: revisions{}, store: newMemory(f), discord: newBuilding(f), clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	h.snapshot = ticket.Snapshot{
		Settings: guild.Settings{ID: arcade, StaffRoles: []snowflake.Role{staff}, Category: first, OverflowCategory: second},
		Panels: []panel.Panel{{ID: "support", Guild: arcade, Name: "Support", MaxOpen: 1, Welcome: message.Template{Embed: &message.EmbedTemplate{
			Title: "Hello %username%", Description: "Score: %score%\nTicket: %ticket_id%",
		}}}},
	}
	h.desk = h.newDesk(values)
	return h
}

// newDesk is what a started process has; rows and channels stay.
func (h *house) newDesk(values ticket.Values) *ticket.Desk {
	now := func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.clock }
	load := func(context.Context, snowflake.Guild) (ticket.Snapshot, error) { return h.snapshot, nil }
	return &ticket.Desk{
		Store: h.store, Holdings: h.store, Contacts: h.store, Forms: h.forms, Rooms: h.discord, Values: values, Guilds: guild.NewCache(load, now, time.Minute, 10), Tags: guild.NewCache(h.loadTags, now, time.Minute, 10), Sealer: plainSealer{},
		Log: slog.New(slog.DiscardHandler), Now: now, Grace: time.Millisecond, Patience: time.Minute,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// restart is what a new process does first.
func (h *house) restart(t *testing.T, values ticket.Values) error {
	t.Helper()
	desk := h.newDesk(values)
	left, err := desk.Left(t.Context())
	if err != nil {
		return err
	}
	return desk.Resume(t.Context(), left)
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func press(id uint64) ticket.OpenRequest {
	return ticket.OpenRequest{
		Guild: arcade, Panel: "support", By: ticket.Member{ID: ryan, Name: "ryan_1", Shown: "Ryan"},
		Interaction: snowflake.Interaction(id), Application: 9, Reply: secret.New(fmt.Sprintf("token-%d", id)),
	}
}

// only is the one channel that there must be.
func (h *house) only(t *testing.T) (snowflake.Channel, *room) {
	t.Helper()
	if len(h.discord.channels) != 1 {
		t.Fatalf("there are %d channels, not one", len(h.discord.channels))
	}
	for id, r := range h.discord.channels {
		return id, r
	}
	return 0, nil
}

func TestOpenMakesOneChannelWithTheWelcomeMessage(t *testing.T) {
	live := readyAnswers("score", "3000")
	h := newHouse(live)
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	id, r := h.only(t)
	if r.plan.Name != "ticket-1" || r.plan.Category != first || r.plan.Opener != ryan || !cmp.Equal(r.plan.Staff, []snowflake.Role{staff}) {
		t.Errorf("plan %+v", r.plan)
	}
	if len(r.posts) != 1 || r.posts[0].Embed.Title != `Hello ryan\_1` || r.posts[0].Embed.Description != "Score: 3000\nTicket: 1" {
		t.Errorf("posts %+v", r.posts)
	}
	if got := h.discord.toldTo("token-7"); got != "Your ticket: <#"+id.String()+">" {
		t.Errorf("told %q", got)
	}
	row := h.store.rows[1]
	if row.State != ticket.Open || row.Channel != id || row.Message != r.message || row.Reply != nil {
		t.Errorf("row %+v", row)
	}
	if diff := cmp.Diff([][]string{{"username", "score", "ticket_id"}}, live.begun); diff != "" || len(live.channel) != 1 || live.channel[0] != id {
		t.Errorf("values were asked wrongly: %s, %v", diff, live.channel)
	}
}

func TestARedeliveredInteractionOpensNothingTwice(t *testing.T) {
	h := newHouse(readyAnswers())
	for range 3 {
		if err := h.desk.Open(t.Context(), press(7)); err != nil {
			t.Fatal(err)
		}
	}
	h.only(t)
}

func TestADoubleClickOpensOneTicketAndNamesIt(t *testing.T) {
	h := newHouse(readyAnswers())
	var both sync.WaitGroup
	for id := range uint64(2) {
		both.Go(func() { _ = h.desk.Open(t.Context(), press(7+id)) })
	}
	both.Wait()
	id, _ := h.only(t)
	told := []string{h.discord.toldTo("token-7"), h.discord.toldTo("token-8")}
	for _, text := range told {
		if text != "Your ticket: <#"+id.String()+">" && text != "Your ticket is being opened already. One moment." && text != "You already have an open ticket: <#"+id.String()+">" {
			t.Errorf("told %q", text)
		}
	}
	if err := h.desk.Open(t.Context(), press(10)); err != nil {
		t.Fatal(err)
	}
	if got := h.discord.toldTo("token-10"); got != "You already have an open ticket: <#"+id.String()+">" {
		t.Errorf("told %q", got)
	}
}

func TestAChannelDeletedBehindOurBackDoesNotBlockTheMember(t *testing.T) {
	h := newHouse(readyAnswers())
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	id, _ := h.only(t)
	delete(h.discord.channels, id)
	if err := h.desk.Open(t.Context(), press(8)); err != nil {
		t.Fatal(err)
	}
	h.only(t)
	if h.store.rows[1].State != ticket.Closed || h.store.rows[2].State != ticket.Open {
		t.Errorf("rows %+v, %+v", h.store.rows[1], h.store.rows[2])
	}
}

// TestAChannelDeletedWhileItsTicketOpensEndsIt: the last steps of opening need no channel, and the member may press again at once.
func TestAChannelDeletedWhileItsTicketOpensEndsIt(t *testing.T) {
	live := readyAnswers()
	live.waiting = make(chan struct{})
	h := newHouse(live)
	done := make(chan error)
	go func() { done <- h.desk.Open(context.Background(), press(7)) }()
	for h.posts() == 0 {
		runtime.Gosched()
	}
	id, _ := h.only(t)
	h.discord.mu.Lock()
	delete(h.discord.channels, id)
	h.discord.mu.Unlock()
	close(live.waiting)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := h.desk.Gone(t.Context(), arcade, id); err != nil || h.store.rows[1].State != ticket.Closed {
		t.Errorf("%v, row %+v", err, h.store.rows[1])
	}
	if err := h.desk.Open(t.Context(), press(8)); err != nil || len(h.discord.channels) != 1 {
		t.Errorf("%v, told %q", err, h.discord.toldTo("token-8"))
	}
}

func TestI12LateValuesAreFilledInByOneEdit(t *testing.T) {
	live := readyAnswers()
	live.waiting = make(chan struct{})
	live.values["score"] = placeholder.Value{Pending: true}
	h := newHouse(live)
	done := make(chan error)
	go func() { done <- h.desk.Open(context.Background(), press(7)) }()
	for h.posts() == 0 {
		runtime.Gosched()
	}
	_, r := h.only(t)
	if got := r.posts[0].Embed.Description; got != "Score: ⏳\nTicket: 1" {
		t.Errorf("while waiting: %q", got)
	}
	live.mu.Lock()
	live.values["score"] = placeholder.Value{Text: "3000"}
	live.mu.Unlock()
	close(live.waiting)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(r.posts) != 1 || r.edits != 1 || r.posts[0].Embed.Description != "Score: 3000\nTicket: 1" {
		t.Errorf("%d posts, %d edits, %q", len(r.posts), r.edits, r.posts[0].Embed.Description)
	}
}

// posts counts the welcome messages in all channels.
func (h *house) posts() int {
	h.discord.mu.Lock()
	defer h.discord.mu.Unlock()
	n := 0
	for _, r := range h.discord.channels {
		n += len(r.posts)
	}
	return n
}

func TestAFullCategoryOverflows(t *testing.T) {
	full := fault.New(fault.Conflict, "category_full", "Full.")
	for n, want := range map[int]snowflake.Channel{1: second, 2: 0} {
		h := newHouse(readyAnswers())
		for range n {
			h.discord.fail["create"] = append(h.discord.fail["create"], full)
		}
		if err := h.desk.Open(t.Context(), press(7)); err != nil {
			t.Fatal(err)
		}
		if _, r := h.only(t); r.plan.Category != want {
			t.Errorf("after %d full categories it is made in %d, want %d", n, r.plan.Category, want)
		}
	}
}

func TestDiscordsRefusalsLeaveNothingHalfMade(t *testing.T) {
	forbidden := fault.New(fault.Forbidden, "bot_forbidden", "I lack a permission.")
	down := fault.New(fault.Unavailable, "discord_failed", "Discord has a problem.")
	odd := errors.New("odd")
	for name, c := range map[string]struct {
		call  string
		errs  []error
		state ticket.State
		told  string
	}{
		"no right to make a channel":      {"create", []error{forbidden}, ticket.Failed, "I lack a permission."},
		"no right to post":                {"post", []error{forbidden}, ticket.Failed, "I lack a permission."},
		"5xx three times":                 {"create", []error{down, down, down}, ticket.Failed, "Discord could not make the channel just now. Please try again in a minute."},
		"5xx twice":                       {"create", []error{down, down}, ticket.Open, "Your ticket: <#1001>"},
		"an error that nobody knows":      {"create", []error{odd}, ticket.Failed, "Something went wrong on our side. Please try again in a minute; if it happens again, tell the server's staff this number: 7"},
		"the channel was deleted at once": {"post", []error{gone()}, ticket.Failed, "That is no longer there."},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(readyAnswers())
			h.discord.fail[c.call] = c.errs
			err := h.desk.Open(t.Context(), press(7))
			if row := h.store.rows[1]; row.State != c.state || (err == nil) != (c.state == ticket.Open) {
				t.Errorf("row %+v, error %v", row, err)
			}
			if got := h.discord.toldTo("token-7"); got != c.told {
				t.Errorf("told %q", got)
			}
			if want := map[ticket.State]int{ticket.Open: 1, ticket.Failed: 0}[c.state]; len(h.discord.channels) != want {
				t.Errorf("%d channels, want %d", len(h.discord.channels), want)
			}
		})
	}
}

func TestAChannelMadeByACallThatFailedIsFoundAndNotMadeAgain(t *testing.T) {
	h := newHouse(readyAnswers())
	h.discord.after["create"] = []error{fault.New(fault.Unavailable, "discord_failed", "Discord has a problem.")}
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	h.only(t)
	if h.store.rows[1].State != ticket.Open {
		t.Errorf("row %+v", h.store.rows[1])
	}
}

func TestWhenDiscordIsSilentTheSweepFinishes(t *testing.T) {
	h := newHouse(readyAnswers())
	down := fault.New(fault.Unavailable, "discord_unreachable", "Discord cannot be reached.")
	h.discord.fail["post"] = []error{down, down, down}
	if err := h.desk.Open(t.Context(), press(7)); err == nil {
		t.Error("an opening that waits for the sweep is an error for the log")
	}
	if got := h.discord.toldTo("token-7"); !strings.Contains(got, "no need to press again") {
		t.Errorf("told %q", got)
	}
	if err := h.desk.Sweep(t.Context()); err != nil || h.store.rows[1].State != ticket.Opening {
		t.Errorf("a sweep must leave what is claimed: %v", err)
	}
	h.pass(2 * time.Minute)
	if err := h.desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	id, r := h.only(t)
	if h.store.rows[1].State != ticket.Open || len(r.posts) != 1 || h.discord.toldTo("token-7") != "Your ticket: <#"+id.String()+">" {
		t.Errorf("row %+v, %d posts, told %q", h.store.rows[1], len(r.posts), h.discord.toldTo("token-7"))
	}
}

// TestACrashAtAnyStepLeavesNoOrphan kills the process before and after each effect of an opening, starts a new one that sweeps, and
// wants exactly one channel with one welcome message, or nothing at all where the row was never written.
func TestACrashAtAnyStepLeavesNoOrphan(t *testing.T) {
	for step := 1; ; step++ {
		h := newHouse(readyAnswers("score", "3000"))
		h.fate.dieAt = step
		_ = h.desk.Open(t.Context(), press(7))
		if !h.fate.dead {
			if step < 10 {
				t.Fatalf("an opening has only %d steps: the test does not see them", step-1)
			}
			return
		}
		died := h.fate.reason[step-1]
		h.fate.dead, h.fate.dieAt = false, 0
		if err := h.restart(t, readyAnswers("score", "3000")); err != nil {
			t.Errorf("died %s: sweep: %v", died, err)
		}
		h.settled(t, died)
	}
}

func (h *house) settled(t *testing.T, died string) {
	t.Helper()
	row := h.store.rows[1]
	if row == nil {
		if len(h.discord.channels) != 0 {
			t.Errorf("died %s: a channel without a row", died)
		}
		return
	}
	if row.State != ticket.Open || len(h.discord.channels) != 1 {
		t.Errorf("died %s: state %s, %d channels", died, row.State, len(h.discord.channels))
		return
	}
	if kept := h.store.keptOf(1); len(kept) != 1 || kept[0].Given[0].Text != "3000" {
		t.Errorf("died %s: of what integrations gave there is %+v", died, kept)
	}
	for id, r := range h.discord.channels {
		if len(r.posts) != 1 || row.Channel != id || row.Message != r.message || r.posts[0].Embed.Description != "Score: 3000\nTicket: 1" {
			t.Errorf("died %s: %d welcome messages, row %+v", died, len(r.posts), row)
		}
		if got := h.discord.toldTo("token-7"); got != "Your ticket: <#"+id.String()+">" {
			t.Errorf("died %s: told %q", died, got)
		}
	}
}

func TestACrashWhileClosingIsFinished(t *testing.T) {
	for step := 1; ; step++ {
		h := newHouse(readyAnswers())
		if err := h.desk.Open(t.Context(), press(7)); err != nil {
			t.Fatal(err)
		}
		id, _ := h.only(t)
		base := h.fate.steps
		h.fate.dieAt = base + step
		_ = h.desk.Close(t.Context(), ticket.CloseRequest{Guild: arcade, Channel: id, By: mia, Roles: []snowflake.Role{staff}, Reason: "Solved"})
		if !h.fate.dead {
			return
		}
		died := h.fate.reason[base+step-1]
		h.fate.dead, h.fate.dieAt = false, 0
		if err := h.restart(t, readyAnswers()); err != nil {
			t.Errorf("died %s: %v", died, err)
		}
		row := h.store.rows[1]
		if died == "before set closing" {
			if row.State != ticket.Open || len(h.discord.channels) != 1 {
				t.Errorf("died %s: %+v", died, row)
			}
		} else if row.State != ticket.Closed || len(h.discord.channels) != 0 || row.Reason != "Solved" {
			t.Errorf("died %s: %+v, %d channels", died, row, len(h.discord.channels))
		}
	}
}

func TestAnOldOpeningIsRolledBack(t *testing.T) {
	h := newHouse(readyAnswers())
	down := fault.New(fault.Unavailable, "discord_unreachable", "Discord cannot be reached.")
	h.discord.fail["post"] = []error{down, down, down}
	_ = h.desk.Open(t.Context(), press(7))
	h.only(t)
	h.pass(16 * time.Minute)
	if err := h.desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.store.rows[1].State != ticket.Failed || len(h.discord.channels) != 0 {
		t.Errorf("row %+v, %d channels", h.store.rows[1], len(h.discord.channels))
	}
}

// TestAnOldOpeningWithAWelcomeIsNeverDeleted: people may have written below it.
func TestAnOldOpeningWithAWelcomeIsNeverDeleted(t *testing.T) {
	for name, panels := range map[string]int{"its panel is there": 1, "its panel was deleted": 0} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(readyAnswers("score", "3000"))
			h.fate.dieAt = stepOf(t, "before set open")
			_ = h.desk.Open(t.Context(), press(7))
			h.fate.dead, h.fate.dieAt = false, 0
			h.pass(time.Hour)
			h.snapshot.Panels = h.snapshot.Panels[:panels]
			if err := h.restart(t, readyAnswers("score", "3000")); err != nil {
				t.Fatal(err)
			}
			id, r := h.only(t)
			if row := h.store.rows[1]; row.State != ticket.Open || row.Channel != id || row.Message != r.message || len(r.posts) != 1 {
				t.Errorf("row %+v, %d posts", row, len(r.posts))
			}
		})
	}
}

// stepOf finds a step of a plain opening by its name.
func stepOf(t *testing.T, name string) int {
	t.Helper()
	h := newHouse(readyAnswers("score", "3000"))
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	for i, step := range h.fate.reason {
		if step == name {
			return i + 1
		}
	}
	t.Fatalf("there is no step %q in %v", name, h.fate.reason)
	return 0
}

func refused() error { return &fault.Error{Code: "discord_refused"} }

func TestI10AMessageThatDiscordRefusesIsSentWithoutItsValues(t *testing.T) {
	h := newHouse(readyAnswers("score", "odd"))
	h.snapshot.Panels[0].Welcome.Embed.Image = "https://example.com/%score%.png"
	h.discord.fail["post"] = []error{refused()}
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	if _, r := h.only(t); r.posts[0].Embed.Description != "Score: N/A\nTicket: 1" || r.posts[0].Embed.Image != "" || h.store.rows[1].State != ticket.Open {
		t.Errorf("%+v", r.posts[0].Embed)
	}
}

func TestI12ARefusedEditCostsTheValuesAndNotTheTicket(t *testing.T) {
	for name, errs := range map[string][]error{
		"refused twice":          {refused(), refused()},
		"no right to edit":       {fault.New(fault.Forbidden, "bot_forbidden", "No.")},
		"message deleted":        {gone()},
		"refused with its value": {refused()},
	} {
		t.Run(name, func(t *testing.T) {
			live := readyAnswers("score", "3000")
			live.waiting = make(chan struct{})
			h := newHouse(live)
			h.discord.fail["edit"] = errs
			done := make(chan error)
			go func() { done <- h.desk.Open(context.Background(), press(7)) }()
			for h.posts() == 0 {
				runtime.Gosched()
			}
			close(live.waiting)
			if err := <-done; err != nil || h.store.rows[1].State != ticket.Open {
				t.Errorf("%v, row %+v", err, h.store.rows[1])
			}
			h.only(t)
		})
	}
}

func TestAChannelThatMayNotBeDeletedIsLeftToStaff(t *testing.T) {
	h := newHouse(readyAnswers())
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	id, _ := h.only(t)
	h.discord.fail["delete"] = []error{fault.New(fault.Forbidden, "bot_forbidden", "No.")}
	err := h.desk.Close(t.Context(), ticket.CloseRequest{Guild: arcade, Channel: id, By: ryan})
	if fault.CodeOf(err) != "channel_kept" || h.store.rows[1].State != ticket.Closed {
		t.Errorf("%v, row %+v", err, h.store.rows[1])
	}
	if err := h.desk.Open(t.Context(), press(8)); err != nil || h.store.rows[2].State != ticket.Open {
		t.Errorf("a kept channel blocks the member: %v", err)
	}
}

func TestANewPanelIsKnownAtOnce(t *testing.T) {
	h := newHouse(readyAnswers())
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	added := h.snapshot.Panels[0]
	added.ID = "second"
	h.snapshot.Panels = append(h.snapshot.Panels, added)
	o := press(8)
	o.Panel = "second"
	if err := h.desk.Open(t.Context(), o); err != nil || len(h.discord.channels) != 2 {
		t.Errorf("%v, told %q", err, h.discord.toldTo("token-8"))
	}
}

func TestWhoMayClose(t *testing.T) {
	for name, c := range map[string]struct {
		close ticket.CloseRequest
		code  string
		note  string
	}{
		"the opener":          {ticket.CloseRequest{By: ryan}, "", ""},
		"staff with a reason": {ticket.CloseRequest{By: mia, Roles: []snowflake.Role{staff}, Reason: "**Solved** <@1>"}, "", "Your ticket 1 was closed by <@200>.\nReason: \\*\\*Solved\\*\\* \\<@1>"},
		"a manager":           {ticket.CloseRequest{By: noor, Manager: true}, "", "Your ticket 1 was closed by <@201>."},
		"somebody else":       {ticket.CloseRequest{By: noor, Roles: []snowflake.Role{301}}, "not_yours_to_close", ""},
		"a long reason":       {ticket.CloseRequest{By: ryan, Reason: strings.Repeat("x", 1001)}, "reason_too_long", ""},
		"another channel":     {ticket.CloseRequest{By: ryan, Channel: 5}, "not_a_ticket", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(readyAnswers())
			if err := h.desk.Open(t.Context(), press(7)); err != nil {
				t.Fatal(err)
			}
			id, _ := h.only(t)
			c.close.Guild = arcade
			if c.close.Channel == 0 {
				c.close.Channel = id
			}
			err := h.desk.Close(t.Context(), c.close)
			if fault.CodeOf(err) != c.code {
				t.Fatalf("error %v, want %q", err, c.code)
			}
			if closed := len(h.discord.channels) == 0; closed != (c.code == "") {
				t.Errorf("closed: %v", closed)
			}
			if got := h.discord.notes[ryan]; got != c.note {
				t.Errorf("the opener read %q", got)
			}
		})
	}
}

func TestAPanelThatIsGoneIsTold(t *testing.T) {
	h := newHouse(readyAnswers())
	o := press(7)
	o.Panel = "other"
	if err := h.desk.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := h.discord.toldTo("token-7"); !strings.Contains(got, "no longer in use") || len(h.discord.channels) != 0 {
		t.Errorf("told %q", got)
	}
}

func TestI21AnIntegrationsPlaceholderGoesFirst(t *testing.T) {
	h := newHouse(readyAnswers("username", "Live"))
	h.snapshot.Panels[0].Welcome = message.Template{Content: "%username% %ticket.username%"}
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	if _, r := h.only(t); r.posts[0].Content != `Live ryan\_1` {
		t.Errorf("%q", r.posts[0].Content)
	}
}
