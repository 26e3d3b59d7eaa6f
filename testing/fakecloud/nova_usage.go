package fakecloud

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// pythonTime is isoformat with microseconds: UTC, and no zone that says so.
const pythonTime = "2006-01-02T15:04:05.000000"

// usage answers os-simple-tenant-usage. The zero microversion is that of /v2, which is 2.1 without its echo.
func (n *compute) usage(r call, who caller, v microversion, inPath []string) answer {
	project, tenant := inPath[1], inPath[2]
	if project != "" && project != who.projectID {
		return novaFault(http.StatusBadRequest, "Malformed request URL: URL's project_id '"+project+
			"' doesn't match Context's project_id '"+who.projectID+"'")
	}
	params, why := n.checked(r.URL.RawQuery, v, tenant == "")
	if why != "" {
		return novaFault(http.StatusBadRequest, why)
	}
	if !who.has("admin") && (tenant == "" || tenant != who.projectID) {
		rule := "show"
		if tenant == "" {
			rule = "list"
		}
		return novaFault(http.StatusForbidden, "Policy doesn't allow os_compute_api:os-simple-tenant-usage:"+rule+" to be performed.")
	}
	q, why := n.window(params, v)
	if why != "" {
		return novaFault(http.StatusBadRequest, why)
	}
	page, ok := n.page(q, tenant)
	if !ok {
		return novaFault(http.StatusBadRequest, "Marker "+*q.marker+" could not be found.")
	}

	usages := n.perTenant(page, q, q.detailed || tenant != "")
	body := object{{"tenant_usages", usages}}
	if tenant != "" {
		body = object{{"tenant_usage", object{}}}
		if len(usages) > 0 {
			body[0].value = usages[0]
		}
	}
	if n.pages(v) && q.limit > 0 && len(page) == q.limit {
		body = append(body, member{body[0].key + "_links",
			[]any{object{{"rel", "next"}, {"href", n.next(r, who, q, tenant, page[len(page)-1].ID)}}}})
	}
	return novaJSON(http.StatusOK, body)
}

// perTenant groups a page by project, in the order in which projects first occur, with the totals of this page alone.
func (n *compute) perTenant(page []Server, q usageQuery, detailed bool) []any {
	type tenant struct {
		id                      string
		rows                    []any
		disk, cpu, memory, time number
	}
	var tenants []*tenant
	byID := map[string]*tenant{}
	now := n.cloud.Now()
	for _, s := range page {
		t := byID[s.ProjectID]
		if t == nil {
			t = &tenant{id: s.ProjectID, rows: []any{}}
			byID[s.ProjectID] = t
			tenants = append(tenants, t)
		}
		hours := s.hours(q.start, q.stop)
		t.disk = t.disk.plus(hours.times(s.RootGB + s.EphemeralGB))
		t.cpu = t.cpu.plus(hours.times(s.VCPUs))
		t.memory = t.memory.plus(hours.times(s.MemoryMB))
		t.time = t.time.plus(hours)
		if detailed {
			t.rows = append(t.rows, s.wire(hours, now))
		}
	}
	return array(tenants, func(t *tenant) any {
		o := object{{"tenant_id", t.id}}
		if detailed {
			o = append(o, member{"server_usages", t.rows})
		}
		return append(o,
			member{"total_local_gb_usage", t.disk}, member{"total_vcpus_usage", t.cpu},
			member{"total_memory_mb_usage", t.memory}, member{"total_hours", t.time},
			member{"start", q.start.Format(pythonTime)}, member{"stop", q.stop.Format(pythonTime)})
	})
}

// hours is for how long a server ran within a window. Nova lets a window that was clamped below its start count negative.
func (s Server) hours(start, stop time.Time) number {
	if s.TerminatedAt != nil && s.TerminatedAt.Before(start) || s.LaunchedAt.After(stop) {
		return number{}
	}
	if s.LaunchedAt.After(start) {
		start = *s.LaunchedAt
	}
	if s.TerminatedAt != nil && s.TerminatedAt.Before(stop) {
		stop = *s.TerminatedAt
	}
	return number{float64(stop.UnixMicro()-start.UnixMicro()) / 1e6 / 3600, true}
}

func (s Server) wire(hours number, now time.Time) any {
	var ended any
	state := s.State
	if s.TerminatedAt != nil {
		ended, state, now = s.TerminatedAt.Format(pythonTime), "terminated", *s.TerminatedAt
	}
	return object{
		{"hours", hours}, {"flavor", s.Flavor}, {"instance_id", s.ID}, {"name", s.Name}, {"tenant_id", s.ProjectID},
		{"memory_mb", s.MemoryMB}, {"local_gb", s.RootGB + s.EphemeralGB}, {"vcpus", s.VCPUs},
		{"started_at", s.LaunchedAt.Format(pythonTime)}, {"ended_at", ended}, {"state", state},
		{"uptime", int((now.UnixMicro() - s.LaunchedAt.UnixMicro()) / 1e6)},
	}
}

// next is the link to the page after marker. It names the caller's project whenever the request's URL does anywhere.
func (n *compute) next(r call, who caller, q usageQuery, tenant, marker string) string {
	base := n.linkBase
	if base == "" {
		base = r.root
	}
	base += "/v2.1"
	if who.projectID != "" && strings.Contains(r.root+r.path+"?"+r.URL.RawQuery, who.projectID) {
		base += "/" + who.projectID
	}
	base += "/os-simple-tenant-usage"
	if tenant != "" {
		base += "/" + tenant
	}
	params := map[string]string{}
	var names []string
	for name, values := range q.known {
		params[name] = slices.Max(values) // of a repeated parameter
		names = append(names, name)
	}
	slices.Sort(names)
	if _, again := params["marker"]; !again {
		names = append(names, "marker")
	}
	params["marker"] = marker
	pairs := make([]string, len(names))
	for i, name := range names {
		pairs[i] = name + "=" + url.QueryEscape(params[name])
	}
	return base + "?" + strings.Join(pairs, "&")
}
