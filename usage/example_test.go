package usage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

func ExampleMessageOf() {
	submitted := time.Date(2026, time.September, 1, 8, 0, 0, 0, time.UTC)
	message := usage.MessageOf(usage.ComputeRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "job-17", Resource: "res.example.access-ci.org",
		SubmitTime: submitted, StartTime: submitted.Add(time.Minute), EndTime: submitted.Add(2 * time.Hour),
		Charge: decimal.RequireFromString("2.500000"), NodeCount: 1,
	})
	text, err := json.MarshalIndent(message, "", "  ")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output:
	// {
	//   "UsageType": "Compute",
	//   "Records": [
	//     {
	//       "Username": "alice",
	//       "LocalProjectID": "p.abc",
	//       "LocalRecordID": "job-17",
	//       "Resource": "res.example.access-ci.org",
	//       "SubmitTime": "2026-09-01T08:00:00Z",
	//       "StartTime": "2026-09-01T08:01:00Z",
	//       "EndTime": "2026-09-01T10:00:00Z",
	//       "Charge": "2.500000",
	//       "Attributes": {
	//         "NodeCount": 1
	//       }
	//     }
	//   ]
	// }
}

func ExampleMessage_Validate() {
	record := usage.AdjustmentRecord{
		AdjustmentType: "gift", Charge: decimal.NewFromInt(-5), StartTime: time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC),
		LocalProjectID: "p.abc", LocalRecordID: "adj-1", Resource: "res.example.access-ci.org", Username: "alice",
	}
	err := usage.MessageOf(record).Validate(usage.Rules{})
	var problems usage.FieldErrors
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Println(p.Index, p.Field)
		}
	}
	// Output:
	// 0 AdjustmentType
	// 0 Charge
}

// A program that is started again must come up with the same id: it follows from the usage, here of a server on a day.
func ExampleRecordID() {
	fmt.Println(usage.RecordID("b1946ac9", "2026-09-03"))
	// Output: b1946ac9:2026-09-03
}

// What the service could not load, whatever is in it.
func ExampleReadFailedRecords() {
	failed, err := usage.ReadFailedRecords([]byte(`{"FailedRecords": [
		{"FailedRecordID": 7, "UsageType": "Compute", "Error": "no such user", "LocalRecordID": "job-17", "Charge": "2.500000"}
	]}`))
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range failed {
		fmt.Println(f.ID, f.Kind, f.LocalRecordID, f.Error, f.Compute.Charge)
	}
	// Output: 7 Compute job-17 no such user 2.5
}

// A message has records of one kind.
func ExampleAppend() {
	collected := time.Date(2026, time.September, 3, 0, 0, 0, 0, time.UTC)
	message := usage.MessageOf(usage.StorageRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "alice:2026-09-03", Resource: "store.example.access-ci.org",
		CollectionTime: collected, Charge: decimal.RequireFromString("12.5"), BytesStored: new(int64(12_500_000_000)),
	})
	err := usage.Append(&message, usage.AdjustmentRecord{AdjustmentType: usage.Credit})
	fmt.Println(message.Kind(), message.Len(), err)
	// Output: Storage 1 invalid argument: records: a Storage message takes no Adjustment records
}
