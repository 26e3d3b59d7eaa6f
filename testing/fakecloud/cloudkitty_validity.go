package fakecloud

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// validity is what mappings and scripts have had since 2025.2: when they apply, and who changed them.
type validity struct {
	name, description             string
	created, start                time.Time
	end, deleted                  *time.Time
	createdBy, updatedBy, goneFor string // users
}

var validityAttrs = []attr{{name: "description"}, {name: "start"}, {name: "end"}, {name: "created_at"}, {name: "created_by"},
	{name: "updated_by"}, {name: "deleted"}, {name: "deleted_by"}}

var validityFilters = []string{"deleted", "start", "end", "updated_by", "created_by", "deleted_by", "description", "is_active"}

// wire are the members, with the name if it is one of them.
func (v *validity) wire(named bool) object {
	moment := func(t *time.Time) any {
		if t == nil || t.IsZero() {
			return nil
		}
		return isoformat(*t)
	}
	o := object{{"created_at", moment(&v.created)}, {"start", moment(&v.start)}, {"end", moment(v.end)}}
	if named {
		o = append(o, member{"name", v.name})
	}
	return append(o, member{"description", orNull(v.description)}, member{"deleted", moment(v.deleted)}, member{"created_by", orNull(v.createdBy)},
		member{"updated_by", orNull(v.updatedBy)}, member{"deleted_by", orNull(v.goneFor)})
}

// ruleTime reads a time of a body: naive, in the server's zone. One without a "T" as an end means the end of that day.
func ruleTime(body object, name string) (*time.Time, *answer) {
	text := body.text(name)
	if text == "" {
		return nil, nil
	}
	t, ok := parseISO(text)
	if !ok {
		return nil, refused(invalidInput(name, text, "unable to convert to datetime. Error: Unknown string format: "+text))
	}
	if strings.HasSuffix(text, "Z") || len(text) > 19 && strings.ContainsAny(text[19:], "+-") {
		a := wsmeFault(http.StatusInternalServerError, "can't compare offset-naive and offset-aware datetimes")
		return nil, &a
	}
	if name == "end" && !strings.Contains(text, "T") {
		t = time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 59, 0, time.UTC)
	}
	return &t, nil
}

// begin gives a new rule its validity out of a body.
func (v *validity) begin(body object, now time.Time, user string, force bool) *answer {
	now = now.Truncate(time.Microsecond)
	start, bad := ruleTime(body, "start")
	if bad != nil {
		return bad
	}
	end, bad := ruleTime(body, "end")
	switch {
	case bad != nil:
		return bad
	case !force && start != nil && start.Before(now):
		return badRule("Cannot create a rule with start in the past. start=[%s] current time=[%s].", pyTime(*start), pyTime(now))
	case end != nil && start == nil:
		a := wsmeFault(http.StatusInternalServerError, "'<' not supported between instances of 'datetime.datetime' and 'NoneType'")
		return &a
	case end != nil && end.Before(*start):
		return badRule("Cannot create a rule with start after end. start=[%s] end=[%s].", pyTime(*start), pyTime(*end))
	}
	*v = validity{name: body.text("name"), description: body.text("description"), created: now, start: now, end: end, createdBy: user}
	if start != nil {
		v.start = *start
	}
	if v.name == "" {
		v.name = idOf("rule", fmt.Sprint(now, body))
	}
	return nil
}

func badRule(format string, args ...any) *answer {
	a := wsmeFault(http.StatusBadRequest, fmt.Sprintf(format, args...))
	return &a
}

// pyTime is str() of a naive time.
func pyTime(t time.Time) string { return strings.Replace(isoformat(t), "T", " ", 1) }

func (v *validity) delete(now time.Time, user string) {
	at := now.Truncate(time.Microsecond)
	v.deleted, v.goneFor = &at, user
}

// change is an update: of a rule that has started its end alone. It reports whether that is what was changed.
func (v *validity) change(body object, now time.Time, user string, others bool) (ended bool, bad *answer) {
	now = now.Truncate(time.Microsecond)
	start, bad := ruleTime(body, "start")
	if bad != nil {
		return false, bad
	}
	end, bad := ruleTime(body, "end")
	if bad != nil {
		return false, bad
	}
	if v.start.Before(now) {
		switch {
		case v.end != nil:
			return false, badRule("Cannot update a rule that was already processed and has a defined end date.")
		case others || start != nil && !start.Equal(v.start) || body.text("description") != "" && body.text("description") != v.description:
			return false, badRule("You are allowed to update only the attribute [end] as this rule is already running as it started on [%s]", pyTime(v.start))
		case end != nil && end.Before(now):
			return false, badRule("End date must be in the future. end=[%s] current time=[%s]", pyTime(*end), pyTime(now))
		}
		v.end, v.updatedBy = end, user
		return true, nil
	}
	if start == nil {
		start = &v.start
	}
	switch {
	case start.Before(now):
		return false, badRule("Cannot create a rule with start in the past. start=[%s] current time=[%s].", pyTime(*start), pyTime(now))
	case end != nil && end.Before(*start):
		return false, badRule("Cannot create a rule with start after end. start=[%s] end=[%s].", pyTime(*start), pyTime(*end))
	}
	v.start, v.end, v.updatedBy = *start, end, user
	if text, ok := body.get("description"); ok {
		v.description, _ = text.(string)
	}
	return false, nil
}

// putDated updates a mapping since 2025.2. A parent or group in the body always counts as a change.
func (s *rating) putDated(rule *hashRule, body object, user string) *answer {
	if rule.deleted != nil {
		a := wsmeFault(http.StatusNotFound, "No such mapping: "+rule.id)
		return &a
	}
	cost := decimalIn(body, "cost", 28)
	tenant := body.text("tenant_id")
	others := body.text("service_id")+body.text("field_id")+body.text("group_id") != "" ||
		cost != nil && cost.coef.Sign() != 0 && (rule.cost == nil || cost.cmp(*rule.cost) != 0) || body.text("type") != rule.kind ||
		body.text("value") != "" && body.text("value") != rule.value || tenant != "" && (rule.tenant == nil || tenant != *rule.tenant) ||
		body.text("name") != "" && body.text("name") != rule.name
	ended, bad := rule.change(body, s.cloud.Now(), user, others)
	if bad == nil && !ended {
		rule.cost = cost
	}
	return bad
}

// overlap reports whether two rules apply at the same time.
func overlap(a, b validity) bool {
	if b.end != nil {
		return a.start.Before(*b.end) && (a.end == nil || !a.end.Before(b.start))
	}
	return a.start.After(b.start) || a.end == nil
}

// shown reports whether a list with these filters has the rule.
func (v *validity) shown(q url.Values, now time.Time, dated bool) bool {
	if !dated {
		return true
	}
	moment := func(name string) (t time.Time, given bool) {
		t, ok := parseDateutil(q.Get(name))
		return t, ok && q.Get(name) != ""
	}
	start, from := moment("start")
	end, to := moment("end")
	active := v.deleted == nil && !v.start.After(now) && (v.end == nil || v.end.After(now))
	switch {
	case v.deleted != nil && q.Get("deleted") == "",
		from && v.start.Before(start), to && (v.end == nil || !v.end.Before(end)),
		q.Get("updated_by") != "" && q.Get("updated_by") != v.updatedBy, q.Get("created_by") != "" && q.Get("created_by") != v.createdBy,
		q.Get("deleted_by") != "" && q.Get("deleted_by") != v.goneFor,
		!strings.Contains(strings.ToLower(v.description), strings.ToLower(q.Get("description"))),
		q.Get("is_active") != "" && !active:
		return false
	}
	return true
}
