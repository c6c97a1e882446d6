package integration

import (
	"strconv"
	"strings"
)

// slugs gives each activation the name under which its placeholders are always reachable, %slug.name%: from the integration's name,
// unique among them in the order of activation (I-21).
func slugs(activations []Activation) []string {
	taken := map[string]bool{"ticket": true, "bloxlink": true, "form": true} // what is built in: %ticket.name%, %bloxlink.name%, %form.id%
	made := make([]string, len(activations))
	for n, a := range activations {
		base := slug(a.Record.Name)
		made[n] = base
		for i := 2; taken[made[n]]; i++ {
			made[n] = base + "-" + strconv.Itoa(i)
		}
		taken[made[n]] = true
	}
	return made
}

// slug keeps letters a to z and digits of a name, in lower case, and joins them with dashes.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.TrimRight(b.String(), "-"); s != "" {
		return s
	}
	return "integration"
}
