package meter

import (
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Filter is a condition on a list; conditions are made by functions such as [ByResource], and all of them must
// hold. An empty value is refused: the service takes it for no condition at all and answers everything. Of two
// conditions on one field Ceilometer looks at one alone, so that a second one is refused too, but not on K5, whose
// document allows ten and does not say how they go together.
//
//	            ByProject, ByUser, ByResource,  BySource*  ByMetadata  ByMessageID  time  ByEventType, ByTrait
//	Meters      yes                             yes        yes
//	Samples     yes                             yes        yes         yes          yes
//	Statistics  yes                             yes        yes         yes          yes
//	Resources   yes                             yes        yes                      yes
//	Events                                                             yes          yes   yes
//
// Fujitsu's K5 knows ByUser, ByResource and BySource, and times where they are possible at all.
//
// Source: Ceilometer, api/controllers/v2/utils.py and events.py.
type Filter struct {
	field, op, value, typ string
	at                    time.Time
	widen                 time.Duration
	err                   error
}

// ByProject matches what belongs to a project. Another project than the caller's own is for administrators; others
// get [gophermeter.ErrForbidden]. The id "None" matches what belongs to no project, on SQL.
func ByProject(projectID string) Filter { return text("project_id", projectID) }

// ByUser matches what belongs to a user. The id "None" matches what belongs to nobody, on SQL.
func ByUser(userID string) Filter { return text("user_id", userID) }

// ByResource matches one resource.
func ByResource(resourceID string) Filter { return text("resource_id", resourceID) }

// BySource matches where samples came from, in full: "<project id>:openstack" for what was posted, "openstack" for
// what agents measured.
func BySource(source string) Filter { return text("source", source) }

// ByMessageID matches one sample or one event by its id.
func ByMessageID(id string) Filter { return text("message_id", id) }

// Value is what the metadata of a resource or sample, or a trait of an event, can be compared with. Its type is a part
// of the condition: the services keep numbers, texts and truth values apart, and 2 is not "2". No trait is a truth
// value, and metadata that are times are for MongoDB.
type Value interface {
	~string | ~int | ~int64 | ~float64 | ~bool | time.Time
}

// ByMetadata matches a key of the metadata, nested ones with dots all the way, such as "flavor.vcpus". The value has
// the type that it was measured with, whereas answers show every value as a text.
func ByMetadata[V Value](key string, value V) Filter {
	f := typed("metadata."+key, "eq", value)
	if key == "" {
		f.err = errs.Invalid("ByMetadata", "the key is empty")
	}
	return f
}

// ByEventType matches the events of one type.
func ByEventType(eventType string) Filter { return text("event_type", eventType) }

// Op is how a trait is compared with a value.
type Op string

// Comparisons of [ByTrait].
const (
	OpLT Op = "lt" // less than
	OpLE Op = "le" // less than or equal to
	OpEQ Op = "eq" // equal to
	OpNE Op = "ne" // not equal to: events that have the trait with another value
	OpGE Op = "ge" // greater than or equal to
	OpGT Op = "gt" // greater than
)

// ByTrait matches the events that have a trait which compares so with a value of the trait's own type: an integer
// trait is never found by a text.
func ByTrait[V Value](name string, op Op, value V) Filter {
	f := typed(name, string(op), value)
	f.typ = "trait:" + f.typ
	switch {
	case name == "" || op == "":
		f.err = errs.Invalid("ByTrait", "needs a name and a comparison, got %q and %q", name, op)
	case name == "event_type", name == "message_id", name == "start_timestamp", name == "end_timestamp":
		f.err = errs.Invalid("ByTrait", "%s is no trait, and the service would not look at the comparison", name)
	case f.typ == "trait:boolean":
		f.err = errs.Invalid("ByTrait", "%s: no trait is a truth value", name)
	}
	return f
}

// Since matches what was measured at t or later. A [gophermeter.Window] in the options says the same more shortly.
func Since(t time.Time) Filter { return moment("ge", t) }

// After matches what was measured later than t.
func After(t time.Time) Filter { return moment("gt", t) }

// Until matches what was measured at t or earlier.
func Until(t time.Time) Filter { return moment("le", t) }

// Before matches what was measured earlier than t.
func Before(t time.Time) Filter { return moment("lt", t) }

// Widened moves the ends of the time that other conditions or the Window of the options set apart by d, in whole
// minutes: the service's search_offset. It needs one such condition. In [Client.Statistics] durations count within
// the time that was not widened.
func Widened(d time.Duration) Filter {
	f := Filter{field: "search_offset", op: "eq", value: strconv.FormatInt(int64(d/time.Minute), 10), typ: "integer", widen: d}
	if d <= 0 || d%time.Minute != 0 {
		f.err = errs.Invalid("Widened", "%s is not a number of minutes", d)
	}
	return f
}

func text(field, value string) Filter {
	f := Filter{field: field, op: "eq", value: value, typ: "string"}
	if value == "" {
		f.err = errs.Invalid(field, "is empty, which the service takes for no condition at all")
	}
	return f
}

func moment(op string, t time.Time) Filter {
	f := Filter{field: "timestamp", op: op, at: t, typ: "datetime"}
	if t.IsZero() {
		f.err = errs.Invalid("timestamp", "is the zero time")
	}
	return f
}

// typed makes the condition of a value whose type the service must know.
func typed(field, op string, value any) Filter {
	if t, ok := value.(time.Time); ok {
		f := text(field, wire.FormatNaive(t))
		f.op, f.typ = op, "datetime"
		if t.IsZero() {
			f.err = errs.Invalid(field, "is the zero time")
		}
		return f
	}
	var f Filter
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Bool:
		f = text(field, strconv.FormatBool(v.Bool()))
		f.typ = "boolean"
	case reflect.Int, reflect.Int64:
		f = text(field, strconv.FormatInt(v.Int(), 10))
		f.typ = "integer"
	case reflect.Float64:
		f = text(field, strconv.FormatFloat(v.Float(), 'g', -1, 64))
		f.typ = "float"
		if math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0) {
			f.err = errs.Invalid(field, "%v is not a number", v.Float())
		}
	default:
		f = text(field, v.String())
	}
	f.op = op
	return f
}
