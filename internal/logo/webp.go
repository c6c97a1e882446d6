package logo

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/vp8"
	"golang.org/x/image/vp8l"
	"golang.org/x/image/webp"
)

// A WebP is a list of chunks. Go's decoder reads no animation, so the first frame is taken out and made a file of its own; that leaves
// behind all chunks that are not pixels, and the frame's own header is judged instead of what the file says of itself.
// https://developers.google.com/speed/webp/docs/riff_container

// frame is the chunks of one picture, and where it stands.
type frame struct {
	at    image.Point
	whole image.Point // the canvas; zero where the file does not tell: as large as the frame
	alpha []byte      // the ALPH chunk's content, for VP8 alone; nil for none
	kind  string      // "VP8 " or "VP8L"; empty while none was found
	data  []byte
}

func isRIFF(data []byte) bool {
	return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

func decodeWebP(data []byte) (picture, error) {
	f := frame{}
	f.gather(data[12:])
	size, err := f.size()
	if err != nil {
		return picture{}, broken("WebP")
	}
	if f.whole == (image.Point{}) {
		f.whole = size
	}
	if err := checkSides(size.X, size.Y); err != nil {
		return picture{}, err
	}
	if err := checkSides(f.whole.X, f.whole.Y); err != nil {
		return picture{}, err
	}
	drawn, err := webp.Decode(bytes.NewReader(f.file(size)))
	if err != nil {
		return picture{}, broken("WebP")
	}
	widen(drawn)
	whole := image.Rectangle{Max: f.whole}
	if place := (image.Rectangle{Max: size}).Add(f.at); f.at != (image.Point{}) || size != f.whole {
		if !place.In(whole) {
			return picture{}, broken("WebP")
		}
		drawn = moved{Image: drawn, by: f.at}
	}
	return picture{drawn: drawn, whole: whole}, nil
}

// gather takes the first frame out of a list of chunks: of the file itself, or of its first ANMF chunk.
func (f *frame) gather(chunks []byte) {
	for f.kind == "" && len(chunks) >= 8 {
		name, size := string(chunks[:4]), binary.LittleEndian.Uint32(chunks[4:8])
		chunks = chunks[8:]
		if uint64(size) > uint64(len(chunks)) {
			return
		}
		content := chunks[:size]
		chunks = chunks[min(uint64(size)+uint64(size)%2, uint64(len(chunks))):]
		switch {
		case name == "VP8X" && size >= 10:
			f.whole = image.Pt(uint24(content[4:])+1, uint24(content[7:])+1)
		case name == "ALPH":
			f.alpha = content
		case name == "VP8 ", name == "VP8L":
			f.kind, f.data = name, content
		case name == "ANMF" && size >= 16:
			f.at, f.alpha = image.Pt(2*uint24(content), 2*uint24(content[3:])), nil
			f.gather(content[16:])
			return // the first frame or none
		}
	}
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// size reads the header of the frame itself.
func (f *frame) size() (image.Point, error) {
	if f.kind == "VP8L" {
		config, err := vp8l.DecodeConfig(bytes.NewReader(f.data))
		return image.Pt(config.Width, config.Height), err
	}
	decoder := vp8.NewDecoder()
	decoder.Init(bytes.NewReader(f.data), len(f.data))
	header, err := decoder.DecodeFrameHeader()
	return image.Pt(header.Width, header.Height), err
}

// file is the frame as a WebP of its own.
func (f *frame) file(size image.Point) []byte {
	body := []byte("WEBP")
	if f.kind == "VP8 " && f.alpha != nil {
		extended := make([]byte, 10)
		extended[0] = 1 << 4 // alpha
		putUint24(extended[4:], size.X-1)
		putUint24(extended[7:], size.Y-1)
		body = chunk(chunk(body, "VP8X", extended), "ALPH", f.alpha)
	}
	return chunk(nil, "RIFF", chunk(body, f.kind, f.data))
}

// widen brings the colours of a lossy WebP from the range of television (16 to 235, 16 to 240: RFC 6386, 9.2), in which they are stored,
// to the whole range, which Go's pictures have.
func widen(m image.Image) {
	var planes *image.YCbCr
	switch m := m.(type) {
	case *image.YCbCr:
		planes = m
	case *image.NYCbCrA:
		planes = &m.YCbCr
	default:
		return
	}
	var luma, chroma [256]uint8
	for i := range 256 {
		luma[i] = stretch(i-16, 219, 0)
		chroma[i] = stretch(i-128, 224, 128)
	}
	for i, y := range planes.Y {
		planes.Y[i] = luma[y]
	}
	for i := range planes.Cb {
		planes.Cb[i], planes.Cr[i] = chroma[planes.Cb[i]], chroma[planes.Cr[i]]
	}
}

// stretch gives offset+n·255/span, rounded and within a byte.
func stretch(n, span, offset int) uint8 {
	scaled := (2*n*255 + span) / (2 * span)
	if n < 0 {
		scaled = (2*n*255 - span) / (2 * span)
	}
	return uint8(min(max(scaled+offset, 0), 255))
}

// putUint24 writes a number below 2^24, such as a side.
func putUint24(b []byte, n int) {
	for i := range 3 {
		b[i] = byte(n >> (8 * i) & 0xff)
	}
}

func chunk(to []byte, name string, content []byte) []byte {
	to = append(to, name...)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(content))) //nolint:gosec // at most MaxFile
	to = append(to, content...)
	if len(content)%2 == 1 {
		to = append(to, 0)
	}
	return to
}
