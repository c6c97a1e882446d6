package gatewayconn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"
)

// ErrTooLarge is returned by Send for a message above Discord's 4,096 bytes, which would end the connection (close code 4002).
var ErrTooLarge = errors.New("message exceeds discord's 4096 bytes")

var (
	errZombie         = errors.New("a heartbeat was not acknowledged")
	errReconnectAsked = errors.New("discord asked to reconnect")
	errInvalidSession = errors.New("discord says the session is invalid")
	errResumeAsked    = errors.New("discord asked to resume")
	errNoHello        = errors.New("discord did not say hello in time")
	errNotReady       = errors.New("discord did not answer the login in time")
)

// FatalError ends a shard: trying again would fail the same way (close codes 4004 and 4010 to 4014, Discord docs, "Gateway Close Event Codes").
type FatalError struct {
	// Code is Discord's close code.
	Code int
	// Advice says in one sentence what is wrong and what to do.
	Advice string
}

// Error is the advice with the code.
func (e *FatalError) Error() string { return fmt.Sprintf("%s (close code %d)", e.Advice, e.Code) }

// WrongToken reports whether Discord refused the bot token.
func (e *FatalError) WrongToken() bool {
	return e.Code == gateway.CloseEventCodeAuthenticationFailed.Code
}

// asFatal returns the *FatalError for a close code that forbids another try, else nil.
func asFatal(err error, shard Shard) *FatalError {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return nil
	}
	var advice string
	switch closed.Code {
	case gateway.CloseEventCodeAuthenticationFailed.Code:
		advice = "discord refused the bot token: create a new one in the developer portal under Bot, Reset Token, and set it"
	case gateway.CloseEventCodeInvalidShard.Code:
		advice = fmt.Sprintf("discord refused shard %d of %d: all processes must use the same shard count", shard.ID, shard.Count)
	case gateway.CloseEventCodeShardingRequired.Code:
		advice = fmt.Sprintf("the bot is in too many servers for %d shard(s): raise the shard count", shard.Count)
	case gateway.CloseEventCodeInvalidAPIVersion.Code:
		advice = "discord no longer accepts this gateway version: update to a newer release"
	case gateway.CloseEventCodeInvalidIntent.Code:
		advice = fmt.Sprintf("discord does not know the requested intents %d: update to a newer release", shard.Intents)
	case gateway.CloseEventCodeDisallowedIntent.Code:
		advice = "a privileged intent is not enabled: in the developer portal, under Bot, Privileged Gateway Intents, switch on " + privileged(shard.Intents)
	default:
		return nil
	}
	return &FatalError{Code: closed.Code, Advice: advice}
}

// privileged names the privileged ones among the intents as the developer portal does.
func privileged(intents gateway.Intents) string {
	var names []string
	for _, p := range []struct {
		intent gateway.Intents
		name   string
	}{
		{gateway.IntentGuildPresences, "Presence Intent"},
		{gateway.IntentGuildMembers, "Server Members Intent"},
		{gateway.IntentMessageContent, "Message Content Intent"},
	} {
		if intents.Has(p.intent) {
			names = append(names, p.name)
		}
	}
	if len(names) == 0 {
		return "the intents the bot asks for"
	}
	return strings.Join(names, ", ")
}

// endsSession reports whether an error means that the session cannot be resumed.
func endsSession(err error) bool {
	if errors.Is(err, errInvalidSession) || errors.Is(err, websocket.ErrReadLimit) {
		return true
	}
	var closed *websocket.CloseError
	return errors.As(err, &closed) && (closed.Code == gateway.CloseEventCodeInvalidSeq.Code ||
		closed.Code == gateway.CloseEventCodeSessionTimed.Code || closed.Code == gateway.CloseEventCodeNotAuthenticated.Code)
}
