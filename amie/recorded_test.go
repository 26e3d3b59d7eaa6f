package amie_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/usage"
)

// recording is what amieclient 0.6.1 was seen to send.
type recording struct {
	Name     string
	Requests []struct {
		Method, Path string
		Headers      map[string]string
		BodyRaw      string `json:"body_raw"`
	}
}

// TestRequestsAreTheRecordedOnes sends what amieclient was told to send and compares the requests: numbers as decimal
// text, times as instants, ids as text, header names in any case. What differs on purpose is in like.
func TestRequestsAreTheRecordedOnes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../usage/testdata/recorded/*.json")
	require.NoError(t, err)
	require.Len(t, files, 24)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var r recording
		require.NoError(t, json.Unmarshal(text, &r))
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, r.Requests, 1)
			want := r.Requests[0]
			cloud := newCloud(t)
			client := newClient(t, cloud)
			switch r.Name {
			case "message-empty":
				report, err := client.Send(t.Context(), usage.Message{})
				require.NoError(t, err)
				assert.Empty(t, report.Chunks)
				assert.Empty(t, cloud.Requests())
				return
			case "clear-failed-records-empty":
				require.ErrorIs(t, client.ClearFailedRecords(t.Context()), gophermeter.ErrInvalidArgument)
				assert.Empty(t, cloud.Requests())
				return
			}
			repeat(t, client, want.Method, want.Path, want.BodyRaw)
			requests := cloud.Requests()
			require.Len(t, requests, 1)
			got := requests[0]
			target, err := url.Parse(want.Path)
			require.NoError(t, err)
			assert.Equal(t, want.Method, got.Method)
			assert.Equal(t, target.Path, got.Path)
			query, err := url.ParseQuery(got.RawQuery)
			require.NoError(t, err)
			assert.Equal(t, instants(t, target.Query()), instants(t, query))
			for _, name := range []string{"XA-API-KEY", "XA-SITE", "Content-Type"} {
				assert.Equal(t, want.Headers[name], got.Header.Get(name), name)
			}
			if want.BodyRaw == "" {
				assert.Empty(t, got.Body)
				return
			}
			assert.Equal(t, like(t, want.BodyRaw), like(t, string(got.Body)))
			assert.NotContains(t, string(got.Body), `"ParentRecordID":[`)
		})
	}
}

// repeat tells our client what amieclient was told.
func repeat(t *testing.T, client *amie.UsageClient, method, path, body string) {
	t.Helper()
	target, err := url.Parse(path)
	require.NoError(t, err)
	switch {
	case method == http.MethodPost:
		var m usage.Message
		require.NoError(t, json.Unmarshal([]byte(body), &m))
		report, err := client.Send(t.Context(), m)
		require.NoError(t, err)
		assert.Equal(t, m.Len(), report.Validated(), "%v", report.Failed())
	case method == http.MethodDelete:
		var ids []int64
		for text := range strings.SplitSeq(filepath.Base(target.Path), ",") {
			id, err := strconv.ParseInt(text, 10, 64)
			require.NoError(t, err)
			ids = append(ids, id)
		}
		require.ErrorIs(t, client.ClearFailedRecords(t.Context(), ids...), gophermeter.ErrNotFound)
	case strings.HasSuffix(target.Path, "/failed"):
		_, err := client.FailedRecords(t.Context())
		require.NoError(t, err)
	default:
		times := instants(t, target.Query())
		_, err := client.Status(t.Context(), times["FromTime"], times["ToTime"])
		require.NoError(t, err)
	}
}

// instants are the times of a query; amieclient sends some without a zone, which we take for UTC.
func instants(t *testing.T, query url.Values) map[string]time.Time {
	t.Helper()
	all := map[string]time.Time{}
	for name, values := range query {
		require.Len(t, values, 1)
		at, err := time.Parse(time.RFC3339Nano, values[0])
		if err != nil {
			at, err = time.ParseInLocation("2006-01-02T15:04:05", values[0], time.UTC)
		}
		require.NoError(t, err)
		all[name] = at.UTC()
	}
	return all
}

// like makes two bodies comparable.
func like(t *testing.T, body string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var v any
	require.NoError(t, d.Decode(&v))
	return alike(t, "", v)
}

func alike(t *testing.T, name string, v any) any {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			v[name] = alike(t, name, value)
		}
		if v["ParentRecordID"] == nil {
			delete(v, "ParentRecordID") // amieclient sends [null]
		}
		return v
	case []any:
		if name == "ParentRecordID" {
			return v[0]
		}
		for i := range v {
			v[i] = alike(t, name, v[i])
		}
		return v
	case json.Number:
		return alike(t, name, v.String())
	case string:
		switch {
		case name == "Charge", strings.HasSuffix(name, "Count"), strings.HasPrefix(name, "Bytes"):
			return decimal.RequireFromString(v).String()
		case strings.HasSuffix(name, "Time"):
			at, err := time.Parse(time.RFC3339Nano, v)
			require.NoError(t, err)
			return at.UTC().String()
		}
	}
	return v
}
