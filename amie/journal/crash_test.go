package journal_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// The crash test's variables: its size, its seed, and what makes this program the one that is killed.
const (
	roundsVariable = "GOPHERMETER_CRASH"
	seedVariable   = "GOPHERMETER_CRASH_SEED"
	childVariable  = "GOPHERMETER_CRASH_CHILD"
)

const (
	kills       = 10 // of one journal, before it is left in peace
	computes    = 40
	adjustments = 16
	storages    = 8
)

// plan is what a child is to do.
type plan struct {
	Path, URL string
	Run       int  // how often the journal was opened before
	Final     bool // until nothing is left to do
}

// charge of a job as of a run: every third is restated in each.
func charge(n, run int) int64 {
	for ; run > 0; run-- {
		if (n+run)%3 == 0 {
			break
		}
	}
	return int64(1000*run + n)
}

// child adds what a restarted program would come up with, delivers and reconciles until it is killed.
func child(text string) int {
	var p plan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return fail(err)
	}
	j, err := journal.Open(p.Path, journal.WithSettling(-1))
	if err != nil {
		return fail(err)
	}
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(p.URL), amie.WithMaxRecords(7), impatient)
	if err != nil {
		return fail(err)
	}
	fmt.Println("open")
	for n := range computes {
		if n%10 == 0 {
			if err := add(j, n, n+10, p.Run); err != nil {
				return fail(err)
			}
		}
	}
	ctx := context.Background()
	for range 2000 {
		_, delivered := j.Deliver(ctx, client)
		_, reconciled := j.Reconcile(ctx, client)
		counts, err := j.Counts()
		if err != nil {
			return fail(err)
		}
		done := counts[journal.Pending]+counts[journal.Sending]+counts[journal.Failed] == 0
		for e, err := range j.Entries(journal.Submitted, journal.Unknown) {
			done = done && err == nil && e.Compute == nil
		}
		if p.Final && done && delivered == nil && reconciled == nil {
			if err := j.Close(); err != nil {
				return fail(err)
			}
			return 0
		}
		time.Sleep(time.Millisecond)
	}
	return fail(fmt.Errorf("not done"))
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "child:", err)
	return 1
}

func add(j *journal.Journal, from, to, run int) error {
	var all []usage.ComputeRecord
	for n := from; n < to; n++ {
		all = append(all, job(n, charge(n, run)))
	}
	if err := journal.Add(j, all...); err != nil {
		return err
	}
	for n := from * adjustments / computes; n < to*adjustments/computes; n++ {
		if err := journal.Add(j, credit(n)); err != nil {
			return err
		}
	}
	for n := from * storages / computes; n < to*storages/computes; n++ {
		if err := journal.Add(j, stored(n)); err != nil {
			return err
		}
	}
	return nil
}

// TestCrash kills a process that delivers and reconciles, at random points and against a service with random faults.
// GOPHERMETER_CRASH is how often (make crash: 1,000), and GOPHERMETER_CRASH_SEED repeats a run's plan.
func TestCrash(t *testing.T) {
	t.Parallel()
	rounds, seed := 200, uint64(time.Now().UnixNano())
	if testing.Short() {
		rounds = 20
	}
	if text := os.Getenv(roundsVariable); text != "" {
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("%s=%d %s=%d", roundsVariable, rounds, seedVariable, seed)
	all := &tally{}
	start := time.Now()
	t.Run("journals", func(t *testing.T) {
		for n := range (rounds + kills - 1) / kills {
			t.Run(strconv.Itoa(n), func(t *testing.T) {
				t.Parallel()
				crashJournal(t, rand.New(rand.NewPCG(seed, uint64(n))), min(kills, rounds-n*kills), all)
			})
		}
	})
	t.Logf("%d kills in %s: %d before the journal was open, %d left records being sent; "+
		"%d adjustments and storage records submitted, %d unknown (%d of them had arrived)",
		all.kills, time.Since(start).Round(time.Millisecond), all.opening, all.sending, all.submitted, all.unknown, all.arrived)
	assert.Equal(t, rounds, all.kills)
}

type tally struct {
	mu                                                   sync.Mutex
	kills, opening, sending, submitted, unknown, arrived int
}

func (c *tally) count(field *int, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*field += n
}

// crashJournal has one journal killed a number of times, and then looks at what came of it.
func crashJournal(t *testing.T, random *rand.Rand, times int, all *tally) {
	t.Helper()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(time.Now),
		fakecloud.WithAMIELoadDelay(time.Duration(random.IntN(20))*time.Millisecond))
	defer cloud.Close()
	p := plan{Path: newPath(t), URL: cloud.AMIEURL()}
	for ; p.Run < times; p.Run++ {
		upset(cloud, random)
		if !runChild(t, p, random.IntN(8) > 0, time.Duration(random.IntN(40_000))*time.Microsecond) {
			all.count(&all.opening, 1)
		}
		all.count(&all.kills, 1)
		j, err := journal.Open(p.Path) // what was committed last, or an error
		require.NoError(t, err)
		counts, err := j.Counts()
		require.NoError(t, err)
		if counts[journal.Sending] > 0 {
			all.count(&all.sending, 1)
		}
		require.NoError(t, j.Close())
	}
	cloud.ClearFaults()
	p.Final = true
	runChild(t, p, true, 0)
	cloud.Advance(time.Minute) // what was submitted last is loaded too
	judge(t, cloud, p, all)
}

// upset makes some of the next requests go wrong.
func upset(cloud *fakecloud.Cloud, random *rand.Rand) {
	cloud.ClearFaults()
	soon := http.Header{"Retry-After": {"1"}}
	for range 6 {
		f := []fakecloud.Fault{
			{Reset: true},
			{Status: http.StatusRequestEntityTooLarge},
			{Latency: time.Duration(random.IntN(10)) * time.Millisecond},
			{Status: http.StatusTooManyRequests, Header: soon},
			{Status: http.StatusServiceUnavailable, Header: soon},
			{Status: http.StatusBadGateway, Body: "<html><title>502 Bad Gateway</title></html>"},
			{Status: http.StatusBadRequest, Body: `{"error":"not today"}`},
			{TearAt: 7, NoLength: true},
			{Reset: true, Latency: 3 * time.Millisecond},
		}[random.IntN(9)]
		f.Skip = random.IntN(6)
		cloud.Inject(f)
	}
	cloud.FailAMIEAfter(slices.Concat(make([]int, random.IntN(8)), []int{http.StatusInternalServerError})...)
}

// runChild kills the child some time after it has opened its journal, or was started, or waits for the end of a final
// one. It tells whether the journal is known to have been opened.
func runChild(t *testing.T, p plan, wait bool, after time.Duration) (opened bool) {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	program, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	if p.Final {
		require.NoError(t, cmd.Wait())
		return true
	}
	if wait {
		opened = bufio.NewScanner(stdout).Scan()
	}
	time.Sleep(after)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	return opened
}

// judge holds the service and the journal to what was promised.
func judge(t *testing.T, cloud *fakecloud.Cloud, p plan, all *tally) {
	t.Helper()
	j, err := journal.Open(p.Path)
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	arrived := map[usage.Key]int{}
	for _, r := range cloud.AMIERecords() {
		key := usage.Key{Kind: usage.Kind(r.Kind), Resource: r.Resource, LocalRecordID: r.LocalRecordID, Time: r.Time}
		arrived[key]++
		if r.Kind == "Compute" {
			continue
		}
		if arrived[key] > 1 {
			t.Errorf("%s counts twice", key)
		}
	}
	for n := range computes {
		want := job(n, charge(n, p.Run))
		e, err := j.Entry(want.Key())
		require.NoError(t, err)
		if e.State != journal.Loaded || !e.Compute.Charge.Equal(want.Charge) || arrived[want.Key()] != 1 {
			t.Errorf("%s is %s with %s, and loaded %d times", e.Key, e.State, e.Compute.Charge, arrived[want.Key()])
		}
	}
	for _, r := range cloud.AMIERecords() {
		for n := range computes {
			if want := job(n, charge(n, p.Run)); r.LocalRecordID == want.LocalRecordID && r.Charge != want.Charge.String() {
				t.Errorf("%s was charged %s, and should be %s", r.LocalRecordID, r.Charge, want.Charge)
			}
		}
	}
	seen := 0
	for e, err := range j.Entries() {
		require.NoError(t, err)
		if e.Compute != nil {
			continue
		}
		seen++
		switch e.State {
		case journal.Submitted:
			all.count(&all.submitted, 1)
			if arrived[e.Key] != 1 {
				t.Errorf("%s is submitted, and arrived %d times", e.Key, arrived[e.Key])
			}
		case journal.Unknown:
			all.count(&all.unknown, 1)
			all.count(&all.arrived, arrived[e.Key])
		default:
			t.Errorf("%s is %s", e.Key, e.State)
		}
	}
	assert.Equal(t, adjustments+storages, seen)
	checkRequests(t, cloud)
}

// checkRequests finds records, other than compute records, that were sent again after a request that may have been
// acted on.
func checkRequests(t *testing.T, cloud *fakecloud.Cloud) {
	t.Helper()
	doubtful := map[string]int{}
	for i, r := range cloud.Requests() {
		if r.Method != http.MethodPost {
			continue
		}
		var m struct {
			UsageType string
			Records   []struct{ LocalRecordID string }
		}
		require.NoError(t, json.Unmarshal(r.Body, &m))
		if m.UsageType == string(usage.Compute) {
			continue
		}
		for _, record := range m.Records {
			if before, ok := doubtful[record.LocalRecordID]; ok {
				t.Errorf("%s was sent in request %d, and already in %d", record.LocalRecordID, i, before)
			}
			switch r.Status {
			case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests, http.StatusServiceUnavailable:
			default:
				doubtful[record.LocalRecordID] = i
			}
		}
	}
}
