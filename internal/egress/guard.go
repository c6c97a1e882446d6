package egress

import (
	"fmt"
	"net/netip"
	"slices"
)

// guard decides which addresses may be dialled.
type guard struct {
	denied  []netip.Prefix
	unicast netip.Prefix // the only part of IPv6 that is looked at at all
	allowed []netip.Prefix
	own     []netip.Addr
}

// deniedNetworks are the special-purpose blocks of the IANA registries (RFC 6890 and its updates), multicast, and Azure's wire server.
// Whatever of IPv6 lies outside 2000::/3 needs no entry.
func deniedNetworks() []netip.Prefix {
	return prefixes(
		"0.0.0.0/8",        // this network, RFC 791
		"10.0.0.0/8",       // private, RFC 1918
		"100.64.0.0/10",    // carriers' shared space, RFC 6598; cloud metadata too
		"127.0.0.0/8",      // loopback, RFC 1122
		"168.63.129.16/32", // Azure's host, a public number that each virtual machine sees as its own
		"169.254.0.0/16",   // link-local, RFC 3927; cloud metadata
		"172.16.0.0/12",    // private, RFC 1918
		"192.0.0.0/24",     // protocol assignments, RFC 6890; cloud metadata
		"192.0.2.0/24",     // documentation, RFC 5737
		"192.31.196.0/24",  // AS112, RFC 7535
		"192.52.193.0/24",  // AMT, RFC 7450
		"192.88.99.0/24",   // 6to4 relays, RFC 7526
		"192.168.0.0/16",   // private, RFC 1918
		"192.175.48.0/24",  // AS112, RFC 7534
		"198.18.0.0/15",    // benchmarks, RFC 2544
		"198.51.100.0/24",  // documentation, RFC 5737
		"203.0.113.0/24",   // documentation, RFC 5737
		"224.0.0.0/4",      // multicast, RFC 1112
		"240.0.0.0/4",      // reserved and broadcast, RFC 1112, RFC 919

		"2001::/23",         // protocol assignments, Teredo among them, RFC 2928
		"2001:db8::/32",     // documentation, RFC 3849
		"2002::/16",         // 6to4: an IPv4 address in disguise, RFC 3056
		"2620:4f:8000::/48", // AS112, RFC 7534
		"3fff::/20",         // documentation, RFC 9637
	)
}

// neverAllowed cannot be opened by an operator's allowed network: nothing that an integration may want lives there, and a careless
// 0.0.0.0/0 would open a cloud machine's credentials.
func neverAllowed() []netip.Prefix {
	return prefixes("0.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
		"::/128", "::ffff:0:0/96", "64:ff9b::/96", "2002::/16", "fe80::/10", "ff00::/8", "fd00:ec2::/32")
}

func newGuard(allowed []netip.Prefix, own []netip.Addr) (guard, error) {
	g := guard{denied: deniedNetworks(), unicast: netip.MustParsePrefix("2000::/3")}
	for _, p := range allowed {
		if !p.IsValid() || p.Masked() != p {
			return guard{}, fmt.Errorf("egress: the allowed network %s is not a network: write its first address and length, such as 192.168.1.0/24", p)
		}
		for _, never := range neverAllowed() {
			if p.Overlaps(never) {
				return guard{}, fmt.Errorf("egress: the allowed network %s holds %s, which can never be allowed: name a smaller network", p, never)
			}
		}
		g.allowed = append(g.allowed, p)
	}
	for _, a := range own {
		g.own = append(g.own, a.Unmap().WithZone(""))
	}
	return g, nil
}

// permits is the rule of I-39. An IPv4 address in IPv6 form is judged as the IPv4 address that the system would dial.
func (g guard) permits(addr netip.Addr, allowedOnly bool) bool {
	addr = addr.Unmap()
	if !addr.IsValid() || addr.Zone() != "" || slices.Contains(g.own, addr) {
		return false
	}
	if contains(g.allowed, addr) {
		return true
	}
	return !allowedOnly && (addr.Is4() || g.unicast.Contains(addr)) && !contains(g.denied, addr)
}

func contains(networks []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
