// Package journal is a durable outbox for usage records: what was added to it reaches the service, once in effect,
// even if the program is killed at any moment. It is a file (a bbolt database) that belongs to one process at a
// time.
//
//	j, err := journal.Open("usage.journal")     // errors left out
//	err = journal.Add(j, records...)            // again after a restart: the same records change nothing
//	delivery, err := j.Deliver(ctx, client)     // sends what is pending
//	found, err := j.Reconcile(ctx, client)      // asks what was loaded, and what failed
//
// # States
//
//	pending ──► sending ──► submitted ──► loaded
//	   ▲           │            │
//	   └───────────┤            ├───────► failed    the service returned it, or could not load it
//	               └────────────┴───────► unknown   nobody knows whether the service has it
//
// A record is written down as sending before it is sent. What a killed process leaves in that state, and what had
// no answer, may have arrived: records of the kinds that the client repeats (see amie.WithRepeat) are sent again by
// the next Deliver, and those of the others are unknown until [Journal.Reconcile] or a person ([Journal.Resolve])
// knows better. An adjustment is never sent again on suspicion.
//
// The service lists loaded compute records only, so storage records and adjustments stay submitted unless they
// fail.
//
// # The same record twice
//
// The LocalRecordID must follow from the usage, for a restarted program must come up with the same one; see
// usage.RecordID. Adding a record that is there changes nothing. Adding one with the same usage.Key and another
// content restates it: it is pending again, and replaces the earlier one at the service. An adjustment that was
// sent cannot be restated.
//
// # Damage
//
// Each change is one transaction, on the disk when the call returns; a kill in between reopens to the one before.
// Everything is checked when the file is opened: a file that was cut short or damaged is [ErrDamaged], and never a
// wrong state.
package journal
