package main

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/meter"
)

// samplesPeak and samplesGrowth are in MB, for a body of any size.
const (
	samplesPeak   = 32
	samplesGrowth = 5
)

var _ = register(suite{
	service:  "metering",
	endpoint: "metering",
	routes:   map[string]handler{"v2/samples": writeSamples},
	jobs: []job{
		{name: "samples-ours", shape: pages200, run: readSamples},
		{name: "samples-gophercloud", shape: pages200, run: readSamplesGophercloud},
		{name: "samples-tokens", shape: pages200, run: readSampleTokens},
		{name: "samples-10k", shape: rows10k, run: readSamples},
		{name: "samples-1M", shape: rows1M, run: readSamples},
	},
	lines: []comparison{
		{name: "samples, 200 k in one body: CPU against gophercloud Get", of: cpu, ours: "samples-ours", theirs: "samples-gophercloud", target: 0.33},
		{name: "samples, 200 k in one body: CPU against tokens alone", of: cpu, ours: "samples-ours", theirs: "samples-tokens", target: 2.8, moonshot: 2.0},
		{name: "samples, 1 M in one body: peak RSS", of: rss, ours: "samples-1M", target: samplesPeak, moonshot: 16},
		{name: "samples, 10 k to 1 M in one body: growth of RSS", of: rss, ours: "samples-1M", base: "samples-10k", target: samplesGrowth},
	},
})

// readSamples looks at every sample of one answer while it arrives.
func readSamples(ctx context.Context, t target) (rows int, err error) {
	conn, err := t.connect(ctx)
	if err != nil {
		return 0, err
	}
	client, err := meter.New(conn)
	if err != nil {
		return 0, err
	}
	var volume float64
	for s, err := range client.Samples(meter.SampleOptions{Limit: t.rows()}).All(ctx) {
		if err != nil {
			return 0, err
		}
		volume += s.Volume
		rows++
	}
	return rows, worked(volume)
}

// gophercloudSample is what a program declares that reads samples by gophercloud, which has no package for them.
type gophercloudSample struct {
	ID         string                          `json:"id"`
	Meter      string                          `json:"meter"`
	Type       string                          `json:"type"`
	Unit       string                          `json:"unit"`
	Volume     float64                         `json:"volume"`
	UserID     string                          `json:"user_id"`
	ProjectID  string                          `json:"project_id"`
	ResourceID string                          `json:"resource_id"`
	Source     string                          `json:"source"`
	Timestamp  gophercloud.JSONRFC3339MilliNoZ `json:"timestamp"`
	RecordedAt gophercloud.JSONRFC3339MilliNoZ `json:"recorded_at"`
	Metadata   map[string]string               `json:"metadata"`
}

// readSamplesGophercloud does the same by a request of its own.
func readSamplesGophercloud(ctx context.Context, t target) (rows int, err error) {
	provider, err := t.provider(ctx)
	if err != nil {
		return 0, err
	}
	client := &gophercloud.ServiceClient{ProviderClient: provider, Endpoint: t.url + "/metering/v2/"}
	var samples []gophercloudSample
	resp, err := client.Get(ctx, client.ServiceURL("samples"), &samples, nil)
	if err != nil {
		return 0, err
	}
	_ = resp.Body.Close()
	var volume float64
	for i := range samples {
		volume += samples[i].Volume
	}
	return len(samples), worked(volume)
}

// readSampleTokens reads the same body token by token, and keeps nothing.
func readSampleTokens(ctx context.Context, t target) (rows int, err error) {
	const depth = 2 // of a sample
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"/metering/v2/samples", http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	d := jsontext.NewDecoder(resp.Body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for err == nil {
		var token jsontext.Token
		token, err = d.ReadToken()
		if token.Kind() == '{' && d.StackDepth() == depth {
			rows++
		}
	}
	if !errors.Is(err, io.EOF) {
		return 0, err
	}
	return rows, nil
}
