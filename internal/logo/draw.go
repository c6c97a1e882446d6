package logo

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
)

// What a picture may be. Width and height are checked in the header, before anything is decoded.
const (
	maxSide  = 4096 // pixels
	maxScans = 64   // of a progressive JPEG; usual are 10. Each costs a walk over the whole picture, whatever its few bytes say.
)

// picture is a decoded file: the whole of it, though a GIF may have drawn only a part.
type picture struct {
	drawn image.Image
	whole image.Rectangle
}

// Draw turns the bytes of a PNG, JPEG, GIF or WebP into PNGs of [Sizes], in order: square, the picture whole in the middle, of an
// animation the first frame. Nothing of the file is in them but its pixels: no comment, profile or trailing bytes. The error is
// fault.Invalid "logo_invalid".
func Draw(data []byte) ([][]byte, error) {
	if len(data) > MaxFile {
		return nil, invalid(fmt.Sprintf("The logo is larger than %d MiB: give a smaller file.", MaxFile>>20))
	}
	p, err := decode(data)
	if err != nil {
		return nil, err
	}
	pictures := make([][]byte, 0, len(Sizes()))
	for _, size := range Sizes() {
		made, err := p.square(size)
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, made)
	}
	return pictures, nil
}

// format reads one kind of picture.
type format struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// decode finds out by its first bytes what data is, judges its header and decodes it.
func decode(data []byte) (picture, error) {
	var f format
	switch sniff(data) {
	case "PNG":
		f = format{png.DecodeConfig, png.Decode}
	case "JPEG":
		if scans(data) > maxScans {
			return picture{}, broken("JPEG")
		}
		f = format{jpeg.DecodeConfig, jpeg.Decode}
	case "GIF":
		f = format{gif.DecodeConfig, gif.Decode}
	case "WebP":
		return decodeWebP(data)
	default:
		return picture{}, unknown(data)
	}
	config, err := f.config(bytes.NewReader(data))
	if err != nil {
		return picture{}, broken(sniff(data))
	}
	if err := checkSides(config.Width, config.Height); err != nil {
		return picture{}, err
	}
	drawn, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return picture{}, broken(sniff(data))
	}
	return picture{drawn: drawn, whole: image.Rect(0, 0, config.Width, config.Height)}, nil
}

func checkSides(width, height int) error {
	if width < 1 || height < 1 || width > maxSide || height > maxSide {
		return invalid(fmt.Sprintf("The logo is %d × %d pixels: give one of at most %d × %d.", width, height, maxSide, maxSide))
	}
	return nil
}

func broken(kind string) error {
	return invalid("The logo looks like a " + kind + " file, but it cannot be decoded: save it again with another program.")
}

// scans counts the scans of a JPEG. Inside the data of a scan 0xFF is always followed by something else (ITU T.81, B.1.1.5); in other
// segments the pair may stand by chance, which costs nothing below the limit.
func scans(data []byte) int { return bytes.Count(data, []byte{0xff, 0xda}) }

// square draws the picture into the middle of a transparent square and gives it as PNG.
func (p picture) square(size int) ([]byte, error) {
	width, height := fit(p.whole.Dx(), p.whole.Dy(), size)
	canvas := image.NewRGBA(image.Rect(0, 0, size, size))
	corner := image.Pt((size-width)/2, (size-height)/2)
	at := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(width, height))}
	draw.CatmullRom.Scale(canvas, at, p.filled(), p.whole, draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return nil, fmt.Errorf("writing a logo: %w", err)
	}
	return out.Bytes(), nil
}

// filled is the picture with its undrawn part transparent.
func (p picture) filled() image.Image {
	if p.drawn.Bounds() == p.whole {
		return p.drawn
	}
	canvas := image.NewRGBA(p.whole)
	draw.Draw(canvas, p.drawn.Bounds(), p.drawn, p.drawn.Bounds().Min, draw.Src)
	return canvas
}

// fit gives the largest width and height inside a square of size, with the proportions kept; at least one pixel.
func fit(width, height, size int) (w, h int) {
	if width >= height {
		return size, max(1, height*size/width)
	}
	return max(1, width*size/height), size
}
