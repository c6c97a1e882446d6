package jsonpath

// segment is one step of a query: its selectors are applied to a value, or with descend to it and all below it.
type segment struct {
	descend   bool
	selectors []selector
}

// selector picks among the values inside of v and hands them on until next says stop; false when it said so.
type selector interface {
	pick(r *run, v *Value, next func(*Value) bool) bool
}

type (
	byName   struct{ name text }
	wildcard struct{}
	byIndex  struct{ index int64 }
	bySlice  struct{ start, end, step *int64 }
	byFilter struct{ condition condition }
)

// condition is what a filter asks of a value.
type condition interface {
	holds(r *run, current *Value) bool
}

type (
	either struct{ terms []condition }
	all    struct{ terms []condition }
	not    struct{ term condition }
	exists struct{ query subquery }
)

type comparison struct {
	operator    string // == != < <= > >=
	left, right operand
}

// operand is something with at most one value; nil is RFC 9535's Nothing.
type operand interface {
	value(r *run, current *Value) *Value
}

type (
	constant struct{ is *Value }
	quoted   struct{ text text }
)

// subquery is a query inside of a filter, from the root or from the current value.
type subquery struct {
	absolute bool
	segments []segment
}

// singular reports a query that selects at most one value by its form.
func (q subquery) singular() bool {
	for _, s := range q.segments {
		if s.descend || len(s.selectors) != 1 {
			return false
		}
		switch s.selectors[0].(type) {
		case byName, byIndex:
		default:
			return false
		}
	}
	return true
}

// text is a quoted text of the query with variables in it.
type text []piece

type piece struct {
	literal  string
	variable string
}
