package wire

import "net/url"

// Set sends name=value, and nothing when there is no value: an empty one is a filter that matches
// everything for Ceilometer and nothing for CloudKitty.
func Set(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

// SetTrue sends name=true, and nothing for false: CloudKitty reads any text as true, "false" too.
func SetTrue(query url.Values, name string, value bool) {
	if value {
		query.Set(name, "true")
	}
}
