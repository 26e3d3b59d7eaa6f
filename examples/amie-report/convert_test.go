package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// A row is one slice, active from its launch to its end or that of the days, whatever its state is now.
func TestSliceOf(t *testing.T) {
	t.Parallel()
	ended := hourOf(7)
	for state, end := range map[tenantusage.State]*time.Time{tenantusage.StateStopped: nil, tenantusage.StateTerminated: &ended} {
		row := tenantusage.ServerUsage{InstanceID: "vm", Name: "web", ProjectID: "p", Flavor: "m1.tiny", VCPUs: 3, State: state,
			Hours: 5, StartedAt: hourOf(-30), EndedAt: end, MemoryMB: 512}
		want := bridge.Slice{Instance: "vm", Name: "web", Project: "p", User: "u", Flavor: "m1.tiny", State: "active", VCPUs: 3,
			From: hourOf(-30), To: hourOf(24)}
		if end != nil {
			want.To = ended
		}
		if got := sliceOf(&row, "u", hourOf(24)); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestVolumeOf(t *testing.T) {
	t.Parallel()
	frame := rating.Frame{
		ProjectID: "p", Metric: "volume.size", Period: gophermeter.Window{Start: hourOf(3), End: hourOf(4)},
		Quantity: decimal.RequireFromString("12.5"), Price: decimal.RequireFromString("0.0000001"),
		Attributes: rating.Attributes{{Name: "id", Value: "vol"}, {Name: "user_id", Value: "u"}, {Name: "volume_type", Value: "ssd"}},
	}
	for _, unit := range []string{"", "GiB"} {
		frame.Unit = unit
		got, err := volumeOf(&frame)
		if err != nil || got.ID != "vol" || got.Project != "p" || got.User != "u" || got.Metric != "volume.size" || got.Type != "ssd" ||
			got.GiB.String() != "12.5" || got.Price.String() != "0.0000001" || got.From != hourOf(3) || got.To != hourOf(4) {
			t.Errorf("%q: got %+v, %v", unit, got, err)
		}
	}
	frame.Unit = "MB"
	if _, err := volumeOf(&frame); err == nil || err.Error() != "volume.size is rated in MB, and storage is reported by the GiB" {
		t.Errorf("got %v", err)
	}
	frame.Unit = ""
	for _, odd := range []gophermeter.Window{
		{Start: hourOf(3).Add(time.Minute), End: hourOf(4).Add(time.Minute)}, {Start: hourOf(0), End: hourOf(5)},
		{Start: hourOf(0), End: hourOf(48)}, {Start: hourOf(3), End: hourOf(3)},
	} {
		frame.Period = odd
		if _, err := volumeOf(&frame); err == nil || !strings.Contains(err.Error(), "days are not made of such periods") {
			t.Errorf("%v: got %v", odd, err)
		}
	}
	frame.Period = gophermeter.Window{Start: hourOf(0), End: hourOf(24)}
	if _, err := volumeOf(&frame); err != nil {
		t.Error(err)
	}
}

func TestOneInstanceHasOneUser(t *testing.T) {
	t.Parallel()
	r := reader{users: map[string]string{}}
	for _, user := range []string{"", "ann", "", "ann"} {
		if err := r.owned("vm", user); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.owned("vm", "bob"); r.users["vm"] != "ann" || err == nil || !strings.Contains(err.Error(), "both users ann and bob") {
		t.Errorf("%v, %v", r.users, err)
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	now := hourOf(24).Add(time.Minute)
	w, err := (&dayFlags{}).window(now)
	if err != nil || w.String() != "2026-09-15T00:00:00Z/2026-09-16T00:00:00Z" {
		t.Errorf("the last day is %s, %v", w, err)
	}
	w, err = (&dayFlags{}).window(now.Add(-time.Minute - time.Nanosecond).In(time.FixedZone("", 7200)))
	if err != nil || w.Start.Day() != 14 {
		t.Errorf("the last day is %s, %v", w, err)
	}
	if _, err := (&dayFlags{first: hourOf(0), end: hourOf(24)}).window(now); err != nil {
		t.Error(err)
	}
	if _, err := (&dayFlags{first: hourOf(0), end: hourOf(24)}).window(hourOf(24).Add(-time.Nanosecond)); err == nil {
		t.Error("the day was not over")
	}
	if all := eachDay(gophermeter.Window{Start: hourOf(0), End: hourOf(72)}); len(all) != 3 || !all[2].Equal(hourOf(48)) {
		t.Errorf("got %v", all)
	}
}
