package jsonstream_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// server is a row of Nova's os-simple-tenant-usage.
type server struct {
	InstanceID, Name, TenantID, Flavor, State string
	Hours                                     float64
	VCPUs, MemoryMB, LocalGB, Uptime          int64
	StartedAt, EndedAt                        time.Time
}

// servers reads rows as a service package does: one field function for all of them.
func servers(r *jsonstream.Reader, rows *[]server) func() error {
	var row *server
	field := func(name []byte) (err error) {
		switch string(name) {
		case "instance_id":
			row.InstanceID, err = r.String()
		case "name":
			row.Name, err = r.String()
		case "tenant_id":
			row.TenantID, err = r.Intern()
		case "flavor":
			row.Flavor, err = r.Intern()
		case "state":
			row.State, err = r.Intern()
		case "hours":
			row.Hours, err = r.Float()
		case "vcpus":
			row.VCPUs, err = r.Int()
		case "memory_mb":
			row.MemoryMB, err = r.Int()
		case "local_gb":
			row.LocalGB, err = r.Int()
		case "uptime":
			row.Uptime, err = r.Int()
		case "started_at":
			row.StartedAt, err = r.Time()
		case "ended_at":
			row.EndedAt, err = r.Time()
		}
		return err
	}
	return func() error {
		*rows = append(*rows, server{})
		row = &(*rows)[len(*rows)-1]
		return r.Object(field)
	}
}

// readPage reads {"tenant_usages": [{"server_usages": [row, ...]}, ...]} to its end.
func readPage(r *jsonstream.Reader, rows []server) ([]server, error) {
	row := servers(r, &rows)
	tenant := func(name []byte) error {
		if string(name) != "server_usages" {
			return nil
		}
		return r.Array(row)
	}
	err := r.Object(func(name []byte) error {
		if string(name) != "tenant_usages" {
			return nil
		}
		return r.Array(func() error { return r.Object(tenant) })
	})
	if err == nil {
		err = r.End()
	}
	return rows, err
}

// page is what Nova answers for n servers of four projects, in the order and spacing of a real answer.
func page(n int) string {
	var b strings.Builder
	b.WriteString(`{"tenant_usages": [`)
	for project := range 4 {
		fmt.Fprintf(&b, `{"tenant_id": "2845bc9e198d46c89312fa2d02ae06%02d", "server_usages": [`, project)
		for i := project; i < n; i += 4 {
			b.WriteString(serverRow(i))
			if i+4 < n {
				b.WriteString(", ")
			}
		}
		b.WriteString(`], "total_hours": 111.70694444444445, "total_local_gb_usage": 4468.277777777778, "total_memory_mb_usage": 457551.64444444445, "total_vcpus_usage": 223.4138888888889, "start": "2026-10-24T00:00:00.000000", "stop": "2026-11-23T01:00:00.000000"}`)
		if project < 3 {
			b.WriteString(", ")
		}
	}
	b.WriteString(`], "tenant_usages_links": [{"rel": "next", "href": "http://nova/v2.1/os-simple-tenant-usage?limit=1000&marker=3"}]}`)
	return b.String()
}

func serverRow(i int) string {
	ended, state := "null", "active"
	if i%3 == 0 {
		ended, state = fmt.Sprintf(`"2026-11-%02dT16:28:%02d.000000"`, i%28+1, i%60), "terminated"
	}
	return fmt.Sprintf(`{"hours": %v, "flavor": "m1.%s", "instance_id": "%08x-cc83-485c-86ee-8707770897b9", "name": "tenant-%d-vm-%04d", `+
		`"tenant_id": "2845bc9e198d46c89312fa2d02ae06%02d", "memory_mb": %d, "local_gb": 40, "vcpus": %d, `+
		`"started_at": "2026-10-%02dT18:38:%02d.%06d", "ended_at": %s, "state": "%s", "uptime": %d}`,
		float64(i*79801+11)/3600, []string{"tiny", "small", "medium", "large"}[i%4], uint32(i)*2654435761, i%4, i,
		i%4, 512<<(i%4), 1<<(i%4), i%28+1, i%60, i%2*123456, ended, state, i*7919)
}
