package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// picture draws the report into the file of -plot.
func (o *options) picture(e *cli.Env, r *report) error {
	if o.plot == "" {
		return nil
	}
	all, unit, err := r.series()
	if err != nil {
		return err
	}
	shown := weightiest(all)
	p, err := r.plot(shown, unit)
	if err != nil {
		return err
	}
	image, err := o.render(p, r.legend(shown))
	if err != nil {
		return err
	}
	if n := len(all) - len(shown); n > 0 {
		fmt.Fprintf(e.Stderr, "%s: %s shows the %d greatest groups and leaves out %d\n", e.Program, o.plot, len(shown), n)
	}
	return os.WriteFile(o.plot, image, 0o644) //nolint:gosec // G306: a picture is to be looked at
}

// plot is the lines between their axes.
func (r *report) plot(shown []series, unit string) (*plot.Plot, error) {
	p := newPlot()
	drawn := statNamed(r.o.draw)
	p.Title.Text = table.Printable(r.Meter) + ": " + drawn.word + r.rows()
	if len(shown) == 0 {
		p.Title.Text += " (no samples)"
	}
	p.X.Label.Text = period.Clock(r.Start, r.o.Zone) + " to " + period.Clock(r.End, r.o.Zone)
	p.Y.Label.Text = drawn.word
	if unit != "" && !drawn.counts {
		p.Y.Label.Text += " (" + table.Printable(unit) + ")"
	}
	p.X.Min, p.X.Max = seconds(r.Start), seconds(r.End)
	p.X.Tick.Marker = clockTicks(gophermeter.Window{Start: r.Start, End: r.End}, r.o.Zone, r.o.size.width/80)
	ticks, err := valueTicks(shown)
	if err != nil {
		return nil, err
	}
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = ticks[0].Value, ticks[len(ticks)-1].Value, ticks
	for i, s := range shown {
		p.Add(s.parts(lineStyle(i))...)
	}
	return p, nil
}

// valueTicks are for an axis that has room for every value, and for zero, so that heights can be compared.
func valueTicks(shown []series) (plot.ConstantTicks, error) {
	lo, hi := 0.0, 0.0
	for _, s := range shown {
		for _, run := range s.runs {
			for _, at := range run {
				lo, hi = min(lo, at.Y), max(hi, at.Y)
			}
		}
	}
	switch extent := hi - lo; {
	case extent == 0:
		return numberTicks(0, 1), nil
	case extent < 1e-300 || extent > 1e300:
		return nil, errors.New("these numbers are too small or too large to be drawn")
	}
	return numberTicks(lo, hi), nil
}

// parts are what is drawn of a series. A period between two gaps is a dot.
func (s *series) parts(style draw.LineStyle) []plot.Plotter {
	var parts []plot.Plotter
	for _, run := range s.runs {
		if len(run) == 1 {
			dot := draw.GlyphStyle{Color: style.Color, Radius: style.Width, Shape: draw.CircleGlyph{}}
			parts = append(parts, &plotter.Scatter{XYs: run, GlyphStyle: dot})
		} else {
			parts = append(parts, &plotter.Line{XYs: run, LineStyle: style})
		}
	}
	return parts
}

// legend names the lines; without groups the title says what the line is.
func (r *report) legend(shown []series) *plot.Legend {
	l := newLegend()
	if len(r.GroupBy) > 0 {
		for i, s := range shown {
			l.Add(table.Printable(s.label), &plotter.Line{LineStyle: lineStyle(i)})
		}
	}
	return &l
}

// render puts the legend beside the plot, where it hides no line.
func (o *options) render(p *plot.Plot, l *plot.Legend) ([]byte, error) {
	margin := vg.Points(8)
	canvas, encode := pictures[ending(o.plot)](o.size)
	page := draw.New(canvas)
	page.SetColor(p.BackgroundColor)
	page.Fill(page.Path())
	p.BackgroundColor = nil
	page = draw.Crop(page, margin, -margin, margin, -margin)
	if names := l.Rectangle(page).Size(); names.Y > 0 {
		below := p.Title.TextStyle.Height(p.Title.Text) + p.Title.Padding
		l.Draw(draw.Crop(page, page.Size().X-names.X, 0, 0, -below))
		page = draw.Crop(page, 0, -names.X-margin, 0, 0)
	}
	if page.Size().X < vg.Points(150) {
		return nil, fmt.Errorf("the names of the groups leave no room for the plot: make it wider than -size %s", &o.size)
	}
	p.Draw(page)
	var out bytes.Buffer
	err := encode(&out)
	return out.Bytes(), err
}
