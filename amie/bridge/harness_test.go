package bridge_test

import (
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/usage"
)

// What testdata/config.json knows.
const (
	projectABC = "b3a1c3e0d7f94d1c8a52f6a0c9c2ad10" // with a PI
	projectXYZ = "7d0c2b7b5f1f4ef39a5d0ed9b1c6a001" // without
	projectOut = "aaaa0000000000000000000000000000" // excluded
	userAlice  = "0f4e8a4c9f3b4a6f8f0a77a0c0b55d21"
	userHeat   = "e5f00000000000000000000000000001" // no person
	cpu        = "cpu.cloud.example.access-ci.org"
	gpu        = "gpu.cloud.example.access-ci.org"
	lm         = "lm.cloud.example.access-ci.org"
	store      = "storage.cloud.example.access-ci.org"
	vm         = "00dc4615-d895-4d57-b3c6-7f2f72a4b5a0"
)

var day = time.Date(2026, time.September, 15, 0, 0, 0, 0, time.UTC)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// hour is a time of the day, or of one before or after it.
func hour(h float64) time.Time { return day.Add(time.Duration(h * float64(time.Hour))) }

func config(t testing.TB) bridge.Config {
	t.Helper()
	text, err := os.ReadFile("testdata/config.json")
	require.NoError(t, err)
	c, err := bridge.ReadConfig(text)
	require.NoError(t, err)
	return c
}

// slice is one of an active m3.quad of 4 vCPUs.
func slice(from, to float64, change ...func(*bridge.Slice)) bridge.Slice {
	s := bridge.Slice{Instance: vm, Name: "web", Project: projectABC, User: userAlice, Flavor: "m3.quad", State: "active",
		VCPUs: 4, From: hour(from), To: hour(to)}
	for _, f := range change {
		f(&s)
	}
	return s
}

func flavor(name string, vcpus int64) func(*bridge.Slice) {
	return func(s *bridge.Slice) { s.Flavor, s.VCPUs = name, vcpus }
}

func state(name string) func(*bridge.Slice) { return func(s *bridge.Slice) { s.State = name } }

func owned(project, user string) func(*bridge.Slice) {
	return func(s *bridge.Slice) { s.Project, s.User = project, user }
}

func instance(id string) func(*bridge.Slice) { return func(s *bridge.Slice) { s.Instance = id } }

// volume is one of 100 GiB on ssd.
func volume(from, to float64, change ...func(*bridge.Volume)) bridge.Volume {
	v := bridge.Volume{ID: "vol-1", Project: projectABC, User: userAlice, Metric: "volume.size", Type: "ssd",
		GiB: dec("100"), Price: dec("0.6"), From: hour(from), To: hour(to)}
	for _, f := range change {
		f(&v)
	}
	return v
}

func compute(t testing.TB, c bridge.Config, all ...bridge.Slice) bridge.ComputeDay {
	t.Helper()
	d, err := bridge.Compute(c, day, all)
	require.NoError(t, err)
	return d
}

func storage(t testing.TB, c bridge.Config, all ...bridge.Volume) bridge.StorageDay {
	t.Helper()
	d, err := bridge.Storage(c, day, all)
	require.NoError(t, err)
	return d
}

// charges are those of records by resource and LocalRecordID.
func charges(all []usage.ComputeRecord) map[string]string {
	out := map[string]string{}
	for _, r := range all {
		out[r.Resource+" "+r.LocalRecordID] = r.Charge.StringFixed(6)
	}
	return out
}

// reasons are the problems as text.
func reasons(p bridge.Problems) (out []string) {
	for _, one := range p {
		out = append(out, one.String())
	}
	return out
}
