package egress

import (
	"errors"
	"strings"

	"golang.org/x/net/idna"

	"usher/internal/core/fault"
	"usher/internal/core/requesttemplate"
)

// Target is a parsed URL. It prints as its origin alone: path and query often hold secrets and user ids.
type Target struct {
	origin   requesttemplate.Origin
	location *string // path and query; a pointer, so that no printing verb reaches it
}

// Origin is the scheme, host and port; an international name is in its ASCII form.
func (t Target) Origin() requesttemplate.Origin { return t.origin }

// String implements fmt.Stringer with the origin.
func (t Target) String() string { return t.origin.String() }

// ParseURL reads a complete URL: the one way in, for what is saved (a template with sample values) and for what is sent. The error is a
// [*Failure] of ClassURL that says what to change and does not repeat path or query.
func ParseURL(raw string) (Target, error) {
	template, err := requesttemplate.Parse(raw)
	if err != nil {
		return Target{}, urlFailure(err)
	}
	origin := template.Origin()
	if name := origin.Host.Name(); name != "" {
		if origin.Host, err = asciiHost(name); err != nil {
			return Target{}, err
		}
	}
	location := strings.TrimPrefix(template.Sample(), template.Origin().String())
	return Target{origin: origin, location: &location}, nil
}

// Check judges a URL as [Client.Do] will, short of asking the network: for the moment in which it is saved. confidential is as in
// [Request]. The error is a [*Failure] of ClassURL or ClassPolicy whose Text says what to change.
func (c *Client) Check(raw string, confidential bool) error {
	t, err := ParseURL(raw)
	if err != nil {
		return err
	}
	_, err = c.gate.admit(t, confidential)
	return err
}

// asciiHost turns a name into what is looked up and sent. The strict profile maps nothing: full-width letters, circled digits and
// other looks-like forms are refused where a lenient one would quietly make `localhost` of them.
func asciiHost(name string) (requesttemplate.Host, error) {
	ascii, err := idna.Registration.ToASCII(name)
	if err != nil {
		return requesttemplate.Host{}, fail(ClassURL, "The host is not a valid international name: write it in its plain or xn-- form.")
	}
	host, err := requesttemplate.ParseHost(ascii)
	if err != nil {
		return requesttemplate.Host{}, urlFailure(err)
	}
	return host, nil
}

func urlFailure(err error) *Failure {
	var f *fault.Error
	if errors.As(err, &f) {
		return fail(ClassURL, f.Text)
	}
	return fail(ClassURL, "The URL cannot be used.")
}
