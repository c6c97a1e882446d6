package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/sandbox"
)

const member, channel sandbox.ID = 1400000000000000102, 77

// interaction is "a7oq1j6zzets" in base 36.
const interaction sandbox.ID = 1344321055467012304

func moment(n int) time.Time { return time.UnixMilli(int64(1000 + n)) }

func seen(at int, status int, method, path string, body any) sandbox.Call {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return sandbox.Call{Method: method, Path: "/api/v10" + path, Status: status, Body: text, AnsweredAt: moment(at), DurationUS: int64(at) * 100}
}

type object = map[string]any

// opening is what the witness sees of an opening, in the order in which the calls arrive: the member is told before the message is there.
func opening(text string) []sandbox.Call {
	ref := "a7oq1j6zzets"
	return []sandbox.Call{
		seen(1, 429, "POST", "/guilds/5/channels", object{"topic": "Ticket 1 · ref " + ref}),
		seen(2, 204, "POST", "/interactions/"+interaction.String()+"/{token}/callback", object{"type": 5}),
		seen(3, 201, "POST", "/guilds/5/channels", object{"topic": "Ticket 1 · ref " + ref}),
		seen(4, 201, "POST", "/guilds/5/channels", object{"topic": "Ticket 2 · ref x" + ref}),
		seen(6, 200, "PATCH", "/webhooks/9/{token}/messages/@original", object{"content": "Your ticket: <#77>"}),
		seen(7, 200, "PATCH", "/webhooks/9/{token}/messages/@original", object{"content": "Your ticket: <#78>"}),
		seen(5, 200, "POST", "/channels/77/messages", object{"nonce": "w" + ref, "embeds": []object{{"description": text}}}),
		seen(8, 200, "POST", "/channels/78/messages", object{"nonce": "wx" + ref, "embeds": []object{{"description": text}}}),
	}
}

func TestAPressIsReadFromTheWitness(t *testing.T) {
	t.Parallel()
	p := press{member: member, id: interaction, pressed: moment(0)}
	p.read(carriedOut(opening(expected(member))))
	want := press{
		member: member, id: interaction, pressed: moment(0), acked: moment(2), made: moment(3), welcome: moment(5), told: moment(6),
		channel: channel, live: true, right: true, inside: 1600 * time.Microsecond,
	}
	if diff := cmp.Diff(want, p, cmp.AllowUnexported(press{})); diff != "" {
		t.Error(diff)
	}
	if missing := p.missing(); len(missing) > 0 {
		t.Errorf("missing %q", missing)
	}
	if err := p.check(); err != nil {
		t.Error(err)
	}
}

func TestLateValuesAreToldApart(t *testing.T) {
	t.Parallel()
	calls := opening("Player ⏳ has ⏳ points.")
	p := press{member: member, id: interaction}
	p.read(carriedOut(calls))
	if p.live || p.right || !strings.Contains(strings.Join(p.missing(), ""), "does not say") {
		t.Errorf("values that are not there are taken for live: %q", p.missing())
	}
	edit := object{"embeds": []object{{"description": expected(member)}}}
	p.read(carriedOut(append(calls, seen(9, 200, "PATCH", "/channels/78/messages/1", edit))))
	if p.right {
		t.Error("the edit of another ticket is taken for this one's")
	}
	p.read(carriedOut(append(calls, seen(9, 200, "PATCH", "/channels/77/messages/1", edit))))
	if p.live || !p.right || len(p.missing()) > 0 {
		t.Errorf("live %v, right %v, missing %q", p.live, p.right, p.missing())
	}
}

func TestAnotherMembersValuesAreWrong(t *testing.T) {
	t.Parallel()
	p := press{member: member, id: interaction}
	p.read(carriedOut(opening(expected(member + 1))))
	if p.right {
		t.Error("somebody else's values are taken for this member's")
	}
}

func TestATicketOpenedTwiceIsAnError(t *testing.T) {
	t.Parallel()
	calls := opening(expected(member))
	for _, again := range []sandbox.Call{calls[2], calls[6]} {
		p := press{member: member, id: interaction}
		p.read(carriedOut(append(calls, again)))
		if p.check() == nil {
			t.Errorf("a second %s %s is no error", again.Method, again.Path)
		}
	}
}

func TestNothingIsMissingSilently(t *testing.T) {
	t.Parallel()
	p := press{member: member, id: interaction}
	p.read(nil)
	if got := len(p.missing()); got != 5 {
		t.Errorf("%d things are missing, want 5: %q", got, p.missing())
	}
}
