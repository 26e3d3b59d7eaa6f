// Package wire holds what OpenStack's services write in their own way outside their documents: times
// without a zone, error bodies of a dozen shapes, and query booleans that are true whatever they say.
package wire
