// Package mockcloud answers for an OpenStack cloud at the HTTP transport: responders for github.com/jarcoal/httpmock, made from
// typed values, that write what the real services write. It is for tests that say themselves what every request gets; a cloud
// that holds state is in package fakecloud. No server is started, and nothing leaves the process.
//
//	transport := httpmock.NewMockTransport()
//	mockcloud.Keystone(transport, mockcloud.Compute)
//	mockcloud.TenantUsage(transport, mockcloud.Usages(tenantusage.ProjectUsage{ProjectID: "p1", TotalVCPUsUsage: 720}))
//	conn, err := gophermeter.Connect(ctx, mockcloud.Options(transport)...)
//
// Of each service there is its entry in the catalogue ([Compute]), a function that registers its operations ([TenantUsage]),
// responders from values ([Usages]) and its errors ([ComputeError]). A URL that a test registers by itself comes before
// TenantUsage, so that a single project can be made to fail:
//
//	transport.RegisterResponder("GET", mockcloud.Compute.URL+"/os-simple-tenant-usage/p2", mockcloud.ComputeError(403, "no"))
//
// # Failures, one after another
//
// Responders compose by httpmock's own methods. Then is the answer to the next request, HeaderSet adds a header, Delay waits:
//
//	busy := mockcloud.ComputeError(503, "busy").HeaderSet(http.Header{"Retry-After": {"2"}})
//	mockcloud.Unauthorized().Then(usages)                       // the token has expired, once
//	mockcloud.Torn(usages, 100).Then(usages)                    // the first answer breaks off
//	busy.Then(usages)                                           // overloaded, once
//	httpmock.NewErrorResponder(syscall.ECONNRESET).Then(usages) // the connection breaks, once
//
// How often something was asked tells transport.GetCallCountInfo. A request for which nothing is registered fails with
// httpmock's "no responder found", like one that finds no network.
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
