package egress

import "errors"

// Class says what went wrong, for logs and delivery lists. The set is closed.
type Class string

// The classes.
const (
	ClassURL      Class = "url"       // the request itself cannot be sent
	ClassPolicy   Class = "policy"    // scheme, port or address is not allowed
	ClassResolve  Class = "resolve"   // the name has no address
	ClassConnect  Class = "connect"   // no connection, a broken one, or no HTTP on it
	ClassTLS      Class = "tls"       // no handshake, or a certificate that is not the host's
	ClassTimeout  Class = "timeout"   // connected, but the answer did not come in time
	ClassRedirect Class = "redirect"  // a 3xx answer, which is never followed
	ClassTooLarge Class = "too_large" // headers or body over the limit
	ClassEncoding Class = "encoding"  // a Content-Encoding that was not asked for, or is broken
	ClassBusy     Class = "busy"      // over a limit of calls in flight
	ClassEgress   Class = "egress"    // given up on our side, or the proxy or worker that calls go through cannot be used
)

// Failure is why a call gave no answer. Text is a sentence for the integration's author. What is learned from name resolution and from
// connecting has one text for all of policy, resolve and connect, so that an author cannot scan our network with it; Class tells them
// apart and is for the operator alone. Neither holds a URL, an address or a header, and nothing is wrapped: net and url errors print both.
type Failure struct {
	Class Class
	Text  string
}

// Error implements error.
func (f *Failure) Error() string { return string(f.Class) + ": " + f.Text }

// Public is the class as the integration's author may see it: policy and resolve are told as connect.
func (f *Failure) Public() Class {
	if f.Class == ClassPolicy || f.Class == ClassResolve {
		return ClassConnect
	}
	return f.Class
}

func fail(class Class, text string) *Failure { return &Failure{Class: class, Text: text} }

// unreachable has one text for everything that resolving and connecting can teach.
func unreachable(class Class) *Failure {
	return fail(class, "The server could not be reached, or it did not answer with HTTP.")
}

// asFailure lets no other error out, whatever a back end returns.
func asFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return unreachable(ClassConnect)
}

// noWayOut is a proxy or worker that is missing or does not do its work. There is never another way instead: the operator has chosen one so
// that this machine's address stays hidden.
func noWayOut() *Failure {
	return fail(ClassEgress, "This instance's way out to other servers does not work at this moment. Its operator has to look at it.")
}

func busy() *Failure {
	return fail(ClassBusy, "Too many requests are under way at this moment; try again shortly.")
}
