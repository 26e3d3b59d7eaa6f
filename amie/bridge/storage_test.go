package bridge_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/usage"
)

func TestStorageRecordOfADay(t *testing.T) {
	t.Parallel()
	d := storage(t, config(t), volume(-10, 50))
	require.Len(t, d.Lines, 1)
	bytes, interval := int64(107374182400), int64(1)
	assert.Equal(t, usage.StorageRecord{
		Username: "alice", LocalProjectID: "TG-ABC123", Resource: store,
		LocalRecordID:  usage.RecordID("storage", "SSD", projectABC, userAlice, "2026-09-15"),
		CollectionTime: hour(24), Charge: dec("214.748365"), BytesStored: &bytes, CollectionInterval: &interval, MediaType: "SSD",
		LocalReference: "amie-report",
	}, d.Lines[0].Record)
	require.NoError(t, d.Lines[0].Record.Validate(usage.Rules{}))
	assert.Equal(t, "8640000", d.Reported.String(), "100 GiB for 86400 s")
}

// Worked out by hand.
func TestStorageCharges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		basis   bridge.Basis
		rate    string
		volumes []bridge.Volume
		charge  string
		bytes   int64
	}{
		"GB":             {bridge.ByGB, "1", []bridge.Volume{volume(0, 24)}, "107.374182", 100 << 30},
		"GiB":            {bridge.ByGiB, "1", []bridge.Volume{volume(0, 24)}, "100.000000", 100 << 30},
		"a quarter":      {bridge.ByGiB, "1", []bridge.Volume{volume(18, 48)}, "25.000000", 25 << 30},
		"several":        {bridge.ByGiB, "0.5", []bridge.Volume{volume(0, 12), other(volume(0, 24)), volume(12, 24)}, "100.000000", 200 << 30},
		"rounded once":   {bridge.ByGiB, "0.0000004", []bridge.Volume{volume(0, 1), volume(1, 2), volume(2, 3)}, "0.000005", 12.5 * (1 << 30)},
		"price":          {bridge.ByPrice, "1", []bridge.Volume{volume(0, 24), other(volume(3, 4))}, "1.200000", 100<<30 + 4473924267},
		"price, in part": {bridge.ByPrice, "10", []bridge.Volume{volume(-5, 1)}, "1.000000", 4473924267},
		"free":           {bridge.ByPrice, "1", []bridge.Volume{free(volume(0, 24))}, "0.000000", 100 << 30},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := config(t)
			config.Storage[0].Charge, config.Storage[0].Rate = c.basis, dec(c.rate)
			d := storage(t, config, c.volumes...)
			require.NoError(t, d.Problems.Err())
			require.Len(t, d.Lines, 1)
			assert.Equal(t, c.charge, d.Lines[0].Record.Charge.StringFixed(6))
			assert.Equal(t, c.bytes, *d.Lines[0].Record.BytesStored)
		})
	}
}

func other(v bridge.Volume) bridge.Volume {
	v.ID = "vol-2"
	return v
}

func free(v bridge.Volume) bridge.Volume {
	v.Price = dec("0")
	return v
}

func TestStorageIsToldApart(t *testing.T) {
	t.Parallel()
	hdd := other(volume(0, 24))
	hdd.Type = "hdd"
	nvme := volume(0, 24)
	nvme.ID, nvme.Type = "vol-3", "nvme"
	pi := other(volume(0, 24))
	pi.ID, pi.User = "vol-4", ""
	out := volume(0, 24)
	out.ID, out.Project = "vol-5", projectOut
	d := storage(t, config(t), volume(0, 24), hdd, nvme, pi, out)
	require.NoError(t, d.Problems.Err())
	got := map[[2]string]string{}
	for _, l := range d.Lines {
		got[[2]string{l.Record.Username, l.Record.MediaType}] = l.Record.Charge.StringFixed(3)
		assert.Equal(t, l.Record.Username == "pi_abc", l.ForProject)
	}
	assert.Equal(t, map[[2]string]string{{"alice", "SSD"}: "429.497", {"alice", "Disk"}: "107.374", {"pi_abc", "SSD"}: "214.748"}, got)
	assert.Equal(t, "8640000", d.Excluded.String())
	assert.Equal(t, "43200000", d.Total.String())
}

func TestStorageProblems(t *testing.T) {
	t.Parallel()
	with := func(f func(*bridge.Volume)) bridge.Volume {
		v := volume(0, 24)
		f(&v)
		return v
	}
	for name, c := range map[string]struct {
		volumes []bridge.Volume
		want    []string
	}{
		"type":       {[]bridge.Volume{with(func(v *bridge.Volume) { v.Type = "tape" })}, []string{`unmapped volume "volume.size tape" (1 volume, 2400 GiB-hours)`}},
		"metric":     {[]bridge.Volume{with(func(v *bridge.Volume) { v.Metric = "image.size" })}, []string{`unmapped volume "image.size ssd" (1 volume, 2400 GiB-hours)`}},
		"project":    {[]bridge.Volume{with(func(v *bridge.Volume) { v.Project = "f00" })}, []string{`unmapped project "f00" (1 volume, 2400 GiB-hours)`}},
		"all of it":  {[]bridge.Volume{other(volume(0, 1)), with(func(v *bridge.Volume) { v.Type = "tape" })}, []string{`unmapped volume "volume.size tape" (2 volumes, 2500 GiB-hours)`}},
		"overlap":    {[]bridge.Volume{volume(0, 2), volume(1, 3)}, []string{`overlap "vol-1": at 2026-09-15T01:00:00Z (1 volume, 400 GiB-hours)`}},
		"no length":  {[]bridge.Volume{volume(2, 2)}, []string{`malformed "vol-1": it has no length (1 volume)`}},
		"no id":      {[]bridge.Volume{with(func(v *bridge.Volume) { v.ID = "" })}, []string{`malformed "": there is no volume id (1 volume)`}},
		"no from":    {[]bridge.Volume{with(func(v *bridge.Volume) { v.From = time.Time{} })}, []string{`malformed "vol-1": there is no From (1 volume)`}},
		"negative":   {[]bridge.Volume{with(func(v *bridge.Volume) { v.GiB = dec("-1") })}, []string{`malformed "vol-1": the size is negative, or has too many digits (1 volume)`}},
		"rebate":     {[]bridge.Volume{with(func(v *bridge.Volume) { v.Price = dec("-1") })}, []string{`malformed "vol-1": the price is negative, or has too many digits (1 volume)`}},
		"absurd":     {[]bridge.Volume{with(func(v *bridge.Volume) { v.GiB = decimal.New(1, 999999999) })}, []string{`malformed "vol-1": the size is negative, or has too many digits (1 volume)`}},
		"too much":   {[]bridge.Volume{with(func(v *bridge.Volume) { v.GiB = dec("1e10") })}, []string{`refused "` + projectABC + `": more bytes than can be said: 10737418240000000000 (1 volume, 240000000000 GiB-hours)`}},
		"not to-day": {[]bridge.Volume{volume(-3, 0), volume(24, 25)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := storage(t, config(t), c.volumes...)
			assert.Equal(t, c.want, reasons(d.Problems))
			assert.Empty(t, d.Lines)
		})
	}
	inside, later := volume(1, 2), volume(5, 6, func(v *bridge.Volume) { v.User = "" })
	assert.Equal(t, []string{`overlap "vol-1": at 2026-09-15T01:00:00Z (1 volume, 1000 GiB-hours)`, `overlap "vol-1": at 2026-09-15T05:00:00Z (1 volume, 100 GiB-hours)`},
		reasons(storage(t, config(t), volume(0, 9), inside, later).Problems), "of two owners")
	config := config(t)
	config.Storage[0].Metrics = []string{"volume.*"}
	assert.Empty(t, storage(t, config, volume(0, 9), volume(0, 9, func(v *bridge.Volume) { v.Metric = "volume.backup" })).Problems, "two metrics")
	config.Storage[1].Types = nil
	assert.Equal(t, []string{`ambiguous volume "volume.size ssd": ` + store + ", " + store + ` (1 volume, 2400 GiB-hours)`},
		reasons(storage(t, config, volume(0, 24)).Problems))
}
