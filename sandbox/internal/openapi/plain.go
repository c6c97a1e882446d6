package openapi

import (
	"net/url"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// plain is the validator's own sentence, for the errors Discord's description
// does not lead to.
func plain(l *jsonschema.ValidationError) string {
	return l.ErrorKind.LocalizedString(message.NewPrinter(language.English)) + "."
}

// decodeFragment undoes the escaping of a URL's fragment.
func decodeFragment(f string) string {
	if text, err := url.PathUnescape(f); err == nil {
		return text
	}
	return f
}
