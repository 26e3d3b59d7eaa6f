package mockcloud_test

import (
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
	"github.com/gophermeter/gophermeter/usage"
)

func usageClient(t *testing.T) (*amie.UsageClient, *httpmock.MockTransport) {
	t.Helper()
	transport := httpmock.NewMockTransport()
	client, err := amie.NewUsageClient("EXAMPLE", "example-key", mockcloud.AMIEOptions(transport)...)
	require.NoError(t, err)
	return client, transport
}

func usageJob(id string) usage.ComputeRecord {
	at := may.Start
	return usage.ComputeRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: id, Resource: "res.example.org", SubmitTime: at, StartTime: at,
		EndTime: at.Add(time.Hour), Charge: decimal.RequireFromString("2.50"), NodeCount: 1,
	}
}

func TestAMIEMessages(t *testing.T) {
	t.Parallel()
	client, transport := usageClient(t)
	mockcloud.AMIESend(transport, mockcloud.AMIEError(503, "busy").Then(
		mockcloud.AMIEAccepted(usage.FailedRecord{LocalRecordID: "b", Resource: "res.example.org", Error: "no such user"})))
	report, err := client.Send(t.Context(), usage.MessageOf(usageJob("a"), usageJob("b")))
	require.NoError(t, err)
	assert.Equal(t, 1, report.Validated())
	assert.Equal(t, "1 records have been queued for loading.", report.Chunks[0].Message)
	require.Len(t, report.Failed(), 1)
	assert.Equal(t, 1, report.Failed()[0].Index)
	assert.Equal(t, "no such user", report.Failed()[0].Error)
	assert.Equal(t, usageJob("b"), *report.Failed()[0].Compute)
	assert.Equal(t, 2, transport.GetCallCountInfo()["POST "+mockcloud.AMIEURL+"/usage/"])

	mockcloud.AMIESend(transport, mockcloud.AMIEError(400, "Invalid XA-SITE"))
	_, err = client.Send(t.Context(), usage.MessageOf(usageJob("a")))
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	require.ErrorContains(t, err, "Invalid XA-SITE")
}

func TestAMIEAnswers(t *testing.T) {
	t.Parallel()
	client, transport := usageClient(t)
	record := usageJob("a")
	failure := usage.FailedRecord{Error: "no allocation", Compute: &record}
	mockcloud.AMIEStatus(transport, mockcloud.AMIEStatuses(usage.ResourceStatus{
		Resource: "res.example.org", LoadedRecordCount: 5, FailedJobCount: 1, TotalCharge: decimal.New(125, -1),
		Errors: []usage.StatusError{{Error: "no allocation", Records: []usage.FailedRecord{failure}}},
	}))
	mockcloud.AMIEFailed(transport, mockcloud.AMIEFailures(failure, usage.FailedRecord{ID: 9, Raw: []byte(`{"FailedRecordID":9,"Error":"odd"}`)}))
	mockcloud.AMIEClear(transport, mockcloud.AMIECleared())
	charged := usage.LoadedRecord{
		LocalRecordID: "a", Resource: "res.example.org", SubmitTime: may.Start, LoadedTime: may.End, Charge: decimal.New(25, -1),
	}
	other := charged
	other.LocalRecordID = "b"
	mockcloud.AMIELoaded(transport, mockcloud.AMIELoadedRecords(charged, other))

	status, err := client.Status(t.Context(), may.Start, may.End)
	require.NoError(t, err)
	require.Len(t, status, 1)
	assert.Equal(t, "12.5", status[0].TotalCharge.String())
	assert.Equal(t, record, *status[0].Errors[0].Records[0].Compute)
	failed, err := client.FailedRecords(t.Context())
	require.NoError(t, err)
	require.Len(t, failed, 2)
	assert.Equal(t, int64(1), failed[0].ID)
	assert.Equal(t, "odd", failed[1].Error)
	require.NoError(t, client.ClearFailedRecords(t.Context(), 1, 9))
	loaded, err := client.Loaded(amie.LoadedQuery{PageSize: 1}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, loaded, 2)
	assert.Equal(t, record.Key(), loaded[0].Key())
}
