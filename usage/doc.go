// Package usage holds the documents of the AMIE Usage API, by which a site tells ACCESS what its resources were
// used for: records, messages, responses and status. It is pure data and talks to no service; package amie sends
// and asks.
//
//	message := usage.MessageOf(usage.ComputeRecord{
//		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "job-1", Resource: "res.example.access-ci.org",
//		SubmitTime: submitted, StartTime: started, EndTime: ended, Charge: decimal.RequireFromString("2.5"), NodeCount: 1,
//	})
//	err := message.Validate(usage.Rules{}) // each wrong field of each record, by name
//
// # What is exact
//
// A charge is decimal text, on the wire and in memory: 2.500000 is sent as "2.500000", and neither a float nor a
// rounding is ever in between. Times are sent in UTC with a Z. Fields that this package does not know are kept in
// Extra, and are sent again.
//
// # What is lenient
//
// A record that comes back is by definition one that something is wrong with, so [FailedRecord] shows whatever
// arrives: any field may be missing, null or of another type, Raw is the JSON as it came, and one bad item hides
// no other. Messages are read strictly, except for what other clients are known to write: numbers as text and
// text as numbers, and amieclient's ParentRecordID, which is an array.
//
// # Restatement
//
// A compute record that is sent again with the same [Key] replaces the one before, which is how a charge is
// corrected, or taken back with a charge of 0. That is what a site runs its production on (nobody documents
// it), and it is why the LocalRecordID must follow from the usage itself, the job's id or instance and day,
// and never be made up when it is sent. Of storage records the same is likely; an adjustment that is sent twice
// may count twice.
package usage
