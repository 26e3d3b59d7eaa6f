package meter

import (
	"context"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// SampleOptions are what [Client.Samples] asks for. The zero value is all samples that the caller may see.
type SampleOptions struct {
	// Meter is the name of one meter; empty is all of them. K5 needs one.
	Meter string
	// Window of the time of measurement. The zero Window is all of the time; K5 needs one.
	Window gophermeter.Window
	// Filters must all hold: [ByResource], [ByUser], [BySource]; on Ceilometer also [ByProject], [ByMetadata] and
	// [ByMessageID]. Times may be given by [Since] and its like instead of a Window.
	Filters []Filter
	// Limit asks for that many samples in one request, the newest ones, and looks for no more; 0 is all. On K5 it is 1
	// to 1440.
	Limit int
}

// Samples are the measurements of a window, the newest first, each exactly once: for administrators those of every
// project.
//
// The service cuts every answer off without a word and has no pages. So the walk goes on from the time of the oldest
// sample that came, drops what it has seen at that time, and raises the limit where one time fills an answer. Where it
// cannot go on the error is [gophermeter.ErrTruncated]. Samples that arrive late, with a time that the walk has
// passed, are not in it.
//
// With a Limit there is one request, of any size: its answer is read while it arrives, in constant memory. It is asked
// for again only as long as no sample of it has been yielded.
//
// API: GET /v2/samples
//
// API: GET /v2/meters/{meter_name}
func (c *Client) Samples(opts SampleOptions) *gophermeter.Pager[Sample] {
	all, err := c.samples(opts)
	switch {
	case err != nil:
		return gophermeter.FailedPager[Sample](err)
	case c.dialect == K5:
		l := meterSampleList("meter.Samples", opts.Meter, all.query())
		if opts.Limit > 0 {
			return request(c, limiting(l), opts.Limit)
		}
		return paged(c, l, 0, sampleID)
	case opts.Limit > 0:
		return request(c, limiting(sampleList("meter.Samples", named(all.query(), opts.Meter))), opts.Limit)
	}
	return c.timeline(func(at paging.TimeCursor) list[Sample] {
		all := all
		if !at.Before.IsZero() {
			all.to = Until(at.Before)
		}
		return sampleList("meter.Samples", with(named(all.query(), opts.Meter), "limit", at.Limit))
	})
}

// samples are the conditions of a call.
func (c *Client) samples(opts SampleOptions) (criteria, error) {
	if err := c.limited(opts.Limit, 0); err != nil {
		return criteria{}, err
	}
	all, err := c.criteria(onSamples, opts.Window, opts.Filters)
	if err != nil {
		return criteria{}, err
	}
	if c.dialect == K5 {
		if err := meterName(opts.Meter); err != nil {
			return criteria{}, err
		}
	}
	return all.unwidened(), all.complete()
}

// named adds the condition on the meter, of which the list of samples is the only one that takes any name.
func named(q url.Values, meter string) url.Values {
	if meter != "" {
		all := criteria{dialect: Ceilometer}
		all.put(q, text("meter", meter))
	}
	return q
}

// meterName checks a name that is to be part of a path. An empty one would answer the samples of all meters, and a
// slash is taken for the end of the name however it is escaped.
func meterName(name string) error {
	switch {
	case name == "":
		return errs.Invalid("meter", "is empty, which the service takes for all meters")
	case strings.Contains(name, "/"):
		return unsupported("the service does not find a meter with a slash in its name (%q) by its path", name)
	case name == "." || name == "..":
		return unsupported("the service does not find a meter that is named %q by its path", name)
	}
	return nil
}

// timeline walks samples from the newest to the oldest.
func (c *Client) timeline(at func(paging.TimeCursor) list[Sample]) *gophermeter.Pager[Sample] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Sample, error] {
		return paging.Timeline(ctx, paging.TimeCursor{Limit: c.pageSize}, lastLimit, sampleTime, sampleID,
			func(ctx context.Context, cursor paging.TimeCursor) ([]Sample, error) {
				return fetch(ctx, c.api, at(cursor))
			})
	})
}

func sampleTime(s *Sample) time.Time { return s.Timestamp }

func sampleID(s *Sample) string { return s.ID }

// FindSample is the sample with an id. The service shows it to everybody who knows the id, whatever the project.
//
// API: GET /v2/samples/{sample_id}
func (c *Client) FindSample(ctx context.Context, id string) (Sample, error) {
	if id == "" {
		return Sample{}, errs.Invalid("id", "is empty, which the service takes for all samples")
	}
	return one(ctx, c.api, oneSample("meter.FindSample", id), sampleRow)
}
