package fakecloud

import "net/http"

// ratedMetric is an entry of CloudKitty's metrics.yml.
type ratedMetric struct {
	name, unit, alt, factor string
	groupby, metadata       []string
	mutate                  string
	resource                string
	granularity             int
}

// id is what the points of a metric are called.
func (m ratedMetric) id() string {
	if m.alt != "" {
		return m.alt
	}
	return m.name
}

var ratedMetrics = []ratedMetric{
	{name: "cpu", unit: "instance", alt: "instance", metadata: []string{"flavor_name", "flavor_id", "vcpus"}, mutate: "NUMBOOL",
		resource: "instance", granularity: 300},
	{name: "image.size", unit: "MiB", factor: "1/1048576", metadata: []string{"container_format", "disk_format"}, resource: "image"},
	{name: "volume.size", unit: "GiB", metadata: []string{"volume_type"}, resource: "volume", granularity: 300},
	{name: "network.outgoing.bytes.rate", unit: "MB", factor: "3600/1000000", metadata: []string{"instance_id"},
		groupby: []string{"id", "project_id", "user_id"}, resource: "instance_network_interface"},
	{name: "network.incoming.bytes.rate", unit: "MB", factor: "3600/1000000", metadata: []string{"instance_id"},
		groupby: []string{"id", "project_id", "user_id"}, resource: "instance_network_interface"},
	{name: "ip.floating", unit: "ip", metadata: []string{"state"}, mutate: "NUMBOOL", resource: "network"},
	{name: "radosgw.objects.size", unit: "GiB", factor: "1/1073741824", resource: "ceph_account"},
}

func (s *rating) infoRoutes(add func(string, map[string]func(call) answer)) {
	add("/info/config", map[string]func(call) answer{"GET": s.config})
	for _, kind := range []string{"metrics", "services"} {
		add("/info/"+kind, map[string]func(call) answer{"GET": s.listMetrics})
		add("/info/"+kind+"/{name}", map[string]func(call) answer{"GET": s.getMetric})
	}
}

// config is metrics.yml as JSON, its members in the order of the file.
func (s *rating) config(r call) answer {
	if _, bad := s.arguments(r); bad != nil {
		return *bad
	}
	all := object{}
	for _, m := range ratedMetrics {
		o := object{{"unit", m.unit}}
		outgoing := m.groupby != nil
		if m.alt != "" {
			o = append(o, member{"alt_name", m.alt})
		}
		if m.factor != "" && !outgoing && m.metadata != nil {
			o = append(o, member{"factor", m.factor})
		}
		if outgoing {
			o = append(o, member{"groupby", m.groupby})
		} else {
			o = append(o, member{"groupby", []string{"id", "user_id", "project_id"}})
		}
		if m.factor != "" && (outgoing || m.metadata == nil) {
			o = append(o, member{"factor", m.factor})
		}
		if m.metadata != nil {
			o = append(o, member{"metadata", m.metadata})
		}
		if m.mutate != "" {
			o = append(o, member{"mutate", m.mutate})
		}
		extra := object{{"aggregation_method", "mean"}, {"resource_type", m.resource}}
		if m.granularity > 0 {
			extra = append(extra, member{"force_granularity", m.granularity})
		}
		all = append(all, member{m.name, append(o, member{"extra_args", extra})})
	}
	return wsme(r, http.StatusOK, object{{"metrics", all}})
}

// info is a metric of /v1/info. CloudKitty keeps the metadata in a set, which has no order.
func (m ratedMetric) info() any {
	metadata := m.metadata
	if m.alt == "instance" {
		metadata = []string{"flavor_id", "flavor_name", "vcpus"}
	}
	return object{{"metric_id", m.id()}, {"metadata", metadata}, {"unit", m.unit}}
}

func (s *rating) listMetrics(r call) answer {
	if _, bad := s.arguments(r); bad != nil {
		return *bad
	}
	return wsme(r, http.StatusOK, object{{"metrics", array(ratedMetrics, ratedMetric.info)}})
}

func (s *rating) getMetric(r call) answer {
	q, bad := s.arguments(r, "name")
	if bad != nil {
		return *bad
	}
	m, ok := first(ratedMetrics, func(m ratedMetric) bool { return m.id() == q.Get("name") })
	if !ok {
		return wsmeFault(http.StatusNotFound, q.Get("name"))
	}
	return wsme(r, http.StatusOK, m.info())
}
