package ticket

import (
	"errors"

	"usher/internal/core/fault"
)

// Sentence is what a member reads for an error: a fault's own words, or that it is our fault and by which reference the log knows it.
func Sentence(err error, reference string) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Text != "" {
		return f.Text
	}
	return "Something went wrong on our side. Please try again in a minute; if it happens again, tell the server's staff this number: " + reference
}

// later is said when Discord does not answer and the sweep will finish the work.
const later = "Discord is not answering us right now. Your ticket opens as soon as it does: there is no need to press again."
