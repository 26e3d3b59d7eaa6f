package main

import (
	"encoding/csv"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
)

// JSON and CSV have the same numbers to the last digit, and the table has them rounded.
func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"", "-group-by project -period 24h", "-meter memory.usage -group-by resource,flavor -period 6h -last 3", "-meter cpu -period none",
		"-meter volume.size -period none -group-by project", "-aggregates avg,stddev,resources,max -last 5 -group-by user",
		"-meter storage.containers.objects.size -tz Asia/Tokyo -last 4",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			r := readReport(t, args)
			lines, err := csv.NewReader(strings.NewReader(printed(t, args+" -format csv"))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			_, body, _ := strings.Cut(printed(t, args), "\n\n")
			rows := strings.Split(strings.TrimSpace(body), "\n")[2:]
			if len(lines) != len(r.Rows)+1 || len(rows) != len(r.Rows) || len(rows) == 0 {
				t.Fatalf("JSON has %d rows, CSV %d, the table %d", len(r.Rows), len(lines)-1, len(rows))
			}
			for i := range r.Rows {
				row, cells := &r.Rows[i], strings.Fields(rows[i])
				for j, c := range columns() {
					if want := c.text(row); lines[i+1][j] != want {
						t.Errorf("row %d, %s: CSV has %q, JSON %q", i, c.name, lines[i+1][j], want)
					}
				}
				at := len(cells) - 1 // before the unit
				for k := len(stats) - 1; k >= 0; k-- {
					if *stats[k].of(&row.numbers) == nil {
						continue
					}
					at--
					if want := stats[k].cell(&row.numbers); cells[at] != want {
						t.Errorf("row %d: the table has %s for %s, want %s", i, cells[at], stats[k].name, want)
					}
				}
			}
		})
	}
}

func TestExact(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{
		0: "0", 1e-7: "1e-07", 0.1: "0.1", 1.0 / 3: "0.3333333333333333", 1e20: "100000000000000000000", 1e308: "1e+308", -4736.840000000001: "-4736.840000000001",
	} {
		got := exact(&x)
		if back, err := strconv.ParseFloat(got, 64); got != want || err != nil || back != x {
			t.Errorf("%v: got %s, want %s", x, got, want)
		}
	}
	if got := exact(nil); got != "" {
		t.Errorf("none is %q", got)
	}
}

func TestRounded(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{
		0: "0.00", 1e-9: "1e-09", 0.00123456: "0.001235", -0.004: "-0.004", 0.01: "0.01", 99.999: "100.00", -1234567.5: "-1,234,567.50",
		1e15: "1e+15", math.MaxFloat64: "1.798e+308",
	} {
		if got := rounded(x); got != want {
			t.Errorf("%v: got %s, want %s", x, got, want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A report that could not be written is a failure, as for a pipeline that stores it.
func TestOutputFails(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"", "-format json", "-format csv", "meters", "meters -format csv"} {
		var stderr strings.Builder
		status := program.Run(t.Context(), strings.Fields(args), broken{}, &stderr)
		if status != 1 || !strings.HasSuffix(stderr.String(), "\nmeter-stats: no space left on device\n") {
			t.Errorf("%s: status %d, stderr %q", args, status, stderr.String())
		}
	}
}
