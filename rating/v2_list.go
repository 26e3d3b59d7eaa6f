package rating

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// listV2 walks the results of a list that says neither how many there are nor whether more follow: a page that is not
// full is the last. Where rows are unique and one comes a second time, the order has changed during the walk, which no
// release promises to keep, and another row may not have come at all.
func listV2[T comparable](ctx context.Context, c *Client, r gophermeter.Request, unique bool,
	read func(*jsonstream.Reader) (T, error),
) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		seen := map[T]struct{}{}
		var before []T
		paging.Walk(ctx, 0, func(ctx context.Context, offset int) ([]T, int, bool, error) {
			rows, err := resultsV2(ctx, c, r, offset, read)
			if err != nil {
				return nil, 0, false, err
			}
			again := len(rows) > 0 && slices.Equal(rows, before) && !(len(rows) == 1 && !unique)
			for i := 0; i < len(rows) && unique && !again; i++ {
				_, again = seen[rows[i]]
				seen[rows[i]] = struct{}{}
			}
			if again {
				return nil, 0, false, fmt.Errorf("%w: %s: rows at offset %d came before: the list changed during the walk",
					errs.ErrTruncated, r.Op, offset)
			}
			before = slices.Clone(rows)
			return rows, offset + len(rows), len(rows) >= c.pageSize, nil
		})(yield)
	}
}

// resultsV2 asks for one page.
func resultsV2[T any](ctx context.Context, c *Client, r gophermeter.Request, offset int, read func(*jsonstream.Reader) (T, error)) (rows []T, err error) {
	query := url.Values{}
	maps.Copy(query, r.Query)
	query.Set("limit", strconv.Itoa(c.pageSize))
	query.Set("offset", strconv.Itoa(offset))
	r.Query = query
	err = c.readV2(ctx, r, func(body []byte) (err error) {
		rows, err = decode(body, func(r *jsonstream.Reader) ([]T, error) { return elements(r, read, "results") })
		return err
	})
	if emptyV2(err) {
		return nil, nil
	}
	return rows, err
}
