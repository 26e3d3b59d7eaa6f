// Package bridge turns OpenStack usage into the records of package usage: instances into compute records, volumes
// into storage records, a day at a time. It calculates and does nothing else: what was used is handed to it as plain
// slices of time, and what it returns is sent by package amie or amie/journal.
//
//	config, err := bridge.ReadConfig(text)
//	result, err := bridge.Compute(config, day, instances) // []Slice
//	if err := result.Problems.Err(); err != nil {         // what is in no record, and why
//	err = journal.Add(j, result.Records()...)
//
// # The mapping
//
// A compute record is one instance, one UTC day and one resource. The flavor decides on the resource; where it
// changed during the day to one of another resource, there are two records.
//
//	Charge              sum of vCPUs x time x rate of the flavor x factor of the state, exact, then rounded once to
//	                    6 decimals, half away from zero
//	LocalRecordID       instance and day, by usage.RecordID
//	SubmitTime          start of the day: it is in the key, and must not move when an instance is launched anew
//	StartTime, EndTime  from the first to the last use in the day
//	ParentRecordID      instance
//	Queue               flavor, as the last slice of the day has it; CPUCoreCount likewise
//	Username            login of the user; where that is not known, the one that answers for the project
//	JobName             not sent, unless the site wants to: it is what the user called the instance
//
// An instance that was there and cost nothing, such as a shelved one, has a record with a charge of 0. So a day that
// was charged and turns out to be worth nothing is restated like any other.
//
// A storage record is one owner, one UTC day, one resource and one medium. BytesStored is the mean over the day, the
// charge follows from the same mean or from the price of the rating service, and CollectionTime is the end of the
// day.
//
// # What cannot be mapped
//
// A project, user, flavor, state or volume type that the configuration does not know is neither dropped nor guessed:
// it is a [Problem], with everything that it concerns. An instance or a storage owner with a problem has no record
// for the day, for half a record would be a wrong one. What is in records, what is excluded by the configuration and
// what is in problems add up to what was handed in, to the nanosecond.
//
// # Where slices come from, and what Nova cannot say
//
// Rows of Nova's accounting (package tenantusage) make one slice each, from StartedAt to EndedAt or the end of the
// day, which has to be over. They have limits that no mapping can mend:
//
//   - There is no user in them. Leave User empty, or take it from the rated frames of the instance.
//   - Hours run from launch to deletion, whatever the instance did in between, and State is the one at the time of
//     the call: it says nothing about a day that is past. Without a record of the states, take active.
//   - The flavor is the present one, too.
//   - A resize, rescue, rebuild or unshelve sets the launch anew. The time before is gone, and from the days before
//     it the instance disappears.
//   - Instances that were deleted disappear when the operator archives deleted rows.
//
// Who has notifications or the events of instances can make slices that know all of it; the bridge adds them up the
// same way, however finely they are cut.
//
// # Correcting a day
//
// Map the day again, compare with what was reported by [ComputeDay.Correct], and send the difference: a record with
// the key of an earlier one replaces it. A resource that an instance was charged on and is not any more is restated
// to 0, if the reading is trusted to be complete ([TakeMoved]). An instance that is not in the reading at all is
// another matter, for of that Nova's forgetting is the likely reason: its charge stands, and is listed, unless a
// person says otherwise ([TakeVanished]); what was reported has to be of this cloud alone then. What is a problem now
// is left as it was reported.
//
// Do not correct by restating what was corrected by an adjustment: it would count twice.
package bridge
