package egress

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"usher/internal/core/requesttemplate"
)

// SameSite reports whether two hosts belong together: one registrable domain by the public suffix list (https://publicsuffix.org), or one
// address. Names directly under a suffix that its owner rents out, such as two users' pages of one provider, do not. A name that is a
// suffix itself belongs with itself alone.
func SameSite(a, b requesttemplate.Host) bool {
	if a == b {
		return true
	}
	one, other := registrable(a), registrable(b)
	return one != "" && one == other
}

// registrable is the part of a name that somebody registered, in its ASCII form; empty for an address or a suffix itself.
func registrable(h requesttemplate.Host) string {
	if h.Name() == "" {
		return ""
	}
	ascii, err := asciiHost(h.Name())
	if err != nil {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(ascii.Name()))
	if err != nil {
		return ""
	}
	return domain
}
