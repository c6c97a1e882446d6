package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/disgoorg/disgo/rest"

	"usher/internal/core/fault"
	"usher/internal/discord/ratelimit"
)

// asFault turns what disgo answers into a fault that says to people what to do. It is the only place that reads Discord's codes.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes
func asFault(doing string, err error) error {
	if err == nil {
		return nil
	}
	var refused *rest.Error
	var tooLong *ratelimit.TooLong
	switch {
	case errors.As(err, &refused):
		return refusal(refused).Because(fmt.Errorf("%s: %w", doing, brief(refused)))
	case errors.As(err, &tooLong):
		return fault.New(fault.Unavailable, "discord_busy", "Discord asks us to slow down. Please try again in a minute.").Because(fmt.Errorf("%s: %w", doing, tooLong))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "discord_slow", "Discord takes too long to answer. Please try again in a minute.").Because(fmt.Errorf("%s: %w", doing, withoutURL(err)))
	default:
		return fault.New(fault.Unavailable, "discord_unreachable", "Discord cannot be reached just now. Please try again in a minute.").Because(fmt.Errorf("%s: %w", doing, withoutURL(err)))
	}
}

// withoutURL drops the address that net/http puts into its errors: paths of interactions and webhooks hold tokens.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// brief is a refusal for the log: status, code and Discord's own sentences, without the body that was sent.
func brief(e *rest.Error) error {
	text := fmt.Sprintf("status %d, code %d, %s", status(e), e.Code, e.Message)
	for _, d := range details(e) {
		text += "; " + d
	}
	return errors.New(text)
}

func status(e *rest.Error) int {
	if e.Response == nil {
		return 0
	}
	return e.Response.StatusCode
}

// Codes of Discord that decide what a member is told.
const (
	codeUnknownInteraction  = 10062
	codeMaxChannels         = 30013
	codeAlreadyAcknowledged = 40060
	codeMissingAccess       = 50001
	codeCannotMessageUser   = 50007
	codeMissingPermissions  = 50013
	codeInvalidForm         = 50035
)

func refusal(e *rest.Error) *fault.Error {
	switch {
	case e.Code == codeInvalidForm:
		return formRefusal(e)
	case e.Code == codeMaxChannels:
		return fault.New(fault.Conflict, "server_full", "This server has as many channels as Discord allows (500), so no ticket can be opened. Please tell the server's staff.")
	case e.Code == codeMissingPermissions, e.Code == codeMissingAccess:
		return fault.New(fault.Forbidden, "bot_forbidden", "I lack a permission for this. Please tell the server's staff: I need View Channels, Manage Channels, Send Messages and Embed Links, in the tickets' category too.")
	case e.Code == codeCannotMessageUser:
		return fault.New(fault.Forbidden, "messages_closed", "This member takes no direct messages.")
	case status(e) == http.StatusForbidden:
		return fault.New(fault.Forbidden, "bot_forbidden", "Discord does not let me do this. Please tell the server's staff to check my permissions.")
	case status(e) == http.StatusUnauthorized:
		return fault.New(fault.Unavailable, "bot_signed_out", "I am not signed in at Discord any more. Please tell the server's staff.")
	case status(e) == http.StatusNotFound:
		return fault.New(fault.NotFound, "gone", "The channel that this needs was deleted in the meantime. Please try again; if that does not help, tell the server's staff.")
	case status(e) == http.StatusTooManyRequests:
		return fault.New(fault.Unavailable, "discord_busy", "Discord asks us to slow down. Please try again in a minute.")
	case status(e) >= http.StatusInternalServerError:
		return fault.New(fault.Unavailable, "discord_failed", "Discord has a problem of its own just now. Please try again in a minute.")
	default:
		return &fault.Error{Kind: fault.Internal, Code: "discord_refused", Text: ""}
	}
}

// formRefusal reads which field Discord refused: only the category of a channel is something we can act on.
func formRefusal(e *rest.Error) *fault.Error {
	all := strings.Join(details(e), "\n")
	switch {
	case strings.Contains(all, "CHANNEL_PARENT_MAX_CHANNELS"):
		return fault.New(fault.Conflict, "category_full", "The tickets' category is full (50 channels). Please tell the server's staff.")
	case strings.Contains(all, "parent_id"):
		return fault.New(fault.Conflict, "category_gone", "The tickets' category was deleted. Please tell the server's staff.")
	}
	return &fault.Error{Kind: fault.Internal, Code: "discord_refused", Text: ""}
}

// details lists the field errors of a refusal as "path: CODE message".
// https://discord.com/developers/docs/reference#error-messages
func details(e *rest.Error) []string {
	var tree map[string]any
	if json.Unmarshal(e.Errors, &tree) != nil {
		return nil
	}
	return walkDetails("", tree)
}

func walkDetails(path string, tree map[string]any) []string {
	var all []string
	for key, v := range tree {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				if m, ok := one.(map[string]any); ok {
					all = append(all, fmt.Sprintf("%s: %v %v", strings.TrimPrefix(path, "."), m["code"], m["message"]))
				}
			}
		case map[string]any:
			all = append(all, walkDetails(path+"."+key, v)...)
		}
	}
	return all
}

// hasCode reports whether Discord refused with this code.
func hasCode(err error, code rest.JSONErrorCode) bool {
	var refused *rest.Error
	return errors.As(err, &refused) && refused.Code == code
}

// isExpected reports whether an error is an ordinary answer to a person rather than a failure of ours or Discord's.
func isExpected(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.NotFound, fault.Conflict, fault.Forbidden, fault.Limited:
		return fault.CodeOf(err) != "bot_forbidden"
	default:
		return false
	}
}
