package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
)

// Problem is every answer that is not what was asked for. It never repeats what was sent: that may be a secret.
// RFC 9457, https://www.rfc-editor.org/rfc/rfc9457
type Problem struct {
	Title     string         `json:"title" doc:"The status in words."`
	Status    int            `json:"status" doc:"The HTTP status."`
	Code      string         `json:"code" doc:"What went wrong, for programs: it stays the same when the sentence changes." example:"panel_name_taken"`
	Detail    string         `json:"detail" doc:"What went wrong and what to do, for people."`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"One for each field that is wrong."`
	Reference string         `json:"reference,omitempty" doc:"Of a failure inside: give it to whoever runs this instance, it stands in the log."`

	retry time.Duration // for Retry-After; 0: none
}

// FieldProblem is one wrong field.
type FieldProblem struct {
	Location string `json:"location" doc:"The field as it was written, such as headers[1].name; what is not in the body begins with path. or query." example:"headers[1].name"`
	Message  string `json:"message" doc:"What to do about it."`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders implements huma.HeadersError: with Retry-After, in seconds, where it is known when to try again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retry.Seconds()))))
	}
	return h
}

const problemType = "application/problem+json"

// codes of problems that are made here.
const (
	codeInternal   = "internal"
	codeInvalid    = "invalid"
	codeUnreadable = "unreadable"
)

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// problem is the one place where an error becomes an answer. What a person can act on is told; everything else is logged once, with the
// reference that is all the caller learns.
func (a *api) problem(ctx context.Context, err error) *Problem {
	var told *fault.Error
	var made *Problem
	switch {
	case errors.As(err, &made):
		return made
	case errors.As(err, &told) && told.Kind != fault.Internal:
		return a.ofFault(ctx, told, err)
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return newProblem(http.StatusServiceUnavailable, "too_slow", "This took too long. Please try again in a moment.")
	}
	p := newProblem(http.StatusInternalServerError, codeInternal, "Something went wrong here. Whoever runs this instance finds it in the log by the reference.")
	p.Reference = requestOf(ctx)
	a.log.LogAttrs(ctx, slog.LevelError, "a request failed", slog.String("reference", p.Reference), slog.Any("error", err))
	return p
}

// ofFault answers with a fault. What lies outside is logged too: its cause is nobody's business but the operator's.
func (a *api) ofFault(ctx context.Context, told *fault.Error, err error) *Problem {
	p := newProblem(statusOf(told), told.Code, told.Text)
	p.retry = told.Retry
	for _, f := range told.Fields {
		p.Errors = append(p.Errors, FieldProblem{Location: f.Path, Message: f.Text})
	}
	if told.Kind == fault.Unavailable {
		p.Reference = requestOf(ctx)
		a.log.LogAttrs(ctx, slog.LevelWarn, "a request could not be served", slog.String("reference", p.Reference), slog.Any("error", err))
	}
	return p
}

func statusOf(f *fault.Error) int {
	switch f.Kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		if f.Code == account.CodeSignedOut {
			return http.StatusUnauthorized
		}
		return http.StatusForbidden
	case fault.Limited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
	}
	return http.StatusInternalServerError
}

// transform is huma's last stop before an answer is written: problems that huma itself found get our form, without the values that it
// quotes. It implements huma.Transformer.
func (a *api) transform(ctx huma.Context, _ string, v any) (any, error) {
	found, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	if found.Status >= http.StatusInternalServerError {
		return a.problem(ctx.Context(), errors.New(found.Detail)), nil
	}
	p := newProblem(found.Status, codeInvalid, "Some of what was sent is wrong: see errors.")
	switch found.Status {
	case http.StatusBadRequest:
		p.Code, p.Detail = codeUnreadable, "What was sent cannot be read."
	case http.StatusRequestEntityTooLarge:
		p.Code, p.Detail = "too_large", tooLarge(ctx.Operation().MaxBodyBytes)
	case http.StatusUnsupportedMediaType:
		p.Code, p.Detail = "media_type", "Send JSON, with Content-Type: application/json."
	case http.StatusRequestTimeout:
		p.Code, p.Detail = "too_slow", "What was sent came too slowly."
	}
	if found.Detail == "request body is required" {
		p.Detail = "Send a JSON object."
	}
	for _, e := range found.Errors {
		if e != nil {
			p.Errors = append(p.Errors, fieldOf(*e))
		}
	}
	return p, nil
}

// fieldOf says which field huma means and what is wrong with it, as core does: what is in the body without a prefix.
func fieldOf(e huma.ErrorDetail) FieldProblem {
	if at, text, ok := strings.Cut(e.Message, placeMark); ok {
		return FieldProblem{Location: at, Message: text}
	}
	location := strings.TrimPrefix(strings.TrimPrefix(e.Location, "body"), ".")
	if name, ok := missing(e.Message); ok {
		location = strings.TrimPrefix(location+"."+name, ".")
	}
	return FieldProblem{Location: location, Message: sentence(e.Message)}
}

// tooLarge says how much an operation reads.
func tooLarge(limit int64) string {
	return fmt.Sprintf("What was sent is too large: it must be smaller than %d KiB.", limit>>10)
}
