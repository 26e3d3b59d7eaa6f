package mockcloud_test

import (
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cloud is a transport with a Keystone that knows compute.
func cloud() *httpmock.MockTransport {
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute)
	return transport
}

func connect(t *testing.T, transport *httpmock.MockTransport, opts ...gophermeter.Option) *gophermeter.Connection {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), append(mockcloud.Options(transport), opts...)...)
	require.NoError(t, err)
	return conn
}

// client reads usage that r answers for.
func client(t *testing.T, r httpmock.Responder, opts ...tenantusage.Option) (*tenantusage.Client, *httpmock.MockTransport) {
	t.Helper()
	transport := cloud()
	mockcloud.TenantUsage(transport, r)
	c, err := tenantusage.New(connect(t, transport), opts...)
	require.NoError(t, err)
	return c, transport
}
