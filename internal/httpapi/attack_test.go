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
