package egress

import (
	"errors"
	"fmt"
	"slices"
)

// gate judges a target before anybody is asked about it.
type gate struct {
	guard     guard
	ports     []uint16
	namesOnly bool // no address at all: the way out cannot reach any
}

// newGate's errors name the setting that cannot be used.
func newGate(cfg Config) (gate, error) {
	g, err := newGuard(cfg.AllowNetworks, cfg.OwnAddresses)
	if err != nil {
		return gate{}, err
	}
	if slices.Contains(cfg.AllowPorts, 0) {
		return gate{}, errors.New("egress: allowed port 0 does not exist: name a port from 1 to 65535")
	}
	return gate{guard: g, ports: append([]uint16{80, 443}, cfg.AllowPorts...)}, nil
}

// admit judges scheme, port and a literal address. allowedOnly says that only an allowed network may serve the request: for a name that
// is decided when its address is known.
func (g gate) admit(t Target, confidential bool) (allowedOnly bool, err error) {
	why := g.needsAllowed(t, confidential)
	allowedOnly = why != nil
	addr := t.origin.Host.Addr()
	switch {
	case addr.IsValid() && g.namesOnly:
		return false, fail(ClassPolicy, "This instance cannot send requests to addresses: use the server's name.")
	case addr.IsValid() && g.guard.permits(addr, allowedOnly), !addr.IsValid() && (!allowedOnly || len(g.guard.allowed) > 0):
		return allowedOnly, nil
	case addr.IsValid() && !g.guard.permits(addr, false):
		return false, fail(ClassPolicy, "The address is not a public one: requests go to public servers only, unless the operator of this instance allows the network.")
	default:
		return false, why
	}
}

// needsAllowed says why only an allowed network may serve a request, to whoever wants it elsewhere; nil: any may. It is an error without a
// type, so that nil is nil.
func (g gate) needsAllowed(t Target, confidential bool) error {
	switch {
	case confidential && t.origin.Scheme == "http":
		return fail(ClassPolicy, "A request with a secret or a header must use https://: over http:// others on the way could read them.")
	case !slices.Contains(g.ports, t.origin.Port):
		return fail(ClassPolicy, fmt.Sprintf("Port %d is not allowed: use 80 or 443, or ask the operator of this instance to allow it.", t.origin.Port))
	}
	return nil
}
