package period

import (
	"time"

	"github.com/gophermeter/gophermeter"
)

// Days cuts a window where a day begins at loc. A day has 23 or 25 hours where summer time begins or ends.
func Days(w gophermeter.Window, loc *time.Location) []gophermeter.Window {
	var out []gophermeter.Window
	for start := w.Start; start.Before(w.End); {
		year, month, day := start.In(loc).Date()
		end := gophermeter.DayIn(year, month, day, loc).End
		if end.After(w.End) {
			end = w.End
		}
		out = append(out, gophermeter.Window{Start: start, End: end})
		start = end
	}
	return out
}
