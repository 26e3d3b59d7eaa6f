package fakecloud

import (
	"regexp"
	"strconv"
	"time"
)

var isoForm = regexp.MustCompile(`^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?)?\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?$`)

// parseISO reads ISO 8601 as oslo's timeutils do: without a zone it is UTC, and the fraction is dropped.
func parseISO(text string) (time.Time, bool) {
	m := isoForm.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, false
	}
	var f [6]int
	for i := range f {
		f[i], _ = strconv.Atoi(m[i+1])
	}
	t := time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], 0, time.UTC)
	if f[0] == 0 || int(t.Month()) != f[1] || t.Day() != f[2] || t.Hour() != f[3] || t.Minute() != f[4] || t.Second() != f[5] {
		return t, false
	}
	return t.Add(-zoneOffset(m[8])), true
}

func zoneOffset(zone string) time.Duration {
	if zone == "" || zone == "Z" {
		return 0
	}
	hours, _ := strconv.Atoi(zone[1:3])
	minutes := 0
	if len(zone) > 3 {
		minutes, _ = strconv.Atoi(zone[len(zone)-2:])
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if zone[0] == '-' {
		return -offset
	}
	return offset
}

var lostPlus = regexp.MustCompile(`^(.*)[T ]\d\d:\d\d(?::\d\d)? (\d\d:\d\d)$`)

// parseDateutil reads what dateutil reads of it: ISO 8601, and a time whose "+" has become a space, of which what was meant for
// its offset is then the time.
func parseDateutil(text string) (time.Time, bool) {
	if m := lostPlus.FindStringSubmatch(text); m != nil {
		text = m[1] + "T" + m[2]
	}
	return parseISO(text)
}

// isoUTC is a time of API v2, with the offset of a server whose zone is UTC.
func isoUTC(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") + "+00:00" }
