package alarm

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Query is a complex query: a condition of any shape.
type Query struct {
	// Filter is the condition; the zero Expr is none. A text that names another project than the caller's is
	// refused to who is no administrator.
	Filter Expr
	// OrderBy are the keys; without any the newest alarm or change comes first.
	OrderBy []Sort
	// Limit is how many come at most; 0 is all.
	Limit int
}

// QueryAlarms are the alarms that a condition matches: for administrators those of every project.
//
// API: POST /v2/query/alarms
func (c *Client) QueryAlarms(ctx context.Context, q Query) ([]Alarm, error) {
	return query(ctx, c, "alarm.QueryAlarms", []string{"query", "alarms"}, q, readAlarm)
}

// QueryAlarmChanges are the changes that a condition matches, of all alarms: for administrators those of every
// project.
//
// API: POST /v2/query/alarms/history
func (c *Client) QueryAlarmChanges(ctx context.Context, q Query) ([]AlarmChange, error) {
	return query(ctx, c, "alarm.QueryAlarmChanges", []string{"query", "alarms", "history"}, q, readChange)
}

// firstLimit and lastLimit bound the search for the size of an answer that a Ceilometer would cut off at a limit
// of its own, without a word.
const (
	firstLimit = 1000
	lastLimit  = 1 << 20
)

func query[T any](
	ctx context.Context, c *Client, op string, path []string, q Query, read func(*jsonstream.Reader) (T, error),
) ([]T, error) {
	limit := q.Limit
	if limit == 0 && c.dialect != Aodh {
		limit = firstLimit
	}
	for {
		body, err := q.body(limit)
		if err != nil {
			return nil, err
		}
		r := gophermeter.Request{
			Op: op, Method: http.MethodPost, Path: path, Body: body, OK: []int{http.StatusOK},
			Repeat: gophermeter.RepeatAlways,
		}
		rows, err := fetch(ctx, c, r, func(body []byte) ([]T, error) { return decodeList(body, read) })
		switch {
		case err != nil, q.Limit > 0, limit == 0, len(rows) < limit:
			return rows, err
		case limit >= lastLimit:
			return nil, fmt.Errorf("%w: there are more than %d", errs.ErrTruncated, lastLimit)
		}
		limit *= 8
	}
}

// body is the query: the condition and the order are JSON in texts.
func (q Query) body(limit int) ([]byte, error) {
	if q.Limit < 0 {
		return nil, errs.Invalid("Query.Limit", "%d is negative", q.Limit)
	}
	filter, err := q.Filter.JSON()
	if err != nil {
		return nil, err
	}
	order := make([]map[Field]string, len(q.OrderBy))
	for i, s := range q.OrderBy {
		if s.Field == "" {
			return nil, errs.Invalid("Query.OrderBy", "a field is empty")
		}
		order[i] = map[Field]string{s.Field: s.direction()}
	}
	text, err := marshal(order)
	if err != nil {
		return nil, err
	}
	var d draft
	d.setIf(filter != "", "filter", filter)
	d.setIf(len(order) > 0, "orderby", string(text))
	d.setIf(limit > 0, "limit", limit)
	all, err := d.members()
	return all.json(), err
}
