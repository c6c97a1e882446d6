package integration

// Waiting is how many wait for requests under way.
func (r *Resolver) Waiting() int {
	r.flights.mu.Lock()
	defer r.flights.mu.Unlock()
	n := 0
	for _, f := range r.flights.under {
		n += f.waiting
	}
	return n
}
