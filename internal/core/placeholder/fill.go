package placeholder

import (
	"slices"
	"strings"
)

// span is a piece of a filled text: literal text of the template, or a value's, which alone may be shortened.
type span struct {
	text  string
	value bool
}

// Filled is a text with its values, before it is cut to fit.
type Filled struct {
	spans []span
}

// Fill puts the values in, in one pass: a value is never read as a template, and an unknown name stays as typed (I-19).
func (t Template) Fill(place Place, lookup Lookup) Filled {
	var f Filled
	for rest := t.text; rest != ""; {
		p, size := next(rest)
		value, known := Value{}, false
		if p.name != "" {
			value, known = lookup(Fold(p.name))
		}
		switch {
		case known:
			f.spans = append(f.spans, span{text: p.show(value, place), value: true})
		case p.name != "":
			f.add("%")
			size = 1 // what follows may hold a placeholder that is known
		default:
			f.add(p.literal)
		}
		rest = rest[size:]
	}
	return f
}

// add appends literal text.
func (f *Filled) add(text string) {
	if n := len(f.spans); n > 0 && !f.spans[n-1].value {
		f.spans[n-1].text += text
		return
	}
	f.spans = append(f.spans, span{text: text})
}

// show gives the text of a known placeholder: its value, or the first of: the template's fallback, the integration's, N/A (I-20).
func (p piece) show(v Value, place Place) string {
	if v.Pending {
		return encode(Loading, place)
	}
	if !v.Missing {
		if text, ok := v.shown(place); ok {
			return text
		}
	}
	switch {
	case p.hasFallback && place == InURL:
		return encode(p.fallback, place)
	case p.hasFallback:
		return p.fallback
	case v.Fallback != "":
		return encode(Clean(v.Fallback), place)
	default:
		return encode(NotAvailable, place)
	}
}

// Text is the filled text in at most limit units, each value in at most most units. Where it is too long the longest values are
// shortened first, so that a giant value does not push the others out; only literal text that is too long by itself is cut at its end.
func (f Filled) Text(limit, most int) string {
	share := f.share(limit, most)
	var b strings.Builder
	for _, s := range f.spans {
		if s.value {
			b.WriteString(Cut(s.text, share))
		} else {
			b.WriteString(s.text)
		}
	}
	return Cut(b.String(), limit)
}

// share is the greatest length for a value with which all fit into limit.
func (f Filled) share(limit, most int) int {
	var lengths []int
	for _, s := range f.spans {
		n := Units(s.text)
		if s.value {
			lengths = append(lengths, min(n, most))
		} else {
			limit -= n
		}
	}
	slices.Sort(lengths)
	for i, n := range lengths {
		left := len(lengths) - i
		if n*left > limit {
			return max(limit/left, 0)
		}
		limit -= n
	}
	return most
}

// Values reports whether any placeholder was filled in.
func (f Filled) Values() bool {
	return slices.ContainsFunc(f.spans, func(s span) bool { return s.value })
}

// Unlimited is a length that no text reaches.
const Unlimited = 1 << 30

// String is the whole text, uncut.
func (f Filled) String() string { return f.Text(Unlimited, Unlimited) }

// Address fills a template of a web address. A template that is a placeholder and nothing else takes a whole address from it; in any
// other, values are single encoded components. The answer is empty unless the result is an http or https address of at most 2,048
// characters.
func (t Template) Address(lookup Lookup) string {
	if t.IsSingle() {
		p, _ := next(t.text)
		v, known := lookup(Fold(p.name))
		if !known || v.Pending {
			return ""
		}
		if address, ok := cleanURL(v.Text); ok && !v.Missing {
			return address
		}
		if p.hasFallback {
			v.Fallback = p.fallback
		}
		address, _ := cleanURL(v.Fallback)
		return address
	}
	address, _ := cleanURL(t.Fill(InURL, lookup).String())
	return address
}

// IsSingle reports whether the template is one placeholder and nothing else.
func (t Template) IsSingle() bool {
	if t.text == "" {
		return false
	}
	p, size := next(t.text)
	return p.name != "" && size == len(t.text)
}

// Blanked is the text with an x for every placeholder, to see whether the rest of it is well formed.
func (t Template) Blanked() string {
	return t.Fill(InPlain, func(string) (Value, bool) { return Value{Text: "x"}, true }).String()
}
