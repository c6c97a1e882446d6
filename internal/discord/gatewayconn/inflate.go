package gatewayconn

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"

	"github.com/gorilla/websocket"
)

const (
	zlibHeader = 2
	// flateWindow is how far back deflate can refer (RFC 1951).
	flateWindow = 32 << 10
)

// inflater undoes zlib-stream compression: one zlib stream over the whole connection, flushed at the end of each message
// (Discord docs, "Gateway", transport compression).
type inflater struct {
	limit   int64
	pending []byte // a message whose end has not come yet
	started bool
	reader  io.ReadCloser
	history []byte
}

// add takes a piece and returns the message it completes, or nil if it completes none.
func (f *inflater) add(piece []byte) ([]byte, error) {
	f.pending = append(f.pending, piece...)
	if int64(len(f.pending)) > f.limit {
		return nil, websocket.ErrReadLimit
	}
	if !bytes.HasSuffix(f.pending, []byte{0x00, 0x00, 0xff, 0xff}) {
		return nil, nil
	}
	input := f.pending
	f.pending = nil
	if !f.started {
		if len(input) < zlibHeader {
			return nil, errors.New("decompressing the gateway: the stream is too short")
		}
		input, f.started = input[zlibHeader:], true
	}
	return f.inflate(input)
}

// inflate decompresses one flushed part. A flush ends on a byte, so a fresh decoder that knows the last 32 KiB can go on there.
func (f *inflater) inflate(input []byte) ([]byte, error) {
	source := bytes.NewReader(input)
	if f.reader == nil {
		f.reader = flate.NewReaderDict(source, f.history)
	} else if r, ok := f.reader.(flate.Resetter); ok {
		if err := r.Reset(source, f.history); err != nil {
			return nil, fmt.Errorf("decompressing the gateway: %w", err)
		}
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(f.reader, f.limit+1))
	if n > f.limit {
		return nil, websocket.ErrReadLimit
	}
	// The stream has no last block, so each part ends in the middle of it.
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("decompressing the gateway: %w", err)
	}
	f.history = append(f.history, out.Bytes()...)
	if extra := len(f.history) - flateWindow; extra > 0 {
		f.history = append([]byte(nil), f.history[extra:]...)
	}
	return out.Bytes(), nil
}
