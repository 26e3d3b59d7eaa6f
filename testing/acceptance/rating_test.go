//go:build acceptance

package acceptance_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// rated is what cloud/up computed of the seeded month, exactly, from what was used and the rate card.
type rated struct {
	Window   struct{ Start, End string }
	Projects map[string]struct { // by name
		ID      string
		Metrics map[string]struct {
			Points          int
			Quantity, Price decimal.Decimal
		}
	}
	Scopes []string
	Points []struct {
		Project, Metric, Begin, Unit, ID string
		Quantity, Price                  decimal.Decimal
		Metadata                         map[string]string
	}
}

// storage is one of the two CloudKitties: the region it is in, and how far its numbers may be from the truth.
type storage struct {
	region string
	v2     bool
	each   float64 // of a point's price and of sums that the storage computes, relative
}

// The databases keep prices as floats, of 64 bits in storage v2, of 32 in storage v1.
var storages = []storage{{"RegionOne", true, 1e-12}, {"RegionV1", false, 1e-6}}

// five is the error of a rate that was rounded to five decimals.
const five = 0.5e-5

func onBoth(t *testing.T, test func(t *testing.T, s storage)) {
	for _, s := range storages {
		t.Run(s.region, func(t *testing.T) { test(t, s) })
	}
}

func (s storage) connect(t testing.TB, cloud string) *gophermeter.Connection {
	t.Helper()
	return connect(t, cloud, gophermeter.WithRegion(s.region))
}

func (s storage) rating(t testing.TB, cloud string, opts ...rating.Option) *rating.Client {
	t.Helper()
	client, err := rating.New(s.connect(t, cloud), opts...)
	require.NoError(t, err)
	return client
}

func (r *rated) window(t testing.TB) gophermeter.Window {
	t.Helper()
	return gophermeter.Window{Start: ratedTime(t, r.Window.Start), End: ratedTime(t, r.Window.End)}
}

func ratedTime(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05", text)
	require.NoError(t, err)
	return at
}

// cost is the exact cost of a project or metric; "" is all of them.
func (r *rated) cost(project, metric string) (sum decimal.Decimal) {
	for name, p := range r.Projects {
		for m, of := range p.Metrics {
			if (project == "" || project == name || project == p.ID) && (metric == "" || metric == m) {
				sum = sum.Add(of.Price)
			}
		}
	}
	return sum
}

// near holds a number to the truth: to a part of it, and to an absolute error beside.
func near(t testing.TB, want, got decimal.Decimal, relative, absolute float64, what string) {
	t.Helper()
	allowed := want.Abs().Mul(decimal.NewFromFloat(relative)).Add(decimal.NewFromFloat(absolute))
	assert.True(t, got.Sub(want).Abs().LessThanOrEqual(allowed), "%s: %s, not %s", what, got, want)
}

func TestRatingFramesAreTheTruth(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	window := truth.window(t)
	type key struct {
		project, metric, id string
		begin               time.Time
	}
	onBoth(t, func(t *testing.T, s storage) {
		for _, size := range []int{1000, 137} {
			if size != 1000 && !s.v2 {
				continue // API v1 has no pages
			}
			want := map[key]int{}
			for i, p := range truth.Points {
				want[key{p.Project, p.Metric, p.ID, ratedTime(t, p.Begin)}] = i
			}
			require.Len(t, want, len(truth.Points))
			last := window.Start
			var total rating.Sum
			for f, err := range s.rating(t, "", rating.WithPageSize(size), rating.WithPeriod(time.Hour)).Frames(rating.FrameOptions{Window: window}).All(t.Context()) {
				require.NoError(t, err)
				at := f.Period.Start
				if !s.v2 { // where a piece of the window comes in the order in which it was stored
					at = at.Truncate(24 * time.Hour)
				}
				require.False(t, at.Before(last), "out of order")
				last = at
				require.Equal(t, time.Hour, f.Period.Duration())
				k := key{f.ProjectID, f.Metric, f.Attributes.Get("id"), f.Period.Start}
				i, ok := want[k]
				require.True(t, ok, "not seeded, or twice: %v", k)
				delete(want, k)
				p := truth.Points[i]
				near(t, p.Quantity, f.Quantity, 1e-12, 0, "quantity")
				near(t, p.Price, f.Price, s.each, 0, "price")
				if s.v2 {
					require.Equal(t, p.Unit, f.Unit)
				}
				for name, value := range p.Metadata {
					require.Equal(t, value, f.Attributes.Get(name), name)
				}
				total.Add(f.Price)
			}
			assert.Empty(t, want, "seeded, and not walked")
			near(t, truth.cost("", ""), total.Total(), s.each, 0, "sum of the frames")
		}
	})
}

func TestRatingFramesOfOneProjectAndMetric(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	onBoth(t, func(t *testing.T, s storage) {
		client := s.rating(t, "")
		for name, p := range truth.Projects {
			var total rating.Totals[string]
			for f, err := range client.Frames(rating.FrameOptions{Window: truth.window(t), ProjectID: p.ID, Piece: 100 * time.Hour}).All(t.Context()) {
				require.NoError(t, err)
				require.Equal(t, p.ID, f.ProjectID)
				total.Add(f.Metric, f.Price)
			}
			require.Len(t, total.Keys(strings.Compare), len(p.Metrics))
			for metric, want := range p.Metrics {
				sum := total.Get(metric)
				assert.Equal(t, want.Points, sum.Count(), "%s %s", name, metric)
				near(t, want.Price, sum.Total(), s.each, 0, name+" "+metric)
			}
		}
		hour := gophermeter.Window{Start: truth.window(t).Start, End: truth.window(t).Start.Add(time.Hour)}
		frames, err := client.Frames(rating.FrameOptions{Window: hour, Metric: "volume.size"}).Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, frames, 3)
		frames, err = client.Frames(rating.FrameOptions{Window: gophermeter.Month(2001, 1)}).Collect(t.Context())
		require.NoError(t, err, "nothing at all is an empty list, whatever the service answers")
		assert.Empty(t, frames)
	})
}

// The report of API v1, the summary of v2 and the sum of the frames are the same sums.
func TestRatingReportsAreTheTruth(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	window := truth.window(t)
	onBoth(t, func(t *testing.T, s storage) {
		client := s.rating(t, "")
		rows, err := client.ReportSummaries(rating.ReportOptions{Window: window, AllProjects: true,
			GroupBy: []rating.ReportGroup{rating.ReportByProject, rating.ReportByMetric}}).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, rows, 13)
		for _, row := range rows {
			near(t, truth.cost(row.ProjectID, row.Metric), row.Rate, s.each, five, row.ProjectID+" "+row.Metric)
			assert.Equal(t, window, row.Window)
		}
		rows, err = client.ReportSummaries(rating.ReportOptions{Window: window, AllProjects: true}).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, rows, 1)
		near(t, truth.cost("", ""), rows[0].Rate, s.each, five, "everything")

		total, err := client.GetReportTotal(t.Context(), rating.ReportOptions{Window: window, AllProjects: true}) //nolint:staticcheck // deprecated, and works
		require.NoError(t, err)
		near(t, truth.cost("", ""), total, s.each, 0, "total")
		total, err = client.GetReportTotal(t.Context(), rating.ReportOptions{Window: window, AllProjects: true, Metric: "ip.floating"}) //nolint:staticcheck // deprecated, and works
		require.NoError(t, err)
		near(t, truth.cost("", "ip.floating"), total, s.each, 0, "a total in scientific form")
		total, err = client.GetReportTotal(t.Context(), rating.ReportOptions{Window: gophermeter.Month(2001, 1), AllProjects: true}) //nolint:staticcheck // deprecated, and works
		require.NoError(t, err)
		assert.True(t, total.IsZero())

		for name, p := range truth.Projects {
			rows, err := client.ReportSummaries(rating.ReportOptions{Window: window, ProjectID: p.ID, Metric: "volume.size"}).Collect(t.Context())
			require.NoError(t, err)
			require.Len(t, rows, 1)
			near(t, truth.cost(name, "volume.size"), rows[0].Rate, s.each, five, name)
		}

		var frames rating.Sum
		for f, err := range client.StorageDataFrames(rating.StorageDataFrameOptions{Window: window}).All(t.Context()) {
			require.NoError(t, err)
			for _, r := range f.Resources {
				frames.Add(r.Price)
			}
		}
		assert.Equal(t, len(truth.Points), frames.Count())
		near(t, truth.cost("", ""), frames.Total(), s.each, 0, "sum of v1's data frames")

		tenants, err := client.ReportTenants(window).Collect(t.Context())
		require.NoError(t, err)
		for _, p := range truth.Projects {
			assert.Contains(t, tenants, p.ID)
		}
		early := gophermeter.Window{Start: window.Start, End: window.Start.Add(24 * time.Hour)}
		tenants, err = client.ReportTenants(early).Collect(t.Context())
		require.NoError(t, err)
		if s.v2 { // which knows every scope there ever was
			assert.Subset(t, tenants, truth.Scopes)
		} else {
			assert.Len(t, tenants, 3)
		}
	})
}
