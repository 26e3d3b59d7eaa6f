package mockcloud

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter"
)

// URL is what every URL of the cloud begins with. No such host exists.
const URL = "https://mockcloud.example"

// Region is where the services are.
const Region = "RegionOne"

// Options connect through the transport, as admin: gophermeter.Connect(ctx, mockcloud.Options(transport)...). Pauses between
// attempts are cut to a millisecond, whatever Retry-After asks for; options that follow these override them.
func Options(transport *httpmock.MockTransport) []gophermeter.Option {
	return []gophermeter.Option{
		gophermeter.WithTransport(transport),
		gophermeter.WithAuth(gophercloud.AuthOptions{
			IdentityEndpoint: Identity.URL, Username: "admin", Password: "secret", DomainName: "Default", TenantName: "admin",
		}),
		gophermeter.WithRegion(Region),
		gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: time.Millisecond}),
	}
}

// Unauthorized is how every service but Keystone refuses a token that has expired: the answer that makes a client log in again.
//
// Source: keystonemiddleware, auth_token.
func Unauthorized() httpmock.Responder {
	type fault struct {
		Code    int    `json:"code"`
		Title   string `json:"title"`
		Message string `json:"message"`
	}
	return func(*http.Request) (*http.Response, error) {
		resp := answer(http.StatusUnauthorized, map[string]fault{"error": {http.StatusUnauthorized, "Unauthorized", unauthorized}})
		resp.Header.Set("Www-Authenticate", `Keystone uri="`+Identity.URL+`"`)
		return resp, nil
	}
}

const unauthorized = "The request you have made requires authentication."

// Torn ends the body of an answer after so many bytes, without an error: as seen from a server that sends no Content-Length.
func Torn(r httpmock.Responder, bytes int) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		resp, err := r(req)
		if err != nil {
			return nil, err
		}
		cut := *resp
		cut.ContentLength = -1
		cut.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, int64(bytes)), resp.Body}
		return &cut, nil
	}
}

// answer is a response with a JSON body, in the wire structs of its service.
func answer(status int, body any) *http.Response {
	text, err := json.Marshal(body)
	if err != nil {
		panic("mockcloud: " + err.Error()) // a total that is NaN or infinite
	}
	resp := httpmock.NewBytesResponse(status, text)
	resp.Header.Set("Content-Type", "application/json")
	resp.Header.Set("X-Openstack-Request-Id", requestID)
	return resp
}

// requestID is that of every request, so that the text of an error is the same in every run.
const requestID = "req-00000000-0000-4000-8000-000000000000"
