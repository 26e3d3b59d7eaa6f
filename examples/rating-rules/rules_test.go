package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// cloudOf makes a cloud that -cloud finds as fakecloud.
func cloudOf(t *testing.T, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OS_CLIENT_CONFIG_FILE", file)
	t.Setenv("OS_CLOUD", "fakecloud")
	return cloud
}

// run wants a status, and what the output and the errors look like.
func run(t *testing.T, args string, status int, stdout, stderr string) {
	t.Helper()
	var out, err strings.Builder
	got := program.Run(t.Context(), strings.Fields(args), &out, &err)
	if got != status || !regexp.MustCompile(stdout).MatchString(out.String()) || !regexp.MustCompile(stderr).MatchString(err.String()) {
		t.Errorf("%s: status %d, stdout %q, stderr %q", args, got, out.String(), err.String())
	}
}

const small = " -service instance -field flavor_name -value m1.small"

// From 23.0 on a price that has held is not changed: it ends, and another begins.
func TestDatedPrices(t *testing.T) {
	cloudOf(t, fakecloud.WithRatingRelease(fakecloud.RatingCurrent), fakecloud.WithClock(time.Now))
	run(t, "set -cost 0.0125 -from 2131-01-01"+small, 0,
		`^Done:
  price of instance flavor_name=m1.small in the group servers: flat 0.0116 becomes flat 0.0125
It counts from 2131-01-01 00:00:00 UTC on: until then CloudKitty quotes as before.

Of instance, in one rating period:

Resource +Now
-+  -+
flavor_name=m1.small x1  0.0116
$`, "^$")
	run(t, "card", 0, `(?m)^instance +flavor_name  m1.small +flat +0.0116  servers +20..-..-01 00:00:00 UTC  2131-01-01 00:00:00 UTC
(.*\n)*instance +flavor_name  m1.small +flat +0.0125  servers +2131-01-01 00:00:00 UTC$`, "^$")
	run(t, "set -cost 1"+small, 1, "^$",
		`^rating-rules: ambiguous: instance flavor_name=m1.small has 2 prices .*: \S+ of 0.0116 until 2131-01-01 00:00:00 UTC, \S+ of 0.0125; say `)

	// What has held ends, and what has not is removed.
	const large = " -service instance -field flavor_name -value m1.large"
	run(t, "remove -prune"+large, 0, `^Done:
  price of .*m1.large in the group servers: flat 0.0928 ends at .* UTC
It counts from .* UTC on: until then CloudKitty quotes as before.
`, "^rating-rules: nothing is pruned: the price has held, and stays for periods that are rated again\n$")
	run(t, "set -from 2131-06-01 -service gadget -cost 3", 0, "^Done:\n  new service gadget\n  new price of gadget: flat 3\nIt counts from 2131-06-01 00:00:00 UTC on", "gadget")
	run(t, "remove -prune -service gadget", 0, "flat 3 is removed\n  service gadget is removed\n", "^rating-rules: the change does not show in what was quoted\n$")
	run(t, "remove -erase -service volume.size", 0, "^Done:\n  price of volume.size: flat 0.000136986301 is removed\n", "^$")
	run(t, "set -type flat -cost 3 -service volume.size -field volume_type -value nvme", 1, "^$", "^rating-rules: unsupported: CloudKitty 23.0 and later change no type")
	run(t, "set -type flat -cost 3 -from 2131-01-01 -service volume.size -field volume_type -value nvme", 2, "^$", "^rating-rules: -from does not go with another -type")
}

// What has ended is not on the card, unless it is asked for.
func TestEndedPrices(t *testing.T) {
	behind := func() time.Time { return time.Now().Add(-time.Hour) } // so that the end is in its future
	cloudOf(t, fakecloud.WithRatingRelease(fakecloud.RatingCurrent), fakecloud.WithClock(behind))
	run(t, "set -cost 0.0125 -from "+time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)+small, 0, "^Done:", "^$")
	run(t, "card -service instance", 0, `(?m)^instance +flavor_name  m1.small +flat +0.0125 .* UTC$`, "^$")
	run(t, "card -service instance -ended", 0, `(?m)^instance +flavor_name  m1.small +flat +0.0116 .* UTC  .* UTC$`, "^$")
	run(t, "set -cost 0.0125"+small, 0, "^Nothing is to be changed: instance flavor_name=m1.small is flat 0.0125 already\n$", "^$")
}

// Prices of a module that does not run count for nothing.
func TestModuleIsOff(t *testing.T) {
	cloud := cloudOf(t)
	cloud.SetRatingModule("hashmap", false, 1)
	const notice = "^rating-rules: the module hashmap is not enabled: CloudKitty charges none of its prices, and quotes know none\n$"
	run(t, "card", 0, "m1.small", notice)
	run(t, "set -cost 1"+small, 0, "becomes flat 1\n(.*\n)*flavor_name=m1.small x1 +0 +0 +0\n$", strings.TrimSuffix(notice, "$")+"rating-rules: the change does not show in what was quoted\n$")
}

// A price is removed by its id, and two of one thing can only be so.
func TestRemoveByID(t *testing.T) {
	cloudOf(t)
	var out, stderr strings.Builder
	program.Run(t.Context(), strings.Fields("card -service volume.size -format json"), &out, &stderr)
	ids := regexp.MustCompile(`"id": "(.*?)"`).FindAllStringSubmatch(out.String(), -1)
	if len(ids) != 2 {
		t.Fatalf("%s%s", &out, &stderr)
	}
	run(t, "remove -dry-run "+ids[0][1], 0, "^Would be done:\n  price of volume.size: flat 0.000136986301 is removed\n", "^$")
	run(t, "remove -prune "+ids[1][1], 0, "^Done:\n  price of volume.size volume_type=nvme: rate 1.5 is removed\n  field volume_type is removed\n", "^$")
	run(t, "remove -quote x1000 "+ids[0][1], 0, "x1000 +0.136986301 +0 +-0.136986301\n$", "^$")
}

// A failure half way tells what was done before it.
func TestFailsHalfWay(t *testing.T) {
	cloud := cloudOf(t)
	cloud.Inject(fakecloud.Fault{Method: "POST", PathContains: "/mappings", Status: 503})
	run(t, "set -service gadget -field colour -value red -cost 1 -group odd", 1, "^$",
		`^rating-rules: .*a price for it counts for nothing\nrating-rules: hashmap.CreateMapping: POST .*: 503 Service Unavailable.* \(done before that: new service gadget, new field colour, new group odd\)\n$`)
	cloud.Inject(fakecloud.Fault{Method: "POST", PathContains: "/quote", Status: 400, Skip: 1})
	run(t, "set -cost 1"+small, 1, "^$", `^rating-rules: rating.GetQuote: POST .*: 400 Bad Request.* \(done before that: price of .*: flat 0.0116 becomes flat 1\)\n$`)
}

// CloudKitty before 14 keeps 8 decimals: a price that it rounds is not the one that was asked for.
func TestRoundedPrice(t *testing.T) {
	cloud := cloudOf(t)
	cloud.Inject(fakecloud.Fault{Method: "POST", PathContains: "/mappings", Body: `{"mapping_id": "7d1d5d4c-6d1c-4b0a-9df0-52d1c5a9a001",
		"value": "m9", "type": "flat", "cost": "0.12345679", "field_id": "x", "service_id": null, "group_id": null, "tenant_id": null}`})
	run(t, "set -service instance -field flavor_name -value m9 -no-group -cost 0.123456789", 1, "^$",
		`rating-rules: CloudKitty stored 0.12345679 where -cost 0.123456789 was sent: the price 7d1d5d4c-\S+ is not what was meant\n$`)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputFails(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"card", "card -format json", "quote -service instance", "set -cost 1" + small, "remove" + small} {
		var stderr strings.Builder
		status := program.Run(t.Context(), strings.Fields(args), broken{}, &stderr)
		if status != 1 || !strings.HasSuffix(stderr.String(), "\nrating-rules: no space left on device\n") {
			t.Errorf("%s: status %d, stderr %q", args, status, &stderr)
		}
	}
}
