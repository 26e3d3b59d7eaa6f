package bridge_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/internal/errs"
)

func TestReadConfig(t *testing.T) {
	t.Parallel()
	c := config(t)
	assert.Equal(t, bridge.ComputeResource{Resource: lm, Flavors: []string{"r3.*"}, Rate: dec("2.5")}, c.Compute[2])
	assert.Equal(t, "0.75", c.States["suspended"].String())
	assert.Equal(t, bridge.Project{LocalProjectID: "TG-ABC123", Username: "pi_abc"}, c.Projects[projectABC])
	assert.Equal(t, "alice", c.Users[userAlice])
	assert.Equal(t, []string{projectOut}, c.ExcludedProjects)
	assert.Equal(t, "SSD", c.Storage[0].MediaType)
	require.NoError(t, c.Check())
}

func TestRatesKeepEveryDigit(t *testing.T) {
	t.Parallel()
	for _, rate := range []string{`0.100000000000000001`, `"0.100000000000000001"`, `1.00000000000000001e-1`} {
		c, err := bridge.ReadConfig([]byte(`{"compute":[{"resource":"r","flavors":["*"],"rate":` + rate + `}],"states":{"*":1}}`))
		require.NoError(t, err)
		assert.True(t, c.Compute[0].Rate.Equal(dec("0.100000000000000001")), rate)
	}
}

// Each change of the sample is refused with the name of the field.
func TestConfigIsRefused(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("testdata/config.json")
	require.NoError(t, err)
	for want, change := range map[string][2]string{
		`config: unknown field "rates"`:                                               {`"rate": "1"`, `"rates": "1"`},
		`config: is no JSON: `:                                                        {`"compute": [`, `"compute": (`},
		`config: something follows the JSON object`:                                   {"report\"\n}", "report\"\n} {}"},
		`config: is no JSON: unexpected EOF`:                                          {"report\"\n}", "report\""},
		`compute[0].rate: stands there twice`:                                         {`"rate": "1"`, `"rate": "1", "rate": "2"`},
		`compute[0].Rate: stands there twice`:                                         {`"rate": "1"`, `"rate": "1", "Rate": "2"`},
		`users.5c1d7a0f30214a62a9e8b1e0f2f3c4d5: stands there twice`:                  {`"users": {`, `"users": {"5c1d7a0f30214a62a9e8b1e0f2f3c4d5": "eve", `},
		`states.stopped: is null`:                                                     {`"stopped": "0.5"`, `"stopped": null`},
		`compute[1].flavors[0]: is null`:                                              {`"g3.*"`, `null`},
		`compute[2].rate: is missing, or no number above 0 with at most 18 decimals`:  {`, "rate": 2.5`, ``},
		`compute[0].rate: is missing, or no number`:                                   {`"rate": "1"`, `"rate": "0"`},
		`compute[1].rate: is missing, or no number`:                                   {`["g3.*"], "rate": "2"`, `["g3.*"], "rate": "-2"`},
		`at most 18 decimals`:                                                         {`"rate": "1"`, `"rate": "1e-19"`},
		`compute[0].rate: is missing`:                                                 {`"rate": "1"`, `"rate": 1e300`},
		`config: error decoding string`:                                               {`"rate": "1"`, `"rate": "cheap"`},
		`states.suspended: is no share of a rate`:                                     {`"0.75"`, `"-0.75"`},
		`states: there are none`:                                                      {`"states": {"active": "1", "suspended": "0.75", "stopped": "0.5", "shelved": "0", "shelved_offloaded": "0"}`, `"states": {}`},
		`compute[0].resource: is empty`:                                               {`cpu.cloud.example.access-ci.org`, ``},
		`compute[1].flavors: there are none`:                                          {`["g3.*"]`, `[]`},
		`compute[1].flavors: one of them is empty`:                                    {`["g3.*"]`, `[""]`},
		`storage[0].metrics: there are none`:                                          {`["volume.size"], "types": ["ssd", "nvme"]`, `[], "types": ["ssd", "nvme"]`},
		`storage[1].types: one of them is empty`:                                      {`["hdd"]`, `[""]`},
		`storage[1].charge: "" is none of GB, GiB, price`:                             {`"media_type": "Disk", "charge": "GB"`, `"media_type": "Disk"`},
		`storage[0].charge: "TB" is none of`:                                          {`"GB"`, `"TB"`},
		`storage[0].media_type: has a control character`:                              {`"SSD"`, `"S\nD"`},
		`storage[0].resource: is empty`:                                               {`"resource": "storage.cloud.example.access-ci.org"`, `"resource": " "`},
		`storage[0].rate: is missing`:                                                 {`"charge": "GB", "rate": "2"`, `"charge": "GB"`},
		`projects.b3a1c3e0d7f94d1c8a52f6a0c9c2ad10.local_project_id: is empty`:        {`"TG-ABC123"`, `""`},
		`projects.b3a1c3e0d7f94d1c8a52f6a0c9c2ad10.username: has 31 characters`:       {`pi_abc`, strings.Repeat("x", 31)},
		`projects: an id is empty`:                                                    {`"7d0c2b7b5f1f4ef39a5d0ed9b1c6a001"`, `""`},
		`users.0f4e8a4c9f3b4a6f8f0a77a0c0b55d21: is empty`:                            {`"alice"`, `""`},
		`users: an id is empty`:                                                       {`"0f4e8a4c9f3b4a6f8f0a77a0c0b55d21"`, `""`},
		`service_users: 0f4e8a4c9f3b4a6f8f0a77a0c0b55d21 is in users, too`:            {`e5f00000000000000000000000000001`, `0f4e8a4c9f3b4a6f8f0a77a0c0b55d21`},
		`service_users: one of them is empty`:                                         {`e5f00000000000000000000000000001`, ``},
		`excluded_projects: one of them is empty`:                                     {`aaaa0000000000000000000000000000`, ``},
		`excluded_projects: 7d0c2b7b5f1f4ef39a5d0ed9b1c6a001 is in projects, too`:     {`aaaa0000000000000000000000000000`, `7d0c2b7b5f1f4ef39a5d0ed9b1c6a001`},
		`local_reference: has a control character`:                                    {`amie-report`, `amie\treport`},
		`config: cannot unmarshal string into Go struct field Config.compute of type`: {`"compute": [`, `"compute": "none", "x": [`},
		`compute[0].flavors: there are none`:                                          {`"flavors": ["m3.*", "c1.large"], `, ``},
	} {
		text := strings.Replace(string(sample), change[0], change[1], 1)
		require.NotEqual(t, string(sample), text, want)
		_, err := bridge.ReadConfig([]byte(text))
		require.ErrorIs(t, err, errs.ErrInvalidArgument, want)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
	}
	_, err = bridge.ReadConfig([]byte(`{}`))
	assert.ErrorContains(t, err, "neither a compute nor a storage resource")
}

// Ids that differ by their case only are two.
func TestIDsHaveCase(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("testdata/config.json")
	require.NoError(t, err)
	c, err := bridge.ReadConfig([]byte(strings.Replace(string(sample), `"users": {`, `"users": {"Bob": "bob1", "bob": "bob2", `, 1)))
	require.NoError(t, err)
	assert.Equal(t, [2]string{"bob1", "bob2"}, [2]string{c.Users["Bob"], c.Users["bob"]})
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		fits          bool
	}{
		{"m3.quad", "m3.quad", true},
		{"m3.quad", "m3.quads", false},
		{"m3.*", "m3.quad", true},
		{"m3.*", "m3.", true},
		{"m3.*", "m3x", false},
		{"m3.*", "xm3.quad", false},
		{"*.quad", "m3.quad", true},
		{"*", "", true},
		{"*", "g1 gpu/é", true},
		{"g*/*", "g1 gpu/é", true},
		{"m*m", "m", false},
		{"m*m", "mm", true},
		{"a*b*c", "abbc", true},
		{"a*bc*c", "abc", false},
		{"a**c", "ac", true},
		{"M3.*", "m3.quad", false},
		{"m3.?", "m3.x", false},
	} {
		config := config(t)
		config.Compute = config.Compute[:1]
		config.Compute[0].Flavors = []string{c.pattern}
		d := compute(t, config, slice(0, 1, flavor(c.name, 1)))
		assert.Equal(t, c.fits, len(d.Lines) == 1, "%s %s", c.pattern, c.name)
	}
}

func TestStores(t *testing.T) {
	t.Parallel()
	c := config(t)
	assert.True(t, c.Stores("volume.size"))
	assert.False(t, c.Stores("instance"))
	c.Storage[0].Metrics = []string{"image.*"}
	assert.True(t, c.Stores("image.size"))
}
