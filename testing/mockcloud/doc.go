// Package mockcloud answers for an OpenStack cloud at the HTTP transport: responders for github.com/jarcoal/httpmock, made
// from typed values, that write what the real services write. It is for tests that say themselves what every request gets;
// a cloud that holds state is in package fakecloud. No server is started, and nothing leaves the process, so that it works
// inside testing/synctest.
//
//	transport := httpmock.NewMockTransport()
//	mockcloud.Keystone(transport, mockcloud.Compute)
//	mockcloud.TenantUsage(transport, mockcloud.Usages(tenantusage.ProjectUsage{ProjectID: "p1", TotalVCPUsUsage: 720}))
//	conn, err := gophermeter.Connect(ctx, mockcloud.Options(transport)...)
//
// Of each service there is its entry in the catalogue, a function that registers its operations, responders from values,
// and its errors:
//
//	Keystone      Identity   Keystone, ProjectNames                   Login, Projects         IdentityError
//	Nova          Compute    TenantUsage                              Usages, UsagePages      ComputeError
//	CloudKitty    Rating     RatingV1, RatingV2, Hashmap, Pyscripts   RatingPoints and more   RatingError, RatingV2Error
//	Ceilometer    Metering   Meters                                   SampleList and more     MeterError
//	Aodh          Alarming   Alarms                                   AlarmList and more      AlarmError
//	AMIE          none       AMIESend, AMIEStatus and more            AMIEAccepted and more   AMIEError
//
// Nothing keeps state: a change is answered as a success, and what a test wants to read behind it it registers by itself.
// A URL that a test registers by itself comes before those of a service's function, so that a single project can be made to
// fail:
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
