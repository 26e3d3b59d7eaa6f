package main

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// writeSamples answers every sample of a shape at once, as Ceilometer 8 does: the newest first, of a hundred resources by turns.
// Samples of a page differ from those of the next by their ids alone, so that a million need no more memory than a thousand.
func writeSamples(w http.ResponseWriter, _ *http.Request, s shape) {
	_, _ = w.Write([]byte("["))
	page := samplePage(s.size)
	for n := range s.pages {
		body := bytes.Clone(page.text)
		for i, at := range page.ids {
			putHex(body[at:at+8], n*s.size+i)
		}
		if n > 0 {
			_, _ = w.Write([]byte(", "))
		}
		if _, err := w.Write(body); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte("]"))
}

type samplesText struct {
	text []byte
	ids  []int // where the id of each sample is
}

// samplePage writes samples in the order and spacing of a real answer, with the metadata that the compute agent sends.
func samplePage(size int) samplesText {
	var b bytes.Buffer
	var p samplesText
	newest := time.Date(2016, 10, 1, 23, 0, 0, 0, time.UTC)
	for i := range size {
		comma(&b, i)
		resource := i % 100
		b.WriteString(`{"id": "`)
		p.ids = append(p.ids, b.Len())
		fmt.Fprintf(&b, `00000000-e6d9-11f1-94ed-02fc00000001", "meter": "cpu_util", "type": "gauge", "unit": "%%", "volume": %v, `+
			`"user_id": "14d887979f1e59f3bc5056bd093b0556", "project_id": "546b887890cd5769b12f0c2c5d9f46%02x", `+
			`"resource_id": "%08x-32ad-52d6-885c-a0e22265342d", "source": "openstack", "timestamp": "%s", `+
			`"recorded_at": "2016-10-02T00:58:33.%06d", "metadata": {"display_name": "vm-%d", "flavor.vcpus": "%d", "host": "compute-%d", `+
			`"instance_type": "m1.small", "server_group.name:x": "g%d"}}`,
			float64(i*7919%1000)/10+0.123456, resource/10, resource*7919, newest.Add(-time.Duration(i)*time.Second).Format("2006-01-02T15:04:05"),
			i*37%1000000, resource, 1+resource%4, resource%8, resource%2)
	}
	p.text = b.Bytes()
	return p
}
