// Package amie reports usage to ACCESS through the AMIE Usage API, and asks what became of it.
//
//	client, err := amie.NewUsageClient("EXAMPLE", key)
//	if err != nil {
//		return err
//	}
//	report, err := client.Send(ctx, usage.MessageOf(records...)) // the report counts, also with an error
//	fmt.Println(report.Validated(), "queued;", len(report.Failed()), "returned")
//
// [UsageClient.Send] and [SendSeq] send, [UsageClient.Status] and [UsageClient.FailedRecords] tell what was loaded
// and what was not, [UsageClient.Resubmit] sends what was mended. Sending is asynchronous: an accepted record has
// been validated and queued, not loaded. The records themselves are in package usage; package amie/journal is for
// programs that may be killed at any moment and still must report everything once.
//
// # Neither lost nor doubled
//
// A message is cut into chunks by the exact size of its JSON, and each chunk has one of four outcomes: [Accepted],
// [Refused], [NotSent], or [Unknown], which is an answer that did not come. Whatever happens to a later chunk, the
// results of the earlier ones are in the [Report].
//
// What failed before it could be processed is sent again: no connection, or 429 and 503 with a Retry-After. A 413
// is sent again in halves. After a failure that leaves open whether the service acted, such as a timeout, a reset,
// a 500, 502 or 504, or a 200 that cannot be read, it depends on the kind:
//
//	Compute     is sent again: the service replaces a record by a later one with the same key
//	Storage     is sent again with WithRepeat(usage.Compute, usage.Storage) only, for nobody is known to have tried
//	Adjustment  is never sent again, for it might count twice; the outcome is Unknown
//
// Questions are repeated always, and so is clearing; a 404 to a repeated one means that it is done. No redirect is
// followed by any of them.
//
// # What the service does not tell
//
// The list of what was loaded has compute records only, and how it is asked for is not documented ([LoadedNames]). A
// record whose failure is cleared, and that is not sent again, is lost for good.
//
// # The key
//
// A site has a name and a key. The API key goes to the service's origin only, by https unless that is this machine, and stands in no error, log
// or printed client.
package amie
