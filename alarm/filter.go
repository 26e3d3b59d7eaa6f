package alarm

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Filter is a condition on a list of alarms or of changes; conditions are made by functions such as [ByName].
// An empty value is refused: the services take it for no condition at all.
//
// Source: Aodh, api/controllers/v2/alarms.py and utils.py; Ceilometer, alarm queries.
type Filter struct {
	field, op, value, typ string
	err                   error
}

// ByName matches the alarms of that name. Aodh's database takes upper and lower case for the same.
func ByName(name string) Filter { return filter("name", name) }

// ByProject matches the alarms of a project, and the changes that were made from it. Another project than the
// caller's own is for administrators.
func ByProject(projectID string) Filter { return filter("project_id", projectID) }

// ByUser matches the alarms of a user, and the changes that the user made.
func ByUser(userID string) Filter { return filter("user_id", userID) }

// ByKind matches the alarms of one type.
func ByKind(k Kind) Filter { return filter("type", string(k)) }

// ByState matches the alarms that are in a state.
func ByState(s State) Filter { return filter("state", string(s)) }

// BySeverity matches the alarms of a severity, and the changes that were recorded with it: creations, changes of the
// severity itself, and on Aodh evaluations, but not states that somebody set. Since Kilo.
func BySeverity(s Severity) Filter { return filter("severity", string(s)) }

// ByEnabled matches the alarms that are evaluated, or those that are not.
func ByEnabled(enabled bool) Filter { return truth("enabled", enabled) }

// ByRepeatActions matches the alarms whose actions are repeated with every evaluation, or are not. Aodh only.
func ByRepeatActions(repeat bool) Filter { return truth("repeat_actions", repeat) }

// ByID matches one alarm. Ceilometer only; [Client.GetAlarm] is for both.
func ByID(alarmID string) Filter { return filter("alarm_id", alarmID) }

// ByMeter matches the threshold alarms on a meter. Ceilometer only.
func ByMeter(meter string) Filter { return filter("meter", meter) }

// ByTimestamp matches the alarms that were changed last at that very time. Aodh only.
func ByTimestamp(t time.Time) Filter { return moment("eq", t) }

// AllProjects adds the alarms of every project. It is for administrators; Aodh refuses it to others with
// [gophermeter.ErrForbidden]. Ceilometer shows administrators every project anyhow and others their own, and
// is not asked.
func AllProjects() Filter {
	return Filter{field: "all_projects", op: "eq", value: "True", typ: "boolean"}
}

// ByChange matches the changes of one type.
func ByChange(t ChangeType) Filter { return filter("type", string(t)) }

// Before matches the changes older than t.
func Before(t time.Time) Filter { return moment("lt", t) }

// Until matches the changes of t and older.
func Until(t time.Time) Filter { return moment("le", t) }

// After matches the changes younger than t.
func After(t time.Time) Filter { return moment("gt", t) }

// Since matches the changes of t and younger.
func Since(t time.Time) Filter { return moment("ge", t) }

// Widened moves both ends of the time that other conditions set apart by d, in whole minutes. It needs one
// such condition.
func Widened(d time.Duration) Filter {
	f := Filter{field: "search_offset", op: "eq", value: strconv.FormatInt(int64(d/time.Minute), 10), typ: "integer"}
	if d <= 0 || d%time.Minute != 0 {
		f.err = errs.Invalid("search_offset", "%s is not a number of minutes", d)
	}
	return f
}

func filter(field, value string) Filter {
	f := Filter{field: field, op: "eq", value: value, typ: "string"}
	if value == "" {
		f.err = errs.Invalid(field, "is empty")
	}
	return f
}

// truth is sent as Python writes it: Aodh compares a text "true" with the column.
func truth(field string, value bool) Filter {
	text := "False"
	if value {
		text = "True"
	}
	return Filter{field: field, op: "eq", value: text, typ: "boolean"}
}

// moment is a time in the services' microseconds, of which a finer one must not cross one.
func moment(op string, t time.Time) Filter {
	at := t.Truncate(time.Microsecond)
	if (op == "ge" || op == "lt") && at.Before(t) {
		at = at.Add(time.Microsecond)
	}
	f := Filter{field: "timestamp", op: op, value: wire.FormatNaive(at), typ: "datetime"}
	if t.IsZero() {
		f.err = errs.Invalid("timestamp", "is the zero time")
	}
	return f
}

// The fields that may be filtered by.
var (
	aodhAlarmFields = []string{
		"all_projects", "user_id", "project_id", "type", "name", "enabled", "state", "severity", "timestamp", "repeat_actions",
	}
	ceilometerAlarmFields = []string{
		"all_projects", "user_id", "project_id", "type", "name", "enabled", "state", "severity", "meter", "alarm_id",
	}
	changeFields = []string{"user_id", "project_id", "type", "severity", "timestamp", "search_offset"}
)

func (c *Client) alarmFields() []string {
	if c.dialect == Aodh {
		return aodhAlarmFields
	}
	return ceilometerAlarmFields
}

// condition makes the parameters of conditions. All four of each are always sent: the services pair them by
// their position. Of two on one field they look at the last, and of times at the last of each end.
func (c *Client) condition(filters []Filter, fields []string) (url.Values, error) {
	q := url.Values{}
	for i, f := range filters {
		switch {
		case f == Filter{}:
			return nil, errs.Invalid("Filter", "is the zero value")
		case f.err != nil:
			return nil, f.err
		case slices.ContainsFunc(filters[:i], func(o Filter) bool { return o.field == f.field && o.op[0] == f.op[0] }):
			return nil, errs.Invalid("Filter", "%s comes twice, and the service would look at one of them alone", f.field)
		case !slices.Contains(fields, f.field):
			return nil, unsupported("%s cannot filter this list by %s", c.dialect, f.field)
		case f.field == "all_projects" && c.dialect != Aodh:
			continue
		}
		q.Add("q.field", f.field)
		q.Add("q.op", f.op)
		q.Add("q.value", f.value)
		q.Add("q.type", f.typ)
	}
	return q, nil
}
