package bridge

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"
)

// decimals of a charge. It is rounded once, half away from zero, when all that belongs to it has been added up.
const decimals = 6

const aDay = 24 * time.Hour

var (
	secondsAnHour = decimal.NewFromInt(3600)
	secondsADay   = decimal.NewFromInt(24 * 3600)
	bytesOfGiB    = decimal.NewFromInt(1 << 30)
)

// How many digits numbers may have before and behind the point: those of a price list, and those that were measured,
// which may be any float of 64 bits. Calculating with 1e999999999 takes gigabytes.
const (
	longestRate    = 18
	longestMeasure = 400
)

func sane(d decimal.Decimal, longest int32) bool {
	return d.Exponent() >= -longest && d.Exponent() <= longest && d.NumDigits() <= int(2*longest)
}

// nanoseconds between two times, however far apart they are.
func nanoseconds(from, to time.Time) *big.Int {
	n := big.NewInt(to.Unix() - from.Unix())
	return n.Mul(n, big.NewInt(1e9)).Add(n, big.NewInt(int64(to.Nanosecond()-from.Nanosecond())))
}
