package fakecloud

import (
	"time"
)

// RatedPoint is what a project used of a metric in a period, and what that cost.
type RatedPoint struct {
	Metric   string        // as /v1/info/metrics names it: instance, volume.size
	Begin    time.Time     // of the period
	Period   time.Duration // an hour if zero
	Unit     string        // of the quantity: instance, GiB
	Quantity float64       // the storages keep binary numbers
	Price    float64       // of the whole quantity; v1 storage keeps seven digits
	GroupBy  [][2]string   // name and value; project_id is the scope that it belongs to
	Metadata [][2]string   // name and value
}

// AddRatedPoints stores rated points as CloudKitty's processor does: one of the same metric, time and GroupBy as another replaces
// that in v2 storage, and stands beside it in v1 storage.
func (c *Cloud) AddRatedPoints(points ...RatedPoint) {
	s := part[*rating](c)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filled()
	for _, p := range points {
		s.store.add(p, s.storage == 1)
	}
}

// RatedPoints are all points, by time, in v1 storage in the order in which they were stored.
func (c *Cloud) RatedPoints() []RatedPoint {
	s := part[*rating](c)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filled()
	s.proceed()
	var all []RatedPoint
	for _, row := range s.store.inOrder(s.storage == 1) {
		all = append(all, RatedPoint{Metric: row.series.metric, Begin: time.Unix(row.begin, 0).UTC(), Period: time.Duration(row.period) * time.Second,
			Unit: row.unit, Quantity: row.qty, Price: row.price, GroupBy: row.series.groupby, Metadata: row.metadata})
	}
	return all
}
