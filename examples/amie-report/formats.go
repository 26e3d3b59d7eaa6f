package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/examples/internal/table"
	"github.com/gophermeter/gophermeter/usage"
)

var formats = map[string]func(io.Writer, *summary) error{"table": writeTable, "json": writeJSON}

func writeJSON(w io.Writer, r *summary) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

var (
	hour = decimal.NewFromInt(3600)
	day  = decimal.NewFromInt(24 * 3600)
)

func writeTable(w io.Writer, r *summary) error {
	out := &printer{w: w}
	out.title(r)
	out.rows("vCPU-hours", "SUs", r.Compute, func(u use) decimal.Decimal { return u.VCPUSeconds.DivRound(hour, 2) })
	out.rows("GiB-days", "Charge", r.Storage, func(u use) decimal.Decimal { return u.GiBSeconds.DivRound(day, 2) })
	if v, g := some(r.Excluded.VCPUSeconds, hour), some(r.Excluded.GiBSeconds, day); v+g != "" {
		out.line("Excluded by the mapping: %s vCPU-hours, %s GiB-days.\n", cmp.Or(v, "0"), cmp.Or(g, "0"))
	}
	out.problems(r.Problems)
	out.records(r.Messages)
	out.service(r)
	for _, note := range r.Notes {
		out.line("Note: %s", note)
	}
	return out.err
}

// printer prints until something goes wrong.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) table(t *table.Table) {
	if p.err == nil {
		p.err = t.Write(p.w)
	}
	p.line("")
}

func (p *printer) title(r *summary) {
	days := r.From
	if len(r.days) > 1 {
		days += " to " + r.days[len(r.days)-1].compute.Day.Format("2006-01-02")
	}
	if r.dryRun {
		p.line("Usage of %s (UTC); a dry run, nothing is sent\n", days)
		return
	}
	p.line("Usage of %s (UTC) for the site %s\n", days, r.Site)
}

func (p *printer) rows(amount, charge string, all []row, of func(use) decimal.Decimal) {
	if len(all) == 0 {
		return
	}
	t := table.New(table.Left("Resource"), table.Left("Project"), table.Left("In OpenStack"), table.Right("Records"), table.Right(amount), table.Right(charge))
	total, sum := row{}, ""
	for _, r := range all {
		t.Row(r.Resource, r.LocalID, r.Project, fmt.Sprint(r.Records), table.Money(of(r.use), 2), table.Money(r.Charge, 6))
		total.Records += r.Records
		total.add(r.VCPUSeconds, r.GiBSeconds)
		total.Charge = total.Charge.Add(r.Charge)
	}
	if all[0].Resource == all[len(all)-1].Resource { // else it would be of different units
		sum = table.Money(total.Charge, 6)
	}
	t.Foot("Total", "", "", fmt.Sprint(total.Records), table.Money(of(total.use), 2), sum)
	p.table(t)
}

func (p *printer) problems(all []*problem) {
	if len(all) == 0 {
		return
	}
	p.line("In no record, for the mapping does not say how; what has several reasons is counted under the first:\n")
	t := table.New(table.Left("Problem"), table.Left("Name"), table.Left("Detail"), table.Right("Concerns"), table.Right("vCPU-hours"), table.Right("GiB-days"))
	var total use
	for _, q := range all {
		t.Row(string(q.Reason), q.Name, q.Detail, fmt.Sprint(len(q.IDs)), some(q.VCPUSeconds, hour), some(q.GiBSeconds, day))
		total.add(q.VCPUSeconds, q.GiBSeconds)
	}
	t.Foot("Total", "", "", "", some(total.VCPUSeconds, hour), some(total.GiBSeconds, day))
	p.table(t)
}

// some is a time in another unit, and nothing where there is none.
func some(seconds, unit decimal.Decimal) string {
	if seconds.IsZero() {
		return ""
	}
	return table.Money(seconds.DivRound(unit, 2), 2)
}

// records are listed in a dry run.
func (p *printer) records(all []usage.Message) {
	if len(all) == 0 {
		return
	}
	t := table.New(table.Left("Resource"), table.Left("Record"), table.Left("Project"), table.Left("Username"), table.Left("Queue or medium"), table.Right("Charge"))
	for _, m := range all {
		for _, r := range m.Compute() {
			t.Row(r.Resource, r.LocalRecordID, r.LocalProjectID, r.Username, r.Queue, r.Charge.StringFixed(6))
		}
		for _, r := range m.Storage() {
			t.Row(r.Resource, r.LocalRecordID, r.LocalProjectID, r.Username, r.MediaType, r.Charge.StringFixed(6))
		}
	}
	p.table(t)
}

// service is what became of the records.
func (p *printer) service(r *summary) {
	if c := r.Correction; c != nil {
		p.line("Records of these days: %d new, %d changed, %d taken back, %d as reported before.", c.New, c.Changed, c.TakenBack, c.Unchanged)
	}
	if d := r.Delivery; d != nil {
		p.line("Sent now: %d accepted, %d failed, %d without an answer, %d not sent.", d.Submitted, d.Failed, d.Unknown, d.Unsent)
	}
	if r.Journal != nil {
		var states []string
		for _, s := range []journal.State{journal.Loaded, journal.Submitted, journal.Pending, journal.Sending, journal.Failed, journal.Unknown} {
			if r.Journal[s] > 0 {
				states = append(states, fmt.Sprintf("%d %s", r.Journal[s], s))
			}
		}
		p.line("In the journal, of all days: %s.\n", strings.Join(states, ", "))
	}
	p.troubles("Records that need somebody:", r.Open)
	if c := r.Correction; c != nil {
		p.troubles("Reported before, and now unknown to Nova or the rating service, or excluded; they stand (-void takes back what it can):", c.Vanished)
		p.troubles("Reported before, and in no record now; they stand:", c.Doubtful)
	}
}

func (p *printer) troubles(title string, all []trouble) {
	if len(all) == 0 {
		return
	}
	p.line("%s\n", title)
	t := table.New(table.Left("Resource"), table.Left("Record"), table.Right("Charge"), table.Left("State"), table.Left("The service says"))
	for _, r := range all {
		t.Row(r.Resource, r.Record, r.Charge.StringFixed(6), r.State, r.Says)
	}
	p.table(t)
}
