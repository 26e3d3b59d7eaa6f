// Package apicheck is the project's own examiner: tests, and nothing else, that hold the tree to its rules.
//
//	surface      the exported surface of every public package is the one in testdata/api (-update writes it)
//	docs         every exported identifier has a comment that says more than its name
//	operations   operations.txt, the services' HTTP operations, matches the "API:" lines of each package both ways
//	sent         each operation was sent by a test of its package, and the fake cloud knew it (make apicheck)
//	seednames    every name of the documents that the project follows has a Go symbol
//	imports      packages import along the arrows of the layout, and dependencies stay where they belong
//	foreign      no file mentions a place outside the repository
//	documents    of the Markdown files, the commands are run by a check, the Go compiles (that of docs/testing.md is run as
//	             Examples), and links and names of ours lead somewhere; so do the names in brackets of comments
//
// It reads source with go/parser only, so a package that does not compile yet is told by name and hides no
// finding about another.
package apicheck
