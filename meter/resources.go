package meter

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Resource is a thing that has been measured: a server, a volume, an image.
//
// Source: Ceilometer, api/controllers/v2/resources.py, Resource.
type Resource struct {
	// ResourceID is the id that the measuring service has for it; Swift's have a slash.
	ResourceID string
	// ProjectID and UserID are the owner's at the last sample; empty where there is none.
	ProjectID, UserID string
	// FirstSample and LastSample are the times of the first and last sample, UTC, within the window that was asked for;
	// zero where the storage does not say.
	FirstSample, LastSample time.Time
	// Metadata at the last sample.
	Metadata Metadata
	// Source is where samples come from.
	Source string
	// Links are to the resource itself and, where they were asked for, to its meters.
	Links []Link
}

// Link is where the service says that something is. It is not escaped and names the host that the service believes to
// be: nothing follows it.
type Link struct {
	// Rel is "self", or the name of a meter.
	Rel string
	// Href is a URL, more or less.
	Href string
}

// MeterNames are the meters of the resource that its Links name: none unless they were asked for.
func (r *Resource) MeterNames() []string {
	var names []string
	for i, l := range r.Links {
		if i > 0 || l.Rel != "self" {
			names = append(names, l.Rel)
		}
	}
	return names
}

// ResourceOptions are what [Client.Resources] asks for. The zero value is all resources that the caller may see.
type ResourceOptions struct {
	// Window keeps resources that were measured in it. The zero Window is all of the time.
	Window gophermeter.Window
	// Filters must all hold: [ByProject], [ByUser], [ByResource], [BySource], [ByMetadata]. Times may be given by
	// [Since] and its like instead of a Window.
	Filters []Filter
	// MeterLinks adds links to the meters of each resource, which costs the service one more query for each.
	MeterLinks bool
	// Limit asks for that many resources in one request, in no particular order, and looks for no more; 0 is all.
	Limit int
}

// Resources are the things that have been measured, in no particular order: for administrators those of every project.
// The service cuts the list off at a limit without a word, so that it is asked again with a greater one until it is
// whole.
//
// API: GET /v2/resources
func (c *Client) Resources(opts ResourceOptions) *gophermeter.Pager[Resource] {
	l, err := c.resources("meter.Resources", opts)
	switch {
	case err != nil:
		return gophermeter.FailedPager[Resource](err)
	case opts.Limit > 0:
		return request(c, limiting(l), opts.Limit)
	case c.dialect == K5:
		return paged(c, l, 0, func(r *Resource) string { return r.ResourceID })
	}
	return grown(c, limiting(l))
}

// resources is the call for resources without its limit. Links cost too much to be left to the service's default.
func (c *Client) resources(op string, opts ResourceOptions) (list[Resource], error) {
	if err := c.limited(opts.Limit, 0); err != nil {
		return list[Resource]{}, err
	}
	all, err := c.criteria(onResources, opts.Window, opts.Filters)
	links := 0
	if opts.MeterLinks {
		links = 1
	}
	return resourceList(op, with(all.query(), "meter_links", links)), err
}

// GetResource is the resource with an id, with links to its meters. An id that the service would not find by its path,
// such as Swift's with a slash, is asked for as [Client.FindResource] does.
//
// API: GET /v2/resources/{resource_id}
//
// API: GET /v2/resources
func (c *Client) GetResource(ctx context.Context, id string) (Resource, error) {
	if strings.ContainsAny(id, "/%") || id == "." || id == ".." {
		return c.findResource(ctx, "meter.GetResource", id)
	}
	if id == "" {
		return Resource{}, errs.Invalid("id", "is empty, which the service takes for all resources")
	}
	return one(ctx, c.api, oneResource("meter.GetResource", id), resourceRow)
}

// FindResource searches the resource with an id in the list, which takes any id, with links to its meters.
//
// API: GET /v2/resources
func (c *Client) FindResource(ctx context.Context, id string) (Resource, error) {
	return c.findResource(ctx, "meter.FindResource", id)
}

func (c *Client) findResource(ctx context.Context, op, id string) (Resource, error) {
	l, err := c.resources(op, ResourceOptions{Filters: []Filter{ByResource(id)}, MeterLinks: true})
	if err != nil {
		return Resource{}, err
	}
	rows, err := fetch(ctx, c.api, l)
	if err != nil {
		return Resource{}, err
	}
	for i := range rows {
		if rows[i].ResourceID == id { // a database may take upper and lower case for the same
			return rows[i], nil
		}
	}
	return Resource{}, fmt.Errorf("%s: %w: no resource has the id %q", op, errs.ErrNotFound, id)
}

// resourceReader reads resources.
type resourceReader struct {
	r        *jsonstream.Reader
	row      Resource
	metadata metadataReader
	link     Link
}

func resourceRow(r *jsonstream.Reader) func() (Resource, error) {
	d := &resourceReader{r: r, metadata: newMetadataReader(r)}
	return func() (Resource, error) {
		d.row = Resource{}
		err := r.Object(d.field)
		return d.row, err
	}
}

func (d *resourceReader) field(name []byte) (err error) {
	row := &d.row
	switch string(name) {
	case "resource_id":
		row.ResourceID, err = d.r.String()
	case "project_id":
		row.ProjectID, err = d.r.Intern()
	case "user_id":
		row.UserID, err = d.r.Intern()
	case "first_sample_timestamp":
		row.FirstSample, err = d.r.Time()
	case "last_sample_timestamp":
		row.LastSample, err = d.r.Time()
	case "metadata":
		row.Metadata, err = d.metadata.read()
	case "source":
		row.Source, err = d.r.Intern()
	case "links":
		return d.r.Array(d.readLink)
	}
	return err
}

func (d *resourceReader) readLink() error {
	d.link = Link{}
	err := d.r.Object(d.linkField)
	d.row.Links = append(d.row.Links, d.link)
	return err
}

func (d *resourceReader) linkField(name []byte) (err error) {
	switch string(name) {
	case "rel":
		d.link.Rel, err = d.r.Intern()
	case "href":
		d.link.Href, err = d.r.String()
	}
	return err
}
