package placeholder

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// NotAvailable is the fallback where neither the template nor the integration gives one (I-20).
const NotAvailable = "N/A"

// Loading stands where a value is still awaited (I-12).
const Loading = "⏳"

// Format says what a value's text is, and so how it is shown (I-22).
type Format string

// The formats. The empty Format is Text.
const (
	Text      Format = "text"      // data: escaped, so that it shows as it is
	Markdown  Format = "markdown"  // Discord's markup is kept; mentions are not
	URL       Format = "url"       // an http or https address
	Timestamp Format = "timestamp" // Unix seconds or RFC 3339, shown as "3 days ago" by Discord
	Trusted   Format = "trusted"   // our own markup, such as a mention; never for anything from outside
)

// Value is what a name stands for.
type Value struct {
	Text     string
	Format   Format
	Missing  bool   // known, but there is no value: the fallback is shown
	Lack     Lack   // why it is missing, where that is known
	Pending  bool   // known, but not here yet: Loading is shown
	Fallback string // the integration's own; empty: NotAvailable
}

// Lookup gives the value of a folded name; false for a name that is not known.
type Lookup func(name string) (Value, bool)

// Place is where a filled text is shown; each has its own encoding of values.
type Place uint8

// The places.
const (
	InMarkdown Place = iota // message content; an embed's title, description, field names and values
	InPlain                 // an embed's footer and author: Discord shows them as they are
	InURL                   // inside an address
)

// shown turns a value into encoded text for place; ok is false when the value is not what its format promises.
func (v Value) shown(place Place) (text string, ok bool) {
	switch v.Format {
	case Trusted:
		if place == InURL {
			return component(v.Text), true
		}
		return v.Text, true
	case URL:
		address, valid := cleanURL(v.Text)
		if place == InURL && valid {
			return component(address), true
		}
		return address, valid
	case Timestamp:
		return timestamp(v.Text, place)
	case Markdown:
		if place == InMarkdown {
			return withoutMentions(Clean(v.Text)), true
		}
	case Text:
	}
	return encode(Clean(v.Text), place), true
}

// encode makes data stand for itself in place.
func encode(text string, place Place) string {
	switch place {
	case InMarkdown:
		return EscapeMarkdown(text)
	case InURL:
		return component(text)
	case InPlain:
		return text
	}
	return text
}

// component encodes text as one path segment or query component.
func component(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// cleanURL accepts an absolute http or https address with a host and without user-info, and gives it in a form that cannot end a
// link or begin other markup.
func cleanURL(text string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || !isPublicHost(u) {
		return "", false
	}
	site := u.Scheme + "://" + u.Host // an IPv6 address keeps its brackets
	rest := strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "*", "%2A", "|", "%7C", "`", "%60", `\`, "%5C", "[", "%5B", "]", "%5D")
	address := site + rest.Replace(strings.TrimPrefix(u.String(), site))
	return address, len(address) <= maxURL
}

// isPublicHost reports whether Discord would take the host of an address: a name of at least two labels or an address, and a port that
// exists.
func isPublicHost(u *url.URL) bool {
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	host := u.Hostname()
	if strings.Contains(host, ":") {
		return true // an IPv6 address, which net/url has checked
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	return len(labels) > 1 && !slices.ContainsFunc(labels, func(label string) bool {
		return label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool { return r < 0x80 && !isNameByte(r) })
	})
}

// maxURL is the longest address that Discord takes in an embed, in bytes.
const maxURL = 2048

// timestamp shows a moment: relative and in the reader's own time zone in markdown, in UTC elsewhere.
func timestamp(text string, place Place) (string, bool) {
	text = strings.TrimSpace(text)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		seconds, numErr := strconv.ParseFloat(text, 64)
		const lastYear = 253402300800 // the first second of year 10000; greater numbers are milliseconds
		if numErr == nil && seconds >= lastYear {
			seconds /= 1000
		}
		if numErr != nil || !(seconds > -lastYear && seconds < lastYear) {
			return "", false
		}
		at = time.Unix(int64(seconds), 0)
	}
	if place == InMarkdown {
		return "<t:" + strconv.FormatInt(at.Unix(), 10) + ":R>", true
	}
	return encode(at.UTC().Format("2006-01-02 15:04 UTC"), place), true
}
