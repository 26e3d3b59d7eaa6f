package bridge_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

func TestRecordOfADay(t *testing.T) {
	t.Parallel()
	d := compute(t, config(t), slice(-100, 40))
	assert.Empty(t, d.Problems)
	require.Len(t, d.Lines, 1)
	assert.Equal(t, usage.ComputeRecord{
		Username: "alice", LocalProjectID: "TG-ABC123", LocalRecordID: vm + ":2026-09-15", Resource: cpu,
		SubmitTime: day, StartTime: day, EndTime: hour(24), Charge: dec("96.000000"), NodeCount: 1, CPUCoreCount: 4,
		Queue: "m3.quad", ParentRecordID: vm, LocalReference: "amie-report",
	}, d.Lines[0].Record)
	require.NoError(t, d.Lines[0].Record.Validate(usage.Rules{}))
	assert.Equal(t, "345600", d.Reported.String(), "24 hours of 4 vCPUs")
	assert.Equal(t, d.Total.String(), d.Reported.String())
	assert.False(t, d.Lines[0].ForProject)
}

// Worked out by hand: vCPUs x hours x rate x factor.
func TestCharges(t *testing.T) {
	t.Parallel()
	id := " " + vm + ":2026-09-15"
	for name, c := range map[string]struct {
		slices []bridge.Slice
		want   map[string]string
	}{
		"clipped":    {[]bridge.Slice{slice(-5, 1.5), slice(23, 30)}, map[string]string{cpu + id: "10.000000"}},
		"states":     {[]bridge.Slice{slice(0, 1), slice(1, 3, state("suspended")), slice(3, 4, state("stopped"))}, map[string]string{cpu + id: "12.000000"}},
		"shelved":    {[]bridge.Slice{slice(0, 24, state("shelved_offloaded"))}, map[string]string{cpu + id: "0.000000"}},
		"resize":     {[]bridge.Slice{slice(0, 6), slice(6, 24, flavor("m3.large", 16))}, map[string]string{cpu + id: "312.000000"}},
		"new family": {[]bridge.Slice{slice(0, 6), slice(6, 7, flavor("g3.small", 8))}, map[string]string{cpu + id: "24.000000", gpu + id: "16.000000"}},
		"there and back": {[]bridge.Slice{slice(0, 1), slice(1, 2, flavor("r3.large", 64)), slice(2, 3)},
			map[string]string{cpu + id: "8.000000", lm + id: "160.000000"}},
		"other day": {[]bridge.Slice{slice(-24, 0), slice(24, 48)}, map[string]string{}},
		"empty":     {[]bridge.Slice{slice(5, 5)}, map[string]string{}},
		// 4 vCPUs for a second are 4/3600 = 0.0011111..., three of them 0.0033333..., and not 3 x 0.001111.
		"rounded once":   {[]bridge.Slice{seconds(0, 1), seconds(1, 2), seconds(2, 3)}, map[string]string{cpu + id: "0.003333"}},
		"rounded up":     {[]bridge.Slice{seconds(0, 5)}, map[string]string{cpu + id: "0.005556"}},
		"half, from 0":   {[]bridge.Slice{tiny(450 * time.Microsecond)}, map[string]string{cpu + id: "0.000001"}},
		"less than half": {[]bridge.Slice{tiny(449 * time.Microsecond)}, map[string]string{cpu + id: "0.000000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := compute(t, config(t), c.slices...)
			assert.Empty(t, reasons(d.Problems))
			assert.Equal(t, c.want, charges(d.Records()))
		})
	}
}

func seconds(from, to int) bridge.Slice {
	s := slice(0, 0)
	s.From, s.To = day.Add(time.Duration(from)*time.Second), day.Add(time.Duration(to)*time.Second)
	return s
}

func tiny(d time.Duration) bridge.Slice {
	s := slice(0, 0)
	s.To = day.Add(d)
	return s
}

func TestRecordSpansTheDay(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.JobNames = true
	later := slice(20, 22, flavor("m3.large", 16))
	later.Name = "renamed"
	r := compute(t, c, later, slice(2, 4)).Lines[0].Record
	assert.Equal(t, day, r.SubmitTime)
	assert.Equal(t, hour(2), r.StartTime)
	assert.Equal(t, hour(22), r.EndTime)
	assert.Equal(t, "m3.large", r.Queue)
	assert.EqualValues(t, 16, r.CPUCoreCount)
	assert.Equal(t, "renamed", r.JobName)
	zone := slice(2, 4)
	zone.From, zone.To = zone.From.In(time.FixedZone("", 3600)), zone.To.In(time.FixedZone("", -3600))
	assert.Equal(t, compute(t, c, slice(2, 4)).Records(), compute(t, c, zone).Records())
}

func TestWhoIsCharged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		project, user, username string
		stands                  bool
	}{
		{projectABC, userAlice, "alice", false},
		{projectABC, "", "pi_abc", true},
		{projectABC, userHeat, "pi_abc", true},
		{projectXYZ, userAlice, "alice", false},
	} {
		d := compute(t, config(t), slice(0, 1, owned(c.project, c.user)))
		require.Len(t, d.Lines, 1, "%+v: %v", c, d.Problems)
		assert.Equal(t, c.username, d.Lines[0].Record.Username)
		assert.Equal(t, c.stands, d.Lines[0].ForProject)
		assert.Equal(t, [2]string{c.project, c.user}, [2]string{d.Lines[0].Project, d.Lines[0].User})
	}
	d := compute(t, config(t), slice(0, 1, owned(projectABC, "")), slice(1, 2))
	assert.Equal(t, "alice", d.Lines[0].Record.Username, "known from another slice")
}

func TestProblems(t *testing.T) {
	t.Parallel()
	one := func(s ...bridge.Slice) []bridge.Slice { return s }
	for name, c := range map[string]struct {
		slices []bridge.Slice
		want   []string
	}{
		"project":          {one(slice(0, 1, owned("f00", ""))), []string{`unmapped project "f00" (1 instance, 4 vCPU-hours)`}},
		"user":             {one(slice(0, 1, owned(projectABC, "u"))), []string{`unmapped user "u" (1 instance, 4 vCPU-hours)`}},
		"no username":      {one(slice(0, 1, owned(projectXYZ, ""))), []string{`no username "` + projectXYZ + `" (1 instance, 4 vCPU-hours)`}},
		"service's":        {one(slice(0, 1, owned(projectXYZ, userHeat))), []string{`no username "` + projectXYZ + `" (1 instance, 4 vCPU-hours)`}},
		"flavor":           {one(slice(0, 1, flavor("x1", 2))), []string{`unmapped flavor "x1" (1 instance, 2 vCPU-hours)`}},
		"state":            {one(slice(0, 1, state("paused"))), []string{`unmapped state "paused" (1 instance, 4 vCPU-hours)`}},
		"all of it":        {one(slice(0, 6), slice(6, 7, flavor("x1", 2))), []string{`unmapped flavor "x1" (1 instance, 26 vCPU-hours)`}},
		"several, counted": {one(slice(0, 1, state("paused"), flavor("x1", 3))), []string{`unmapped flavor "x1" (1 instance, 3 vCPU-hours)`, `unmapped state "paused" (1 instance)`}},
		"several instances": {one(slice(0, 1, flavor("x1", 2)), slice(5, 6, flavor("x1", 2), instance("b")), slice(7, 8, flavor("x1", 2))),
			[]string{`unmapped flavor "x1" (2 instances, 6 vCPU-hours)`}},
		"overlap":      {one(slice(0, 2), slice(1, 3), slice(2, 4)), []string{`overlap "` + vm + `": at 2026-09-15T01:00:00Z (1 instance, 24 vCPU-hours)`}},
		"inside":       {one(slice(0, 9), slice(1, 2), slice(5, 6)), []string{`overlap "` + vm + `": at 2026-09-15T01:00:00Z (1 instance, 44 vCPU-hours)`}},
		"two projects": {one(slice(0, 1), slice(1, 2, owned(projectXYZ, userAlice))), []string{`two owners "` + vm + `": projects ` + projectXYZ + ` and ` + projectABC + ` (1 instance, 8 vCPU-hours)`}},
		"two users":    {one(slice(0, 1), slice(1, 2, owned(projectABC, userHeat))), []string{`two owners "` + vm + `": users ` + userAlice + ` and ` + userHeat + ` (1 instance, 8 vCPU-hours)`}},
		"backwards":    {one(slice(2, 1)), []string{`malformed "` + vm + `": it ends before it begins (1 instance)`}},
		"no vCPU":      {one(slice(2, 3, flavor("m3.quad", 0))), []string{`malformed "` + vm + `": there are no vCPUs (1 instance)`}},
		"no id":        {one(slice(2, 3, instance(""))), []string{`malformed "": there is no instance id (1 instance, 4 vCPU-hours)`}},
		"no from":      {one(bridge.Slice{Instance: vm, Project: projectABC, Flavor: "m3.quad", State: "active", VCPUs: 1, To: hour(2)}), []string{`malformed "` + vm + `": there is no From (1 instance, 2 vCPU-hours)`}},
		"refused":      {one(slice(0, 1, flavor("m3.\x07", 1))), []string{`refused "` + vm + `": Attributes.Queue has a control character: "m3.\a" (1 instance, 1 vCPU-hours)`}},
		"not this day": {one(slice(-3, 0, flavor("x1", 0)), slice(24, 25, owned("f00", ""))), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := compute(t, config(t), c.slices...)
			assert.Equal(t, c.want, reasons(d.Problems))
			assert.Empty(t, d.Lines)
			if c.want == nil {
				require.NoError(t, d.Problems.Err())
				return
			}
			require.ErrorIs(t, d.Problems.Err(), errs.ErrInvalidArgument)
			var unmapped *bridge.UnmappedError
			require.ErrorAs(t, d.Problems.Err(), &unmapped)
			assert.Equal(t, d.Problems, unmapped.Problems)
		})
	}
}

// A problem of one instance is none of another.
func TestTheRestIsMapped(t *testing.T) {
	t.Parallel()
	d := compute(t, config(t), slice(0, 1, instance("b")), slice(0, 1, flavor("x1", 2)), slice(0, 3, instance("c"), owned(projectOut, "")))
	assert.Equal(t, map[string]string{cpu + " b:2026-09-15": "4.000000"}, charges(d.Records()))
	assert.Len(t, d.Problems, 1)
	assert.Equal(t, []string{vm}, d.Problems[0].IDs)
	assert.Equal(t, 1, d.ExcludedInstances)
	assert.Equal(t, []string{"64800", "14400", "43200", "7200"},
		[]string{d.Total.String(), d.Reported.String(), d.Excluded.String(), d.Problems[0].VCPUSeconds.String()})
}

func TestAnyOtherStateAndTwoFamilies(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.States = map[string]decimal.Decimal{"*": dec("0.25"), "active": dec("1")}
	assert.Equal(t, "1.000000", compute(t, c, slice(0, 1, state("paused"))).Lines[0].Record.Charge.StringFixed(6))
	c.Compute = append(c.Compute, bridge.ComputeResource{Resource: gpu, Flavors: []string{"*.quad"}, Rate: dec("1")})
	assert.Equal(t, []string{`ambiguous flavor "m3.quad": ` + cpu + ", " + gpu + ` (1 instance, 4 vCPU-hours)`},
		reasons(compute(t, c, slice(0, 1)).Problems))
}

func TestLongListsOfProblemsAreCut(t *testing.T) {
	t.Parallel()
	var all []bridge.Slice
	for n := range 12 {
		all = append(all, slice(0, 1, flavor(string(rune('A'+n)), 1), instance(string(rune('a'+n)))))
	}
	err := compute(t, config(t), all...).Problems.Err()
	assert.ErrorContains(t, err, `unmapped flavor "J" (1 instance, 1 vCPU-hours); and 2 more`)
	assert.NotContains(t, err.Error(), `"K"`)
}

func TestDayIsRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []time.Time{{}, hour(1), day.In(time.FixedZone("", 3600)).Add(-time.Hour), day.Add(1)} {
		_, err := bridge.Compute(config(t), bad, nil)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		assert.ErrorContains(t, err, "day: ")
		_, err = bridge.Storage(config(t), bad, nil)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	d, err := bridge.Compute(config(t), day.In(time.FixedZone("", 3600)), []bridge.Slice{slice(0, 1)})
	require.NoError(t, err)
	assert.Equal(t, time.UTC, d.Lines[0].Record.SubmitTime.Location())
	_, err = bridge.Compute(bridge.Config{}, day, nil)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = bridge.Storage(bridge.Config{}, day, nil)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}
