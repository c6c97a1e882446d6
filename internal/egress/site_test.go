package egress_test

import (
	"testing"

	"usher/internal/core/requesttemplate"
	"usher/internal/egress"
)

func TestI4SameSite(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"game.example.com", "game.example.com", true},
		{"game.example.com", "GAME.Example.COM", true},
		{"game.example.com", "check.example.com", true},
		{"example.com", "a.b.c.example.com", true},
		{"example.com", "example.org", false},
		{"example.com", "badexample.com", false},
		{"example.com", "example.com.evil.org", false},
		{"a.co.uk", "b.co.uk", false},
		{"www.a.co.uk", "api.a.co.uk", true},
		{"alice.github.io", "bob.github.io", false},
		{"alice.github.io", "www.alice.github.io", true},
		{"github.io", "alice.github.io", false},
		{"github.io", "github.io", true},
		{"a.herokuapp.com", "b.herokuapp.com", false},
		{"bucket.s3.amazonaws.com", "other.s3.amazonaws.com", false},
		{"bücher.example.com", "xn--bcher-kva.example.com", true},
		{"bücher.com", "api.xn--bcher-kva.com", true},
		{"93.184.216.34", "93.184.216.34", true},
		{"93.184.216.34", "93.184.216.35", false},
		{"[2606:4700::1]", "[2606:4700:0::1]", true},
		{"[2606:4700::1]", "93.184.216.34", false},
		{"host.unlisted-suffix", "other.unlisted-suffix", false},
	} {
		a, b := host(t, c.a), host(t, c.b)
		if egress.SameSite(a, b) != c.same || egress.SameSite(b, a) != c.same {
			t.Errorf("SameSite(%s, %s) is %v", c.a, c.b, !c.same)
		}
	}
}

func host(t *testing.T, text string) requesttemplate.Host {
	t.Helper()
	h, err := requesttemplate.ParseHost(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return h
}
