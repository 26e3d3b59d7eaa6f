package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// What -format json and -format csv say adds up, in their order, to the same total to the last digit, and the
// table's total is that one, rounded.
func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"", "-page-size 7", "-servers", "-daily", "-by flavor", "-by state -daily -tz Asia/Tokyo", "-project web-shop",
		"-project staging -servers", "-project genomics -daily -by flavor", "-last 3 -tz Europe/Berlin",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			r := readReport(t, args)
			if got := total(r.Rows); got != r.Total {
				t.Errorf("JSON rows add up to %v, but the total is %v", got, r.Total)
			}
			rows := readCSV(t, printed(t, args+" -format csv"))
			if len(rows) != len(r.Rows) {
				t.Fatalf("CSV has %d rows, JSON %d", len(rows), len(r.Rows))
			}
			for i := range rows {
				if rows[i] != r.Rows[i].amounts {
					t.Errorf("row %d: CSV has %v, JSON %v", i, rows[i], r.Rows[i].amounts)
				}
				r.Rows[i].amounts = rows[i]
			}
			if got := total(r.Rows); got != r.Total {
				t.Errorf("CSV rows add up to %v, but the total is %v", got, r.Total)
			}
			want := []string{table.Number(r.Total.ServerHours), table.Number(r.Total.VCPUHours),
				table.Number(r.Total.MemoryMiBHours / 1024), table.Number(r.Total.DiskGiBHours)}
			lines := strings.Split(strings.TrimSpace(printed(t, args)), "\n")
			if got := strings.Fields(lines[len(lines)-1]); !reflect.DeepEqual(got[1:], want) {
				t.Errorf("the table's total is %v, want %v", got[1:], want)
			}
		})
	}
}

// However a window is broken down, and whether Nova or this program adds up, it is the same usage.
func TestBreakdownsAgree(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"", " -project web-shop", " -project genomics -tz America/New_York -from 2026-09-03"} {
		want := readReport(t, scope).Total
		for _, args := range []string{"-servers", "-daily", "-by flavor", "-by state -daily"} {
			if got := readReport(t, args+scope).Total; !near(got, want) {
				t.Errorf("%s: %v, want %v", args+scope, got, want)
			}
		}
	}
}

// What GetSeries says of every project is what split makes of each one's servers.
func TestSplitAgreesWithGetSeries(t *testing.T) {
	t.Parallel()
	byProject := map[string][]row{}
	for _, r := range readReport(t, "-daily -last 5").Rows {
		byProject[r.Project] = append(byProject[r.Project], r)
	}
	for project, want := range byProject {
		got := readReport(t, "-daily -last 5 -project "+project).Rows
		if len(got) != len(want) {
			t.Errorf("%s: %d days, want %d", project, len(got), len(want))
			continue
		}
		for i := range got {
			if !near(got[i].amounts, want[i].amounts) || got[i].Servers != want[i].Servers || !got[i].Start.Equal(want[i].Start) {
				t.Errorf("%s: got %+v, want %+v", project, got[i], want[i])
			}
		}
	}
}

func near(a, b amounts) bool {
	close := func(x, y float64) bool { return math.Abs(x-y) <= 1e-9*math.Abs(y) }
	return close(a.ServerHours, b.ServerHours) && close(a.VCPUHours, b.VCPUHours) &&
		close(a.MemoryMiBHours, b.MemoryMiBHours) && close(a.DiskGiBHours, b.DiskGiBHours)
}

func fields(args string) []string { return strings.Fields(args) }

// printed is what the program prints of the embedded cloud.
func printed(t *testing.T, args string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	if status := program.Run(t.Context(), fields(args), &stdout, &stderr); status != 0 {
		t.Fatalf("%s: status %d: %s", args, status, &stderr)
	}
	return stdout.String()
}

func readReport(t *testing.T, args string) *report {
	t.Helper()
	var r report
	if err := json.Unmarshal([]byte(printed(t, args+" -format json")), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func readCSV(t *testing.T, text string) (out []amounts) {
	t.Helper()
	in := csv.NewReader(strings.NewReader(text))
	for {
		line, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if line[0] == columns[0].name {
			continue
		}
		var v [4]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(line[len(line)-4+i], 64); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, amounts{v[0], v[1], v[2], v[3]})
	}
}
