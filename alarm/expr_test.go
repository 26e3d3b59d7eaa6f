package alarm_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestExpressionsAsTheServicesReadThem(t *testing.T) {
	t.Parallel()
	type own string // a field of another package
	noon := time.Date(2026, 9, 1, 14, 0, 0, 5000, time.FixedZone("", 7200))
	for want, e := range map[string]alarm.Expr{
		`{"=": {"name": "a \"b\" <c>"}}`:                              alarm.Eq(alarm.FieldName, `a "b" <c>`),
		`{"!=": {"state": "ok"}}`:                                     alarm.Ne(alarm.FieldState, alarm.StateOK),
		`{"<": {"volume": 1.5}}`:                                      alarm.Lt(own("volume"), 1.5),
		`{"<=": {"n": 7}}`:                                            alarm.Le("n", 7),
		`{">": {"timestamp": "2026-09-01T12:00:00.000005"}}`:          alarm.Gt(alarm.FieldTimestamp, noon),
		`{">=": {"n": 9007199254740993}}`:                             alarm.Ge("n", int64(9007199254740993)),
		`{"=": {"enabled": true}}`:                                    alarm.Eq(alarm.FieldEnabled, true),
		`{"=~": {"name": "^web"}}`:                                    alarm.Matches(alarm.FieldName, "^web"),
		`{"in": {"severity": ["low", "critical"]}}`:                   alarm.In(alarm.FieldSeverity, alarm.SeverityLow, alarm.SeverityCritical),
		`{"and": [{"=": {"a": 1}}, {"not": {"=": {"b": ""}}}]}`:       alarm.And(alarm.Eq("a", 1), alarm.Not(alarm.Eq("b", ""))),
		`{"or": [{"=": {"a": 1}}, {"=": {"a": 2}}, {"=": {"a": 3}}]}`: alarm.Or(alarm.Eq("a", 1), alarm.Eq("a", 2), alarm.Eq("a", 3)),
		`{"=": {"a": 4}}`:                                             alarm.And(alarm.Or(alarm.Eq("a", 4))),
		``:                                                            {},
	} {
		got, err := e.JSON()
		require.NoError(t, err, want)
		assert.Equal(t, want, got)
		assert.Equal(t, want == "", e.IsZero())
		assert.True(t, want == "" || json.Valid([]byte(got)), got)
	}
}

func TestBadExpressionsAreRefused(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, `[]`))
	for field, e := range map[string]alarm.Expr{
		"volume":                     alarm.Eq("volume", math.NaN()),
		"timestamp":                  alarm.Gt(alarm.FieldTimestamp, time.Time{}),
		"size":                       alarm.In("size", 1, math.Inf(1)),
		"severity":                   alarm.In[alarm.Field, string](alarm.FieldSeverity),
		"= has no field":             alarm.Eq("", 1),
		"and has no operands":        alarm.And(),
		"or has no operands":         alarm.Not(alarm.Or()),
		"an operand of and is empty": alarm.And(alarm.Expr{}, alarm.Eq("a", 1)),
		"an operand of not is empty": alarm.Or(alarm.Eq("a", 1), alarm.Not(alarm.Expr{})),
	} {
		_, err := client.QueryAlarms(t.Context(), alarm.Query{Filter: e})
		invalid(t, err, field)
		assert.False(t, e.IsZero())
	}
	assert.Empty(t, script.all())
}

func TestQueriesOfTheFake(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := newCloud(t)
	admin, demo := connect(t, cloud, "admin"), connect(t, cloud, "demo")
	for want, q := range map[string]alarm.Query{
		"[node-failed resize-wanted server-gone]": {OrderBy: []alarm.Sort{{Field: alarm.FieldName}}},
		"[server-gone]":             {Filter: alarm.And(alarm.Eq(alarm.FieldEnabled, true), alarm.Gt(alarm.FieldStateTimestamp, time.Date(2026, 9, 10, 0, 0, 0, 0, time.UTC)))},
		"[server-gone node-failed]": {Filter: alarm.Not(alarm.Eq(alarm.FieldSeverity, alarm.SeverityLow)), OrderBy: []alarm.Sort{{Field: alarm.FieldName, Descending: true}}},
		"[resize-wanted]":           {Filter: alarm.Or(alarm.Matches(alarm.FieldName, "^resize"), alarm.In(alarm.FieldState, alarm.StateAlarm)), Limit: 5},
		"[node-failed]":             {OrderBy: []alarm.Sort{{Field: alarm.FieldName}}, Limit: 1},
	} {
		got, err := admin.QueryAlarms(ctx, q)
		require.NoError(t, err)
		assert.Equal(t, want, "["+join(names(got))+"]")
	}
	own, err := demo.QueryAlarms(ctx, alarm.Query{})
	require.NoError(t, err)
	assert.Len(t, own, 2)
	changes, err := demo.QueryAlarmChanges(ctx, alarm.Query{Filter: alarm.Eq(alarm.FieldType, alarm.ChangeStateTransition)})
	require.NoError(t, err)
	assert.Len(t, changes, 3)
	assert.Equal(t, "Event hits the query", changes[0].Detail.TransitionReason)
}

func join(all []string) (out string) {
	for i, s := range all {
		if i > 0 {
			out += " "
		}
		out += s
	}
	return out
}

func TestAnAlarmOnAMetricNeedsGnocchi(t *testing.T) {
	t.Parallel()
	client := connect(t, newCloud(t, fakecloud.WithoutGnocchi()), "demo")
	_, err := client.CreateAlarm(t.Context(), alarm.CreateOptions{Name: "x", Rule: every[2]})
	require.Error(t, err)
	assert.ErrorContains(t, err, "metric service")
}
