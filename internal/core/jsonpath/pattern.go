package jsonpath

import (
	"regexp"
	"regexp/syntax"
)

// maxPattern is the longest regular expression, in bytes; a longer one, which only a document can hold, matches nothing.
const maxPattern = 1000

// What regular expressions cost: an instruction of the compiled program is worth compileSteps once, and a step for each
// matchBytes bytes of each text it is tried on.
const (
	compileSteps = 8
	matchBytes   = 8
)

// patternKey tells compiled expressions apart: match() wants the whole text to match.
type patternKey struct {
	expression string
	whole      bool
}

// pattern is a compiled expression; without one it matches nothing.
type pattern struct {
	compiled *regexp.Regexp
	size     int // instructions
}

// matches is match() and search() (RFC 9535, 2.4.6 and 2.4.7). What is no string or no I-Regexp does not match.
func (r *run) matches(current *Value, arguments []argument, whole bool) bool {
	of := arguments[0].value.value(r, current)
	expression, ok := r.expression(current, arguments[1].value)
	if of == nil || of.kind != String || !ok {
		return false
	}
	p := r.pattern(patternKey{expression, whole})
	if p.compiled == nil || !r.spend(1+p.size*(1+len(of.text)/matchBytes)) {
		return false
	}
	return p.compiled.MatchString(of.text)
}

// expression is the text of the second argument. The values of variables in it stand for their characters.
func (r *run) expression(current *Value, argument operand) (string, bool) {
	if q, isQuoted := argument.(quoted); isQuoted {
		return r.fill(q.text, literally), true
	}
	v := argument.value(r, current)
	if v == nil || v.kind != String {
		return "", false
	}
	return v.text, true
}

// pattern compiles each expression once in a run.
func (r *run) pattern(key patternKey) *pattern {
	if p, known := r.patterns[key]; known {
		return p
	}
	p := &pattern{}
	if r.spend(1 + len(key.expression)) {
		p = compile(key)
	}
	if !r.spend(compileSteps * p.size) {
		p = &pattern{}
	}
	r.patterns[key] = p
	return p
}

// compile gives an empty pattern for what is no I-Regexp.
func compile(key patternKey) *pattern {
	re2, ok := translate(key.expression)
	if !ok {
		return &pattern{}
	}
	if key.whole {
		re2 = `\A(?:` + re2 + `)\z`
	}
	compiled, err := regexp.Compile(re2)
	if err != nil {
		return &pattern{}
	}
	return &pattern{compiled: compiled, size: size(re2)}
}

// size is how many instructions an expression compiles to, which regexp does not tell of its own.
func size(re2 string) int {
	tree, err := syntax.Parse(re2, syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}
