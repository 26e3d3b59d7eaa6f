package mockcloud

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/tenantusage"
)

// pages tells whether a request asks for a microversion that has limit, marker and links.
func pages(req *http.Request) bool {
	major, minor, _ := strings.Cut(microversion(req.Header), ".")
	n, err := strconv.Atoi(minor)
	return major == "2" && err == nil && n >= 40
}

// row is what a page is cut between: a server, or a project that has none.
type row struct {
	project *tenantusage.ProjectUsage
	server  *tenantusage.ServerUsage
	id      string
}

func rowsOf(usages []tenantusage.ProjectUsage) []row {
	usages = slices.Clone(usages)
	var rows []row
	for i := range usages {
		u := &usages[i]
		u.Servers = slices.Clone(u.Servers)
		if len(u.Servers) == 0 {
			rows = append(rows, row{project: u, id: u.ProjectID})
		}
		for j := range u.Servers {
			rows = append(rows, row{u, &u.Servers[j], u.Servers[j].InstanceID})
		}
	}
	return rows
}

// usagePage is the body of an answer, or why there is none, in Nova's words.
func usagePage(req *http.Request, size int, rows []row) (body any, why string) {
	q := req.URL.Query()
	_, project, one := strings.Cut(req.URL.Path, usagePath+"/")
	if one {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.project.ProjectID != project })
	}
	start, badStart := time.Parse("2006-01-02T15:04:05", q.Get("start")) // a fraction is read as well
	stop, badStop := time.Parse("2006-01-02T15:04:05", q.Get("end"))
	if badStart != nil || badStop != nil {
		return nil, "Invalid datetime string: Datetime is in invalid format"
	}
	if pages(req) {
		if limit, err := strconv.Atoi(q.Get("limit")); err == nil {
			size = min(size, limit)
		}
		if marker := q.Get("marker"); marker != "" {
			at := slices.IndexFunc(rows, func(r row) bool { return r.id == marker })
			if at < 0 {
				return nil, "Marker " + marker + " could not be found."
			}
			rows = rows[at+1:]
		}
	}
	rows = rows[:min(len(rows), size)]
	var links []usageLink
	if pages(req) && size > 0 && len(rows) == size {
		links = []usageLink{{"next", nextLink(req.URL, rows[size-1].id)}}
	}
	usages := usagesWire(rows, one || q.Get("detailed") == "1", start, stop)
	if !one {
		return usageList{usages, links}, ""
	}
	if len(usages) == 0 {
		return usageShow{struct{}{}, links}, ""
	}
	return usageShow{usages[0], links}, ""
}

func nextLink(of *url.URL, marker string) string {
	next, q := *of, of.Query()
	q.Set("marker", marker)
	next.RawQuery = q.Encode()
	return next.String()
}

type usageList struct {
	Usages []*usageWire `json:"tenant_usages"`
	Links  []usageLink  `json:"tenant_usages_links,omitempty"`
}

type usageShow struct {
	Usage any         `json:"tenant_usage"` // {} where there is none
	Links []usageLink `json:"tenant_usage_links,omitempty"`
}

type usageLink struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

type usageWire struct {
	TenantID string       `json:"tenant_id"`
	Servers  []serverWire `json:"server_usages,omitzero"` // [] and nil differ
	LocalGB  float64      `json:"total_local_gb_usage"`
	VCPUs    float64      `json:"total_vcpus_usage"`
	MemoryMB float64      `json:"total_memory_mb_usage"`
	Hours    float64      `json:"total_hours"`
	Start    string       `json:"start"`
	Stop     string       `json:"stop"`
}

type serverWire struct {
	Hours      float64 `json:"hours"`
	Flavor     string  `json:"flavor"`
	InstanceID string  `json:"instance_id"`
	Name       string  `json:"name"`
	TenantID   string  `json:"tenant_id"`
	MemoryMB   int64   `json:"memory_mb"`
	LocalGB    int64   `json:"local_gb"`
	VCPUs      int64   `json:"vcpus"`
	StartedAt  string  `json:"started_at"`
	EndedAt    *string `json:"ended_at"`
	State      string  `json:"state"`
	Uptime     int64   `json:"uptime"` // seconds
}

// usagesWire groups a page by project, in the order in which they come, with the totals of this page alone.
func usagesWire(rows []row, detailed bool, start, stop time.Time) []*usageWire {
	usages := []*usageWire{}
	for _, r := range rows {
		p := r.project
		at := slices.IndexFunc(usages, func(u *usageWire) bool { return u.TenantID == p.ProjectID })
		if at < 0 {
			at = len(usages)
			usages = append(usages, &usageWire{TenantID: p.ProjectID, Start: novaTime(p.Start, start), Stop: novaTime(p.Stop, stop)})
			if detailed {
				usages[at].Servers = []serverWire{}
			}
		}
		u, s := usages[at], r.server
		if s == nil {
			u.add(p.TotalHours, p.TotalVCPUsUsage, p.TotalMemoryMBUsage, p.TotalLocalGBUsage)
			continue
		}
		u.add(s.Hours, s.Hours*float64(s.VCPUs), s.Hours*float64(s.MemoryMB), s.Hours*float64(s.LocalGB))
		if detailed {
			u.Servers = append(u.Servers, serverOf(s, p.ProjectID, start))
		}
	}
	return usages
}

func (u *usageWire) add(hours, vcpus, memory, disk float64) {
	u.Hours += hours
	u.VCPUs += vcpus
	u.MemoryMB += memory
	u.LocalGB += disk
}

func serverOf(s *tenantusage.ServerUsage, project string, start time.Time) serverWire {
	w := serverWire{
		Hours: s.Hours, Flavor: s.Flavor, InstanceID: s.InstanceID, Name: s.Name, TenantID: cmp.Or(s.ProjectID, project),
		MemoryMB: s.MemoryMB, LocalGB: s.LocalGB, VCPUs: s.VCPUs, StartedAt: novaTime(s.StartedAt, start),
		State: string(cmp.Or(s.State, tenantusage.StateActive)), Uptime: int64(s.Uptime / time.Second),
	}
	if s.EndedAt != nil {
		ended := novaTime(*s.EndedAt, start)
		w.EndedAt, w.State = &ended, string(cmp.Or(s.State, tenantusage.StateTerminated))
	}
	return w
}

// novaTime is isoformat of a UTC time, which does not say so.
func novaTime(t, otherwise time.Time) string {
	if t.IsZero() {
		t = otherwise
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000")
}
