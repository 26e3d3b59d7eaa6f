package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// drawn is the picture that the program draws.
func drawn(t *testing.T, name, args string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	printed(t, args+" -plot "+file)
	image, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// texts are what an SVG says; it fails where the document is not well formed.
func texts(t *testing.T, svg []byte) (all []string) {
	t.Helper()
	in := xml.NewDecoder(bytes.NewReader(svg))
	for inside := false; ; {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local == "text"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				all = append(all, string(token))
			}
		}
	}
}

// The picture of the embedded cloud has a line for each campaign of the large nodes, and nothing between them.
func TestSVG(t *testing.T) {
	t.Parallel()
	const args = "-meter memory.usage -period 6h -group-by flavor"
	svg := drawn(t, "a.svg", args)
	if again := drawn(t, "b.svg", args); !bytes.Equal(svg, again) {
		t.Error("the same statistics are not the same bytes")
	}
	if len(svg) > 60_000 {
		t.Errorf("%d bytes", len(svg))
	}
	got := texts(t, svg)
	for _, want := range []string{"memory.usage: average per 6h by flavor", "h1.node", "m1.medium", "r1.xlarge", "average (MB)",
		"2026-09-01 00:00 UTC to 2026-10-01 00:00 UTC", "7 Sep", "200,000", "150,000"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	for n, want := range []int{3, 2, 2} { // with the one in the legend
		if got := bytes.Count(svg, []byte("stroke:"+hex(palette[n]))); got != want {
			t.Errorf("%d lines have colour %d, want %d", got, n, want)
		}
	}
	if bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
		t.Error("a place is no number")
	}
}

func hex(c color.Color) string {
	rgba := color.RGBAModel.Convert(c).(color.RGBA)
	const digits = "0123456789ABCDEF"
	out := "#"
	for _, b := range []uint8{rgba.R, rgba.G, rgba.B} {
		out += string(digits[b>>4]) + string(digits[b&15])
	}
	return out
}

func TestPNG(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string][2]int{"": {800, 400}, " -size 1201x333": {1201, 333}, " -size 340x300": {340, 300}} {
		image, err := png.Decode(bytes.NewReader(drawn(t, "cpu.png", "-group-by project"+flag)))
		if err != nil {
			t.Fatal(err)
		}
		if got := image.Bounds().Size(); got.X != want[0] || got.Y != want[1] {
			t.Errorf("%s: %v, want %v", flag, got, want)
		}
		seen := map[color.RGBA]int{}
		for x := range image.Bounds().Dx() {
			for y := range image.Bounds().Dy() {
				seen[color.RGBAModel.Convert(image.At(x, y)).(color.RGBA)]++
			}
		}
		for _, c := range palette[:2] {
			if seen[c.(color.RGBA)] < 20 {
				t.Errorf("%s: %d pixels have the colour of a line", flag, seen[c.(color.RGBA)])
			}
		}
	}
}

// What users named is text, and an eye can tell ten lines apart.
func TestCrowd(t *testing.T) {
	measure(use(t))
	file := filepath.Join(t.TempDir(), "crowd.svg")
	status, _, stderr := run(t, "-cloud fakecloud -meter crowd -month 2026-08 -group-by resource -plot "+file)
	if want := "meter-stats: " + file + " shows the 10 greatest groups and leaves out 2\n"; status != 0 || stderr != want {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	svg, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := texts(t, svg)
	for label, want := range map[string]bool{`<00>&?"`: true, `<01>&?"`: false, `<02>&?"`: false, `<03>&?"`: true, `<11>&?"`: true, "average (<s>)": true} {
		if slices.Contains(got, label) != want {
			t.Errorf("%s: %v", label, got)
		}
	}
}

// Where names would hide the lines there is no picture.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := run(t, "-group-by resource,user -size 400x300 -plot "+filepath.Join(t.TempDir(), "x.svg"))
	if status != 1 || stdout != "" || !strings.HasSuffix(stderr, "the names of the groups leave no room for the plot: make it wider than -size 400x300\n") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

// Numbers that no axis can hold are an error, not a wrong picture.
func TestTooLarge(t *testing.T) {
	cloud := use(t)
	for n, volume := range []float64{1.7e308, -1.7e308} {
		cloud.AddSamples(fakecloud.Sample{Meter: "huge", Volume: volume, ResourceID: string(rune('a' + n)), Timestamp: instant(t, "2026-09-05T00:00:00Z")})
	}
	status, stdout, stderr := run(t, "-cloud fakecloud -month 2026-09 -meter huge -group-by resource -plot "+filepath.Join(t.TempDir(), "x.png"))
	if status != 1 || stdout != "" || !strings.Contains(stderr, "too small or too large to be drawn") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}
