package gophermeter_test

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// files writes a directory of configuration; URL stands for that of the cloud.
func files(t *testing.T, c *cloud, all map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range all {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, "URL", c.URL)), 0o600))
	}
	return dir
}

const plainCloud = `
clouds:
  ops:
    auth: {auth_url: URL, username: admin, password: 0123, project_id: p1}
    region_name: RegionOne
  other:
    auth: {auth_url: "http://other.example.org"}
`

func TestCloudOfAFile(t *testing.T) {
	isolate(t, nil)
	c := newCloud(t)
	dir := files(t, c, map[string]string{"clouds.yaml": plainCloud})
	_, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud("ops"), gophermeter.WithCloudsFile(dir+"/clouds.yaml"), once)
	require.NoError(t, err)
	assert.JSONEq(t, asked("password", byName, projectID), c.requests()[0], "0123 is a password, not an octal number")
}

func TestTextsOfAFileStayAsTheyAre(t *testing.T) {
	isolate(t, nil)
	for yaml, want := range map[string]string{
		"0123": "0123", "1e5": "1e5", "1_000": "1_000", "yes": "yes", "2026-11-23": "2026-11-23", `"a: b"`: "a: b", "0x1F": "0x1F", "1.10": "1.10",
	} {
		c := newCloud(t)
		dir := files(t, c, map[string]string{"clouds.yaml": "clouds: {a: {auth: {auth_url: URL, username: admin, password: " + yaml + "}}}"})
		_, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud("a"), gophermeter.WithCloudsFile(dir+"/clouds.yaml"), once)
		require.NoError(t, err)
		assert.JSONEq(t, asked("password", strings.Replace(byName, "0123", want, 1), ""), c.requests()[0])
	}
}

// Without its project a login would be for the user's default project, and so would every total.
func TestProjectOfAFileByItsOlderNamesAndBesideAuth(t *testing.T) {
	isolate(t, nil)
	for _, yaml := range []string{
		`{auth: {auth_url: URL, username: admin, password: "0123", tenant_id: p1}}`,
		`{auth: {auth_url: URL, username: admin, password: "0123"}, project_id: p1}`,
		`{auth: {auth_url: URL, username: admin, password: "0123", project_id: p1}, tenant_id: p2, project_id: p3}`,
	} {
		c := newCloud(t)
		dir := files(t, c, map[string]string{"clouds.yaml": "clouds: {a: " + yaml + "}"})
		_, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud("a"), gophermeter.WithCloudsFile(dir+"/clouds.yaml"), once)
		require.NoError(t, err)
		assert.JSONEq(t, asked("password", byName, projectID), c.requests()[0], yaml)
	}
}

func TestSecureAndPublicFiles(t *testing.T) {
	isolate(t, nil)
	c := newCloud(t)
	dir := files(t, c, map[string]string{
		"clouds.yaml":        `clouds: {ops: {profile: vendor, auth: {username: admin, project_id: p1, password: ""}}}`,
		"secure.yaml":        `clouds: {ops: {auth: {password: "0123"}}}`,
		"clouds-public.yaml": `public-clouds: {vendor: {auth: {auth_url: URL, project_id: theirs}, region_name: RegionOne}}`,
	})
	conn, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud("ops"), gophermeter.WithCloudsFile(dir+"/clouds.yaml"), once)
	require.NoError(t, err)
	assert.JSONEq(t, asked("password", byName, projectID), c.requests()[0])
	assert.Len(t, conn.Services(), 5)
}

func TestWhereCloudsAreLookedFor(t *testing.T) {
	c := newCloud(t)
	entry := func(password string) string {
		return `clouds: {ops: {auth: {auth_url: URL, username: admin, password: "` + password + `"}}}`
	}
	dir := files(t, c, map[string]string{
		"option/clouds.yaml": entry("option"), "client/my.yaml": entry("client"), "cwd/clouds.yml": entry("cwd"),
		"xdg/openstack/clouds.yaml": entry("xdg"), "home/.config/openstack/clouds.yaml": entry("home"), "empty/x": "",
	})
	login := func(opts ...gophermeter.Option) string {
		_, err := gophermeter.Connect(t.Context(), append(opts, once)...)
		require.NoError(t, err)
		all := c.requests()
		return all[len(all)-1]
	}
	isolate(t, map[string]string{"OS_CLOUD": "ops", "OS_CLIENT_CONFIG_FILE": dir + "/client/my.yaml",
		"XDG_CONFIG_HOME": dir + "/xdg", "HOME": dir + "/home"})
	t.Chdir(dir + "/cwd")
	assert.Contains(t, login(gophermeter.WithCloudsFile(dir+"/option/clouds.yaml")), "option")
	assert.Contains(t, login(), "client")
	t.Setenv("OS_CLIENT_CONFIG_FILE", "")
	assert.Contains(t, login(), "cwd")
	t.Chdir(dir + "/empty")
	assert.Contains(t, login(), "xdg")
	t.Setenv("XDG_CONFIG_HOME", "")
	assert.Contains(t, login(), "home")
	t.Setenv("HOME", dir+"/empty")
	_, err := gophermeter.Connect(t.Context())
	assert.ErrorContains(t, err, "cloud ops: no clouds.yaml in .,")
}

func TestCloudsThatCannotBe(t *testing.T) {
	isolate(t, nil)
	for _, test := range []struct{ yaml, want string }{
		{`clouds: {b: {}, c: {}}`, "cloud a: is not in"},
		{`clouds: {b: {}, c: {}}`, "which has b, c"},
		{`clouds: {a: {region_name: x}}`, "cloud a: has no auth section"},
		{`clouds: {a: }`, "cloud a: has no auth section"},
		{`clouds: {a: {auth: {username: u, password: p}}}`, "cloud a: auth_url is not set"},
		{`clouds: {a: {auth_type: none, auth: {auth_url: URL}}}`, `auth_type "none" is none of`},
		{`clouds: {a: {profile: x, auth: {auth_url: URL}}}`, `has the profile "x", but there is no clouds-public.yaml`},
		{`clouds: {a: {auth: {auth_url: URL, username: u, password: p}, verify: perhaps}}`, "verify: \"perhaps\" is neither"},
		{`clouds: {a: {auth: {auth_url: URL, username: u, password: p}, region_name: R3, regions: [R1, {name: R2}]}}`,
			`has no region "R3", only R1, R2`},
		{"clouds: {a: \"hunter2", "clouds.yaml"},
		{"clouds: hunter2", "is not a section of clouds by name"},
	} {
		c := newCloud(t)
		dir := files(t, c, map[string]string{"clouds.yaml": test.yaml})
		_, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud("a"), gophermeter.WithCloudsFile(dir+"/clouds.yaml"), once)
		assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument, test.yaml)
		assert.ErrorContains(t, err, test.want)
		assert.NotContains(t, err.Error(), "hunter2")
		assert.Empty(t, c.requests())
	}
	_, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud("a"), gophermeter.WithCloudsFile("/nowhere/clouds.yaml"))
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

// OS_CLOUD wins over the other credentials; region, interface and TLS still apply.
func TestCloudBesideOtherVariables(t *testing.T) {
	c := newCloud(t)
	dir := files(t, c, map[string]string{"clouds.yaml": plainCloud})
	isolate(t, map[string]string{
		"OS_CLOUD": "ops", "OS_CLIENT_CONFIG_FILE": dir + "/clouds.yaml", "OS_AUTH_URL": "http://wrong", "OS_USERNAME": "wrong",
		"OS_PASSWORD": "wrong", "OS_PROJECT_NAME": "wrong", "OS_REGION_NAME": "RegionV1", "OS_INTERFACE": "internalURL",
	})
	conn, err := gophermeter.Connect(t.Context(), once)
	require.NoError(t, err)
	assert.JSONEq(t, asked("password", byName, projectID), c.requests()[0])
	for _, e := range conn.Services() {
		assert.Equal(t, "RegionV1", e.Region)
	}
	assert.Len(t, conn.Services(), 1, "the internal endpoint of RegionV1")

	_, err = gophermeter.Connect(t.Context(), once, gophermeter.WithCloud("other"))
	assert.ErrorContains(t, err, "cloud other: has no password", "the option wins over OS_CLOUD")
	conn, err = gophermeter.Connect(t.Context(), once, gophermeter.WithRegion("RegionOne"), gophermeter.WithInterface("admin"))
	require.NoError(t, err)
	assert.Equal(t, "RegionOne", conn.Services()[0].Region)
}

func TestRegionsOfACloud(t *testing.T) {
	isolate(t, nil)
	c := newCloud(t)
	dir := files(t, c, map[string]string{"clouds.yaml": `
clouds:
  a:
    auth: {auth_url: "http://wrong", username: admin, password: p}
    regions: [{name: RegionOne, values: {auth: {auth_url: URL}}}, RegionV1]
`})
	file := gophermeter.WithCloudsFile(dir + "/clouds.yaml")
	conn, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud("a"), file, once)
	require.NoError(t, err, "the first region, with its values")
	assert.Equal(t, "RegionOne", conn.Services()[0].Region)
	_, err = gophermeter.Connect(t.Context(), gophermeter.WithCloud("a"), gophermeter.WithRegion("R9"), file, once)
	assert.ErrorContains(t, err, `has no region "R9", only RegionOne, RegionV1`)

	dir = files(t, c, map[string]string{"clouds.yaml": `
clouds:
  a:
    auth: {auth_url: URL, username: admin, password: p}
    regions: [{name: RegionV1, values: {interface: none}}]
`})
	t.Setenv("OS_INTERFACE", "internal")
	conn, err = gophermeter.Connect(t.Context(), gophermeter.WithCloud("a"), gophermeter.WithCloudsFile(dir+"/clouds.yaml"), once)
	require.NoError(t, err)
	assert.Len(t, conn.Services(), 1, "the internal endpoint of RegionV1: the environment is over what a region says")
}

func TestEndpointOverridesOfACloud(t *testing.T) {
	isolate(t, nil)
	c := newCloud(t)
	dir := files(t, c, map[string]string{"clouds.yaml": strings.Replace(plainCloud, "    region_name", "    metering_endpoint_override: http://m/v2\n"+
		"    load_balancer_endpoint_override: http://l\n    region_name", 1)})
	opts := []gophermeter.Option{gophermeter.WithCloud("ops"), gophermeter.WithCloudsFile(dir + "/clouds.yaml"), once}
	conn, err := gophermeter.Connect(t.Context(), opts...)
	require.NoError(t, err)
	for typ, want := range map[string]string{"meter": "http://m/v2", "telemetry": "http://m/v2", "load-balancer": "http://l"} {
		s, err := conn.Service(typ)
		require.NoError(t, err)
		assert.Equal(t, want, s.Endpoint())
	}
	conn, err = gophermeter.Connect(t.Context(), append(opts, gophermeter.WithEndpoint("telemetry", "http://mine"))...)
	require.NoError(t, err)
	s, err := conn.Service("meter")
	require.NoError(t, err)
	assert.Equal(t, "http://mine", s.Endpoint(), "an option wins, by whatever name")
}

func TestCertificatesOfTheEnvironment(t *testing.T) {
	c := newCloud(t)
	secure := httptest.NewTLSServer(c.ServeMux)
	t.Cleanup(secure.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600))
	dir := files(t, &cloud{Server: secure}, map[string]string{"clouds.yaml": plainCloud})
	connect := func(env map[string]string, opts ...gophermeter.Option) error {
		isolate(t, map[string]string{"OS_CLOUD": "ops", "OS_CLIENT_CONFIG_FILE": dir + "/clouds.yaml"})
		for name, value := range env {
			t.Setenv(name, value)
		}
		_, err := gophermeter.Connect(t.Context(), append(opts, once)...)
		return err
	}
	secure.Config.ErrorLog = quiet()
	assert.ErrorContains(t, connect(nil), "certificate signed by unknown authority")
	assert.NoError(t, connect(map[string]string{"OS_CACERT": ca}))
	assert.NoError(t, connect(map[string]string{"OS_INSECURE": "true"}))
	assert.ErrorContains(t, connect(map[string]string{"OS_INSECURE": "false"}), "unknown authority")
	assert.ErrorContains(t, connect(map[string]string{"OS_CERT": ca}), "cert: ", "a certificate without a key in its file")
	assert.ErrorIs(t, connect(map[string]string{"OS_CACERT": ca}, gophermeter.WithTransport(tripper(nil))), gophermeter.ErrInvalidArgument)
}
