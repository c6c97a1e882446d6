package ratelimit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hand is a clock moved by the test.
type hand struct{ now time.Time }

func newHand() *hand { return &hand{now: time.UnixMilli(1_700_000_000_250)} }

func (h *hand) Now() time.Time { return h.now }

func (h *hand) pass(d time.Duration) { h.now = h.now.Add(d) }

func names(list ...string) func() []string { return func() []string { return list } }

func post(channel string) Request {
	return Request{App: 1, IP: "127.0.0.1", Method: "POST", Route: "/channels/{channel_id}/messages", Majors: channel}
}

func TestS8BucketHeaders(t *testing.T) {
	h := newHand()
	l := New(Config{Now: h.Now})
	l.Take(post("7"))
	h.pass(1500 * time.Millisecond)
	d := l.Take(post("7"))
	want := http.Header{
		"Via": {"1.1 google"}, "X-Ratelimit-Limit": {"5"}, "X-Ratelimit-Remaining": {"3"},
		"X-Ratelimit-Reset": {"1700000005.250"}, "X-Ratelimit-Reset-After": {"3.500"}, "X-Ratelimit-Bucket": {d.Bucket},
	}
	if diff := cmp.Diff(want, d.Header); !d.OK || diff != "" {
		t.Errorf("OK %v, headers (-want +got):\n%s", d.OK, diff)
	}
	if len(d.Bucket) != 32 {
		t.Errorf("bucket hash %q is not 32 characters", d.Bucket)
	}
}

func TestS8RefusalOfABucket(t *testing.T) {
	h := newHand()
	l := New(Config{Now: h.Now})
	for range 5 {
		if d := l.Take(post("7")); !d.OK {
			t.Fatalf("refused within the limit: %s", d.Body)
		}
		h.pass(100 * time.Millisecond)
	}
	d := l.Take(post("7"))
	want := http.Header{
		"Via": {"1.1 google"}, "X-Ratelimit-Limit": {"5"}, "X-Ratelimit-Remaining": {"0"},
		"X-Ratelimit-Reset": {"1700000005.250"}, "X-Ratelimit-Reset-After": {"4.500"}, "X-Ratelimit-Bucket": {d.Bucket},
		"X-Ratelimit-Scope": {"user"}, "Retry-After": {"5"}, "Content-Type": {"application/json"},
	}
	if diff := cmp.Diff(want, d.Header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if d.OK || d.Status != 429 || string(d.Body) != `{"message":"You are being rate limited.","retry_after":4.5,"global":false}` {
		t.Errorf("got %d %s", d.Status, d.Body)
	}
	if other := l.Take(post("8")); !other.OK {
		t.Error("another channel was refused")
	}
	stranger := post("7")
	stranger.App = 2
	if other := l.Take(stranger); !other.OK {
		t.Error("another bot was refused")
	}
	h.pass(d.RetryAfter)
	if again := l.Take(post("7")); !again.OK || again.Header.Get("X-RateLimit-Remaining") != "4" {
		t.Errorf("after waiting as told: OK %v, headers %v", again.OK, again.Header)
	}
}

func TestS8SharedHash(t *testing.T) {
	l := New(Config{Now: newHand().Now})
	r := Request{App: 1, Method: "PUT", Route: "/channels/{c}/permissions/{o}", Majors: "7"}
	put := l.Take(r)
	r.Method = "DELETE"
	del := l.Take(r)
	if put.Bucket != del.Bucket || del.Header.Get("X-RateLimit-Remaining") != "8" {
		t.Errorf("PUT has %s, DELETE %s with %s remaining; want one bucket with 8", put.Bucket, del.Bucket, del.Header.Get("X-RateLimit-Remaining"))
	}
}

// The third rename is refused although the bucket's headers leave room, and
// says to wait for ten minutes.
func TestS8ChannelRenameIsHiddenFromHeaders(t *testing.T) {
	h := newHand()
	l := New(Config{Now: h.Now})
	edit := Request{App: 1, Method: "PATCH", Route: "/channels/{channel_id}", Majors: "7", Fields: names("name")}
	for range 2 {
		if d := l.Take(edit); !d.OK {
			t.Fatalf("refused: %s", d.Body)
		}
	}
	h.pass(time.Minute)
	d := l.Take(edit)
	if d.OK || d.Header.Get("X-RateLimit-Remaining") != "4" || d.Header.Get("Retry-After") != "540" || d.RetryAfter != 9*time.Minute {
		t.Errorf("third rename: OK %v, %v", d.OK, d.Header)
	}
	edit.Fields = names("topic")
	if d := l.Take(edit); !d.OK {
		t.Errorf("topic has a limit of its own, got %s", d.Body)
	}
	edit.Fields = names("parent_id")
	if d := l.Take(edit); !d.OK {
		t.Errorf("other fields have no hidden limit, got %s", d.Body)
	}
}

func TestS8SharedScope(t *testing.T) {
	l := New(Config{Now: newHand().Now, Rules: []Rule{
		{Method: "POST", Route: "/channels/{c}/messages", Bucket: "m", Limit: 100, Per: time.Second},
	}})
	for i := range 30 {
		r := post("7")
		r.App = uint64(i + 1)
		if d := l.Take(r); !d.OK {
			t.Fatalf("message %d refused: %s", i, d.Body)
		}
	}
	d := l.Take(post("7"))
	if d.OK || d.Scope != ScopeShared || d.Header.Get("X-RateLimit-Scope") != "shared" || !strings.Contains(string(d.Body), `"code":20028`) {
		t.Errorf("got OK %v, %v %s; want a shared 429 with code 20028", d.OK, d.Header, d.Body)
	}
	if n, _ := l.Invalid("127.0.0.1"); n != 0 {
		t.Errorf("a shared 429 counted as %d invalid requests", n)
	}
}

func TestS8GlobalHasNoBucketHeaders(t *testing.T) {
	h := newHand()
	l := New(Config{Now: h.Now})
	for i := range 50 {
		if d := l.Take(post(fmt.Sprint(i))); !d.OK {
			t.Fatalf("call %d refused: %s", i, d.Body)
		}
	}
	h.pass(400 * time.Millisecond)
	d := l.Take(post("51"))
	want := http.Header{
		"Via": {"1.1 google"}, "X-Ratelimit-Scope": {"global"}, "X-Ratelimit-Global": {"true"},
		"Retry-After": {"1"}, "Content-Type": {"application/json"},
	}
	if diff := cmp.Diff(want, d.Header); d.OK || diff != "" {
		t.Errorf("OK %v, headers (-want +got):\n%s", d.OK, diff)
	}
	if string(d.Body) != `{"message":"You are being rate limited.","retry_after":0.6,"global":true}` {
		t.Errorf("body %s", d.Body)
	}
	for _, route := range []string{"/interactions/{interaction_id}/{interaction_token}/callback", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"} {
		if d := l.Take(Request{App: 1, Method: "POST", Route: route, Majors: "x"}); !d.OK {
			t.Errorf("%s is bound by the global limit", route)
		}
	}
	anonymous := Request{IP: "10.0.0.1", Method: "GET", Route: "/gateway"}
	if d := l.Take(anonymous); !d.OK {
		t.Error("an address without a bot shares a bot's limit")
	}
	h.pass(600 * time.Millisecond)
	if d := l.Take(post("51")); !d.OK {
		t.Errorf("a second later: %s", d.Body)
	}
}

func TestS8CallbackHasNoBucket(t *testing.T) {
	l := New(Config{Now: newHand().Now})
	for range 100 {
		d := l.Take(Request{App: 1, Method: "POST", Route: "/interactions/{i}/{t}/callback", Majors: "x"})
		if !d.OK || d.Bucket != "" || d.Header.Get("X-RateLimit-Limit") != "" {
			t.Fatalf("got %+v", d)
		}
	}
}

func TestS8InvalidRequestsLeadToABan(t *testing.T) {
	for _, status := range []int{0, 403} {
		h := newHand()
		l := New(Config{Now: h.Now, InvalidLimit: 4, BanStatus: status})
		l.CountInvalid("127.0.0.1", 401)
		l.CountInvalid("127.0.0.1", 403)
		l.CountInvalid("127.0.0.1", 404)
		l.CountInvalid("10.0.0.9", 403)
		for range 6 { // the sixth is refused: an invalid request too
			l.Take(post("7"))
		}
		if n, until := l.Invalid("127.0.0.1"); n != 3 || !until.IsZero() {
			t.Fatalf("counted %d, banned until %v; want 3 and not banned", n, until)
		}
		l.CountInvalid("127.0.0.1", 403)
		d := l.Take(post("8"))
		if status == 0 {
			status = 429
		}
		var asJSON any
		if d.OK || d.Status != status || d.Header.Get("Via") != "" || json.Unmarshal(d.Body, &asJSON) == nil ||
			!strings.HasPrefix(d.Header.Get("Content-Type"), "text/html") || d.Header.Get("X-RateLimit-Scope") != "" {
			t.Errorf("ban: %d %v %s", d.Status, d.Header, d.Body)
		}
		other := post("8")
		other.IP = "10.0.0.9"
		if d := l.Take(other); !d.OK {
			t.Error("another address is banned too")
		}
		h.pass(time.Hour)
		if d := l.Take(post("8")); !d.OK {
			t.Error("the ban did not end")
		}
	}
}

func TestS8InvalidRequestsAreForgottenAfterTenMinutes(t *testing.T) {
	h := newHand()
	l := New(Config{Now: h.Now, InvalidLimit: 2})
	l.CountInvalid("a", 401)
	h.pass(10 * time.Minute)
	l.CountInvalid("a", 401)
	if n, until := l.Invalid("a"); n != 1 || !until.IsZero() {
		t.Errorf("counted %d, banned until %v; want 1", n, until)
	}
}

func TestS8RulesTightenRelaxAndTurnOff(t *testing.T) {
	h := newHand()
	l := New(Config{Now: h.Now, Global: -1, Rules: []Rule{
		{Method: "POST", Route: "/channels/{x}/messages", Bucket: "mine", Limit: 1, Per: time.Second},
		{Bucket: "channel name", Method: "*", Route: "*", Sub: true, Off: true},
	}})
	if l.Take(post("7")); l.Take(post("7")).OK {
		t.Error("tightened to 1, a second message passed")
	}
	edit := Request{App: 1, Method: "PATCH", Route: "/channels/{c}", Majors: "7", Fields: names("name")}
	for range 5 {
		if d := l.Take(edit); !d.OK {
			t.Fatalf("the hidden limit is off, yet: %s", d.Body)
		}
	}
	if l.Take(edit).OK {
		t.Error("the bucket itself is on, yet a sixth edit passed")
	}
	l.SetRules([]Rule{NoBuckets()})
	for range 200 {
		if d := l.Take(edit); !d.OK || d.Bucket != "" {
			t.Fatalf("everything is off, yet: %+v", d)
		}
	}
	l.SetRules(nil)
	if l.Take(edit).OK {
		t.Error("back to the default, the count of before is lost")
	}
	l.Reset()
	if d := l.Take(edit); !d.OK {
		t.Errorf("after Reset: %s", d.Body)
	}
}

func TestS10RefuseOnDemand(t *testing.T) {
	l := New(Config{Now: newHand().Now})
	for scope, bucket := range map[string]bool{ScopeUser: true, ScopeShared: true, ScopeGlobal: false} {
		d, err := l.Refuse(post("7"), scope, 1200*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if d.OK || d.Status != 429 || d.Header.Get("X-RateLimit-Scope") != scope || d.Header.Get("Retry-After") != "2" ||
			(d.Header.Get("X-RateLimit-Bucket") != "") != bucket || d.Header.Get("Via") == "" {
			t.Errorf("%s: %d %v %s", scope, d.Status, d.Header, d.Body)
		}
		if !strings.Contains(string(d.Body), `"retry_after":1.2`) {
			t.Errorf("%s: body %s", scope, d.Body)
		}
	}
	if d := l.Take(post("7")); d.Header.Get("X-RateLimit-Remaining") != "4" {
		t.Error("a made-up refusal was counted in the bucket")
	}
	if _, err := l.Refuse(post("7"), "galactic", time.Second); err == nil || !strings.Contains(err.Error(), "galactic") {
		t.Errorf("unknown scope: %v", err)
	}
}

// Windows of the past do not pile up, and concurrent callers never get more
// than the limit.
func TestS8ManyCallersAtOnce(t *testing.T) {
	h := newHand()
	l := New(Config{Now: h.Now, Global: -1})
	var wg sync.WaitGroup
	passed := make([]int, 8)
	for i := range passed {
		wg.Go(func() {
			for range 100 {
				if l.Take(post("7")).OK {
					passed[i]++
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range passed {
		sum += n
	}
	if sum != 5 {
		t.Errorf("%d calls passed, want 5", sum)
	}
	for i := range 3 * sweepAt {
		h.pass(time.Second)
		l.Take(post(fmt.Sprint("old", i)))
	}
	if len(l.windows) > 2*sweepAt {
		t.Errorf("%d windows are kept", len(l.windows))
	}
}

func BenchmarkTake(b *testing.B) {
	l := New(Config{Global: -1, InvalidLimit: -1})
	r := post("7")
	b.ReportAllocs()
	for b.Loop() {
		l.Take(r)
	}
}
