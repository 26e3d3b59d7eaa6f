package fakecloud_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// aodhSkipped are the parts of answers that are not compared, and why.
var aodhSkipped = map[string]string{
	"aodh-17-alarms-q-badfield":               "Python prints a set in any order",
	"aodh-50-create-gnocchi-resources-badagg": "Gnocchi names its methods in any order, and the recording is cut",
	"aodh-65-query-alarms-bad":                "what follows is a dump of a JSON schema, and the recording is cut",
	"aodh-84-accept-xml":                      "the fake writes JSON only",
}

// aodhMoments are when requests were made, of those whose answers do not tell.
var aodhMoments = map[string]string{"aodh-31-alarm-state-put": "2026-11-23T01:09:49.479059"}

// aodhReplay is a fake that holds the alarms of the recorded cloud.
type aodhReplay struct {
	cloud  *fakecloud.Cloud
	clock  *atomic.Pointer[time.Time]
	tokens map[string]*client
	ids    []string // pairs: ours, the recorded one
}

// TestReplayAodh sends the recorded requests in the order in which they were recorded, for they change what the next ones find.
func TestReplayAodh(t *testing.T) {
	t.Parallel()
	all := recordings(t, "aodh")
	require.Len(t, all, 85)
	slices.SortFunc(all, func(a, b *recording) int { return cmp.Compare(ordinal(a.file), ordinal(b.file)) })
	p := newAodhReplay(t, all)
	for _, r := range all {
		if r.Name == "aodh/query-alarms" { // by then whoever recorded had tidied up
			p.tidy(t)
		}
		t.Run(r.file, func(t *testing.T) { p.play(t, r) })
	}
}

func ordinal(file string) int {
	n, _ := strconv.Atoi(strings.Split(file, "-")[1])
	return n
}

func newAodhReplay(t *testing.T, all []*recording) *aodhReplay {
	p := &aodhReplay{tokens: map[string]*client{}}
	p.cloud, p.clock = recordedCloud(t)
	for user, project := range map[string]string{"admin": "admin", "demo": "tenant-1", "demo2": "tenant-2", "auditor": "tenant-1", "unscoped": ""} {
		name := user
		if user == "unscoped" {
			name = unscopedUser(t)
		}
		p.tokens[user] = as(t, p.cloud, name, project)
	}
	p.tokens["bad-token"] = newClient(t, p.cloud)
	p.tokens["bad-token"].token = "bad-token"
	p.tokens[""] = newClient(t, p.cloud)
	p.seed(t, append(p.rows(t, all, "aodh/alarms"), p.rows(t, all, "aodh/alarms-admin-own")...))
	p.tokens["admin"].do("POST", "/alarming/v2/quotas", `{"project_id": "5687c2b4887a47379deaf98576abd1df", "quotas": [{"resource": "alarms", "limit": 30}]}`)
	return p
}

func unscopedUser(t *testing.T) string {
	for _, r := range recordings(t, "keystone") {
		if r.Name == "unscoped" {
			var b struct {
				Token struct{ User struct{ Name string } }
			}
			require.NoError(t, json.Unmarshal(r.Response.Body, &b))
			return b.Token.User.Name
		}
	}
	panic("no recording of an unscoped token")
}

func (p *aodhReplay) rows(t *testing.T, all []*recording, name string) []map[string]json.RawMessage {
	var rows []map[string]json.RawMessage
	for _, r := range all {
		if r.Name == name {
			require.NoError(t, json.Unmarshal(r.Response.Body, &rows))
		}
	}
	return rows
}

// seed makes the alarms as they were made: with the requests of their owners, at their time.
func (p *aodhReplay) seed(t *testing.T, rows []map[string]json.RawMessage) {
	text := func(row map[string]json.RawMessage, key string) (s string) {
		require.NoError(t, json.Unmarshal(row[key], &s))
		return s
	}
	created := func(row map[string]json.RawMessage) string {
		if text(row, "name") == "ev-delete" { // updated since
			return "2026-11-23T01:08:56.453336"
		}
		return text(row, "timestamp")
	}
	slices.SortFunc(rows, func(a, b map[string]json.RawMessage) int { return strings.Compare(created(a), created(b)) })
	var deleted map[string]json.RawMessage
	for _, row := range rows {
		user := p.tokens["demo"]
		if text(row, "name") == "admin-ev" {
			user = p.tokens["admin"]
		}
		body := map[string]json.RawMessage{}
		for key, v := range row {
			if !slices.Contains([]string{"alarm_id", "timestamp", "state", "state_timestamp", "state_reason", "evaluate_timestamp", "project_id", "user_id"}, key) {
				body[key] = v
			}
		}
		switch text(row, "name") {
		case "admin-ev":
			body["alarm_actions"] = json.RawMessage(`["log://"]`)
		case "ev-delete":
			body["severity"] = json.RawMessage(`"critical"`)
		}
		p.at(t, created(row))
		_, answer := user.do("POST", "/alarming/v2/alarms", jsonText(t, body))
		var made map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(answer, &made), "%s", answer)
		require.Contains(t, made, "alarm_id", "%s", answer)
		p.ids = append(p.ids, text(made, "alarm_id"), text(row, "alarm_id"))
		if text(row, "name") == "ev-delete" {
			deleted = made
		}
	}
	id := text(deleted, "alarm_id")
	for _, step := range [][2]string{{"08:57.680715", `"alarm"`}, {"08:57.695537", `"ok"`}, {"08:57.713050", `"alarm"`}} {
		p.at(t, "2026-11-23T01:"+step[0])
		p.tokens["demo"].do("PUT", "/alarming/v2/alarms/"+id+"/state", step[1])
	}
	deleted["severity"], deleted["evaluate_timestamp"] = json.RawMessage(`"low"`), json.RawMessage(`"2026-11-23T01:08:56.472386"`)
	p.at(t, "2026-11-23T01:08:57.729996")
	resp, answer := p.tokens["demo"].do("PUT", "/alarming/v2/alarms/"+id, jsonText(t, deleted))
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s", answer)
}

// tidy deletes what the recorded requests made.
func (p *aodhReplay) tidy(t *testing.T) {
	_, body := p.tokens["demo"].do("GET", "/alarming/v2/alarms", "")
	var alarms []struct {
		ID   string `json:"alarm_id"`
		Name string
	}
	require.NoError(t, json.Unmarshal(body, &alarms))
	for _, a := range alarms {
		if strings.HasPrefix(a.Name, "w") || a.Name == "by-reader" {
			p.tokens["demo"].do("DELETE", "/alarming/v2/alarms/"+a.ID, "")
		}
	}
}

func jsonText(t *testing.T, v any) string {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func (p *aodhReplay) at(t *testing.T, moment string) {
	now := pythonTime(t, moment)
	p.clock.Store(&now)
}

// play sends one recorded request and compares the answer.
func (p *aodhReplay) play(t *testing.T, r *recording) {
	p.at(t, p.moment(r))
	mask := r.Request.Headers["X-Auth-Token"]
	if m := masked.FindStringSubmatch(mask); m != nil {
		mask = m[1]
	}
	user := p.tokens[mask]
	require.NotNil(t, user, mask)
	swap := slices.Clone(p.ids)
	slices.Reverse(swap)
	mine := strings.NewReplacer(swap...)
	body := ""
	if r.Request.Body != nil {
		body = mine.Replace(*r.Request.Body)
	}
	path := mine.Replace(strings.TrimPrefix(r.Request.URL, "http://127.0.0.1:8042"))
	var headers []string
	for name, value := range r.Request.Headers {
		if name != "X-Auth-Token" {
			headers = append(headers, name, value)
		}
	}
	resp, got := user.do(r.Request.Method, "/alarming"+path, body, headers...)

	assert.Equal(t, r.Response.Status, resp.StatusCode, "%s", got)
	p.learn(got, r.Response.Body)
	why, skipped := aodhSkipped[r.file]
	if skipped && r.Response.BodyKind != "json" {
		t.Log(why)
		return
	}
	p.compareHeaders(t, r, resp.Header)
	if r.Response.BodyKind != "json" {
		assert.Empty(t, got)
		return
	}
	want, have := compact(t, r.Response.Body), p.theirs(compact(t, got))
	if skipped {
		t.Log(why)
		shared := 0
		for shared < min(len(want), len(have)) && want[shared] == have[shared] {
			shared++
		}
		assert.Greater(t, shared, 60, "%s\n%s", want, have)
		return
	}
	assert.Equal(t, evaluated.ReplaceAllString(want, "evaluated"), evaluated.ReplaceAllString(have, "evaluated"))
}

// evaluated is the time at which an answer to a write says that it was stored, to the microsecond.
var evaluated = regexp.MustCompile(`"evaluate_timestamp":"[-0-9T:]{19}\.\d{6}"`)

// moment is when a recording was made, as far as its body tells.
func (p *aodhReplay) moment(r *recording) string {
	var b struct{ Timestamp string }
	if r.Request.Method != "GET" && json.Unmarshal(r.Response.Body, &b) == nil && b.Timestamp != "" {
		return b.Timestamp
	}
	return cmp.Or(aodhMoments[r.file], "2026-11-23T01:09:49.000000")
}

var anID = regexp.MustCompile(`"(?:alarm_id|event_id)": ?"([-0-9a-f]{36})"`)

// learn notes which of our ids stand for recorded ones, by where they stand.
func (p *aodhReplay) learn(got []byte, recorded json.RawMessage) {
	ours, theirs := anID.FindAllSubmatch(got, -1), anID.FindAllSubmatch(recorded, -1)
	for i := range min(len(ours), len(theirs)) {
		if id := string(ours[i][1]); !slices.Contains(p.ids, id) {
			p.ids = append(p.ids, id, string(theirs[i][1]))
		}
	}
}

func (p *aodhReplay) theirs(text string) string {
	text = strings.NewReplacer(p.cloud.URL()+"/alarming", "http://127.0.0.1:8042").Replace(there(p.cloud).Replace(text))
	return strings.NewReplacer(p.ids...).Replace(text)
}

func compact(t *testing.T, text []byte) string {
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, text), "%s", text)
	return b.String()
}

// compareHeaders wants the recorded headers and no others.
func (p *aodhReplay) compareHeaders(t *testing.T, r *recording, got http.Header) {
	want := http.Header{}
	for _, h := range r.Response.Headers {
		want.Add(h[0], h[1])
	}
	for _, name := range []string{"Connection", "Content-Length", "Date"} {
		want.Del(name)
		got.Del(name)
	}
	if want.Get("X-Openstack-Request-Id") != "" {
		assert.Regexp(t, requestID, got.Get("X-Openstack-Request-Id"))
		want["X-Openstack-Request-Id"] = got["X-Openstack-Request-Id"]
	}
	for _, values := range got {
		for i := range values {
			values[i] = p.theirs(values[i])
		}
	}
	assert.Equal(t, want, got)
}
