// Package pyscripts is the client of CloudKitty's pyscripts module: Python programs that put prices on what was
// metered.
//
//	client, err := pyscripts.New(conn) // errors left out
//	script, err := client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "discounts", Data: program})
//	for script, err := range client.Scripts(pyscripts.ScriptOptions{NoData: true}).All(ctx) {
//		fmt.Println(script.Name, script.Checksum == pyscripts.Checksum(program))
//	}
//
// # What runs
//
// CloudKitty's processors run the scripts over every period, in the order in which its database gives them, with all
// rights of their process, as long as the module is enabled (rating.Client.UpdateModule). A script gets the data of a
// period as a variable named data and leaves in it what it made of them. One that fails stops the rating of that project,
// and the service does not look whether a text is a program: try it elsewhere first.
//
// # Dates
//
// From release 23.0 (2025.2) on scripts have a start and an end, and cannot be changed once they run. On the wire their
// dates are in the time zone of the service's machines, which it does not name: [WithLocation] must be right, or they are
// hours off. On older releases a script is changed in place.
//
// # Who may ask
//
// Everything here is for administrators; others get [gophermeter.ErrForbidden].
package pyscripts
