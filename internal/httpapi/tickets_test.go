package httpapi_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	usher "usher/internal/app"
	"usher/internal/core/account"
	"usher/sandbox"
)

// setUpPanel posts a panel that asks the form "Report", and gives the panel's name.
func (h *house) setUpPanel() string {
	h.t.Helper()
	const name = "Report a problem"
	s, err := usher.ReadSetup(fmt.Appendf(nil, `{"guild":"%s","administrator":"%s","staff_roles":["%s"],"panels":[
		{"name":%q,"channel":"%s","post":{"content":"Press"},"button":{"label":"Report"},"welcome":{"content":"Hello"},"form":"Report","max_open":5}]}`,
		sandbox.DemoGuildID, sandbox.DemoOlgaID, sandbox.DemoStaffRoleID, name, sandbox.DemoSupportID))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.app.Apply(h.t.Context(), s, io.Discard); err != nil {
		h.t.Fatal(err)
	}
	return name
}

// report opens the ticket with a number through the panel, as a member does.
func (h *house) report(user sandbox.ID, number int, what string) {
	h.t.Helper()
	ctx, member := h.t.Context(), h.discord.Client().User(user)
	post, err := member.WaitMessage(ctx, sandbox.DemoSupportID, func(m sandbox.Message) bool { return len(m.Components) > 0 })
	if err != nil {
		h.t.Fatal(err)
	}
	pressed, err := member.Press(ctx, post, post.Components[0].Components[0].CustomID)
	if err != nil || pressed.Modal == nil {
		h.t.Fatalf("no questions: %v %v", pressed, err)
	}
	if _, err := member.Submit(ctx, pressed.Modal, map[string]any{"what_happened": what, "where": []string{"web"}}); err != nil {
		h.t.Fatal(err)
	}
	room := fmt.Sprintf("ticket-%d", number)
	if _, err := member.WaitChannel(ctx, sandbox.DemoGuildID, func(c sandbox.Channel) bool { return c.Name.V == room }); err != nil {
		h.t.Fatal(err)
	}
}

type listedTickets struct {
	Tickets []struct {
		Number int64
		State  string
		Panel  string
	}
	Next int64
}

// TestTicketsAreListedWithWhatIsKnown, in pages, filtered, and one of them with its answers.
func TestTicketsAreListedWithWhatIsKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga, tickets := h.person(sandbox.DemoOlgaID), arcade+"/tickets"
	olga.do(http.MethodGet, tickets, nil).want(t, 200, `"tickets":[]`, "-next")
	olga.do(http.MethodPost, arcade+"/forms", reportForm()).want(t, 201)
	name := h.setUpPanel()
	for n := range 3 {
		h.report(sandbox.DemoRyanID, n+1, fmt.Sprintf("Crash %d", n+1))
	}
	first := read[listedTickets](t, olga.do(http.MethodGet, tickets+"?limit=2", nil).want(t, 200, `"panel_name":"`+name+`"`, `"name":"ryan"`, "-Crash"))
	if len(first.Tickets) != 2 || first.Tickets[0].Number != 3 || first.Next != 2 {
		t.Fatalf("the first page is %+v", first)
	}
	olga.do(http.MethodGet, fmt.Sprintf("%s?limit=2&before=%d", tickets, first.Next), nil).want(t, 200, `"number":1`, "-\"number\":2", "-next")
	ryan := sandbox.DemoRyanID.String()
	olga.do(http.MethodGet, tickets+"?number=2&opener="+ryan+"&panel="+first.Tickets[0].Panel, nil).want(t, 200, `"number":2`, `-"number":3`)
	olga.do(http.MethodGet, tickets+"?opener=1", nil).want(t, 200, `"tickets":[]`)
	olga.do(http.MethodGet, tickets+"?panel=another", nil).want(t, 200, `"tickets":[]`)
	olga.do(http.MethodGet, tickets+"?state=closed", nil).want(t, 200, `"tickets":[]`)
	olga.do(http.MethodGet, tickets+"?state=lost", nil).want(t, 422, `"location":"query.state"`)
	olga.do(http.MethodGet, tickets+"?opener=ryan", nil).want(t, 422, `"location":"query.opener"`)
	olga.do(http.MethodGet, tickets+"?opener=99999999999999999999", nil).want(t, 422, `"location":"query.opener"`) // no id: not everybody's tickets
	olga.do(http.MethodGet, tickets+"/1", nil).want(t, 200, `"text":"Crash 1"`, `"label":"Where?"`, `"values":["web"]`, `"text":"On the website"`)
	olga.do(http.MethodGet, tickets+"/9", nil).want(t, 404, "ticket_not_found")
	olga.do(http.MethodGet, tickets+"/0", nil).want(t, 422, `"location":"path.number"`)
	h.program(sandbox.DemoOlgaID, sandbox.DemoGuildID, account.Read).do(http.MethodGet, tickets, nil).want(t, 200)
}
