package fakecloud_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// libertyRecording is a request to Ceilometer 5 and what it answered.
type libertyRecording struct {
	Name    string
	Request struct {
		Method, Path string
		Headers      map[string]string
		Body         *string
	}
	Response struct {
		Status int
		Body   json.RawMessage
	}
}

// libertySkipped are recordings whose answers are not compared, and why.
var libertySkipped = map[string]string{
	"alarm-gnocchi": "the recorded cloud had no Keystone that could tell where Gnocchi is; the fake has one",
	"alarm-badtype": "Python prints a set in any order",
	"alarm-quota":   "its configuration had a quota by then: see WithAlarmQuota",
	"alarms-many":   "103 alarms of another script, cut to 3",
	"qalarms-bad":   "what follows is a dump of a JSON schema, and the recording is cut",
	"alarm-badop":   "Python prints a set in any order",
}

// libertyOrder is how the recorded requests change what the next ones find; those between stand where it does not matter.
var libertyOrder = []string{
	"alarm-create-min", "alarm-create-full", "alarm-create-combination", "alarm-demo", "alarm-onbehalf",
	"", // all that is not named here
	"alarm-state", "alarm-state-put", "alarm-state-get2", "alarm-state-insuf", "alarm-get2", "alarm-put", "alarm-put-dupname", "alarm-put-self",
	"alarm-history", "alarm-history-q", "alarm-history-ts", "alarm-put-min", "qalarms", "qalarms-enabled", "qalarms-f", "qalarms-st", "qhist",
	"qhist-f", "alarm-delete", "alarm-delete-404", "alarm-history-deleted", "alarm-delete-a2",
}

func TestReplayLiberty(t *testing.T) {
	t.Parallel()
	byName := map[string]*libertyRecording{}
	files, err := filepath.Glob("testdata/aodh/liberty/*.json")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		r := &libertyRecording{}
		require.NoError(t, json.Unmarshal(text, r), file)
		byName[r.Name] = r
	}
	require.Len(t, byName, 91)
	clock := &atomic.Pointer[time.Time]{}
	now := pythonTime(t, "2026-11-23T01:12:27")
	clock.Store(&now)
	c := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithCeilometerAlarms(), fakecloud.WithClock(func() time.Time { return *clock.Load() }))
	t.Cleanup(c.Close)
	c.AddProject(fakecloud.Project{ID: "6dc86c686c0c5906a57e74c8b04b06e6", Name: "boss"})
	c.AddProject(fakecloud.Project{ID: "546b887890cd5769b12f0c2c5d9f4603", Name: "crew"})
	c.AddUser(fakecloud.User{ID: "6c88cbb31fdb51e192da35f7a414add9", Name: "boss", Roles: map[string][]string{"6dc86c686c0c5906a57e74c8b04b06e6": {"admin"}}})
	c.AddUser(fakecloud.User{ID: "14d887979f1e59f3bc5056bd093b0556", Name: "crew", Roles: map[string][]string{"546b887890cd5769b12f0c2c5d9f4603": {"member"}}})
	p := &aodhReplay{cloud: c, clock: clock, tokens: map[string]*client{"admin": as(t, c, "boss", "boss"), "member": as(t, c, "crew", "crew")}}

	var names []string
	for _, name := range libertyOrder {
		if name != "" {
			names = append(names, name)
			continue
		}
		for other := range byName {
			if !slices.Contains(libertyOrder, other) {
				names = append(names, other)
			}
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { p.playLiberty(t, byName[name]) })
	}
}

// libertyMoments are when requests were made whose answers do not tell.
var libertyMoments = map[string]string{
	"alarm-state-put": "2026-11-23T01:12:27.742361", "alarm-state-insuf": "2026-11-23T01:12:27.775860",
}

func (p *aodhReplay) playLiberty(t *testing.T, r *libertyRecording) {
	if why, skipped := libertySkipped[r.Name]; skipped {
		t.Skip(why)
	}
	var b struct{ Timestamp string }
	_ = json.Unmarshal(r.Response.Body, &b)
	switch {
	case r.Request.Method != "GET" && b.Timestamp != "":
		p.at(t, b.Timestamp)
	case libertyMoments[r.Name] != "":
		p.at(t, libertyMoments[r.Name])
	}
	swap := slices.Clone(p.ids)
	slices.Reverse(swap)
	mine := strings.NewReplacer(swap...)
	body := ""
	if r.Request.Body != nil {
		body = mine.Replace(*r.Request.Body)
	}
	user := p.tokens[r.Request.Headers["X-Roles"]]
	require.NotNil(t, user)
	resp, got := user.do(r.Request.Method, "/alarming"+mine.Replace(r.Request.Path), body)
	require.Equal(t, r.Response.Status, resp.StatusCode, "%s", got)
	if r.Response.Status == 204 {
		return
	}
	if _, list := decoded(t, r.Response.Body).([]any); !list || strings.HasPrefix(r.Name, "alarm-history") || strings.HasPrefix(r.Name, "qhist") {
		p.learn(got, r.Response.Body)
	}
	want, have := decoded(t, r.Response.Body), decoded(t, []byte(p.theirs(string(got))))
	assert.Equal(t, libertyRows(r, want), libertyRows(r, have))
}

// libertyRows puts a list in order by what it holds: Ceilometer has none for alarms.
func libertyRows(r *libertyRecording, v any) any {
	list, ok := v.([]any)
	if ok && r.Request.Method == "GET" && !strings.Contains(r.Name, "history") {
		slices.SortFunc(list, func(a, b any) int {
			return strings.Compare(a.(map[string]any)["alarm_id"].(string), b.(map[string]any)["alarm_id"].(string))
		})
	}
	return v
}

func TestAlarmQuotaOfTheConfiguration(t *testing.T) {
	t.Parallel()
	k := admin(t, newCloud(t, fakecloud.WithCeilometerAlarms(), fakecloud.WithAlarmQuota(1)))
	for i, want := range []int{201, 403} {
		resp, text := k.do("POST", "/alarming/v2/alarms", `{"name": "`+string(rune('a'+i))+`", "type": "threshold", "threshold_rule": {"meter_name": "m", "threshold": 1}}`)
		assert.Equal(t, want, resp.StatusCode, "%s", text)
	}
}
