package fakecloud_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// ratingNear are the answers whose numbers are compared to 1e-12 of themselves, and why. All else is compared by its digits.
var ratingNear = map[string]string{
	"cloudkitty-v2-03-summary-default":     "InfluxDB adds up the weeks of a month in the order in which its goroutines deliver them",
	"cloudkitty-v2-04-summary-table-month": "InfluxDB adds up the weeks of a month in the order in which its goroutines deliver them",
}

// ratingReplay is a fake whose CloudKitty holds what a recorded one held.
type ratingReplay struct {
	cloud    *fakecloud.Cloud
	clock    *atomic.Pointer[time.Time]
	tokens   map[string]*client
	recorded string   // the address of the recorded service
	ids      []string // pairs: ours, the recorded one
}

// TestReplayCloudKitty sends the recorded requests of both storages in the order in which they were recorded, for they change what
// the next ones find. The first of each were recorded in one cloud, the others in another.
func TestReplayCloudKitty(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		service, address string
		storage          int
		files, first     int
		seed             [2]func(*testing.T, *ratingReplay)
	}{
		{"cloudkitty-v1", "http://127.0.0.1:8887", 1, 231, 103, [2]func(*testing.T, *ratingReplay){seedNovember, func(*testing.T, *ratingReplay) {}}},
		{"cloudkitty-v2", "http://127.0.0.1:8889", 2, 154, 78, [2]func(*testing.T, *ratingReplay){seedNovember, seedScopes}},
	} {
		all := recordings(t, set.service)
		require.Len(t, all, set.files)
		slices.SortFunc(all, func(a, b *recording) int { return cmp.Compare(ratingOrdinal(a.file), ratingOrdinal(b.file)) })
		for i, some := range [][]*recording{all[:set.first], all[set.first:]} {
			p := newRatingReplay(t, set.address, set.storage)
			set.seed[i](t, p)
			for _, r := range some {
				t.Run(r.file, func(t *testing.T) { p.play(t, r) })
			}
		}
	}
}

func ratingOrdinal(file string) int { return ordinal(file[len("cloudkitty-v"):]) }

func newRatingReplay(t *testing.T, address string, storage int) *ratingReplay {
	p := &ratingReplay{tokens: map[string]*client{}, recorded: address, clock: &atomic.Pointer[time.Time]{}}
	p.clock.Store(&recordedNow)
	p.cloud = newCloud(t, fakecloud.WithEmpty(), fakecloud.WithTokenLifetime(4*time.Hour), fakecloud.WithRatingStorage(storage),
		fakecloud.WithSummaryLeak(), fakecloud.WithClock(func() time.Time { return *p.clock.Load() }))
	byName := map[string]*recording{}
	for _, r := range recordings(t, "keystone") {
		byName[r.Name] = r
	}
	seedAccounts(t, p.cloud, byName)
	for user, project := range map[string]string{"admin": "admin", "demo": "tenant-1", "unscoped": ""} {
		name := user
		if user == "unscoped" {
			name = unscopedUser(t)
		}
		p.tokens[user] = as(t, p.cloud, name, project)
	}
	p.tokens["bad-token"], p.tokens[""] = newClient(t, p.cloud), newClient(t, p.cloud)
	p.tokens["bad-token"].token = "bad-token"
	return p
}

// play sends one recorded request and compares the answer.
func (p *ratingReplay) play(t *testing.T, r *recording) {
	switch r.Name {
	case "cloudkitty-v2/summary-leak-0":
		p.tokens["demo"].do("GET", "/rating/v2/summary", "")
	case "cloudkitty-v2/reprocesses-done":
		later := recordedNow.Add(time.Minute)
		p.clock.Store(&later)
	}
	user := p.user(t, r)
	ours := slices.Clone(p.ids)
	slices.Reverse(ours)
	mine := strings.NewReplacer(ours...)
	body := ""
	if r.Request.Body != nil {
		body = mine.Replace(*r.Request.Body)
	}
	var headers []string
	for name, value := range r.Request.Headers {
		if name != "X-Auth-Token" {
			headers = append(headers, name, value)
		}
	}
	resp, got := user.do(r.Request.Method, "/rating"+mine.Replace(strings.TrimPrefix(r.Request.URL, p.recorded)), body, headers...)

	require.Equal(t, r.Response.Status, resp.StatusCode, "%s", got)
	p.learn(got, r.Response.Body)
	p.compareHeaders(t, r, resp.Header)
	have := p.theirs(string(got))
	if ratingNear[r.file] == "" {
		assert.Len(t, have, r.Response.BodyBytes, "bytes of the body")
	}
	switch {
	case r.Response.BodyKind != "json":
		var want string
		require.NoError(t, json.Unmarshal(r.Response.Body, &want))
		assert.Equal(t, want, have)
	case ratingNear[r.file] != "":
		t.Log(ratingNear[r.file])
		assert.Equal(t, aNumber.ReplaceAllString(compact(t, r.Response.Body), "#"), aNumber.ReplaceAllString(compact(t, []byte(have)), "#"))
		want, near := aNumber.FindAllString(string(r.Response.Body), -1), aNumber.FindAllString(have, -1)
		for i := range want {
			assert.InEpsilon(t, number(t, want[i]), number(t, near[i]), 1e-12)
		}
	default:
		assert.Equal(t, compact(t, r.Response.Body), compact(t, []byte(have)))
	}
}

var aNumber = regexp.MustCompile(`\d+\.\d+(e-?\d+)?`)

func number(t *testing.T, text string) (f float64) {
	require.NoError(t, json.Unmarshal([]byte(text), &f))
	return f
}

func (p *ratingReplay) user(t *testing.T, r *recording) *client {
	mask := r.Request.Headers["X-Auth-Token"]
	if m := masked.FindStringSubmatch(mask); m != nil {
		mask = m[1]
	}
	require.NotNil(t, p.tokens[mask], mask)
	return p.tokens[mask]
}

var ratingID = regexp.MustCompile(`"(?:service|field|group|mapping|threshold|script)_id": ?"([-0-9a-f]{36})"`)

// learn notes which of our ids stand for recorded ones, by where they stand.
func (p *ratingReplay) learn(got []byte, recorded json.RawMessage) {
	ours, theirs := ratingID.FindAllSubmatch(got, -1), ratingID.FindAllSubmatch(recorded, -1)
	for i := range min(len(ours), len(theirs)) {
		if id := string(ours[i][1]); !slices.Contains(p.ids, id) {
			p.ids = append(p.ids, id, string(theirs[i][1]))
		}
	}
}

func (p *ratingReplay) theirs(text string) string {
	text = strings.ReplaceAll(there(p.cloud).Replace(text), p.cloud.URL()+"/rating", p.recorded)
	return strings.NewReplacer(p.ids...).Replace(text)
}

// compareHeaders wants the recorded headers and no others.
func (p *ratingReplay) compareHeaders(t *testing.T, r *recording, got http.Header) {
	want := http.Header{}
	for _, h := range r.Response.Headers {
		want.Add(h[0], h[1])
	}
	for _, name := range []string{"Connection", "Content-Length", "Date"} {
		want.Del(name)
		got.Del(name)
	}
	assert.Regexp(t, requestID, got.Get("X-Openstack-Request-Id"))
	want["X-Openstack-Request-Id"] = got["X-Openstack-Request-Id"]
	if want.Get("Allow") != "" {
		want["Allow"], got["Allow"] = sortedList(want.Get("Allow")), sortedList(got.Get("Allow"))
	}
	for _, values := range got {
		for i := range values {
			values[i] = p.theirs(values[i])
		}
	}
	assert.Equal(t, want, got)
}
