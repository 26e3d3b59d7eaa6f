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
