package jsonpath

func (c either) holds(r *run, current *Value) bool {
	for _, term := range c.terms {
		if term.holds(r, current) {
			return true
		}
	}
	return false
}

func (c all) holds(r *run, current *Value) bool {
	for _, term := range c.terms {
		if !term.holds(r, current) {
			return false
		}
	}
	return true
}

func (c not) holds(r *run, current *Value) bool { return !c.term.holds(r, current) }

func (c exists) holds(r *run, current *Value) bool {
	found := false
	c.query.walk(r, current, func(*Value) bool {
		found = true
		return false
	})
	return found
}

func (q subquery) walk(r *run, current *Value, next func(*Value) bool) {
	if q.absolute {
		current = r.root
	}
	r.walk(q.segments, current, next)
}

func (q subquery) value(r *run, current *Value) *Value {
	var found *Value
	q.walk(r, current, func(v *Value) bool {
		found = v
		return false
	})
	return found
}

func (c constant) value(*run, *Value) *Value { return c.is }

func (q quoted) value(r *run, _ *Value) *Value {
	return &Value{kind: String, text: r.fill(q.text, plain)}
}

// holds compares as RFC 9535, 2.3.5.2.2 says: only numbers and strings have an order, and <= also holds for what is equal.
func (c comparison) holds(r *run, current *Value) bool {
	left, right := c.left.value(r, current), c.right.value(r, current)
	switch c.operator {
	case "==":
		return r.equal(left, right)
	case "!=":
		return !r.equal(left, right)
	case "<":
		return r.less(left, right)
	case "<=":
		return r.less(left, right) || r.equal(left, right)
	case ">":
		return r.less(right, left)
	default:
		return r.less(right, left) || r.equal(left, right)
	}
}

func (r *run) less(a, b *Value) bool {
	if a == nil || b == nil || a.kind != b.kind || !r.spendTexts(a, b) {
		return false
	}
	switch a.kind {
	case Number:
		return compareNumbers(a.text, b.text) < 0
	case String:
		return a.text < b.text
	default:
		return false
	}
}

// spendTexts pays for a comparison of two values' texts.
func (r *run) spendTexts(a, b *Value) bool {
	return r.spend(1 + (len(a.text)+len(b.text))/bytesPerStep)
}

func (r *run) equal(a, b *Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.kind != b.kind || !r.spendTexts(a, b) {
		return false
	}
	switch a.kind {
	case Null:
		return true
	case Number:
		return compareNumbers(a.text, b.text) == 0
	case Array:
		return r.equalElements(a.Elements(), b.Elements())
	case Object:
		return r.equalMembers(a, b)
	default:
		return a.text == b.text
	}
}

func (r *run) equalElements(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !r.equal(&a[i], &b[i]) {
			return false
		}
	}
	return true
}

func (r *run) equalMembers(a, b *Value) bool {
	if len(a.Elements()) != len(b.Elements()) {
		return false
	}
	for i, name := range a.inside.names {
		if other := b.Member(name); other == nil || !r.spend(1+len(name)/bytesPerStep) || !r.equal(&a.inside.values[i], other) {
			return false
		}
	}
	return true
}
