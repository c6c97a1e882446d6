package integration

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/internal/core/jsonpath"
	"usher/internal/core/placeholder"
)

// What the JSONPaths of one answer may cost, all of them together. The steps take about a tenth of a second at most.
const (
	maxSteps    = 1_000_000
	maxSelected = 10_000  // values
	maxJoined   = 1 << 18 // bytes of a text joined from several, far beyond what any message shows
)

// selectAll evaluates the paths that are JSONPaths on a body that has been found valid, and puts what they give into found.
func selectAll(body []byte, paths []Path, values map[string]string, found []Found) error {
	if !slices.ContainsFunc(paths, func(p Path) bool { return p.query != nil }) {
		return nil
	}
	answer, err := jsonpath.Read(body, MaxDepth)
	if err != nil {
		return classify(err)
	}
	budget := &jsonpath.Budget{Steps: maxSteps, Nodes: maxSelected}
	for i, p := range paths {
		if p.query == nil {
			continue
		}
		selected, err := p.query.Select(answer, values, budget)
		if errors.Is(err, jsonpath.ErrBudget) {
			return ErrTooMuch
		}
		if err != nil {
			return fmt.Errorf("evaluating a JSONPath: %w", err)
		}
		if found[i], err = asText(selected); err != nil {
			return err
		}
	}
	return nil
}

// asText reads what a JSONPath selects (I-17, I-18): one scalar as itself; several, or one array of them, joined with ", ". Nothing,
// null, an object, an array in an array and a mixture with one of these are missing.
func asText(selected []*jsonpath.Value) (Found, error) {
	if len(selected) == 1 && selected[0].Kind() == jsonpath.Array {
		elements := selected[0].Elements()
		selected = make([]*jsonpath.Value, len(elements))
		for i := range elements {
			selected[i] = &elements[i]
		}
	}
	var b strings.Builder
	for i, v := range selected {
		switch v.Kind() {
		case jsonpath.Null, jsonpath.Array, jsonpath.Object:
			if v.Kind() == jsonpath.Null && len(selected) == 1 {
				return Found{Lack: placeholder.Null}, nil
			}
			return Found{Lack: placeholder.Unusable}, nil
		default:
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(v.Text())
		if i > 0 && b.Len() > maxJoined {
			return Found{}, ErrTooMuch
		}
	}
	return Found{Text: b.String(), Present: len(selected) > 0}, nil
}
