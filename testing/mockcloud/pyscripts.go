package mockcloud

import (
	"net/http"
	"slices"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter/rating/pyscripts"
)

// Pyscripts registers what answers every operation of the pyscripts module: the scripts, which are listed and got by their ids, and
// the one that answers a creation. It keeps no state: an update is answered with the script as it is here. Scripts with a start are
// those of release 23.0 and later, and the others those of an older one; the dates are in UTC.
//
// Source: CloudKitty, rating/pyscripts/controllers.
func Pyscripts(transport *httpmock.MockTransport, created pyscripts.Script, scripts ...pyscripts.Script) {
	const path = "rating/module_config/pyscripts/scripts"
	scripts = slices.Clone(scripts)
	onRating(transport, http.MethodGet, path, func(req *http.Request) (*http.Response, error) {
		return every("scripts", scripts, func(s pyscripts.Script) pairs {
			w := scriptWire(s)
			if req.URL.Query().Get("no_data") != "" {
				w = slices.DeleteFunc(w, func(p pair) bool { return p.name == "data" })
			}
			return w
		})(req)
	})
	onRating(transport, http.MethodPost, path, always(http.StatusCreated, scriptWire(created)))
	all := append(slices.Clone(scripts), created)
	missing := func(id string) string { return "No such script: None (UUID: " + id + ")" }
	onRating(transport, http.MethodGet, path+"/[^/]+", found(all, scriptWire, missing))
	onRating(transport, http.MethodPut, path+"/[^/]+", func(req *http.Request) (*http.Response, error) {
		resp, err := found(all, scriptWire, missing)(req)
		if err == nil && resp.StatusCode == http.StatusOK {
			resp.StatusCode, resp.Status = http.StatusCreated, "201 Created"
		}
		return resp, err
	})
	onRating(transport, http.MethodDelete, path+"/[^/]+", noContent)
}

// scriptWire is a script, with the checksum of its program where it has none.
func scriptWire(s pyscripts.Script) pairs {
	if s.Checksum == "" {
		s.Checksum = pyscripts.Checksum(s.Data)
	}
	w := pairs{{"script_id", s.ID}, {"name", s.Name}, {"data", s.Data}, {"checksum", s.Checksum}}
	if s.Start.IsZero() {
		return w
	}
	return append(w, audit(s.Name, s.Description, s.CreatedAt, s.Start, s.End, s.Deleted, s.CreatedBy, s.UpdatedBy, s.DeletedBy)[1:]...)
}
