package mockcloud

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// HashmapService is what the hashmap module answers, from values. It keeps no state: a change is answered as a success, and what a
// test wants to read behind it it registers by itself, before or after.
type HashmapService struct {
	// Services are listed, and got by their ids.
	Services []hashmap.Service
	// Fields are listed by their service, and got by their ids.
	Fields []hashmap.Field
	// Groups are listed, and got by their ids and those of the rules in them.
	Groups []hashmap.Group
	// Mappings are listed by service, field, group and project, and got by their ids.
	Mappings []hashmap.Mapping
	// Thresholds are listed by service, field, group and project, and got by their ids.
	Thresholds []hashmap.Threshold
	// CreatedService answers a creation, as CreatedField, CreatedGroup, CreatedMapping and CreatedThreshold do, and is got by its id.
	CreatedService hashmap.Service
	// CreatedField answers the creation of a field.
	CreatedField hashmap.Field
	// CreatedGroup answers the creation of a group.
	CreatedGroup hashmap.Group
	// CreatedMapping answers the creation of a mapping.
	CreatedMapping hashmap.Mapping
	// CreatedThreshold answers the creation of a threshold.
	CreatedThreshold hashmap.Threshold
}

// Hashmap registers what answers every operation of the module. Mappings with a start are those of release 23.0 and later, and the
// others those of an older one; the dates are in UTC.
//
// Source: CloudKitty, rating/hash/controllers.
func Hashmap(transport *httpmock.MockTransport, s HashmapService) {
	const tree = "rating/module_config/hashmap/"
	onRating(transport, http.MethodGet, tree+"types", always(http.StatusOK, []hashmap.Type{hashmap.TypeFlat, hashmap.TypeRate}))
	crud(transport, tree+"services", "No such service: None", s.Services, s.CreatedService, hashmapServiceWire)
	crud(transport, tree+"fields", "No such field", s.Fields, s.CreatedField, fieldWire)
	crud(transport, tree+"groups", "No such group: None", s.Groups, s.CreatedGroup, groupWire)
	crud(transport, tree+"mappings", "No such mapping", s.Mappings, s.CreatedMapping, mappingWire)
	crud(transport, tree+"thresholds", "No such threshold: None", s.Thresholds, s.CreatedThreshold, thresholdWire)
	for _, g := range append(slices.Clone(s.Groups), s.CreatedGroup) {
		path := tree + "groups/" + regexp.QuoteMeta(g.ID)
		onRating(transport, http.MethodGet, path+"/mappings", every("mappings", kept(s.Mappings, mappingWire, "group_id", g.ID), mappingWire))
		onRating(transport, http.MethodGet, path+"/thresholds", every("thresholds", kept(s.Thresholds, thresholdWire, "group_id", g.ID), thresholdWire))
	}
	groups := append(slices.Clone(s.Groups), s.CreatedGroup)
	for _, m := range append(slices.Clone(s.Mappings), s.CreatedMapping) {
		onRating(transport, http.MethodGet, tree+"mappings/"+regexp.QuoteMeta(m.ID)+"/group", groupOf(groups, m.GroupID, "Mapping has no group (UUID: "+m.ID+")"))
	}
	for _, t := range append(slices.Clone(s.Thresholds), s.CreatedThreshold) {
		onRating(transport, http.MethodGet, tree+"thresholds/"+regexp.QuoteMeta(t.ID)+"/group", groupOf(groups, t.GroupID, "Threshold has no group (UUID: "+t.ID+")"))
	}
}

// crud registers a collection of things and each of them.
func crud[T any](transport *httpmock.MockTransport, path, missing string, all []T, created T, wire func(T) pairs) {
	name := path[len("rating/module_config/hashmap/"):]
	onRating(transport, http.MethodGet, path, func(req *http.Request) (*http.Response, error) {
		of := all
		for _, filter := range []string{"service_id", "field_id", "group_id", "tenant_id"} {
			if value := req.URL.Query().Get(filter); value != "" {
				of = kept(of, wire, filter, value)
			}
		}
		return every(name, of, wire)(req)
	})
	onRating(transport, http.MethodPost, path, always(http.StatusCreated, wire(created)))
	onRating(transport, http.MethodGet, path+"/[^/]+", found(append(slices.Clone(all), created), wire,
		func(id string) string { return missing + " (UUID: " + id + ")" }))
	onRating(transport, http.MethodPut, path+"/[^/]+", Redirected())
	onRating(transport, http.MethodDelete, path+"/[^/]+", noContent)
}

// kept are those of which a member has a value.
func kept[T any](all []T, wire func(T) pairs, name, value string) []T {
	return slices.DeleteFunc(slices.Clone(all), func(v T) bool { return !slices.Contains(wire(v), pair{name, value}) })
}

func groupOf(all []hashmap.Group, id, missing string) httpmock.Responder {
	for _, g := range all {
		if id != "" && g.ID == id {
			return always(http.StatusOK, groupWire(g))
		}
	}
	return RatingError(http.StatusNotFound, missing)
}

func hashmapServiceWire(s hashmap.Service) pairs {
	return pairs{{"service_id", s.ID}, {"name", s.Name}}
}

func fieldWire(f hashmap.Field) pairs {
	return pairs{{"field_id", f.ID}, {"name", f.Name}, {"service_id", f.ServiceID}}
}

func groupWire(g hashmap.Group) pairs { return pairs{{"group_id", g.ID}, {"name", g.Name}} }

func mappingWire(m hashmap.Mapping) pairs {
	w := pairs{
		{"mapping_id", m.ID}, {"value", m.Value}, {"type", typeOf(m.Type)}, {"cost", m.Cost.StringFixed(28)}, {"service_id", orNull(m.ServiceID)},
		{"field_id", orNull(m.FieldID)}, {"group_id", orNull(m.GroupID)}, {"tenant_id", orNull(m.ProjectID)},
	}
	if m.Start.IsZero() {
		return w
	}
	return append(w, audit(m.Name, m.Description, m.CreatedAt, m.Start, m.End, m.Deleted, m.CreatedBy, m.UpdatedBy, m.DeletedBy)...)
}

func thresholdWire(t hashmap.Threshold) pairs {
	return pairs{
		{"threshold_id", t.ID}, {"level", t.Level.StringFixed(8)}, {"type", typeOf(t.Type)}, {"cost", t.Cost.StringFixed(28)},
		{"service_id", orNull(t.ServiceID)}, {"field_id", orNull(t.FieldID)}, {"group_id", orNull(t.GroupID)}, {"tenant_id", orNull(t.ProjectID)},
	}
}

func typeOf(t hashmap.Type) hashmap.Type {
	if t == "" {
		return hashmap.TypeFlat
	}
	return t
}

// audit are the members that rules and scripts have from 23.0 on.
func audit(name, description string, created, start time.Time, end, deleted *time.Time, createdBy, updatedBy, deletedBy string) pairs {
	date := func(t *time.Time) any {
		if t == nil {
			return nil
		}
		return aodhTime(*t)
	}
	return pairs{
		{"name", name}, {"description", orNull(description)}, {"created_at", date(&created)}, {"start", date(&start)}, {"end", date(end)},
		{"deleted", date(deleted)}, {"created_by", orNull(createdBy)}, {"updated_by", orNull(updatedBy)}, {"deleted_by", orNull(deletedBy)},
	}
}
