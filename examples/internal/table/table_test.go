package table

import "testing"

func TestNumber(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{
		0: "0.00", 0.005: "0.01", 1e-9: "0.00", 999.994: "999.99", 999.995: "1,000.00", 1234.5: "1,234.50",
		1234567.891: "1,234,567.89", -12.3: "-12.30", -123456: "-123,456.00", 1e12: "1,000,000,000,000.00",
	} {
		if got := Number(x); got != want {
			t.Errorf("%v: got %s, want %s", x, got, want)
		}
	}
}

// A server's name is its owner's to choose, and must not reach a terminal as a command.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"web-01": "web-01", "entrepôt-中央": "entrepôt-中央", "a\nTotal": "a?Total", "\x1b[2Jgone": "?[2Jgone", "a\u202eb": "a?b",
	} {
		if got := Printable(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

// A name must not become a formula in the spreadsheet of who pays.
func TestSpreadsheet(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"web-01": "web-01", "": "", "=HYPERLINK(1)": "'=HYPERLINK(1)", "+1": "'+1", "-1+1": "'-1+1", "@x": "'@x", "＝1": "'＝1",
		"\t=1": "?=1", "a=1": "a=1", "'=1": "'=1", "a\nb": "a?b",
	} {
		if got := Spreadsheet(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestWidth(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"web": 3, "entrepôt": 8, "entrepo\u0302t": 8, "中央": 4, "サーバ": 6, "go🚀": 4} {
		if got := width(name); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}
