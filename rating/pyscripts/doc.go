// Package pyscripts is the client of CloudKitty's pyscripts module: Python programs that put prices on what was
// metered.
//
// CloudKitty's processors run the enabled scripts over every period, in the order in which its database gives them,
// with all rights of their process. A script gets the data of a period as a variable named data and leaves in it what
// it made of them. One that fails stops the rating of that project.
//
// Everything here is for administrators; others get [gophermeter.ErrForbidden].
package pyscripts
