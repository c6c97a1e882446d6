package egress

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"usher/internal/core/requesttemplate"
)

// maxAddresses bounds how many addresses of one name are tried.
const maxAddresses = 4

// control looks at the socket's address right before it connects.
type control func(ctx context.Context, network, address string, _ syscall.RawConn) error

// dialer opens connections to vetted addresses only.
type dialer struct {
	guard    guard
	resolver Resolver
	timeout  time.Duration // of resolving, and of connecting
	connect  func(ctx context.Context, to netip.AddrPort, check control) (net.Conn, error)
}

func newDialer(g guard, r Resolver, timeout time.Duration) *dialer {
	return &dialer{guard: g, resolver: r, timeout: timeout, connect: connectTCP}
}

func connectTCP(ctx context.Context, to netip.AddrPort, check control) (net.Conn, error) {
	d := net.Dialer{ControlContext: check, KeepAlive: -1}
	return d.DialContext(ctx, "tcp", to.String())
}

// dial resolves the origin's host and connects to the first address that answers. The error is a *Failure.
func (d *dialer) dial(ctx context.Context, origin requesttemplate.Origin, allowedOnly bool) (net.Conn, error) {
	addrs, err := d.vetted(ctx, origin.Host, allowedOnly)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	for i, addr := range addrs {
		conn, err := d.dialOne(ctx, netip.AddrPortFrom(addr, origin.Port), allowedOnly, len(addrs)-i)
		if err == nil {
			return conn, nil
		}
		var refused *Failure
		if errors.As(err, &refused) {
			return nil, refused
		}
	}
	return nil, unreachable(ClassConnect)
}

// dialOne gives each of the remaining addresses an equal share of the time, so that one silent address does not hide the next.
func (d *dialer) dialOne(ctx context.Context, to netip.AddrPort, allowedOnly bool, remaining int) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout/time.Duration(remaining))
	defer cancel()
	return d.connect(ctx, to, func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return d.checkSocket(address, to, allowedOnly)
	})
}

// checkSocket is the guard: it sees what the kernel is about to connect to, after every name, alias and encoding has been read.
func (d *dialer) checkSocket(address string, to netip.AddrPort, allowedOnly bool) error {
	actual, err := netip.ParseAddrPort(address)
	if err != nil || actual.Addr().Unmap() != to.Addr().Unmap() || actual.Port() != to.Port() || !d.guard.permits(actual.Addr(), allowedOnly) {
		return unreachable(ClassPolicy)
	}
	return nil
}

// vetted gives the addresses of a host, IPv4 first, at most maxAddresses of them. One refused answer refuses the name: a server that
// names an inner address beside a public one is not to be trusted with the choice.
func (d *dialer) vetted(ctx context.Context, host requesttemplate.Host, allowedOnly bool) ([]netip.Addr, error) {
	addrs := []netip.Addr{host.Addr()}
	if name := host.Name(); name != "" {
		var err error
		if addrs, err = d.lookUp(ctx, name); err != nil {
			return nil, err
		}
	}
	for i, addr := range addrs {
		if !d.guard.permits(addr, allowedOnly) {
			return nil, unreachable(ClassPolicy)
		}
		addrs[i] = addr.Unmap()
	}
	slices.SortStableFunc(addrs, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return addrs[:min(len(addrs), maxAddresses)], nil
}

// lookUp asks for name as an absolute one: the machine's search domains must not turn it into an inner name.
func (d *dialer) lookUp(ctx context.Context, name string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	addrs, err := d.resolver.LookupNetIP(ctx, "ip", name+".")
	if err != nil || len(addrs) == 0 {
		return nil, unreachable(ClassResolve)
	}
	return slices.Clone(addrs), nil
}
