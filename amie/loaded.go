package amie

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/internal/wire"
	"github.com/gophermeter/gophermeter/usage"
)

// maxLoaded is the most records that the service puts into one answer.
const maxLoaded = 25_000

// LoadedQuery chooses loaded records. The zero LoadedQuery is all of them.
type LoadedQuery struct {
	// Since is the earliest time at which a record was loaded; zero is no bound.
	Since time.Time
	// LocalRecordID is of the one record to look for; empty is all.
	LocalRecordID string
	// PageSize is the most records of an answer; 0 is the service's maximum, 25,000.
	PageSize int
}

// Loaded are the compute records that were charged; the service lists no others. The walk asks for pages until one
// is empty. What the service calls its parameters is not documented (see [LoadedNames]): one that does not know
// them answers the same page again, and the error is [gophermeter.ErrLoop].
//
// API: GET /usage/loaded
func (c *UsageClient) Loaded(q LoadedQuery) *gophermeter.Pager[usage.LoadedRecord] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]usage.LoadedRecord, error] {
		var before [sha256.Size]byte
		return paging.Walk(ctx, 0, func(ctx context.Context, offset int) ([]usage.LoadedRecord, int, bool, error) {
			query, err := c.loadedQuery(q, offset)
			if err != nil {
				return nil, 0, false, err
			}
			var rows []usage.LoadedRecord
			var page [sha256.Size]byte
			err = c.get(ctx, "amie.Loaded", []string{"usage", "loaded"}, query, func(body []byte) (err error) {
				page = sha256.Sum256(bytes.TrimSpace(body))
				rows, err = usage.ReadLoadedRecords(body, c.set.loaded.List)
				return err
			})
			switch {
			case err != nil:
				return nil, 0, false, err
			case len(rows) > 0 && page == before:
				return nil, 0, false, fmt.Errorf("%w: usage/loaded answers the same at offset %d as before: see LoadedNames", gophermeter.ErrLoop, offset)
			}
			before = page
			return rows, offset + len(rows), len(rows) > 0, nil
		})
	})
}

func (c *UsageClient) loadedQuery(q LoadedQuery, offset int) (url.Values, error) {
	if q.PageSize < 0 || q.PageSize > maxLoaded {
		return nil, errs.Invalid("PageSize", "%d is not between 0 and %d", q.PageSize, maxLoaded)
	}
	if q.PageSize == 0 {
		q.PageSize = maxLoaded
	}
	query, names := url.Values{}, c.set.loaded
	if !q.Since.IsZero() {
		query.Set(names.Since, wire.FormatRFC3339(q.Since))
	}
	wire.Set(query, names.LocalRecordID, q.LocalRecordID)
	query.Set(names.Limit, strconv.Itoa(q.PageSize))
	query.Set(names.Offset, strconv.Itoa(offset))
	return query, nil
}
