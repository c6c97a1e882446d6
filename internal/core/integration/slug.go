package integration

import (
	"slices"
	"strconv"
	"strings"
)

// slugs gives each activation the name under which its placeholders are always reachable, %slug.name% (I-21): the one that it got when it
// was activated. One that got none then has it from the integration's name.
func slugs(activations []Activation) []string {
	made := make([]string, len(activations))
	for n, a := range activations {
		made[n] = a.Slug
	}
	for n, a := range activations {
		if made[n] == "" {
			made[n] = FreeSlug(a.Record.Name, made)
		}
	}
	return made
}

// FreeSlug makes a slug of an integration's name that is none of those that are taken in its guild and none of what is built in:
// %ticket.name%, %bloxlink.name%, %form.id%. A guild's messages are written with it, so it stays what it is until the integration is
// deactivated: else an author could take another's names, or break messages, by calling an integration something else.
func FreeSlug(name string, taken []string) string {
	builtIn := []string{"ticket", "bloxlink", "form"}
	base := slug(name)
	free := base
	for i := 2; slices.Contains(taken, free) || slices.Contains(builtIn, free); i++ {
		free = base + "-" + strconv.Itoa(i)
	}
	return free
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
