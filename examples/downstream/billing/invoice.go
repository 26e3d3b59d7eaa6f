// Package billing makes the invoices of a month: for each project what CloudKitty rated, line by line, with what Nova
// counted beside it.
//
// It has no interface to be mocked. Its only dependency is a connection, and tests make one to package fakecloud or
// through package mockcloud: what is tested is then what runs, paging, retries and decoding included.
package billing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// ErrIncomplete says that a month cannot be billed yet.
var ErrIncomplete = errors.New("the month is not complete")

// Terms are what the invoices of a month have in common.
type Terms struct {
	// Year and Month that are billed, in UTC, as CloudKitty rates.
	Year  int
	Month time.Month
	// Period is CloudKitty's rating period. A point of another one is an error.
	Period time.Duration
	// Currency of the rates. CloudKitty does not know it.
	Currency string
	// VAT in percent of the net amount.
	VAT decimal.Decimal
	// Rounding of lines and VAT.
	Rounding Rounding
	// ServerMetric is what CloudKitty calls the metric whose quantity is servers.
	ServerMetric string
	// Tolerance is how far its hours may be from Nova's, in percent of those, before the invoice has a warning.
	Tolerance decimal.Decimal
}

// Check refuses terms under which no invoice can be right.
func (t Terms) Check() error {
	w := t.window()
	switch {
	case t.Period < time.Second || t.Period%time.Second != 0 || w.Align(t.Period) != w:
		return fmt.Errorf("rating periods of %s do not make up a month", t.Period)
	case t.Currency == "":
		return errors.New("the currency is empty")
	case t.ServerMetric == "":
		return errors.New("the name of the metric of servers is empty")
	}
	return errors.Join(t.Rounding.check(), percent("VAT", t.VAT, 100), percent("a tolerance", t.Tolerance, 1000))
}

func percent(what string, d decimal.Decimal, most int64) error {
	if d.IsNegative() || d.GreaterThan(decimal.NewFromInt(most)) {
		return fmt.Errorf("%s has 0 to %d percent", what, most)
	}
	return nil
}

func (t Terms) window() gophermeter.Window { return gophermeter.Month(t.Year, t.Month) }

// Label is the month as 2026-09.
func (t Terms) Label() string { return t.window().Start.Format("2006-01") }

// Invoice of a project for a month.
type Invoice struct {
	Month     string `json:"month"`
	ProjectID string `json:"project_id"`
	// Project is its name; empty for one that was deleted.
	Project  string          `json:"project"`
	Currency string          `json:"currency"`
	Lines    []Line          `json:"lines"`
	Net      Money           `json:"net"`
	Percent  decimal.Decimal `json:"vat_percent"`
	VAT      Money           `json:"vat"`
	Total    Money           `json:"total"`
	// Rounding is the rule by which Net is what it is.
	Rounding string `json:"rounding"`
	// RatedHours are the server-hours that CloudKitty rated, UsedHours those that Nova counted.
	RatedHours decimal.Decimal `json:"rated_server_hours"`
	UsedHours  decimal.Decimal `json:"used_server_hours"`
	// Warnings are what somebody should look at before the invoice is sent.
	Warnings []string `json:"warnings"`
}

// Line is what was rated of one metric and kind.
type Line struct {
	Metric string `json:"metric"`
	// Kind is the flavor of a server or the type of a volume; empty where there is neither.
	Kind string `json:"kind"`
	// Quantity in Unit, summed over the rating periods: of servers and periods of an hour, server-hours.
	Quantity decimal.Decimal `json:"quantity"`
	Unit     string          `json:"unit"`
	// Rated is the exact sum of the prices, Amount what of it is charged.
	Rated  decimal.Decimal `json:"rated"`
	Amount Money           `json:"amount"`
}

// Biller makes the invoices of a month.
type Biller struct {
	Terms
	conn  *gophermeter.Connection
	rated *rating.Client
	used  *tenantusage.Client
}

// New bills what the connection's cloud tells, to its administrators.
func New(conn *gophermeter.Connection, t Terms) (*Biller, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	rated, err := rating.New(conn, rating.WithPeriod(t.Period))
	if err != nil {
		return nil, err
	}
	used, err := tenantusage.New(conn)
	if err != nil {
		return nil, err
	}
	return &Biller{t, conn, rated, used}, nil
}

// Invoices of every project of which anything was rated, by name; now is the time up to which the cloud can know of
// usage. Unbilled names the projects that had servers of which nothing was rated: some are so on purpose, and only
// people know which. [ErrIncomplete] says that there are no invoices yet.
func (b *Biller) Invoices(ctx context.Context, now time.Time) (all []Invoice, unbilled []string, err error) {
	m, err := b.read(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	all = []Invoice{} // in JSON no null
	for id, items := range m.projects() {
		all = append(all, b.invoice(m, id, items))
	}
	slices.SortFunc(all, func(x, y Invoice) int {
		return cmp.Or(cmp.Compare(x.Project, y.Project), cmp.Compare(x.ProjectID, y.ProjectID))
	})
	return all, m.unbilled(all), nil
}

// invoice is all arithmetic and no I/O: sums are exact, and are rounded where Money is made.
func (b *Biller) invoice(m *month, projectID string, items []item) Invoice {
	i := Invoice{
		Month: b.Label(), ProjectID: projectID, Project: m.names[projectID], Currency: b.Currency, Percent: b.VAT,
		Rounding: b.Rounding.String(), UsedHours: m.used[projectID], Warnings: []string{},
	}
	var net, servers decimal.Decimal
	for _, key := range items {
		quantity, price := m.quantities.Get(key), m.prices.Get(key)
		line := Line{key.metric, key.kind, quantity.Total(), key.unit, price.Total(), b.Rounding.money(price.Total())}
		i.Lines = append(i.Lines, line)
		net = net.Add(line.Amount.Decimal())
		if key.metric == b.ServerMetric {
			servers = servers.Add(line.Quantity)
		}
	}
	i.Net = b.Rounding.money(net)
	i.VAT = b.Rounding.money(net.Mul(b.VAT).Shift(-2))
	i.Total = b.Rounding.money(net.Add(i.VAT.Decimal()))
	i.RatedHours = servers.Mul(decimal.NewFromInt(int64(b.Period/time.Second))).DivRound(decimal.NewFromInt(3600), 3)
	i.Warnings = append(i.Warnings, b.doubts(m, &i)...)
	return i
}

func (b *Biller) doubts(m *month, i *Invoice) (all []string) {
	apart := i.RatedHours.Sub(i.UsedHours).Abs()
	if apart.Shift(2).GreaterThan(i.UsedHours.Mul(b.Tolerance)) {
		all = append(all, fmt.Sprintf("CloudKitty rated %s server-hours and Nova counted %s: they differ by more than %s %%",
			i.RatedHours, i.UsedHours, b.Tolerance))
	}
	if until := m.until[i.ProjectID]; until.Before(b.window().End) {
		all = append(all, "The rating of this project was switched off, and nothing is charged from "+stamp(until)+" on")
	}
	return all
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
