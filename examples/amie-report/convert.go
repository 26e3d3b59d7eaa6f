package main

import (
	"fmt"
	"time"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// Names that CloudKitty's usual metrics.yml gives to what is looked for.
const (
	instanceMetric = "instance"
	idAttribute    = "id"
	userAttribute  = "user_id"
	typeAttribute  = "volume_type"
)

// sliceOf is what Nova knows of a server's life until the end of the days that are reported: it ran from its launch on,
// with the flavor that it has now. The state that it has now says nothing of those days, so it is taken to have been
// active.
func sliceOf(s *tenantusage.ServerUsage, user string, end time.Time) bridge.Slice {
	if s.EndedAt != nil {
		end = *s.EndedAt
	}
	return bridge.Slice{
		Instance: s.InstanceID, Name: s.Name, Project: s.ProjectID, User: user, Flavor: s.Flavor, VCPUs: s.VCPUs,
		State: string(tenantusage.StateActive), From: s.StartedAt, To: end,
	}
}

// volumeOf is a rated period of a volume. Version 1 of CloudKitty's API does not tell the unit.
func volumeOf(f *rating.Frame) (bridge.Volume, error) {
	if f.Unit != "" && f.Unit != "GiB" {
		return bridge.Volume{}, fmt.Errorf("%s is rated in %s, and storage is reported by the GiB", f.Metric, f.Unit)
	}
	// A period over midnight is in the frames of neither day.
	const day = 24 * time.Hour
	if d := f.Period.Duration(); d <= 0 || day%d != 0 || !f.Period.Start.Truncate(d).Equal(f.Period.Start) {
		return bridge.Volume{}, fmt.Errorf("%s is rated by %s from %s on, and days are not made of such periods", f.Metric, d, f.Period.Start.UTC().Format("2006-01-02 15:04 MST"))
	}
	return bridge.Volume{
		ID: f.Attributes.Get(idAttribute), Project: f.ProjectID, User: f.Attributes.Get(userAttribute), Metric: f.Metric,
		Type: f.Attributes.Get(typeAttribute), GiB: f.Quantity, Price: f.Price, From: f.Period.Start, To: f.Period.End,
	}, nil
}
