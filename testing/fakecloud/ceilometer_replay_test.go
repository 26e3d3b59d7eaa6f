package fakecloud_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// pair is one request to a real Ceilometer and what it answered.
type pair struct {
	Name, Method, Path string
	Headers            map[string]string
	Sent               *string
	Status             int
	Type, Allow        string
	Location, Body     string
	Cut                bool // the recording has the first rows alone
}

func pairs(t *testing.T, file string) []pair {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "ceilometer", file+".jsonl"))
	require.NoError(t, err)
	defer f.Close()
	var all []pair
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var p pair
		require.NoError(t, json.Unmarshal(in.Bytes(), &p))
		all = append(all, p)
	}
	require.NoError(t, in.Err())
	return all
}

const (
	recordedAdmin, recordedAdminProject = "6c88cbb31fdb51e192da35f7a414add9", "6dc86c686c0c5906a57e74c8b04b06e6"
	recordedDemo, recordedDemoProject   = "14d887979f1e59f3bc5056bd093b0556", "546b887890cd5769b12f0c2c5d9f4603"
)

// meteredCloud is a cloud with the accounts of the recordings.
func meteredCloud(t *testing.T, opts ...fakecloud.Option) (*fakecloud.Cloud, map[string]*client) {
	now := func() time.Time { return time.Date(2026, 11, 23, 1, 4, 6, 778003000, time.UTC) }
	c := newCloud(t, append(opts, fakecloud.WithEmpty(), fakecloud.WithClock(now))...)
	c.AddProject(fakecloud.Project{ID: recordedAdminProject, Name: "admin"})
	c.AddProject(fakecloud.Project{ID: recordedDemoProject, Name: "demo"})
	c.AddUser(fakecloud.User{ID: recordedAdmin, Name: "admin", Roles: map[string][]string{recordedAdminProject: {"admin"}}})
	c.AddUser(fakecloud.User{ID: recordedDemo, Name: "demo", Roles: map[string][]string{recordedDemoProject: {"member"}}})
	return c, map[string]*client{"admin": as(t, c, "admin", "admin"), "member": as(t, c, "demo", "demo")}
}

// send sends the recorded request.
func (p pair) send(t *testing.T, c *fakecloud.Cloud, as *client) (*http.Response, string) {
	t.Helper()
	var body io.Reader
	if p.Sent != nil {
		body = strings.NewReader(*p.Sent)
	}
	req, err := http.NewRequestWithContext(t.Context(), p.Method, c.URL()+"/metering"+p.Path, body)
	require.NoError(t, err)
	for name, value := range p.Headers {
		if !strings.HasPrefix(name, "X-") {
			req.Header.Set(name, value)
		}
	}
	req.Header.Set("X-Auth-Token", as.token)
	resp, err := as.http.Transport.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, strings.ReplaceAll(string(text), c.URL()+"/metering", "http://127.0.0.1:8777")
}

// play compares status, headers and body.
func (p pair) play(t *testing.T, c *fakecloud.Cloud, clients map[string]*client) {
	resp, text := p.send(t, c, clients[p.Headers["X-Roles"]])
	assert.Equal(t, p.Status, resp.StatusCode, text)
	for name, want := range map[string]string{"Content-Type": p.Type, "Allow": p.Allow, "Location": p.Location} {
		assert.Equal(t, want, resp.Header.Get(name), name)
	}
	assert.Regexp(t, requestID, resp.Header.Get("X-Openstack-Request-Id"))
	if p.Body == "" || !strings.HasPrefix(p.Type, "application/json") {
		assert.Equal(t, p.Body, text)
		return
	}
	want, have := decoded(t, []byte(p.Body)), decoded(t, []byte(text))
	if p.Status < 300 {
		p.compareRows(t, c, clients[p.Headers["X-Roles"]], want, have)
		return
	}
	if beginning := inOwnWords(want); beginning != "" {
		fault, ok := have.(map[string]any)["error_message"].(map[string]any)
		require.True(t, ok, text)
		assert.True(t, strings.HasPrefix(fault["faultstring"].(string), beginning), text)
		return
	}
	assert.Equal(t, want, have)
}

// inOwnWords is the beginning of an error that goes on in the words of a library: of jsonschema, SQLAlchemy or Python.
func inOwnWords(v any) string {
	fault, _ := v.(map[string]any)["error_message"].(map[string]any)
	text, _ := fault["faultstring"].(string)
	for _, beginning := range []string{"Filter expression not valid: ", "Order-by expression not valid: ", "Invalid input for field/attribute samples. ",
		"(builtins.AttributeError) 'str' object has no attribute 'utctimetuple'"} {
		if strings.HasPrefix(text, beginning) {
			return beginning
		}
	}
	return ""
}

// writes puts what changes the state behind what reads it.
func (p pair) writes() string {
	if p.Method == "POST" && strings.HasPrefix(p.Path, "/v2/meters/") {
		return "writes"
	}
	return ""
}

// comparable is a row as a text, without what is made up of a post, and with links in order, for they have none.
func (p pair) comparable(row any) string {
	if o, ok := row.(map[string]any); ok {
		if p.writes() != "" {
			delete(o, "message_id")
			if p.Sent != nil && !strings.Contains(*p.Sent, `"timestamp"`) {
				delete(o, "timestamp")
			}
		}
		if links, ok := o["links"].([]any); ok {
			slices.SortFunc(links, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
	text, _ := json.Marshal(row)
	return string(text)
}

// compareRows compares the answers to requests that were fulfilled.
func (p pair) compareRows(t *testing.T, c *fakecloud.Cloud, as *client, want, have any) {
	wanted, isList := want.([]any)
	had, ok := have.([]any)
	require.Equal(t, isList, ok)
	switch {
	case !isList:
		assert.Equal(t, p.comparable(want), p.comparable(have))
		return
	case byForm[p.Name] != "":
		require.NotEmpty(t, had)
		assert.Equal(t, form(wanted[0]), form(had[0]))
		return
	case !p.ordered():
		// Lists have no order, so that the limit leaves others here.
		if !p.Cut {
			assert.Len(t, had, len(wanted))
		}
		had = p.unlimited(t, c, as)
		rows := map[string]bool{}
		for _, row := range had {
			rows[p.comparable(row)] = true
		}
		for _, row := range wanted {
			assert.True(t, rows[p.comparable(row)], p.comparable(row))
		}
		return
	}
	if p.Cut {
		had = had[:min(len(had), len(wanted))]
	}
	require.Len(t, had, len(wanted))
	var want1, have1, want2, have2 []string
	for i := range wanted { // rows of one time come in any order
		if p.writes() == "" {
			want1, have1 = append(want1, timeOf(wanted[i])), append(have1, timeOf(had[i]))
		}
		want2, have2 = append(want2, p.comparable(wanted[i])), append(have2, p.comparable(had[i]))
	}
	assert.Equal(t, want1, have1)
	assert.ElementsMatch(t, want2, have2)
}

func timeOf(row any) string {
	o, _ := row.(map[string]any)
	return fmt.Sprint(o["timestamp"], o["generated"], o["period_start"])
}

// ordered tells whether the service puts rows in an order.
func (p pair) ordered() bool {
	path, _, _ := strings.Cut(p.Path, "?")
	return path != "/v2/meters" && path != "/v2/resources"
}

// unlimited asks for the same without its limit.
func (p pair) unlimited(t *testing.T, c *fakecloud.Cloud, as *client) []any {
	path, query, _ := strings.Cut(p.Path, "?")
	q, err := url.ParseQuery(query)
	require.NoError(t, err)
	q.Set("limit", "100000")
	whole := p
	whole.Path = path + "?" + q.Encode()
	_, text := whole.send(t, c, as)
	return decoded(t, []byte(text)).([]any)
}

// form is the names of an object's members and the types of their values.
func form(v any) string {
	o, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprintf("%T", v)
	}
	var names []string
	for name, value := range o {
		names = append(names, name+" "+form(value))
	}
	slices.Sort(names)
	return "{" + strings.Join(names, ", ") + "}"
}

const unseenSamples = "of samples that no recording shows"

// byForm are answers that are computed of more than any recording shows: the form of a row is compared, not its numbers.
var byForm = map[string]string{
	"trait":                "of events that no recording shows",
	"stats":                unseenSamples,
	"stats-agg-all":        unseenSamples,
	"stats-agg-avg":        unseenSamples,
	"stats-agg-card":       unseenSamples,
	"stats-agg-count":      unseenSamples,
	"stats-agg-groupby":    unseenSamples,
	"stats-agg-max":        unseenSamples,
	"stats-agg-min":        unseenSamples,
	"stats-agg-multi":      unseenSamples,
	"stats-agg-noncount":   unseenSamples,
	"stats-agg-stddev":     unseenSamples,
	"stats-agg-sum":        unseenSamples,
	"stats-agg-two-card":   unseenSamples,
	"stats-clamp":          unseenSamples,
	"stats-demo":           unseenSamples,
	"stats-groupby-dup":    unseenSamples,
	"stats-groupby-meta":   unseenSamples,
	"stats-groupby-period": unseenSamples,
	"stats-groupby":        unseenSamples,
	"stats-groupby2":       unseenSamples,
	"stats-meta":           unseenSamples,
	"stats-period-noq":     unseenSamples,
	"stats-period":         unseenSamples,
	"stats-period0":        unseenSamples,
}

// incomparable are pairs that are not replayed, by the reason.
var incomparable = map[string]string{
	"meters-xml":     "the fake speaks JSON alone",
	"meters-err-xml": "the fake speaks JSON alone",
	"meters-noauth":  "the recorded API ran without keystonemiddleware, the fake has it",
	"post-noauth":    "the recorded API ran without keystonemiddleware, the fake has it",
	"events-noctx":   "the recorded API ran without keystonemiddleware, the fake has it",
}

func TestCeilometerReplay(t *testing.T) {
	t.Parallel()
	for file, opts := range map[string][]fakecloud.Option{
		"ocata":   nil,
		"gnocchi": {fakecloud.WithGnocchiForSamples(), fakecloud.WithCeilometerRedirects("http://127.0.0.1:8042/", "http://127.0.0.1:8977")},
		"liberty": {fakecloud.WithCeilometer(fakecloud.CeilometerLiberty)},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			all := pairs(t, file)
			c, clients := meteredCloud(t, opts...)
			holdRecorded(t, c, all)
			holdEvents(t, c, all)
			slices.SortStableFunc(all, func(a, b pair) int { return strings.Compare(a.writes(), b.writes()) })
			for _, p := range all {
				t.Run(p.Name, func(t *testing.T) {
					if why := incomparable[p.Name]; why != "" {
						t.Skip(why)
					}
					p.play(t, c, clients)
				})
			}
		})
	}
}
