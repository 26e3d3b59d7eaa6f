package main

import (
	"testing"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/period"
)

// In the month in which summer time ends, one day has 25 hours; all are there, and three walks are enough.
func TestDaysAndStretches(t *testing.T) {
	t.Parallel()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	month := gophermeter.MonthIn(2026, time.October, loc)
	pieces := period.Days(month, loc)
	if len(pieces) != 31 || pieces[24].Duration() != 25*time.Hour {
		t.Fatalf("got %d days, the 25th of %s", len(pieces), pieces[24].Duration())
	}
	for i, p := range pieces[1:] {
		if !p.Start.Equal(pieces[i].End) || p.Start.In(loc).Hour() != 0 {
			t.Errorf("day %d begins at %s", i+2, p.Start.In(loc))
		}
	}
	parts := stretches(pieces)
	if len(parts) != 3 {
		t.Fatalf("got %d stretches", len(parts))
	}
	var again []gophermeter.Window
	for _, part := range parts {
		for w := range part.window.Split(part.step) {
			again = append(again, w)
		}
	}
	if len(again) != len(pieces) {
		t.Fatalf("stretches have %d days", len(again))
	}
	for i := range again {
		if again[i].String() != pieces[i].String() {
			t.Errorf("day %d is %s, want %s", i+1, again[i], pieces[i])
		}
	}
}
