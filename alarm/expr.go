package alarm

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Expr is a condition of a complex query, of alarms or changes here and of samples in package meter:
//
//	alarm.And(
//		alarm.Eq(alarm.FieldSeverity, alarm.SeverityCritical),
//		alarm.Not(alarm.In(alarm.FieldState, alarm.StateOK, alarm.StateInsufficientData)),
//		alarm.Gt(alarm.FieldStateTimestamp, yesterday),
//	)
//
// The zero Expr is no condition: everything matches. It is refused as part of another, so that a forgotten
// operand cannot widen a query.
type Expr struct {
	json string
	err  error
}

// Scalar is a value that a field is compared with. Times are sent in UTC without a zone, which the services
// would drop without converting.
type Scalar interface {
	Text | ~bool | time.Time
}

// Text is what [In] takes: a text or a number.
type Text interface {
	~string | ~int | ~int64 | ~float64
}

// Eq matches where the field equals the value.
func Eq[F ~string, V Scalar](field F, value V) Expr { return compare("=", string(field), value) }

// Ne matches where the field has another value than this one.
func Ne[F ~string, V Scalar](field F, value V) Expr { return compare("!=", string(field), value) }

// Lt matches where the field is less than the value.
func Lt[F ~string, V Scalar](field F, value V) Expr { return compare("<", string(field), value) }

// Le matches where the field is less than the value or equal to it.
func Le[F ~string, V Scalar](field F, value V) Expr { return compare("<=", string(field), value) }

// Gt matches where the field is greater than the value.
func Gt[F ~string, V Scalar](field F, value V) Expr { return compare(">", string(field), value) }

// Ge matches where the field is greater than the value or equal to it.
func Ge[F ~string, V Scalar](field F, value V) Expr { return compare(">=", string(field), value) }

// Matches matches where the field has a part that the regular expression describes, in the syntax of the
// service's database.
func Matches[F ~string](field F, pattern string) Expr { return compare("=~", string(field), pattern) }

// In matches where the field equals one of the values, of which there must be one at least.
func In[F ~string, V Text](field F, values ...V) Expr {
	if len(values) == 0 {
		return Expr{err: errs.Invalid(string(field), "In has no values")}
	}
	texts := make([]string, len(values))
	for i, v := range values {
		text, err := scalar(string(field), v)
		if err != nil {
			return Expr{err: err}
		}
		texts[i] = text
	}
	return leaf("in", string(field), "["+strings.Join(texts, ", ")+"]")
}

// And matches where all of the conditions do. It needs one at least, and of one it is that one.
func And(of ...Expr) Expr { return join("and", of) }

// Or matches where one of the conditions does. It needs one at least, and of one it is that one.
func Or(of ...Expr) Expr { return join("or", of) }

// Not matches where the condition does not.
func Not(of Expr) Expr {
	text, err := of.operand("not")
	return Expr{`{"not": ` + text + "}", err}
}

// IsZero tells whether there is no condition.
func (e Expr) IsZero() bool { return e.json == "" && e.err == nil }

// JSON is the condition as the services read it: an object in a text. It is empty for the zero Expr. The error
// is what was wrong when the condition was made, and names the field.
func (e Expr) JSON() (string, error) {
	if e.err != nil {
		return "", e.err
	}
	return e.json, nil
}

func compare(op, field string, value any) Expr {
	text, err := scalar(field, value)
	if err != nil {
		return Expr{err: err}
	}
	return leaf(op, field, text)
}

func leaf(op, field, value string) Expr {
	if field == "" {
		return Expr{err: errs.Invalid("Expr", "%s has no field", op)}
	}
	return Expr{json: `{"` + op + `": {` + quoted(field) + `: ` + value + `}}`}
}

func join(op string, of []Expr) Expr {
	if len(of) == 0 {
		return Expr{err: errs.Invalid("Expr", "%s has no operands", op)}
	}
	texts := make([]string, len(of))
	for i, e := range of {
		text, err := e.operand(op)
		if err != nil {
			return Expr{err: err}
		}
		texts[i] = text
	}
	if len(of) == 1 {
		return of[0]
	}
	return Expr{json: `{"` + op + `": [` + strings.Join(texts, ", ") + "]}"}
}

func (e Expr) operand(op string) (string, error) {
	if e.IsZero() {
		return "", errs.Invalid("Expr", "an operand of %s is empty", op)
	}
	return e.JSON()
}

// scalar writes a value of a type that [Scalar] allows.
func scalar(field string, value any) (string, error) {
	if t, ok := value.(time.Time); ok {
		if t.IsZero() {
			return "", errs.Invalid(field, "is the zero time")
		}
		return quoted(wire.FormatNaive(t)), nil
	}
	if v := reflect.ValueOf(value); v.CanFloat() {
		if err := finite(field, v.Float()); err != nil {
			return "", err
		}
	}
	text, err := marshal(value)
	return string(text), err
}

// quoted is a JSON text in which < and its like, which operators are made of, stay what they are.
func quoted(text string) string {
	b, _ := marshal(text) // a text always can be
	return string(b)
}

// marshal is json.Marshal without HTML in mind.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
