package fakecloud

import (
	"hash/fnv"
	"math"
	"strconv"
	"time"
)

// prices are the rate card of the believable month: of an hour of a server, by its flavor.
var prices = []struct{ flavor, cost string }{
	{"m1.tiny", "0.0052"}, {"m1.small", "0.0116"}, {"m1.medium", "0.0464"}, {"m1.large", "0.0928"}, {"c1.large", "0.17"}, {"r1.xlarge", "0.252"},
	{"b1.build", "0.0928"}, {"g1.a100", "2.934"}, {"h1.node", "1.4333333333"}, {"s1.storage", "0.21"},
}

// seed writes the rate card and the scopes. The month itself is rated when it is first asked for.
func (s *rating) seed() {
	now := s.cloud.Now()
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	s.mu.Lock()
	s.month = end.AddDate(0, -1, 0)
	s.modules[0].enabled, s.modules[0].priority = true, 100
	s.hashmap = s.rateCard()
	card := s.hashmap.copied()
	s.card = &card
	s.scripts = []*ratingScript{{id: uuidOf("script", "night"), data: "# Half price at night, once it is enabled.\n",
		validity: validity{name: "night tariff", created: s.month, start: s.month}}}
	s.mu.Unlock()
	for _, name := range []string{"web-shop", "genomics", "ml-training", "ci-runners", "staging", "data-lake", "sandbox"} {
		s.cloud.SetRatingScope(RatingScope{ID: s.cloud.ProjectID(name), LastProcessed: end.Add(-collectPeriod), Toggled: s.month, Inactive: name == "sandbox"})
	}
}

func (s *rating) rateCard() hashmap {
	node := func(kind, name, service string) *hashNode {
		return &hashNode{id: uuidOf("hashmap "+kind, service+name), name: name, service: service}
	}
	var h hashmap
	for _, name := range []string{"instance", "volume.size", "network.outgoing.bytes.rate"} {
		h.services = append(h.services, node("service", name, ""))
	}
	h.groups = []*hashNode{node("group", "servers", "")}
	flavor, kind := node("field", "flavor_name", h.services[0].id), node("field", "volume_type", h.services[1].id)
	h.fields = []*hashNode{flavor, kind}
	rule := func(r hashRule, cost, tenant string) *hashRule {
		d := mustDecimal(cost).scale(28)
		r.id, r.cost = uuidOf("rule", r.service+r.field+r.value+cost+tenant), &d
		if tenant != "" {
			id := s.cloud.ProjectID(tenant)
			r.tenant = &id
		}
		r.validity = validity{name: r.id[:8] + r.id[9:13] + r.id[14:18] + r.id[19:23] + r.id[24:], created: s.month, start: s.month}
		return &r
	}
	for _, p := range prices {
		h.mappings = append(h.mappings, rule(hashRule{field: flavor.id, kind: "flat", value: p.flavor, group: h.groups[0].id}, p.cost, ""))
	}
	level := mustDecimal("1000").scale(8)
	h.mappings = append(h.mappings,
		rule(hashRule{field: flavor.id, kind: "flat", value: "h1.node", group: h.groups[0].id}, "1.25", "genomics"), // by contract
		rule(hashRule{service: h.services[1].id, kind: "flat"}, "0.000136986301", ""),
		rule(hashRule{field: kind.id, kind: "rate", value: "nvme"}, "1.5", ""))
	h.thresholds = []*hashRule{rule(hashRule{service: h.services[2].id, kind: "flat", level: &level}, "0.02", "")}
	return h
}

// copied is a copy that later changes of the rules do not reach.
func (h *hashmap) copied() hashmap {
	out := *h
	rules := func(all []*hashRule) []*hashRule {
		to := make([]*hashRule, len(all))
		for i, rule := range all {
			one := *rule
			to[i] = &one
		}
		return to
	}
	out.services, out.fields, out.groups = append([]*hashNode(nil), h.services...), append([]*hashNode(nil), h.fields...), append([]*hashNode(nil), h.groups...)
	out.mappings, out.thresholds = rules(h.mappings), rules(h.thresholds)
	return out
}

// filled makes sure that the seeded month is in the storage: every hour of every server of Nova's, and what goes with them.
func (s *rating) filled() {
	if s.store.full {
		return
	}
	s.store.full = true
	if s.month.IsZero() {
		return
	}
	users := s.cloud.usersOf()
	shown := map[string]int{}
	for _, server := range s.cloud.Servers() {
		if server.LaunchedAt == nil {
			continue
		}
		s.rateServer(server, users[server.ProjectID], shown[server.ProjectID])
		shown[server.ProjectID]++
	}
}

// usersOf are the users who own what is in a project: the first with a role there.
func (c *Cloud) usersOf() map[string]string {
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	out := map[string]string{}
	for _, u := range k.users {
		for id := range u.Roles {
			if out[id] == "" {
				out[id] = u.ID
			}
		}
	}
	return out
}

// rateServer rates the hours in which a server ran: the server, every fourth's volume, and its traffic.
func (s *rating) rateServer(server Server, user string, n int) {
	from, to := server.LaunchedAt.Truncate(collectPeriod), s.month.AddDate(0, 1, 0)
	if from.Before(s.month) {
		from = s.month
	}
	if server.TerminatedAt != nil && server.TerminatedAt.Before(to) {
		to = *server.TerminatedAt
	}
	owner := func(id string) [][2]string {
		return [][2]string{{"id", id}, {"user_id", user}, {"project_id", server.ProjectID}}
	}
	flavorID := 0
	for i, f := range flavors {
		if f.name == server.Flavor {
			flavorID = i + 1
		}
	}
	s.rateHours("instance", "instance", owner(server.ID), [][2]string{{"flavor_name", server.Flavor}, {"flavor_id", strconv.Itoa(flavorID)},
		{"vcpus", strconv.Itoa(server.VCPUs)}}, from, to, func(time.Time) float64 { return 1 })
	if n%4 == 0 && server.TerminatedAt == nil {
		size := float64(100 * (1 + n%7))
		s.rateHours("volume.size", "GiB", owner(uuidOf("volume", server.ID)), [][2]string{{"volume_type", pick(n/4, "ssd", "nvme", "hdd")}}, from, to,
			func(time.Time) float64 { return size })
	}
	if n%8 == 0 {
		s.rateHours("network.outgoing.bytes.rate", "MB", owner(uuidOf("interface", server.ID)), [][2]string{{"instance_id", server.ID}}, from, to,
			func(at time.Time) float64 {
				h := fnv.New64a()
				_, _ = h.Write([]byte(server.ID + at.String()))
				return math.Round(float64(h.Sum64()%2_000_000)) / 1000 // to 2 GB an hour
			})
	}
}

func (s *rating) rateHours(metric, unit string, groupby, metadata [][2]string, from, to time.Time, qty func(time.Time) float64) {
	if !from.Before(to) {
		return
	}
	sr := s.store.seriesOf(metric, groupby)
	project, _ := pairOf(groupby, "project_id")
	rows := make([]ratedRow, 0, int(to.Sub(from)/collectPeriod)+1)
	known := map[float64]float64{}
	for at := from; at.Before(to); at = at.Add(collectPeriod) {
		row := ratedRow{series: sr, begin: at.Unix(), period: int64(collectPeriod / time.Second), unit: unit, metadata: metadata, qty: qty(at)}
		price, ok := known[row.qty]
		if !ok {
			price = s.priced(s.card, &row, project)
			known[row.qty] = price
		}
		row.price = price
		rows = append(rows, row)
	}
	for i := range rows {
		s.store.put(sr, &rows[i], s.storage == 1)
	}
}
