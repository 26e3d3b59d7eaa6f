// Package fakecloud is an OpenStack cloud inside the test process: a Keystone, a Nova, a CloudKitty, a Ceilometer and an
// Aodh on one loopback listener, and the Usage API of AMIE beside them. It holds state, so a write is seen by the next
// read; it starts with a deterministic month of a believable cloud; its clock is the test's; and it can be told to fail in
// the ways real clouds do.
//
//	cloud := fakecloud.New()
//	defer cloud.Close()
//	conn, err := gophermeter.Connect(ctx, cloud.Options()...) // as an administrator; OptionsFor is for others
//
// What it answers was recorded from real services (Keystone 22, Nova 26, CloudKitty 17, Aodh 15, Ceilometer 5 and 8); the
// recordings are in testdata and a test replays them. Where a recording is silent the services' source decides.
//
// # The seeded month
//
// Unless [WithEmpty] is given, the cloud ran for the calendar month before its clock: September 2026 with the default
// clock, which stands still at [Epoch]. Seven projects besides admin, about 300 servers in two cells, web-shop in both:
//
//	web-shop     long-running servers, more of them every evening
//	ci-runners   many short builds on working days
//	genomics     three campaigns on very large nodes
//	ml-training  GPU jobs of hours to days, one that failed to start
//	staging      stopped, shelved, paused, suspended; one server without a name
//	data-lake    storage nodes that have run for years; a name that is not ASCII
//	sandbox      nothing at all
//
// The users are admin (also of the whole system), demo (member of web-shop), demo2 (member of genomics), auditor (reader
// of web-shop) and noproject, who has no role; their password is [Password]. admin and demo own the application
// credentials admin-appcred and demo-appcred. [Cloud.CloudsYAML] has an entry for each.
//
// # Data of the test's own
//
// Nova is at /compute. [Cloud.AddProject], [Cloud.AddUser] and [Cloud.AddServer] add to it, [Cloud.RemoveServer] does what
// archiving does, and [WithMaxLimit], [WithNovaMicroversions] and [WithLegacyNova] make it another Nova.
//
// CloudKitty is at /rating, with the month's servers rated by the hour from a rate card of hashmap rules.
// [WithRatingStorage] and [WithRatingRelease] make it another one, [Cloud.AddRatedPoints] adds what else was rated, and
// [Cloud.SetRatingScope] says how far a project is.
//
// Ceilometer is at /metering, with what agents measured of the month. [Cloud.AddSamples] and [Cloud.AddEvents] add to it,
// and [WithCeilometer] makes it that of another release.
//
// Aodh is at /alarming, with two alarms of web-shop and one of genomics; [Cloud.SetAlarmState] is its evaluator.
// [WithCeilometerAlarms] makes the alarms those of a Ceilometer, [WithAlarmQuota], [WithAlarmMetrics] and [WithoutGnocchi]
// change what Aodh's operator would.
//
// The Usage API of AMIE is at [Cloud.AMIEURL], for the site [AMIESite] with the key [AMIEKey], and begins empty.
// [Cloud.SetAMIELoader] decides what cannot be loaded, [Cloud.FailAMIEAfter] loses answers, and [Cloud.AMIERecords] are the
// records in force.
//
// # Faults, time and what was sent
//
// [Cloud.Inject] makes requests fail: [Fault] has statuses, torn bodies, resets, stalls, expired tokens, redirects and
// latency, for one service or method, once or for good. [Cloud.Advance] moves the clock, also one of [WithClock].
// [Cloud.Requests] are the requests so far.
//
// Connections of [Cloud.Options] repeat after milliseconds, so that a test with faults is quick.
//
// # Where the fake is simpler than a cloud
//
// There is one domain, Default, and one region, [Region], unless [Cloud.SetCatalogEntry] adds endpoints in another. Tokens
// are never cached: one that expires or is revoked is refused by every service at once. It is for tests and demonstrations:
// it speaks http, and whoever reaches the port knows the passwords.
package fakecloud
