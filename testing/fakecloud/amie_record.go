package fakecloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// AMIERecord is a usage record that the Usage API has accepted.
type AMIERecord struct {
	Kind           string    // Compute, Storage or Adjustment
	Resource       string    // as in AMIE's packets
	LocalRecordID  string    // the site's id, unique on the resource
	LocalProjectID string    // as the site named it to AMIE
	LocalReference string    // empty where it was not sent
	Username       string    // a login
	Charge         string    // as it was sent
	Time           time.Time // SubmitTime, CollectionTime or StartTime
	Queued         time.Time // by the cloud's clock
	Loaded         time.Time // the same; zero while it is not
	Error          string    // why it could not be loaded
}

// usageRecord is one with the JSON that it came as.
type usageRecord struct {
	AMIERecord
	fields object // as the service shows it again
	charge *big.Rat
	id     int64 // of the failure, or in the accounting database
}

// needs are the fields without which a record of a kind is invalid, and the kinds of their values.
var needs = map[string]map[string]func(json.RawMessage) string{
	"Compute": {
		"Username": isUsername, "LocalProjectID": isText, "LocalRecordID": isText, "Resource": isText, "SubmitTime": isTime,
		"StartTime": isTime, "EndTime": isTime, "Charge": isCharge, "Attributes": isObject,
	},
	"Storage": {
		"Username": isUsername, "LocalProjectID": isText, "LocalRecordID": isText, "Resource": isText, "CollectionTime": isTime,
		"Charge": isCharge, "Attributes": isObject,
	},
	"Adjustment": {
		"AdjustmentType": isAdjustmentType, "Charge": isCharge, "StartTime": isTime, "LocalProjectID": isText,
		"LocalRecordID": isText, "Resource": isText, "Username": isUsername,
	},
}

// keyTime is the field of a kind's time that is in its key.
var keyTime = map[string]string{"Compute": "SubmitTime", "Storage": "CollectionTime", "Adjustment": "StartTime"}

// readUsage reads a record and says what is wrong with it.
func readUsage(kind string, raw json.RawMessage, now time.Time) (*usageRecord, string) {
	r := &usageRecord{AMIERecord: AMIERecord{Kind: kind, Queued: now}}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return r, "the record is not an object"
	}
	r.fields = shown(raw)
	r.Resource, r.LocalRecordID, r.LocalProjectID = textIn(fields["Resource"]), textIn(fields["LocalRecordID"]), textIn(fields["LocalProjectID"])
	r.LocalReference, r.Username, r.Charge = textIn(fields["LocalReference"]), textIn(fields["Username"]), textIn(fields["Charge"])
	var problems []string
	for name, check := range needs[kind] {
		value, ok := fields[name]
		if !ok || string(value) == "null" {
			problems = append(problems, name+" is required")
		} else if why := check(value); why != "" {
			problems = append(problems, name+" "+why)
		}
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		return r, strings.Join(problems, "; ")
	}
	r.Time, _ = time.Parse(time.RFC3339Nano, textIn(fields[keyTime[kind]]))
	r.Time = r.Time.UTC()
	r.charge, _ = new(big.Rat).SetString(r.Charge)
	return r, ""
}

// key is what a later record must have to restate this one.
func (r *usageRecord) key() string {
	return strings.Join([]string{r.Kind, r.Resource, r.LocalRecordID, r.Time.Format(time.RFC3339Nano)}, "\x00")
}

// wire is the record as the service shows it again, with its kind and more behind it.
func (r *usageRecord) wire(more ...member) any {
	return slices.Concat(r.fields, object{{"UsageType", r.Kind}}, more)
}

// rawJSON is JSON that is shown as it came.
type rawJSON struct{ text json.RawMessage }

// shown are the members of an object, in their order.
func shown(raw json.RawMessage) (o object) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return o
		}
		o = append(o, member{fmt.Sprint(name), rawJSON{value}})
	}
	return o
}

// textIn is what a JSON text says, or the digits of a number.
func textIn(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

func isText(raw json.RawMessage) string {
	if strings.TrimSpace(textIn(raw)) == "" || strings.ContainsAny(string(raw[:1]), "{[tf") {
		return "is not a text"
	}
	return ""
}

func isUsername(raw json.RawMessage) string {
	if utf8.RuneCountInString(textIn(raw)) > 30 {
		return "is longer than 30 characters"
	}
	return isText(raw)
}

func isTime(raw json.RawMessage) string {
	if _, err := time.Parse(time.RFC3339Nano, textIn(raw)); err != nil {
		return "is not a time with a zone"
	}
	return ""
}

func isCharge(raw json.RawMessage) string {
	text := textIn(raw)
	if _, ok := new(big.Rat).SetString(text); !ok || len(text) > 100 || strings.ContainsAny(text, "/eExXpP_") {
		return "is not a decimal number"
	}
	return ""
}

func isObject(raw json.RawMessage) string {
	if raw[0] != '{' {
		return "is not an object"
	}
	return ""
}

func isAdjustmentType(raw json.RawMessage) string {
	if !slices.Contains([]string{"credit", "refund", "storage-credit", "debit", "reservation", "storage-debit"}, textIn(raw)) {
		return "is no adjustment type"
	}
	return ""
}
