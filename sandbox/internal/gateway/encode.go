package gateway

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zstd"
)

// packetThreshold is the size from which a packet is compressed on its own
// for a bot that identified with "compress": true.
const packetThreshold = 4096

// flusher is a compressing stream whose Flush ends a message.
type flusher interface {
	io.WriteCloser
	Flush() error
}

// encoder turns frames into websocket messages: text, or a compressed stream
// with a context shared by all messages (query compress=zlib-stream or
// zstd-stream). It belongs to one writer.
type encoder struct {
	buf    bytes.Buffer
	stream flusher
}

// newEncoder knows "", zlib-stream and zstd-stream.
func newEncoder(compress string) (*encoder, error) {
	e := &encoder{}
	switch compress {
	case "":
	case "zlib-stream":
		e.stream = zlib.NewWriter(&e.buf)
	case "zstd-stream":
		z, err := zstd.NewWriter(&e.buf, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(128<<10))
		if err != nil {
			return nil, fmt.Errorf("starting zstd stream: %w", err)
		}
		e.stream = z
	default:
		return nil, fmt.Errorf("compress is %q; it may be zlib-stream or zstd-stream", compress)
	}
	return e, nil
}

// encode gives the message type and body of a frame. The body is valid until
// the next call.
func (e *encoder) encode(frame []byte, packets bool) (kind int, body []byte, err error) {
	switch {
	case e.stream != nil:
		e.buf.Reset()
		if _, err := e.stream.Write(frame); err != nil {
			return 0, nil, fmt.Errorf("compressing: %w", err)
		}
		if err := e.stream.Flush(); err != nil {
			return 0, nil, fmt.Errorf("flushing compressed stream: %w", err)
		}
		return websocket.BinaryMessage, e.buf.Bytes(), nil
	case packets && len(frame) >= packetThreshold:
		e.buf.Reset()
		z := zlib.NewWriter(&e.buf)
		if _, err := z.Write(frame); err != nil {
			return 0, nil, fmt.Errorf("compressing packet: %w", err)
		}
		if err := z.Close(); err != nil {
			return 0, nil, fmt.Errorf("ending compressed packet: %w", err)
		}
		return websocket.BinaryMessage, e.buf.Bytes(), nil
	}
	return websocket.TextMessage, frame, nil
}

// close frees the stream's memory.
func (e *encoder) close() {
	if e.stream != nil {
		_ = e.stream.Close()
	}
}
