package mockcloud_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// Each operation of the project's list is answered by a responder of its service, for the things that the service was given.
func TestEveryOperationHasAResponder(t *testing.T) {
	t.Parallel()
	all := httpmock.NewMockTransport()
	ok := httpmock.NewStringResponder(http.StatusOK, "{}")
	mockcloud.TenantUsage(all, ok)
	mockcloud.RatingV1(all, mockcloud.RatingV1Service{})
	mockcloud.RatingV2(all, mockcloud.RatingV2Service{})
	mockcloud.Hashmap(all, mockcloud.HashmapService{
		Groups: []hashmap.Group{{ID: "1"}}, Mappings: []hashmap.Mapping{{ID: "1"}}, Thresholds: []hashmap.Threshold{{ID: "1"}},
	})
	mockcloud.Pyscripts(all, pyscripts.Script{})
	mockcloud.Meters(all, mockcloud.MeterService{})
	mockcloud.Alarms(all, mockcloud.AlarmService{Alarms: []alarm.Alarm{{ID: "1"}}})
	for _, register := range []func(*httpmock.MockTransport, httpmock.Responder){
		mockcloud.AMIESend, mockcloud.AMIEStatus, mockcloud.AMIEFailed, mockcloud.AMIEClear, mockcloud.AMIELoaded,
	} {
		register(all, ok)
	}
	roots := map[string]string{
		"tenantusage": mockcloud.Compute.URL, "rating": mockcloud.Rating.URL, "meter": mockcloud.Metering.URL,
		"alarm": mockcloud.Alarming.URL, "amie": mockcloud.AMIEURL,
	}
	list, err := os.ReadFile("../../internal/apicheck/operations.txt")
	require.NoError(t, err)
	root, asked := "", 0
	for line := range strings.Lines(string(list)) {
		if section, found := strings.CutPrefix(line, "## "); found {
			name, _, _ := strings.Cut(section, ":")
			name, _, _ = strings.Cut(name, "/")
			root = roots[name]
			require.NotEmpty(t, root, section)
			continue
		}
		words := strings.Fields(line)
		if root == "" || len(words) < 2 || words[len(words)-1] == "optional" {
			continue
		}
		req, err := http.NewRequestWithContext(t.Context(), words[0], root+placeholder.ReplaceAllString(words[1], "1"), strings.NewReader("{}"))
		require.NoError(t, err)
		resp, err := all.RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		assert.False(t, err != nil && strings.Contains(err.Error(), httpmock.NoResponderFound.Error()), strings.TrimSpace(line))
		asked++
	}
	assert.Greater(t, asked, 90)
}
