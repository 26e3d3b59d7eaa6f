package fakecloud

import (
	"slices"
	"sort"
	"time"
)

// Sample is a measurement that Ceilometer holds: of a Meter on the resource with ResourceID, Volume in Unit at Timestamp.
type Sample struct {
	ID         string // a new one if empty
	Meter      string
	Type       string // gauge if empty; or delta, cumulative
	Unit       string
	Volume     float64
	NoVolume   bool // the volume is null
	ResourceID string
	ProjectID  string // "" for none
	UserID     string // "" for none
	Source     string // openstack if empty
	Timestamp  time.Time
	RecordedAt time.Time // Timestamp if zero
	Metadata   string    // a JSON object with the types that were measured; none if empty
}

// stored is a sample with what is computed of it once.
type stored struct {
	Sample
	serial int
	flat   object         // as answers show its metadata
	typed  map[string]any // as conditions find it
}

// AddSamples adds samples. It returns the ids. It panics if metadata are not a JSON object.
func (c *Cloud) AddSamples(samples ...Sample) []string {
	m := part[*metering](c)
	ids := make([]string, len(samples))
	added := make([]*stored, len(samples))
	read := map[string]stored{} // by the text of the metadata, which hardly differs between samples of a resource
	for i, s := range samples {
		if s.ID == "" {
			s.ID = c.newUUID("sample")
		}
		if s.Type == "" {
			s.Type = "gauge"
		}
		if s.Source == "" {
			s.Source = "openstack"
		}
		if s.RecordedAt.IsZero() {
			s.RecordedAt = s.Timestamp
		}
		s.Timestamp, s.RecordedAt = s.Timestamp.UTC().Truncate(time.Microsecond), s.RecordedAt.UTC().Truncate(time.Microsecond)
		ids[i] = s.ID
		of, known := read[s.Metadata]
		if !known {
			metadata := parsed(s.Metadata)
			of = stored{flat: flatMetadata(metadata), typed: typedMetadata(metadata)}
			read[s.Metadata] = of
		}
		of.Sample = s
		added[i] = &of
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range added {
		m.serial++
		s.serial = m.serial
	}
	m.samples = append(m.samples, added...)
	slices.SortStableFunc(m.samples, func(a, b *stored) int { return b.Timestamp.Compare(a.Timestamp) })
	return ids
}

// RemoveSamples forgets the samples older than t, as ceilometer-expirer does.
func (c *Cloud) RemoveSamples(t time.Time) {
	m := part[*metering](c)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.samples = slices.DeleteFunc(m.samples, func(s *stored) bool { return s.Timestamp.Before(t) })
}

// Samples are all samples, the newest first.
func (c *Cloud) Samples() []Sample {
	m := part[*metering](c)
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := make([]Sample, len(m.samples))
	for i, s := range m.samples {
		all[i] = s.Sample
	}
	return all
}

// find gives up to limit samples that match, the newest first; 0 is all of them.
func (m *metering) find(f *sampleFilter, limit int) []*stored {
	m.mu.RLock()
	defer m.mu.RUnlock()
	from := sort.Search(len(m.samples), func(i int) bool { return !f.tooNew(m.samples[i].Timestamp) })
	var found []*stored
	for _, s := range m.samples[from:] {
		if f.tooOld(s.Timestamp) || limit > 0 && len(found) == limit {
			break
		}
		if f.matches(s) {
			found = append(found, s)
		}
	}
	return found
}

func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (s *Sample) volume() any {
	if s.NoVolume {
		return nil
	}
	return number{s.Volume, true}
}

func (s *stored) wire() any {
	return object{
		{"id", s.ID}, {"meter", s.Meter}, {"type", s.Type}, {"unit", s.Unit}, {"volume", s.volume()}, {"user_id", nullable(s.UserID)},
		{"project_id", nullable(s.ProjectID)}, {"resource_id", s.ResourceID}, {"source", s.Source}, {"timestamp", isoformat(s.Timestamp)},
		{"recorded_at", isoformat(s.RecordedAt)}, {"metadata", s.flat},
	}
}

func (s *stored) oldWire() any {
	return object{
		{"source", s.Source}, {"counter_name", s.Meter}, {"counter_type", s.Type}, {"counter_unit", s.Unit}, {"counter_volume", s.volume()},
		{"user_id", nullable(s.UserID)}, {"project_id", nullable(s.ProjectID)}, {"resource_id", s.ResourceID},
		{"timestamp", isoformat(s.Timestamp)}, {"recorded_at", isoformat(s.RecordedAt)}, {"resource_metadata", s.flat}, {"message_id", s.ID},
	}
}
