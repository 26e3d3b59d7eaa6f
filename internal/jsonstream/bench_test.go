package jsonstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// One operation is a page of 1000 servers. The gate is Page at twice ReadToken.
const benchRows = 1000

func BenchmarkPage(b *testing.B) {
	body := []byte(page(benchRows))
	rows := make([]server, 0, benchRows)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		rows, _ = readPage(jsonstream.NewBytes(body), rows[:0])
	}
	require.Len(b, rows, benchRows)
}

func BenchmarkLive(b *testing.B) {
	body := page(benchRows)
	rows := make([]server, 0, benchRows)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		rows, _ = readPage(jsonstream.New(strings.NewReader(body)), rows[:0])
	}
	require.Len(b, rows, benchRows)
}

func BenchmarkReadToken(b *testing.B) {
	body := []byte(page(benchRows))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		var err error
		for err == nil {
			_, err = d.ReadToken()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	body := []byte(page(benchRows))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var document struct {
			TenantUsages []struct {
				ServerUsages []struct {
					InstanceID string  `json:"instance_id"`
					Name       string  `json:"name"`
					TenantID   string  `json:"tenant_id"`
					Flavor     string  `json:"flavor"`
					State      string  `json:"state"`
					Hours      float64 `json:"hours"`
					VCPUs      int64   `json:"vcpus"`
					MemoryMB   int64   `json:"memory_mb"`
					LocalGB    int64   `json:"local_gb"`
					Uptime     int64   `json:"uptime"`
					StartedAt  string  `json:"started_at"` // its times are not read
					EndedAt    *string `json:"ended_at"`
				} `json:"server_usages"`
			} `json:"tenant_usages"`
		}
		if err := json.Unmarshal(body, &document); err != nil {
			b.Fatal(err)
		}
	}
}
