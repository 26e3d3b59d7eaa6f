package fakecloud

import (
	"net/http"
	"time"
)

// priced is what a stored point costs by rules.
func (s *rating) priced(h *hashmap, row *ratedRow, project string) float64 {
	desc := func(name string) (string, bool) {
		if v, ok := pairOf(row.series.groupby, name); ok {
			return v, true
		}
		return pairOf(row.metadata, name)
	}
	return h.price(row.series.metric, decimalOf(row.qty), desc, project, row.from()).float()
}

// ratedBy is what the rules of one group make of a point.
type ratedBy struct {
	flat, rate pyDecimal
	threshold  *hashRule
	ofService  bool
}

// price is what a point costs: in each group the highest flat price, times every rate, times the quantity; and then the rule of
// the highest threshold that is reached.
func (h *hashmap) price(metric string, qty pyDecimal, desc func(string) (string, bool), project string, at time.Time) pyDecimal {
	service, ok := first(h.services, func(n *hashNode) bool { return n.name == metric })
	zero := mustDecimal("0")
	if !ok {
		return zero
	}
	groups := map[string]*ratedBy{}
	var order []string
	of := func(group string) *ratedBy {
		if groups[group] == nil {
			groups[group] = &ratedBy{flat: zero, rate: mustDecimal("1")}
			order = append(order, group)
		}
		return groups[group]
	}
	for _, rule := range h.applying(h.mappings, project, at, service.id, "", nil) {
		of(rule.group).take(rule)
	}
	for _, rule := range h.applying(h.thresholds, project, at, service.id, "", nil) {
		if qty.cmp(*rule.level) >= 0 {
			of(rule.group).reach(rule, true)
		}
	}
	for _, field := range h.fields {
		value, ok := desc(field.name)
		if field.service != service.id || !ok {
			continue
		}
		for _, rule := range h.applying(h.mappings, project, at, "", field.id, &value) {
			of(rule.group).take(rule)
		}
		level, isNumber := parseDecimal(value)
		for _, rule := range h.applying(h.thresholds, project, at, "", field.id, nil) {
			if isNumber && level.cmp(*rule.level) >= 0 {
				of(rule.group).reach(rule, false)
			}
		}
	}
	price := zero
	for _, group := range order {
		price = price.plus(groups[group].cost(qty))
	}
	return price
}

// applying are the rules of a parent; one of the project itself stands for the general one of the same value or level.
func (h *hashmap) applying(rules []*hashRule, project string, at time.Time, service, field string, value *string) []*hashRule {
	var out []*hashRule
	for _, own := range []bool{false, true} {
		for _, rule := range rules {
			if rule.service != service || rule.field != field || rule.cost == nil || (rule.tenant != nil) != own || !rule.active(at) ||
				own && *rule.tenant != project || value != nil && rule.value != *value {
				continue
			}
			same := func(o *hashRule) bool {
				return o.group == rule.group && (rule.level == nil || o.level.cmp(*rule.level) == 0)
			}
			replaced := false
			for i, o := range out {
				if same(o) {
					out[i], replaced = rule, true
				}
			}
			if !replaced {
				out = append(out, rule)
			}
		}
	}
	return out
}

func (b *ratedBy) take(rule *hashRule) {
	if rule.kind == "rate" {
		b.rate = b.rate.times(*rule.cost)
	} else if rule.cost.cmp(b.flat) > 0 {
		b.flat = *rule.cost
	}
}

func (b *ratedBy) reach(rule *hashRule, ofService bool) {
	if b.threshold == nil || rule.level.cmp(*b.threshold.level) > 0 {
		b.threshold, b.ofService = rule, ofService
	}
}

func (b *ratedBy) cost(qty pyDecimal) pyDecimal {
	flat, rate := b.flat, b.rate
	if t := b.threshold; t != nil && !b.ofService {
		if t.kind == "flat" {
			flat = flat.plus(*t.cost)
		} else {
			rate = rate.times(*t.cost)
		}
	}
	res := rate.times(flat).times(qty)
	if t := b.threshold; t != nil && b.ofService {
		if t.kind == "flat" {
			return res.plus(*t.cost)
		}
		return res.times(*t.cost)
	}
	return res
}

// quote prices resources by the rules of no project in particular. What is not in desc's metadata or groupby is not looked at, but
// until 2019 desc was flat.
func (s *rating) quote(r call) answer {
	body, bad := typedBody(r, "res_data", attr{name: "resources", form: "list"})
	if bad != nil {
		return *bad
	}
	v, ok := body.get("resources")
	list, isList := v.([]any)
	if !ok || !isList {
		return wsmeFault(http.StatusInternalServerError, "'UnsetType' object is not iterable")
	}
	total := mustDecimal("0")
	on, _ := first(s.modules, func(m *ratingModule) bool { return m.id == "hashmap" })
	for _, e := range list {
		res, bad := typedObject(e, "res_data.resources", []attr{{name: "service"}, {name: "desc", form: "object"}, {name: "volume", form: "decimal"}})
		if bad != nil {
			return *bad
		}
		qty, ok := func() (pyDecimal, bool) { v, _ := res.get("volume"); d, ok := v.(pyDecimal); return d, ok }()
		if !ok {
			return wsmeFault(http.StatusInternalServerError, "[<class 'decimal.ConversionSyntax'>]")
		}
		if _, ok := res.get("service"); !ok {
			return wsmeFault(http.StatusInternalServerError, "keys must be str, int, float, bool or None, not UnsetType")
		}
		d, _ := res.get("desc")
		desc, _ := d.(object)
		if on.enabled {
			total = total.plus(s.hashmap.price(res.text("service"), qty, func(name string) (string, bool) { return s.described(desc, name) }, "", s.cloud.Now()))
		}
	}
	return wsme(r, http.StatusOK, total.String())
}

func (s *rating) described(desc object, name string) (string, bool) {
	for _, part := range []string{"groupby", "metadata"} {
		v, _ := desc.get(part)
		if o, ok := v.(object); ok {
			if value, ok := o.get(name); ok {
				return pyStr(value), true
			}
		}
	}
	return "", false
}
