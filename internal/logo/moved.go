package logo

import (
	"image"
	"image/color"
)

// moved is a picture at another place.
type moved struct {
	image.Image
	by image.Point
}

// Bounds implements image.Image.
func (m moved) Bounds() image.Rectangle { return m.Image.Bounds().Add(m.by) }

// At implements image.Image.
func (m moved) At(x, y int) color.Color { return m.Image.At(x-m.by.X, y-m.by.Y) }
