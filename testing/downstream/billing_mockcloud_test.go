package downstream_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

var prices = Prices{VCPU: decimal.RequireFromString("0.031"), GiB: decimal.RequireFromString("0.0045")}

// mocked is a biller of a cloud whose usage r answers for.
func mocked(t *testing.T, r httpmock.Responder) (*Biller, *httpmock.MockTransport) {
	t.Helper()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute)
	mockcloud.ProjectNames(transport, map[string]string{"p1": "web-shop", "p2": "genomics"})
	mockcloud.TenantUsage(transport, r)
	conn, err := gophermeter.Connect(t.Context(), mockcloud.Options(transport)...)
	require.NoError(t, err)
	b, err := NewBiller(conn, prices)
	require.NoError(t, err)
	return b, transport
}

// used are two servers of web-shop, one of genomics and a project that was deleted.
var used = []tenantusage.ProjectUsage{
	{ProjectID: "p1", Servers: []tenantusage.ServerUsage{
		{InstanceID: "s1", Name: "front", Flavor: "m1.small", Hours: 744, VCPUs: 1, MemoryMB: 2048},
		{InstanceID: "s2", Name: "shop", Flavor: "m1.large", Hours: 100.5, VCPUs: 4, MemoryMB: 8192},
	}},
	{ProjectID: "p2", Servers: []tenantusage.ServerUsage{{InstanceID: "s3", Name: "node", Hours: 10, VCPUs: 64, MemoryMB: 262144}}},
	{ProjectID: "gone", TotalHours: 1, TotalVCPUsUsage: 0.1},
}

// assertInvoices wants what the projects above owe.
func assertInvoices(t *testing.T, got []Invoice) {
	t.Helper()
	var lines [][]string
	for _, i := range got {
		lines = append(lines, []string{i.Project, i.VCPUHours.String(), i.GiBHours.String(), i.Amount.StringFixed(2)})
	}
	assert.Equal(t, [][]string{
		{"genomics", "640", "2560", "31.36"},
		{"gone", "0.1", "0", "0.00"},
		{"web-shop", "1146", "2292", "45.84"},
	}, lines)
}

func TestMockInvoices(t *testing.T) {
	t.Parallel()
	pages := mockcloud.UsagePages(2, used...)
	for name, r := range map[string]httpmock.Responder{
		"whole":           mockcloud.Usages(used...),
		"pages":           mockcloud.UsagePages(1, used...),
		"torn page":       pages.Then(mockcloud.Torn(pages, 200)).Then(pages),
		"overloaded once": mockcloud.ComputeError(503, "busy").HeaderSet(http.Header{"Retry-After": {"30"}}).Then(mockcloud.Usages(used...)),
		"old Nova":        mockcloud.Unversioned(mockcloud.Usages(used...)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := mocked(t, r)
			got, err := b.Invoices(t.Context(), 2026, time.May)
			require.NoError(t, err)
			assertInvoices(t, got)
		})
	}
}

func TestMockStatement(t *testing.T) {
	t.Parallel()
	b, _ := mocked(t, mockcloud.UsagePages(1, used...))
	lines, err := b.Statement(t.Context(), "p1", 2026, time.May)
	require.NoError(t, err)
	require.Len(t, lines, 2)
	assert.Equal(t, "front m1.small 744 29.76", lines[0].Server+" "+lines[0].Flavor+" "+lines[0].Hours.String()+" "+lines[0].Amount.StringFixed(2))
	assert.Equal(t, "16.08", lines[1].Amount.StringFixed(2))
	lines, err = b.Statement(t.Context(), "idle", 2026, time.May)
	require.NoError(t, err)
	assert.Empty(t, lines)
}

func TestMockTokenIsRenewed(t *testing.T) {
	t.Parallel()
	pages := mockcloud.UsagePages(2, used...)
	b, transport := mocked(t, pages.Then(mockcloud.Unauthorized()).Then(pages))
	got, err := b.Invoices(t.Context(), 2026, time.May)
	require.NoError(t, err)
	assertInvoices(t, got)
	assert.Equal(t, 2, transport.GetCallCountInfo()["POST "+mockcloud.Identity.URL+"/auth/tokens"], "logins")
}

func TestMockNothingIsBilledOfAFailure(t *testing.T) {
	t.Parallel()
	pages := mockcloud.UsagePages(2, used...)
	behind := gophermeter.Month(2026, time.May).End.Add(-time.Hour)
	late := []tenantusage.ProjectUsage{used[0], used[1]}
	late[0].Stop, late[1].Stop = behind, behind
	apart := []tenantusage.ProjectUsage{used[0], used[1]}
	apart[0].Stop, apart[1].Stop = behind, behind.Add(-time.Hour)
	many := tenantusage.ProjectUsage{ProjectID: "p1"}
	for i := range 1000 {
		many.Servers = append(many.Servers, tenantusage.ServerUsage{InstanceID: fmt.Sprint(i), Hours: 1})
	}
	for name, c := range map[string]struct {
		r    httpmock.Responder
		want error
	}{
		"no administrator":             {mockcloud.ComputeError(403, "Policy doesn't allow it."), gophermeter.ErrForbidden},
		"down":                         {pages.Then(mockcloud.ComputeError(500, "Unexpected API Error.")), gophermeter.ErrServer},
		"torn every time":              {pages.Then(mockcloud.Torn(pages, 200)), io.ErrUnexpectedEOF},
		"clock behind":                 {mockcloud.Usages(late...), ErrIncomplete},
		"pages of different windows":   {mockcloud.UsagePages(2, apart...), gophermeter.ErrWindowDrift},
		"and they are incomplete":      {mockcloud.UsagePages(2, apart...), ErrIncomplete},
		"an old Nova that has more":    {mockcloud.Unversioned(mockcloud.Usages(many)), ErrIncomplete},
		"the same, in the SDK's words": {mockcloud.Unversioned(mockcloud.Usages(many)), gophermeter.ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := mocked(t, c.r)
			got, err := b.Invoices(t.Context(), 2026, time.May)
			require.ErrorIs(t, err, c.want)
			assert.Empty(t, got)
		})
	}
}

func TestMockMonthIsNotOver(t *testing.T) {
	t.Parallel()
	b, transport := mocked(t, mockcloud.Usages(used...))
	logins := transport.GetTotalCallCount()
	now := time.Now().UTC()
	_, err := b.Invoices(t.Context(), now.Year(), now.Month())
	require.ErrorIs(t, err, ErrIncomplete)
	_, err = b.Statement(t.Context(), "p1", now.Year(), now.Month())
	require.ErrorIs(t, err, ErrIncomplete)
	assert.Equal(t, logins, transport.GetTotalCallCount(), "nothing was asked")
}

func TestMockNoNova(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport)
	conn, err := gophermeter.Connect(t.Context(), mockcloud.Options(transport)...)
	require.NoError(t, err)
	_, err = NewBiller(conn, prices)
	require.ErrorIs(t, err, gophermeter.ErrNoService)
}
