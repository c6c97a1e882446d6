package egress

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// What only an allowed network may serve is refused when it is saved, where it is known that none serves it. Nothing but that is told apart:
// a name that is inner, one that is nobody's and one whose answer does not come are accepted after one and the same time.
func TestI3WhatIsKnownToBePublicIsRefusedWhenSaved(t *testing.T) {
	public, allowed, inner := netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("192.168.1.1")
	answers := map[string][]netip.Addr{
		"public.example.com.": {public}, "allowed.example.com.": {allowed}, "inner.example.com.": {inner}, "mixed.example.com.": {public, allowed}, "both.example.com.": {public, inner},
		"six.example.com.": {public, netip.MustParseAddr("2606:2800:220:1::1")}, "mapped.example.com.": {netip.MustParseAddr("::ffff:93.184.216.34")},
	}
	const open = false
	for _, tt := range []struct {
		raw          string
		confidential bool
		refused      bool
		waited       time.Duration
		asked        int
	}{
		{"http://public.example.com/", true, true, 0, 1},
		{"http://six.example.com/", true, true, 0, 1},
		{"http://mapped.example.com/", true, true, 0, 1},
		{"https://public.example.com:8443/", true, true, 0, 1},
		{"https://public.example.com:8443/", open, true, 0, 1},
		{"http://public.example.com/", open, false, 0, 0},
		{"https://public.example.com/", true, false, 0, 0},
		{"http://allowed.example.com:8123/", true, false, 0, 1},
		{"http://inner.example.com/", true, false, 2 * time.Second, 1},
		{"http://mixed.example.com/", true, false, 2 * time.Second, 1},
		{"http://both.example.com/", true, false, 2 * time.Second, 1},
		{"http://nowhere.example.com/", true, false, 2 * time.Second, 1},
		{"http://93.184.216.34/", true, true, 0, 0},
		{"http://10.1.2.3:8123/", true, false, 0, 0},
		{"http://192.168.1.1/", open, true, 0, 0},
		{"nonsense", open, true, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			resolver := &fakeResolver{answers: answers}
			cfg := strict(resolver)
			cfg.AllowNetworks, cfg.ConnectTimeout, cfg.Now = prefixes("10.0.0.0/8"), 2*time.Second, time.Now
			start := time.Now()
			err := newClient(t, cfg).Foresee(t.Context(), tt.raw, tt.confidential)
			if (err != nil) != tt.refused || time.Since(start) != tt.waited || len(resolver.asked) != tt.asked {
				t.Errorf("%s: %v after %s, asked for %q", tt.raw, err, time.Since(start), resolver.asked)
			}
			var told *Failure
			if tt.refused && !errors.As(err, &told) {
				t.Errorf("%s: %v", tt.raw, err)
			}
		})
	}
}

// Where another machine looks names up, or nothing is allowed, nothing is asked.
func TestI3NothingIsAskedWhereItIsNotForUsToKnow(t *testing.T) {
	resolver := &fakeResolver{}
	cfg := strict(resolver)
	cfg.AllowNetworks = prefixes("10.0.0.0/8")
	client := newClient(t, cfg)
	client.back = &proxied{}
	if err := client.Foresee(t.Context(), "http://public.example.com/", true); err != nil || len(resolver.asked) > 0 {
		t.Errorf("%v, asked for %q", err, resolver.asked)
	}
	none := newClient(t, strict(resolver))
	if err := none.Foresee(t.Context(), "http://public.example.com/", true); err == nil || len(resolver.asked) > 0 {
		t.Errorf("%v, asked for %q", err, resolver.asked)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newClient(t, cfg).Foresee(ended, "http://nowhere.example.com/", true); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}
