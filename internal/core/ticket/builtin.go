package ticket

import (
	"slices"
	"strings"
)

// BuiltIn lists the names of the placeholders that every message knows, without their unambiguous forms.
func BuiltIn() []string {
	var names []string
	for name := range (Ticket{}).builtin() {
		if !strings.Contains(name, ".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
