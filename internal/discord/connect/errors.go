package connect

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/disgoorg/disgo/rest"

	"usher/internal/discord/gatewayconn"
)

// TokenError says that the bot token is not one, or that Discord refuses it. The token is not in the text.
type TokenError struct {
	// Refused is true when Discord said so, false when the text cannot be a token.
	Refused bool
	cause   error
}

// Error says what to do.
func (e *TokenError) Error() string {
	if e.Refused {
		return "discord refused the bot token: create a new one in the developer portal (https://discord.com/developers/applications) under Bot, Reset Token, and set it"
	}
	return "this is not a bot token: copy the one from the developer portal (https://discord.com/developers/applications) under Bot, Reset Token, not the client secret or the public key"
}

// Unwrap is the cause, nil if there is none.
func (e *TokenError) Unwrap() error { return e.cause }

// UnreachableError says that nothing that speaks Discord's API answers at an address.
type UnreachableError struct {
	// Host is the host and port that was asked.
	Host string
	// Status is the HTTP status of an answer that was not Discord's; 0 if there was no answer.
	Status int
	cause  error
}

// Error names the host and what to check.
func (e *UnreachableError) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s answered %d %s instead of Discord's API: check the API address, and status.discord.com", e.Host, e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("cannot reach Discord at %s: check the API address, the network, DNS, and any firewall or proxy in between: %v", e.Host, e.cause)
}

// Unwrap is the cause.
func (e *UnreachableError) Unwrap() error { return e.cause }

// LoginsSpentError says that the bot has logged in so often today (1,000 times) that Discord would reset its token at the next.
type LoginsSpentError struct {
	// Wait is how long until Discord allows logins again.
	Wait time.Duration
}

// Error says how long to wait.
func (e *LoginsSpentError) Error() string {
	return fmt.Sprintf("the bot has used up its logins of today; discord allows the next in %s: find out what restarts it so often", e.Wait.Round(time.Second))
}

// explain turns a failed first request into one of the errors above.
func explain(host string, err error) error {
	var refused *rest.Error
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode == http.StatusUnauthorized:
		return &TokenError{Refused: true, cause: errors.New("status 401")}
	case errors.As(err, &refused) && refused.Response != nil:
		return &UnreachableError{Host: host, Status: refused.Response.StatusCode, cause: errors.New(refused.Response.Status)}
	default:
		return &UnreachableError{Host: host, cause: err}
	}
}

// explainOpen turns a shard's refusal of the token into a TokenError and leaves the rest.
func explainOpen(err error) error {
	var fatal *gatewayconn.FatalError
	if errors.As(err, &fatal) && fatal.WrongToken() {
		return &TokenError{Refused: true, cause: fatal}
	}
	return err
}
