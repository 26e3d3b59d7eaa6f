package amie

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gophermeter/gophermeter"
)

// answers are the statuses that a question is not repeated or followed for: a redirect is one, to be refused here.
var answers = []int{
	http.StatusOK, http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect,
	http.StatusPermanentRedirect,
}

// get asks a question.
func (c *UsageClient) get(ctx context.Context, op string, path []string, query url.Values, use func(body []byte) error) error {
	return c.service.Read(ctx, gophermeter.Request{
		Op: op, Method: http.MethodGet, Path: path, Query: query, Header: c.header, OK: answers,
	}, func(h http.Header, body []byte) error {
		if to := h.Get("Location"); to != "" {
			return redirected(to)
		}
		return use(body)
	})
}

// redirected is the refusal to follow: the API key is for one address.
func redirected(to string) error {
	u, err := url.Parse(to)
	if err != nil {
		return fmt.Errorf("redirected, which is not followed")
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return fmt.Errorf("redirected to %s, which is not followed", u)
}
