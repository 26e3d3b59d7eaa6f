package meter

import (
	"time"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Sample is one measurement.
//
// The service keeps volumes as floating-point numbers of 64 bits and writes them so that reading gives the same
// number back, so that a float64 holds exactly what the service does. For money, multiply
// decimal.NewFromFloat(s.Volume), which has the digits that the service wrote.
//
// Source: Ceilometer, api/controllers/v2/samples.py, Sample, and meters.py, OldSample: one type here for both.
type Sample struct {
	// ID is the sample's message id.
	ID string
	// Meter is the name of the meter.
	Meter string
	// Type of the meter.
	Type Type
	// Unit of Volume; may be empty.
	Unit string
	// Volume is what was measured.
	Volume float64
	// NoVolume tells that the service holds no number, because null was posted; Volume is 0 then.
	NoVolume bool
	// ResourceID is what was measured.
	ResourceID string
	// ProjectID and UserID are the owner's; empty where there is none.
	ProjectID, UserID string
	// Source is where the sample came from: "<project id>:openstack" where it was posted, "openstack" from an agent.
	Source string
	// Timestamp is when it was measured, UTC, to the microsecond.
	Timestamp time.Time
	// RecordedAt is when the service stored it, UTC; zero in the answer of CreateSamples and up to Havana.
	RecordedAt time.Time
	// Metadata of the resource at that time.
	Metadata Metadata
}

// Metadata are the attributes of a resource, in the order of the answer. The service flattens them: nested names are
// joined by a dot and then by colons, as in "flavor.extra:hw:cpu", and every value is a text, as Python writes it:
// "True", "None", "[b'a']". Use [ByMetadata] to compare values with their types.
type Metadata []Attribute

// Attribute is one name and value.
type Attribute struct {
	// Name is unique in its Metadata.
	Name string
	// Value as the service writes it; a value that is no text is kept as JSON.
	Value string
	// Null tells that there is no value: only in the answer to CreateSamples, which shows what was sent.
	Null bool
}

// Get is the value of a name.
func (m Metadata) Get(name string) (value string, ok bool) {
	for i := range m {
		if m[i].Name == name {
			return m[i].Value, true
		}
	}
	return "", false
}

// Map is the values by their names.
func (m Metadata) Map() map[string]string {
	all := make(map[string]string, len(m))
	for i := range m {
		all[m[i].Name] = m[i].Value
	}
	return all
}

// sampleReader reads samples of both shapes: the names of old ones begin with counter_.
type sampleReader struct {
	r        *jsonstream.Reader
	sample   Sample
	metadata metadataReader
	onField  func([]byte) error
}

func sampleRow(r *jsonstream.Reader) func() (Sample, error) {
	d := &sampleReader{r: r, metadata: newMetadataReader(r)}
	d.onField = d.field // bound once, not once a row
	return d.read
}

func (d *sampleReader) read() (Sample, error) {
	d.sample = Sample{}
	err := d.r.Object(d.onField)
	return d.sample, err
}

func (d *sampleReader) field(name []byte) (err error) {
	s := &d.sample
	switch string(name) {
	case "id", "message_id":
		s.ID, err = d.r.String()
	case "meter", "counter_name":
		s.Meter, err = d.r.Intern()
	case "type", "counter_type":
		err = intern(d.r, &s.Type)
	case "unit", "counter_unit":
		s.Unit, err = d.r.Intern()
	case "volume", "counter_volume":
		if d.r.Null() {
			s.NoVolume = true
			return nil
		}
		s.Volume, err = d.r.Float()
	case "resource_id":
		s.ResourceID, err = d.r.Intern()
	case "project_id":
		s.ProjectID, err = d.r.Intern()
	case "user_id":
		s.UserID, err = d.r.Intern()
	case "source":
		s.Source, err = d.r.Intern()
	case "timestamp":
		s.Timestamp, err = d.r.Time()
	case "recorded_at":
		s.RecordedAt, err = d.r.Time()
	case "metadata", "resource_metadata":
		s.Metadata, err = d.metadata.read()
	}
	return err
}

// metadataReader reads metadata into memory that many of them share.
type metadataReader struct {
	r       *jsonstream.Reader
	names   map[string]string
	room    []Attribute
	begin   int
	onField func([]byte) error
}

const (
	// metadataRoom is how many attributes share a piece of memory, and so stay as long as one of them is held.
	metadataRoom = 256
	// maxNames is how many names are remembered.
	maxNames = 1024
)

func newMetadataReader(r *jsonstream.Reader) metadataReader {
	return metadataReader{r: r, names: map[string]string{}}
}

func (d *metadataReader) read() (Metadata, error) {
	if d.onField == nil {
		d.onField = d.field
	}
	d.begin = len(d.room)
	if err := d.r.Object(d.onField); err != nil {
		return nil, err
	}
	if len(d.room) == d.begin {
		return nil, nil
	}
	return Metadata(d.room[d.begin:len(d.room):len(d.room)]), nil
}

func (d *metadataReader) field(name []byte) (err error) {
	a := Attribute{Name: d.name(name)}
	switch d.r.Kind() {
	case '"':
		a.Value, err = d.r.Intern()
	case 'n':
		a.Null = d.r.Null()
	default:
		var raw []byte
		raw, err = d.r.Raw()
		a.Value = string(raw)
	}
	if len(d.room) == cap(d.room) { // the attributes so far move along, for they are one slice
		room := make([]Attribute, 0, max(metadataRoom, 2*(len(d.room)-d.begin)))
		d.room, d.begin = append(room, d.room[d.begin:]...), 0
	}
	d.room = append(d.room, a)
	return err
}

// name remembers the names, which come again with every row.
func (d *metadataReader) name(name []byte) string {
	if known, ok := d.names[string(name)]; ok {
		return known
	}
	text := string(name)
	if len(d.names) < maxNames {
		d.names[text] = text
	}
	return text
}
