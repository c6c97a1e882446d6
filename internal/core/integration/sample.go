package integration

import (
	"fmt"
	"slices"
	"strings"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
)

// Example shows how a value may look: the author's sample, or one that fits format and name. It is never empty and says nothing true of
// anybody.
func (p Placeholder) Example() string {
	if p.Sample != "" {
		return p.Sample
	}
	switch p.Format {
	case placeholder.URL:
		return "https://example.com/" + p.Name
	case placeholder.Timestamp:
		return "2026-01-31T12:00:00Z"
	default:
		return likely(p.Name)
	}
}

// likely guesses a value by the last words of a name: high_score is a number, game-name a name.
func likely(name string) string {
	words := strings.FieldsFunc(placeholder.Fold(name), func(r rune) bool { return r == '_' || r == '-' })
	for n := len(words) - 1; n >= 0; n-- {
		for _, g := range guesses() {
			if slices.Contains(g.words, strings.TrimRight(words[n], "0123456789")) {
				return g.sample
			}
		}
	}
	if len(words) == 0 {
		return "an example"
	}
	return "some " + strings.Join(words, " ")
}

type guess struct {
	sample string
	words  []string
}

func guesses() []guess {
	return []guess{
		{"Ryan", []string{"name", "username", "nickname", "nick", "login", "player", "user", "owner", "author"}},
		{"12345", []string{"id", "number", "code", "order", "serial"}},
		{"ryan@example.com", []string{"email", "mail"}},
		{"Online", []string{"status", "state", "presence"}},
		{"true", []string{"is", "has", "verified", "banned", "active", "linked", "enabled"}},
		{"2019", []string{"year"}},
		{"2026-01-31", []string{"date", "created", "joined", "since", "at", "expires", "until", "updated", "seen", "birthday"}},
		{"19.99", []string{"price", "cost", "usd", "eur", "gbp", "balance", "money", "amount", "spent"}},
		{"2.5", []string{"change", "percent", "percentage", "ratio", "rate", "rating", "average"}},
		{"12", []string{"level", "rank", "place", "age", "days", "hours", "minutes", "wins", "losses", "kills", "deaths"}},
		{"1250", []string{"score", "points", "count", "total", "xp", "coins", "gems", "players", "followers", "members", "orders", "hits", "views", "size"}},
		{"https://example.com", []string{"url", "link", "website", "address", "avatar", "image", "picture"}},
		{"1.4.2", []string{"version"}},
		{"en", []string{"language", "locale", "lang"}},
		{"Germany", []string{"country", "region", "location"}},
	}
}

// tidied makes of the samples what may be shown: one line of visible characters.
func (i Integration) tidied() Integration {
	i.Placeholders = slices.Clone(i.Placeholders)
	for n, p := range i.Placeholders {
		i.Placeholders[n].Sample = strings.Join(strings.Fields(placeholder.Clean(p.Sample)), " ")
	}
	return i
}

func (p Placeholder) checkSample(c *fault.Checks, path string) {
	c.Require(within(p.Sample, 0, maxSample), path, fmt.Sprintf("Use at most %d characters.", maxSample))
	if p.Sample != "" && (placeholder.Value{Text: p.Sample, Format: p.Format}).Lacking() != "" {
		c.Add(path, fmt.Sprintf("This is no %s, which the format promises.", nameOf(p.Format)))
	}
}
