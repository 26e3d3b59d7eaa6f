package rating

import (
	"context"
	"encoding/json"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Config is how CloudKitty is told to collect: the operator's metrics.yml.
//
// Source: CloudKitty, collector/__init__.py, CONF_SCHEMA and METRIC_BASE_SCHEMA.
type Config struct {
	// Metrics in the order of the answer, which is not always that of the file. A metric that is rated in several
	// ways (19.0 and later) is here once for each.
	Metrics []MetricConfig
	// Raw is the whole answer: what is in it beside metrics, which releases until 8 fill with sections of their own,
	// is found here only.
	Raw json.RawMessage
}

// MetricConfig is how one metric is collected. What is left out in metrics.yml is empty here.
type MetricConfig struct {
	// Name of the metric where it is measured, such as cpu or ceilometer_cpu_util.
	Name string
	// AltName is what it is called in rules and rated points; empty where that is Name.
	AltName string
	// Unit of a quantity after Factor and Offset.
	Unit string
	// Description is the operator's, empty for most.
	Description string
	// Factor is what a measure is multiplied by, a number or fraction as it is written: "1/1048576". Empty is 1.
	Factor string
	// Offset is added after that, in the same notation. Empty is 0.
	Offset string
	// GroupBy are the attributes that split a quantity into points and that a summary can be grouped by.
	GroupBy []string
	// Metadata are further attributes of a point.
	Metadata []string
	// Mutate is what is done to a quantity last; empty is nothing.
	Mutate Mutator
	// ExtraArgs are for the collector, as JSON; nil where there are none.
	ExtraArgs json.RawMessage
}

// Mutator changes the quantity of a point. Releases add some; an unknown one is kept as it was sent.
type Mutator string

// Mutators of CloudKitty.
const (
	MutateNone       Mutator = "NONE"
	MutateNumBool    Mutator = "NUMBOOL"    // 1 for whatever is not 0
	MutateNotNumBool Mutator = "NOTNUMBOOL" // 1 for 0, and 0 for the rest
	MutateFloor      Mutator = "FLOOR"
	MutateCeil       Mutator = "CEIL"
	MutateMap        Mutator = "MAP" // by mutate_map, in Config.Raw
)

// ID is what rules, filters and rated points call the metric.
func (m MetricConfig) ID() string {
	if m.AltName != "" {
		return m.AltName
	}
	return m.Name
}

// GetConfig is the configuration of the collection. Anybody with a token may ask.
//
// API: GET /v1/info/config
func (c *Client) GetConfig(ctx context.Context) (Config, error) {
	return fetch(ctx, c.v1, gophermeter.Request{Op: "rating.GetConfig", Path: []string{"info", "config"}}, readConfig)
}

func readConfig(r *jsonstream.Reader) (Config, error) {
	raw, err := r.Raw()
	if err != nil {
		return Config{}, err
	}
	config := Config{Raw: raw}
	r = jsonstream.NewBytes(raw)
	err = r.Object(func(name []byte) error {
		if string(name) != "metrics" || r.Kind() != '{' {
			return nil
		}
		return r.Object(func(name []byte) error { return config.read(r, string(name)) })
	})
	return config, err
}

// read reads one metric, or the list of its ratings.
func (c *Config) read(r *jsonstream.Reader, name string) error {
	one := func() error {
		m := MetricConfig{Name: name}
		err := r.Object(func(name []byte) error { return metricField(r, &m, name) })
		c.Metrics = append(c.Metrics, m)
		return err
	}
	if r.Kind() == '[' {
		return r.Array(one)
	}
	return one()
}

func metricField(r *jsonstream.Reader, m *MetricConfig, name []byte) (err error) {
	switch string(name) {
	case "alt_name":
		m.AltName, err = r.String()
	case "unit":
		m.Unit, err = r.String()
	case "description":
		m.Description, err = r.String()
	case "factor":
		m.Factor, err = readFraction(r)
	case "offset":
		m.Offset, err = readFraction(r)
	case "groupby":
		m.GroupBy, err = readTexts(r)
	case "metadata":
		m.Metadata, err = readTexts(r)
	case "mutate":
		var text string
		text, err = r.String()
		m.Mutate = Mutator(text)
	case "extra_args":
		if !r.Null() {
			m.ExtraArgs, err = r.Raw()
		}
	}
	return err
}

// readFraction reads a number, or a text with one or a fraction.
func readFraction(r *jsonstream.Reader) (string, error) {
	if r.Kind() == '0' {
		raw, err := r.Raw()
		return string(raw), err
	}
	return r.String()
}
