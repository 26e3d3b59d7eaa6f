package meter

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// limited checks how many rows a caller wants, and from which on.
func (c *Client) limited(limit, offset int) error {
	switch {
	case limit < 0:
		return errs.Invalid("Limit", "%d is negative", limit)
	case offset < 0:
		return errs.Invalid("Offset", "%d is negative", offset)
	case c.dialect == K5 && limit > maxK5PageSize:
		return errs.Invalid("Limit", "%d is more than %s's %d", limit, K5, maxK5PageSize)
	case c.dialect != K5 && offset > 0:
		return unsupported("only %s has an offset", K5)
	}
	return nil
}

// with is a query with one parameter more.
func with(q url.Values, name string, n int) url.Values {
	q = maps.Clone(q)
	if q == nil {
		q = url.Values{}
	}
	q.Set(name, strconv.Itoa(n))
	return q
}

// request is one call for limit rows, read while they arrive.
func request[T any](c *Client, at limits[T], limit int) *gophermeter.Pager[T] {
	return gophermeter.NewStream(func(ctx context.Context) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			again := false
			for v, err := range stream(ctx, c.api, at(limit)) {
				if again = knowsNo(err, "limit"); again || !yield(v, err) {
					break
				}
			}
			if again {
				first(limit, stream(ctx, c.api, at(0)))(yield)
			}
		}
	})
}

// first are the first elements of a list that knows no limit.
func first[T any](limit int, all iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := 0
		for v, err := range all {
			if seen++; !yield(v, err) || seen == limit {
				return
			}
		}
	}
}

// whole is a list that knows no limit, read while it arrives.
func whole[T any](c *Client, l list[T]) *gophermeter.Pager[T] {
	return gophermeter.NewStream(func(ctx context.Context) iter.Seq2[T, error] { return stream(ctx, c.api, l) })
}

// limits makes a call for so many rows; 0 leaves the limit out.
type limits[T any] func(limit int) list[T]

func limiting[T any](l list[T]) limits[T] {
	return func(limit int) list[T] {
		if limit > 0 {
			l.Query = with(l.Query, "limit", limit)
		}
		return l
	}
}

// grown is a list that the service cuts off without a word, and in no order: it is asked for again with a greater limit
// until fewer rows come, and yielded when it is whole.
func grown[T any](c *Client, at limits[T]) *gophermeter.Pager[T] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]T, error] {
		return func(yield func([]T, error) bool) {
			if rows, err := grow(ctx, c, at); err != nil || len(rows) > 0 {
				yield(rows, err)
			}
		}
	})
}

func grow[T any](ctx context.Context, c *Client, at limits[T]) ([]T, error) {
	for limit := c.pageSize; ; limit *= growth {
		if c.api.unlimited.Load() {
			return fetch(ctx, c.api, at(0))
		}
		rows, err := fetch(ctx, c.api, at(limit))
		switch {
		case knowsNo(err, "limit"):
			c.api.unlimited.Store(true)
			return fetch(ctx, c.api, at(0))
		case err != nil || len(rows) < limit:
			return rows, err
		case limit >= lastLimit:
			return nil, fmt.Errorf("%w: there are %d rows or more", errs.ErrTruncated, limit)
		}
	}
}

// paged is a list of K5, which has pages. What moves from one page into the next while they are read is dropped there.
func paged[T any](c *Client, l list[T], offset int, id func(*T) string) *gophermeter.Pager[T] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]T, error] {
		last := map[string]bool{} // the ids of the page before
		return paging.WalkAhead(ctx, offset, func(ctx context.Context, offset int) ([]T, int, bool, error) {
			at := l
			at.Query = with(with(l.Query, "limit", c.pageSize), "offset", offset)
			rows, err := fetch(ctx, c.api, at)
			if err != nil {
				return nil, offset, false, err
			}
			fresh, ids := make([]T, 0, len(rows)), make(map[string]bool, len(rows))
			for i := range rows {
				key := id(&rows[i])
				ids[key] = true
				if !last[key] {
					fresh = append(fresh, rows[i])
				}
			}
			if len(rows) > 0 && len(fresh) == 0 {
				return nil, offset, false, fmt.Errorf("%w: the page at offset %d is the one before it", errs.ErrLoop, offset)
			}
			last = ids
			return fresh, offset + len(rows), len(rows) >= c.pageSize, nil
		})
	})
}
