package gatewayconn

import "sync"

// progress knows up to which sequence number every event of a session was handled, although handlers finish in any order.
type progress struct {
	mu      sync.Mutex
	handled int
	order   []int       // numbers that are not yet at or below handled, ascending
	open    map[int]int // how many still work on a number
}

// start notes that an event is being handled. A number seen before (a replay) changes nothing.
func (p *progress) start(sequence int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if sequence <= p.handled || (len(p.order) > 0 && sequence <= p.order[len(p.order)-1]) {
		return
	}
	if p.open == nil {
		p.open = map[int]int{}
	}
	p.order = append(p.order, sequence)
	p.open[sequence] = 1
}

// hold adds one more who works on an event.
func (p *progress) hold(sequence int) (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[sequence] == 0 {
		return func() {}
	}
	p.open[sequence]++
	return sync.OnceFunc(func() { p.end(sequence) })
}

// end says that one of those who work on an event is done.
func (p *progress) end(sequence int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[sequence] == 0 {
		return
	}
	p.open[sequence]--
	for len(p.order) > 0 && p.open[p.order[0]] == 0 {
		p.handled = p.order[0]
		delete(p.open, p.order[0])
		p.order = p.order[1:]
	}
}

func (p *progress) upTo() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.handled
}
