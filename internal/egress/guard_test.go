package egress

import (
	"errors"
	"net/netip"
	"testing"

	"code.dny.dev/ssrf"
)

// verdicts are addresses at the borders of each refused block, and their public neighbours.
func verdicts() map[string]bool {
	return map[string]bool{
		"0.0.0.0": false, "0.255.255.255": false, "1.0.0.0": true,
		"9.255.255.255": true, "10.0.0.0": false, "10.255.255.255": false, "11.0.0.0": true,
		"100.63.255.255": true, "100.64.0.0": false, "100.127.255.255": false, "100.128.0.0": true,
		"126.255.255.255": true, "127.0.0.0": false, "127.255.255.255": false, "128.0.0.0": true,
		"168.63.129.15": true, "168.63.129.16": false, "168.63.129.17": true,
		"169.253.255.255": true, "169.254.0.0": false, "169.254.255.255": false, "169.255.0.0": true,
		"172.15.255.255": true, "172.16.0.0": false, "172.31.255.255": false, "172.32.0.0": true,
		"191.255.255.255": true, "192.0.0.0": false, "192.0.0.255": false, "192.0.1.0": true,
		"192.0.1.255": true, "192.0.2.0": false, "192.0.2.255": false, "192.0.3.0": true,
		"192.31.195.255": true, "192.31.196.0": false, "192.31.196.255": false, "192.31.197.0": true,
		"192.52.192.255": true, "192.52.193.0": false, "192.52.193.255": false, "192.52.194.0": true,
		"192.88.98.255": true, "192.88.99.0": false, "192.88.99.255": false, "192.88.100.0": true,
		"192.167.255.255": true, "192.168.0.0": false, "192.168.255.255": false, "192.169.0.0": true,
		"192.175.47.255": true, "192.175.48.0": false, "192.175.48.255": false, "192.175.49.0": true,
		"198.17.255.255": true, "198.18.0.0": false, "198.19.255.255": false, "198.20.0.0": true,
		"198.51.99.255": true, "198.51.100.0": false, "198.51.100.255": false, "198.51.101.0": true,
		"203.0.112.255": true, "203.0.113.0": false, "203.0.113.255": false, "203.0.114.0": true,
		"223.255.255.255": true, "224.0.0.0": false, "239.255.255.255": false, "240.0.0.0": false, "255.255.255.255": false,

		"::": false, "::1": false, "::ffff:127.0.0.1": false, "::7f00:1": false, "64:ff9b::808:808": false, "100::1": false,
		"1fff:ffff::1": false, "2000::": true,
		"2000:ffff::1": true, "2001::": false, "2001:1ff:ffff::1": false, "2001:200::1": true,
		"2001:db7:ffff::1": true, "2001:db8::": false, "2001:db8:ffff::1": false, "2001:db9::": true,
		"2001:ffff::1": true, "2002::": false, "2002:ffff::1": false, "2003::": true,
		"2620:4f:7fff::1": true, "2620:4f:8000::": false, "2620:4f:8000:ffff::1": false, "2620:4f:8001::": true,
		"3ffe:ffff::1": true, "3fff::": false, "3fff:fff:ffff::1": false, "3fff:1000::": true,
		"3fff:ffff::1": true, "4000::": false, "5f00::1": false, "fc00::1": false, "fd00:ec2::254": false, "fe80::1": false, "fe80::1%lo": false,
		"2600::1%eth0": false, "fec0::1": false, "ff02::1": false, "2606:4700:4700::1111": true,
	}
}

// wrong gives an address that g judges otherwise than it must, or "".
func wrong(g guard) string {
	for text, want := range verdicts() {
		if g.permits(netip.MustParseAddr(text), false) != want {
			return text
		}
	}
	return ""
}

func TestI39OnlyPublicUnicastIsReached(t *testing.T) {
	g, err := newGuard(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := wrong(g); text != "" {
		t.Errorf("%s is judged wrongly", text)
	}
	if g.permits(netip.Addr{}, false) {
		t.Error("no address at all is permitted")
	}
}

// TestEveryRefusedBlockIsHeldByACase takes each block away in turn: the table above must notice.
func TestEveryRefusedBlockIsHeldByACase(t *testing.T) {
	for i, p := range deniedNetworks() {
		denied := deniedNetworks()
		g := guard{denied: append(denied[:i:i], denied[i+1:]...), unicast: netip.MustParsePrefix("2000::/3")}
		if wrong(g) == "" {
			t.Errorf("without %s nothing turns red", p)
		}
	}
	if wrong(guard{denied: deniedNetworks(), unicast: netip.MustParsePrefix("::/0")}) == "" {
		t.Error("with all of IPv6 nothing turns red")
	}
}

func TestAllowedNetworksAndOwnAddresses(t *testing.T) {
	g, err := newGuard(prefixes("10.1.0.0/16", "fd12::/48"), []netip.Addr{netip.MustParseAddr("10.1.0.9"), netip.MustParseAddr("93.184.216.34")})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		addr        string
		allowedOnly bool
		want        bool
	}{
		{"10.1.2.3", false, true},
		{"10.1.2.3", true, true},
		{"::ffff:10.1.2.3", true, true},
		{"fd12::1", true, true},
		{"10.2.0.1", false, false},
		{"8.8.8.8", false, true},
		{"8.8.8.8", true, false},
		{"10.1.0.9", false, false},
		{"::ffff:10.1.0.9", false, false},
		{"93.184.216.34", false, false},
	}
	for _, tt := range tests {
		if got := g.permits(netip.MustParseAddr(tt.addr), tt.allowedOnly); got != tt.want {
			t.Errorf("permits(%s, %v) = %v", tt.addr, tt.allowedOnly, got)
		}
	}
}

// FuzzAddress asks code.dny.dev/ssrf for a second opinion on each address. It may be laxer only where our list is longer.
func FuzzAddress(f *testing.F) {
	for text := range verdicts() {
		f.Add(netip.MustParseAddr(text).AsSlice())
	}
	for _, c := range readCases(f) {
		if u, err := ParseURL(c.input); err == nil && u.origin.Host.Addr().IsValid() {
			f.Add(u.origin.Host.Addr().AsSlice())
		}
	}
	g, err := newGuard(nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	second := ssrf.New()
	f.Fuzz(func(t *testing.T, b []byte) {
		addr, ok := netip.AddrFromSlice(b)
		if !ok {
			return
		}
		ours, theirs := g.permits(addr, false), second.SafeAddr(addr.Unmap())
		if ours && theirs != nil {
			t.Errorf("%s is permitted; the second opinion: %v", addr, theirs)
		}
		if !ours && theirs == nil && addr.Unmap() != netip.MustParseAddr("168.63.129.16") {
			t.Errorf("%s is refused by us alone: if that is meant, say so here", addr)
		}
		if theirs != nil && !errors.Is(theirs, ssrf.ErrProhibitedIP) {
			t.Errorf("%s: unexpected %v", addr, theirs)
		}
	})
}
