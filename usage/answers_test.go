package usage_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/usage"
)

func TestResponseReadsBothKeys(t *testing.T) {
	t.Parallel()
	var r usage.Response
	require.NoError(t, json.Unmarshal([]byte(`{"FailedRecords":[{"UsageType":"Compute","LocalRecordID":"a","Error":"no"}],
		"Message":"1 records have been queued for loading.","ValidationFailedRecords":[{"UsageType":"Storage","LocalRecordID":5}]}`), &r))
	assert.Equal(t, "1 records have been queued for loading.", r.Message)
	require.Len(t, r.Failed, 2)
	assert.Equal(t, "a", r.Failed[0].LocalRecordID)
	assert.Equal(t, "no", r.Failed[0].Error)
	assert.Equal(t, "5", r.Failed[1].Storage.LocalRecordID)
	for _, text := range []string{`{"Message":"ok","ValidationFailedRecords":null}`, `{"ValidationFailedRecords":[]}`} {
		require.NoError(t, json.Unmarshal([]byte(text), &r), text)
		assert.Empty(t, r.Failed)
	}
	for _, text := range []string{`{}`, `{"error":"Invalid XA-SITE"}`, `[]`, `"ok"`, `{"Message":"ok"`, `{"FailedRecords":{}}`} {
		require.Error(t, json.Unmarshal([]byte(text), &r), text)
	}
}

// What is wrong with a failed record is what makes it fail, so whatever arrives is shown.
func TestFailedRecordShowsWhateverArrives(t *testing.T) {
	t.Parallel()
	const text = `{"FailedRecords":[
		{"FailedRecordID":101,"UsageType":"Compute","Error":"bad time","LocalRecordID":"a","Resource":"r","StartTime":"yesterday","Charge":"NaN","NodeCount":1},
		{"FailedRecordID":"102","UsageType":"Adjustment","Error":"bad type","AdjustmentType":null,"LocalRecordID":7},
		{"FailedRecordID":103,"Error":{"code":5},"CollectionTime":"2026-10-02","Attributes":[1]},
		{"Error":"what is this"},
		"junk", null, 7,
		{"FailedRecordID":1e99,"UsageType":"Fuel","Error":null},
		{"FailedRecordID":104,"UsageType":"compute","Error":"fine but unknown user","LocalRecordID":"b","New":true}
	]}`
	all, err := usage.ReadFailedRecords([]byte(text))
	require.NoError(t, err)
	require.Len(t, all, 9)

	a := all[0]
	assert.Equal(t, int64(101), a.ID)
	assert.Equal(t, "bad time", a.Error)
	assert.Equal(t, "a", a.Compute.LocalRecordID)
	require.ErrorContains(t, a.Problem, "StartTime")
	require.ErrorContains(t, a.Problem, "Charge")
	assert.Equal(t, usage.Key{Kind: usage.Compute, Resource: "r", LocalRecordID: "a"}, a.Key())
	assert.JSONEq(t, `{"FailedRecordID":101,"UsageType":"Compute","Error":"bad time","LocalRecordID":"a","Resource":"r","StartTime":"yesterday","Charge":"NaN","NodeCount":1}`, string(a.Raw))

	assert.Equal(t, int64(102), all[1].ID)
	assert.Equal(t, "7", all[1].Adjustment.LocalRecordID)
	require.NoError(t, all[1].Problem)

	assert.Equal(t, usage.Storage, all[2].Kind, "no other kind has a CollectionTime")
	assert.JSONEq(t, `{"code":5}`, all[2].Error)
	assert.Equal(t, at("2026-10-02T00:00:00Z"), all[2].Storage.CollectionTime)
	require.ErrorContains(t, all[2].Problem, "Attributes")

	for _, f := range all[3:7] {
		require.Error(t, f.Problem)
		assert.Nil(t, f.Compute)
	}
	assert.Equal(t, `"junk"`, string(all[4].Raw))
	assert.Equal(t, usage.Kind("Fuel"), all[7].Kind)
	assert.Zero(t, all[7].ID)

	last := all[8]
	require.NoError(t, last.Problem)
	assert.Equal(t, usage.Compute, last.Kind)
	assert.Equal(t, []usage.Field{{Name: "New", Value: json.RawMessage("true")}}, last.Compute.Extra,
		"Error, FailedRecordID and UsageType are not the record's")
	again, err := json.Marshal(last)
	require.NoError(t, err)
	assert.Equal(t, string(last.Raw), string(again))
}

func TestOneItemThatIsTooDeepHidesNoOther(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	all, err := usage.ReadFailedRecords([]byte(`{"FailedRecords":[{"x":` + deep + `},{"FailedRecordID":5,"Error":"e"}]}`))
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Error(t, all[0].Problem)
	assert.Equal(t, int64(5), all[1].ID)
}

func TestFailedRecordsNeedTheirList(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{}`, `[]`, `{"error":"x"}`, ``, `{"FailedRecords":[{}`} {
		_, err := usage.ReadFailedRecords([]byte(text))
		require.Error(t, err, text)
	}
	all, err := usage.ReadFailedRecords([]byte(`{"ValidationFailedRecords":[{"FailedRecordID":1}],"FailedRecords":[{"FailedRecordID":2}]}`))
	require.NoError(t, err)
	assert.Len(t, all, 2)
}

func TestStatusGroupsByError(t *testing.T) {
	t.Parallel()
	var s usage.Status
	require.NoError(t, json.Unmarshal([]byte(`[
		{"Resource":"a","LoadedRecordCount":3,"FailedJobCount":"2","TotalCharge":"7.123456789012345678901","Errors":[
			{"Error":"no allocation","UsageType":"Compute","Records":[{"LocalRecordID":"x"},{"UsageType":"Storage","LocalRecordID":"y"},9]},
			"odd", {"Error":"gone","Records":null}, {"Error":"bad list","Records":7}],"Since":1},
		{"Resource":"b","LoadedRecordCount":0,"FailedJobCount":0,"TotalCharge":0,"Errors":null}]`), &s))
	require.Len(t, s, 2)
	assert.Equal(t, int64(3), s[0].LoadedRecordCount)
	assert.Equal(t, int64(2), s[0].FailedJobCount)
	assert.Equal(t, "7.123456789012345678901", s[0].TotalCharge.String())
	require.Len(t, s[0].Errors, 4)
	group := s[0].Errors[0]
	assert.Equal(t, "no allocation", group.Error)
	require.Len(t, group.Records, 3)
	assert.Equal(t, "x", group.Records[0].Compute.LocalRecordID, "the kind stands in the group")
	assert.Equal(t, "no allocation", group.Records[0].Error)
	assert.Equal(t, "y", group.Records[1].Storage.LocalRecordID)
	assert.Equal(t, `"odd"`, s[0].Errors[1].Error)
	require.Len(t, s[0].Errors[3].Records, 1)
	require.Error(t, s[0].Errors[3].Records[0].Problem)
	assert.Equal(t, []usage.Field{{Name: "Since", Value: json.RawMessage("1")}}, s[0].Extra)
	for _, text := range []string{`{"Resource":"a"}`, `[{"TotalCharge":"many"}]`, `[{"LoadedRecordCount":1.5}]`, `[7]`, `[`} {
		require.Error(t, json.Unmarshal([]byte(text), &s), text)
	}
}

func TestLoadedRecords(t *testing.T) {
	t.Parallel()
	const one = `{"AccountingDbRecordID":9,"LocalRecordID":"a","Resource":"r","SubmitTime":"2026-10-01T23:59:00Z","LoadedTime":"2026-10-03T00:00:00+00:00","Charge":2.5}`
	for _, text := range []string{`[` + one + `]`, `{"LoadedRecords":[` + one + `]}`, `{"Total":1,"Records":[` + one + `]}`} {
		all, err := usage.ReadLoadedRecords([]byte(text), "")
		require.NoError(t, err, text)
		require.Len(t, all, 1)
		assert.Equal(t, "9", all[0].AccountingDBRecordID)
		assert.Equal(t, usage.Key{Kind: usage.Compute, Resource: "r", LocalRecordID: "a", Time: at("2026-10-01T23:59:00Z")}, all[0].Key())
		assert.Equal(t, "2.5", all[0].Charge.String())
	}
	_, err := usage.ReadLoadedRecords([]byte(`{"a":[],"b":[]}`), "")
	require.ErrorContains(t, err, "2 lists")
	all, err := usage.ReadLoadedRecords([]byte(`{"a":[],"b":[`+one+`]}`), "b")
	require.NoError(t, err)
	assert.Len(t, all, 1)
	_, err = usage.ReadLoadedRecords([]byte(`{}`), "b")
	require.Error(t, err)
	for _, name := range []string{"LocalRecordID", "Resource", "SubmitTime", "LoadedTime", "Charge"} {
		_, err = usage.ReadLoadedRecords([]byte(`[`+strings.Replace(one, `"`+name+`"`, `"Other"`, 1)+`]`), "")
		require.ErrorContains(t, err, "a loaded record has no "+name)
	}
	_, err = usage.ReadLoadedRecords([]byte(`[`+strings.TrimSuffix(one, `2.5}`)+`null}`+`]`), "")
	require.ErrorContains(t, err, "has no Charge")
}
