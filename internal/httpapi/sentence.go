package httpapi

import (
	"strings"
)

// missing reads the name of a field that huma misses.
func missing(message string) (string, bool) {
	rest, ok := strings.CutPrefix(message, "expected required property ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, " to be present")
}

// sentence says for people, and what to do, what huma says for programmers. What it says beyond this list is not shown: people would read
// patterns and type names.
func sentence(message string) string {
	if _, ok := missing(message); ok {
		return "This field is missing."
	}
	if told, ok := plainSentences()[message]; ok {
		return told
	}
	for _, s := range countedSentences() {
		if rest, ok := strings.CutPrefix(message, s.begins); ok {
			return s.say(rest)
		}
	}
	if strings.HasSuffix(message, ".") { // ours
		return message
	}
	return otherForm
}

// otherForm is said where nothing better is known.
const otherForm = "This has another form than is wanted: see the description of this operation at " + docsPath + "."

func plainSentences() map[string]string {
	const (
		whole  = "Give a whole number."
		number = "Give a number."
		truth  = "Give true or false."
	)
	return map[string]string{
		"unexpected property":                        unknownField,
		"unknown query parameter":                    "There is no such parameter. Is it a slip of the pen?",
		"required query parameter is missing":        "This parameter is missing.",
		"required path parameter is missing":         "This parameter is missing.",
		"expected string":                            "Give a text, in quotation marks.",
		"expected integer":                           whole,
		"invalid integer":                            whole,
		"expected number":                            number,
		"invalid float":                              number,
		"expected boolean":                           truth,
		"invalid boolean":                            truth,
		"expected array":                             "Give a list: [ … ].",
		"expected object":                            "Give an object: { … }.",
		"expected array items to be unique":          "Name each once.",
		"expected string to be RFC 3339 date-time":   "Give a moment such as 2030-01-31T12:00:00Z.",
		"expected string to match pattern " + idForm: "Give a Discord id: digits alone, at most 20.",
	}
}

// countedSentence is said of a message that begins so; rest is what comes behind.
type countedSentence struct {
	begins string
	say    func(rest string) string
}

func countedSentences() []countedSentence {
	of := func(before, one, many string) func(string) string {
		return func(n string) string {
			if n == "1" {
				return before + n + one
			}
			return before + n + many
		}
	}
	plain := func(before string) func(string) string { return of(before, ".", ".") }
	return []countedSentence{
		{"expected number >= ", plain("Give a number of at least ")},
		{"expected number <= ", plain("Give a number of at most ")},
		{"expected number > ", plain("Give a number above ")},
		{"expected number < ", plain("Give a number below ")},
		{"expected length >= ", of("Give at least ", " character.", " characters.")},
		{"expected length <= ", of("Use at most ", " character.", " characters.")},
		{"expected array length >= ", plain("Give a list of at least ")},
		{"expected array length <= ", plain("Give a list of at most ")},
		{"expected value to be one of ", func(rest string) string {
			all := strings.Split(strings.Trim(rest, `"`), ", ")
			last := len(all) - 1
			if last == 0 {
				return "Give " + all[0] + "."
			}
			return "Choose " + strings.Join(all[:last], ", ") + " or " + all[last] + "."
		}},
	}
}
