package integration

import (
	"maps"
	"slices"

	"usher/internal/core/placeholder"
)

// asked is an integration that a run asks, and what became of the request once that is known.
type asked struct {
	use

	delivery *Delivery // nil: still under way
}

// Contact is an integration that a message made Usher ask, and what it gave.
type Contact struct {
	Integration ID
	Name        string
	Delivery    *Delivery // nil: the answer is still awaited
	Values      []Gift    // of the placeholders that the message uses, by name
}

// Gift is what a placeholder got.
type Gift struct {
	Name  string // the integration's own name for it
	Value placeholder.Value
}

// Contacts tells who is being asked, in the order of activation, and what they have given so far. A placeholder that the message calls
// by two names is told once. The list is the caller's.
func (run *Run) Contacts() []Contact {
	run.mu.Lock()
	defer run.mu.Unlock()
	all := make([]Contact, 0, len(run.asked))
	for _, a := range run.asked {
		c := Contact{Integration: a.activation.Record.ID, Name: a.activation.Record.Name, Delivery: a.delivery}
		own := map[string]placeholder.Value{}
		for called, p := range a.wanted {
			own[p.Name] = run.values[called]
		}
		for _, name := range slices.Sorted(maps.Keys(own)) {
			c.Values = append(c.Values, Gift{Name: name, Value: own[name]})
		}
		all = append(all, c)
	}
	return all
}

// Lack is why a placeholder has no value.
type Lack struct {
	Source string // who should have given it
	Class  string // the failure's public class; empty: there was an answer, without this value
}

// Lacks tells why values that are missing now are missing, by folded names. The map is the caller's.
func (run *Run) Lacks() map[string]Lack {
	run.mu.Lock()
	defer run.mu.Unlock()
	why := map[string]Lack{}
	for _, a := range run.asked {
		for name := range a.wanted {
			if a.delivery != nil && run.values[name].Missing {
				why[name] = Lack{Source: a.activation.Record.Name, Class: a.delivery.Class}
			}
		}
	}
	return why
}
