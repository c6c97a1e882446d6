package logo

import (
	"bytes"
	"strings"
)

// sniff names the format that data begins with, of those that are drawn; empty for others. What a server or a file name calls it does
// not matter.
func sniff(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "PNG"
	case bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}):
		return "JPEG"
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return "GIF"
	case isRIFF(data):
		return "WebP"
	default:
		return ""
	}
}

// unknown says of the rest what it is, as far as that helps.
func unknown(data []byte) error {
	const instead = " Give a PNG, JPEG, GIF or WebP."
	start := strings.ToLower(string(data[:min(len(data), 1024)]))
	switch {
	case len(data) == 0:
		return invalid("The logo's address gave an empty file." + instead)
	case strings.Contains(start, "<svg"):
		return invalid("The logo is an SVG, which can carry scripts and load other files." + instead)
	case isHEIC(data):
		return invalid("The logo is a HEIC or AVIF picture, which cannot be read." + instead)
	case bytes.HasPrefix(data, []byte("BM")), bytes.HasPrefix(data, []byte("II*\x00")), bytes.HasPrefix(data, []byte("MM\x00*")), bytes.HasPrefix(data, []byte("\x00\x00\x01\x00")):
		return invalid("The logo is a BMP, TIFF or ICO picture, which is not accepted." + instead)
	case strings.Contains(start, "<html"), strings.Contains(start, "<!doctype"):
		return invalid("The logo's address gave a web page, not a picture: give the address of the picture itself.")
	default:
		return invalid("The logo's address gave no picture that can be read." + instead)
	}
}

// isHEIC knows the family of ISO 14496-12 files.
func isHEIC(data []byte) bool { return len(data) >= 12 && string(data[4:8]) == "ftyp" }
