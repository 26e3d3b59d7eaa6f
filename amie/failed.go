package amie

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

// maxURL is the length of a URL that every proxy lets pass.
const maxURL = 2000

// FailedRecords are the records that the service accepted and could not load, until they are cleared. The service
// has no pages for them.
//
// Python: UsageClient.get_failed_records.
//
// API: GET /usage/failed
func (c *UsageClient) FailedRecords(ctx context.Context) ([]usage.FailedRecord, error) {
	var all []usage.FailedRecord
	err := c.get(ctx, "amie.FailedRecords", []string{"usage", "failed"}, nil, func(body []byte) (err error) {
		all, err = usage.ReadFailedRecords(body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// ClearFailedRecords takes failures off the service's list, by the IDs of [UsageClient.FailedRecords]. It refuses
// to be called without any, for what the service would do then is unknown. Many ids take several requests; where
// one of them fails, the error says how many ids were cleared before.
//
// A record is lost for good when its failure is cleared and it is not sent again: [UsageClient.Resubmit] does both
// in the right order.
//
// Python: UsageClient.clear_failed_records.
//
// API: DELETE /usage/failed/{failed_record_ids}
func (c *UsageClient) ClearFailedRecords(ctx context.Context, ids ...int64) error {
	_, err := c.clear(ctx, "amie.ClearFailedRecords", ids)
	return err
}

// clear tells which ids are off the list.
func (c *UsageClient) clear(ctx context.Context, op string, ids []int64) (done []int64, err error) {
	if len(ids) == 0 {
		return nil, errs.Invalid("ids", "there are none, and the service may take that for all")
	}
	for _, id := range ids {
		if id <= 0 {
			return nil, errs.Invalid("ids", "%d is not the ID of a failed record", id)
		}
	}
	room := maxURL - len(c.service.Endpoint()+"/usage/failed/")
	for len(done) < len(ids) {
		path, n := listed(ids[len(done):], room)
		err := c.service.Read(ctx, gophermeter.Request{
			Op: op, Method: http.MethodDelete, Path: []string{"usage", "failed", path}, Header: c.header,
		}, func(http.Header, []byte) error { return nil })
		if err != nil && len(done) > 0 {
			err = fmt.Errorf("%d of %d cleared: %w", len(done), len(ids), err)
		}
		if err != nil {
			return done, err
		}
		done = ids[: len(done)+n : len(done)+n]
	}
	return slices.Clone(done), nil
}

// listed is as many ids as there is room for, and at least one, with commas.
func listed(ids []int64, room int) (path string, n int) {
	var b strings.Builder
	for i, id := range ids {
		text := strconv.FormatInt(id, 10)
		if i > 0 && b.Len()+1+len(text) > room {
			return b.String(), i
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(text)
	}
	return b.String(), len(ids)
}
