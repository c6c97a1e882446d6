package logo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/logo"
)

// drawn gives the pictures that Draw makes, decoded, and holds what is true of all of them.
func drawn(tb testing.TB, data []byte) []image.Image {
	tb.Helper()
	pictures, err := logo.Draw(data)
	if err != nil {
		tb.Fatal(err)
	}
	return decoded(tb, pictures)
}

func decoded(tb testing.TB, pictures [][]byte) []image.Image {
	tb.Helper()
	if len(pictures) != len(logo.Sizes()) {
		tb.Fatalf("%d pictures", len(pictures))
	}
	var all []image.Image
	for i, size := range logo.Sizes() {
		m, err := png.Decode(bytes.NewReader(pictures[i]))
		if err != nil {
			tb.Fatal(err)
		}
		if m.Bounds() != image.Rect(0, 0, size, size) {
			tb.Errorf("bounds %v, want %d", m.Bounds(), size)
		}
		if diff := cmp.Diff([]string{"IHDR", "IDAT", "IEND"}, chunkNames(tb, pictures[i])); diff != "" {
			tb.Errorf("chunks (-want +got):\n%s", diff)
		}
		all = append(all, m)
	}
	return all
}

// chunkNames lists the chunks of a PNG, each name once; what follows the last chunk is an error.
func chunkNames(tb testing.TB, data []byte) (names []string) {
	tb.Helper()
	for data = data[8:]; len(data) > 0; {
		size := int(binary.BigEndian.Uint32(data))
		if name := string(data[4:8]); len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
		data = data[12+size:]
	}
	return names
}

// near compares colours; JPEG and lossy WebP are not exact.
func near(tb testing.TB, what string, got color.Color, want color.NRGBA) {
	tb.Helper()
	n, ok := color.NRGBAModel.Convert(got).(color.NRGBA)
	off := func(a, b uint8) bool { return max(a, b)-min(a, b) > 12 }
	if !ok || off(n.A, want.A) || want.A > 0 && (off(n.R, want.R) || off(n.G, want.G) || off(n.B, want.B)) {
		tb.Errorf("%s is %v, want %v", what, n, want)
	}
}

// TestI42EveryFormatIsDrawn: PNG, JPEG, GIF and WebP in, their first frame out, whole and in the middle.
func TestI42EveryFormatIsDrawn(t *testing.T) {
	t.Parallel()
	wide := plain(16, 8, crimson())
	half := plain(16, 8, crimson())
	for y := range 8 {
		for x := 8; x < 16; x++ {
			half.Set(x, y, glass())
		}
	}
	late := asGIF(t, image.Pt(40, 20), paletted(image.Rect(20, 10, 40, 20), crimson()), paletted(image.Rect(0, 0, 40, 20), azure()))
	type look struct{ left, right, corner color.NRGBA } // of the picture's left and right, below its middle, and of the square's corner
	for name, c := range map[string]struct {
		data []byte
		want look
	}{
		"PNG": {asPNG(t, wide), look{crimson(), crimson(), glass()}}, "PNG with alpha": {asPNG(t, half), look{crimson(), glass(), glass()}},
		"JPEG": {asJPEG(t, wide), look{crimson(), crimson(), glass()}}, "grey JPEG": {asJPEG(t, image.NewGray(image.Rect(0, 0, 16, 8))), look{color.NRGBA{A: 255}, color.NRGBA{A: 255}, glass()}},
		"GIF": {asGIF(t, image.Pt(16, 8), paletted(wide.Rect, crimson())), look{crimson(), crimson(), glass()}}, "GIF's first frame, a part": {late, look{glass(), crimson(), glass()}},
		"WebP": {sample(t, "red-lossy.webp"), look{crimson(), crimson(), glass()}}, "WebP with alpha": {sample(t, "half-lossy-alpha.webp"), look{crimson(), glass(), glass()}},
		"lossless WebP": {sample(t, "half-lossless.webp"), look{crimson(), glass(), glass()}}, "smallest WebP": {webpFile(riffChunk("VP8L", lossless(16, 8, crimson()))), look{crimson(), crimson(), glass()}},
		"square": {asPNG(t, plain(9, 9, crimson())), look{crimson(), crimson(), crimson()}}, "very wide": {asPNG(t, plain(2000, 1, crimson())), look{glass(), glass(), glass()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, m := range drawn(t, c.data) {
				side := m.Bounds().Dx()
				y := side * 5 / 8 // inside a picture of 2:1
				near(t, "left", m.At(side/8, y), c.want.left)
				near(t, "right", m.At(side*7/8, y), c.want.right)
				near(t, "corner", m.At(0, 0), c.want.corner)
			}
		})
	}
}

// TestDrawnBytesDependOnPixelsAlone: the same pixels make the same bytes, whatever came with them.
func TestDrawnBytesDependOnPixelsAlone(t *testing.T) {
	t.Parallel()
	one := asPNG(t, plain(30, 20, crimson()))
	other := withChunk(one, "tEXt", []byte("Comment\x00<script>alert(1)</script>"))
	other = append(other, "<html>trailing bytes</html>"...)
	a, errA := logo.Draw(one)
	b, errB := logo.Draw(other)
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error("what came with the pixels is in the picture")
	}
}

// wantRefused demands a sentence for the author in the field "logo".
func wantRefused(tb testing.TB, err error, says string) {
	tb.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != "logo_invalid" || len(f.Fields) != 1 || f.Fields[0].Path != "logo" {
		tb.Fatalf("error is %v", err)
	}
	if !strings.Contains(f.Fields[0].Text, says) {
		tb.Errorf("%q does not say %q", f.Fields[0].Text, says)
	}
}

func TestI42OthersAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	whole := asPNG(t, plain(40, 40, crimson()))
	huge := asPNG(t, image.NewGray(image.Rect(0, 0, 4097, 1)))
	manyScans := asJPEG(t, plain(16, 16, crimson()))
	manyScans = append(manyScans[:len(manyScans)-2], bytes.Repeat([]byte("\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"), 200)...)
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"empty": {nil, "empty file"}, "text": {[]byte("hello"), "no picture"}, "half a PNG": {whole[:len(whole)/2], "cannot be decoded"},
		"PNG header alone": {whole[:8], "cannot be decoded"}, "too wide": {huge, "4097 × 1 pixels: give one of at most 4096 × 4096"},
		"JPEG of many scans": {manyScans, "cannot be decoded"}, "half a GIF": {[]byte("GIF89a\x10\x00\x10\x00\x80"), "cannot be decoded"},
		"WebP without pixels": {webpFile(vp8x(0, 10, 10)), "cannot be decoded"}, "WebP of 16383": {webpFile(riffChunk("VP8L", lossless(16383, 16383, crimson()))), "16383 × 16383"},
		"WebP that lies of its size":  {webpFile(vp8x(1<<4, 10, 10), riffChunk("VP8L", lossless(16383, 5000, crimson()))), "16383 × 5000"},
		"WebP with a frame outside":   {webpFile(vp8x(1<<1, 10, 10), anmf(6, 0, 10, 10, riffChunk("VP8L", lossless(10, 10, crimson())))), "cannot be decoded"},
		"WebP with an endless chunk":  {webpFile([]byte("VP8L\xff\xff\xff\xffabcd")), "cannot be decoded"},
		"WebP of an empty frame":      {webpFile(vp8x(1<<1, 10, 10), riffChunk("ANMF", make([]byte, 16)), riffChunk("VP8L", lossless(10, 10, crimson()))), "cannot be decoded"},
		"WebP with a huge canvas":     {webpFile(vp8x(1<<1, 1<<24, 1<<24), anmf(0, 0, 10, 10, riffChunk("VP8L", lossless(10, 10, crimson())))), "pixels: give one of at most"},
		"over two MiB":                {append(bytes.Clone(whole), make([]byte, logo.MaxFile)...), "larger than 2 MiB"},
		"web page under another name": {[]byte("  <!DOCTYPE html><p>hello"), "a web page"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := logo.Draw(c.data)
			wantRefused(t, err, c.says)
		})
	}
}

func FuzzDraw(f *testing.F) {
	for _, name := range []string{"red-lossy.webp", "half-lossy-alpha.webp", "half-lossless.webp"} {
		f.Add(sample(f, name))
	}
	f.Add(asPNG(f, plain(3, 5, crimson())))
	f.Add(asJPEG(f, plain(3, 5, crimson())))
	f.Add(asGIF(f, image.Pt(9, 9), paletted(image.Rect(2, 2, 9, 9), crimson())))
	f.Add(animated())
	f.Add(webpFile(vp8x(1<<4, 16, 8), riffChunk("ALPH", []byte{0, 1}), riffChunk("VP8 ", make([]byte, 30))))
	f.Add([]byte("<svg xmlns=''/>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		pictures, err := logo.Draw(data)
		if err != nil {
			wantRefused(t, err, "")
			return
		}
		decoded(t, pictures)
	})
}
