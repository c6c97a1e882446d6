//go:build !race

package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"

	"usher/sandbox"
)

// say lets Ryan write numbered messages.
func (j *judge) say(from, to int) {
	j.t.Helper()
	for i := from; i < to; i++ {
		got(j.ryan.Send(j.t.Context(), sandbox.DemoGeneralID, strconv.Itoa(i)))(j, "writing")
	}
}

// hear wants the numbered messages in order, none lost and none twice. It gives how often the bot resumed and how
// often it logged in anew meanwhile.
func (j *judge) hear(from, to int) (resumed, readied int) {
	j.t.Helper()
	deadline := time.After(20 * time.Second)
	for want := from; want < to; {
		select {
		case e := <-j.events:
			switch e := e.(type) {
			case *events.Resumed:
				resumed++
			case *events.Ready:
				readied++
			case *events.GuildMessageCreate:
				if e.Message.Content != strconv.Itoa(want) {
					j.t.Fatalf("message %s arrived, want %d", e.Message.Content, want)
				}
				want++
			}
		case <-deadline:
			j.t.Fatalf("message %d has not arrived (%d resumes, %d logins)", want, resumed, readied)
		}
	}
	return resumed, readied
}

// resumes are the ways to lose a connection that a session survives.
func resumes() map[string]sandbox.GatewayFault {
	out := map[string]sandbox.GatewayFault{
		"drop": {Do: "drop"}, "op 7": {Do: "reconnect"}, "op 9 true": {Do: "invalid_session_resumable"}, "silence": {Do: "silence"},
	}
	for _, code := range []int{4000, 4001, 4002, 4003, 4005, 4008, 1012} {
		out[fmt.Sprint("close ", code)] = sandbox.GatewayFault{Do: "close", Code: code}
	}
	return out
}

// TestS13DisgoResumesWithoutLoss loses the connection in every way that Discord lets a bot resume from, while people write.
func TestS13DisgoResumesWithoutLoss(t *testing.T) {
	t.Parallel()
	for name, fault := range resumes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudgeWith(t, sandbox.Config{HeartbeatInterval: 500 * time.Millisecond})
			j.say(0, 5)
			j.hear(0, 5)
			j.ok("disturbing", j.s.Client().DisturbGateway(t.Context(), fault))
			j.say(5, 25)
			resumed, readied := j.hear(5, 25)
			j.say(25, 30)
			// RESUMED follows what was missed.
			more, again := j.hear(25, 30)
			resumed, readied = resumed+more, readied+again
			if resumed != 1 || readied != 0 {
				t.Errorf("the bot resumed %d times and logged in %d times", resumed, readied)
			}
			sessions := got(j.s.Client().GatewaySessions(t.Context()))(j, "asking for sessions")
			if len(sessions) != 1 || sessions[0].Resumes != 1 || sessions[0].Identifies != 1 {
				t.Errorf("sessions: %+v", sessions)
			}
		})
	}
}

// TestS13DisgoLogsInAnew: after op 9 false, 4007 and 4009 there is nothing to resume, and the bot begins again.
func TestS13DisgoLogsInAnew(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.GatewayFault{
		"op 9 false": {Do: "invalid_session"}, "close 4007": {Do: "close", Code: 4007}, "close 4009": {Do: "close", Code: 4009},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t)
			j.ok("disturbing", j.s.Client().DisturbGateway(t.Context(), fault))
			next[*events.Ready](j)
			next[*events.GuildReady](j)
			j.say(0, 5)
			if resumed, readied := j.hear(0, 5); resumed != 0 || readied != 0 {
				t.Errorf("the bot resumed %d and logged in %d more times", resumed, readied)
			}
			sessions := got(j.s.Client().GatewaySessions(t.Context()))(j, "asking for sessions")
			if len(sessions) != 2 || !sessions[0].Ended && !sessions[1].Ended {
				t.Errorf("sessions: %+v", sessions)
			}
		})
	}
}

// TestS13DisgoStaysAway: with these codes a bot must not come back, and disgo does not.
func TestS13DisgoStaysAway(t *testing.T) {
	t.Parallel()
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			closed := make(chan error, 1)
			j := newJudge(t, gateway.WithCloseHandler(func(_ gateway.Gateway, err error, _ bool) { closed <- err }))
			j.ok("closing", j.s.Client().DisturbGateway(t.Context(), sandbox.GatewayFault{Do: "close", Code: code}))
			var told *websocket.CloseError
			select {
			case err := <-closed:
				if !errors.As(err, &told) || told.Code != code {
					t.Errorf("the bot was told %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the bot was not told within ten seconds")
			}
		})
	}
}

// TestS13DisgoHandsItsSessionOver: another process goes on where the first one stopped.
func TestS13DisgoHandsItsSessionOver(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	j.say(0, 5)
	j.hear(0, 5)
	gw := j.client.Gateway
	session, sequence, address := *gw.SessionID(), *gw.LastSequenceReceived(), *gw.ResumeURL()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	gw.CloseWithCode(ctx, 1012, "handover")
	j.say(5, 10)
	second := newJudgeOn(t, j.s, sandbox.DefaultSeed().Applications[0].BotToken, bot.WithGatewayConfigOpts(
		gateway.WithURL(j.s.GatewayURL()), gateway.WithIntents(gateway.IntentsAll),
		gateway.WithSessionID(session), gateway.WithSequence(sequence), gateway.WithResumeURL(address),
	))
	j.ok("opening the second gateway", second.client.OpenGateway(t.Context()))
	second.hear(5, 10)
	sessions := got(j.s.Client().GatewaySessions(t.Context()))(j, "asking for sessions")
	if len(sessions) != 1 || sessions[0].Resumes != 1 {
		t.Errorf("sessions: %+v", sessions)
	}
}
