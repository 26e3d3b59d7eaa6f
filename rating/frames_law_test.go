package rating_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/jarcoal/httpmock"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// A stored point, and the ways in which CloudKitty's backends choose and write it.
type stored struct {
	hour    int // since dayV2
	metric  string
	project string
	id      int
	price   string
}

func (s stored) period() gophermeter.Window { return hourV2(s.hour) }

// chosen is how backends read a window.
var chosen = map[string]func(begin, end time.Time, p gophermeter.Window) bool{
	"influxdb":   func(b, e time.Time, p gophermeter.Window) bool { return !p.Start.Before(b) && p.Start.Before(e) },
	"opensearch": func(b, e time.Time, p gophermeter.Window) bool { return !p.Start.Before(b) && !p.End.After(e) },
	"loki":       func(b, e time.Time, p gophermeter.Window) bool { return !p.End.Before(b) && p.End.Before(e) },
}

// framesJSON groups points that follow one another as CloudKitty does: by period, then by metric.
func framesJSON(points []stored, total int) any {
	type object = map[string]any
	frames := []object{}
	var last gophermeter.Window
	for _, p := range points {
		if w := p.period(); w != last || len(frames) == 0 {
			frames = append(frames, object{
				"period": object{"begin": w.Start.Format(time.RFC3339), "end": w.End.Format(time.RFC3339)}, "usage": map[string][]object{},
			})
			last = w
		}
		usage := frames[len(frames)-1]["usage"].(map[string][]object)
		usage[p.metric] = append(usage[p.metric], object{
			"vol": object{"unit": "u", "qty": 1.0}, "rating": object{"price": json.Number(p.price)},
			"groupby": object{"id": strconv.Itoa(p.id), "project_id": p.project}, "metadata": object{},
		})
	}
	return object{"total": total, "dataframes": frames}
}

// framesV1JSON is what API v1 makes of storage v2: a frame for each period and metric, of all projects, named after the
// first.
func framesV1JSON(points []stored) any {
	type object = map[string]any
	frames := []object{}
	at := map[string]int{}
	for _, p := range points {
		key := fmt.Sprint(p.hour, p.metric)
		i, known := at[key]
		if !known {
			i = len(frames)
			at[key] = i
			w := p.period()
			frames = append(frames, object{
				"begin": w.Start.Format("2006-01-02T15:04:05"), "end": w.End.Format("2006-01-02T15:04:05"), "tenant_id": p.project, "resources": []object{},
			})
		}
		frames[i]["resources"] = append(frames[i]["resources"].([]object), object{
			"service": p.metric, "volume": "1.0", "rating": p.price, "desc": object{"id": strconv.Itoa(p.id), "project_id": p.project},
		})
	}
	return object{"dataframes": frames}
}

func drawStored(rt *rapid.T) []stored {
	points := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) stored {
		return stored{
			hour:    rapid.IntRange(-30, 60).Draw(rt, "hour"),
			metric:  rapid.SampledFrom([]string{"instance", "volume.size"}).Draw(rt, "metric"),
			project: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "project"),
			price:   rapid.SampledFrom([]string{"0.1", "0.2", "1e-07", "0.30000000000000004", "12345678.9", "0.0"}).Draw(rt, "price"),
		}
	}), 0, 60).Draw(rt, "points")
	slices.SortStableFunc(points, func(a, b stored) int { return cmp.Or(cmp.Compare(a.hour, b.hour), cmp.Compare(a.metric, b.metric)) })
	for i := range points {
		points[i].id = i
	}
	return points
}

// A bill does not depend on pages, pieces, requests under way, the backend, or the version of the API.
func TestLawFramesAreThePointsHoweverTheyAreCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		points := drawStored(rt)
		backend := rapid.SampledFrom([]string{"influxdb", "opensearch", "loki", "v1"}).Draw(rt, "backend")
		size := rapid.IntRange(1, 25).Draw(rt, "page")
		if backend == "loki" {
			size = 1000 // it has no offsets
		}
		start := dayV2.Start.Add(time.Duration(rapid.IntRange(-60, 60).Draw(rt, "start")) * 30 * time.Minute)
		w := gophermeter.Window{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 120).Draw(rt, "length")) * 30 * time.Minute)}
		o := rating.FrameOptions{Window: w, Piece: time.Duration(rapid.IntRange(1, 30).Draw(rt, "piece")) * time.Hour}

		transport := httpmock.NewMockTransport()
		transport.RegisterNoResponder(httpmock.NewStringResponder(http.StatusNotFound, "404 Not Found"))
		transport.RegisterResponder("GET", "http://cloudkitty/v2/dataframes", func(r *http.Request) (*http.Response, error) {
			q := r.URL.Query()
			begin, _ := time.Parse(time.RFC3339, q.Get("begin"))
			end, _ := time.Parse(time.RFC3339, q.Get("end"))
			offset, _ := strconv.Atoi(q.Get("offset"))
			limit, _ := strconv.Atoi(q.Get("limit"))
			choose := chosen[backend]
			if choose == nil {
				return httpmock.NewStringResponse(http.StatusNotFound, "<html>"), nil
			}
			all := slices.DeleteFunc(slices.Clone(points), func(p stored) bool { return !choose(begin, end, p.period()) })
			if len(all) == 0 {
				return httpmock.NewStringResponse(http.StatusNotFound, `{"message": "No resource found for provided filters."}`), nil
			}
			page := all[min(offset, len(all)):min(offset+limit, len(all))]
			return httpmock.NewJsonResponse(http.StatusOK, framesJSON(page, len(all)))
		})
		transport.RegisterResponder("GET", "http://cloudkitty/v1/storage/dataframes", func(r *http.Request) (*http.Response, error) {
			begin, _ := time.Parse("2006-01-02T15:04:05", r.URL.Query().Get("begin"))
			end, _ := time.Parse("2006-01-02T15:04:05", r.URL.Query().Get("end"))
			all := slices.DeleteFunc(slices.Clone(points), func(p stored) bool { return !chosen["opensearch"](begin, end, p.period()) })
			return httpmock.NewJsonResponse(http.StatusOK, framesV1JSON(all))
		})
		conn, err := gophermeter.FromProvider(&gophercloud.ProviderClient{TokenID: "t", IdentityBase: "http://keystone/"}, gophercloud.EndpointOpts{},
			gophermeter.WithEndpoint("rating", "http://cloudkitty"), gophermeter.WithTransport(transport))
		require.NoError(rt, err)
		client, err := rating.New(conn, rating.WithPageSize(size), rating.WithConcurrency(rapid.IntRange(1, 5).Draw(rt, "k")))
		require.NoError(rt, err)

		var got, want []string
		var projects rating.Totals[string]
		last := time.Time{}
		for f, err := range client.Frames(o).All(t.Context()) {
			require.NoError(rt, err)
			require.False(rt, f.Period.Start.Before(last), "in order of time")
			last = f.Period.Start
			got = append(got, fmt.Sprintln(f.Period, f.Metric, f.ProjectID, f.Attributes.Get("id"), f.Price))
			projects.Add(f.ProjectID, f.Price)
		}
		sums := map[string]decimal.Decimal{}
		for _, p := range points {
			if p.period().Start.Before(w.Start) || p.period().End.After(w.End) {
				continue
			}
			price := amount(p.price)
			want = append(want, fmt.Sprintln(p.period(), p.metric, p.project, p.id, price))
			sums[p.project] = sums[p.project].Add(price)
		}
		slices.Sort(got)
		slices.Sort(want)
		require.Equal(rt, want, got)
		for project, sum := range projects.All() {
			require.True(rt, sum.Equal(sums[project]), project)
		}
	})
}

func TestLawSumIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var sum rating.Sum
		want := new(big.Rat)
		for _, n := range rapid.SliceOf(rapid.Int64()).Draw(rt, "amounts") {
			d := decimal.New(n, int32(rapid.IntRange(-28, 3).Draw(rt, "exponent")))
			sum.Add(d)
			want.Add(want, d.Rat())
		}
		require.Zero(rt, want.Cmp(sum.Total().Rat()))
	})
}

func TestSums(t *testing.T) {
	t.Parallel()
	var sum rating.Sum
	for range 3 {
		sum.Add(amount("0.335"))
	}
	assert.Equal(t, "1.005", sum.Total().String())
	assert.Equal(t, "1.01", sum.Round(2).String(), "and not three times 0.34")
	assert.Equal(t, 3, sum.Count())

	var totals rating.Totals[string]
	none := totals.Get("b")
	assert.True(t, none.Total().IsZero())
	totals.Add("b", amount("0.1"))
	totals.Add("a", amount("0.2"))
	totals.Add("b", amount("0.2"))
	assert.Equal(t, []string{"a", "b"}, totals.Keys(cmp.Compare))
	b := totals.Get("b")
	assert.Equal(t, "0.3", b.Total().String())
	assert.Equal(t, "0.5", totals.Total().String())
	for range totals.All() {
		break
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	all := rating.Attributes{{Name: "a", Value: "1"}, {Name: "b"}, {Name: "a", Value: "2"}}
	assert.Equal(t, "1", all.Get("a"))
	assert.True(t, all.Has("b"))
	assert.False(t, all.Has("c"))
	assert.Empty(t, all.Get("c"))
	assert.Equal(t, map[string]string{"a": "1", "b": ""}, all.Map())
}
