package main

import (
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/examples/internal/table"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// What -format json and -format csv say adds up, in their order, to the same total to the last digit, and the
// table's total is that one, rounded.
func TestFormatsAgree(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	for _, args := range []string{
		"", "-page-size 7 -cost=false", "-servers", "-daily", "-by flavor", "-by state -daily -tz Asia/Tokyo", "-cost -from 2026-09-30",
		"-project web-shop", "-project staging -servers", "-project genomics -daily -by flavor", "-from 2026-09-28 -tz Europe/Berlin",
		"-by metric", "-by metric -daily -tz Asia/Kolkata", "-project web-shop -by metric",
	} {
		t.Run(args, func(t *testing.T) {
			r := billOf(t, cloud, args+" -format json").report(t, "")
			checkTotal(t, "JSON", r.Rows, r)
			rows := readCSV(t, billOf(t, cloud, args+" -format csv").stdout)
			if len(rows) != len(r.Rows) || len(rows) == 0 {
				t.Fatalf("CSV has %d rows, JSON %d", len(rows), len(r.Rows))
			}
			for i := range rows {
				if !reflect.DeepEqual(cells(&rows[i]), cells(&r.Rows[i])) {
					t.Errorf("row %d: CSV has %v, JSON %v", i, cells(&rows[i]), cells(&r.Rows[i]))
				}
			}
			checkTotal(t, "CSV", rows, r)
			var want []string
			if u := r.Total.Usage; u != nil {
				want = append(want, table.Number(u.ServerHours), table.Number(u.VCPUHours), table.Number(u.MemoryMiBHours/1024), table.Number(u.DiskGiBHours))
			}
			if r.Total.Cost != nil {
				want = append(want, table.Money(*r.Total.Cost, 2))
			}
			lines := strings.Split(strings.TrimSpace(billOf(t, cloud, args).stdout), "\n")
			if got := strings.Fields(lines[len(lines)-1]); !reflect.DeepEqual(got[1:], want) {
				t.Errorf("the table's total is %v, want %v", got[1:], want)
			}
		})
	}
}

// checkTotal adds up what was read from a format, cost by hand.
func checkTotal(t *testing.T, format string, rows []row, r *report) {
	t.Helper()
	if u := r.Total.Usage; u != nil && usageOf(rows) != *u {
		t.Errorf("%s rows add up to %v, but the total is %v", format, usageOf(rows), *u)
	}
	var cost decimal.Decimal
	rated := false
	for i := range rows {
		if rows[i].Cost != nil {
			cost, rated = cost.Add(*rows[i].Cost), true
		}
	}
	switch {
	case r.Total.Cost == nil && rated:
		t.Errorf("%s rows cost %s, and there is no total", format, cost)
	case r.Total.Cost != nil && (!rated || cost.String() != r.Total.Cost.String()):
		t.Errorf("%s rows cost %s together, but the total is %s", format, cost, r.Total.Cost)
	}
}

// cells are what CSV has of a row.
func cells(r *row) (all []string) {
	for _, c := range columns {
		all = append(all, c.text(r))
	}
	return all
}

func fields(args string) []string { return strings.Fields(args) }

// readCSV makes rows of the lines by the names in the first.
func readCSV(t *testing.T, text string) (out []row) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{"servers": true, "server_hours": true, "vcpu_hours": true, "memory_mib_hours": true, "disk_gib_hours": true}
	for _, line := range lines[1:] {
		var text []string
		for i, name := range lines[0] {
			value := strconv.Quote(line[i])
			if numbers[name] {
				value = line[i]
			}
			if line[i] != "" {
				text = append(text, strconv.Quote(name)+": "+value)
			}
		}
		var r row
		if err := json.Unmarshal([]byte("{"+strings.Join(text, ", ")+"}"), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}
