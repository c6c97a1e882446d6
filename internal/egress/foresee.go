package egress

import (
	"context"
	"net/netip"
	"slices"
)

// Foresee judges a URL as [Client.Check] does and then, where it may be used in an allowed network alone (http with a secret, a port that is
// not open), asks for the addresses of its name: a name that is known to be public is refused now rather than at every request. It is for
// the moment in which a URL is saved. What cannot be known is accepted, for sending judges again: a name without an answer, or one that the
// machine of a proxy or a worker looks up.
//
// It tells an author no more of our network than a test request does. Only a public name is refused, which everybody can look up; all others
// are accepted, and but for those of an allowed network, which answer requests anyway, after one time. The error is a [*Failure], or that of
// ctx.
func (c *Client) Foresee(ctx context.Context, raw string, confidential bool) error {
	t, err := ParseURL(raw)
	if err != nil {
		return err
	}
	allowedOnly, err := c.gate.admit(t, confidential)
	name := t.origin.Host.Name()
	here, fromHere := c.back.(*direct)
	if err != nil || !allowedOnly || name == "" || !fromHere {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, here.dialer.timeout)
	defer cancel()
	addrs, err := here.dialer.lookUp(bounded, name)
	switch {
	case err == nil && !slices.ContainsFunc(addrs, c.notPublic):
		return c.gate.needsAllowed(t, confidential)
	case err == nil && !slices.ContainsFunc(addrs, c.notAllowed):
		return nil
	}
	<-bounded.Done()
	return ctx.Err()
}

func (c *Client) notPublic(addr netip.Addr) bool {
	return !c.gate.guard.permits(addr, false) || c.gate.guard.permits(addr, true)
}

func (c *Client) notAllowed(addr netip.Addr) bool { return !c.gate.guard.permits(addr, true) }
