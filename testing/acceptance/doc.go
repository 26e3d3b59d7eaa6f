// Package acceptance tests the SDK on the cloud that OS_CLOUD names, with the build tag of its name. The
// cloud of cloud/up is a real one whose truth is known; where another is named, what needs the truth is
// skipped.
package acceptance
