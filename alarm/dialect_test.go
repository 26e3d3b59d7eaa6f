package alarm_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func connection(t *testing.T, endpoints ...string) *gophermeter.Connection {
	t.Helper()
	provider := &gophercloud.ProviderClient{TokenID: "a-token", IdentityBase: "http://127.0.0.1:1/"}
	opts := []gophermeter.Option{}
	for i := 0; i < len(endpoints); i += 2 {
		opts = append(opts, gophermeter.WithEndpoint(endpoints[i], endpoints[i+1]))
	}
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{}, opts...)
	require.NoError(t, err)
	return conn
}

func TestTheCatalogueTellsTheDialect(t *testing.T) {
	t.Parallel()
	const aodhURL, meterURL, k5 = "http://aodh:8042", "http://meter:8777", "https://telemetry.uk-1.cloud.global.fujitsu.com"
	for _, test := range []struct {
		endpoints []string
		opts      []alarm.Option
		want      alarm.Dialect
	}{
		{[]string{"alarm", aodhURL}, nil, alarm.Aodh},
		{[]string{"alarming", aodhURL, "metering", meterURL}, nil, alarm.Aodh},
		{[]string{"metering", meterURL}, nil, alarm.Ceilometer},
		{[]string{"telemetry", meterURL}, nil, alarm.Ceilometer},
		{[]string{"telemetry", k5}, nil, alarm.K5},
		{[]string{"telemetry", "https://cloud.global.fujitsu.com.example"}, nil, alarm.Ceilometer},
		{[]string{"metering", meterURL}, []alarm.Option{alarm.WithDialect(alarm.K5)}, alarm.K5},
		{[]string{"metering", meterURL}, []alarm.Option{alarm.WithDialect(alarm.Aodh)}, alarm.Aodh},
		{[]string{"alarm", aodhURL, "metering", meterURL}, []alarm.Option{alarm.WithDialect(alarm.Ceilometer)}, alarm.Ceilometer},
	} {
		client, err := alarm.New(connection(t, test.endpoints...), test.opts...)
		require.NoError(t, err, test.endpoints)
		assert.Equal(t, test.want, client.Dialect(), test.endpoints)
	}
	_, err := alarm.New(connection(t, "compute", aodhURL))
	assert.ErrorIs(t, err, gophermeter.ErrNoService)
	_, err = alarm.New(connection(t, "alarm", aodhURL), alarm.WithPageSize(-1))
	invalid(t, err, "WithPageSize")
	_, err = alarm.New(connection(t, "meter", k5), alarm.WithPageSize(1441))
	invalid(t, err, "WithPageSize")
	_, err = alarm.New(connection(t, "alarm", aodhURL), alarm.WithDialect("latin"))
	invalid(t, err, "WithDialect")
}

func TestK5PagesByOffset(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, "metering", []alarm.Option{alarm.WithDialect(alarm.K5), alarm.WithPageSize(2)},
		says(200, `[{"alarm_id": "1", "alarm_actions": ["{\"service\":\"mail\",\"action\":\"send\",\"parameters\":{}}"]}, {"alarm_id": "2"}]`),
		says(200, `[{"alarm_id": "2"}, {"alarm_id": "3"}]`), says(200, `[{"alarm_id": "4"}]`))
	all, err := client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.ByName("x")}}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 4)
	assert.Equal(t, []string{`{"service":"mail","action":"send","parameters":{}}`}, all[0].AlarmActions)
	for i, r := range script.all() {
		assert.Equal(t, fmt.Sprint(2*i), r.URL.Query().Get("offset"))
		assert.Equal(t, "2", r.URL.Query().Get("limit"))
	}
}

func TestCeilometerHasNoPagesQuotasAndMetrics(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, script := ceilometer(t, says(200, body(t, "ceilometer-list")))
	all, err := client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.AllProjects(), alarm.ByMeter("cpu_util")}}).Collect(ctx)
	require.NoError(t, err)
	assert.NotEmpty(t, all)
	assert.Equal(t, []string{"GET /v2/alarms?q.field=meter&q.op=eq&q.type=string&q.value=cpu_util"}, script.calls())
	_, err = client.GetQuotas(ctx, "p")
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = client.GetOwnQuotas(ctx)
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = client.SetQuotas(ctx, alarm.Quotas{})
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.ErrorIs(t, client.DeleteQuotas(ctx, "p"), gophermeter.ErrUnsupported)
	_, err = client.GetMetrics(ctx, alarm.MetricsOptions{})
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.Len(t, script.all(), 1)
}

func TestACeilometerThatGaveItsAlarmsAway(t *testing.T) {
	t.Parallel()
	client, script := ceilometer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://127.0.0.1:8042/v2/alarms")
		says(308, body(t, "ceilometer-moved.txt"))(w, nil)
	})
	_, err := client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.ErrorContains(t, err, `gophermeter.WithEndpoint("alarm", url)`)
	assert.ErrorContains(t, err, "http://127.0.0.1:8042/v2/alarms")
	assert.Len(t, script.all(), 1, "the token does not go to another host")
	_, err = client.CreateAlarm(t.Context(), alarm.CreateOptions{Name: "x", Rule: alarm.EventRule{}})
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)

	client, _ = ceilometer(t, says(410, body(t, "ceilometer-gone")))
	_, err = client.FindAlarm(t.Context(), "x")
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
}

func TestAnAodhWithoutMetrics(t *testing.T) {
	t.Parallel()
	client, _ := aodh(t, says(404, body(t, "error-path")))
	_, err := client.GetMetrics(t.Context(), alarm.MetricsOptions{})
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.ErrorContains(t, err, "2025.1")
}

func TestCeilometersOwnAlarms(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := connect(t, newCloud(t, fakecloud.WithCeilometerAlarms()), "admin")
	require.Equal(t, alarm.Ceilometer, client.Dialect())
	hot, err := client.CreateAlarm(ctx, alarm.CreateOptions{Name: "hot", Rule: alarm.ThresholdRule{MeterName: "cpu_util", Threshold: 80}})
	require.NoError(t, err)
	assert.Equal(t, "Alarm when cpu_util is eq a avg of 80.0 over 60 seconds", hot.Description)
	cold, err := client.CreateAlarm(ctx, alarm.CreateOptions{Name: "cold", Rule: alarm.ThresholdRule{MeterName: "cpu_util", Threshold: 1, Comparison: alarm.CompareLT}})
	require.NoError(t, err)
	_, err = client.CreateAlarm(ctx, alarm.CreateOptions{Name: "hot", Rule: hot.Rule})
	assert.ErrorIs(t, err, gophermeter.ErrConflict)
	either, err := client.CreateAlarm(ctx, alarm.CreateOptions{Name: "either", Rule: alarm.CombinationRule{Operator: alarm.OperatorOr, AlarmIDs: []string{hot.ID, cold.ID}}})
	require.NoError(t, err)

	found, err := client.FindAlarm(ctx, "either")
	require.NoError(t, err)
	assert.Equal(t, either, found)
	all, err := client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.ByMeter("cpu_util")}}).Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, all, 2)
	updated, err := client.UpdateAlarm(ctx, hot.ID, alarm.UpdateOptions{Severity: alarm.SeverityCritical})
	require.NoError(t, err)
	assert.Equal(t, alarm.SeverityCritical, updated.Severity)
	assert.Equal(t, hot.Rule, updated.Rule)
	require.NoError(t, client.SetState(ctx, hot.ID, alarm.StateAlarm))
	changes, err := client.AlarmChanges(hot.ID, alarm.ChangesOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, changes, 3)
	unknown, err := client.AlarmChanges("unknown", alarm.ChangesOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, unknown)
	queried, err := client.QueryAlarms(ctx, alarm.Query{Filter: alarm.Eq(alarm.FieldState, alarm.StateAlarm)})
	require.NoError(t, err)
	assert.Equal(t, []string{"hot"}, names(queried))
	capabilities, err := client.GetCapabilities(ctx)
	require.NoError(t, err)
	assert.NotEmpty(t, capabilities) // the metering service tells of its own too
	require.NoError(t, client.DeleteAlarm(ctx, either.ID))
}
