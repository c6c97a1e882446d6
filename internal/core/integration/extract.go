package integration

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"usher/internal/core/placeholder"
)

// MaxDepth is how deep an answer may nest (I-11).
const MaxDepth = 64

// Found is what a path gives: a text, or nothing (I-17).
type Found struct {
	Text    string
	Present bool
	Lack    placeholder.Lack // what stands there instead of a text: Null or Unusable; empty: nothing
}

// value is what was found as a placeholder's value.
func (f Found) value(p Placeholder, hide masker) placeholder.Value {
	return placeholder.Value{Text: hide.text(f.Text), Missing: !f.Present, Lack: f.Lack, Format: p.Format, Fallback: p.Fallback}
}

// Errors of Extract. They say what is wrong with an answer, never what is in it.
var (
	ErrNotObject = errors.New("the answer is valid JSON but not an object")
	ErrNotJSON   = errors.New("the answer is not valid JSON")
	ErrTooDeep   = fmt.Errorf("the answer nests deeper than %d levels", MaxDepth)
	ErrTooMuch   = errors.New("the JSONPaths of the placeholders take too much work on this answer: make them more exact, or the answer smaller")
)

// Extract reads the values of all paths in one pass over a JSON object (I-10, I-16 to I-18). Numbers stay as they were sent, digit for
// digit; of a key given twice the last one counts, as in JavaScript; invalid UTF-8 becomes U+FFFD. An array of scalars reads as its
// elements joined with ", ". The whole body is checked, also behind the last value wanted. values are the request variables of the
// paths that are JSONPaths; only for these a second pass keeps the answer in memory.
func Extract(body []byte, paths []Path, values map[string]string) ([]Found, error) {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 {
		return nil, ErrNotJSON
	}
	x := extractor{
		decoder: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		found:   make([]Found, len(paths)),
	}
	kind := x.decoder.PeekKind()
	if err := x.value(growTree(paths)); err != nil {
		return nil, classify(err)
	}
	if _, err := x.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, ErrNotJSON
	}
	if kind != '{' {
		return nil, ErrNotObject
	}
	if err := selectAll(body, paths, values, x.found); err != nil {
		return nil, err
	}
	return x.found, nil
}

// classify hides the parser's words: they quote the answer.
func classify(err error) error {
	if errors.Is(err, ErrTooDeep) {
		return ErrTooDeep
	}
	return ErrNotJSON
}

// tree holds all paths, shared where they begin alike. A nil tree wants nothing.
type tree struct {
	ends     []int // the paths that end here
	children map[string]*tree
}

func growTree(paths []Path) *tree {
	root := &tree{}
	for i, p := range paths {
		if p.query != nil {
			continue
		}
		at := root
		for _, key := range p.keys {
			if at.children == nil {
				at.children = map[string]*tree{}
			}
			if at.children[key] == nil {
				at.children[key] = &tree{}
			}
			at = at.children[key]
		}
		at.ends = append(at.ends, i)
	}
	return root
}

func (t *tree) child(key string) *tree {
	if t == nil {
		return nil
	}
	return t.children[key]
}

type extractor struct {
	decoder *jsontext.Decoder
	found   []Found
}

// value reads one value of any kind, for all that t wants of it.
func (x *extractor) value(t *tree) error {
	x.forget(t)
	kind := x.decoder.PeekKind()
	if kind == '{' || kind == '[' {
		x.mark(t, Found{Lack: placeholder.Unusable})
	}
	if kind == '{' {
		return x.object(t)
	}
	if kind == '[' {
		return x.array(t)
	}
	token, err := x.decoder.ReadToken()
	if err != nil || t == nil {
		return err
	}
	if token.Kind() == 'n' {
		x.mark(t, Found{Lack: placeholder.Null})
		return nil
	}
	x.mark(t, Found{Text: token.String(), Present: true})
	return nil
}

// forget clears what an earlier value under the same key gave.
func (x *extractor) forget(t *tree) {
	if t == nil {
		return
	}
	for _, i := range t.ends {
		x.found[i] = Found{}
	}
	for _, child := range t.children {
		x.forget(child)
	}
}

// mark notes what stands where t's paths end.
func (x *extractor) mark(t *tree, f Found) {
	if t == nil {
		return
	}
	for _, i := range t.ends {
		x.found[i] = f
	}
}

// enter reads an opening bracket and holds the limit of depth.
func (x *extractor) enter() error {
	if _, err := x.decoder.ReadToken(); err != nil {
		return err
	}
	if x.decoder.StackDepth() > MaxDepth {
		return ErrTooDeep
	}
	return nil
}

func (x *extractor) object(t *tree) error {
	if err := x.enter(); err != nil {
		return err
	}
	for x.decoder.PeekKind() != '}' {
		key, err := x.decoder.ReadToken()
		if err != nil {
			return err
		}
		var child *tree
		if t != nil && t.children != nil {
			child = t.child(key.String())
		}
		if err := x.value(child); err != nil {
			return err
		}
	}
	_, err := x.decoder.ReadToken()
	return err
}

func (x *extractor) array(t *tree) error {
	if err := x.enter(); err != nil {
		return err
	}
	var texts []string
	scalars := t != nil && len(t.ends) > 0
	for i := 0; x.decoder.PeekKind() != ']'; i++ {
		var child *tree
		if t != nil && t.children != nil {
			child = t.child(strconv.Itoa(i))
		}
		text, scalar, err := x.element(child, scalars)
		if err != nil {
			return err
		}
		scalars = scalars && scalar
		texts = append(texts, text)
	}
	if _, err := x.decoder.ReadToken(); err != nil {
		return err
	}
	if scalars && len(texts) > 0 {
		x.mark(t, Found{Text: strings.Join(texts, ", "), Present: true})
	}
	return nil
}

// element reads one element of an array, and its text where the whole array is wanted and it is a scalar; null is no text.
func (x *extractor) element(t *tree, wanted bool) (text string, scalar bool, err error) {
	if !wanted {
		return "", false, x.value(t)
	}
	if kind := x.decoder.PeekKind(); kind == '{' || kind == '[' || kind == 'n' {
		return "", false, x.value(t)
	}
	probe := &tree{ends: []int{len(x.found)}}
	if t != nil {
		probe.ends = append(probe.ends, t.ends...)
	}
	x.found = append(x.found, Found{})
	err = x.value(probe)
	text = x.found[len(x.found)-1].Text
	x.found = x.found[:len(x.found)-1]
	return text, true, err
}
