package bridge_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/usage"
)

// drawSlices are slices of a few instances, good and bad, that may reach over the day and overlap.
func drawSlices(t *rapid.T) []bridge.Slice {
	edge := rapid.Custom(func(t *rapid.T) time.Time {
		return day.Add(time.Duration(rapid.Int64Range(-int64(30*time.Hour), int64(54*time.Hour)).Draw(t, "at")))
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bridge.Slice {
		return bridge.Slice{
			Instance: rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", ""}).Draw(t, "instance"),
			Project:  rapid.SampledFrom([]string{projectABC, projectABC, projectABC, projectXYZ, projectOut, "f00"}).Draw(t, "project"),
			User:     rapid.SampledFrom([]string{userAlice, userAlice, "", userHeat, "u"}).Draw(t, "user"),
			Flavor:   rapid.SampledFrom([]string{"m3.quad", "m3.quad", "g3.small", "r3.large", "x1", "c1.large"}).Draw(t, "flavor"),
			State:    rapid.SampledFrom([]string{"active", "active", "stopped", "shelved", "paused"}).Draw(t, "state"),
			VCPUs:    rapid.Int64Range(-1, 128).Draw(t, "vcpus"),
			From:     edge.Draw(t, "from"), To: edge.Draw(t, "to"),
		}
	}), 0, 12).Draw(t, "slices")
}

// life is what one instance did, without gaps: nothing of it is a problem.
func drawLife(t *rapid.T) (all []bridge.Slice) {
	at := day.Add(time.Duration(rapid.Int64Range(-int64(30*time.Hour), int64(20*time.Hour)).Draw(t, "begin")))
	for range rapid.IntRange(1, 6).Draw(t, "slices") {
		s := slice(0, 0)
		s.Flavor = rapid.SampledFrom([]string{"m3.quad", "g3.small", "r3.large"}).Draw(t, "flavor")
		s.State = rapid.SampledFrom([]string{"active", "stopped", "suspended", "shelved"}).Draw(t, "state")
		s.VCPUs = rapid.Int64Range(1, 300).Draw(t, "vcpus")
		s.From, s.To = at, at.Add(time.Duration(rapid.Int64Range(1, int64(20*time.Hour)).Draw(t, "lasts")))
		at = s.To.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "gap")))
		all = append(all, s)
	}
	return all
}

// input is the vCPU-nanoseconds of slices within the day, by another way than the bridge's.
func input(all []bridge.Slice) *big.Int {
	sum := new(big.Int)
	for _, s := range all {
		from, to := max(0, s.From.Sub(day)), min(24*time.Hour, s.To.Sub(day))
		if from < to && s.VCPUs > 0 {
			sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(to-from)), big.NewInt(s.VCPUs)))
		}
	}
	return sum
}

func nano(d decimal.Decimal) *big.Int { return d.Shift(9).BigInt() }

// What is in records, in problems and excluded is what was handed in, to the nanosecond.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	c := config(t)
	rapid.Check(t, func(t *rapid.T) {
		all := drawSlices(t)
		d, err := bridge.Compute(c, day, all)
		if err != nil {
			t.Fatal(err)
		}
		sum, lines := d.Excluded, decimal.Zero
		for _, p := range d.Problems {
			sum = sum.Add(p.VCPUSeconds)
		}
		for _, l := range d.Lines {
			lines = lines.Add(l.VCPUSeconds)
			if err := l.Record.Validate(usage.Rules{}); err != nil {
				t.Fatal(err)
			}
		}
		if want := input(all); nano(sum.Add(lines)).Cmp(want) != 0 || nano(d.Total).Cmp(want) != 0 || !lines.Equal(d.Reported) {
			t.Fatalf("%d in, %s in records, %s in all", want, lines, sum.Add(lines))
		}
		if err := usage.MessageOf(d.Records()...).Validate(usage.Rules{}); err != nil {
			t.Fatal(err)
		}
	})
}

// Where a slice is cut makes no difference, and neither does the order.
func TestCutsAndOrderMakeNoDifference(t *testing.T) {
	t.Parallel()
	c := config(t)
	rapid.Check(t, func(t *rapid.T) {
		whole := drawLife(t)
		var cut []bridge.Slice
		for _, s := range whole {
			at := s.From.Add(time.Duration(rapid.Int64Range(0, int64(s.To.Sub(s.From))).Draw(t, "cut")))
			first, second := s, s
			first.To, second.From = at, at
			cut = append(cut, first, second)
		}
		shuffle(t, cut)
		same(t, must(t, c, day, whole), must(t, c, day, cut))
		shuffled := drawSlices(t)
		before := must(t, c, day, shuffled)
		shuffle(t, shuffled)
		same(t, before, must(t, c, day, shuffled))
	})
}

// Charges of the days that a life touches are those of the life, where nothing had to be rounded: 3.6 ms are a
// millionth of an hour.
func TestDaysAddUp(t *testing.T) {
	t.Parallel()
	c := config(t)
	for i := range c.Compute {
		c.Compute[i].Rate = decimal.NewFromInt(int64(i + 1))
	}
	c.States = map[string]decimal.Decimal{"*": decimal.NewFromInt(1)}
	rapid.Check(t, func(t *rapid.T) {
		life := drawLife(t)
		want := decimal.Zero
		for i := range life {
			s := &life[i]
			s.From, s.To = s.From.Truncate(36*time.Millisecond), s.To.Truncate(36*time.Millisecond)
			rate := map[string]int64{"m3.quad": 1, "g3.small": 2, "r3.large": 3}[s.Flavor]
			want = want.Add(decimal.New(int64(s.To.Sub(s.From)/(3600*time.Microsecond))*s.VCPUs*rate, -6))
		}
		got := decimal.Zero
		for n := -3; n < 9; n++ {
			for _, r := range must(t, c, day.AddDate(0, 0, n), life).Records() {
				got = got.Add(r.Charge)
			}
		}
		if !got.Equal(want) {
			t.Fatalf("the days cost %s, and the life %s", got, want)
		}
	})
}

// The charge is the exact sum, rounded once.
func TestChargeIsExact(t *testing.T) {
	t.Parallel()
	c := config(t)
	rapid.Check(t, func(t *rapid.T) {
		for i := range c.Compute {
			c.Compute[i].Rate = decimal.New(rapid.Int64Range(1, 1e9).Draw(t, "rate"), -7)
		}
		life := drawLife(t)
		want := map[string]*big.Rat{}
		for _, s := range life {
			for _, r := range c.Compute {
				if r.Flavors[0][:2] != s.Flavor[:2] {
					continue
				}
				sum := new(big.Rat).SetFrac(input([]bridge.Slice{s}), big.NewInt(int64(time.Hour)))
				if sum.Sign() == 0 {
					continue
				}
				sum.Mul(sum, r.Rate.Rat()).Mul(sum, c.States[s.State].Rat())
				if want[r.Resource] != nil {
					sum.Add(sum, want[r.Resource])
				}
				want[r.Resource] = sum
			}
		}
		got := map[string]string{}
		for _, r := range must(t, c, day, life).Records() {
			got[r.Resource] = r.Charge.StringFixed(6)
		}
		for resource, sum := range want {
			if got[resource] != sum.FloatString(6) {
				t.Fatalf("%s costs %s, want %s", resource, got[resource], sum.FloatString(6))
			}
		}
		if len(got) != len(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func must(t *rapid.T, c bridge.Config, day time.Time, all []bridge.Slice) bridge.ComputeDay {
	t.Helper()
	d, err := bridge.Compute(c, day, all)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(t *rapid.T, a, b bridge.ComputeDay) {
	t.Helper()
	text := func(d bridge.ComputeDay) string {
		var all []string
		for _, r := range d.Records() {
			json, err := r.AppendJSON(nil)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(json))
		}
		return fmt.Sprint(all, d.Problems, d.Total, d.Reported, d.Excluded)
	}
	if text(a) != text(b) {
		t.Fatalf("%s\n%s", text(a), text(b))
	}
}

func shuffle[T any](t *rapid.T, all []T) {
	seed := rapid.Uint64().Draw(t, "order")
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
}

// The same holds of volumes, and the mean of a day does not depend on how finely it was measured.
func TestLawsOfStorage(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.Storage[0].Charge = bridge.ByPrice
	rapid.Check(t, func(t *rapid.T) {
		var whole, cut []bridge.Volume
		in := new(big.Int)
		for n := range rapid.IntRange(0, 8).Draw(t, "volumes") {
			v := volume(0, 0)
			v.ID = fmt.Sprint("vol-", n)
			v.Project = rapid.SampledFrom([]string{projectABC, projectXYZ, projectOut, "f00"}).Draw(t, "project")
			v.User = rapid.SampledFrom([]string{userAlice, ""}).Draw(t, "user")
			v.Type = rapid.SampledFrom([]string{"ssd", "nvme", "hdd", "hdd", "tape"}).Draw(t, "type")
			size := rapid.Int64Range(1, 1e5).Draw(t, "GiB")
			v.GiB, v.Price = decimal.NewFromInt(size), decimal.New(rapid.Int64Range(0, 1e6).Draw(t, "price"), -3)
			begin := rapid.IntRange(-30, 30).Draw(t, "from")
			hours := rapid.IntRange(1, 30).Draw(t, "hours")
			v.From, v.To = hour(float64(begin)), hour(float64(begin+hours))
			whole = append(whole, v)
			for h := range hours {
				part := v
				part.From, part.To = hour(float64(begin+h)), hour(float64(begin+h+1))
				cut = append(cut, part)
			}
			whole[n].Price = v.Price.Mul(decimal.NewFromInt(int64(hours)))
			in.Add(in, big.NewInt(int64(max(0, min(24, begin+hours)-max(0, begin)))*int64(time.Hour)*size))
		}
		shuffle(t, cut)
		d, err := bridge.Storage(c, day, whole)
		if err != nil {
			t.Fatal(err)
		}
		again, err := bridge.Storage(c, day, cut)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := fmt.Sprint(texts(t, d), d.Problems), fmt.Sprint(texts(t, again), again.Problems); a != b {
			t.Fatalf("%s\n%s", a, b)
		}
		sum := d.Reported.Add(d.Excluded)
		for _, p := range d.Problems {
			sum = sum.Add(p.GiBSeconds)
		}
		if nano(sum).Cmp(in) != 0 || nano(d.Total).Cmp(in) != 0 {
			t.Fatalf("%d in, %s out", in, sum)
		}
	})
}

func texts(t *rapid.T, d bridge.StorageDay) (all []string) {
	for _, r := range d.Records() {
		if err := r.Validate(usage.Rules{}); err != nil {
			t.Fatal(err)
		}
		json, _ := r.AppendJSON(nil)
		all = append(all, string(json))
	}
	return slices.Clip(all)
}
