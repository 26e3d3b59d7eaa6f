package bridge_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/usage"
)

// ids are the LocalRecordIDs of records.
func ids(all []usage.ComputeRecord) (out []string) {
	for _, r := range all {
		out = append(out, r.LocalRecordID)
	}
	return out
}

func TestNothingToCorrect(t *testing.T) {
	t.Parallel()
	d := compute(t, config(t), slice(0, 24), slice(0, 3, instance("b"), state("shelved")))
	c := d.Correct(nil, bridge.TakeVanished)
	assert.Equal(t, d.Records(), c.Send)
	assert.Equal(t, 2, c.New)
	c = d.Correct(d.Records(), bridge.TakeVanished)
	assert.Equal(t, bridge.Correction[usage.ComputeRecord]{Unchanged: 2}, c)
}

// A server that is of another family now is charged there, and no more where it was.
func TestMovedResource(t *testing.T) {
	t.Parallel()
	before := compute(t, config(t), slice(0, 24)).Records()
	now := compute(t, config(t), slice(0, 24, flavor("g3.small", 4)))
	c := now.Correct(before, bridge.TakeMoved)
	id := " " + vm + ":2026-09-15"
	assert.Equal(t, map[string]string{gpu + id: "192.000000", cpu + id: "0.000000"}, charges(c.Send))
	assert.Equal(t, [3]int{1, 0, 1}, [3]int{c.New, c.Changed, c.TakenBack})
	zero := c.Send[1]
	zero.Charge = before[0].Charge
	assert.Equal(t, before[0], zero, "but for the charge it is the record that was sent")
	require.NoError(t, usage.MessageOf(c.Send...).Validate(usage.Rules{}))

	again := now.Correct(append(c.Send, now.Records()...), bridge.TakeMoved)
	assert.Equal(t, bridge.Correction[usage.ComputeRecord]{Unchanged: 1}, again, "what was taken back stays so")
	back := compute(t, config(t), slice(0, 24)).Correct(c.Send, bridge.TakeMoved)
	assert.Equal(t, map[string]string{gpu + id: "0.000000", cpu + id: "96.000000"}, charges(back.Send))
	assert.Equal(t, [3]int{0, 1, 1}, [3]int{back.New, back.Changed, back.TakenBack})

	c = now.Correct(before, bridge.TakeNothing)
	assert.Equal(t, map[string]string{gpu + id: "192.000000"}, charges(c.Send))
	assert.Equal(t, before, c.Vanished)
}

// Nova forgets instances; their charges stand until a person says otherwise.
func TestVanishedInstances(t *testing.T) {
	t.Parallel()
	before := compute(t, config(t), slice(0, 24), slice(0, 1, instance("gone")), slice(0, 1, instance("out")),
		slice(0, 1, instance("bad")), slice(0, 9, instance("free"), state("shelved"))).Records()
	now := compute(t, config(t), slice(0, 12), slice(0, 1, instance("out"), owned(projectOut, "")), slice(0, 1, instance("bad"), flavor("x1", 2)))
	for _, back := range []bridge.TakeBack{bridge.TakeNothing, bridge.TakeMoved, ""} {
		c := now.Correct(before, back)
		assert.Equal(t, map[string]string{cpu + " " + vm + ":2026-09-15": "48.000000"}, charges(c.Send))
		assert.Equal(t, 1, c.Changed)
		assert.Equal(t, []string{"gone:2026-09-15", "out:2026-09-15"}, ids(c.Vanished))
		assert.Equal(t, []string{"bad:2026-09-15"}, ids(c.Doubtful))
	}
	c := now.Correct(before, bridge.TakeVanished)
	assert.Equal(t, map[string]string{cpu + " " + vm + ":2026-09-15": "48.000000", cpu + " gone:2026-09-15": "0.000000", cpu + " out:2026-09-15": "0.000000"}, charges(c.Send))
	assert.Equal(t, 2, c.TakenBack)
	assert.Empty(t, c.Vanished)
	assert.Equal(t, []string{"bad:2026-09-15"}, ids(c.Doubtful))
}

// What is not of this day, or not of the bridge, is none of its business.
func TestForeignRecordsAreLeftAlone(t *testing.T) {
	t.Parallel()
	yesterday, err := bridge.Compute(config(t), day.AddDate(0, 0, -1), []bridge.Slice{slice(-24, 0)})
	require.NoError(t, err)
	job := compute(t, config(t), slice(0, 1)).Records()[0]
	job.LocalRecordID = "slurm-17"
	orphan, launched := compute(t, config(t), slice(0, 1)).Records()[0], compute(t, config(t), slice(0, 1)).Records()[0]
	orphan.ParentRecordID = ""
	launched.SubmitTime = hour(-7)
	c := compute(t, config(t)).Correct(append(yesterday.Records(), job, orphan, launched), bridge.TakeVanished)
	assert.Equal(t, bridge.Correction[usage.ComputeRecord]{}, c)
}

func TestCorrectedStorage(t *testing.T) {
	t.Parallel()
	pi, unknown := other(volume(0, 24)), volume(0, 24)
	pi.User = ""
	unknown.ID, unknown.Project = "vol-3", projectXYZ
	before := storage(t, config(t), volume(0, 24), pi, unknown).Records()
	require.Len(t, before, 3)
	assert.Equal(t, bridge.Correction[usage.StorageRecord]{Unchanged: 3}, storage(t, config(t), volume(0, 24), pi, unknown).Correct(before, bridge.TakeMoved))

	moved := volume(0, 24)
	moved.Type = "hdd"
	pi.GiB = dec("50")
	unknown.Type = "tape"
	now := storage(t, config(t), moved, pi, unknown)
	c := now.Correct(before, bridge.TakeMoved)
	require.Len(t, c.Send, 3)
	assert.Equal(t, [3]int{1, 1, 1}, [3]int{c.New, c.Changed, c.TakenBack})
	zero := c.Send[2]
	assert.Equal(t, [2]string{"alice", "SSD"}, [2]string{zero.Username, zero.MediaType})
	assert.Equal(t, "0.000000", zero.Charge.StringFixed(6))
	assert.Zero(t, *zero.BytesStored)
	require.Len(t, c.Doubtful, 1)
	assert.Equal(t, "TG-XYZ789", c.Doubtful[0].LocalProjectID)

	empty := storage(t, config(t))
	for _, back := range []bridge.TakeBack{bridge.TakeNothing, bridge.TakeMoved, bridge.TakeVanished} {
		c := empty.Correct(before, back)
		assert.Empty(t, c.Send, "whose they are is not known")
		assert.Len(t, c.Vanished, 3)
	}
	old := before[0]
	old.CollectionTime = hour(23)
	assert.Equal(t, bridge.Correction[usage.StorageRecord]{}, empty.Correct([]usage.StorageRecord{old}, bridge.TakeVanished))
	out := volume(0, 24)
	outConfig := config(t)
	delete(outConfig.Projects, projectABC)
	outConfig.ExcludedProjects = []string{projectABC}
	assert.Len(t, storage(t, outConfig, out).Correct(before[:1], bridge.TakeMoved).Vanished, 1)
}

// A record is found again by what it was sent with, though the medium or the user is called otherwise now: else what
// was stored would be charged twice.
func TestRenamedMediumAndLateUser(t *testing.T) {
	t.Parallel()
	before := storage(t, config(t), volume(0, 24)).Records()
	renamed := config(t)
	renamed.Storage[0].MediaType = "Flash"
	c := storage(t, renamed, volume(0, 24)).Correct(before, bridge.TakeMoved)
	require.Len(t, c.Send, 2)
	assert.Equal(t, [3]int{1, 0, 1}, [3]int{c.New, c.Changed, c.TakenBack})
	assert.Equal(t, [2]string{"SSD", "0.000000"}, [2]string{c.Send[1].MediaType, c.Send[1].Charge.StringFixed(6)})

	nobodys := volume(0, 24, func(v *bridge.Volume) { v.User = "" })
	before = storage(t, config(t), nobodys).Records()
	c = storage(t, config(t), volume(0, 24)).Correct(before, bridge.TakeMoved)
	assert.Equal(t, [3]int{1, 0, 1}, [3]int{c.New, c.Changed, c.TakenBack})
	c = storage(t, config(t), volume(0, 24), other(volume(0, 1)), other(volume(2, 3, func(v *bridge.Volume) { v.User = "bad" }))).Correct(before, bridge.TakeMoved)
	assert.Equal(t, [3]int{1, 0, 0}, [3]int{c.New, c.Changed, c.TakenBack})
	assert.Equal(t, before, c.Doubtful, "for some of it is a problem")
}

// What another cloud of the site charged is not this one's to take back.
func TestOtherResourcesStand(t *testing.T) {
	t.Parallel()
	before := compute(t, config(t), slice(0, 1), slice(0, 1, instance("b"), flavor("g3.small", 4))).Records()
	one := config(t)
	one.Compute = one.Compute[:1]
	c := compute(t, one).Correct(before, bridge.TakeVanished)
	assert.Equal(t, map[string]string{cpu + " " + vm + ":2026-09-15": "0.000000"}, charges(c.Send))
	assert.Equal(t, []string{"b:2026-09-15"}, ids(c.Vanished))
	c = compute(t, one, slice(0, 1, instance("b"))).Correct(before[1:], bridge.TakeMoved)
	assert.Equal(t, 1, c.TakenBack, "of an instance of this cloud it is")
}
