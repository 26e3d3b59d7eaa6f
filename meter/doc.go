// Package meter reads and writes measurements: what Ceilometer's API v2 and Fujitsu's K5 hold of the servers, volumes and
// images of a cloud.
//
//	client, err := meter.New(conn)
//	if err != nil {
//		return err
//	}
//	september := gophermeter.Month(2026, time.September)
//	for sample, err := range client.Samples(meter.SampleOptions{Meter: "cpu_util", Window: september}).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(sample.Timestamp, sample.ResourceID, sample.Volume, sample.Unit)
//	}
//
// A meter is a kind of measurement on a resource ([Client.Meters], [Client.FindMeter]), a sample is one measurement
// ([Client.Samples], [Client.FindSample], [Client.QuerySamples], [Client.CreateSamples]), statistics are what the service
// computes of samples ([Client.Statistics], [Client.FindStatistics]), and a resource is what was measured
// ([Client.Resources], [Client.GetResource], [Client.FindResource]). [Client.Capabilities] say what the service's storage
// can do, and [Client.Events] what happened in the cloud. [Client.Alarm] is the client of the alarms. These are the names
// of openstacksdk's meter proxy.
//
// # What is complete
//
// The service cuts every list off at 100 rows unless it is asked for more, and does not say so. Nothing here stops there:
// a walk over samples or events goes on from the time at which an answer ended and yields each of them exactly once; a
// list of meters or resources, which has no order to go on from, is asked for again with a greater limit until fewer
// rows come. A caller who wants one request of N says so with the Limit of the options; such an answer is read while it
// arrives, in constant memory, however long it is.
//
// # Conditions
//
// A [Filter] is made by a function for each field that the service knows, and is refused where the service would
// misread it: without a value (which the service takes for no condition), twice on a field (it looks at one), on a field
// that the list does not have. Metadata are compared with their types: [ByMetadata] of 2 and of "2" are different
// conditions. Times are sent in UTC, for the service drops a zone without converting.
//
// # Numbers
//
// Volumes and statistics are float64. The service holds them as such and writes the digits that give the same number
// back, so that nothing is lost; a decimal would only look more exact. What may be missing is a pointer or has a flag, so that
// it differs from a zero that was measured.
//
// A cumulative meter is the reading of a counter, which may begin again at zero: its sum and average mean nothing. One
// name can have several units and types, as after an upgrade; statistics have a row for each, and [Client.FindMeter] is
// [gophermeter.ErrAmbiguous]. A sample that was not posted directly ([CreateSamplesOptions]) is accepted before it is
// stored. What an operator lets expire is gone, without a sign.
//
// # Releases
//
// Meters, samples, statistics and resources are in Ceilometer from Icehouse to Pike, unless the operator keeps them in
// Gnocchi ([gophermeter.ErrUnsupported] then). Events and their traits are there up to Newton and in Panko after that:
// where Ceilometer sends to Panko, the event service of the catalogue is asked. K5 is a Ceilometer with pages of its own
// ([WithDialect]); what its document does not have is ErrUnsupported as well.
//
// # Who may ask
//
// Administrators see every project. Anybody else sees the own one, and gets [gophermeter.ErrForbidden] for naming
// another; the service says so with a status that elsewhere means an expired token, and nobody logs in again for it.
package meter
