package gateway

import "encoding/json"

// entry is one dispatched event of a session.
type entry struct {
	seq  uint64
	kind string
	data json.RawMessage
	// raw, if set, is sent instead of a well-formed frame (a fault).
	raw []byte
}

// ring holds the last entries of a session by sequence number, which starts at
// 1 and has no gaps. It grows up to its size and then forgets the oldest.
type ring struct {
	size int
	buf  []entry
	head uint64
}

// add gives the entry the next sequence number and keeps it.
func (r *ring) add(e entry) uint64 {
	r.head++
	e.seq = r.head
	if len(r.buf) < r.size {
		r.buf = append(r.buf, e)
	} else {
		r.buf[(r.head-1)%uint64(r.size)] = e
	}
	return r.head
}

// oldest is the lowest sequence number still held; head+1 if there is none.
func (r *ring) oldest() uint64 {
	return r.head + 1 - uint64(len(r.buf))
}

// at gives the entry of a sequence number between oldest and head.
func (r *ring) at(seq uint64) entry {
	return r.buf[(seq-1)%uint64(r.size)]
}
