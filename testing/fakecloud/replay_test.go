package fakecloud_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"math/rand/v2"
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

// inShape lists the members that are compared by their form alone: the server draws them at random. Every other member of every
// recording is compared by value, numbers by their digits; roles as a set, which is what Keystone keeps them in.
var inShape = map[string]map[string]*regexp.Regexp{ // by file, or "" for all
	"":                                    {"audit_ids": regexp.MustCompile(`^\["[\w-]{22}"(,"[\w-]{22}")?\]$`)},
	"keystone-44-appcred-create-expiring": {"id": regexp.MustCompile(`^"[0-9a-f]{32}"$`), "secret": regexp.MustCompile(`^"[\w-]{86}"$`), "self": regexp.MustCompile(`/[0-9a-f]{32}"$`)},
}

// sequences are recordings whose order matters.
var sequences = [][]string{
	{"appcred-create-expiring", "appcred-delete"},
	{"revokee", "revoke", "revoked-use", "revoked-validate"},
}

// TestReplay sends every recorded request to a fake that holds what the recorded cloud held, twice, the second time after the
// writes of the first, in a random order.
func TestReplay(t *testing.T) {
	t.Parallel()
	keystone, nova := recordings(t, "keystone"), recordings(t, "nova")
	require.Len(t, keystone, 50)
	require.Len(t, nova, 61)

	p := &replay{byName: map[string]*recording{}, tokens: map[string]string{}}
	p.cloud, p.clock = recordedCloud(t)
	for _, r := range append(keystone, nova...) {
		require.NotContains(t, p.byName, r.Name)
		p.byName[r.Name] = r
	}
	steps := slices.Clone(sequences)
	for name := range p.byName {
		if !slices.ContainsFunc(sequences, func(s []string) bool { return slices.Contains(s, name) }) {
			steps = append(steps, []string{name})
		}
	}
	slices.SortFunc(steps, slices.Compare[[]string])

	seed := rand.Uint64()
	shuffle := rand.New(rand.NewPCG(seed, 0))
	for round := range 2 {
		shuffle.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		for _, step := range steps {
			for _, name := range step {
				if !t.Run(p.byName[name].file, func(t *testing.T) { p.play(t, name) }) {
					t.Logf("round %d, seed %d", round+1, seed)
				}
			}
		}
	}
}

type replay struct {
	cloud  *fakecloud.Cloud
	clock  *atomic.Pointer[time.Time]
	byName map[string]*recording
	tokens map[string]string // got so far, by the recording that got them
	made   string            // ID of the application credential of the sequence
}

var masked = regexp.MustCompile(`<token:([^>]+)>`)

// live puts real tokens for masked ones, and this cloud's IDs and addresses for the recorded ones.
func (p *replay) live(t *testing.T, text string) string {
	text = masked.ReplaceAllStringFunc(text, func(mask string) string {
		name := masked.FindStringSubmatch(mask)[1]
		if p.tokens[name] == "" {
			p.play(t, name)
		}
		return p.tokens[name]
	})
	if p.made != "" {
		text = strings.ReplaceAll(text, "6826a94103f24ea9b3b0d525f1fc2548", p.made)
	}
	return here(p.cloud).Replace(text)
}

// play sends one recorded request and compares the answer.
func (p *replay) play(t *testing.T, name string) {
	r := p.byName[name]
	var body io.Reader
	if r.Request.Body != nil {
		body = strings.NewReader(p.live(t, *r.Request.Body))
	}
	req, err := http.NewRequestWithContext(t.Context(), r.Request.Method, p.live(t, r.Request.URL), body)
	require.NoError(t, err)
	for name, value := range r.Request.Headers {
		req.Header.Set(name, p.live(t, value))
	}
	now := r.moment(t)
	p.clock.Store(&now)
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)

	assert.Equal(t, r.Response.Status, resp.StatusCode)
	p.compareHeaders(t, r, resp.Header)
	p.compareBody(t, r, got)
	if token := resp.Header.Get("X-Subject-Token"); resp.StatusCode == http.StatusCreated && token != "" {
		p.tokens[name] = token
	}
	if name == "appcred-create-expiring" {
		var b struct {
			Credential struct{ ID string } `json:"application_credential"`
		}
		require.NoError(t, json.Unmarshal(got, &b))
		p.made = b.Credential.ID
	}
}

var requestID = regexp.MustCompile(`^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// compareHeaders wants the recorded headers and no others. Connection is the recorded server's setting; Content-Length is
// compared with the body.
func (p *replay) compareHeaders(t *testing.T, r *recording, got http.Header) {
	want := http.Header{}
	for _, h := range r.Response.Headers {
		want.Add(h[0], h[1])
	}
	for _, name := range []string{"Connection", "Content-Length", "Date"} {
		want.Del(name)
		got.Del(name)
	}
	for name := range want {
		switch name {
		case "X-Openstack-Request-Id", "X-Compute-Request-Id":
			assert.Regexp(t, requestID, got.Get(name))
			want[name] = got[name]
		case "X-Subject-Token":
			assert.NotEmpty(t, got.Get(name))
			want[name] = got[name]
		case "Allow":
			want[name], got[name] = sortedList(want.Get(name)), sortedList(got.Get(name))
		}
	}
	for name, values := range got {
		for i := range values {
			got[name][i] = there(p.cloud).Replace(values[i])
		}
	}
	assert.Equal(t, want, got)
	if compute := got.Get("X-Compute-Request-Id"); compute != "" {
		assert.Equal(t, got.Get("X-Openstack-Request-Id"), compute)
	}
}

func sortedList(s string) []string {
	parts := strings.Split(s, ", ")
	slices.Sort(parts)
	return parts
}

func (p *replay) compareBody(t *testing.T, r *recording, got []byte) {
	got = []byte(there(p.cloud).Replace(string(got)))
	if r.Response.BodyKind != "json" {
		var want string
		require.NoError(t, json.Unmarshal(r.Response.Body, &want))
		assert.Equal(t, want, string(got))
		return
	}
	assert.Len(t, got, r.Response.BodyBytes, "bytes of the body, with the recorded addresses")
	want, have := decoded(t, r.Response.Body), decoded(t, got)
	roles := map[string]string{}
	roleIDs(have, want, roles)
	assert.Equal(t, p.settled(t, r, want, nil), p.settled(t, r, have, roles))
}

// decoded keeps the digits of numbers.
func decoded(t *testing.T, text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	require.NoError(t, d.Decode(&v), "%s", text)
	return v
}

// roleIDs finds what the recorded IDs of roles are called here.
func roleIDs(got, want any, ids map[string]string) {
	names := func(v any) map[string]string {
		found := map[string]string{}
		walk(v, func(key string, v any) {
			if list, ok := v.([]any); ok && key == "roles" {
				for _, role := range list {
					role := role.(map[string]any)
					found[role["name"].(string)] = role["id"].(string)
				}
			}
		})
		return found
	}
	recorded := names(want)
	for name, id := range names(got) {
		ids[id] = recorded[name]
	}
}

func walk(v any, see func(key string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			see(key, e)
			walk(e, see)
		}
	case []any:
		for _, e := range v {
			walk(e, see)
		}
	}
}

// settled puts in order what has none and in shape what is random.
func (p *replay) settled(t *testing.T, r *recording, v any, roles map[string]string) any {
	walk(v, func(key string, e any) {
		list, ok := e.([]any)
		if !ok || key != "roles" {
			return
		}
		for _, role := range list {
			role := role.(map[string]any)
			role["id"] = cmp.Or(roles[role["id"].(string)], role["id"].(string))
		}
		slices.SortFunc(list, func(a, b any) int {
			return strings.Compare(a.(map[string]any)["id"].(string), b.(map[string]any)["id"].(string))
		})
	})
	for _, file := range []string{"", r.file} {
		shape(t, v, inShape[file])
	}
	return v
}

func shape(t *testing.T, v any, forms map[string]*regexp.Regexp) {
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			if form := forms[key]; form != nil {
				text, err := json.Marshal(e)
				require.NoError(t, err)
				assert.Regexp(t, form, string(text), key)
				v[key] = form.String()
			} else if key != "roles" {
				shape(t, e, forms)
			}
		}
	case []any:
		for _, e := range v {
			shape(t, e, forms)
		}
	}
}
