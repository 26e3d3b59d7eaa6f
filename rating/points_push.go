package rating

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// PushPoints adds rated points to storage v2, such as those of a service that CloudKitty does not collect. Quantities
// and prices are sent with every digit, and the storages round them to floats of 64 bits. GroupBy should hold the
// project, or no bill has the point. Administrators only.
//
// All points go in one request. It is not repeated where it may have been stored: on InfluxDB a point with the same
// period and attributes takes the place of the first, on other backends it is there twice. Loki answers before it
// stores, and does not tell of a failure.
//
// API: POST /v2/dataframes
func (c *Client) PushPoints(ctx context.Context, points []Point) error {
	frames, err := pushed(points)
	if err != nil {
		return err
	}
	return c.readV2(ctx, gophermeter.Request{
		Op: "rating.PushPoints", Method: http.MethodPost, Path: []string{"dataframes"},
		Body: body(map[string][]*pushFrame{"dataframes": frames}), Repeat: gophermeter.RepeatUnprocessed,
	}, nil)
}

// pushFrame is the points of a period.
type pushFrame struct {
	Period struct {
		Begin string `json:"begin"`
		End   string `json:"end"`
	} `json:"period"`
	Usage map[string][]pushPoint `json:"usage"`
}

type pushPoint struct {
	Vol struct {
		Unit string `json:"unit"`
		Qty  string `json:"qty"`
	} `json:"vol"`
	Rating struct {
		Price string `json:"price"`
	} `json:"rating"`
	GroupBy  map[string]string `json:"groupby"`
	Metadata map[string]string `json:"metadata"`
}

// pushed puts points of the same period into one frame. CloudKitty says only of which frame a value was wrong, so the
// points are looked at here.
func pushed(points []Point) (frames []*pushFrame, err error) {
	if len(points) == 0 {
		return nil, errs.Invalid("points", "is empty")
	}
	byPeriod := map[gophermeter.Window]*pushFrame{}
	for i := range points {
		p := &points[i]
		field := fmt.Sprintf("points[%d].", i)
		if err := checkWindow(p.Period); err != nil {
			return nil, fmt.Errorf("points[%d].Period: %w", i, err)
		}
		switch {
		case p.Metric == "":
			return nil, errs.Invalid(field+"Metric", "is empty")
		case p.Unit == "":
			return nil, errs.Invalid(field+"Unit", "is empty")
		}
		for _, a := range append(p.GroupBy[:len(p.GroupBy):len(p.GroupBy)], p.Metadata...) {
			if a.Name == "" {
				return nil, errs.Invalid(field+"Attributes", "one has no name")
			}
		}
		period := gophermeter.Window{Start: p.Period.Start.UTC(), End: p.Period.End.UTC()}
		f := byPeriod[period]
		if f == nil {
			f = &pushFrame{Usage: map[string][]pushPoint{}}
			f.Period.Begin, f.Period.End = wire.FormatRFC3339(period.Start), wire.FormatRFC3339(period.End)
			byPeriod[period] = f
			frames = append(frames, f)
		}
		out := pushPoint{GroupBy: p.GroupBy.Map(), Metadata: p.Metadata.Map()}
		out.Vol.Unit = p.Unit
		if out.Vol.Qty, err = amount(field+"Quantity", p.Quantity); err != nil {
			return nil, err
		}
		if out.Rating.Price, err = amount(field+"Price", p.Price); err != nil {
			return nil, err
		}
		f.Usage[p.Metric] = append(f.Usage[p.Metric], out)
	}
	return frames, nil
}
