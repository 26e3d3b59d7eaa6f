// Package fakecloud is an OpenStack cloud inside the test process: a Keystone, a Nova and, service by service, what else
// gophermeter talks to, on one loopback listener. It holds state, so a write is seen by the next read; it starts with a
// deterministic month of a believable cloud; its clock is the test's; and it can be told to fail in the ways real clouds do.
//
//	cloud := fakecloud.New()
//	defer cloud.Close()
//	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
//
// What it answers was recorded from real services (Keystone 22, Nova 26, CloudKitty 17, Aodh 15, Ceilometer 5 and 8); the recordings are in testdata and a test replays
// them. Where a recording is silent the services' source decides.
//
// # The seeded month
//
// Unless [WithEmpty] is given, the cloud ran for the calendar month before its clock: September 2026 with the default clock,
// which stands still at [Epoch]. Seven projects besides admin, about 300 servers in two cells, web-shop in both:
//
//	web-shop     long-running servers, more of them every evening
//	ci-runners   many short builds on working days
//	genomics     three campaigns on very large nodes
//	ml-training  GPU jobs of hours to days, one that failed to start
//	staging      stopped, shelved, paused, suspended; one server without a name
//	data-lake    storage nodes that have run for years; a name that is not ASCII
//	sandbox      nothing at all
//
// The users are admin (also of the whole system), demo (member of web-shop), demo2 (member of genomics), auditor (reader of
// web-shop) and noproject, who has no role; their password is [Password]. admin and demo own the application credentials
// admin-appcred and demo-appcred.
//
// # Meters
//
// Ceilometer is at /metering, with what agents measured of the seeded month; [Cloud.AddSamples] and [Cloud.AddEvents] add to it, and
// [WithCeilometer] makes it that of another release.
//
// # Rating
//
// CloudKitty is at /rating, with the month's servers rated by the hour from a rate card of hashmap rules; [WithRatingStorage] and
// [WithRatingRelease] make it another one, [Cloud.AddRatedPoints] adds what else was rated.
//
// # Alarms
//
// Aodh is at /alarming, with two alarms of web-shop and one of genomics; [Cloud.SetAlarmState] is its evaluator. [WithCeilometerAlarms] makes
// the alarms those of a Ceilometer, [WithAlarmQuota], [WithAlarmMetrics] and [WithoutGnocchi] change what Aodh's operator would.
//
// # Where the fake is simpler than a cloud
//
// There is one domain, Default, and one region, [Region], unless [Cloud.SetCatalogEntry] adds endpoints in another. Tokens are
// never cached: one that expires or is revoked is refused by every service at once.
package fakecloud
