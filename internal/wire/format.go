package wire

import "time"

// FormatNaive writes t in UTC without a zone: whole seconds, or six digits of fraction when t has one
// (what is finer than a microsecond is cut off). Nova, Ceilometer and Aodh read nothing else, or read a
// zone wrongly; where no zone is written they mean UTC.
func FormatNaive(t time.Time) string {
	if t = t.UTC().Truncate(time.Microsecond); t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04:05.000000")
}

// FormatRFC3339 writes t in UTC with a Z, as CloudKitty v2 and AMIE read it: whole seconds, or as many
// digits of fraction as t has.
func FormatRFC3339(t time.Time) string {
	return t.UTC().Format(time.RFC3339Nano)
}
