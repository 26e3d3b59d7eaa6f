package meter

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// SampleCreate is a measurement to be posted.
type SampleCreate struct {
	// Type of the meter is required.
	Type Type
	// Unit of Volume; may be empty.
	Unit string
	// Volume is what was measured.
	Volume float64
	// ResourceID is required.
	ResourceID string
	// ProjectID of the owner; empty is the caller's. Another one is for administrators.
	ProjectID string
	// UserID of the owner; empty is the caller.
	UserID string
	// Source says where the sample comes from; empty is "openstack". The service always puts the project and a colon
	// before it, so that what is read back differs: a source that was read must not be posted again as it is.
	Source string
	// Timestamp is when it was measured, in any location; zero is now.
	Timestamp time.Time
	// Metadata of the resource; a dot in a name nests, so that "flavor.vcpus" can be filtered by. Values stay texts.
	Metadata map[string]string
}

// CreateSamplesOptions say how samples are stored. The zero value leaves that to the notification bus.
type CreateSamplesOptions struct {
	// Direct stores the samples before the call returns. Otherwise they are on their way, and success says no more. On
	// a service that keeps its samples in Gnocchi it is refused, and K5 has it not.
	Direct bool
}

// maxK5Samples is how many samples K5 takes in one call.
const maxK5Samples = 20

// CreateSamples posts samples of one meter and gives them as the service took them: with ids, and with the defaults
// filled in. They are not all or nothing: where the service refuses one, those before it may have been stored.
//
// K5 takes 20 samples in a call, so that more are several calls; with an error come the samples of the calls that
// succeeded. A call is not repeated unless the service surely did not act on it, for no id tells a sample that was
// posted twice.
//
// API: POST /v2/meters/{meter_name}
func (c *Client) CreateSamples(ctx context.Context, meter string, samples []SampleCreate, opts CreateSamplesOptions) ([]Sample, error) {
	switch err := meterName(meter); {
	case err != nil:
		return nil, err
	case len(samples) == 0:
		return nil, errs.Invalid("samples", "there are none")
	case opts.Direct && c.dialect == K5:
		return nil, unsupported("%s stores no samples directly", K5)
	}
	rows, err := samplesWire(meter, samples)
	if err != nil {
		return nil, err
	}
	size := len(rows)
	if c.dialect == K5 {
		size = maxK5Samples
	}
	var created []Sample
	for chunk := range slices.Chunk(rows, size) {
		body, err := json.Marshal(chunk)
		if err != nil {
			return created, err
		}
		more, err := fetch(ctx, c.api, newSamples("meter.CreateSamples", meter, opts.Direct, body))
		if err != nil && len(created) > 0 {
			err = fmt.Errorf("after %d of %d samples: %w", len(created), len(rows), err)
		}
		if err != nil {
			return created, err
		}
		created = append(created, more...)
	}
	return created, nil
}

// sampleWire is a sample as it is posted. Null metadata would break the service.
type sampleWire struct {
	Name       string            `json:"counter_name"`
	Type       Type              `json:"counter_type"`
	Unit       string            `json:"counter_unit"`
	Volume     float64           `json:"counter_volume"`
	ResourceID string            `json:"resource_id"`
	ProjectID  string            `json:"project_id,omitempty"`
	UserID     string            `json:"user_id,omitempty"`
	Source     string            `json:"source,omitempty"`
	Timestamp  string            `json:"timestamp,omitempty"`
	Metadata   map[string]string `json:"resource_metadata,omitempty"`
}

func samplesWire(meter string, samples []SampleCreate) ([]sampleWire, error) {
	rows := make([]sampleWire, len(samples))
	for i, s := range samples {
		field := fmt.Sprintf("samples[%d]", i)
		switch {
		case s.Type == "":
			return nil, errs.Invalid(field+".Type", "is empty")
		case s.ResourceID == "":
			return nil, errs.Invalid(field+".ResourceID", "is empty")
		case math.IsNaN(s.Volume) || math.IsInf(s.Volume, 0):
			return nil, errs.Invalid(field+".Volume", "%v is not a number", s.Volume)
		}
		rows[i] = sampleWire{
			Name: meter, Type: s.Type, Unit: s.Unit, Volume: s.Volume, ResourceID: s.ResourceID,
			ProjectID: s.ProjectID, UserID: s.UserID, Source: s.Source, Metadata: s.Metadata,
		}
		if !s.Timestamp.IsZero() {
			rows[i].Timestamp = wire.FormatNaive(s.Timestamp)
		}
	}
	return rows, nil
}
