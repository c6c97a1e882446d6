package integration

import (
	"context"
	"fmt"
	"sync"
)

// flights sends requests that are alike at one moment once (I-14). All who asked for one wait for the same answer; whoever gives up
// leaves the others to it, and when the last has left, the request is cancelled.
type flights struct {
	mu    sync.Mutex
	under map[cacheKey]*flight
}

// flight is one request under way.
type flight struct {
	done    chan struct{} // closed when answer and err are set
	answer  answer
	err     error
	waiting int
	cancel  context.CancelFunc
}

func newFlights() *flights { return &flights{under: map[cacheKey]*flight{}} }

// do sends, or waits for the one who does; joined says which. send gets a context that ends when nobody waits any more; the values in
// it are those of whoever came first. A panic in send is an error.
func (f *flights) do(ctx context.Context, key cacheKey, send func(context.Context) (answer, error)) (a answer, joined bool, err error) {
	f.mu.Lock()
	fl := f.under[key]
	joined = fl != nil
	if !joined {
		sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
		fl = &flight{done: make(chan struct{}), cancel: cancel}
		f.under[key] = fl
		go f.fly(sending, key, fl, send)
	}
	fl.waiting++
	f.mu.Unlock()
	select {
	case <-fl.done:
		return fl.answer, joined, fl.err
	case <-ctx.Done():
		f.leave(key, fl)
		return answer{}, joined, &Failure{Class: ClassGivenUp, Text: "The request was given up before it ended."}
	}
}

func (f *flights) fly(ctx context.Context, key cacheKey, fl *flight, send func(context.Context) (answer, error)) {
	defer func() {
		if p := recover(); p != nil {
			fl.err = fmt.Errorf("panic: %v", p)
		}
		f.forget(key, fl)
		fl.cancel()
		close(fl.done)
	}()
	fl.answer, fl.err = send(ctx)
}

// leave is the way out of one who gave up. When nobody is left, whoever comes next must not get the cancelled answer.
func (f *flights) leave(key cacheKey, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.waiting--; fl.waiting > 0 {
		return
	}
	fl.cancel()
	if f.under[key] == fl {
		delete(f.under, key)
	}
}

func (f *flights) forget(key cacheKey, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.under[key] == fl {
		delete(f.under, key)
	}
}
