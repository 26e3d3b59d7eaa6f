// Package tenantusage reads Nova's accounting (os-simple-tenant-usage): which project used how many server-,
// vCPU-, memory- and disk-hours in a window, and by which servers.
//
//	client, err := tenantusage.New(conn)
//	if err != nil {
//		return err
//	}
//	for project, err := range client.Projects(gophermeter.Month(2026, time.September)).All(ctx) {
//		if err != nil {
//			return err // nothing before it was a partial total
//		}
//		fmt.Println(project.ProjectID, project.TotalVCPUsUsage)
//	}
//
// [Client.Projects] and [Client.GetProject] give totals, [Client.Servers] and [Client.ProjectServers] the rows
// behind them, [Client.GetSeries] both broken down over time, and [Client.RawPages] what Nova sends before any
// of it is put together. openstacksdk's compute.usages and compute.get_usage are Projects and GetProject.
//
// # What is complete
//
// Nova counts servers, not projects, into a page, so a project can be spread over pages and, with several
// cells, come back in any later one. Totals are summed over all of them before the first is yielded; rows come
// once each. All pages are asked for the same window: its end is moved back to five seconds before now, in whole
// seconds, because Nova cuts an end in the future down to a present that moves from page to page. Where the
// clock of the cloud is further behind than that, the walk starts again with the cloud's own time; where it
// cannot, the error is [gophermeter.ErrWindowDrift].
//
// Paging needs microversion 2.40 (Ocata, 2017). An older Nova silently cuts its answer off at max_limit, so its
// rows are counted: from 1000 on the error is [gophermeter.ErrTruncated]. An operator who set max_limit lower
// on such a release cannot be seen.
//
// A server that is purged from the database while it serves as marker does not end a walk with rows: the page
// before it is read again and known rows are dropped. A walk for totals starts again once.
//
// # What is counted
//
// Hours run from launch to deletion, whatever the server does in between: a stopped, paused or shelved server
// counts. They are multiplied with the flavor that the server has now; a resize changes the past too. Rescue,
// resize, rebuild and unshelve set the launch anew, so the time before them is gone. Servers that never
// started do not appear, and deleted ones only until the operator archives them
// (nova-manage db archive_deleted_rows): totals of an old month can shrink.
//
// Nova has no user, no price and no volume, and cannot tell an idle project from one that does not exist. What must
// be proved later has to be stored when it is read.
//
// A server that is in two cells, as in the middle of a resize across cells, is counted twice by Nova. The
// methods with rows drop the second one and its share of the totals; Projects cannot see it.
//
// # Who may ask
//
// Everything about all projects is for administrators. GetProject and ProjectServers are also for members and
// readers of that project. Anybody else gets [gophermeter.ErrForbidden].
package tenantusage
