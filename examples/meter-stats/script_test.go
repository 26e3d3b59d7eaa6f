package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gophermeter/gophermeter/examples/internal/exampletest"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestMain(m *testing.M) { exampletest.Main(m, "meter-stats", main) }

// TestScripts runs the program as a user does.
func TestScripts(t *testing.T) {
	exampletest.Scripts(t, "meter-stats", program.Run, func(_ *testscript.Env, cloud *fakecloud.Cloud) error {
		measure(cloud)
		return nil
	})
}

// measure adds what the believable month does not have: a door that is counted every hour while summer time begins
// in Europe, and a crowd of resources with awkward ids.
func measure(cloud *fakecloud.Cloud) {
	for at := time.Date(2026, 3, 27, 23, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 3, 30, 22, 0, 0, 0, time.UTC)); at = at.Add(time.Hour) {
		cloud.AddSamples(fakecloud.Sample{Meter: "door", Type: "delta", Unit: "person", Volume: 1, ResourceID: "front", Timestamp: at})
	}
	for n := range 12 {
		cloud.AddSamples(fakecloud.Sample{Meter: "crowd", Unit: "<s>", Volume: 1e7 * float64(n-1), ResourceID: fmt.Sprintf("<%02d>&\x1b\"", n),
			ProjectID: cloud.ProjectID("sandbox"), Timestamp: time.Date(2026, 8, 2, 3, 0, 0, 0, time.UTC)})
	}
}
