package downstream_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// This file is a small billing library as a user of the SDK would write it. How it is tested is in the two files beside it:
// once on mockcloud, once on fakecloud.

// ErrIncomplete says that a month cannot be billed yet, or not from what the cloud tells.
var ErrIncomplete = errors.New("usage is incomplete")

// Prices of an hour.
type Prices struct{ VCPU, GiB decimal.Decimal }

// Invoice of a project for a month.
type Invoice struct {
	ProjectID, Project  string
	VCPUHours, GiBHours decimal.Decimal
	Amount              decimal.Decimal
}

// Line is a server of a project's statement.
type Line struct {
	Server, Flavor string
	Hours          decimal.Decimal
	Amount         decimal.Decimal
}

// Biller writes invoices.
type Biller struct {
	conn   *gophermeter.Connection
	usage  *tenantusage.Client
	prices Prices
}

// NewBiller bills what the connection's cloud tells.
func NewBiller(conn *gophermeter.Connection, p Prices) (*Biller, error) {
	usage, err := tenantusage.New(conn)
	if err != nil {
		return nil, err
	}
	return &Biller{conn, usage, p}, nil
}

// Invoices of every project that used anything in a month, by name. It needs an administrator.
func (b *Biller) Invoices(ctx context.Context, year int, month time.Month) ([]Invoice, error) {
	w, err := over(year, month)
	if err != nil {
		return nil, err
	}
	used, err := b.usage.Projects(w).Collect(ctx)
	if err != nil {
		return nil, billable(err)
	}
	names, err := b.conn.ProjectNames(ctx)
	if err != nil {
		return nil, err
	}
	var all []Invoice
	for _, u := range used {
		if err := whole(u, w); err != nil {
			return nil, err
		}
		i := Invoice{
			ProjectID: u.ProjectID,
			Project:   cmp.Or(names[u.ProjectID], u.ProjectID), // a project that was deleted has no name
			VCPUHours: decimal.NewFromFloat(u.TotalVCPUsUsage),
			GiBHours:  decimal.NewFromFloat(u.TotalMemoryMBUsage).Div(decimal.NewFromInt(1024)),
		}
		i.Amount = b.prices.of(i.VCPUHours, i.GiBHours).Round(2)
		all = append(all, i)
	}
	slices.SortFunc(all, func(a, b Invoice) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.ProjectID, b.ProjectID))
	})
	return all, nil
}

// Statement of one project, server by server, the dearest first. Its members may ask.
func (b *Biller) Statement(ctx context.Context, projectID string, year int, month time.Month) ([]Line, error) {
	w, err := over(year, month)
	if err != nil {
		return nil, err
	}
	u, err := b.usage.GetProject(ctx, projectID, w)
	if err != nil {
		return nil, billable(err)
	}
	if err := whole(u, w); err != nil {
		return nil, err
	}
	var lines []Line
	for _, s := range u.Servers {
		hours := decimal.NewFromFloat(s.Hours)
		gib := decimal.NewFromInt(s.MemoryMB).Div(decimal.NewFromInt(1024))
		lines = append(lines, Line{
			Server: s.Name, Flavor: s.Flavor, Hours: hours,
			Amount: b.prices.of(hours.Mul(decimal.NewFromInt(s.VCPUs)), hours.Mul(gib)).Round(2),
		})
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return b.Amount.Cmp(a.Amount) })
	return lines, nil
}

// whole refuses usage that the cloud, whose clock may be behind, has not counted to its end. An idle project has none.
func whole(u tenantusage.ProjectUsage, w gophermeter.Window) error {
	if u.ProjectID == "" || !u.Stop.Before(w.End) {
		return nil
	}
	return fmt.Errorf("%w: the cloud counted %s up to %s only", ErrIncomplete, w, u.Stop.Format(time.RFC3339))
}

func (p Prices) of(vcpuHours, gibHours decimal.Decimal) decimal.Decimal {
	return vcpuHours.Mul(p.VCPU).Add(gibHours.Mul(p.GiB))
}

// over is a month that has ended: before that the SDK gives what was used so far.
func over(year int, month time.Month) (gophermeter.Window, error) {
	w := gophermeter.Month(year, month)
	if time.Now().Before(w.End.Add(time.Minute)) {
		return w, fmt.Errorf("%w: %s %d is not over", ErrIncomplete, month, year)
	}
	return w, nil
}

// billable tells usage that cannot be trusted from everything else that goes wrong.
func billable(err error) error {
	if errors.Is(err, gophermeter.ErrTruncated) || errors.Is(err, gophermeter.ErrWindowDrift) {
		return fmt.Errorf("%w: %w", ErrIncomplete, err)
	}
	return err
}
