package fakecloud

import (
	"fmt"
	"net/http"
)

// ruleAttrs are the attributes of a mapping or a threshold in a body.
func (s *rating) ruleAttrs(k ruleKind) []attr {
	attrs := []attr{{name: k.name + "_id", form: "uuid"}, {name: "value", def: ""}}
	if k.threshold {
		attrs[1] = attr{name: "level", form: "decimal", mandatory: true}
	}
	attrs = append(attrs, attr{name: "type", form: "one of: flat, rate", def: "flat"}, attr{name: "cost", form: "decimal", mandatory: true},
		attr{name: "service_id", form: "uuid"}, attr{name: "field_id", form: "uuid"}, attr{name: "group_id", form: "uuid"}, attr{name: "tenant_id"})
	if s.dated() && !k.threshold {
		attrs = append(attrs, attr{name: "name"})
		attrs = append(attrs, validityAttrs...)
	}
	return attrs
}

// readRule takes a rule's own attributes out of a body.
func (rule *hashRule) read(body object) {
	rule.value, rule.kind = body.text("value"), body.text("type")
	rule.cost, rule.level = decimalIn(body, "cost", 28), decimalIn(body, "level", 8)
	rule.tenant = nil
	if tenant, ok := body.get("tenant_id"); ok && tenant != nil {
		text := tenant.(string)
		rule.tenant = &text
	}
}

// decimalIn is a decimal of a body as the database keeps it.
func decimalIn(body object, name string, places int) *pyDecimal {
	v, _ := body.get(name)
	d, ok := v.(pyDecimal)
	if !ok {
		return nil
	}
	d = d.scale(places)
	return &d
}

// checkRule refuses what does not hang on one parent, or is too great for the database.
func (s *rating) checkRule(k ruleKind, rule *hashRule) string {
	switch {
	case rule.field != "" && rule.service != "":
		return "You can only specify one parent."
	case rule.field == "" && rule.service == "":
		return "You must specify one parent."
	case !k.threshold && rule.value != "" && rule.service != "":
		return "You can't specify a value and a service_id."
	case !k.threshold && rule.value == "" && rule.field != "":
		return "You must specify a value for a field mapping."
	}
	for _, parent := range []struct {
		kind, id string
		of       []*hashNode
	}{{"field", rule.field, s.hashmap.fields}, {"service", rule.service, s.hashmap.services}, {"group", rule.group, s.hashmap.groups}} {
		if _, ok := nodeOf(parent.of, parent.id); !ok && parent.id != "" {
			return noNode(parent.kind, parent.id)
		}
	}
	return s.checkRange(rule)
}

// checkRange refuses a number that the database's column has no room for; CloudKitty takes that for a wrong type.
func (s *rating) checkRange(rule *hashRule) string {
	for _, limit := range []struct {
		d      *pyDecimal
		digits int
	}{{rule.cost, 12}, {rule.level, 12}} {
		if limit.d != nil && len(limit.d.coef.String())+limit.d.exp > limit.digits {
			return "No mapping type: " + rule.kind
		}
	}
	return ""
}

// duplicate is the rule that a new one may not stand beside: to the database two tenants that are null are not the same.
func (s *rating) duplicate(k ruleKind, rule *hashRule) bool {
	_, ok := first(*s.rules(k), func(o *hashRule) bool {
		switch {
		case o.field != rule.field || o.service != rule.service || o.deleted != nil:
			return false
		case s.dated() && !k.threshold:
			return o.name == rule.name || o.value == rule.value && o.group == rule.group && sameText(o.tenant, rule.tenant) && overlap(o.validity, rule.validity)
		case o.tenant == nil || rule.tenant == nil || *o.tenant != *rule.tenant:
			return false
		case k.threshold:
			return o.level != nil && rule.level != nil && o.level.cmp(*rule.level) == 0
		}
		return o.value == rule.value
	})
	return ok
}

func sameText(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

func (s *rating) createRule(k ruleKind) func(call) answer {
	return func(r call) answer {
		var names []string
		if s.dated() && !k.threshold {
			names = []string{"force"}
		}
		q, bad := s.query(r, names...)
		var body object
		if bad == nil {
			body, bad = typedBody(r, k.name+"_data", s.ruleAttrs(k)...)
		}
		if bad != nil {
			return *bad
		}
		rule := &hashRule{id: s.cloud.newUUID(k.name), service: body.text("service_id"), field: body.text("field_id"), group: body.text("group_id")}
		rule.read(body)
		if s.dated() && !k.threshold {
			if bad := rule.begin(body, s.cloud.Now(), s.caller(r).userID, q.Get("force") != ""); bad != nil {
				return *bad
			}
		}
		if why := s.checkRule(k, rule); why != "" {
			return wsmeFault(http.StatusBadRequest, why)
		}
		if s.duplicate(k, rule) {
			return wsmeFault(http.StatusConflict, rule.exists(k))
		}
		list := s.rules(k)
		*list = append(*list, rule)
		return made(r, rule.id, s.ruleWire(k, rule))
	}
}

// exists is how a duplicate is refused.
func (rule *hashRule) exists(k ruleKind) string {
	what, parent, id, tenant := rule.value, "service", rule.service, "None"
	if k.threshold {
		what = rule.level.String()
	}
	if rule.field != "" {
		parent, id = "field", rule.field
	}
	if rule.tenant != nil {
		tenant = *rule.tenant
	}
	if k.threshold {
		return fmt.Sprintf("Threshold '%s' already exists for %s '%s', tenant: '%s'", what, parent, id, tenant)
	}
	return fmt.Sprintf("Mapping '%s' already exists for %s '%s', tenant: '%s'", what, parent, id, tenant)
}

// putRule replaces a rule's values; what is left out has its default afterwards, but for the group, which stays.
func (s *rating) putRule(k ruleKind) func(call) answer {
	return func(r call) answer {
		body, bad := typedBody(r, k.name, s.ruleAttrs(k)...)
		if bad != nil {
			return *bad
		}
		rule, bad := s.ruleOf(k, r.args["id"])
		if bad != nil {
			return *bad
		}
		if s.dated() && !k.threshold {
			if bad := s.putDated(rule, body, s.caller(r).userID); bad != nil {
				return *bad
			}
		} else {
			changed := *rule
			changed.read(body)
			if group := body.text("group_id"); group != "" {
				changed.group = group
			}
			if _, ok := nodeOf(s.hashmap.groups, changed.group); !ok && changed.group != "" {
				return wsmeFault(http.StatusBadRequest, noNode("group", changed.group))
			}
			if !k.threshold && changed.field != "" && changed.value == "" {
				return wsmeFault(http.StatusBadRequest, "You must specify a value for a field mapping.")
			}
			if why := s.checkRange(&changed); why != "" {
				return wsmeFault(http.StatusInternalServerError, why)
			}
			*rule = changed
		}
		a := answer{status: http.StatusFound}
		setHeader(&a, "Location", r.root+r.path)
		return a
	}
}
