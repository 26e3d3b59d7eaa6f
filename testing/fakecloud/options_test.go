package fakecloud_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestOptionsConnect(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, user := range []string{"admin", "demo", "auditor"} {
		conn, err := gophermeter.Connect(t.Context(), c.OptionsFor(user)...)
		require.NoError(t, err, user)
		t.Cleanup(conn.CloseIdleConnections)
		assert.True(t, conn.Has("compute"), user)
	}
	assert.Panics(t, func() { c.OptionsFor("nobody") })
}

func TestCloudsYAMLConnects(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	require.NoError(t, os.WriteFile(file, []byte(c.CloudsYAML()), 0o600))
	for _, name := range []string{"fakecloud", "demo", "demo2", "auditor", "admin-appcred", "demo-appcred"} {
		conn, err := gophermeter.Connect(t.Context(), gophermeter.WithCloud(name), gophermeter.WithCloudsFile(file))
		require.NoError(t, err, name)
		t.Cleanup(conn.CloseIdleConnections)
		assert.True(t, conn.Has("compute"), name)
	}
	assert.NotContains(t, c.CloudsYAML(), "noproject")
}

func Example() {
	cloud := fakecloud.New()
	defer cloud.Close()

	conn, err := gophermeter.Connect(context.Background(), cloud.OptionsFor("demo")...)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.CloseIdleConnections()
	fmt.Println("compute:", conn.Has("compute"))
	for _, r := range cloud.Requests() {
		fmt.Println(r.Service, r.Method, r.Path, r.Status)
	}
	// Output:
	// compute: true
	// identity POST /v3/auth/tokens 201
}
