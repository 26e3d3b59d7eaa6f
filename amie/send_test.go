package amie_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

func TestReturnedRecordsAreFound(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"ValidationFailedRecords", "FailedRecords"} {
		cloud := newCloud(t, fakecloud.WithAMIEFailedKey(key))
		records := jobs(0, 10)
		records[3].Username = "a" + strings.Repeat("é", 15) // 16 characters here; the fake counts none but those
		for i := range records {
			records[i].LocalReference = "ref"
		}
		records[7].LocalReference = "row 7"
		records[7].ExtraAttributes = []usage.Field{{Name: "GPUs", Value: []byte("4")}}
		report, err := newClient(t, cloud, amie.WithMaxRecords(4)).Send(t.Context(), usage.MessageOf(records...))
		require.NoError(t, err)
		require.Len(t, report.Chunks, 3)
		assert.Equal(t, 10, report.Validated())
		assert.Equal(t, "4 records have been queued for loading.", report.Chunks[1].Message)
		assert.Empty(t, report.Failed())
		assert.Len(t, posts(cloud), 3)
	}
	answer := `{"Message":"","FailedRecords":[{"UsageType":"Compute","Resource":"res.example.access-ci.org","LocalRecordID":"job-5","Error":"no"},
		{"LocalReference":"row 7","Error":"what"},{"Error":"who knows"}]}`
	s := &server{answer: func(n int, _ *http.Request, _ []byte) (int, string) {
		if n == 2 {
			return 200, answer
		}
		return 200, `{"Message":"ok"}`
	}}
	records := jobs(0, 10)
	records[7].LocalReference = "row 7"
	report, err := served(t, s, amie.WithMaxRecords(4)).Send(t.Context(), usage.MessageOf(records...))
	require.NoError(t, err)
	require.Len(t, report.Failed(), 3)
	assert.Equal(t, 5, report.Failed()[0].Index)
	assert.Equal(t, 7, report.Failed()[1].Index)
	assert.Equal(t, -1, report.Failed()[2].Index)
	assert.Equal(t, 1, report.Chunks[1].Validated())
	assert.Equal(t, 7, report.Validated())
}

func TestEarlierResultsOutliveALaterFailure(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.Inject(fakecloud.Fault{Skip: 2, Status: 403, Body: `{"message":"key expired"}`})
	report, err := newClient(t, cloud, amie.WithMaxRecords(10)).Send(t.Context(), usage.MessageOf(jobs(0, 55)...))
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	require.ErrorContains(t, err, "records 20 to 29 refused: ")
	require.ErrorContains(t, err, "key expired")
	var e *gophermeter.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "amie.Send", e.Op)
	var outcomes []amie.Outcome
	records := 0
	for _, c := range report.Chunks {
		assert.Equal(t, records, c.First)
		records += c.Count
		outcomes = append(outcomes, c.Outcome)
	}
	assert.Equal(t, 55, records)
	assert.Equal(t, []amie.Outcome{amie.Accepted, amie.Accepted, amie.Refused, amie.NotSent}, outcomes)
	assert.Equal(t, 20, report.Validated())
	assert.Equal(t, 25, report.Count(amie.NotSent))
	assert.Len(t, posts(cloud), 3)
}

func TestABadRequestDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.Inject(fakecloud.Fault{Skip: 1, Status: 400, Body: `{"error":"poison"}`})
	report, err := newClient(t, cloud, amie.WithMaxRecords(10)).Send(t.Context(), usage.MessageOf(jobs(0, 30)...))
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	assert.Equal(t, 20, report.Validated())
	assert.Equal(t, 10, report.Count(amie.Refused))
}

func TestTooLargeIsHalvedAndStaysHalved(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithAMIELimits(20_000, 1000))
	report, err := newClient(t, cloud).Send(t.Context(), usage.MessageOf(jobs(0, 2000)...))
	require.NoError(t, err)
	assert.Equal(t, 2000, report.Validated())
	refused := 0
	for _, r := range posts(cloud) {
		if r.Status == http.StatusRequestEntityTooLarge {
			refused++
		}
	}
	assert.Less(t, refused, 20, "chunks after the first are made small enough")
	for _, c := range report.Chunks {
		assert.Equal(t, amie.Accepted, c.Outcome)
	}

	cloud = newCloud(t, fakecloud.WithAMIELimits(100, 1000))
	report, err = newClient(t, cloud).Send(t.Context(), usage.MessageOf(jobs(0, 3)...))
	require.ErrorIs(t, err, gophermeter.ErrTooLarge)
	assert.Equal(t, 3, report.Count(amie.Refused), "down to one record")
}

func TestNothingIsSentWhereARecordIsWrong(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud, amie.WithMaxBytes(2000))
	records := jobs(0, 5)
	records[2].Username = ""
	records[4].NodeCount = 0
	report, err := client.Send(t.Context(), usage.MessageOf(records...))
	var all usage.FieldErrors
	require.ErrorAs(t, err, &all)
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Equal(t, []int{2, 4}, []int{all[0].Index, all[1].Index})
	assert.Empty(t, report.Chunks)

	records = jobs(0, 5)
	records[3].JobName = strings.Repeat("x", 2000)
	_, err = client.Send(t.Context(), usage.MessageOf(records...))
	require.ErrorAs(t, err, &all)
	assert.Equal(t, 3, all[0].Index)
	assert.Contains(t, err.Error(), "and the most is 2000")
	assert.Empty(t, cloud.Requests())

	_, err = client.Send(t.Context(), usage.MessageOf(job(1), job(1)))
	require.ErrorContains(t, err, "record 1: has the key of record 0")
	assert.Empty(t, cloud.Requests())
	report, err = client.Send(t.Context(), usage.MessageOf[usage.ComputeRecord]())
	require.NoError(t, err)
	assert.Empty(t, report.Chunks)
	assert.Empty(t, cloud.Requests())
}

func TestRulesAreAnOption(t *testing.T) {
	t.Parallel()
	r := job(1)
	r.Charge = r.Charge.Neg()
	_, err := served(t, &server{}).Send(t.Context(), usage.MessageOf(r))
	require.ErrorContains(t, err, "negative")
	_, err = served(t, &server{}, amie.WithRules(usage.Rules{AllowNegative: true})).Send(t.Context(), usage.MessageOf(r))
	require.NoError(t, err)
}

func TestStream(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud, amie.WithMaxRecords(10))
	records := jobs(0, 25)
	records[12].Username = ""
	records[21] = records[20]
	var outcomes []amie.Outcome
	next := 0
	for chunk, err := range amie.SendSeq(t.Context(), client, each(records)) {
		assert.Equal(t, err, chunk.Err)
		assert.Equal(t, next, chunk.First, "in order, without gaps")
		next += chunk.Count
		outcomes = append(outcomes, chunk.Outcome)
		if chunk.Outcome == amie.NotSent {
			var problem *usage.FieldError
			require.ErrorAs(t, err, &problem)
			assert.Equal(t, chunk.First, problem.Index)
		}
	}
	assert.Equal(t, 25, next)
	assert.Equal(t, []amie.Outcome{amie.Accepted, amie.Accepted, amie.NotSent, amie.Accepted, amie.NotSent, amie.Accepted}, outcomes)
}

func TestStreamEndsWithItsSource(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud, amie.WithMaxRecords(10))
	broken := errors.New("the database went away")
	source := func(yield func(usage.ComputeRecord, error) bool) {
		for _, r := range jobs(0, 14) {
			if !yield(r, nil) {
				return
			}
		}
		yield(usage.ComputeRecord{}, broken)
	}
	var last amie.Chunk
	for chunk, err := range amie.SendSeq(t.Context(), client, source) {
		last = chunk
		if chunk.First > 0 {
			require.ErrorIs(t, err, broken)
		}
	}
	assert.Equal(t, amie.NotSent, last.Outcome)
	assert.Equal(t, 10, last.First)
	assert.Equal(t, 4, last.Count)
	assert.Len(t, posts(cloud), 1)

	cloud.Inject(fakecloud.Fault{Status: 401})
	n := 0
	for _, err := range amie.SendSeq(t.Context(), client, each(jobs(0, 100))) {
		n++
		require.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	}
	assert.Equal(t, 1, n, "a refusal of us ends the stream")
}

func TestStreamStopsWithItsReader(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud, amie.WithMaxRecords(10))
	pulled := 0
	source := func(yield func(usage.ComputeRecord, error) bool) {
		for n := range 1000 {
			pulled++
			if !yield(job(n), nil) {
				return
			}
		}
	}
	for range amie.SendSeq(t.Context(), client, source) {
		break
	}
	assert.Len(t, posts(cloud), 1)
	assert.Equal(t, 11, pulled)
	for range amie.SendSeq(t.Context(), client, each([]usage.ComputeRecord{{}, {}})) {
		break
	}
	for range amie.SendSeq(t.Context(), client, each([]usage.ComputeRecord{})) {
		t.Fatal("nothing to tell")
	}
	assert.Len(t, posts(cloud), 1)
}

func TestReturnedTwiceIsOneRecord(t *testing.T) {
	t.Parallel()
	text, err := job(1).AppendJSON(nil)
	require.NoError(t, err)
	s := &server{answer: func(int, *http.Request, []byte) (int, string) {
		return 200, `{"FailedRecords":[` + string(text) + `,` + string(text) + `,{"LocalRecordID":"?"}]}`
	}}
	report, err := served(t, s).Send(t.Context(), usage.MessageOf(jobs(0, 10)...))
	require.NoError(t, err)
	assert.Len(t, report.Failed(), 3)
	assert.Equal(t, 8, report.Validated(), "one for two reasons, and one of which it is not clear which it is")
}
