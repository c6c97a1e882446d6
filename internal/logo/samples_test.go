package logo_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func crimson() color.NRGBA { return color.NRGBA{R: 255, A: 255} }
func azure() color.NRGBA   { return color.NRGBA{B: 255, A: 255} }
func glass() color.NRGBA   { return color.NRGBA{} }

// plain is a picture of one colour.
func plain(width, height int, c color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, c)
		}
	}
	return m
}

func asPNG(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// asGIF is an animation of frames on a canvas of the first one's far corner.
func asGIF(tb testing.TB, canvas image.Point, frames ...*image.Paletted) []byte {
	tb.Helper()
	g := gif.GIF{Config: image.Config{Width: canvas.X, Height: canvas.Y}}
	for _, f := range frames {
		g.Image, g.Delay = append(g.Image, f), append(g.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func paletted(r image.Rectangle, c color.Color) *image.Paletted {
	return image.NewPaletted(r, color.Palette{c, color.NRGBA{}})
}

func sample(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// withChunk puts a chunk behind the header of a PNG.
func withChunk(data []byte, name string, content []byte) []byte {
	const header = 8 + 4 + 4 + 13 + 4
	return append(append(bytes.Clone(data[:header]), pngChunk(name, content)...), data[header:]...)
}

func pngChunk(name string, content []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	c = append(append(c, name...), content...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}

// zipped is many zeros in few bytes.
func zipped(tb testing.TB, size int) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(make([]byte, size)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// flood is a PNG that says it has 30,000 × 30,000 pixels; how much of them follows does not matter, for nobody must look.
func flood(tb testing.TB) []byte {
	tb.Helper()
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 30000), 30000)
	header = append(header, 1, 0, 0, 0, 0) // one bit, grey
	data := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", header)...)
	data = append(data, pngChunk("IDAT", zipped(tb, 1<<20))...)
	return append(data, pngChunk("IEND", nil)...)
}

func riffChunk(name string, content []byte) []byte {
	c := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content)))
	c = append(c, content...)
	if len(content)%2 == 1 {
		c = append(c, 0)
	}
	return c
}

func webpFile(chunks ...[]byte) []byte {
	return riffChunk("RIFF", append([]byte("WEBP"), bytes.Join(chunks, nil)...))
}

// lossless is the content of a VP8L chunk of one colour: five prefix codes of one symbol each, so that a pixel takes no bit.
// https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification
func lossless(width, height int, c color.NRGBA) []byte {
	var bits []byte
	put := func(value uint64, n int) {
		for i := range n {
			bits = append(bits, byte(value>>i&1))
		}
	}
	put(0x2f, 8)
	put(uint64(width-1), 14)
	put(uint64(height-1), 14)
	put(1, 1) // alpha is used
	put(0, 3) // version
	put(0, 1) // no transform
	put(0, 1) // no colour cache
	put(0, 1) // no meta prefix codes
	for _, symbol := range []uint8{c.G, c.R, c.B, c.A, 0} {
		put(1, 1) // simple
		put(0, 1) // one symbol
		put(1, 1) // of eight bits
		put(uint64(symbol), 8)
	}
	packed := make([]byte, (len(bits)+7)/8)
	for i, bit := range bits {
		packed[i/8] |= bit << (i % 8)
	}
	return packed
}

func put24(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16)} }

func vp8x(flags byte, width, height int) []byte {
	return riffChunk("VP8X", bytes.Join([][]byte{{flags, 0, 0, 0}, put24(width - 1), put24(height - 1)}, nil))
}

// anmf is a frame of an animation.
func anmf(x, y, width, height int, content []byte) []byte {
	head := bytes.Join([][]byte{put24(x / 2), put24(y / 2), put24(width - 1), put24(height - 1), put24(100), {0}}, nil)
	return riffChunk("ANMF", append(head, content...))
}

// animated is a WebP whose first frame is red at (20, 10) and whose second is blue everywhere.
func animated() []byte {
	return webpFile(vp8x(1<<1|1<<4, 40, 20), riffChunk("ANIM", make([]byte, 6)),
		anmf(20, 10, 20, 10, riffChunk("VP8L", lossless(20, 10, crimson()))), anmf(0, 0, 40, 20, riffChunk("VP8L", lossless(40, 20, azure()))))
}
