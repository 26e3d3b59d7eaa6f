// Package hashmap is the client of CloudKitty's hashmap module: the rules that put prices on what was metered.
//
//	client, err := hashmap.New(conn) // errors left out
//	service, err := client.FindService(ctx, "instance")
//	field, err := client.FindField(ctx, service.ID, "flavor_name")
//	mapping, err := client.CreateMapping(ctx, hashmap.MappingCreate{FieldID: field.ID, Value: "m1.small", Cost: cost})
//
// # The rules
//
// A [Service] is a metric that has prices, a [Field] one of its attributes. A [Mapping] says what a unit of the service
// costs, or a unit of what has a certain value in the field. A [Threshold] is for quantities from a level on. A price
// is one for a rating period: where that is ten minutes, a server of 0.60 an hour costs 0.10.
//
// Rules can be in a [Group]. In each group, and among those in none, the price of a point is computed so, and the
// prices of the groups are added:
//
//	(highest flat mapping that matches + flat threshold of a field) × all rates that match × quantity + flat threshold of a service
//
// A rule of a project takes the place of the one for all with the same value, or level, in the same group. Of several
// mappings in one group for the same value, or for a service as a whole, only one counts, and the service does not say
// which.
//
// A value that no mapping matches costs nothing, and nothing tells: a new flavor is free until it has a rule. A flat
// cost below zero never counts.
//
// # What is exact
//
// Lists come whole, and costs and levels with every digit that the service has: up to 28 behind the point of a cost, 8
// until release 13. More than can be stored is refused before it is sent, and so is a list of rules without what it is
// of. Costs are sent as text, for the service reads a number as the nearest binary fraction.
//
// # Dates
//
// From release 23.0 (2025.2) on mappings have a start and an end, and cannot be changed once they hold: see
// [Client.ChangePrice]. On the wire their dates are in the time zone of the service's machines, which it does not
// name: [WithLocation] must be right, or they are hours off. On older releases a rule is changed in place, for periods
// that are rated again too.
//
// # Who may ask
//
// Everything here is for administrators; others get [gophermeter.ErrForbidden].
package hashmap
