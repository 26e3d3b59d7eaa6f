package usage_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter/usage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// at reads a time of the tests.
func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// job is compute-minimal, as amieclient was given it.
func job() usage.ComputeRecord {
	return usage.ComputeRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "job-1", Resource: "res.example.access-ci.org",
		SubmitTime: at("2026-10-01T23:59:00Z"), StartTime: at("2026-10-02T00:00:00Z"), EndTime: at("2026-10-02T01:00:00Z"),
		Charge: dec("2.5"), NodeCount: 1,
	}
}

func store() usage.StorageRecord {
	return usage.StorageRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "st-1", Resource: "store.example.access-ci.org",
		CollectionTime: at("2026-10-02T00:00:00Z"), Charge: dec("12.5"), BytesStored: new(int64(12500000000)),
	}
}

func credit() usage.AdjustmentRecord {
	return usage.AdjustmentRecord{
		AdjustmentType: usage.Credit, Charge: dec("5.0"), StartTime: at("2026-10-01T00:00:00Z"), LocalProjectID: "p.abc",
		LocalRecordID: "adj-1", Resource: "res.example.access-ci.org", Username: "alice",
	}
}

// bodies are the messages that amieclient was recorded to send, by the name of the recording.
func bodies(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/recorded/*.json")
	require.NoError(t, err)
	require.Len(t, files, 24)
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var recording struct {
			Requests []struct {
				Method string
				Body   string `json:"body_raw"`
			}
		}
		require.NoError(t, json.Unmarshal(text, &recording))
		for _, r := range recording.Requests {
			if r.Method == "POST" {
				all[strings.TrimSuffix(filepath.Base(file), ".json")] = r.Body
			}
		}
	}
	return all
}
