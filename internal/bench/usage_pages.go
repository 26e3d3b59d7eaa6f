package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/gophermeter/gophermeter"
)

// usageWindow is what the server says it counted; it is long over, or clients would move its end.
var usageWindow = gophermeter.Month(2025, 10)

// perPage is the number of projects in a page.
const perPage = 4

// usagePage is a page of Nova's os-simple-tenant-usage in which only the ids are missing: they have a fixed
// width, so that a million rows need no more memory than a thousand.
type usagePage struct {
	text    []byte
	servers []int // where the id of each row is
	tenants []int // where ids of projects are
	owner   []int // which of the page's projects it is, for each of tenants
}

var usagePages sync.Map // by size

// writeUsage answers as Nova does at microversion 2.40: in each cell by project and id.
func writeUsage(w http.ResponseWriter, r *http.Request, s shape) {
	n := 0
	if marker := r.URL.Query().Get("marker"); marker != "" {
		n = s.pageAfter(marker)
	}
	made, ok := usagePages.Load(s.size)
	if !ok {
		made, _ = usagePages.LoadOrStore(s.size, newUsagePage(s.size))
	}
	page := made.(*usagePage)
	cell, inCell := s.place(n)
	body := bytes.Clone(page.text)
	for row, at := range page.servers {
		putHex(body[at:at+8], s.serverID(cell, inCell, row))
	}
	for i, at := range page.tenants {
		putHex(body[at:at+8], inCell*perPage+page.owner[i])
	}
	if n+1 < s.pages {
		body = fmt.Appendf(body, `, "tenant_usages_links": [{"rel": "next", "href": "http://%s%s?detailed=1&marker=%s"}]`,
			r.Host, r.URL.Path, s.marker(n))
	}
	body = append(body, '}')
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("OpenStack-API-Version", "compute 2.40")
	w.Header().Set("X-OpenStack-Nova-API-Version", "2.40")
	_, _ = w.Write(body)
}

// place is the cell of page n, and which of the pages of that cell it is.
func (s shape) place(n int) (cell, inCell int) {
	each := s.pages / s.cells
	return n / each, n % each
}

// serverID rises with the pages of a cell; no two cells have one in common.
func (s shape) serverID(cell, inCell, row int) int { return (inCell*s.size+row)*s.cells + cell }

const serverIDRest = "-cc83-485c-86ee-8707770897b9"

// marker of the page after page n: its last server.
func (s shape) marker(n int) string {
	cell, inCell := s.place(n)
	return fmt.Sprintf("%08x"+serverIDRest, s.serverID(cell, inCell, s.size-1))
}

// pageAfter is the page that a marker asks for.
func (s shape) pageAfter(marker string) int {
	id, err := strconv.ParseUint(marker[:min(len(marker), 8)], 16, 32)
	if err != nil {
		return 0
	}
	cell, row := int(id)%s.cells, int(id)/s.cells
	return cell*(s.pages/s.cells) + row/s.size + 1
}

func putHex(to []byte, n int) {
	for i := range to {
		to[i] = "0123456789abcdef"[n>>(4*(len(to)-1-i))&15]
	}
}

// newUsagePage writes a page in the order and spacing of a real one. A third of the servers have ended.
func newUsagePage(size int) *usagePage {
	const layout = "2006-01-02T15:04:05.000000"
	var b bytes.Buffer
	p := &usagePage{}
	tenant := func(project int) {
		b.WriteString(`"tenant_id": "`)
		p.tenants, p.owner = append(p.tenants, b.Len()), append(p.owner, project)
		b.WriteString(`00000000198d46c89312fa2d02ae0606"`)
	}
	b.WriteString(`{"tenant_usages": [`)
	for project := range perPage {
		comma(&b, project)
		b.WriteString("{")
		tenant(project)
		b.WriteString(`, "server_usages": [`)
		first, end := project*size/perPage, (project+1)*size/perPage
		for i := first; i < end; i++ {
			comma(&b, i-first)
			fmt.Fprintf(&b, `{"hours": %v, "flavor": "m1.%s", "instance_id": "`,
				float64(i*79801+11)/3600, []string{"tiny", "small", "medium", "large"}[i%4])
			p.servers = append(p.servers, b.Len())
			fmt.Fprintf(&b, `00000000`+serverIDRest+`", "name": "tenant-%d-vm-%04d", `, project, i)
			tenant(project)
			ended, state := "null", "active"
			if i%3 == 0 {
				ended, state = fmt.Sprintf(`"2025-11-%02dT16:28:%02d.000000"`, i%28+1, i%60), "terminated"
			}
			fmt.Fprintf(&b, `, "memory_mb": %d, "local_gb": 40, "vcpus": %d, "started_at": "2025-10-%02dT18:38:%02d.%06d", `+
				`"ended_at": %s, "state": "%s", "uptime": %d}`,
				512<<(i%4), 1<<(i%4), i%28+1, i%60, i%2*123456, ended, state, i*7919)
		}
		fmt.Fprintf(&b, `], "total_local_gb_usage": 30354.211111111108, "total_vcpus_usage": 1517.7105555555556, `+
			`"total_memory_mb_usage": 3108271.217777778, "total_hours": 796.2505555555556, "start": "%s", "stop": "%s"}`,
			usageWindow.Start.Format(layout), usageWindow.End.Format(layout))
	}
	b.WriteString("]")
	p.text = b.Bytes()
	return p
}

func comma(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}
