package fakecloud_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// askAMIE sends a request as amieclient would and gives the decoded answer.
func askAMIE(t *testing.T, cloud *fakecloud.Cloud, method, path, body string, header ...string) (int, any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, cloud.AMIEURL()+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("XA-SITE", fakecloud.AMIESite)
	req.Header.Set("XA-API-KEY", fakecloud.AMIEKey)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	var v any
	require.NoError(t, json.Unmarshal(text, &v), "%s", text)
	return resp.StatusCode, v
}

type amieObject = map[string]any

// What amieclient was recorded to send is accepted, down to its [null] for a parent and its numbers for texts.
func TestAMIEAcceptsTheRecordedRequests(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../usage/testdata/recorded/*.json")
	require.NoError(t, err)
	require.Len(t, files, 24)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var r struct {
			Name     string
			Requests []struct {
				Method, Path string
				Headers      map[string]string
				BodyRaw      string `json:"body_raw"`
			}
		}
		require.NoError(t, json.Unmarshal(text, &r))
		cloud := fakecloud.New(fakecloud.WithEmpty())
		want := r.Requests[0]
		path := strings.TrimPrefix(want.Path, "/api/v1")
		status, answer := askAMIE(t, cloud, want.Method, path, want.BodyRaw, "XA-SITE", want.Headers["XA-SITE"], "XA-API-KEY", want.Headers["XA-API-KEY"])
		cloud.Close()
		switch {
		case r.Name == "message-empty", r.Name == "status-naive":
			assert.Equal(t, 400, status, r.Name)
		case want.Method == http.MethodDelete:
			assert.Equal(t, 404, status, r.Name)
		case want.Method == http.MethodPost:
			assert.Equal(t, 200, status, "%s: %v", r.Name, answer)
			assert.Empty(t, answer.(amieObject)["ValidationFailedRecords"], r.Name)
		default:
			assert.Equal(t, 200, status, r.Name)
		}
	}
}

const amieJob = `{"Username":"alice","LocalProjectID":"p","LocalRecordID":"a","Resource":"r","SubmitTime":"2026-09-01T00:00:00Z",
	"StartTime":"2026-09-01T00:00:00Z","EndTime":"2026-09-01T01:00:00Z","Charge":"2.5","Attributes":{"NodeCount":1},"LocalReference":"row 1"}`

func TestAMIEValidates(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New(fakecloud.WithEmpty())
	defer cloud.Close()
	status, answer := askAMIE(t, cloud, "POST", "/usage", `{"UsageType":"Compute","Records":[`+amieJob+`,
		{"LocalRecordID":"b","Charge":"NaN","Username":"`+strings.Repeat("x", 31)+`","StartTime":"yesterday"},7]}`)
	require.Equal(t, 200, status)
	assert.Equal(t, "1 records have been queued for loading.", answer.(amieObject)["Message"])
	failed := answer.(amieObject)["ValidationFailedRecords"].([]any)
	require.Len(t, failed, 2)
	first := failed[0].(amieObject)
	assert.Equal(t, "b", first["LocalRecordID"])
	assert.Equal(t, "Compute", first["UsageType"])
	for _, why := range []string{"Charge is not a decimal number", "Username is longer", "StartTime is not a time", "Resource is required"} {
		assert.Contains(t, first["Error"], why)
	}
	for body, want := range map[string]int{
		`{`: 400, `{"UsageType":null,"Records":[]}`: 400, `{"UsageType":"Compute","Records":[]}`: 400, `{"UsageType":"Fuel","Records":[{}]}`: 400,
	} {
		status, _ = askAMIE(t, cloud, "POST", "/usage/", body)
		assert.Equal(t, want, status, body)
	}
	for _, headers := range [][]string{{"XA-SITE", "OTHER"}, {"XA-API-KEY", "wrong"}} {
		status, answer = askAMIE(t, cloud, "GET", "/usage/status", "", headers...)
		assert.Contains(t, []int{400, 401}, status)
		assert.Contains(t, answer.(amieObject)["error"], "Invalid "+headers[0])
	}
	status, _ = askAMIE(t, cloud, "PUT", "/usage/status", "")
	assert.Equal(t, 405, status)
	status, _ = askAMIE(t, cloud, "DELETE", "/usage/failed/", "")
	assert.Equal(t, 404, status)
	status, _ = askAMIE(t, cloud, "DELETE", "/usage/failed/x", "")
	assert.Equal(t, 400, status)
}

func TestAMIELimits(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithAMIELimits(600, 1))
	defer cloud.Close()
	status, _ := askAMIE(t, cloud, "POST", "/usage/", `{"UsageType":"Compute","Records":[`+amieJob+`,7]}`)
	assert.Equal(t, 413, status)
	status, _ = askAMIE(t, cloud, "POST", "/usage/", `{"UsageType":"Compute","Records":[`+amieJob+`]}`+strings.Repeat(" ", 600))
	assert.Equal(t, 413, status)
	assert.Empty(t, cloud.AMIERecords())
}

// Loading takes its time by the cloud's clock, restates what has the same key, and can fail.
func TestAMIELoads(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithAMIELoadDelay(time.Hour), fakecloud.WithAMIEFailedKey("FailedRecords"))
	defer cloud.Close()
	send := func(body string) {
		status, answer := askAMIE(t, cloud, "POST", "/usage/", body)
		require.Equal(t, 200, status)
		require.Empty(t, answer.(amieObject)["FailedRecords"])
	}
	message := `{"UsageType":"Compute","Records":[` + amieJob + `]}`
	send(message)
	send(strings.Replace(message, "2.5", "3.125", 1))
	credit := `{"UsageType":"Adjustment","Records":[{"AdjustmentType":"credit","Charge":1,"StartTime":"2026-09-01T00:00:00Z",
		"LocalProjectID":"p","LocalRecordID":"c","Resource":"r","Username":"alice"}]}`
	send(credit)
	send(credit)
	assert.Empty(t, cloud.AMIERecords())
	cloud.Advance(time.Hour)
	records := cloud.AMIERecords()
	require.Len(t, records, 3, "an adjustment counts twice")
	assert.Equal(t, "3.125", records[0].Charge)
	assert.Equal(t, "row 1", records[0].LocalReference)

	cloud.SetAMIELoader(func(r fakecloud.AMIERecord) string { return "no allocation for " + r.Username })
	send(message)
	cloud.Advance(time.Hour)
	_, answer := askAMIE(t, cloud, "GET", "/usage/status?FromTime=2026-10-01", "")
	resource := answer.([]any)[0].(amieObject)
	assert.Equal(t, "7.625", resource["TotalCharge"])
	assert.InDelta(t, 4.0, resource["LoadedRecordCount"], 0)
	failure := resource["Errors"].([]any)[0].(amieObject)
	assert.Equal(t, "no allocation for alice", failure["Error"])
	_, answer = askAMIE(t, cloud, "GET", "/usage/failed", "")
	id := answer.(amieObject)["FailedRecords"].([]any)[0].(amieObject)["FailedRecordID"]
	assert.InDelta(t, 5.0, id, 0)
	status, _ := askAMIE(t, cloud, "DELETE", "/usage/failed/5,6", "")
	assert.Equal(t, 200, status)
	status, _ = askAMIE(t, cloud, "DELETE", "/usage/failed/5", "")
	assert.Equal(t, 404, status)
	_, answer = askAMIE(t, cloud, "GET", "/usage/loaded?MinLoadedTime=2026-10-01T00:00:00Z&Limit=5&Offset=0", "")
	require.Len(t, answer.(amieObject)["LoadedRecords"], 1)
	for _, query := range []string{"Limit=x", "Offset=-1", "MinLoadedTime=soon"} {
		status, _ = askAMIE(t, cloud, "GET", "/usage/loaded?"+query, "")
		assert.Equal(t, 400, status, query)
	}
}

func TestAMIEFailsAfterTheAct(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithAMIELoadDelay(0))
	defer cloud.Close()
	cloud.FailAMIEAfter(0, 500)
	for _, want := range []int{200, 500, 200} {
		status, _ := askAMIE(t, cloud, "POST", "/usage/", `{"UsageType":"Compute","Records":[`+amieJob+`]}`)
		assert.Equal(t, want, status)
	}
	assert.Len(t, cloud.AMIERecords(), 1)
}

func TestAMIEIsInNoCatalogue(t *testing.T) {
	t.Parallel()
	conn, err := gophermeter.Connect(t.Context(), newCloud(t).Options()...)
	require.NoError(t, err)
	defer conn.CloseIdleConnections()
	assert.False(t, conn.Has("amie"))
	assert.True(t, conn.Has("compute"))
}
