package gateway

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestS2ResumeReplaysInOrderThenResumed(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(msgIntents, "")
	c.want(typeGuildCreate)
	b.Publish(message(1))
	c.wantMessages(1, 1)
	seen := c.seq
	c.leave(4900) // not 1000 or 1001: the session stays
	b.disconnected()
	for n := 2; n <= 200; n++ {
		b.Publish(message(n))
	}
	r := b.connect()
	r.resume(c.id, seen)
	r.wantMessages(2, 200)
	if f := r.want(typeResumed); f.Seq != seen+200 {
		t.Errorf("RESUMED has number %d, want %d", f.Seq, seen+200)
	}
	b.Publish(message(201))
	r.wantMessages(201, 201)
	if got := b.Sessions(); len(got) != 1 || got[0].Resumes != 1 || got[0].Identifies != 1 || !got[0].Connected {
		t.Errorf("witness tells %+v", got)
	}
}

// A second resume from an older number sees the events again, but not the
// RESUMED of the first.
func TestS2ResumeTwiceFromTheSameNumber(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(IntentGuildMessages, "")
	b.Publish(message(1))
	c.wantMessages(1, 1)
	for range 2 {
		c2 := b.connect()
		c2.resume(c.id, 1)
		c2.wantMessages(1, 1)
		c2.want(typeResumed)
		c2.fence()
	}
}

func TestS2ResumeTakesOverFromALivingConnection(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	old := b.login(IntentGuildMessages, "")
	c := b.connect()
	c.resume(old.id, old.seq)
	c.want(typeResumed)
	old.wantClose(closeUnknown)
	b.Publish(message(1))
	c.wantMessages(1, 1)
}

func TestS2ResumeRefusals(t *testing.T) {
	w := newWorld(guildA)
	w.apps["MjAwMA.a.b"] = App{ID: 2000}
	b := newBench(t, w, func(c *Config) { c.ReplayBuffer, c.Backlog = 4, 4 })
	refused := func(c *bot) {
		t.Helper()
		c.wantOp(opInvalidSession, "false")
	}
	c := b.connect()
	c.resume("unknown", 1)
	refused(c)
	c.identify(IntentGuildMessages, "") // on the same connection
	c.ready()
	stranger := b.connect()
	stranger.send(opResume, fmt.Sprintf(`{"token":"MjAwMA.a.b","session_id":%q,"seq":1}`, c.id))
	refused(stranger)
	c.leave(4900)
	b.disconnected()
	for n := range 5 {
		b.Publish(message(n))
	}
	late := b.connect()
	late.resume(c.id, 1) // events 2 to 6, of which 2 is forgotten
	refused(late)
}

func TestS2ResumeAheadIs4007(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	c.leave(4900)
	r := b.connect()
	r.resume(c.id, 2)
	r.wantClose(closeInvalidSeq)
}

func TestS2SessionExpires(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	c.leave(4900)
	b.disconnected()
	b.clock.advance(4 * time.Minute)
	r := b.connect()
	r.resume(c.id, 1)
	r.want(typeResumed)
	r.leave(4900)
	b.disconnected()
	b.clock.advance(5 * time.Minute)
	r = b.connect()
	r.resume(c.id, 1)
	r.wantOp(opInvalidSession, "false")
	if got := b.Sessions(); len(got) != 1 || !got[0].Ended {
		t.Errorf("witness tells %+v, want one ended session", got)
	}
	b.ForgetEnded()
	if got := b.Sessions(); len(got) != 0 {
		t.Errorf("after forgetting the witness tells %+v", got)
	}
}

func TestS2NormalCloseEndsTheSession(t *testing.T) {
	for _, code := range []int{1000, 1001} {
		b := newBench(t, newWorld(guildA), nil)
		c := b.login(0, "")
		c.leave(code)
		b.disconnected()
		if got := b.Sessions()[0]; !got.Ended || got.CloseCode != code {
			t.Errorf("after %d the witness tells %+v, want an ended session", code, got)
		}
		r := b.connect()
		r.resume(c.id, 1)
		r.wantOp(opInvalidSession, "false")
	}
}

// Events between the moment READY is computed and the guild's turn must come
// after its GUILD_CREATE, and none may be lost; other guilds do not wait.
func TestS2EventsDuringLoginFollowTheirGuild(t *testing.T) {
	w := newWorld(guildA, guildB)
	b := newBench(t, w, nil)
	w.onCreate = func(guild uint64) {
		if guild == guildA {
			e := message(1)
			b.Publish(e)
			e = message(2)
			e.GuildID = guildB
			b.Publish(e)
		}
	}
	c := b.login(msgIntents, "")
	c.want(typeGuildCreate)
	c.wantMessages(1, 1)
	if f := c.want(typeGuildCreate); !strings.Contains(string(f.Data), fmt.Sprint(guildB)) {
		t.Fatalf("got %s, want guild B", f.Data)
	}
	c.wantMessages(2, 2)
	c.fence()
}

// A connection lost while guilds are being announced is continued.
func TestS2ResumeDuringGuilds(t *testing.T) {
	w := newWorld(guildA, guildB)
	b := newBench(t, w, nil)
	cut := make(chan struct{})
	w.onCreate = func(uint64) {
		select {
		case <-cut:
		default:
			close(cut)
			if err := b.Fault(Fault{Kind: FaultDrop}); err != nil {
				t.Error(err)
			}
		}
	}
	c := b.login(IntentGuilds, "")
	<-cut
	b.disconnected()
	r := b.connect()
	r.resume(c.id, c.seq)
	got := map[string]bool{}
	for len(got) < 3 {
		f := r.read()
		got[f.Type+guildOf(f)] = true
	}
	for _, want := range []string{"RESUMED", fmt.Sprint("GUILD_CREATE", guildA), fmt.Sprint("GUILD_CREATE", guildB)} {
		if !got[want] {
			t.Errorf("after resuming got %v, want %s too", got, want)
		}
	}
	r.fence()
}

func guildOf(f frame) string {
	var d struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(f.Data, &d)
	return d.ID
}
