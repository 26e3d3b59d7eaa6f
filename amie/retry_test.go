package amie_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// TestRepeatByKind is the table of the package documentation: what goes wrong once, how often each kind is sent then,
// and what is reported.
func TestRepeatByKind(t *testing.T) {
	t.Parallel()
	soon := http.Header{"Retry-After": {"1"}}
	type row struct {
		compute, storage, adjustment int // requests
		ambiguous                    bool
	}
	for name, test := range map[string]struct {
		fault fakecloud.Fault
		row
	}{
		"429 with Retry-After": {fakecloud.Fault{Status: 429, Header: soon}, row{2, 2, 2, false}},
		"503 with Retry-After": {fakecloud.Fault{Status: 503, Header: soon}, row{2, 2, 2, false}},
		"429":                  {fakecloud.Fault{Status: 429}, row{2, 1, 1, false}},
		"503":                  {fakecloud.Fault{Status: 503}, row{2, 1, 1, true}},
		"500":                  {fakecloud.Fault{Status: 500, Body: `{"error":"x"}`}, row{2, 1, 1, true}},
		"502, a page":          {fakecloud.Fault{Status: 502, Body: "<html><title>502 Bad Gateway</title></html>"}, row{2, 1, 1, true}},
		"504":                  {fakecloud.Fault{Status: 504}, row{2, 1, 1, true}},
		"reset after the act":  {fakecloud.Fault{Reset: true}, row{2, 1, 1, true}},
		"torn 200":             {fakecloud.Fault{TearAt: 5, NoLength: true}, row{2, 1, 1, true}},
		"200 of another kind":  {fakecloud.Fault{Status: 200, Body: "<html>Welcome</html>"}, row{2, 1, 1, true}},
		"400":                  {fakecloud.Fault{Status: 400, Body: `{"error":"Invalid XA-SITE"}`}, row{1, 1, 1, false}},
		"401":                  {fakecloud.Fault{Status: 401}, row{1, 1, 1, false}},
		"403":                  {fakecloud.Fault{Status: 403}, row{1, 1, 1, false}},
		"404":                  {fakecloud.Fault{Status: 404}, row{1, 1, 1, false}},
		"413 of one record":    {fakecloud.Fault{Status: 413}, row{1, 1, 1, false}},
		"302":                  {fakecloud.Fault{Redirect: "/amie/api/v1/usage/status"}, row{1, 1, 1, false}},
		"307":                  {fakecloud.Fault{Status: 307, Redirect: "/amie/api/v1/usage/"}, row{1, 1, 1, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, want := range map[usage.Kind]int{usage.Compute: test.compute, usage.Storage: test.storage, usage.Adjustment: test.adjustment} {
				cloud := newCloud(t, fakecloud.WithAMIELoadDelay(0))
				client := newClient(t, cloud)
				cloud.Inject(test.fault)
				report, err := client.Send(t.Context(), messageOf(kind))
				require.Len(t, posts(cloud), want, kind)
				require.Len(t, report.Chunks, 1)
				chunk := report.Chunks[0]
				switch {
				case want == 2:
					require.NoError(t, err)
					assert.Equal(t, amie.Accepted, chunk.Outcome)
					assert.Len(t, cloud.AMIERecords(), 1, "in effect once")
				case test.ambiguous:
					require.Error(t, err)
					assert.Equal(t, amie.Unknown, chunk.Outcome, kind)
				default:
					require.Error(t, err)
					assert.Equal(t, amie.Refused, chunk.Outcome, kind)
					assert.Empty(t, cloud.AMIERecords())
				}
			}
		})
	}
}

func messageOf(kind usage.Kind) usage.Message {
	switch kind {
	default:
	case usage.Storage:
		return usage.MessageOf(stored(1))
	case usage.Adjustment:
		return usage.MessageOf(credit(1))
	}
	return usage.MessageOf(job(1))
}

func TestRepeatIsAnOption(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud, amie.WithRepeat(usage.Storage))
	assert.True(t, client.Repeats(usage.Storage))
	assert.False(t, client.Repeats(usage.Compute))
	for _, kind := range []usage.Kind{usage.Storage, usage.Compute} {
		cloud.Inject(fakecloud.Fault{Status: 500})
		_, err := client.Send(t.Context(), messageOf(kind))
		assert.Equal(t, kind == usage.Storage, err == nil, kind)
	}
	_, err := amie.NewUsageClient("s", "k", amie.WithRepeat(usage.Adjustment))
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

// An accepted message whose answer was lost, and a repeat that is refused: nobody knows, and nothing else is said.
func TestDoubtOutlastsARefusal(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.FailAMIEAfter(500)
	cloud.Inject(fakecloud.Fault{Status: 403, Skip: 1})
	report, err := newClient(t, cloud).Send(t.Context(), usage.MessageOf(job(1)))
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Equal(t, amie.Unknown, report.Chunks[0].Outcome)
	require.Len(t, posts(cloud), 2)

	for skip, want := range map[int][]amie.Outcome{1: {amie.Unknown, amie.Unknown}, 2: {amie.Accepted, amie.Unknown}} {
		cloud.FailAMIEAfter(500)
		cloud.Inject(fakecloud.Fault{Status: 413, Skip: 1})
		cloud.Inject(fakecloud.Fault{Status: 403, Skip: skip})
		report, err = newClient(t, cloud).Send(t.Context(), usage.MessageOf(job(2), job(3)))
		require.Error(t, err)
		require.Len(t, report.Chunks, 2)
		assert.Equal(t, want, []amie.Outcome{report.Chunks[0].Outcome, report.Chunks[1].Outcome},
			"a half may have been taken with the whole")
	}
}

func TestNotConnectedIsNotSent(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud, amie.WithBaseURL("http://127.0.0.1:1/api/v1"))
	for _, kind := range []usage.Kind{usage.Compute, usage.Adjustment} {
		report, err := client.Send(t.Context(), messageOf(kind))
		var op *net.OpError
		require.ErrorAs(t, err, &op)
		assert.Equal(t, amie.NotSent, report.Chunks[0].Outcome)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	because := errors.New("the plug was pulled")
	cancel(because)
	report, err := newClient(t, cloud).Send(ctx, usage.MessageOf(job(1)))
	require.ErrorIs(t, err, because)
	assert.Equal(t, amie.NotSent, report.Chunks[0].Outcome)
	assert.Empty(t, cloud.Requests())
}

func TestCancelledWhileWaitingIsUnknown(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.Inject(fakecloud.Fault{Stall: fakecloud.StallHeader})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	report, err := newClient(t, cloud).Send(ctx, usage.MessageOf(job(1)))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, amie.Unknown, report.Chunks[0].Outcome)
	assert.Len(t, posts(cloud), 1)
}

// The pauses are those of the contract: full jitter below 0.5, 1, 2 and 4 seconds, and five attempts in all.
func TestPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(int, *http.Request, []byte) (int, string) { return 500, "" }}
		client, err := amie.NewUsageClient("EXAMPLE", "example-key", amie.WithService(gophermeter.WithTransport(s)),
			amie.WithRules(usage.Rules{Skew: -1})) // it is the year 2000 in here
		require.NoError(t, err)
		start := time.Now()
		report, err := client.Send(t.Context(), usage.MessageOf(job(1)))
		require.ErrorIs(t, err, gophermeter.ErrServer)
		assert.Len(t, s.bodies, 5)
		assert.Equal(t, amie.Unknown, report.Chunks[0].Outcome)
		took := time.Since(start)
		assert.Less(t, took, 7501*time.Millisecond)
		assert.Positive(t, took)
	})
}
