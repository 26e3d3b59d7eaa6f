package usage_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

func TestRecordedMessagesAreRead(t *testing.T) {
	t.Parallel()
	all := bodies(t)
	require.Len(t, all, 16)
	for name, body := range all {
		var m usage.Message
		require.NoError(t, json.Unmarshal([]byte(body), &m), name)
		if name == "message-empty" {
			assert.Zero(t, m.Len())
			continue
		}
		require.NotZero(t, m.Len(), name)
		require.NoError(t, m.Validate(usage.Rules{}), name)
		again, err := json.Marshal(m)
		require.NoError(t, err)
		var second usage.Message
		require.NoError(t, json.Unmarshal(again, &second), name)
		assert.Equal(t, m, second, name)
	}
	var m usage.Message
	require.NoError(t, json.Unmarshal([]byte(all["compute-minimal"]), &m))
	assert.Equal(t, []usage.ComputeRecord{job()}, m.Compute())
	assert.Equal(t, usage.Compute, m.Kind())
	require.NoError(t, json.Unmarshal([]byte(all["compute-numeric"]), &m))
	assert.Equal(t, "3", m.Compute()[0].LocalRecordID, "a number is the text that it is written with")
	require.NoError(t, json.Unmarshal([]byte(all["compute-parent"]), &m))
	assert.Equal(t, "job-0", m.Compute()[0].ParentRecordID)
	require.NoError(t, json.Unmarshal([]byte(all["storage-list"]), &m))
	assert.Equal(t, int64(12500000000), *m.Storage()[0].BytesStored)
	assert.Nil(t, m.Storage()[2].BytesStored, "not counted is not 0")
}

func TestHistoryOfParentRecordID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`null`: "", `"7"`: "7", `7`: "7", `[null]`: "", `["7"]`: "7", `[[["7"]]]`: "7", `[]`: "", `[[], ["7"], "7"]`: "7",
	} {
		var r usage.ComputeRecord
		require.NoError(t, json.Unmarshal([]byte(`{"ParentRecordID":`+text+`}`), &r), text)
		assert.Equal(t, want, r.ParentRecordID, text)
	}
	var r usage.ComputeRecord
	require.ErrorContains(t, json.Unmarshal([]byte(`{"ParentRecordID":["7","8"]}`), &r), "two values")
}

func TestMessageReadsItsKindWhereverItStands(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"Records":[{"UsageType":"storage","LocalRecordID":"a"}]}`,
		`{"Records":[{"LocalRecordID":"a"}],"UsageType":"Storage"}`,
		`{"UsageType":"STORAGE","Records":[{"LocalRecordID":"a","Attributes":null}]}`,
	} {
		var m usage.Message
		require.NoError(t, json.Unmarshal([]byte(text), &m), text)
		assert.Equal(t, usage.Storage, m.Kind(), text)
		assert.Equal(t, []usage.StorageRecord{{LocalRecordID: "a"}}, m.Storage())
	}
	for _, text := range []string{
		`{"UsageType":"Compute","Records":[{"UsageType":"Storage"}]}`, `{"Records":[{}]}`, `{"UsageType":"Fuel","Records":[{}]}`,
		`{"UsageType":"Compute","Records":[7]}`, `{"UsageType":"Compute","Records":[{"Charge":"NaN"}]}`, `[]`, `{"UsageType":"Compute"`,
	} {
		var m usage.Message
		require.Error(t, json.Unmarshal([]byte(text), &m), text)
	}
}

func TestMessageIsOfOneKind(t *testing.T) {
	t.Parallel()
	var m usage.Message
	assert.Empty(t, m.Kind())
	require.NoError(t, usage.Append(&m, job()))
	require.NoError(t, usage.Append(&m, job(), job()))
	require.ErrorIs(t, usage.Append(&m, store()), errs.ErrInvalidArgument)
	assert.Equal(t, 3, m.Len())
	assert.Equal(t, usage.Compute, m.Kind())
	assert.Nil(t, m.Storage())
	assert.Equal(t, usage.Adjustment, usage.MessageOf[usage.AdjustmentRecord]().Kind())

	mine := make([]usage.ComputeRecord, 1, 2)
	m = usage.MessageOf(mine...)
	require.NoError(t, usage.Append(&m, job()))
	assert.Empty(t, mine[:2][1].Username, "what is appended does not land in the caller's slice")

	text, err := json.Marshal(usage.Message{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"UsageType":null,"Records":[]}`, string(text))
	require.NoError(t, json.Unmarshal(text, &m))
	assert.Equal(t, usage.Message{}, m)
}

func TestUnknownFieldsAreKeptAndSentAgain(t *testing.T) {
	t.Parallel()
	const text = `{"Charge":"1","StartTime":"2026-10-01T00:00:00Z","Approved":{"by":"x"},"UsageType":"Adjustment"}`
	var r usage.AdjustmentRecord
	require.NoError(t, json.Unmarshal([]byte(text), &r))
	assert.Equal(t, []usage.Field{{Name: "Approved", Value: json.RawMessage(`{"by":"x"}`)}}, r.Extra)
	again, err := json.Marshal(r)
	require.NoError(t, err)
	assert.Contains(t, string(again), `"Approved":{"by":"x"}`)
	assert.NotContains(t, string(again), "UsageType", "it stands beside the records")
}

func TestKeysAreComparable(t *testing.T) {
	t.Parallel()
	a, b := job(), job()
	b.SubmitTime = b.SubmitTime.In(time.FixedZone("", 3600))
	b.Charge = dec("0")
	assert.Equal(t, a.Key(), b.Key())
	assert.True(t, a.Key() == b.Key()) //nolint:testifylint // the operator is what is tested
	b.SubmitTime = b.SubmitTime.Add(1)
	assert.NotEqual(t, a.Key(), b.Key())
	assert.NotEqual(t, store().Key(), credit().Key())
	assert.Equal(t, "Compute res.example.access-ci.org job-1 2026-10-01T23:59:00Z", a.Key().String())
}
