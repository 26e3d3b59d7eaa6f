// Package downstream_test tests what users build on the SDK, as they would test it: each library once on the mocked transport of
// package mockcloud and once on the cloud of package fakecloud.
package downstream_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
