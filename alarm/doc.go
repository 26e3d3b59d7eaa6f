// Package alarm manages alarms: Aodh's, and those that Ceilometer had of its own up to Liberty, through one
// client.
//
//	client, err := alarm.New(conn) // errors left out
//	created, err := client.CreateAlarm(ctx, alarm.CreateOptions{
//		Name: "server deleted",
//		Rule: alarm.EventRule{EventType: "compute.instance.delete.*"},
//	})
//	for change, err := range client.Watch(ctx, created.ID, alarm.WatchOptions{}) {
//		fmt.Println(change.Timestamp, change.Detail.State)
//	}
//
// It is openstacksdk's meter.alarm, with [Client.Alarms], [Client.GetAlarm], [Client.FindAlarm],
// [Client.CreateAlarm], [Client.UpdateAlarm], [Client.DeleteAlarm], [Client.AlarmChanges] and
// [Client.FindAlarmChange] under their names, and with states, complex queries, quotas and [Client.Watch] beside
// them.
//
// # Aodh and Ceilometer
//
// Where the catalogue has an alarm or alarming service, that is Aodh; else the metering endpoint is a Ceilometer
// with alarms of its own; [WithDialect] overrides both. Aodh sorts and pages, and knows states' reasons,
// quotas and metrics. Ceilometer answers a list at once, wants names to be unique in a project
// ([gophermeter.ErrConflict]), and gives an unknown alarm an empty history. What the other one cannot do is
// [gophermeter.ErrUnsupported], before anything is sent.
//
// # What is complete
//
// A walk over alarms goes by their ids, and one over changes by time and id: neither loses what has the same
// time, or what is changed while the walk is under way. Where the alarm that a page ended with is deleted meanwhile,
// the walk goes back and drops what it knows.
//
// # Updates
//
// The services replace an alarm whole, its state included. [Client.UpdateAlarm] reads it, changes what was asked
// for, keeps every other member, also one that this package does not know, and repairs a state that flipped
// between the read and the write. It says there what no client can guard against.
//
// # Who may ask
//
// Members see the alarms of their own project, and so do administrators of Aodh until they say [AllProjects] or
// [ByProject]. The quotas of other projects are for administrators.
//
// Aodh refuses with 401 what a valid token may not do: an action log:// of somebody who is no administrator, the
// project of somebody else. That is [gophermeter.ErrForbidden] here, and no reason to log in again;
// [gophermeter.ErrUnauthorized] is a token that is not valid.
package alarm
