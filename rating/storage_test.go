package rating_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

func TestStorageDataFrames(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "dataframes", "dataframes-tenant-type", "dataframes-empty", "dataframes-demo-other")
	frames, err := c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, frames, 8)
	hour := gophermeter.Window{Start: twoHoursV1.Start, End: twoHoursV1.Start.Add(time.Hour)}
	assert.Equal(t, rating.StorageDataFrame{Period: hour, ProjectID: tenant1, Resources: []rating.RatedResource{{
		Metric: "instance", ProjectID: tenant1, Quantity: amount("1"), Price: amount("0.0213"),
		Attributes: rating.Attributes{
			{Name: "flavor_name", Value: "m1.small"}, {Name: "flavor_id", Value: "2"}, {Name: "vcpus"},
			{Name: "id", Value: "00000001-0000-4000-8000-000000000000"}, {Name: "user_id", Value: "6899b2618dda421f8af34afd8e8aabdf"},
			{Name: "project_id", Value: tenant1}, {Name: "tenant_id", Value: tenant1},
		},
	}}}, frames[0])
	sameAmount(t, "10", frames[2].Resources[0].Quantity) // 1E+1
	assert.Equal(t, "ssd", frames[2].Resources[0].Attributes.Get("volume_type"))

	frames, err = c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1, ProjectID: tenant2, Metric: "instance"}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, frames, 4)
	sameAmount(t, "0.333333", frames[1].Resources[0].Price)

	frames, err = c.StorageDataFrames(rating.StorageDataFrameOptions{Window: longAgoV1}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, frames)
	_, err = c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1, ProjectID: tenant2}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "Policy doesn't allow storage:list_data_frames")
}

func TestQuirkFrameOfSeveralProjects(t *testing.T) {
	t.Parallel()
	c, _ := scriptedV1(t, replies(200, `{"dataframes": [{"resources": [
		{"desc": {"project_id": "p1"}, "rating": "1", "volume": "1.0", "service": "a"},
		{"desc": {"tenant_id": "p2"}, "rating": "2E-28", "volume": null},
		{"desc": {}, "rating": "3"}], "tenant_id": "p1", "begin": "2026-11-20T00:00:00", "end": "2026-11-20T01:00:00"},
		{"tenant_id": "__UNDEF__", "resources": [{"desc": {"n": 1.50, "b": true, "z": null, "o": {"a": [1]}}, "rating": "0"}]},
		{"tenant_id": "p3", "resources": [{"desc": {}, "rating": "0"}]}]}`))
	frames, err := c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, frames, 3)
	first := frames[0].Resources
	assert.Equal(t, []string{"p1", "p2", ""}, []string{first[0].ProjectID, first[1].ProjectID, first[2].ProjectID},
		"the project of the frame is that of its first resource only")
	assert.Equal(t, "0.0000000000000000000000000002", first[1].Price.String())
	assert.Equal(t, twoHoursV1.Start, frames[0].Period.Start, "in any order")
	assert.Empty(t, frames[1].ProjectID)
	assert.Empty(t, frames[1].Resources[0].ProjectID)
	assert.Equal(t, map[string]string{"n": "1.50", "b": "true", "z": "", "o": `{"a": [1]}`}, frames[1].Resources[0].Attributes.Map())
	assert.Equal(t, "p3", frames[2].Resources[0].ProjectID)
}

// body of n frames.
func manyFrames(w io.Writer, n int) {
	_, _ = io.WriteString(w, `{"dataframes": [`)
	for i := range n {
		if i > 0 {
			_, _ = io.WriteString(w, ", ")
		}
		_, _ = fmt.Fprintf(w, `{"begin": "2026-11-20T00:00:00", "end": "2026-11-20T01:00:00", "tenant_id": "p%d", "resources": [{"service": "instance",`+
			` "desc": {"id": "%d", "project_id": "p%[1]d"}, "volume": "1", "rating": "0.0213"}]}`, i%7, i)
	}
	_, _ = io.WriteString(w, `]}`)
}

func TestFramesOfAnySizeKeepTheirResources(t *testing.T) {
	t.Parallel()
	sizes := []int{1, 600, 0, 3, 255, 9, 300, 1}
	var text []string
	for i, n := range sizes {
		rows := make([]string, n)
		for j := range rows {
			rows[j] = fmt.Sprintf(`{"service": "%d-%d", "rating": "%[2]d", "volume": "1", "desc": {"project_id": "p"}}`, i, j)
		}
		text = append(text, `{"resources": [`+strings.Join(rows, ",")+`]}`)
	}
	c, _ := scriptedV1(t, replies(200, `{"dataframes": [`+strings.Join(text, ",")+`]}`))
	frames, err := c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, frames, len(sizes))
	for i, f := range frames {
		require.Len(t, f.Resources, sizes[i])
		for j, r := range f.Resources {
			require.Equal(t, fmt.Sprintf("%d-%d", i, j), r.Metric)
		}
	}
}

func TestStorageBodyIsReadWhileItArrives(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	c, _ := scriptedV1(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var half strings.Builder
		manyFrames(&half, 10)
		_, _ = io.WriteString(w, half.String()[:half.Len()-2]+", ")
		w.(http.Flusher).Flush()
		select { // the rest comes only when the first has been seen
		case <-released:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, strings.TrimPrefix(half.String(), `{"dataframes": [`))
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	n := 0
	for _, err := range c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1}).All(ctx) {
		require.NoError(t, err)
		if n++; n == 1 {
			close(released)
		}
	}
	assert.Equal(t, 20, n)
}

func TestQuirkTornStorageBody(t *testing.T) {
	t.Parallel()
	var whole strings.Builder
	manyFrames(&whole, 50)
	cut := func(at int) http.HandlerFunc { return replies(200, whole.String()[:at]) }
	options := rating.StorageDataFrameOptions{Window: twoHoursV1}

	c, script := scriptedV1(t, cut(100), cut(0), replies(200, whole.String()))
	frames, err := c.StorageDataFrames(options).Collect(t.Context())
	require.NoError(t, err, "before its first frame it is asked for again")
	assert.Len(t, frames, 50)
	assert.Len(t, script.requests, 3)

	c, script = scriptedV1(t, cut(whole.Len()/2))
	n := 0
	for _, err = range c.StorageDataFrames(options).All(t.Context()) {
		if err == nil {
			n++
		}
	}
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, fmt.Sprintf("rating.StorageDataFrames: GET /v1/storage/dataframes: the answer broke off after %d elements", n))
	assert.Greater(t, n, 10)
	assert.Len(t, script.requests, 1, "and later it cannot be")
	frames, err = c.StorageDataFrames(options).Collect(t.Context())
	require.Error(t, err)
	assert.Nil(t, frames)
}

func TestStorageAnswersThatAreNoFrames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"summary": []}`, `[]`, `{"dataframes": [{"begin": "yesterday"}]}`, `{"dataframes": [{"resources": [{"rating": "free"}]}]}`,
		`{"dataframes": [{"resources": [{"volume": "1"}]}]}`} {
		c, script := scriptedV1(t, replies(200, text))
		_, err := c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1}).Collect(t.Context())
		require.ErrorContains(t, err, "rating.StorageDataFrames: GET /v1/storage/dataframes: ", text)
		require.NotContains(t, err.Error(), "broke off", text)
		assert.Len(t, script.requests, 1)
	}
}

func TestStorageRangeThatIsLeftClosesTheBody(t *testing.T) {
	t.Parallel()
	c, _ := scriptedV1(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		manyFrames(w, 100_000)
	})
	for range 3 {
		for _, err := range c.StorageDataFrames(rating.StorageDataFrameOptions{Window: twoHoursV1}).All(t.Context()) {
			require.NoError(t, err)
			break
		}
	}
}
