package meter

import (
	"encoding/json"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// SampleField is a field of samples in a complex query.
//
// Source: Ceilometer, api/controllers/v2/query.py and storage/models.py.
type SampleField string

// Fields of samples. [FieldSource] and [FieldRecordedAt] break the service where its storage is SQL.
const (
	FieldID         SampleField = "message_id"
	FieldMeter      SampleField = "meter"
	FieldType       SampleField = "type"
	FieldUnit       SampleField = "unit"
	FieldVolume     SampleField = "volume"
	FieldResourceID SampleField = "resource_id"
	FieldProjectID  SampleField = "project_id" // another than the caller's is for administrators
	FieldUserID     SampleField = "user_id"
	FieldTimestamp  SampleField = "timestamp"
	FieldSource     SampleField = "source"
	FieldRecordedAt SampleField = "recorded_at"
)

// MetadataField is a key of the metadata, nested ones with dots all the way. It is for conditions, but not for
// [alarm.In] and not for the order; a value is compared with its type.
func MetadataField(key string) SampleField { return SampleField("metadata." + key) }

// SampleOrder is a key that samples are ordered by.
type SampleOrder struct {
	// Field is the key.
	Field SampleField
	// Descending begins with the greatest.
	Descending bool
}

// SampleQuery is a complex query: a condition of any shape.
type SampleQuery struct {
	// Filter is the condition, made by the functions of package alarm: alarm.And(alarm.Eq(meter.FieldMeter, "cpu_util"),
	// alarm.Gt(meter.FieldVolume, 90)). The zero Expr is none.
	Filter alarm.Expr
	// OrderBy are the keys; without any the newest sample comes first.
	OrderBy []SampleOrder
	// Limit asks for that many samples in one request and looks for no more; 0 is all.
	Limit int
}

// QuerySamples are the samples that a condition matches: for administrators those of every project. They come as
// [Client.Samples] do, each exactly once, however many the service cuts an answer off at. In an order of the caller's
// the answer grows until it is whole, and is in memory then. Since Icehouse; K5 has it not.
//
// API: POST /v2/query/samples
func (c *Client) QuerySamples(q SampleQuery) *gophermeter.Pager[Sample] {
	body, err := q.body()
	if err == nil {
		err = c.limited(q.Limit, 0)
	}
	switch {
	case err != nil:
		return gophermeter.FailedPager[Sample](err)
	case c.dialect == K5:
		return gophermeter.FailedPager[Sample](unsupported("%s has no complex queries", K5))
	case q.Limit > 0:
		return request(c, body.at, q.Limit)
	case body.OrderBy != "":
		return grown(c, body.at)
	}
	return c.timeline(func(at paging.TimeCursor) list[Sample] {
		older := body
		if !at.Before.IsZero() {
			until := alarm.Le(FieldTimestamp, at.Before)
			if !q.Filter.IsZero() {
				until = alarm.And(q.Filter, until)
			}
			older.Filter, _ = until.JSON() // both were checked
		}
		return older.at(at.Limit)
	})
}

// sampleQueryWire is a complex query: filter and order are JSON in texts. Null would break the service.
type sampleQueryWire struct {
	Filter  string `json:"filter,omitempty"`
	OrderBy string `json:"orderby,omitempty"`
	Limit   int    `json:"limit,omitempty"`
}

func (q SampleQuery) body() (sampleQueryWire, error) {
	filter, err := q.Filter.JSON()
	if err != nil || len(q.OrderBy) == 0 {
		return sampleQueryWire{Filter: filter}, err
	}
	order := make([]map[SampleField]string, len(q.OrderBy))
	for i, o := range q.OrderBy {
		if o.Field == "" {
			return sampleQueryWire{}, errs.Invalid("SampleQuery.OrderBy", "a field is empty")
		}
		order[i] = map[SampleField]string{o.Field: "asc"}
		if o.Descending {
			order[i][o.Field] = "desc"
		}
	}
	text, err := json.Marshal(order)
	return sampleQueryWire{Filter: filter, OrderBy: string(text)}, err
}

// at is the call for so many samples.
func (w sampleQueryWire) at(limit int) list[Sample] {
	limited := w
	limited.Limit = limit
	body, _ := json.Marshal(limited) // texts and a number always can be
	return sampleQuery("meter.QuerySamples", body)
}
