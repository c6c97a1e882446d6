package egress

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestATargetPrintsItsOriginAlone(t *testing.T) {
	u := target(t, "https://api.example.com:444/geheim?key=geheim")
	holder := struct {
		u Target
		U Target
		P *Target
	}{u, u, &u}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{u, &u, holder, &holder, []Target{u}} {
			printed := fmt.Sprintf(verb, value)
			if strings.Contains(printed, "geheim") || strings.Contains(printed, fmt.Sprintf("%x", "geheim")) {
				t.Errorf("%s of %T: %s", verb, value, printed)
			}
		}
	}
	if b, err := json.Marshal(holder); err != nil || strings.Contains(string(b), "geheim") {
		t.Errorf("JSON: %s, %v", b, err)
	}
	if got := u.String(); got != "https://api.example.com:444" {
		t.Errorf("String = %q", got)
	}
}

func TestInternationalNames(t *testing.T) {
	tests := []struct{ raw, host string }{
		{"https://bücher.example.com/", "xn--bcher-kva.example.com"},
		{"https://BÜCHER.example.com/", "xn--bcher-kva.example.com"},
		{"https://xn--bcher-kva.example.com/", "xn--bcher-kva.example.com"},
		{"https://例え.jp/", "xn--r8jz45g.jp"},
		{"https://exa\u00admple.com/", ""},
		{"https://ﬁ.example.com/", ""},
		{"https://a\u0301b.example.com/", ""},
		{"https://ｄiscord.com/", ""},
		{"https://xn--a.example.com/", ""},
		{"https://" + strings.Repeat("ü", 63) + ".example.com/", ""},
	}
	for _, tt := range tests {
		u, err := ParseURL(tt.raw)
		if tt.host == "" {
			wantRefusedURL(t, err)
		} else if err != nil || u.Origin().Host.Name() != tt.host {
			t.Errorf("%q: %q, %v", tt.raw, u.Origin().Host.Name(), err)
		}
	}
}

// FuzzParseURL holds that what is accepted reads the same for net/url, has no part that could mislead another parser, and comes out of a
// second reading unchanged.
func FuzzParseURL(f *testing.F) {
	for _, c := range readCases(f) {
		if strings.Contains(c.input, ":") {
			f.Add(c.input)
		}
	}
	client, err := New(Config{Now: time.Now})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseURL(raw)
		if err != nil {
			return
		}
		whole := u.origin.String() + *u.location
		again, err := ParseURL(whole)
		if err != nil || again.origin != u.origin || *again.location != *u.location {
			t.Fatalf("%q reads as %q, then as %v, %v", raw, whole, again, err)
		}
		std, err := url.Parse(whole)
		if err != nil || std.User != nil || std.Fragment != "" || std.Opaque != "" || std.Scheme != u.origin.Scheme {
			t.Fatalf("%q: net/url reads %+v, %v", whole, std, err)
		}
		if host := strings.Trim(u.origin.Host.String(), "[]"); std.Hostname() != host {
			t.Errorf("%q: host %q, net/url says %q", whole, host, std.Hostname())
		}
		for i := range len(whole) {
			if whole[i] <= ' ' || whole[i] >= 0x7f || strings.IndexByte("\\\"<>^`{|}#@", whole[i]) >= 0 && i < len(u.origin.String()) {
				t.Fatalf("%q holds the byte %#x", whole, whole[i])
			}
		}
		if client.Check(whole, false) == nil && u.origin.Host.Addr().IsValid() && !client.gate.guard.permits(u.origin.Host.Addr(), false) {
			t.Errorf("%q is accepted with a refused address", whole)
		}
		if addr, err := netip.ParseAddr(u.origin.Host.Name()); err == nil {
			t.Errorf("the name %s is an address", addr)
		}
	})
}
