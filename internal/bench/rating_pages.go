package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gophermeter/gophermeter"
)

// framesWindow is of what the server has frames.
var framesWindow = gophermeter.Month(2025, 10)

// ratedPage is a page in which only the ids of the resources are missing. They have a fixed width, so that a million
// need no more memory than a thousand.
type ratedPage struct {
	text []byte
	ids  []int
}

// ratedKey is a kind of page and its size.
type ratedKey struct {
	kind string
	size int
}

var ratedPages sync.Map // ratedPage by ratedKey

func ratedOf(kind string, size int, write func(*bytes.Buffer, *ratedPage, int)) *ratedPage {
	key := ratedKey{kind, size}
	made, ok := ratedPages.Load(key)
	if !ok {
		var b bytes.Buffer
		p := &ratedPage{}
		write(&b, p, size)
		p.text = b.Bytes()
		made, _ = ratedPages.LoadOrStore(key, p)
	}
	return made.(*ratedPage)
}

// body is the page with ids that begin at first.
func (p *ratedPage) body(first int) []byte {
	body := bytes.Clone(p.text)
	for i, at := range p.ids {
		putHex(body[at:at+8], first+i)
	}
	return body
}

func (p *ratedPage) id(b *bytes.Buffer) {
	b.WriteString(`"id": "`)
	p.ids = append(p.ids, b.Len())
	b.WriteString(`00000000-0000-4000-8000-000000000000"`)
}

// writePoints answers a page of API v2: a period, of which every point has other attributes.
func writePoints(w http.ResponseWriter, r *http.Request, s shape) {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	body := fmt.Appendf(nil, `{"total": %d, "dataframes": [`, s.rows())
	if offset < s.rows() {
		body = append(body, ratedOf("points", s.size, pointsPage).body(offset)...)
	}
	body = append(body, "]}"...)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// pointsPage writes three metrics in the order and spacing of a real answer.
func pointsPage(b *bytes.Buffer, p *ratedPage, size int) {
	begin := framesWindow.Start.Add(240 * time.Hour)
	fmt.Fprintf(b, `{"period": {"begin": "%s", "end": "%s"}, "usage": {`,
		begin.Format("2006-01-02T15:04:05+00:00"), begin.Add(time.Hour).Format("2006-01-02T15:04:05+00:00"))
	at := 0
	for m, metric := range []string{"instance", "volume.size", "network.outgoing.bytes.rate"} {
		end := (m + 1) * size / 3
		if at == end {
			continue
		}
		if at > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, `%q: [`, metric)
		for i := at; i < end; i++ {
			comma(b, i-at)
			fmt.Fprintf(b, `{"vol": {"unit": "%s", "qty": %v}, "rating": {"price": %v}, "groupby": {`,
				[]string{"instance", "GiB", "MB"}[m], float64(i*7919%100000)/100+1, float64(i*79801%1000000+1)/1e10)
			p.id(b)
			fmt.Fprintf(b, `, "user_id": "6899b2618dda421f8af34afd8e8aabdf", "project_id": "d3be098c33ed412795ff7c9116dd%04x"}, `+
				`"metadata": {"flavor_name": "m1.%s", "flavor_id": "%d", "vcpus": ""}}`, i%20, []string{"tiny", "small", "medium"}[i%3], i%3+1)
		}
		b.WriteString("]")
		at = end
	}
	b.WriteString("}}")
}

// writeFrames answers all of API v1 in one body, a resource a frame as storage v1 does.
func writeFrames(w http.ResponseWriter, _ *http.Request, s shape) {
	_, _ = w.Write([]byte(`{"dataframes": [`))
	page := ratedOf("frames", s.size, framesPage)
	for n := range s.pages {
		if n > 0 {
			_, _ = w.Write([]byte(", "))
		}
		if _, err := w.Write(page.body(n * s.size)); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte("]}"))
}

func framesPage(b *bytes.Buffer, p *ratedPage, size int) {
	const naive = "2006-01-02T15:04:05"
	begin := framesWindow.Start.Add(240 * time.Hour)
	for i := range size {
		comma(b, i)
		fmt.Fprintf(b, `{"begin": "%s", "end": "%s", "tenant_id": "d3be098c33ed412795ff7c9116dd%04x", "resources": [`+
			`{"rating": "%.6f", "service": "%s", "desc": {"flavor_name": "m1.%s", "flavor_id": "%d", "vcpus": "", `,
			begin.Format(naive), begin.Add(time.Hour).Format(naive), i%20, float64(i*79801%1000000+1)/1e6,
			[]string{"instance", "volume.size", "network.outgoing.bytes.rate"}[i%3], []string{"tiny", "small", "medium"}[i%3], i%3+1)
		p.id(b)
		fmt.Fprintf(b, `, "user_id": "6899b2618dda421f8af34afd8e8aabdf", "project_id": "d3be098c33ed412795ff7c9116dd%04x", `+
			`"tenant_id": "d3be098c33ed412795ff7c9116dd%04x"}, "volume": "%v"}]}`, i%20, i%20, float64(i*7919%100000)/100+1)
	}
}
