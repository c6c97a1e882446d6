package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestS12MemoryIsBounded: a channel keeps the newest thousand ephemeral messages, and interactions are forgotten when their
// tokens are dead, not before.
func TestS12MemoryIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorkbench(t, 1, Config{})
	press, path := w.panel(), "/_sandbox/users/"+w.user.String()+"/press"
	const presses = 4200 // interactions beyond 4096 are forgotten
	var first, last began
	for n := range presses {
		if out := w.call(http.MethodPost, path, press); out.Code != http.StatusOK {
			t.Fatalf("pressing: %d %s", out.Code, out.Body)
		}
		last = <-w.events
		if n == 0 {
			first = last
		}
		body := fmt.Sprintf(`{"type":4,"data":{"flags":64,"content":"answer %d"}}`, n)
		if out := w.call(http.MethodPost, "/api/v10/interactions/"+last.ID+"/"+last.Token+"/callback", body); out.Code != http.StatusNoContent {
			t.Fatalf("answering: %d %s", out.Code, out.Body)
		}
	}
	seen := func(limit int) []Message {
		out := w.call(http.MethodGet, fmt.Sprintf("/_sandbox/users/%s/channels/%s/messages?limit=%d", w.user, w.channel, limit), "")
		var list []Message
		if err := json.Unmarshal(out.Body.Bytes(), &list); err != nil {
			t.Fatalf("reading: %s", out.Body)
		}
		return list
	}
	list := seen(200)
	if len(list) != 200 || list[0].Content != fmt.Sprintf("answer %d", presses-1) || list[199].Content != fmt.Sprintf("answer %d", presses-200) {
		t.Errorf("%d messages are seen", len(list))
	}
	original := func(i began) int {
		return w.call(http.MethodGet, "/api/v10/webhooks/"+w.app.String()+"/"+i.Token+"/messages/@original", "").Code
	}
	if old, young := original(first), original(last); old != http.StatusNotFound || young != http.StatusOK {
		t.Errorf("the first answer gives %d, the last %d", old, young)
	}
	outcome := func(i began) int {
		return w.call(http.MethodGet, "/_sandbox/users/"+w.user.String()+"/interactions/"+i.ID, "").Code
	}
	if got := outcome(first); got != http.StatusOK {
		t.Errorf("the first interaction is forgotten while its token lives: %d", got)
	}
	if err := w.s.Client().Advance(t.Context(), 16*time.Minute); err != nil {
		t.Fatal(err)
	}
	if out := w.call(http.MethodPost, path, press); out.Code != http.StatusOK {
		t.Fatalf("pressing: %d %s", out.Code, out.Body)
	}
	if old, young := outcome(first), outcome(last); old != http.StatusNotFound || young != http.StatusOK {
		t.Errorf("after 16 minutes the first interaction gives %d, the last %d", old, young)
	}
}
