package rating

import (
	"net/url"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Filter keeps what has this value: of an attribute that CloudKitty's metrics.yml groups by, or of "type", the metric.
type Filter struct {
	// Name of the attribute, such as project_id or type.
	Name string
	// Value it must have, exactly; of a project its id, for a name finds nothing and is no error. CloudKitty cannot be asked for one with a comma or a colon: such a filter is refused,
	// and has to be applied to what is read.
	Value string
}

// addFilters sends filters, each as an argument of its own.
func addFilters(query url.Values, filters []Filter, once bool) error {
	seen := map[string]bool{}
	for _, f := range filters {
		if err := checkValue("Filter.Name", f.Name, ":,"); err != nil {
			return err
		}
		if err := checkValue("Filter.Value", f.Value, ":,"); err != nil {
			return err
		}
		if once && seen[f.Name] {
			return errs.Invalid("Filter.Name", "%q comes twice, and points are filtered by one value", f.Name)
		}
		seen[f.Name] = true
		query.Add("filters", f.Name+":"+f.Value)
	}
	return nil
}
