package httpapi_test

import (
	"net/http"
	"testing"

	"usher/internal/core/account"
	"usher/sandbox"
)

// A key for one server gets at nothing of its person's integrations: a test request with the id of one would send the stored header to
// whatever address the draft names.
func TestI24AKeyForOneServerDoesNotSendTheAuthorsStoredHeaders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga, theirs := h.person(sandbox.DemoOlgaID), newAuthor(t)
	made := read[ownIntegration](t, olga.do(http.MethodPost, "/api/v1/me/integrations", theirs.draft()).want(t, http.StatusCreated))
	draft := theirs.draft()
	draft["headers"] = []map[string]any{{"name": "X-Key"}}
	test := map[string]any{"id": made.ID, "draft": draft, "secrets": map[string]string{"api_key": "x"}, "user": sandbox.DemoRyanID.String()}
	bound := h.program(sandbox.DemoOlgaID, sandbox.DemoGuildID, account.Integrations)
	bound.do(http.MethodPost, arcade+"/integration-test", test).want(t, http.StatusForbidden, "key_guild")
	if theirs.asked.Load() != 0 {
		t.Errorf("it was sent: %v", theirs.seen.Load())
	}
	free := h.program(sandbox.DemoOlgaID, 0, account.Integrations)
	free.do(http.MethodPost, arcade+"/integration-test", test).want(t, http.StatusOK)
	if got := theirs.seen.Load(); got != headerCanary+" x" {
		t.Errorf("a key for all servers: %v", got)
	}
}

// One person with a loop keeps nobody else waiting, and gets no other allowance by a key.
func TestI43ALoopOfChangesIsStopped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ryan, olga := h.person(sandbox.DemoRyanID), h.person(sandbox.DemoOlgaID)
	key := h.program(sandbox.DemoRyanID, 0, account.Integrations)
	stopped := reply{}
	for range 400 {
		if stopped = ryan.do(http.MethodDelete, "/api/v1/me/keys/none", nil); stopped.status != http.StatusNotFound {
			break
		}
	}
	stopped.want(t, http.StatusTooManyRequests, "too_many_changes")
	if stopped.header.Get("Retry-After") == "" || stopped.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%v", stopped.header)
	}
	for range 10 { // two come back in a second
		stopped = key.do(http.MethodDelete, "/api/v1/me/integrations/none", nil)
	}
	stopped.want(t, http.StatusTooManyRequests, "too_many_changes")
	ryan.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusOK)
	olga.do(http.MethodDelete, "/api/v1/me/keys/none", nil).want(t, http.StatusNotFound)
}
