package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// slow is a server that takes 20 ms for a page.
var slow = shape{pages: 100, size: 1000, cells: 1, delay: 20 * time.Millisecond}

// perRow is what the consumer takes. It sleeps a page's worth at a time, as one that waits for a database,
// so that the comparison is about waiting and not about who gets the processor.
const perRow = 20 * time.Microsecond

var _ = register(suite{
	service:  "bench",
	endpoint: "bench",
	routes:   map[string]handler{"rows": writeRows},
	jobs: []job{
		{name: "marker-ahead", shape: slow, run: walkAhead},
		{name: "marker-sequential", shape: slow, run: walkSequential},
		{name: "offset-4", shape: slow, run: walkOffset(4)},
		{name: "offset-1", shape: slow, run: walkOffset(1)},
	},
	lines: []comparison{
		{name: "20 ms a page, 20 us a row: marker prefetch against sequential", of: wall, ours: "marker-ahead", theirs: "marker-sequential", target: 0.6, moonshot: 0.51},
		{name: "20 ms a page, idle consumer: offset k=4 against k=1", of: wall, ours: "offset-4", theirs: "offset-1", target: 0.37, moonshot: 0.26},
	},
})

// walkAhead is a walk that asks for a page while the one before it is consumed.
func walkAhead(ctx context.Context, t target) (rows int, err error) {
	client, err := t.usage(ctx)
	if err != nil {
		return 0, err
	}
	for page, err := range client.RawPages(tenantusage.Query{Window: usageWindow, Detailed: true}).All(ctx) {
		if err != nil {
			return 0, err
		}
		here := 0
		for i := range page.Projects {
			here += len(page.Projects[i].Servers)
		}
		time.Sleep(time.Duration(here) * perRow)
		rows += here
	}
	return rows, nil
}

// walkSequential asks for a page when the one before it has been consumed. It only counts the rows, so that it
// is a little faster than it would be if it kept them.
func walkSequential(ctx context.Context, t target) (rows int, err error) {
	service, err := t.service(ctx, "compute")
	if err != nil {
		return 0, err
	}
	fetch := func(ctx context.Context, n int) (counted []struct{}, next int, more bool, err error) {
		r := gophermeter.Request{
			Op:     "bench",
			Method: http.MethodGet,
			Path:   []string{"os-simple-tenant-usage"},
			Query:  url.Values{"detailed": {"1"}},
		}
		if n > 0 {
			r.Query.Set("marker", t.marker(n-1))
		}
		err = service.Read(ctx, r, func(_ http.Header, body []byte) error {
			counted, err = countServers(body)
			return err
		})
		return counted, n + 1, n+1 < t.pages, err
	}
	for batch, err := range paging.Walk(ctx, 0, fetch) {
		if err != nil {
			return 0, err
		}
		time.Sleep(time.Duration(len(batch)) * perRow)
		rows += len(batch)
	}
	return rows, nil
}

// countServers reads a page of usage to its end.
func countServers(body []byte) (counted []struct{}, err error) {
	r := jsonstream.NewBytes(body)
	row := func() error {
		counted = append(counted, struct{}{})
		return r.Skip()
	}
	tenant := func(name []byte) error {
		if string(name) == "server_usages" {
			return r.Array(row)
		}
		return nil
	}
	err = r.Object(func(name []byte) error {
		if string(name) == "tenant_usages" {
			return r.Array(func() error { return r.Object(tenant) })
		}
		return nil
	})
	return counted, err
}

// walkOffset keeps k pages under way, for a consumer that does nothing.
func walkOffset(k int) func(context.Context, target) (int, error) {
	return func(ctx context.Context, t target) (rows int, err error) {
		service, err := t.service(ctx, "bench")
		if err != nil {
			return 0, err
		}
		fetch := func(ctx context.Context, offset int) (values []int64, total int, err error) {
			r := gophermeter.Request{
				Op:     "bench",
				Method: http.MethodGet,
				Path:   []string{"rows"},
				Query:  url.Values{"offset": {strconv.Itoa(offset)}},
			}
			err = service.Read(ctx, r, func(_ http.Header, body []byte) error {
				values, total, err = readRows(body)
				return err
			})
			return values, total, err
		}
		for batch, err := range paging.Offset(ctx, 0, k, fetch) {
			if err != nil {
				return 0, err
			}
			rows += len(batch)
		}
		return rows, nil
	}
}

func readRows(body []byte) (values []int64, total int, err error) {
	r := jsonstream.NewBytes(body)
	err = r.Object(func(name []byte) error {
		switch string(name) {
		case "total":
			n, err := r.Int()
			total = int(n)
			return err
		case "rows":
			return r.Array(func() error {
				n, err := r.Int()
				values = append(values, n)
				return err
			})
		}
		return nil
	})
	return values, total, err
}

// writeRows is a collection that is asked for by offset.
func writeRows(w http.ResponseWriter, r *http.Request, s shape) {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	body := fmt.Appendf(nil, `{"total": %d, "rows": [%d`, s.rows(), offset)
	for i := offset + 1; i < min(offset+s.size, s.rows()); i++ {
		body = fmt.Appendf(body, ", %d", i)
	}
	_, _ = w.Write(append(body, "]}"...))
}

func (t target) service(ctx context.Context, typ string) (*gophermeter.Service, error) {
	conn, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	return conn.Service(typ)
}
