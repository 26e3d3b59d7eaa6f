package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gophercloud/gophercloud/v2"
	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// In MB.
const (
	framesPeak   = 32 // of frames of any number
	framesGrowth = 5  // of a million over ten thousand
)

var (
	_ = register(suite{
		service:  "rating",
		endpoint: "rating",
		routes: map[string]handler{
			"v1/storage/dataframes": writeFrames,
			"v2/dataframes":         writePoints,
		},
		jobs: []job{
			{name: "frames-v2-ours", shape: pages200, run: readFrames},
			{name: "frames-v2-gophercloud", shape: pages200, run: readPointsGophercloud},
			{name: "frames-v2-readtoken", shape: pages200, run: readPointTokens},
			{name: "frames-v2-10k", shape: rows10k, run: readFrames},
			{name: "frames-v2-1M", shape: rows1M, run: readFrames},
		},
		lines: []comparison{
			{name: "v2 dataframes, 200 x 1000, k=4: CPU against gophercloud Get", of: cpu, ours: "frames-v2-ours", theirs: "frames-v2-gophercloud", target: 0.35, moonshot: 0.31},
			{name: "v2 dataframes, 200 x 1000, k=4: CPU against ReadToken", of: cpu, ours: "frames-v2-ours", theirs: "frames-v2-readtoken", target: 3.2, moonshot: 2.2},
			{name: "v2 dataframes, 10 k points: peak RSS", of: rss, ours: "frames-v2-10k", target: framesPeak, moonshot: 16},
			{name: "v2 dataframes, 1 M points: peak RSS", of: rss, ours: "frames-v2-1M", target: framesPeak, moonshot: 16},
			{name: "v2 dataframes, 10 k to 1 M points: growth of RSS", of: rss, ours: "frames-v2-1M", base: "frames-v2-10k", target: framesGrowth},
		},
	})
	// A CloudKitty of storage v1 has no API v2.
	_ = register(suite{
		service:  "rating-v1",
		endpoint: "rating-v1",
		routes:   map[string]handler{"v1/storage/dataframes": writeFrames},
		jobs: []job{
			{name: "frames-v1-ours", shape: pages200, run: readFramesV1},
			{name: "frames-v1-gophercloud", shape: pages200, run: readFramesGophercloud},
			{name: "frames-v1-readtoken", shape: pages200, run: readFrameTokens},
			{name: "frames-v1-10k", shape: rows10k, run: readFramesV1},
			{name: "frames-v1-1M", shape: rows1M, run: readFramesV1},
		},
		lines: []comparison{
			{name: "v1 dataframes, 200 k in one body: CPU against gophercloud Get", of: cpu, ours: "frames-v1-ours", theirs: "frames-v1-gophercloud", target: 0.33, moonshot: 0.30},
			{name: "v1 dataframes, 200 k in one body: CPU against ReadToken", of: cpu, ours: "frames-v1-ours", theirs: "frames-v1-readtoken", target: 2.8, moonshot: 2.0},
			{name: "v1 dataframes, 10 k in one body: peak RSS", of: rss, ours: "frames-v1-10k", target: framesPeak, moonshot: 16},
			{name: "v1 dataframes, 1 M in one body: peak RSS", of: rss, ours: "frames-v1-1M", target: framesPeak, moonshot: 16},
			{name: "v1 dataframes, 10 k to 1 M in one body: growth of RSS", of: rss, ours: "frames-v1-1M", base: "frames-v1-10k", target: framesGrowth},
		},
	})
)

// readFrames looks at every frame of a cloud of storage v2.
func readFrames(ctx context.Context, t target) (int, error) { return t.frames(ctx) }

// readFramesV1 does so in a cloud of storage v1.
func readFramesV1(ctx context.Context, t target) (int, error) {
	return t.frames(ctx, gophermeter.WithEndpoint("rating", t.url+"/rating-v1"))
}

func (t target) frames(ctx context.Context, opts ...gophermeter.Option) (rows int, err error) {
	conn, err := gophermeter.Connect(ctx, append(opts, gophermeter.WithAuth(t.credentials()))...)
	if err != nil {
		return 0, err
	}
	client, err := rating.New(conn, rating.WithPageSize(t.size), rating.WithConcurrency(4))
	if err != nil {
		return 0, err
	}
	paid := 0
	for f, err := range client.Frames(rating.FrameOptions{Window: framesWindow, Piece: framesWindow.Duration()}).All(ctx) {
		if err != nil {
			return 0, err
		}
		if f.Price.IsPositive() {
			paid++
		}
		rows++
	}
	return rows, priced(paid)
}

// priced makes use of what a walk has seen.
func priced(paid int) error {
	if paid == 0 {
		return errors.New("nothing costs anything")
	}
	return nil
}

// gophercloudPoints is what a program declares that reads API v2 by gophercloud, which has no package for it.
type gophercloudPoints struct {
	Total      int `json:"total"`
	Dataframes []struct {
		Period struct {
			Begin string `json:"begin"`
			End   string `json:"end"`
		} `json:"period"`
		Usage map[string][]struct {
			Vol struct {
				Unit string          `json:"unit"`
				Qty  decimal.Decimal `json:"qty"`
			} `json:"vol"`
			Rating struct {
				Price decimal.Decimal `json:"price"`
			} `json:"rating"`
			GroupBy  map[string]string `json:"groupby"`
			Metadata map[string]string `json:"metadata"`
		} `json:"usage"`
	} `json:"dataframes"`
}

func readPointsGophercloud(ctx context.Context, t target) (rows int, err error) {
	provider, err := t.provider(ctx)
	if err != nil {
		return 0, err
	}
	client := &gophercloud.ServiceClient{ProviderClient: provider, Endpoint: t.url + "/rating/v2/"}
	paid := 0
	for n := range t.pages {
		var page gophercloudPoints
		url := fmt.Sprintf("%s?limit=%d&offset=%d", client.ServiceURL("dataframes"), t.size, n*t.size)
		resp, err := client.Get(ctx, url, &page, nil)
		if err != nil {
			return 0, err
		}
		_ = resp.Body.Close()
		for _, frame := range page.Dataframes {
			for _, points := range frame.Usage {
				for i := range points {
					if points[i].Rating.Price.IsPositive() {
						paid++
					}
					rows++
				}
			}
		}
	}
	return rows, priced(paid)
}

// gophercloudFrames is the same of API v1.
type gophercloudFrames struct {
	Dataframes []struct {
		Begin     gophercloud.JSONRFC3339NoZ `json:"begin"`
		End       gophercloud.JSONRFC3339NoZ `json:"end"`
		TenantID  string                     `json:"tenant_id"`
		Resources []struct {
			Service string            `json:"service"`
			Desc    map[string]string `json:"desc"`
			Volume  decimal.Decimal   `json:"volume"`
			Rating  decimal.Decimal   `json:"rating"`
		} `json:"resources"`
	} `json:"dataframes"`
}

func readFramesGophercloud(ctx context.Context, t target) (rows int, err error) {
	provider, err := t.provider(ctx)
	if err != nil {
		return 0, err
	}
	client := &gophercloud.ServiceClient{ProviderClient: provider, Endpoint: t.url + "/rating-v1/v1/"}
	var all gophercloudFrames
	resp, err := client.Get(ctx, client.ServiceURL("storage", "dataframes"), &all, nil)
	if err != nil {
		return 0, err
	}
	_ = resp.Body.Close()
	paid := 0
	for _, frame := range all.Dataframes {
		for i := range frame.Resources {
			if frame.Resources[i].Rating.IsPositive() {
				paid++
			}
			rows++
		}
	}
	return rows, priced(paid)
}

// readPointTokens reads the pages of API v2 token by token, and keeps nothing.
func readPointTokens(ctx context.Context, t target) (rows int, err error) {
	const depth = 6 // of a point
	for n := range t.pages {
		here, err := countObjects(ctx, fmt.Sprintf("%s/rating/v2/dataframes?limit=%d&offset=%d", t.url, t.size, n*t.size), depth)
		if err != nil {
			return 0, err
		}
		rows += here
	}
	return rows, nil
}

// readFrameTokens does so with the one body of API v1.
func readFrameTokens(ctx context.Context, t target) (rows int, err error) {
	const depth = 5 // of a resource
	return countObjects(ctx, t.url+"/rating-v1/v1/storage/dataframes", depth)
}

// countObjects counts the objects at a depth of a document.
func countObjects(ctx context.Context, url string, depth int) (objects int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
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
			objects++
		}
	}
	if !errors.Is(err, io.EOF) {
		return 0, err
	}
	return objects, nil
}
