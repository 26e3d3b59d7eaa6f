package fakecloud_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// What the first recorded cloud was seeded with: three projects, hour by hour for 31 days.
var (
	recordedTenants = []string{"d3be098c33ed412795ff7c9116dd0223", "49dea906e9ff4583bb28589ac8856948", "5687c2b4887a47379deaf98576abd1df"}
	recordedFlavors = []struct {
		name string
		cost float64
	}{{"m1.tiny", 0.01}, {"m1.small", 0.0213}, {"m1.medium", 0.0425}, {"c1.large", 0.3333333333}}
	recordedToggle = time.Date(2026, 11, 23, 1, 8, 45, 0, time.UTC)
)

func recordedPoint(metric, unit string, at time.Time, qty, price float64, id, user, project string, metadata ...[2]string) fakecloud.RatedPoint {
	return fakecloud.RatedPoint{Metric: metric, Unit: unit, Begin: at, Quantity: qty, Price: price,
		GroupBy: [][2]string{{"id", id}, {"user_id", user}, {"project_id", project}}, Metadata: metadata}
}

// seedNovember stores what the recorded cloud stored, and gives it its rules and its scopes.
func seedNovember(t *testing.T, p *ratingReplay) {
	const demo = "6899b2618dda421f8af34afd8e8aabdf"
	uid := func(i, j int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", i, j) }
	end := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	traffic := newPythonRandom(7)
	for i, project := range recordedTenants {
		n := i + 1
		for at := end.AddDate(0, 0, -31); at.Before(end); at = at.Add(time.Hour) {
			for j := range n {
				f := (j + n) % 4
				p.cloud.AddRatedPoints(recordedPoint("instance", "instance", at, 1, recordedFlavors[f].cost, uid(n, j), demo, project,
					[2]string{"flavor_name", recordedFlavors[f].name}, [2]string{"flavor_id", strconv.Itoa(f + 1)}, [2]string{"vcpus", ""}))
			}
			mb := number(t, strconv.FormatFloat(2000*traffic.float(), 'f', 5, 64))
			price := 0.0
			if mb >= 10 && mb < 1000 {
				price = 0.002
			}
			p.cloud.AddRatedPoints(recordedPoint("network.outgoing.bytes.rate", "MB", at, mb, price, uid(200+n, 0), demo, project,
				[2]string{"instance_id", uid(n, 0)}))
			// tenant-2 has a rate of its own in place of the price.
			price = map[int]float64{1: 0.001, 2: 0, 3: 0.003}[n]
			p.cloud.AddRatedPoints(recordedPoint("volume.size", "GiB", at, 10*float64(n), price, uid(100+n, 0), demo, project,
				[2]string{"volume_type", "ssd"}))
		}
		p.cloud.SetRatingScope(fakecloud.RatingScope{ID: project, LastProcessed: end.Add(-time.Hour), Toggled: recordedToggle})
	}
	if p.recorded == "http://127.0.0.1:8889" {
		for day := 1; day <= 10; day++ { // pushed over the API, with members in another order
			p.cloud.AddRatedPoints(fakecloud.RatedPoint{Metric: "instance", Unit: "instance", Begin: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC),
				Quantity: 1, Price: 0.01, GroupBy: [][2]string{{"id", fmt.Sprintf("11111111-0000-0000-0000-%012d", day)},
					{"project_id", "752eba5b386d41a7b8cef25b40ec65a5"}, {"user_id", "u"}},
				Metadata: [][2]string{{"flavor_name", "m1.tiny"}, {"flavor_id", "1"}, {"vcpus", ""}}})
		}
	}
	p.cloud.SetRatingModule("hashmap", true, 100)
	p.cloud.SetRatingModule("pyscripts", true, 50)
	seedRules(t, p)
}

// seedRules makes the recorded cloud's rules, in its order.
func seedRules(t *testing.T, p *ratingReplay) {
	post := func(path, body string) string {
		resp, got := p.tokens["admin"].do("POST", "/rating/v1/rating/module_config/"+path, body)
		require.Equal(t, http.StatusCreated, resp.StatusCode, "%s", got)
		var made map[string]any
		require.NoError(t, json.Unmarshal(got, &made))
		for _, kind := range []string{"mapping_id", "threshold_id", "script_id", "field_id", "group_id", "service_id"} {
			if id, ok := made[kind].(string); ok {
				return id
			}
		}
		return ""
	}
	group := post("hashmap/groups", `{"name": "instance_uptime"}`)
	instance := post("hashmap/services", `{"name": "instance"}`)
	volume := post("hashmap/services", `{"name": "volume.size"}`)
	network := post("hashmap/services", `{"name": "network.outgoing.bytes.rate"}`)
	flavor := post("hashmap/fields", `{"name": "flavor_name", "service_id": "`+instance+`"}`)
	for _, f := range recordedFlavors {
		post("hashmap/mappings", fmt.Sprintf(`{"field_id": %q, "group_id": %q, "type": "flat", "value": %q, "cost": "%v"}`, flavor, group, f.name, f.cost))
	}
	post("hashmap/mappings", `{"service_id": "`+volume+`", "type": "flat", "cost": "0.0001"}`)
	post("hashmap/mappings", `{"service_id": "`+volume+`", "type": "rate", "cost": "1.1", "tenant_id": "`+recordedTenants[1]+`"}`)
	post("hashmap/thresholds", `{"service_id": "`+network+`", "type": "rate", "level": "1000", "cost": "0.5"}`)
	post("hashmap/thresholds", `{"service_id": "`+network+`", "type": "flat", "level": "10", "cost": "0.002"}`)
	post("pyscripts/scripts", `{"name": "noop script", "data": "# real script, keeps data as is\nassert data is not None\n"}`)
}

// seedScopes gives the cloud the scopes of the second recorded one.
func seedScopes(_ *testing.T, p *ratingReplay) {
	processed, toggled := time.Date(2026, 9, 30, 23, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 4, 11, 15, 0, time.UTC)
	ids := []string{recordedTenants[0], "e9dea906e9ff4583bb28589ac8856948", "f687c2b4887a47379deaf98576abd1df", "f752eba5b386d41a7b8cef25b40ec65a"}
	for i := range 130 {
		ids = append(ids, fmt.Sprintf("team-%03d", i))
	}
	for _, id := range ids {
		p.cloud.SetRatingScope(fakecloud.RatingScope{ID: id, Fetcher: "source", LastProcessed: processed, Toggled: toggled})
	}
}

// pythonRandom is Python's random.Random, a Mersenne twister: the recorded cloud's traffic came out of it.
type pythonRandom struct {
	state [624]uint32
	next  int
}

func newPythonRandom(seed uint32) *pythonRandom {
	r := &pythonRandom{next: 624}
	r.state[0] = 19650218
	for i := 1; i < 624; i++ {
		r.state[i] = 1812433253*(r.state[i-1]^r.state[i-1]>>30) + uint32(i)
	}
	i := 1
	wrap := func() {
		if i++; i == 624 {
			r.state[0], i = r.state[623], 1
		}
	}
	for range 624 {
		r.state[i] = (r.state[i] ^ (r.state[i-1]^r.state[i-1]>>30)*1664525) + seed
		wrap()
	}
	for range 623 {
		r.state[i] = (r.state[i] ^ (r.state[i-1]^r.state[i-1]>>30)*1566083941) - uint32(i)
		wrap()
	}
	r.state[0] = 0x80000000
	return r
}

func (r *pythonRandom) uint32() uint32 {
	if r.next == 624 {
		for i := range r.state {
			y := r.state[i]&0x80000000 | r.state[(i+1)%624]&0x7fffffff
			r.state[i] = r.state[(i+397)%624] ^ y>>1 ^ (y&1)*0x9908b0df
		}
		r.next = 0
	}
	y := r.state[r.next]
	r.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// float is random(): 53 bits.
func (r *pythonRandom) float() float64 {
	a, b := r.uint32()>>5, r.uint32()>>6
	return (float64(a)*67108864 + float64(b)) / 9007199254740992
}
