package downstream_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// faked is a biller that a user of a fake cloud has.
func faked(t *testing.T, cloud *fakecloud.Cloud, user string) *Biller {
	t.Helper()
	t.Cleanup(cloud.Close)
	quick := gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: time.Millisecond})
	conn, err := gophermeter.Connect(t.Context(), append(cloud.OptionsFor(user), quick)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	b, err := NewBiller(conn, prices)
	require.NoError(t, err)
	return b
}

// owed is what every project owes for September, told from the fake's own servers.
func owed(cloud *fakecloud.Cloud) map[string]decimal.Decimal {
	w := gophermeter.Month(2026, time.September)
	all := map[string]decimal.Decimal{}
	for _, s := range cloud.Servers() {
		if s.LaunchedAt == nil {
			continue
		}
		from, to := *s.LaunchedAt, w.End
		if from.Before(w.Start) {
			from = w.Start
		}
		if s.TerminatedAt != nil && s.TerminatedAt.Before(to) {
			to = *s.TerminatedAt
		}
		hours := decimal.NewFromFloat(to.Sub(from).Hours())
		gib := decimal.NewFromInt(int64(s.MemoryMB)).Div(decimal.NewFromInt(1024))
		amount := prices.of(hours.Mul(decimal.NewFromInt(int64(s.VCPUs))), hours.Mul(gib))
		all[s.ProjectID] = all[s.ProjectID].Add(amount)
	}
	return all
}

func assertOwed(t *testing.T, cloud *fakecloud.Cloud, got []Invoice) {
	t.Helper()
	var names []string
	for _, i := range got {
		names = append(names, i.Project)
		assert.Equal(t, owed(cloud)[i.ProjectID].Round(2).StringFixed(2), i.Amount.StringFixed(2), i.Project)
	}
	assert.Equal(t, []string{"ci-runners", "data-lake", "genomics", "ml-training", "staging", "web-shop"}, names, "sandbox used nothing")
}

func TestFakeInvoices(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]fakecloud.Option{
		"one page":          nil,
		"many pages":        {fakecloud.WithMaxLimit(7)},
		"old Nova":          {fakecloud.WithLegacyNova()},
		"no Content-Length": {fakecloud.WithoutContentLength(), fakecloud.WithMaxLimit(50)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := fakecloud.New(opts...)
			got, err := faked(t, cloud, "admin").Invoices(t.Context(), 2026, time.September)
			require.NoError(t, err)
			assertOwed(t, cloud, got)
		})
	}
}

func TestFakeFaultsThatPass(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fakecloud.Fault{
		"busy":          {Service: "compute", Status: 503, Header: http.Header{"Retry-After": {"30"}}},
		"torn":          {Service: "compute", TearAt: 300, Skip: 2},
		"reset":         {Service: "compute", Reset: true, Skip: 1},
		"expired token": {Service: "compute", ExpireToken: true, Skip: 1},
		"Keystone":      {Service: "identity", PathContains: "/projects", Status: 502, Body: "<html>bad gateway</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := fakecloud.New(fakecloud.WithMaxLimit(100))
			b := faked(t, cloud, "admin")
			cloud.Inject(f)
			got, err := b.Invoices(t.Context(), 2026, time.September)
			require.NoError(t, err)
			assertOwed(t, cloud, got)
		})
	}
}

func TestFakeNothingIsBilledOfAFailure(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New(fakecloud.WithMaxLimit(100))
	b := faked(t, cloud, "admin")
	cloud.Inject(fakecloud.Fault{Service: "compute", Status: 500, Skip: 2, Times: -1})
	got, err := b.Invoices(t.Context(), 2026, time.September)
	require.ErrorIs(t, err, gophermeter.ErrServer)
	assert.Empty(t, got)
}

func TestFakeMember(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New()
	demo := faked(t, cloud, "demo")
	_, err := demo.Invoices(t.Context(), 2026, time.September)
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = demo.Statement(t.Context(), cloud.ProjectID("genomics"), 2026, time.September)
	require.ErrorIs(t, err, gophermeter.ErrForbidden)

	lines, err := demo.Statement(t.Context(), cloud.ProjectID("web-shop"), 2026, time.September)
	require.NoError(t, err)
	var sum decimal.Decimal
	for i, l := range lines {
		sum = sum.Add(l.Amount)
		if i > 0 {
			assert.True(t, l.Amount.LessThanOrEqual(lines[i-1].Amount), "the dearest first")
		}
	}
	cents := decimal.NewFromInt(int64(len(lines))).Mul(decimal.RequireFromString("0.005")) // of rounding
	assert.True(t, owed(cloud)[cloud.ProjectID("web-shop")].Sub(sum).Abs().LessThanOrEqual(cents), sum.String())
}

// TestFakeClock bills a month of which the cloud has seen half: its clock is behind this machine's.
func TestFakeClock(t *testing.T) {
	t.Parallel()
	middle := time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC)
	cloud := fakecloud.New(fakecloud.WithClock(func() time.Time { return middle }))
	b := faked(t, cloud, "admin")
	got, err := b.Invoices(t.Context(), 2026, time.September)
	require.ErrorIs(t, err, ErrIncomplete)
	require.ErrorContains(t, err, "2026-09-15T00:00:00Z")
	assert.Empty(t, got)
	lines, err := b.Statement(t.Context(), cloud.ProjectID("web-shop"), 2026, time.September)
	require.ErrorIs(t, err, ErrIncomplete)
	assert.Empty(t, lines)

	cloud.Advance(16 * 24 * time.Hour)
	got, err = b.Invoices(t.Context(), 2026, time.September)
	require.NoError(t, err)
	assert.NotEmpty(t, got, "what has run since August")
}

// TestFakeServersComeAndGo sees that a write is seen by the next read.
func TestFakeServersComeAndGo(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New(fakecloud.WithEmpty())
	b := faked(t, cloud, "admin")
	got, err := b.Invoices(t.Context(), 2026, time.September)
	require.NoError(t, err)
	assert.Empty(t, got)

	launched := time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)
	id := cloud.AddServer(fakecloud.Server{ProjectID: cloud.AddProject(fakecloud.Project{Name: "new"}), VCPUs: 2, MemoryMB: 1024, LaunchedAt: &launched})
	got, err = b.Invoices(t.Context(), 2026, time.September)
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, "new 48 24 1.60", got[0].Project+" "+got[0].VCPUHours.String()+" "+got[0].GiBHours.String()+" "+got[0].Amount.StringFixed(2))

	cloud.RemoveServer(id)
	got, err = b.Invoices(t.Context(), 2026, time.September)
	require.NoError(t, err)
	assert.Empty(t, got)
}
