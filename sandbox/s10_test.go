package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/sandbox"
)

// TestS10EveryFault is the list of rule S-10: each fault, put up by the Go client, seen by a bot without a library.
func TestS10EveryFault(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*bench){
		"latency of a route, fixed":              fixedLatency,
		"latency of a route, jittered":           jitteredLatency,
		"5xx":                                    serverError,
		"5xx as a page of the proxy":             pageOfTheProxy,
		"429 of scope user":                      func(k *bench) { k.limited("user") },
		"429 of scope shared":                    func(k *bench) { k.limited("shared") },
		"429 of scope global":                    func(k *bench) { k.limited("global") },
		"page of the ban":                        pageOfTheBan,
		"connection dropped before":              func(k *bench) { k.dropped("before", 0) },
		"connection dropped after":               func(k *bench) { k.dropped("after", 1) },
		"op 7":                                   func(k *bench) { k.op("reconnect", 7, "null") },
		"op 9":                                   func(k *bench) { k.op("invalid_session", 9, "false") },
		"op 9, resumable":                        func(k *bench) { k.op("invalid_session_resumable", 9, "true") },
		"op 1":                                   func(k *bench) { k.op("request_heartbeat", 1, "null") },
		"silent death":                           silence,
		"gateway connection dropped":             func(k *bench) { k.ended("drop") },
		"gateway closed with a code":             func(k *bench) { k.ended("close") },
		"duplicate event":                        duplicate,
		"duplicate interaction":                  duplicateInteraction,
		"late event":                             late,
		"lost event":                             lost,
		"reordered events":                       reordered,
		"unknown event type":                     func(k *bench) { k.made("unknown_event", "SANDBOX_UNKNOWN_EVENT") },
		"unparseable event":                      func(k *bench) { k.made("unparseable", "INTERACTION_CREATE") },
		"frame that is no JSON":                  func(k *bench) { k.ended("broken_frame") },
		"expired attachments":                    expired,
		"full category":                          fullCategory,
		"missing permission":                     missingPermission,
		"missing permission in one channel":      missingInChannel,
		"user who leaves":                        leaves,
		"user who takes no direct messages":      takesNoDMs,
		"channel and message deleted":            deleted,
		"clock: 3 s to answer":                   threeSeconds,
		"clock: 15 min to follow up":             fifteenMinutes,
		"clock: a thread archives":               archives,
		"clock: rate limits refill and bans end": bansEnd,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newBench(t))
		})
	}
}

// fault puts a fault up for the next call of a route.
func (k *bench) fault(method, route string, do sandbox.FaultDo) {
	k.t.Helper()
	f := sandbox.Fault{Match: sandbox.FaultMatch{Method: method, Route: route}, Times: 1, Do: do}
	if _, err := k.s.Client().AddFault(k.t.Context(), f); err != nil {
		k.t.Fatalf("putting up a fault: %v", err)
	}
}

func (k *bench) disturb(f sandbox.GatewayFault) {
	k.t.Helper()
	if err := k.s.Client().DisturbGateway(k.t.Context(), f); err != nil {
		k.t.Fatalf("disturbing the gateway: %v", err)
	}
}

func (k *bench) administer(o sandbox.Order) {
	k.t.Helper()
	if err := k.s.Client().Administer(k.t.Context(), o); err != nil {
		k.t.Fatalf("administering: %v", err)
	}
}

// write makes the bot write and gives the message.
func (k *bench) write(content string) answer {
	k.t.Helper()
	return k.must("POST", supportPath+"/messages", object{"content": content})
}

// hears wants these messages as the next ones at the gateway, the panel aside.
func (k *bench) hears(contents ...string) {
	k.t.Helper()
	for len(contents) > 0 {
		got := k.gw.next("MESSAGE_CREATE").text("content")
		if got == "panel" {
			continue
		}
		if got != contents[0] {
			k.t.Fatalf("the bot heard %q, want %q", got, contents[0])
		}
		contents = contents[1:]
	}
}

// written counts the messages of the channel with this text.
func (k *bench) written(content string) (n int) {
	k.t.Helper()
	list, err := k.ryan.Messages(k.t.Context(), sandbox.DemoSupportID, 50)
	if err != nil {
		k.t.Fatalf("reading the channel: %v", err)
	}
	for _, m := range list {
		if m.Content == content {
			n++
		}
	}
	return n
}

func (k *bench) durations(route string) []time.Duration {
	k.t.Helper()
	calls, err := k.s.Client().Calls(k.t.Context(), sandbox.CallFilter{Route: route, Answered: true})
	if err != nil {
		k.t.Fatalf("asking the witness: %v", err)
	}
	var out []time.Duration
	for _, c := range calls {
		out = append(out, time.Duration(c.DurationUS)*time.Microsecond)
	}
	return out
}

func fixedLatency(k *bench) {
	k.fault("GET", "/users/@me", sandbox.FaultDo{Delay: sandbox.FaultDuration(20 * time.Millisecond)})
	k.must("GET", "/users/@me", nil)
	if took := k.durations("/users/@me"); len(took) != 1 || took[0] < 20*time.Millisecond {
		k.t.Errorf("took %v", took)
	}
}

func jitteredLatency(k *bench) {
	f := sandbox.Fault{
		Match: sandbox.FaultMatch{Route: "/users/@me"},
		Do:    sandbox.FaultDo{Delay: sandbox.FaultDuration(5 * time.Millisecond), Jitter: sandbox.FaultDuration(20 * time.Millisecond)},
	}
	if _, err := k.s.Client().AddFault(k.t.Context(), f); err != nil {
		k.t.Fatal(err)
	}
	for range 8 {
		k.must("GET", "/users/@me", nil)
	}
	more := 0
	for _, took := range k.durations("/users/@me") {
		if took < 5*time.Millisecond {
			k.t.Errorf("took %s, less than the delay", took)
		}
		if took > 6*time.Millisecond {
			more++
		}
	}
	if more == 0 {
		k.t.Error("no call took longer than the delay")
	}
}

func serverError(k *bench) {
	k.fault("POST", "/channels/{id}/messages", sandbox.FaultDo{Status: 503})
	if got := k.call("POST", supportPath+"/messages", object{"content": "x"}); got.status != 503 || got.text("message") == "" || k.written("x") != 0 {
		k.t.Errorf("answered %d %s", got.status, got.raw)
	}
}

func pageOfTheProxy(k *bench) {
	k.fault("GET", "*", sandbox.FaultDo{Status: 502, HTML: true, Message: "a < b"})
	got := k.call("GET", "/users/@me", nil)
	if got.status != 502 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(got.raw, "<h1>a &lt; b</h1>") {
		k.t.Errorf("answered %d %v %s", got.status, got.header, got.raw)
	}
}

func (k *bench) limited(scope string) {
	k.fault("GET", "/users/@me", sandbox.FaultDo{RateLimit: scope})
	got := k.call("GET", "/users/@me", nil)
	if got.status != 429 || got.header.Get("X-RateLimit-Scope") != scope || got.header.Get("Via") == "" || got.at("retry_after") == nil {
		k.t.Errorf("answered %d %v %s", got.status, got.header, got.raw)
	}
	if global := scope == "global"; got.at("global") != global || global && got.header.Get("X-RateLimit-Bucket") != "" {
		k.t.Errorf("a %s limit tells %v %s", scope, got.header, got.raw)
	}
}

// isBan wants the page of the proxy: libraries tell it from a limit of Discord's by the missing Via.
func isBan(k *bench, got answer) {
	k.t.Helper()
	if got.status != 429 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || got.header.Get("Via") != "" || got.body != nil ||
		got.header.Get("Retry-After") == "" {
		k.t.Errorf("answered %d %v %s", got.status, got.header, got.raw)
	}
}

func pageOfTheBan(k *bench) {
	k.fault("GET", "/users/@me", sandbox.FaultDo{RateLimit: "ban"})
	isBan(k, k.call("GET", "/users/@me", nil))
	k.must("GET", "/users/@me", nil)
}

func (k *bench) dropped(when string, written int) {
	k.fault("POST", "/channels/{id}/messages", sandbox.FaultDo{Drop: true, When: when})
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodPost, k.s.APIURL()+supportPath+"/messages", strings.NewReader(`{"content":"dropped"}`))
	if err != nil {
		k.t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bot " + k.token}, "User-Agent": {"DiscordBot (x, 1)"}, "Content-Type": {"application/json"}}
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		res.Body.Close()
	}
	if !errors.Is(err, io.EOF) {
		k.t.Errorf("answered %v, %v, want a closed connection", res, err)
	}
	if got := k.written("dropped"); got != written {
		k.t.Errorf("%d messages were written, want %d", got, written)
	}
}

func (k *bench) op(do string, op int, data string) {
	k.disturb(sandbox.GatewayFault{Do: do})
	ctx, cancel := context.WithTimeout(k.t.Context(), 10*time.Second)
	defer cancel()
	for {
		select {
		case e, open := <-k.gw.ops:
			if !open {
				k.t.Fatalf("the gateway closed before op %d", op)
			}
			if e.Op != op {
				continue
			}
			if string(e.Data) != data {
				k.t.Errorf("op %d with %s, want %s", op, e.Data, data)
			}
			return
		case <-ctx.Done():
			k.t.Fatalf("no op %d", op)
		}
	}
}

// ended wants the connection's end.
func (k *bench) ended(do string) {
	k.disturb(sandbox.GatewayFault{Do: do})
	waitFor(k.t, "the end of the connection", func() bool {
		select {
		case _, open := <-k.gw.ops:
			return !open
		default:
			return false
		}
	})
}

// silence: the connection lives, and neither heartbeats are answered nor events sent. Resuming brings what was missed.
func silence(k *bench) {
	k.disturb(sandbox.GatewayFault{Do: "silence"})
	k.write("unheard")
	if err := k.gw.ws.WriteMessage(1, []byte(`{"op":1,"d":null}`)); err != nil {
		k.t.Fatalf("the connection is not open: %v", err)
	}
	k.disturb(sandbox.GatewayFault{Do: "drop"})
	for e := range k.gw.events {
		if e.Type == "MESSAGE_CREATE" && strings.Contains(string(e.Data), "unheard") {
			k.t.Error("a silent connection told of a message")
		}
	}
	for e := range k.gw.ops {
		if e.Op == 11 {
			k.t.Error("a silent connection answered a heartbeat")
		}
	}
}

func duplicate(k *bench) {
	k.write("twice")
	k.disturb(sandbox.GatewayFault{Do: "duplicate_last"})
	k.hears("twice", "twice")
}

func duplicateInteraction(k *bench) {
	first := k.press("open")
	k.disturb(sandbox.GatewayFault{Do: "replay_interaction"})
	if again := k.gw.next("INTERACTION_CREATE"); again.raw != first.raw {
		k.t.Errorf("again: %s", again.raw)
	}
}

func late(k *bench) {
	k.disturb(sandbox.GatewayFault{Do: "late_next", Event: "MESSAGE_CREATE", Delay: sandbox.FaultDuration(50 * time.Millisecond)})
	k.write("late")
	k.write("in time")
	k.hears("in time", "late")
}

func lost(k *bench) {
	k.disturb(sandbox.GatewayFault{Do: "lose_next", Event: "MESSAGE_CREATE"})
	k.write("lost")
	k.write("found")
	k.hears("found")
}

func reordered(k *bench) {
	k.disturb(sandbox.GatewayFault{Do: "reorder_next", Event: "MESSAGE_CREATE"})
	k.write("first")
	k.write("second")
	k.hears("second", "first")
}

// made wants an event that the fault made up, and that the stream goes on.
func (k *bench) made(do, event string) {
	k.disturb(sandbox.GatewayFault{Do: do})
	k.gw.next(event)
	k.write("after it")
	k.hears("after it")
}

func expired(k *bench) {
	m, err := k.ryan.Send(k.t.Context(), sandbox.DemoSupportID, "", sandbox.Upload{Filename: "a.txt", ContentType: "text/plain", Data: []byte("x")})
	if err != nil {
		k.t.Fatal(err)
	}
	look := func() int {
		res, err := http.Get(m.Attachments[0].URL)
		if err != nil {
			k.t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	before := look()
	k.administer(sandbox.Order{Do: "expire_attachments", ChannelID: sandbox.DemoSupportID})
	if after := look(); before != http.StatusOK || after != http.StatusNotFound {
		k.t.Errorf("the file answers %d, then %d", before, after)
	}
}

func fullCategory(k *bench) {
	k.administer(sandbox.Order{Do: "fill_category", CategoryID: sandbox.DemoTicketsID, Free: 1})
	body := object{"name": "x", "parent_id": sandbox.DemoTicketsID}
	k.must("POST", guildPath+"/channels", body)
	k.call("POST", guildPath+"/channels", body).complains(k.t, "parent_id", "CHANNEL_PARENT_MAX_CHANNELS")
}

func missingPermission(k *bench) {
	o := sandbox.Order{Do: "remove_permission", GuildID: sandbox.DemoGuildID, UserID: sandbox.DemoApplicationID, Permission: "MANAGE_CHANNELS"}
	k.administer(o)
	k.call("POST", guildPath+"/channels", object{"name": "x"}).refused(k.t, http.StatusForbidden, 50013)
	o.Do = "add_permission"
	k.administer(o)
	k.must("POST", guildPath+"/channels", object{"name": "x"})
}

func missingInChannel(k *bench) {
	k.administer(sandbox.Order{
		Do: "remove_permission", GuildID: sandbox.DemoGuildID, UserID: sandbox.DemoApplicationID, Permission: "SEND_MESSAGES", ChannelID: sandbox.DemoSupportID,
	})
	k.call("POST", supportPath+"/messages", object{"content": "x"}).refused(k.t, http.StatusForbidden, 50013)
}

func leaves(k *bench) {
	if err := k.ryan.Leave(k.t.Context(), sandbox.DemoGuildID); err != nil {
		k.t.Fatal(err)
	}
	if got := k.gw.next("GUILD_MEMBER_REMOVE"); got.text("user.id") != sandbox.DemoRyanID.String() {
		k.t.Errorf("the bot heard %s", got.raw)
	}
	k.call("GET", guildPath+"/members/"+sandbox.DemoRyanID.String(), nil).refused(k.t, http.StatusNotFound, 10007)
	if _, err := k.ryan.PressNow(k.t.Context(), k.panel, "open"); !sandbox.IsRefused(err, http.StatusForbidden) {
		k.t.Errorf("who left presses: %v", err)
	}
}

func takesNoDMs(k *bench) {
	k.administer(sandbox.Order{Do: "refuse_dms", UserID: sandbox.DemoRyanID})
	dm := k.must("POST", "/users/@me/channels", object{"recipient_id": sandbox.DemoRyanID})
	k.call("POST", "/channels/"+dm.text("id")+"/messages", object{"content": "x"}).refused(k.t, http.StatusForbidden, 50007)
}

func deleted(k *bench) {
	id, err := parse(k.write("gone").text("id"))
	if err != nil {
		k.t.Fatal(err)
	}
	k.administer(sandbox.Order{Do: "delete_message", MessageID: id})
	k.call("PATCH", supportPath+"/messages/"+id.String(), object{"content": "y"}).refused(k.t, http.StatusNotFound, 10008)
	k.administer(sandbox.Order{Do: "delete_channel", ChannelID: sandbox.DemoSupportID})
	k.call("POST", supportPath+"/messages", object{"content": "y"}).refused(k.t, http.StatusNotFound, 10003)
}

func threeSeconds(k *bench) {
	i := k.press("open")
	k.advance(3100 * time.Millisecond)
	k.call("POST", callbackPath(i), object{"type": 5}).refused(k.t, http.StatusNotFound, 10062)
}

func fifteenMinutes(k *bench) {
	i := k.press("open")
	k.must("POST", callbackPath(i), object{"type": 5})
	k.advance(14 * time.Minute)
	k.must("POST", hookPath(i), object{"content": "in time"})
	k.advance(2 * time.Minute)
	k.call("POST", hookPath(i), object{"content": "late"}).refused(k.t, http.StatusUnauthorized, 50027)
}

func archives(k *bench) {
	thread := k.must("POST", supportPath+"/threads", object{"name": "t", "type": 12, "auto_archive_duration": 60})
	k.advance(61 * time.Minute)
	if got := k.must("GET", "/channels/"+thread.text("id"), nil); got.at("thread_metadata.archived") != true {
		k.t.Errorf("after an hour: %s", got.raw)
	}
}

// bansEnd: the fourth invalid call bans the address, whatever it asks afterwards, until an hour has passed.
func bansEnd(k *bench) {
	s := start(k.t, sandbox.Config{RateLimits: sandbox.RateLimits{Invalid: 4}})
	b := newRawBot(k.t, s)
	good := b.token
	b.token = "wrong"
	for range 4 {
		b.call("GET", "/users/@me", nil).refused(k.t, http.StatusUnauthorized, 0)
	}
	isBan(k, b.call("GET", "/users/@me", nil))
	b.token = good
	isBan(k, b.call("GET", "/users/@me", nil))
	if err := s.Client().Advance(k.t.Context(), time.Hour); err != nil {
		k.t.Fatal(err)
	}
	b.must("GET", "/users/@me", nil)
}
