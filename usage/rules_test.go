package usage_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

func TestEveryProblemIsFound(t *testing.T) {
	t.Parallel()
	bad := usage.ComputeRecord{
		Username: strings.Repeat("é", 31), LocalProjectID: " ", LocalRecordID: "a\nb", Resource: "\xff",
		SubmitTime: at("2026-10-02T00:00:00Z"), StartTime: at("2026-10-01T00:00:00Z"), EndTime: at("2026-09-01T00:00:00Z"),
		Charge: dec("-1.0000001"), CPUCoreCount: -1,
	}
	err := usage.MessageOf(job(), bad, usage.ComputeRecord{}).Validate(usage.Rules{})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	var all usage.FieldErrors
	require.ErrorAs(t, err, &all)
	var first *usage.FieldError
	require.ErrorAs(t, err, &first)
	assert.Equal(t, 1, first.Index)
	fields := map[string]int{}
	for _, p := range all {
		if p.Index == 1 {
			fields[p.Field]++
		}
	}
	assert.Equal(t, map[string]int{
		"Username": 1, "LocalProjectID": 1, "LocalRecordID": 1, "Resource": 1, "StartTime": 1, "EndTime": 1, "Charge": 2,
		"Attributes.NodeCount": 1, "Attributes.CpuCoreCount": 1,
	}, fields)
	assert.Contains(t, err.Error(), "record 1: LocalProjectID is empty")
	assert.Contains(t, err.Error(), "and 8 more")
}

func TestZeroRecordOfEachKind(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"Attributes.NodeCount": usage.ComputeRecord{}.Validate(usage.Rules{}),
		"CollectionTime":       usage.StorageRecord{}.Validate(usage.Rules{}),
		"AdjustmentType":       usage.AdjustmentRecord{}.Validate(usage.Rules{}),
	} {
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "record", "without an index")
	}
	for _, err := range []error{job().Validate(usage.Rules{}), store().Validate(usage.Rules{}), credit().Validate(usage.Rules{})} {
		require.NoError(t, err)
	}
}

func TestRecordsWithOneKey(t *testing.T) {
	t.Parallel()
	again := job()
	again.Charge = dec("3")
	other := job()
	other.SubmitTime = other.SubmitTime.Add(-time.Hour)
	err := usage.MessageOf(job(), other, again).Validate(usage.Rules{})
	require.ErrorContains(t, err, "record 2: has the key of record 0: Compute res.example.access-ci.org job-1")
}

func TestChargesAreNeverRounded(t *testing.T) {
	t.Parallel()
	for charge, ok := range map[string]bool{"0": true, "1.123456": true, "1.1234560000": true, "1.1234567": false, "-1": false, "1e-6": true, "1e-7": false} {
		r := credit()
		r.Charge = dec(charge)
		err := r.Validate(usage.Rules{})
		assert.Equal(t, ok, err == nil, "%s: %v", charge, err)
		assert.NoError(t, r.Validate(usage.Rules{AllowNegative: true, Decimals: -1}))
	}
	r := credit()
	r.Charge = decimal.New(1, 1<<30)
	require.ErrorContains(t, r.Validate(usage.Rules{Decimals: -1}), "exponent")
}

func TestFuture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := job()
		r.SubmitTime, r.StartTime, r.EndTime = time.Now(), time.Now(), time.Now().Add(5*time.Minute)
		require.NoError(t, r.Validate(usage.Rules{}))
		require.ErrorContains(t, r.Validate(usage.Rules{Skew: time.Minute}), "EndTime is in the future")
		r.EndTime = r.EndTime.Add(1)
		require.ErrorContains(t, r.Validate(usage.Rules{}), "EndTime is in the future")
		require.NoError(t, r.Validate(usage.Rules{Skew: -1}))
		s := store()
		s.CollectionTime = time.Now().Add(time.Hour)
		require.ErrorContains(t, s.Validate(usage.Rules{}), "CollectionTime")
		a := credit()
		a.StartTime = time.Now().Add(time.Hour)
		require.NoError(t, a.Validate(usage.Rules{}), "an allocation may begin tomorrow")
	})
}

func TestExtraMayNotHideAField(t *testing.T) {
	t.Parallel()
	r := job()
	r.ExtraAttributes = []usage.Field{{Name: "NodeCount", Value: []byte("2")}}
	require.ErrorContains(t, r.Validate(usage.Rules{}), `Attributes has "NodeCount"`)
}

func TestValidatingAllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations of the process
	r, s, a := job(), store(), credit()
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		if r.Validate(usage.Rules{}) != nil || s.Validate(usage.Rules{}) != nil || a.Validate(usage.Rules{}) != nil {
			panic("they are valid")
		}
	}))
}
