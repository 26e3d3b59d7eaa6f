package paging_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter/internal/paging"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server holds the rows 0 to rows-1 and hands them out in pages of size. The hook runs inside each request, with
// the number of the page, from 0.
type server struct {
	rows, size int
	hook       func(ctx context.Context, page int) error
	requests   atomic.Int32
	running    atomic.Int32
}

func (s *server) page(ctx context.Context, n, from int) ([]int, error) {
	s.requests.Add(1)
	s.running.Add(1)
	defer s.running.Add(-1)
	if s.hook != nil {
		if err := s.hook(ctx, n); err != nil {
			return nil, err
		}
	}
	return numbers(from, min(from+s.size, s.rows)), nil
}

func (s *server) byCursor(ctx context.Context, c int) ([]int, int, bool, error) {
	rows, err := s.page(ctx, c, c*s.size)
	return rows, c + 1, (c+1)*s.size < s.rows, err
}

// byLink has the marker of the next page inside an address, as Nova does.
func (s *server) byLink(ctx context.Context, marker string) ([]int, string, bool, error) {
	from, _ := strconv.Atoi(marker)
	rows, err := s.page(ctx, from/s.size, from)
	if err != nil || from+s.size >= s.rows {
		return rows, "", false, err
	}
	link, err := url.Parse(fmt.Sprintf("http://elsewhere/usages?limit=%d&marker=%d", s.size, from+s.size))
	if err != nil {
		return nil, "", false, err
	}
	return rows, link.Query().Get("marker"), true, nil
}

func (s *server) byOffset(ctx context.Context, offset int) ([]int, int, error) {
	rows, err := s.page(ctx, offset/s.size, offset)
	return rows, s.rows, err
}

var epoch = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// byTime has row i at i seconds before the epoch. Pages overlap by one row.
func (s *server) byTime(ctx context.Context, c paging.TimeCursor) ([]int, error) {
	from := int(epoch.Sub(c.Before) / time.Second)
	return s.page(ctx, from/(s.size-1), from)
}

func (s *server) timeline(ctx context.Context) iter.Seq2[[]int, error] {
	return paging.Timeline(ctx, paging.TimeCursor{Before: epoch, Limit: s.size}, s.size,
		func(i *int) time.Time { return epoch.Add(-time.Duration(*i) * time.Second) },
		func(i *int) string { return strconv.Itoa(*i) }, s.byTime)
}

type strategy struct {
	name string
	walk func(context.Context, *server) iter.Seq2[[]int, error]
}

var strategies = []strategy{
	{"walk", func(ctx context.Context, s *server) iter.Seq2[[]int, error] { return paging.Walk(ctx, 0, s.byCursor) }},
	{"ahead", func(ctx context.Context, s *server) iter.Seq2[[]int, error] {
		return paging.WalkAhead(ctx, 0, s.byCursor)
	}},
	{"link", func(ctx context.Context, s *server) iter.Seq2[[]int, error] {
		return paging.WalkAhead(ctx, "", s.byLink)
	}},
	{"offset k=1", func(ctx context.Context, s *server) iter.Seq2[[]int, error] {
		return paging.Offset(ctx, 0, 1, s.byOffset)
	}},
	{"offset k=4", func(ctx context.Context, s *server) iter.Seq2[[]int, error] {
		return paging.Offset(ctx, 0, 4, s.byOffset)
	}},
	{"timeline", func(ctx context.Context, s *server) iter.Seq2[[]int, error] { return s.timeline(ctx) }},
}

func eachStrategy(t *testing.T, test func(t *testing.T, s strategy)) {
	t.Helper()
	for _, s := range strategies {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

func numbers(from, to int) []int {
	rows := []int{}
	for i := from; i < to; i++ {
		rows = append(rows, i)
	}
	return rows
}

// read is everything a sequence yields: the rows of its batches and its errors.
func read[T any](pages iter.Seq2[[]T, error]) (rows []T, errs []error) {
	for batch, err := range pages {
		rows = append(rows, batch...)
		if err != nil {
			errs = append(errs, err)
		}
	}
	return rows, errs
}

// goroutine is the number of the goroutine that calls it.
func goroutine() string {
	var b [64]byte
	return strings.Fields(string(b[:runtime.Stack(b[:], false)]))[1]
}

// children counts the live goroutines that the calling one has started.
func children() int {
	b := make([]byte, 1<<20)
	b = b[:runtime.Stack(b, true)]
	return bytes.Count(b, []byte(" in goroutine "+goroutine()+"\n"))
}
