package fakecloud

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ruleKind is mapping or threshold.
type ruleKind struct {
	name      string
	threshold bool
}

// hashRule is a mapping or a threshold.
type hashRule struct {
	id                    string
	value                 string     // of a mapping
	level                 *pyDecimal // of a threshold
	kind                  string     // flat or rate
	cost                  *pyDecimal // nil is null
	service, field, group string     // IDs, "" for none
	tenant                *string

	// Of mappings since 2025.2.
	validity
}

func (s *rating) rules(k ruleKind) *[]*hashRule {
	if k.threshold {
		return &s.hashmap.thresholds
	}
	return &s.hashmap.mappings
}

func (s *rating) ruleWire(k ruleKind, rule *hashRule) object {
	o := object{{k.name + "_id", rule.id}}
	if k.threshold {
		o = append(o, member{"level", decimalWire(rule.level)})
	} else {
		o = append(o, member{"value", rule.value})
	}
	o = append(o, member{"type", rule.kind}, member{"cost", decimalWire(rule.cost)}, member{"service_id", orNull(rule.service)},
		member{"field_id", orNull(rule.field)}, member{"group_id", orNull(rule.group)}, member{"tenant_id", rule.tenant})
	if s.dated() && !k.threshold {
		o = append(o, rule.validity.wire(true)...)
	}
	return o
}

func decimalWire(d *pyDecimal) any {
	if d == nil {
		return nil
	}
	return d.String()
}

func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

const noParent = "You must specify either service_uuid, field_uuid or group_uuid."

func (s *rating) listRules(k ruleKind) func(call) answer {
	return func(r call) answer {
		names := []string{"service_id", "field_id", "group_id", "no_group", "tenant_id", "filter_tenant"}
		dated := s.dated() && !k.threshold
		if dated {
			names = append(names, "all")
			names = append(names, validityFilters...)
		}
		q, bad := s.arguments(r, names...)
		if bad != nil {
			return *bad
		}
		service, field, group := q.Get("service_id"), q.Get("field_id"), q.Get("group_id")
		if service == "" && field == "" && group == "" && !dated {
			return wsmeFault(http.StatusInternalServerError, noParent)
		}
		keep := func(rule *hashRule) bool {
			switch {
			case service != "" && rule.service != service, service == "" && field != "" && rule.field != field,
				group != "" && rule.group != group, group == "" && q.Get("no_group") != "" && rule.group != "":
				return false
			case q.Get("filter_tenant") == "":
				return true
			case q.Has("tenant_id"):
				return rule.tenant != nil && *rule.tenant == q.Get("tenant_id")
			}
			return rule.tenant == nil
		}
		all := slices.DeleteFunc(slices.Clone(*s.rules(k)), func(rule *hashRule) bool {
			return !keep(rule) || !k.threshold && !rule.shown(q, s.cloud.Now(), dated)
		})
		return wsme(r, http.StatusOK, object{{k.name + "s", array(all, func(rule *hashRule) any { return s.ruleWire(k, rule) })}})
	}
}

func (s *rating) rulesOfGroup(thresholds bool) func(call) answer {
	k := ruleKind{"mapping", false}
	if thresholds {
		k = ruleKind{"threshold", true}
	}
	return func(r call) answer {
		q, bad := s.arguments(r, "group_id")
		if bad == nil {
			bad = missing(q, "group_id")
		}
		if bad != nil {
			return *bad
		}
		all := slices.DeleteFunc(slices.Clone(*s.rules(k)), func(rule *hashRule) bool {
			return rule.group != q.Get("group_id") || rule.deleted != nil
		})
		return wsme(r, http.StatusOK, object{{k.name + "s", array(all, func(rule *hashRule) any { return s.ruleWire(k, rule) })}})
	}
}

func (s *rating) ruleOf(k ruleKind, id string) (*hashRule, *answer) {
	if rule, ok := first(*s.rules(k), func(rule *hashRule) bool { return rule.id == id }); ok {
		return rule, nil
	}
	a := wsmeFault(http.StatusNotFound, "No such "+k.name+": "+id)
	return nil, &a
}

// getRule also finds a mapping that was deleted, since 2025.2.
func (s *rating) getRule(k ruleKind) func(call) answer {
	return func(r call) answer {
		rule, bad := s.ruleOf(k, r.args["id"])
		if bad != nil {
			return *bad
		}
		return wsme(r, http.StatusOK, s.ruleWire(k, rule))
	}
}

func (s *rating) groupOfRule(k ruleKind) func(call) answer {
	return func(r call) answer {
		q, bad := s.arguments(r, "id", k.name+"_id")
		if bad != nil {
			return *bad
		}
		id := cmp.Or(q.Get("id"), q.Get(k.name+"_id"))
		if rule, _ := s.ruleOf(k, id); rule != nil {
			if g, ok := nodeOf(s.hashmap.groups, rule.group); ok {
				return wsme(r, http.StatusOK, g.groupWire())
			}
		}
		return wsmeFault(http.StatusNotFound, strings.ToUpper(k.name[:1])+k.name[1:]+" has no group (UUID: "+id+")")
	}
}

func (s *rating) deleteRule(k ruleKind) func(call) answer {
	return func(r call) answer {
		q, bad := s.arguments(r, "id", k.name+"_id")
		if bad != nil {
			return *bad
		}
		rule, bad := s.ruleOf(k, cmp.Or(q.Get("id"), q.Get(k.name+"_id")))
		if bad == nil && rule.deleted != nil {
			a := wsmeFault(http.StatusNotFound, "No such "+k.name+": "+rule.id)
			bad = &a
		}
		if bad != nil {
			return *bad
		}
		if s.dated() && !k.threshold {
			rule.delete(s.cloud.Now(), s.caller(r).userID)
		} else {
			list := s.rules(k)
			*list = slices.DeleteFunc(*list, func(o *hashRule) bool { return o == rule })
		}
		return answer{status: http.StatusNoContent}
	}
}

// dated reports whether rules have a validity: since 2025.2.
func (s *rating) dated() bool { return s.release >= 23 }

// active reports whether a rule rates a period that begins at a time.
func (rule *hashRule) active(at time.Time) bool {
	return rule.deleted == nil && (rule.start.IsZero() || !rule.start.After(at)) && (rule.end == nil || rule.end.After(at))
}
