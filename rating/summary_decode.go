package rating

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// summaryDecoder reads both forms of a summary.
type summaryDecoder struct {
	r       *jsonstream.Reader
	groups  []string
	custom  bool
	columns []string
	early   []byte // results that came before their columns
	total   int
	rows    []SummaryRow
	row     SummaryRow
	filled  bool
	rated   bool // the row has a rate
}

// decodeSummary reads an answer to its end.
func decodeSummary(body []byte, groups []string, custom bool) ([]SummaryRow, int, error) {
	d := &summaryDecoder{r: jsonstream.NewBytes(body), groups: groups, custom: custom, total: -1}
	if err := d.r.Object(d.field); err != nil {
		return nil, 0, err
	}
	if err := d.r.End(); err != nil {
		return nil, 0, err
	}
	if d.early != nil {
		d.r = jsonstream.NewBytes(d.early)
		if err := d.results(); err != nil {
			return nil, 0, err
		}
	}
	if d.total < 0 || !d.filled {
		return nil, 0, &jsonstream.Error{Problem: "no total and results in the document"}
	}
	return d.rows, d.total, nil
}

func (d *summaryDecoder) field(name []byte) (err error) {
	switch string(name) {
	case "total":
		var n int64
		n, err = d.r.Int()
		d.total = int(n)
	case "columns":
		d.columns, err = readTexts(d.r)
	case "results":
		if d.columns == nil {
			d.early, err = d.r.Raw()
			d.filled = true
			return err
		}
		err = d.results()
	}
	return err
}

func (d *summaryDecoder) results() error {
	d.filled = true
	return d.r.Array(func() error {
		d.row, d.rated = SummaryRow{}, false
		var err error
		if d.r.Kind() == '[' {
			err = d.tableRow()
		} else {
			err = d.r.Object(func(name []byte) error { return d.column(string(name)) })
		}
		if err != nil {
			return err
		}
		if !d.row.Window.End.After(d.row.Window.Start) {
			return &jsonstream.Error{Path: "results", Problem: "a row without begin and end"}
		}
		if !d.rated && !d.custom {
			return &jsonstream.Error{Path: "results", Problem: "a row without a rate"}
		}
		d.rows = append(d.rows, d.row)
		return nil
	})
}

// tableRow reads values. The service takes their names from the first row alone, so one of another length would be
// read under wrong names.
func (d *summaryDecoder) tableRow() error {
	at := 0
	err := d.r.Array(func() error {
		if at >= len(d.columns) {
			return d.ragged()
		}
		at++
		return d.column(d.columns[at-1])
	})
	if err == nil && at != len(d.columns) {
		err = d.ragged()
	}
	return err
}

func (d *summaryDecoder) ragged() error {
	return fmt.Errorf("%w: row %d has not the columns %q: ask for FormatObject", errs.ErrTruncated, len(d.rows), d.columns)
}

// column reads the value of a name.
func (d *summaryDecoder) column(name string) (err error) {
	switch {
	case name == "begin":
		d.row.Window.Start, err = d.r.Time()
	case name == "end":
		d.row.Window.End, err = d.r.Time()
	case d.custom && !d.grouped(name):
		return d.customField(name)
	case name == "qty":
		d.row.Quantity, err = d.r.Decimal()
	case name == "rate":
		d.row.Rate, err = d.r.Decimal()
		d.rated = true
	default:
		var value string
		value, err = textOf(d.r, (*jsonstream.Reader).Intern)
		d.row.Groups = append(d.row.Groups, Attribute{name, value})
	}
	return err
}

// buckets are the columns of the groups by time.
var buckets = []string{"day_of_the_year", "week_of_the_year", "month", "year"}

// grouped tells whether a column is a group, and not a custom field.
func (d *summaryDecoder) grouped(name string) bool {
	return slices.Contains(d.groups, name) || slices.Contains(buckets, name)
}

func (d *summaryDecoder) customField(name string) error {
	f := SummaryField{Name: name}
	raw, err := d.r.Raw()
	if err != nil {
		return err
	}
	switch {
	case bytes.Equal(raw, []byte("null")):
	case raw[0] == '"':
		if f.Text, err = jsonstream.NewBytes(raw).String(); err != nil {
			return err
		}
		if number, err := jsonstream.NewBytes(raw).Decimal(); err == nil {
			f.Number = number
		}
	default:
		f.Text = string(raw)
		if f.Number, err = jsonstream.NewBytes(raw).Decimal(); err != nil {
			return err
		}
	}
	d.row.Fields = append(d.row.Fields, f)
	switch name {
	case "qty":
		d.row.Quantity = f.Number
	case "rate":
		d.row.Rate = f.Number
	}
	return nil
}
