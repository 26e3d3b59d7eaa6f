package gophermeter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// ProjectNames maps project ids to names, for reports that people read: every project where the user may
// list them (an admin, a domain or system reader), else those that the user has a role in. A list that
// Keystone cut short is [ErrTruncated].
//
// Keystone: GET /v3/projects, and after a 403 GET /v3/auth/projects.
func (c *Connection) ProjectNames(ctx context.Context) (map[string]string, error) {
	base, err := parseEndpoint("auth_url", c.in().session.provider.IdentityBase)
	if err != nil {
		return nil, err
	}
	keystone := (&Service{veil(&service{name: "identity", base: base, session: c.in().session, engine: c.in().engine})}).Base("v3")
	names, err := projects(ctx, keystone, "projects")
	if errors.Is(err, ErrForbidden) {
		names, err = projects(ctx, keystone, "auth", "projects")
	}
	return names, err
}

type project struct{ id, name string }

// projects follows the marker of the next link, which Keystone sends from 2025.1 on.
func projects(ctx context.Context, keystone *Service, path ...string) (map[string]string, error) {
	names := map[string]string{}
	fetch := func(ctx context.Context, marker string) (rows []project, next string, more bool, err error) {
		r := Request{Op: "identity", Method: http.MethodGet, Path: path, Query: url.Values{}}
		if marker != "" {
			r.Query.Set("marker", marker)
		}
		err = keystone.Read(ctx, r, func(_ http.Header, body []byte) error {
			rows, next, err = readProjects(body)
			return err
		})
		return rows, next, next != "", err
	}
	for rows, err := range paging.Walk(ctx, "", fetch) {
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			names[p.id] = p.name
		}
	}
	return names, nil
}

func readProjects(body []byte) (rows []project, marker string, err error) {
	r := jsonstream.NewBytes(body)
	var (
		truncated bool
		next      string
		p         project
	)
	member := func(name []byte) (err error) {
		switch string(name) {
		case "id":
			p.id, err = r.String()
		case "name":
			p.name, err = r.String()
		}
		return err
	}
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "projects":
			rows = rows[:0]
			return r.Array(func() error {
				p = project{}
				err := r.Object(member)
				rows = append(rows, p)
				return err
			})
		case "links":
			return r.Object(func(name []byte) (err error) {
				if string(name) == "next" {
					next, err = r.String()
				}
				return err
			})
		case "truncated":
			truncated, err = r.Bool()
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return nil, "", err
	}
	link, err := url.Parse(next)
	if err != nil {
		return nil, "", fmt.Errorf("the next link is no URL: %w", err)
	}
	marker = link.Query().Get("marker")
	if (truncated || next != "") && marker == "" {
		return nil, "", fmt.Errorf("%w: Keystone lists %d projects and has more", ErrTruncated, len(rows))
	}
	return rows, marker, nil
}
