// Package rating is the client of CloudKitty, OpenStack's rating service, in both versions of its API: what was
// metered, what it cost, by which rules, and what a thing would cost.
//
//	client, err := rating.New(conn)
//	if err != nil {
//		return err
//	}
//	var bills rating.Totals[string] // exact, by project
//	for frame, err := range client.Frames(rating.FrameOptions{Window: gophermeter.Month(2026, time.September)}).All(ctx) {
//		if err != nil {
//			return err
//		}
//		bills.Add(frame.ProjectID, frame.Price)
//	}
//
// Its rules are in the packages of their modules, [github.com/gophermeter/gophermeter/rating/hashmap] and
// [github.com/gophermeter/gophermeter/rating/pyscripts].
//
// # Which call
//
// [Client.Frames] reads every rated point from either version: bills, exports and totals begin there. Where sums are
// enough, version 2 computes them ([Client.Summary]), and version 1 rounds them ([Client.ReportSummaries]). What a
// thing would cost tells [Client.GetQuote], and what a cloud can do [Client.GetCapabilities].
//
// Version 1 is on every cloud, and has what version 2 has not: quotes, rules, metrics and modules. Version 2 is there
// where the storage of CloudKitty is of version 2, the default since release 9.0 (2019), and has pages, groups and
// filters of any attribute, scopes and reprocessing. The methods of both that do the same are told apart by their
// comments.
//
// # Money
//
// Every amount is a decimal.Decimal with exactly the digits that the service wrote, in whichever form: text, number
// or 1e-05. What is sent goes as a text, because the service reads a JSON number as the nearest binary fraction. Sum
// first and round once, at the end. Amounts are in the operator's currency, which the service does not know, and the
// price of a rule is one for a rating period, mostly an hour.
//
// What the service itself loses does not come back:
//
//	storage of version 1       a price is a single-precision number, of which six digits are read back
//	storage of version 2       prices and quantities are double-precision numbers: 15 to 17 digits
//	report summaries           rounded to 5 decimals, as a double-precision number
//	report total               a sum of double-precision numbers: 0.30000000000000004
//	hashmap costs and quotes   exact: 28 decimals, 8 until release 13
//
// # Windows and time
//
// A window is half open, and always sent: what the service takes without one is the current month, in UTC or in the
// zone of its machine. Times that come back are UTC.
//
// # When a month is complete
//
// CloudKitty rates project by project, some time after a period has ended, and [Scope].LastProcessed is the start of the
// last period that it has rated: a month is ready once that and one period have passed its end for every active scope
// ([Client.Scopes]). What is measured later, or priced anew, is on the bill only after the window is rated again
// ([Client.CreateReprocess], [Client.WaitReprocess], [Client.ResetScopes]). What no rule matches costs nothing, and
// nothing tells.
//
// # Who may ask
//
// Members see what their project costs, administrators all; rules, modules, collectors, scopes and reprocessing are
// for administrators. Two things are not as they seem. An administrator who names no project is asking version 1 for
// a report on that of the token, and not on all. And a token without a project gets the report of all projects from
// CloudKitty 17, whoever has it.
//
// # What is refused, and what is an error
//
// Refused before anything is sent, as [gophermeter.ErrInvalidArgument], is what the service would answer with a 500 or
// with something else than was asked: empty ids, a list of rules without a parent, more digits than are stored, a
// window that ends before it starts. A flag that is false is left out, for the service takes any text for true. What a
// release does not know yet is [gophermeter.ErrUnsupported]. Everything else comes back in the service's own words.
//
// An answer that is, or may be, cut off by the service is [gophermeter.ErrTruncated].
package rating
