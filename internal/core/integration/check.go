package integration

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/requesttemplate"
)

// Limits bound what one author and one guild may have; all are the operator's settings (I-1).
type Limits struct {
	URL          int // bytes
	Secrets      int
	Headers      int
	Placeholders int
	Owned        int // integrations of one user
	Active       int // integrations in one guild
}

// DefaultLimits are those of I-1.
func DefaultLimits() Limits {
	return Limits{URL: 255, Secrets: 5, Headers: 5, Placeholders: 15, Owned: 5, Active: 5}
}

// The lengths that no setting changes; in characters where nothing else is said.
const (
	maxName        = 32
	maxDescription = 255
	maxFallback    = 100
	maxSample      = 100
	maxAddress     = 2048 // bytes of a logo or privacy policy URL
	// MaxSecretValue is the longest value of a secret, in characters (I-24).
	MaxSecretValue = 255
	// MaxCacheSeconds is the longest time for which an answer may be used again: a day (I-14).
	MaxCacheSeconds = 86_400
)

// Check tells everything that keeps the integration from being saved, as one Invalid fault (I-1 to I-5, I-16).
func (i Integration) Check(l Limits, g Guard) error {
	var c fault.Checks
	c.Require(within(i.Name, 1, maxName), "name", fmt.Sprintf("Give a name of 1 to %d characters.", maxName))
	placeholder.CheckName(&c, "name", i.Name)
	placeholder.CheckText(&c, "description", i.Description)
	c.Require(within(i.Description, 1, maxDescription), "description", fmt.Sprintf("Describe it in 1 to %d characters.", maxDescription))
	checkAddress(&c, "logo", i.Logo)
	checkAddress(&c, "privacy", i.Privacy)
	c.Require(i.CacheSeconds >= 0 && i.CacheSeconds <= MaxCacheSeconds, "cache_seconds", fmt.Sprintf("Choose from 0 (no cache) to %d seconds.", MaxCacheSeconds))
	c.Require(i.Method == GET || i.Method == POST, "method", "Choose GET or POST.")
	i.checkSecrets(&c, l)
	i.checkPlaceholders(&c, l)
	i.checkRequest(&c, l, g)
	return c.Err("integration_invalid", "This integration cannot be saved.")
}

func (i Integration) checkSecrets(c *fault.Checks, l Limits) {
	c.Require(len(i.Secrets) <= l.Secrets, "secrets", fmt.Sprintf("There are %d secrets; at most %d are allowed.", len(i.Secrets), l.Secrets))
	seen := map[string]bool{}
	for n, s := range i.Secrets {
		path := fmt.Sprintf("secrets[%d]", n)
		checkName(c, path+".name", s.Name, seen)
		c.Require(!slices.Contains(RequestVariables(), placeholder.Fold(s.Name)), path+".name", fmt.Sprintf("%%%s%% is a request variable already: choose another name.", s.Name))
		c.Require(within(s.Description, 0, maxDescription), path+".description", fmt.Sprintf("Use at most %d characters.", maxDescription))
		placeholder.CheckText(c, path+".description", s.Description)
	}
}

func (i Integration) checkPlaceholders(c *fault.Checks, l Limits) {
	c.Require(len(i.Placeholders) <= l.Placeholders, "placeholders", fmt.Sprintf("There are %d placeholders; at most %d are allowed.", len(i.Placeholders), l.Placeholders))
	seen := map[string]bool{}
	for n, p := range i.Placeholders {
		path := fmt.Sprintf("placeholders[%d]", n)
		checkName(c, path+".name", p.Name, seen)
		if _, err := ParsePath(p.Path); err != nil {
			c.Add(path+".path", sentence(err))
		}
		c.Require(within(p.Fallback, 0, maxFallback), path+".fallback", fmt.Sprintf("Use at most %d characters.", maxFallback))
		placeholder.CheckText(c, path+".fallback", p.Fallback)
		switch p.Format {
		case "", placeholder.Text, placeholder.Markdown, placeholder.URL, placeholder.Timestamp:
		default:
			c.Add(path+".format", "Choose text, markdown, url or timestamp.")
		}
		p.checkSample(c, path+".sample")
	}
}

func (i Integration) checkRequest(c *fault.Checks, l Limits, g Guard) {
	c.Require(len(i.URL) <= l.URL, "url", fmt.Sprintf("The URL has %d bytes; at most %d are allowed.", len(i.URL), l.URL))
	names := i.variables()
	t, err := requesttemplate.Parse(i.URL, names...)
	if err == nil {
		err = g.CheckTarget(t, i.confidential())
	}
	if err != nil {
		c.Add("url", sentence(err))
	}
	if err == nil && i.Validation != "" {
		i.checkValidation(c, l, g, t.Origin().Host)
	}
	_, err = requesttemplate.ParseHeaders(i.lines(), l.Headers, names...)
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		for _, f := range wrong.Fields {
			c.Add(f.Path, f.Text)
		}
	}
}

// checkValidation holds I-4: secrets are sent to the validation URL, so it belongs to the host of the requests.
func (i Integration) checkValidation(c *fault.Checks, l Limits, g Guard, host requesttemplate.Host) {
	c.Require(len(i.Secrets) > 0, "validation", "There is no secret to validate: add one, or leave the validation URL empty.")
	c.Require(len(i.Validation) <= l.URL, "validation", fmt.Sprintf("The URL has %d bytes; at most %d are allowed.", len(i.Validation), l.URL))
	t, err := requesttemplate.Parse(i.Validation, i.variables()...)
	if err == nil {
		err = g.CheckTarget(t, true)
	}
	if err != nil {
		c.Add("validation", sentence(err))
		return
	}
	c.Require(len(t.Variables()) == 0, "validation", "The validation URL takes no variables: the secrets are in the body, server and user in the headers X-Guild-Id and X-User-Id.")
	c.Require(g.SameSite(host, t.Origin().Host), "validation", fmt.Sprintf("The validation URL must have the same domain as the request URL, %s: the secrets are sent there.", host))
}

// checkReach refuses a request that is known to fail each time, because its host is none of the networks that alone may serve it (I-3). i is
// checked already.
func (c *Catalog) checkReach(ctx context.Context, i Integration) error {
	var checks fault.Checks
	for _, a := range []struct {
		path, url    string
		confidential bool
	}{{"url", i.URL, i.confidential()}, {"validation", i.Validation, true}} {
		if a.url == "" {
			continue
		}
		t, err := requesttemplate.Parse(a.url, i.variables()...)
		if err != nil {
			return fmt.Errorf("reading a checked URL: %w", err)
		}
		if err := c.Guard.CheckReach(ctx, t, a.confidential); fault.KindOf(err) == fault.Invalid {
			checks.Add(a.path, sentence(err))
		} else if err != nil {
			return fmt.Errorf("judging where requests go: %w", err)
		}
	}
	return checks.Err("integration_invalid", "This integration cannot be saved.")
}

// confidential says whether a secret or a header value goes along with the requests.
func (i Integration) confidential() bool { return len(i.Secrets) > 0 || len(i.Headers) > 0 }

func (i Integration) lines() []requesttemplate.Line {
	lines := make([]requesttemplate.Line, len(i.Headers))
	for n, h := range i.Headers {
		lines[n] = requesttemplate.Line(h)
	}
	return lines
}

// checkName holds I-2.
func checkName(c *fault.Checks, path, name string, seen map[string]bool) {
	folded := placeholder.Fold(name)
	if !isName(name) {
		c.Add(path, "Use 1 to 32 letters (a to z), digits, _ or -.")
	} else if seen[folded] {
		c.Add(path, fmt.Sprintf("%q is there twice; capital and small letters count as the same.", name))
	}
	seen[folded] = true
}

func isName(name string) bool {
	outside := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}
	return name != "" && len(name) <= maxName && !strings.ContainsFunc(name, outside)
}

func checkAddress(c *fault.Checks, path, text string) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	c.Require(err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && len(text) <= maxAddress, path, "Give a whole address that begins with https://, or leave it empty.")
}

// sentence is what a fault says to people.
func sentence(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return "This cannot be used."
	}
	if len(f.Fields) == 1 {
		return f.Fields[0].Text
	}
	return f.Text
}

func within(text string, low, high int) bool {
	n := utf8.RuneCountInString(text)
	return n >= low && n <= high && (low == 0 || strings.TrimSpace(text) != "")
}
