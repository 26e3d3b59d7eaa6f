package rating

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// APIVersion is a version of the API that a cloud serves.
//
// Source: CloudKitty, api/root.py.
type APIVersion struct {
	// ID is v1 or v2.
	ID string
	// Status is the service's word, such as CURRENT or EXPERIMENTAL. It says EXPERIMENTAL of v2 in all releases.
	Status string
}

// Capabilities are what a cloud's CloudKitty can do. It never tells its release: what is known of that is what its
// answers give away to who asks.
type Capabilities struct {
	// Versions in the order in which the service lists them.
	Versions []APIVersion
	// V2 tells of API v2, which a CloudKitty of storage v1 does not have: then there are neither scopes, summaries of
	// v2 nor reprocessing, [Client.Frames] reads v1, and prices have the precision of a float of 32 bits.
	V2 bool
	// Dataframes tells of [Client.Points] and [Client.PushPoints], from release 11 on.
	Dataframes bool
	// Reprocesses tells of reprocessing, and of filters of a summary with several values, from release 16 on.
	Reprocesses bool
	// ModulesV2 tells of [Client.ModulesV2], from release 17 on.
	ModulesV2 bool
	// StateOnly tells of a release before 15: scopes call their LastProcessed state. It needs an administrator and a
	// scope to be seen, as AtLeast beyond 17 does.
	StateOnly bool
	// AtLeast is the oldest release, as its major version, that answers so: 17 is Zed, 19 is 2023.2. It is 0 where
	// nothing is known.
	AtLeast int
}

// GetCapabilities asks what the cloud's CloudKitty can do, with up to five small requests. Nothing of it is kept. What
// the caller may not do does not count as missing.
//
// API: GET /
//
// API: GET /v2/scope
//
// API: GET /v2/dataframes
//
// API: GET /v2/task/reprocesses
//
// API: GET /v2/rating/modules
func (c *Client) GetCapabilities(ctx context.Context) (Capabilities, error) {
	const op = "rating.GetCapabilities"
	versions, err := fetch(ctx, c.root, gophermeter.Request{Op: op, OK: []int{200, 300}}, readVersions)
	if err != nil {
		return Capabilities{}, err
	}
	can := Capabilities{Versions: versions}
	can.V2 = slices.ContainsFunc(versions, func(v APIVersion) bool { return v.ID == "v2" })
	if !can.V2 {
		return can, nil
	}
	can.AtLeast = 10
	for _, probe := range []struct {
		path  []string
		query url.Values
		can   *bool
		since int
	}{
		// A second of which nothing was rated. The answer is a 404 in words that tell the path is there.
		{[]string{"dataframes"}, url.Values{"begin": {"2001-01-01T00:00:00Z"}, "end": {"2001-01-01T00:00:01Z"}, "limit": {"1"}}, &can.Dataframes, 11},
		{[]string{"task", "reprocesses"}, url.Values{"limit": {"1"}}, &can.Reprocesses, 16},
		{[]string{"rating", "modules"}, nil, &can.ModulesV2, 17},
	} {
		err := c.readV2(ctx, gophermeter.Request{Op: op, Path: probe.path, Query: probe.query}, nil)
		switch {
		case err == nil, emptyV2(err), errors.Is(err, errs.ErrForbidden):
			*probe.can = true
			can.AtLeast = max(can.AtLeast, probe.since)
		case missingV2(err):
		default:
			return Capabilities{}, err
		}
	}
	if err := c.scopeTraits(ctx, op, &can); err != nil {
		return Capabilities{}, err
	}
	return can, nil
}

// scopeTraits are what the members of a scope tell.
func (c *Client) scopeTraits(ctx context.Context, op string, can *Capabilities) error {
	has := map[string]bool{}
	r := gophermeter.Request{Op: op, Path: []string{"scope"}, Query: url.Values{"limit": {"1"}}}
	err := c.readV2(ctx, r, func(body []byte) error {
		_, err := decode(body, func(r *jsonstream.Reader) ([]struct{}, error) {
			return elements(r, func(r *jsonstream.Reader) (struct{}, error) {
				return struct{}{}, r.Object(func(name []byte) error {
					has[string(name)] = true
					return nil
				})
			}, "results")
		})
		return err
	})
	switch {
	case emptyV2(err), errors.Is(err, errs.ErrForbidden), missingV2(err):
		return nil
	case err != nil:
		return err
	}
	switch {
	case has["state"] && !has["last_processed_timestamp"]:
		can.StateOnly = true
	case has["state"]:
		can.AtLeast = max(can.AtLeast, 15)
	case has["last_processed_timestamp"]:
		can.AtLeast = max(can.AtLeast, 19)
	}
	return nil
}

// readVersions reads an object, or the bare list of releases before 10.
func readVersions(r *jsonstream.Reader) ([]APIVersion, error) {
	if r.Kind() == '[' {
		return elements(r, readVersion)
	}
	return elements(r, readVersion, "versions")
}

func readVersion(r *jsonstream.Reader) (v APIVersion, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "id":
			v.ID, err = r.String()
		case "status":
			v.Status, err = r.String()
		}
		return err
	})
	if err == nil && v.ID == "" {
		err = fmt.Errorf("a version without an id")
	}
	return v, err
}
