package program

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// maxLine bounds what is kept of one line, in bytes.
const maxLine = 8 << 10

// lastLines is how many lines are kept.
const lastLines = 30

// output keeps the last lines of what a program writes and looks for the one that says it is ready.
type output struct {
	ready func(string) (string, bool)
	found chan string // has room for the one value that is ever sent

	mu    sync.Mutex
	rest  []byte // of a line that is not whole yet
	lines []string
	done  bool
}

func newOutput(ready func(string) (string, bool)) *output {
	return &output{ready: ready, found: make(chan string, 1)}
}

// Write implements io.Writer.
func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rest = append(o.rest, text...)
	for {
		line, rest, whole := bytes.Cut(o.rest, []byte("\n"))
		if !whole {
			break
		}
		o.take(string(line))
		o.rest = rest
	}
	if len(o.rest) > maxLine {
		o.rest = o.rest[:maxLine]
	}
	return len(text), nil
}

func (o *output) take(line string) {
	o.lines = append(o.lines, line[:min(len(line), maxLine)])
	if len(o.lines) > lastLines {
		o.lines = slices.Delete(o.lines, 0, len(o.lines)-lastLines)
	}
	if o.done || o.ready == nil {
		return
	}
	if value, ok := o.ready(line); ok {
		o.done = true
		o.found <- value
	}
}

// Tail gives the last lines.
func (o *output) Tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := slices.Clone(o.lines)
	if len(o.rest) > 0 {
		lines = append(lines, string(o.rest))
	}
	return strings.Join(lines, "\n")
}
