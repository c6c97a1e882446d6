package jsonpath

import "strings"

// run is one selection.
type run struct {
	root      *Value
	values    map[string]string
	budget    *Budget
	exhausted bool
	patterns  map[patternKey]*pattern
}

// spend takes n steps of the budget; false when there are not as many left. Everything stops then.
func (r *run) spend(n int) bool {
	if r.exhausted || n > r.budget.Steps {
		r.exhausted = true
		return false
	}
	r.budget.Steps -= n
	return true
}

// bytesPerStep is how much text costs a step.
const bytesPerStep = 64

// walk hands on what the segments select from v, depth first; false when it was told to stop, or the budget is spent. No list of
// values is built between segments, so that one value found is enough where one is asked for, and memory does not grow.
func (r *run) walk(segments []segment, v *Value, next func(*Value) bool) bool {
	if !r.spend(1) {
		return false
	}
	if len(segments) == 0 {
		return next(v)
	}
	below := func(child *Value) bool { return r.walk(segments[1:], child, next) }
	if segments[0].descend {
		return r.descend(segments[0].selectors, v, below)
	}
	return r.choose(segments[0].selectors, v, below)
}

func (r *run) choose(selectors []selector, v *Value, next func(*Value) bool) bool {
	for _, s := range selectors {
		if !s.pick(r, v, next) {
			return false
		}
	}
	return true
}

// descend applies the selectors to v and then to all below it, in the document's order.
func (r *run) descend(selectors []selector, v *Value, next func(*Value) bool) bool {
	if !r.spend(1) || !r.choose(selectors, v, next) {
		return false
	}
	elements := v.Elements()
	for i := range elements {
		if !r.descend(selectors, &elements[i], next) {
			return false
		}
	}
	return true
}

// fill gives a quoted text with the values of its variables, each passed through encode.
func (r *run) fill(t text, encode func(string) string) string {
	if len(t) == 1 && t[0].variable == "" {
		return t[0].literal
	}
	var b strings.Builder
	for _, p := range t {
		if p.variable == "" {
			b.WriteString(p.literal)
		} else {
			b.WriteString(encode(strings.ToValidUTF8(r.values[p.variable], "\uFFFD")))
		}
	}
	return b.String()
}

func plain(value string) string { return value }

func (s byName) pick(r *run, v *Value, next func(*Value) bool) bool {
	if v.kind != Object {
		return true
	}
	name := r.fill(s.name, plain)
	if !r.spend(1 + len(name)/bytesPerStep) {
		return false
	}
	if child := v.Member(name); child != nil {
		return next(child)
	}
	return true
}

func (wildcard) pick(_ *run, v *Value, next func(*Value) bool) bool {
	elements := v.Elements()
	for i := range elements {
		if !next(&elements[i]) {
			return false
		}
	}
	return true
}

func (s byIndex) pick(_ *run, v *Value, next func(*Value) bool) bool {
	if v.kind != Array {
		return true
	}
	elements := v.Elements()
	at, length := s.index, int64(len(elements))
	if at < 0 {
		at += length
	}
	if at < 0 || at >= length {
		return true
	}
	return next(&elements[at])
}

// pick goes through the slice as RFC 9535, 2.3.4.2 says.
func (s bySlice) pick(_ *run, v *Value, next func(*Value) bool) bool {
	step := int64(1)
	if s.step != nil {
		step = *s.step
	}
	if v.kind != Array || step == 0 {
		return true
	}
	elements := v.Elements()
	length := int64(len(elements))
	if step > 0 {
		end := bounded(s.end, length, length, 0, length)
		for i := bounded(s.start, length, 0, 0, length); i < end; i += step {
			if !next(&elements[i]) {
				return false
			}
		}
		return true
	}
	end := bounded(s.end, length, -1, -1, length-1)
	for i := bounded(s.start, length, length-1, -1, length-1); i > end; i += step {
		if !next(&elements[i]) {
			return false
		}
	}
	return true
}

// bounded is a bound of a slice counted from the beginning and kept within low and high; other where none is given.
func bounded(bound *int64, length, other, low, high int64) int64 {
	if bound == nil {
		return other
	}
	at := *bound
	if at < 0 {
		at += length
	}
	return min(max(at, low), high)
}

func (s byFilter) pick(r *run, v *Value, next func(*Value) bool) bool {
	elements := v.Elements()
	for i := range elements {
		if !r.spend(1) {
			return false
		}
		if s.condition.holds(r, &elements[i]) && !next(&elements[i]) {
			return false
		}
	}
	return !r.exhausted
}
