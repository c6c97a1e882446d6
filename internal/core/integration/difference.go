package integration

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"usher/internal/core/audit"
	"usher/internal/core/placeholder"
)

// differs tells of a field that differs, whole: what is decided by must not hide behind an ellipsis. An entry of the audit log takes it shortened.
func differs(field, before, after string) []audit.Change {
	if before == after {
		return nil
	}
	return []audit.Change{{Field: field, Before: before, After: after}}
}

// identityChanges tells, in words for people, what differs of all but the request.
func identityChanges(old, now Integration) []audit.Change {
	return slices.Concat(
		differs("name", old.Name, now.Name),
		differs("description", old.Description, now.Description),
		differs("logo", old.Logo, now.Logo),
		differs("logo_picture", old.LogoHash, now.LogoHash),
		differs("privacy", old.Privacy, now.Privacy),
		differs("cache_seconds", strconv.Itoa(old.CacheSeconds), strconv.Itoa(now.CacheSeconds)),
		placeholderChanges(old.Placeholders, now.Placeholders),
	)
}

// placeholderChanges tells of added, removed and different ones by their names, and of another order as one change.
func placeholderChanges(old, now []Placeholder) []audit.Change {
	describe := func(list []Placeholder) map[string]string {
		texts := map[string]string{}
		for _, p := range list {
			texts[p.Name] = fmt.Sprintf("path %q", p.Path)
			if p.Fallback != "" {
				texts[p.Name] += fmt.Sprintf(", fallback %q", p.Fallback)
			}
			if p.Format != "" && p.Format != placeholder.Text { // which it is without being said
				texts[p.Name] += ", format " + string(p.Format)
			}
			if p.Sample != "" {
				texts[p.Name] += fmt.Sprintf(", sample %q", p.Sample)
			}
		}
		return texts
	}
	name := func(p Placeholder) string { return p.Name }
	return listChanges("placeholders", names(old, name), names(now, name), describe(old), describe(now))
}

// requestChanges tells what differs of the request: nothing, and they are one revision. Of a header's value it tells that it is another
// one; of a secret, which has no value here, name and description.
func requestChanges(old, now Integration) []audit.Change {
	return slices.Concat(
		differs("method", string(old.Method), string(now.Method)),
		differs("url", old.URL, now.URL),
		differs("validation", old.Validation, now.Validation),
		headerChanges(old.Headers, now.Headers),
		secretChanges(old.Secrets, now.Secrets),
	)
}

func headerChanges(old, now []Header) []audit.Change {
	const same, other = "one value", "another value"
	before, after := map[string]string{}, map[string]string{}
	for _, h := range old {
		before[h.Name] = same
	}
	for _, h := range now {
		after[h.Name] = other
		at := slices.IndexFunc(old, func(o Header) bool { return o.Name == h.Name })
		if at < 0 || old[at].Value.Equal(h.Value) {
			after[h.Name] = same
		}
	}
	name := func(h Header) string { return h.Name }
	return listChanges("headers", names(old, name), names(now, name), before, after)
}

func secretChanges(old, now []Secret) []audit.Change {
	describe := func(list []Secret) map[string]string {
		texts := map[string]string{}
		for _, s := range list {
			texts[s.Name] = fmt.Sprintf("%q", s.Description)
		}
		return texts
	}
	name := func(s Secret) string { return s.Name }
	return listChanges("secrets", names(old, name), names(now, name), describe(old), describe(now))
}

func names[T any](list []T, name func(T) string) []string {
	all := make([]string, len(list))
	for n, one := range list {
		all[n] = name(one)
	}
	return all
}

// listChanges compares two lists of named things by what is said of each.
func listChanges(field string, old, now []string, before, after map[string]string) []audit.Change {
	var all []audit.Change
	for _, name := range old {
		all = append(all, differs(field+"."+name, before[name], after[name])...)
	}
	for _, name := range now {
		if !slices.Contains(old, name) {
			all = append(all, differs(field+"."+name, "", after[name])...)
		}
	}
	if len(all) == 0 {
		all = differs(field, strings.Join(old, ", "), strings.Join(now, ", "))
	}
	return all
}
