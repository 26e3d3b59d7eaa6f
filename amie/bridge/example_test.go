package bridge_test

import (
	"fmt"
	"log"
	"time"

	"github.com/gophermeter/gophermeter/amie/bridge"
)

func ExampleCompute() {
	config, err := bridge.ReadConfig([]byte(`{
		"compute": [
			{"resource": "cpu.example.access-ci.org", "flavors": ["m3.*"], "rate": "1"},
			{"resource": "gpu.example.access-ci.org", "flavors": ["g3.*"], "rate": "2"}
		],
		"states": {"active": "1", "suspended": "0.75", "stopped": "0.5", "shelved_offloaded": "0"},
		"projects": {"b3a1c3e0": {"local_project_id": "TG-ABC123", "username": "pi_abc"}}
	}`))
	if err != nil {
		log.Fatal(err)
	}
	day := time.Date(2026, time.September, 15, 0, 0, 0, 0, time.UTC)
	result, err := bridge.Compute(config, day, []bridge.Slice{
		{Instance: "vm-17", Project: "b3a1c3e0", Flavor: "m3.quad", VCPUs: 4, State: "active", From: day.Add(-time.Hour), To: day.Add(6 * time.Hour)},
		{Instance: "vm-17", Project: "b3a1c3e0", Flavor: "m3.quad", VCPUs: 4, State: "stopped", From: day.Add(6 * time.Hour), To: day.Add(48 * time.Hour)},
		{Instance: "vm-18", Project: "b3a1c3e0", Flavor: "x1.huge", VCPUs: 96, State: "active", From: day, To: day.Add(time.Hour)},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range result.Records() {
		fmt.Println(r.LocalRecordID, r.Resource, r.Username, r.Charge)
	}
	for _, p := range result.Problems {
		fmt.Println(p)
	}
	// Output:
	// vm-17:2026-09-15 cpu.example.access-ci.org pi_abc 60
	// unmapped flavor "x1.huge" (1 instance, 96 vCPU-hours)
}
