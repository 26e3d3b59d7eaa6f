package jsonstream_test

import (
	"bytes"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"sort"
	"strings"
	"testing"
	"time"
)

func nd(body []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
func TestZRatio(t *testing.T) {
	body := []byte(page(1000))
	sb := string(body)
	rows := make([]server, 0, 1000)
	fs := map[string]func(){
		"token": func() {
			d := nd(body)
			var err error
			for err == nil {
				_, err = d.ReadToken()
			}
		},
		"page": func() { rows, _ = readPage(jsonstream.NewBytes(body), rows[:0]) },
		"live": func() { rows, _ = readPage(jsonstream.New(strings.NewReader(sb)), rows[:0]) },
		"none": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { return nil }) },
	"skip": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { return r.Skip() }) },
	"switch": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { switch string(n) { case "instance_id","name","tenant_id","flavor","state","hours","vcpus","memory_mb","local_gb","uptime","started_at","ended_at": return r.Skip() }; return nil }) },
	"+int": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { switch string(n) { case "instance_id","name","tenant_id","flavor","state","hours","started_at","ended_at": return r.Skip()
	   case "vcpus","memory_mb","local_gb","uptime": _,err:=r.Int(); return err }; return nil }) },
	"+float": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { switch string(n) { case "instance_id","name","tenant_id","flavor","state","vcpus","memory_mb","local_gb","uptime","started_at","ended_at": return r.Skip()
	   case "hours": _,err:=r.Float(); return err }; return nil }) },
	"+intern": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { switch string(n) { case "instance_id","name","hours","vcpus","memory_mb","local_gb","uptime","started_at","ended_at": return r.Skip()
	   case "flavor","tenant_id","state": _,err:=r.Intern(); return err }; return nil }) },
	"+string": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { switch string(n) { case "flavor","tenant_id","state","hours","vcpus","memory_mb","local_gb","uptime","started_at","ended_at": return r.Skip()
	   case "instance_id","name": s,err:=r.String(); sink=s; return err }; return nil }) },
	"+time": func(){ runf(body,func(r *jsonstream.Reader,n []byte) error { switch string(n) { case "flavor","tenant_id","state","hours","vcpus","memory_mb","local_gb","uptime","instance_id","name": return r.Skip()
	   case "started_at","ended_at": _,err:=r.Time(); return err }; return nil }) },
	"barerv": func() {
			d := nd(body)
			for {
				k := d.PeekKind()
				if k == 0 {
					break
				}
				if k == '{' || k == '[' || k == '}' || k == ']' {
					d.ReadToken()
					continue
				}
				d.ReadValue()
			}
		},
	}
	m := map[string][]float64{}
	for range 400 {
		for k, f := range fs {
			s := time.Now()
			f()
			m[k] = append(m[k], float64(time.Since(s).Nanoseconds())/1000)
		}
	}
	for k := range m {
		sort.Float64s(m[k])
	}
	for k := range m {
		t.Logf("%-8s min %.0f p10 %.0f med %.0f   ratio min %.2f p10 %.2f med %.2f", k, m[k][0], m[k][40], m[k][200], m[k][0]/m["token"][0], m[k][40]/m["token"][40], m[k][200]/m["token"][200])
	}
}

var sink string
func runf(body []byte, f func(r *jsonstream.Reader, n []byte) error) {
	 r:=jsonstream.NewBytes(body)
	  row:=func(n []byte) error { return f(r,n) }
	  ten:=func(n []byte) error { if string(n)!="server_usages" {return nil}; return r.Array(func() error {return r.Object(row)}) }
	  r.Object(func(n []byte) error { if string(n)!="tenant_usages" {return nil}; return r.Array(func() error {return r.Object(ten)}) })
}
func BenchmarkZNone(b *testing.B) { body := []byte(page(1000)); for b.Loop() { runf(body,func(r *jsonstream.Reader,n []byte) error { return r.Skip() }) } }
func BenchmarkZSkipAll(b *testing.B) { body := []byte(page(1000)); for b.Loop() { jsonstream.NewBytes(body).Skip() } }
