package wire

import (
	"fmt"
	"time"
)

// ParseTime reads a time as the services write it and gives it in UTC:
//
//	2026-11-23T01:00:00.000000     Nova, Ceilometer, Aodh, CloudKitty v1: no zone, which means UTC
//	2026-11-20T00:00:00+02:00      CloudKitty v2: the server's own offset
//	2026-11-23T05:09:16.000000Z    Keystone, AMIE
//	2026-11-23                     a date: its midnight
//
// A space may stand for the T, the fraction has any number of digits (those behind the ninth are cut
// off), and the offset is Z, +05, +0530 or +05:30. Dates that are not in the calendar and the second 60
// are errors. Nothing is allocated unless the text is refused.
func ParseTime[T string | []byte](text T) (time.Time, error) {
	t, ok := parseTime(text)
	if !ok {
		return time.Time{}, fmt.Errorf("not a time: %.60q", string(text))
	}
	return t, nil
}

func parseTime[T string | []byte](s T) (time.Time, bool) {
	if len(s) < len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	year, month, day := pair(s, 0)*100+pair(s, 2), pair(s, 5), pair(s, 8)
	if pair(s, 0) < 0 || pair(s, 2) < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, false
	}
	if len(s) == len("2006-01-02") {
		return utc(year, month, day, 0, 0), true
	}
	if len(s) < len("2006-01-02T15:04:05") || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	hour, minute, second := pair(s, 11), pair(s, 14), pair(s, 17)
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	nanos, at, ok := fraction(s, len("2006-01-02T15:04:05"))
	if !ok {
		return time.Time{}, false
	}
	east, ok := offset(s, at)
	return utc(year, month, day, hour*3600+minute*60+second-east, nanos), ok
}

// pair reads the two digits at i, -1 when they are none.
func pair[T string | []byte](s T, i int) int {
	tens, ones := s[i]-'0', s[i+1]-'0'
	if tens > 9 || ones > 9 {
		return -1
	}
	return int(tens)*10 + int(ones)
}

// fraction reads the nanoseconds of a point and digits at i, if there are any, and tells where they end.
func fraction[T string | []byte](s T, i int) (nanos, end int, ok bool) {
	if i == len(s) || s[i] != '.' {
		return 0, i, true
	}
	scale := 100_000_000
	for end = i + 1; end < len(s) && s[end]-'0' <= 9; end++ {
		nanos += int(s[end]-'0') * scale
		scale /= 10
	}
	return nanos, end, end > i+1
}

// offset reads the zone at i, which runs to the end, as seconds east of Greenwich; no zone is UTC.
func offset[T string | []byte](s T, i int) (east int, ok bool) {
	rest := len(s) - i
	if rest == 0 || rest == 1 && s[i] == 'Z' {
		return 0, true
	}
	var hours, minutes int
	switch {
	case s[i] != '+' && s[i] != '-':
		return 0, false
	case rest == len("+05"):
		hours = pair(s, i+1)
	case rest == len("+0530"):
		hours, minutes = pair(s, i+1), pair(s, i+3)
	case rest == len("+05:30") && s[i+3] == ':':
		hours, minutes = pair(s, i+1), pair(s, i+4)
	default:
		return 0, false
	}
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	east = hours*3600 + minutes*60
	if s[i] == '-' {
		east = -east
	}
	return east, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// utc counts days from a year that begins in March, so that a leap day is its last. time.Date gives the
// same and takes three times as long, most of the cost of a time in a page.
func utc(year, month, day, seconds, nanos int) time.Time {
	const daysTo1970 = 719468
	if month < 3 {
		year, month = year-1, month+12
	}
	era := year + 400 // never negative
	days := era*365 + era/4 - era/100 + era/400 + (153*(month-3)+2)/5 + day - 1 - 146097 - daysTo1970
	return time.Unix(int64(days)*86400+int64(seconds), int64(nanos)).UTC()
}
