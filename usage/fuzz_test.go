package usage_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/gophermeter/gophermeter/usage"
)

// A message that can be read can be written, and is read as the same.
func FuzzMessage(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var m, again usage.Message
		if json.Unmarshal(text, &m) != nil {
			return
		}
		out, err := json.Marshal(m)
		if err != nil {
			return // a charge, time or name that may be read but not sent
		}
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		second, err := json.Marshal(again)
		if err != nil || !bytes.Equal(second, out) {
			t.Fatalf("%v\n%s\n%s", err, out, second)
		}
		if m.Len() != again.Len() || m.Len() > 0 && m.Kind() != again.Kind() {
			t.Fatalf("%d %s, then %d %s", m.Len(), m.Kind(), again.Len(), again.Kind())
		}
	})
}

// Whatever JSON comes as an answer, reading it does not panic, and no item of a list is lost.
func FuzzAnswers(f *testing.F) {
	for _, text := range []string{
		`{"Message":"1 records have been queued for loading.","ValidationFailedRecords":[{"UsageType":"Compute","Error":"e","ParentRecordID":[null]}]}`,
		`{"FailedRecords":[{"FailedRecordID":1,"UsageType":"Storage","CollectionTime":null},7,"x"]}`,
		`[{"Resource":"a","LoadedRecordCount":1,"FailedJobCount":0,"TotalCharge":"1.5","Errors":[{"Error":"e","Records":[{}]}]}]`,
		`[{"AccountingDbRecordID":9,"LocalRecordID":"a","Resource":"r","SubmitTime":"2026-10-01T23:59:00Z","Charge":2.5}]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var plain struct{ FailedRecords []json.RawMessage }
		failed, err := usage.ReadFailedRecords(text)
		if err == nil && json.Unmarshal(text, &plain) == nil && len(failed) < len(plain.FailedRecords) && noDuplicates(text) {
			t.Fatalf("%d of %d failures", len(failed), len(plain.FailedRecords))
		}
		for _, f := range failed {
			_ = f.Key().String()
		}
		var r usage.Response
		_ = json.Unmarshal(text, &r)
		var s usage.Status
		if json.Unmarshal(text, &s) == nil && reflect.ValueOf(s).IsNil() && string(text) != "null" {
			t.Fatal("a status is never nil")
		}
		_, _ = usage.ReadLoadedRecords(text, "")
		var c usage.ComputeRecord
		_ = json.Unmarshal(text, &c)
	})
}

// noDuplicates tells that the standard library, which matches names in any case, saw the same list.
func noDuplicates(text []byte) bool {
	var all map[string]json.RawMessage
	return json.Unmarshal(text, &all) == nil && len(all) == 1
}
