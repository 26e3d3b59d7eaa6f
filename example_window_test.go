package gophermeter_test

import (
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/gophermeter/gophermeter"
)

// What would be wrong whatever the service says is refused before it is sent.
func ExampleWindow_Check() {
	err := gophermeter.Window{Start: time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)}.Check()
	fmt.Println(errors.Is(err, gophermeter.ErrInvalidArgument))
	fmt.Println(err)
	// Output:
	// true
	// invalid argument: Window.End: is not set
}

// A month as a cloud cuts it.
func ExampleMonth() {
	w := gophermeter.Month(2026, time.September)
	fmt.Println(w, w.Contains(w.Start), w.Contains(w.End))
	// Output: 2026-09-01T00:00:00Z/2026-10-01T00:00:00Z true false
}

// The periods of an hourly rating job that a window of people touches.
func ExampleWindow_Align() {
	adelaide, err := time.LoadLocation("Australia/Adelaide") // half an hour off
	if err != nil {
		log.Fatal(err)
	}
	w := gophermeter.DayIn(2026, time.September, 3, adelaide)
	fmt.Println(w)
	fmt.Println(w.Align(time.Hour))
	// Output:
	// 2026-09-02T14:30:00Z/2026-09-03T14:30:00Z
	// 2026-09-02T14:00:00Z/2026-09-03T15:00:00Z
}

// A month as people live it, across a change of the clocks.
func ExampleMonthIn() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		log.Fatal(err)
	}
	w := gophermeter.MonthIn(2026, time.October, berlin)
	fmt.Println(w)
	fmt.Println(w.Duration().Hours(), "hours")
	// Output:
	// 2026-09-30T22:00:00Z/2026-10-31T23:00:00Z
	// 745 hours
}

// Pieces that can be asked for one by one.
func ExampleWindow_Split() {
	for piece := range gophermeter.Month(2026, time.September).Split(10 * 24 * time.Hour) {
		fmt.Println(piece)
	}
	// Output:
	// 2026-09-01T00:00:00Z/2026-09-11T00:00:00Z
	// 2026-09-11T00:00:00Z/2026-09-21T00:00:00Z
	// 2026-09-21T00:00:00Z/2026-10-01T00:00:00Z
}
