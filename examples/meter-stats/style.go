package main

import (
	"bytes"
	"image/color"
	"io"
	"path/filepath"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

var (
	ink   = color.Gray{Y: 0x33}
	faint = color.Gray{Y: 0x77}
	grid  = color.Gray{Y: 0xe4}
)

// palette is that of Okabe and Ito, which people who are colour-blind can tell apart, without its yellow, which
// white swallows.
var palette = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff}, color.RGBA{0x56, 0xb4, 0xe9, 0xff},
	color.RGBA{0x33, 0x33, 0x33, 0xff},
}

// lineStyle is that of the nth line; where the colours begin again the lines are dashed.
func lineStyle(n int) draw.LineStyle {
	s := draw.LineStyle{Color: palette[n%len(palette)], Width: vg.Points(1.5)}
	if n >= len(palette) {
		s.Dashes = []vg.Length{vg.Points(4), vg.Points(2)}
	}
	return s
}

// newPlot is a plot without lines. The fonts are linked into the program.
func newPlot() *plot.Plot {
	p := plot.New()
	write(&p.Title.TextStyle, 11, ink)
	p.Title.TextStyle.Font.Weight = xfont.WeightBold
	p.Title.Padding = vg.Points(10)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		write(&axis.Label.TextStyle, 9, faint)
		write(&axis.Tick.Label, 9, ink)
		axis.Label.Padding = vg.Points(4)
		axis.Padding = 0
		axis.LineStyle.Color, axis.Tick.LineStyle.Color = faint, faint
		axis.Tick.Length = vg.Points(3)
	}
	p.Y.LineStyle.Width, p.Y.Tick.LineStyle.Width = 0, 0
	lines := draw.LineStyle{Color: grid, Width: vg.Points(0.6)}
	p.Add(&plotter.Grid{Vertical: lines, Horizontal: lines})
	return p
}

func newLegend() plot.Legend {
	l := plot.NewLegend()
	write(&l.TextStyle, 9, ink)
	l.Top, l.Left, l.Padding, l.ThumbnailWidth = true, true, vg.Points(4), vg.Points(14)
	return l
}

// write sets the font of a text.
func write(s *text.Style, points float64, c color.Color) {
	s.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)}
	s.Color = c
}

// pictures are what can be drawn, by the ending of the file: where, and how it is written.
var pictures = map[string]func(size) (vg.CanvasSizer, func(io.Writer) error){
	".png": func(s size) (vg.CanvasSizer, func(io.Writer) error) {
		c := vgimg.PngCanvas{Canvas: vgimg.New(s.points())}
		return c, func(w io.Writer) error { _, err := c.WriteTo(w); return err }
	},
	".svg": func(s size) (vg.CanvasSizer, func(io.Writer) error) {
		c := vgsvg.New(s.points())
		return c, func(w io.Writer) error { return writeSVG(w, c) }
	},
}

func ending(file string) string { return strings.ToLower(filepath.Ext(file)) }

// points are the size on paper.
func (s *size) points() (width, height vg.Length) {
	return vg.Length(s.width) * vg.Inch / vgimg.DefaultDPI, vg.Length(s.height) * vg.Inch / vgimg.DefaultDPI
}

// writeSVG names the fonts that stand in where nobody has installed Liberation: Arial has letters of the same width.
func writeSVG(w io.Writer, c *vgsvg.Canvas) error {
	var out bytes.Buffer
	if _, err := c.WriteTo(&out); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(out.Bytes(), []byte(`style="font-family:Liberation Sans;`),
		[]byte(`style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`)))
	return err
}
