package integration_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

const forum = snowflake.Guild(200)

func byGuest() audit.Actor { return audit.Actor{User: 7, Via: audit.Dashboard} }

func TestI28OnlyTheAuthorSeesAndActivatesAPrivateOne(t *testing.T) {
	o := newOffice()
	made := o.add(t, keyed(), value("key", "k"))
	guest := byGuest()
	if _, err := o.catalog.Show(t.Context(), guest.User, made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("shown: %v", err)
	}
	if _, err := o.catalog.Own(t.Context(), guest, made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("read: %v", err)
	}
	if err := o.catalog.Activate(t.Context(), guest, forum, made.ID, 1, value("key", "k")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("activated: %v", err)
	}
	for name, err := range map[string]error{
		"request": o.catalog.RequestPublication(t.Context(), guest, made.ID, 1), "withdraw": o.catalog.WithdrawRequest(t.Context(), guest, made.ID),
		"unpublish": o.catalog.Unpublish(t.Context(), guest, made.ID),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := o.catalog.Available(t.Context(), integration.Query{Limit: 10}); err != nil || len(all.Items) != 0 {
		t.Errorf("available: %v, %v", all, err)
	}
	// The co-admins of the guild see that it is there, and where it asks.
	if used := o.pinned(t, arcade); used.Name != made.Name || used.Host != "game.example.com" || used.By != author {
		t.Errorf("in use: %+v", used)
	}
}

func TestI29TheOperatorSeesAllButHeaderValues(t *testing.T) {
	o := newOffice()
	i := keyed()
	i.Headers = append(i.Headers, integration.Header{Name: "X-Own", Value: secret.New("authors-own-key")})
	i.Validation = "https://check.example.com/v"
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.catalog.Review(t.Context(), made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a review of what nobody asked for: %v", err)
	}
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
	queue, err := o.catalog.Queue(t.Context(), integration.Query{Limit: 10})
	if err != nil || len(queue.Items) != 1 {
		t.Fatalf("%d in the queue, %v", len(queue.Items), err)
	}
	r := queue.Items[0]
	if !slices.Equal(r.Hosts, []string{"game.example.com", "check.example.com"}) || r.Approved != nil || r.Revision.Number != 1 || r.Secrets[0].Name != "key" {
		t.Errorf("review %+v", r)
	}
	if fmt.Sprint(r.Headers) != "[{Authorization [key]} {X-Own []}]" {
		t.Errorf("headers %v", r.Headers)
	}
	if text := fmt.Sprintf("%+v", r); strings.Contains(text, "authors-own-key") || len(r.Integration.Headers) != 0 {
		t.Error("a header's value is shown")
	}
	if err := o.catalog.Approve(t.Context(), byOperator(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
	// The next one is told as what differs from it.
	o.edit(t, made.ID, func(i *integration.Integration) {
		i.URL = "https://api.example.org/?k=%key%"
		i.Validation = ""
		i.Headers[1].Value = secret.New("another-own-key")
	})
	r, err = o.catalog.Review(t.Context(), made.ID)
	if err != nil || r.Approved == nil || r.Approved.Number != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	var fields []string
	for _, d := range r.Differences {
		fields = append(fields, d.Field)
	}
	if !slices.Equal(fields, []string{"url", "validation", "headers.X-Own"}) || strings.Contains(fmt.Sprint(r.Differences), "own-key") {
		t.Errorf("differences %+v", r.Differences)
	}
}

func TestI29OthersSeeTheHostAlone(t *testing.T) {
	o := newOffice()
	i := keyed()
	i.URL = "https://game.example.com/private/path?token=t0ps3cret"
	i.Validation = "https://check.example.com/v4lidate"
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	o.publish(t, made.ID)
	card, err := o.catalog.Show(t.Context(), 7, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if card.Host != "game.example.com" || !card.Public || len(card.Placeholders) != 4 || card.Placeholders[3].Fallback != "no clan" || card.Secrets[0].Name != "key" {
		t.Errorf("card %+v", card)
	}
	for _, hidden := range []string{"path", "t0ps3cret", "v4lidate", "Bearer", "scores"} {
		if strings.Contains(fmt.Sprintf("%+v", card), hidden) {
			t.Errorf("the card tells %q: %+v", hidden, card)
		}
	}
}

// The defect of the incumbent: an approved integration whose URL is changed stays approved.
func TestI30ApprovalDoesNotSurviveAChange(t *testing.T) {
	o := newOffice()
	o.answerAll(guide)
	made, err := o.catalog.Create(t.Context(), byAuthor(), keyed())
	if err != nil {
		t.Fatal(err)
	}
	o.publish(t, made.ID)
	if err := o.catalog.Activate(t.Context(), byGuest(), arcade, made.ID, 1, value("key", "sesame")); err != nil {
		t.Fatal(err)
	}
	saved := o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://evil.example.org/" })
	if saved.Live != 1 || saved.Revision.State != integration.Pending {
		t.Errorf("after the edit: live %d, %+v", saved.Live, saved.Revision)
	}
	o.resolve(t, subject(), "username")
	if calls := o.world.seen(); !strings.HasPrefix(calls[len(calls)-1].URL.Reveal(), "https://game.example.com/") {
		t.Errorf("called %s", calls[len(calls)-1].URL.Reveal())
	}
	if card, err := o.catalog.Show(t.Context(), 7, made.ID); err != nil || card.Host != "game.example.com" || card.Revision != 1 {
		t.Errorf("shown %+v, %v", card, err)
	}
	if err := o.catalog.Activate(t.Context(), byGuest(), forum, made.ID, 2, value("key", "k")); fault.CodeOf(err) != "integration_changed" {
		t.Errorf("activating what is not approved: %v", err)
	}
	// A name changes at once; nothing else does.
	o.edit(t, made.ID, func(i *integration.Integration) { i.Name = "Better name" })
	if used := o.pinned(t, arcade); used.Name != "Better name" || used.Host != "game.example.com" || used.Waiting != nil {
		t.Errorf("in use: %+v", used)
	}
}

func TestI30ApprovalIsOfTheRevisionThatWasLookedAt(t *testing.T) {
	o := newOffice()
	made, err := o.catalog.Create(t.Context(), byAuthor(), lookup())
	if err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Approve(t.Context(), byOperator(), made.ID, 1); fault.CodeOf(err) != "integration_changed" {
		t.Errorf("approving what nobody asked for: %v", err)
	}
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 2); fault.CodeOf(err) != "integration_changed" {
		t.Errorf("asking for a revision that is not there: %v", err)
	}
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
	saved := o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://evil.example.org/" })
	if saved.Revision.State != integration.Pending || saved.Live != 2 { // private still, so its author uses it
		t.Errorf("%+v, live %d", saved.Revision, saved.Live)
	}
	if err := o.catalog.Approve(t.Context(), byOperator(), made.ID, 1); fault.CodeOf(err) != "integration_changed" {
		t.Errorf("the switched one was approved: %v", err)
	}
	if err := o.catalog.Reject(t.Context(), byOperator(), made.ID, 1, "no"); fault.CodeOf(err) != "integration_changed" {
		t.Errorf("the switched one was rejected: %v", err)
	}
	if o.own(t, made.ID).Public {
		t.Error("it is public")
	}
	// A new name does not get in the operator's way.
	o.edit(t, made.ID, func(i *integration.Integration) { i.Name = "Renamed" })
	if err := o.catalog.Approve(t.Context(), byOperator(), made.ID, 2); err != nil {
		t.Fatal(err)
	}
	if own := o.own(t, made.ID); !own.Public || own.Live != 2 || own.Revision.State != integration.Approved || own.Revision.Decider != 99 {
		t.Errorf("%+v", own)
	}
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 2); fault.CodeOf(err) != "revision_approved" {
		t.Errorf("asking for what is approved: %v", err)
	}
}

func TestI29ARejectionHasAReasonAndChangesNothingForGuilds(t *testing.T) {
	o := newOffice()
	made, err := o.catalog.Create(t.Context(), byAuthor(), keyed())
	if err != nil {
		t.Fatal(err)
	}
	o.publish(t, made.ID)
	if err := o.catalog.Activate(t.Context(), byGuest(), arcade, made.ID, 1, value("key", "sesame")); err != nil {
		t.Fatal(err)
	}
	o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://evil.example.org/" })
	for _, reason := range []string{"", "  ", strings.Repeat("x", 501)} {
		if err := o.catalog.Reject(t.Context(), byOperator(), made.ID, 2, reason); fault.KindOf(err) != fault.Invalid {
			t.Errorf("reason %.3q: %v", reason, err)
		}
	}
	if err := o.catalog.Reject(t.Context(), byOperator(), made.ID, 2, "The host is another company's."); err != nil {
		t.Fatal(err)
	}
	own := o.own(t, made.ID)
	if own.Revision.State != integration.Rejected || own.Revision.Reason != "The host is another company's." || !own.Public || own.Live != 1 {
		t.Errorf("%+v", own)
	}
	if used := o.pinned(t, arcade); used.Revision != 1 || used.Waiting != nil {
		t.Errorf("in use: %+v", used)
	}
	// The author mends it and it waits again.
	if saved := o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://game.example.com/v2" }); saved.Revision.State != integration.Pending {
		t.Errorf("%+v", saved.Revision)
	}
	if err := o.catalog.Approve(t.Context(), byOperator(), made.ID, 3); err != nil {
		t.Fatal(err)
	}
	if used := o.pinned(t, arcade); used.Revision != 3 {
		t.Errorf("a harmless approved revision was not taken: %+v", used)
	}
}

func TestI29ARequestCanBeTakenBack(t *testing.T) {
	o := newOffice()
	made, err := o.catalog.Create(t.Context(), byAuthor(), lookup())
	if err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.WithdrawRequest(t.Context(), byAuthor(), made.ID); err != nil || o.own(t, made.ID).Version != 1 {
		t.Errorf("where nothing waits: %v", err)
	}
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.WithdrawRequest(t.Context(), byAuthor(), made.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Approve(t.Context(), byOperator(), made.ID, 1); fault.CodeOf(err) != "integration_changed" {
		t.Errorf("approved what was taken back: %v", err)
	}
	if saved := o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://game.example.com/v2" }); saved.Revision.State != integration.Draft {
		t.Errorf("%+v", saved.Revision)
	}
}

// After Unpublish guilds stay at what was approved: a private edit of the author reaches his own guilds alone.
func TestI30WhatIsTakenFromTheListReachesNobodyAnew(t *testing.T) {
	o := newOffice()
	o.answerAll(guide)
	i := lookup()
	i.Method = integration.POST
	made := o.add(t, i, nil)
	o.publish(t, made.ID)
	if err := o.catalog.Activate(t.Context(), byGuest(), forum, made.ID, 1, nil); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Unpublish(t.Context(), byAuthor(), made.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Unpublish(t.Context(), byAuthor(), made.ID); fault.CodeOf(err) != "integration_private" {
		t.Errorf("twice: %v", err)
	}
	if err := o.catalog.Activate(t.Context(), byGuest(), snowflake.Guild(300), made.ID, 1, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a new guild: %v", err)
	}
	o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://evil.example.org/" })
	guest, own := o.pinned(t, forum), o.pinned(t, arcade)
	if guest.Revision != 1 || guest.Waiting != nil || !guest.Unlisted || own.Revision != 2 || own.Unlisted {
		t.Errorf("guest %+v\nown %+v", guest, own)
	}
	s := subject()
	s.Guild, s.Answers = forum, []integration.Answer{{Question: "Q", Text: "A"}}
	o.resolve(t, s, "username")
	calls := o.world.seen()
	if last := calls[len(calls)-1]; !strings.HasPrefix(last.URL.Reveal(), "https://game.example.com/") || strings.Contains(string(last.Body), "form_data") {
		t.Errorf("I-8: a guild of others sends %s to %s", last.Body, last.URL.Reveal())
	}
	s.Guild = arcade
	o.resolve(t, s, "username")
	calls = o.world.seen()
	if last := calls[len(calls)-1]; last.URL.Reveal() != "https://evil.example.org/" || !strings.Contains(string(last.Body), "form_data") {
		t.Errorf("the author's own guild sends %s to %s", last.Body, last.URL.Reveal())
	}
	// Listed again without a change, it is the approved one that is listed; with a change the operator is asked.
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 2); err != nil {
		t.Fatal(err)
	}
	if now := o.own(t, made.ID); now.Public || now.Revision.State != integration.Pending {
		t.Errorf("%+v", now)
	}
}

func TestI30ListingAgainWithoutAChangeNeedsNoNewApproval(t *testing.T) {
	o := newOffice()
	made, err := o.catalog.Create(t.Context(), byAuthor(), lookup())
	if err != nil {
		t.Fatal(err)
	}
	o.publish(t, made.ID)
	if err := o.catalog.Unpublish(t.Context(), byAuthor(), made.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
	if now := o.own(t, made.ID); !now.Public || now.Live != 1 || now.Revision.State != integration.Approved {
		t.Errorf("%+v", now)
	}
}

func TestI29TheOperatorCanTakeBackAnApproval(t *testing.T) {
	o := newOffice()
	o.answerAll(guide)
	made := o.add(t, keyed(), value("key", "own"))
	if err := o.catalog.Revoke(t.Context(), byOperator(), made.ID, "Bad"); fault.CodeOf(err) != "integration_private" {
		t.Errorf("a private one: %v", err)
	}
	o.publish(t, made.ID)
	if err := o.catalog.Activate(t.Context(), byGuest(), forum, made.ID, 1, value("key", "guest")); err != nil {
		t.Fatal(err)
	}
	s := subject()
	s.Guild = forum
	o.resolve(t, s, "username") // which fills the cache
	if err := o.catalog.Revoke(t.Context(), byOperator(), made.ID, " "); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	if err := o.catalog.Revoke(t.Context(), byOperator(), made.ID, "It sells what it learns."); err != nil {
		t.Fatal(err)
	}
	if got := o.resolve(t, s, "username"); len(got) != 0 {
		t.Errorf("the guest's server goes on: %v", got)
	}
	if used := o.pinned(t, arcade); used.Revision != 1 {
		t.Errorf("the author's own: %+v", used)
	}
	if own := o.own(t, made.ID); own.Public || own.Revision.State != integration.Rejected || own.Revision.Reason != "It sells what it learns." {
		t.Errorf("%+v", own)
	}
	// Nobody but the operator brings it back.
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Activate(t.Context(), byGuest(), forum, made.ID, 1, value("key", "k")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("activated: %v", err)
	}
	if err := o.catalog.Approve(t.Context(), byOperator(), made.ID, 1); err != nil {
		t.Fatal(err)
	}
}

// Two changes at one moment: of an approval and an edit one comes first, and what is live is what was approved.
func TestI30ApproveWhileEdited(t *testing.T) {
	o := newOffice()
	made, err := o.catalog.Create(t.Context(), byAuthor(), lookup())
	if err != nil {
		t.Fatal(err)
	}
	o.publish(t, made.ID)
	o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://two.example.com/" })
	before := o.own(t, made.ID)
	done := make(chan error, 2)
	go func() { done <- o.catalog.Approve(context.WithoutCancel(t.Context()), byOperator(), made.ID, 2) }()
	go func() {
		i := before.Integration
		i.URL = "https://evil.example.org/"
		_, err := o.catalog.Update(context.WithoutCancel(t.Context()), byAuthor(), i)
		done <- err
	}()
	for range 2 {
		if err := <-done; err != nil && fault.CodeOf(err) != "integration_changed" {
			t.Error(err)
		}
	}
	card, err := o.catalog.Show(t.Context(), 7, made.ID)
	if err != nil || card.Host == "evil.example.org" {
		t.Errorf("shown %+v, %v", card, err)
	}
}
