package alarm

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// decodeList reads an array to its end, before anything of it is handed out.
func decodeList[T any](body []byte, read func(*jsonstream.Reader) (T, error)) (all []T, err error) {
	r := jsonstream.NewBytes(body)
	for v, err := range jsonstream.Elements(r, "", func() (T, error) { return read(r) }) {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func decodeOne[T any](body []byte, read func(*jsonstream.Reader) (T, error)) (v T, err error) {
	r := jsonstream.NewBytes(body)
	if v, err = read(r); err == nil {
		err = r.End()
	}
	return v, err
}

func readAlarm(r *jsonstream.Reader) (a Alarm, err error) {
	err = r.Object(func(name []byte) error { return a.field(r, name) })
	return a, err
}

func (a *Alarm) field(r *jsonstream.Reader, name []byte) (err error) {
	var text string
	switch string(name) {
	case "alarm_id":
		a.ID, err = r.String()
	case "name":
		a.Name, err = r.String()
	case "description":
		a.Description, err = r.String()
	case "enabled":
		a.Enabled, err = r.Bool()
	case "severity":
		text, err = r.Intern()
		a.Severity = Severity(text)
	case "state":
		text, err = r.Intern()
		a.State = State(text)
	case "state_reason":
		a.StateReason, err = r.Intern()
	case "ok_actions":
		a.OKActions, err = readTexts(r)
	case "alarm_actions":
		a.AlarmActions, err = readTexts(r)
	case "insufficient_data_actions":
		a.InsufficientDataActions, err = readTexts(r)
	case "repeat_actions":
		a.RepeatActions, err = r.Bool()
	case "time_constraints":
		a.TimeConstraints, err = readConstraints(r)
	case "project_id":
		a.ProjectID, err = r.Intern()
	case "user_id":
		a.UserID, err = r.Intern()
	case "timestamp":
		a.Timestamp, err = r.Time()
	case "state_timestamp":
		a.StateTimestamp, err = r.Time()
	case "evaluate_timestamp":
		a.EvaluateTimestamp, err = r.Time()
	default:
		if kind, ok := strings.CutSuffix(string(name), "_rule"); ok && !r.Null() {
			var raw json.RawMessage
			raw, err = r.Raw()
			a.Rule = parseRule(Kind(kind), raw)
		}
	}
	return err
}

func readTexts(r *jsonstream.Reader) ([]string, error) {
	var all []string
	err := r.Array(func() error {
		text, err := r.String()
		all = append(all, text)
		return err
	})
	return all, err
}

func readConstraints(r *jsonstream.Reader) ([]TimeConstraint, error) {
	var all []TimeConstraint
	err := r.Array(func() error {
		t, err := readConstraint(r)
		all = append(all, t)
		return err
	})
	return all, err
}

func readConstraint(r *jsonstream.Reader) (t TimeConstraint, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "name":
			t.Name, err = r.String()
		case "description":
			t.Description, err = r.String()
		case "start":
			t.Start, err = r.String()
		case "duration":
			var s int64
			s, err = r.Int()
			t.Duration = time.Duration(s) * time.Second
		case "timezone":
			t.Timezone, err = r.String()
		}
		return err
	})
	return t, err
}
