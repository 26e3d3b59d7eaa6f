// Package gophermeter is what the clients of OpenStack's metering, rating and billing services have in
// common: the login, the collections, the errors and the windows of time. The services themselves are in the
// packages below it: tenantusage (Nova), rating with rating/hashmap and rating/pyscripts (CloudKitty), meter
// (Ceilometer), alarm (Aodh), and usage, amie, amie/journal and amie/bridge for what is reported to ACCESS.
//
// One rule stands above all others: an answer is complete and exact, or it is an error that says so.
//
// # Connecting
//
// [Connect] logs in to Keystone once and finds the services in its catalogue:
//
//	conn, err := gophermeter.Connect(ctx) // OS_CLOUD and clouds.yaml, or OS_AUTH_URL and its companions
//	if err != nil {
//		return err
//	}
//	usage, err := tenantusage.New(conn) // no I/O; ErrNoService when the cloud has no such service
//
// A program may name the cloud ([WithCloud]), its file ([WithCloudsFile]), the region and interface ([WithRegion],
// [WithInterface]) and the endpoint of a service ([WithEndpoint]). [Connection.Has] tells whether there is a service,
// [Connection.ProjectID] whose usage and prices the login may read, and [Connection.ProjectNames] what the ids in the
// answers are called.
//
// In a cloud's entry and in the OS_ variables the login is a password, a token, an application credential or
// a one-time passcode, for a project, a domain, the system or a trust. OS_CLOUD wins over other credentials
// in the environment; OS_REGION_NAME, OS_INTERFACE, OS_CACERT, OS_CERT, OS_KEY and OS_INSECURE apply to any
// cloud. A program that has its own [gophercloud.AuthOptions] gives them by [WithAuth], and one that has
// logged in by gophercloud hands its provider to [FromProvider], which reads it and never changes it. A
// provider that several connections share must have had UseTokenLock called, as openstack.NewClient does.
//
// Tokens are renewed when a service says that they have expired, by one request however many callers wait. A
// bare token cannot be renewed, and its 401 says so.
//
// A [Connection], its services and their clients are safe for concurrent use.
//
// # Collections
//
// A method without a context does no I/O; one with a context does. A collection is a [Pager]: it is fetched
// when it is ranged over, and each range asks anew.
//
//	for sample, err := range samples.All(ctx) {
//		if err != nil {
//			return err // comes once, last; what came before it is right but not the whole
//		}
//	}
//
// Pages yields batches, one a response, and Collect reads everything into memory, or returns nothing with an
// error. A range may be left at any time, and leaves no goroutine. Collections that come as one unpaged body
// are decoded while they arrive, in constant memory; a slow consumer then holds up the server, and what has
// begun is not repeated. [Window.Split] makes pieces that can be.
//
// # Finding one thing
//
// Get asks for an id. Find searches, and is an error unless exactly one thing matches: [ErrNotFound] or
// [ErrAmbiguous]. An empty collection is never an error.
//
// # Errors
//
// A call that fails returns an [*Error], whose text is one line with the service's own words and its request
// id. [errors.Is] tells its class, and finds the end of the caller's context with its cause:
//
//	var failed *gophermeter.Error
//	switch {
//	case errors.Is(err, gophermeter.ErrForbidden): // not for this user
//	case errors.As(err, &failed):                  // failed.StatusCode, failed.Message, failed.RequestID
//	}
//
// The service's status is one of [ErrBadRequest], [ErrUnauthorized], [ErrForbidden], [ErrNotFound], [ErrConflict],
// [ErrTooLarge], [ErrRateLimited] and [ErrServer], and [gophercloud.ResponseCodeIs] works on it too. What this module
// finds has classes of its own:
//
//	ErrNoService          the catalogue has no such service in this region and interface
//	ErrUnsupported        the service, or this release of it, cannot do that
//	ErrInvalidArgument    wrong whatever the service says, such as a window without an end; nothing was sent
//	ErrAmbiguous          several things match where one was asked for
//	ErrTruncated          the service has, or may have, more than it showed
//	ErrWindowDrift        the pages of one walk were counted for different windows
//	ErrLoop               the service's pages lead back to where the walk has been
//
// After any of the last three there is no total: ask again, or for a smaller window.
//
// No error, log line or event has a password, a token or a secret header in it, not even when a service
// echoes one.
//
// # What is repeated
//
// Failures that may pass are repeated, five times in all and for a minute at most ([WithRetry],
// [WithTimeLimits]):
//
//	GET, HEAD; POST that only      connection errors; torn bodies; 408, 429, 500, 502, 503, 504.
//	reads; the login               A 500 that the service itself explains: once
//
//	PUT, DELETE of a named thing   the same. A DELETE that may have been processed and then answers
//	                               404 is a success
//
//	POST and PATCH that change     only what was surely not processed: not connected, or 429 and 503
//	                               with Retry-After
//
//	any, after a 401               once, with a new token; never where the service refuses a valid one
//	                               (Aodh does so by a 401, which is ErrForbidden here)
//
// Pauses are random, below a bound that doubles from half a second; Retry-After is honoured in both its
// forms, up to 30 s. The caller's context ends a pause at once, and the error then names both it and the last
// failure.
//
// # Time limits
//
// No call hangs, even without a deadline: connecting and the TLS handshake have 10 s each, the header of the
// answer 60 s, a body 60 s without a byte, and retries 60 s in all. The limits count silence and not size, so
// that a long body may take hours. The error names the phase. [WithTimeLimits] changes them;
// [http.Client.Timeout] is not used.
//
// Bodies that are read whole may have 64 MiB, once decompressed ([WithMaxBody]).
//
// # Windows and time zones
//
// A [Window] is half-open, from Start to End, in any location; what is sent and what comes back is UTC. [Month]
// is a month in UTC, as services cut it, and [MonthIn] one as people live it, across daylight saving. OpenStack
// writes most times without a zone and means UTC. [Window.Align] widens a window to the periods of a rating
// or metering job, and [Window.Split] cuts it into days, or whatever is asked for one at a time.
//
// # Money
//
// Prices and rated quantities are decimals, [github.com/shopspring/decimal.Decimal], read exactly as the
// service wrote them and never through a float. Hours and other measures of Nova, floats on the server, are
// float64.
//
// # Where tokens go
//
// A token or a secret header is sent to the origin of its service and to no other. Redirects are followed for
// reads, within the origin and up to five times; any other is an [*Error] with its Location. Links in an answer
// tell that there is more, and where to go on, but are not followed as URLs.
//
// # Observing
//
// [WithLogger] logs each attempt at debug level, [WithObserver] hands it to a function, for metrics and
// traces. Neither sees headers, bodies or queries.
//
// # Testing
//
// Package testing/fakecloud is a cloud in the process of the test, with state, a clock and faults:
//
//	cloud := fakecloud.New()
//	defer cloud.Close()
//	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
//
// For those who mock at the transport, [WithTransport] takes any http.RoundTripper, and testing/mockcloud has answers
// for it.
//
// # What the SDK lacks
//
// [Connection.Service] gives a [Service], by which any request can be made with all of the above:
//
//	compute, err := conn.Service("compute")
//	err = compute.Read(ctx, gophermeter.Request{Op: "limits", Path: []string{"limits"}},
//		func(_ http.Header, body []byte) error { return json.Unmarshal(body, &limits) })
//
// [NewService] is the same for an API outside any catalogue.
package gophermeter
