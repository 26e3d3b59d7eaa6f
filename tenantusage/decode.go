package tenantusage

import (
	"fmt"
	"net/url"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// page is one decoded answer.
type page struct {
	projects []ProjectUsage // their Servers are parts of rows
	rows     []ServerUsage
	next     string // marker of the next page; empty on the last
	version  string // microversion that answered; empty for a legacy endpoint
	window   gophermeter.Window
}

// decoder reads a page field by field: Nova's releases differ in the order of the keys, and totals may come
// before or after the rows.
type decoder struct {
	r *jsonstream.Reader
	page
	project ProjectUsage
	row     ServerUsage
	ends    []int // per project, where its rows end

	found       bool // the list or the usage itself was there
	rel, href   string
	onUsage     func([]byte) error
	onRow       func([]byte) error
	onLink      func([]byte) error
	usage, item func() error
	link        func() error
}

// decode reads an answer of the list (many) or of one project to its end.
func decode(body []byte) (*page, error) {
	d := &decoder{r: jsonstream.NewBytes(body)}
	// Bound once, not once a row.
	d.onUsage, d.onRow, d.onLink = d.usageField, d.rowField, d.linkField
	d.usage, d.item, d.link = d.readUsage, d.readRow, d.readLink
	if err := d.r.Object(d.field); err != nil {
		return nil, err
	}
	if err := d.r.End(); err != nil {
		return nil, err
	}
	if !d.found {
		return nil, fmt.Errorf("the answer has neither tenant_usages nor tenant_usage")
	}
	from := 0
	for i, end := range d.ends {
		if end > from {
			d.projects[i].Servers = d.rows[from:end:end]
		}
		from = end
	}
	return &d.page, nil
}

func (d *decoder) field(name []byte) error {
	switch string(name) {
	case "tenant_usages":
		d.found = true
		return d.r.Array(d.usage)
	case "tenant_usage":
		d.found = true
		return d.readUsage()
	case "tenant_usages_links", "tenant_usage_links":
		return d.r.Array(d.link)
	}
	return nil
}

// readUsage reads one project. The last page of a project is {}, which is none.
func (d *decoder) readUsage() error {
	d.project = ProjectUsage{}
	before := len(d.rows)
	if err := d.r.Object(d.onUsage); err != nil {
		return err
	}
	if d.project.ProjectID == "" && d.project.Stop.IsZero() && len(d.rows) == before {
		return nil
	}
	d.projects = append(d.projects, d.project)
	d.ends = append(d.ends, len(d.rows))
	return nil
}

func (d *decoder) usageField(name []byte) (err error) {
	p := &d.project
	switch string(name) {
	case "tenant_id":
		p.ProjectID, err = d.r.Intern()
	case "start":
		p.Start, err = d.r.Time()
	case "stop":
		p.Stop, err = d.r.Time()
	case "total_hours":
		p.TotalHours, err = d.r.Float()
	case "total_vcpus_usage":
		p.TotalVCPUsUsage, err = d.r.Float()
	case "total_memory_mb_usage":
		p.TotalMemoryMBUsage, err = d.r.Float()
	case "total_local_gb_usage":
		p.TotalLocalGBUsage, err = d.r.Float()
	case "server_usages":
		return d.r.Array(d.item)
	}
	return err
}

func (d *decoder) readRow() error {
	if d.rows == nil {
		d.rows = make([]ServerUsage, 0, 1000)
	}
	d.row = ServerUsage{}
	if err := d.r.Object(d.onRow); err != nil {
		return err
	}
	d.rows = append(d.rows, d.row)
	return nil
}

func (d *decoder) rowField(name []byte) (err error) {
	s := &d.row
	switch string(name) {
	case "instance_id":
		s.InstanceID, err = d.r.String()
	case "name":
		s.Name, err = d.r.String()
	case "tenant_id":
		s.ProjectID, err = d.r.Intern()
	case "flavor":
		s.Flavor, err = d.r.Intern()
	case "state":
		var state string
		state, err = d.r.Intern()
		s.State = State(state)
	case "hours":
		s.Hours, err = d.r.Float()
	case "vcpus":
		s.VCPUs, err = d.r.Int()
	case "memory_mb":
		s.MemoryMB, err = d.r.Int()
	case "local_gb":
		s.LocalGB, err = d.r.Int()
	case "started_at":
		s.StartedAt, err = d.r.Time()
	case "ended_at":
		if !d.r.Null() {
			var ended time.Time
			ended, err = d.r.Time()
			s.EndedAt = &ended
		}
	case "uptime":
		var seconds int64
		seconds, err = d.r.Int()
		s.Uptime = time.Duration(seconds) * time.Second
	}
	return err
}

// readLink takes the marker out of the next link. The rest of the link is not used: behind a proxy it names
// hosts and schemes that a token must not be sent to.
func (d *decoder) readLink() error {
	d.rel, d.href = "", ""
	if err := d.r.Object(d.onLink); err != nil {
		return err
	}
	if d.rel != "next" {
		return nil
	}
	link, err := url.Parse(d.href)
	if err == nil {
		d.next = link.Query().Get("marker")
	}
	if d.next == "" {
		return fmt.Errorf("%w: the next link has no marker: %q", errs.ErrTruncated, d.href)
	}
	return nil
}

func (d *decoder) linkField(name []byte) (err error) {
	switch string(name) {
	case "rel":
		d.rel, err = d.r.String()
	case "href":
		d.href, err = d.r.String()
	}
	return err
}
