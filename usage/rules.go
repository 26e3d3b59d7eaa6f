package usage

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Rules are what records are held to before they are sent. The zero Rules are those of the service as far as it
// documents any, and of good sense where it does not.
type Rules struct {
	// AllowNegative lets charges be below zero. Nobody is known to send them: a compute charge is taken back by
	// sending the record again with 0, and an adjustment's direction is in its type.
	AllowNegative bool
	// Decimals is the most digits that a charge may have behind the point, trailing zeros aside; 0 is 6, which is
	// what sites send, and a negative number is no limit. A charge is never rounded here, for nobody would know.
	Decimals int
	// Skew is how far behind this machine's clock the resource's may be: a record must not end later than now and
	// Skew. 0 is 5 minutes, and a negative duration is no limit.
	Skew time.Duration
}

const (
	defaultDecimals = 6
	defaultSkew     = 5 * time.Minute
	maxUsername     = 30 // AMIE's system_accounts.username
)

// checker gathers the problems of one record.
type checker struct {
	FieldErrors
	rules Rules
	now   time.Time
}

func newChecker(rules Rules) checker {
	if rules.Decimals == 0 {
		rules.Decimals = defaultDecimals
	}
	if rules.Skew == 0 {
		rules.Skew = defaultSkew
	}
	return checker{rules: rules, now: time.Now()}
}

func (c *checker) add(field, format string, args ...any) {
	c.FieldErrors = append(c.FieldErrors, &FieldError{Index: -1, Field: field, Problem: fmt.Sprintf(format, args...)})
}

// required holds a text to be there and to be one.
func (c *checker) required(field, value string) {
	if strings.TrimSpace(value) == "" {
		c.add(field, "is empty")
	}
	c.optional(field, value)
}

// optional refuses what would be mangled on the way, or obeyed by a terminal at the other end.
func (c *checker) optional(field, value string) {
	switch {
	case printable(value):
	case !utf8.ValidString(value):
		c.add(field, "is not UTF-8: %q", value)
	case strings.ContainsFunc(value, unicode.IsControl):
		c.add(field, "has a control character: %q", value)
	}
}

func printable(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func (c *checker) username(value string) {
	c.required("Username", value)
	if len(value) > maxUsername && utf8.RuneCountInString(value) > maxUsername {
		c.add("Username", "has %d characters, more than AMIE's %d", utf8.RuneCountInString(value), maxUsername)
	}
}

func (c *checker) charge(d decimal.Decimal) {
	exp := d.Exponent()
	if exp < -maxExponent || exp > maxExponent {
		c.add("Charge", "has an exponent beyond %d", maxExponent)
		return
	}
	if d.Sign() < 0 && !c.rules.AllowNegative {
		c.add("Charge", "is negative: %s", d)
	}
	if most := c.rules.Decimals; most >= 0 && int(-exp) > most && !d.Equal(d.Truncate(int32(min(most, maxExponent)))) {
		c.add("Charge", "has more than %d decimals, and is not rounded here: %s", most, d)
	}
}

// instant holds a time to be there; ends also to not lie in the future.
func (c *checker) instant(field string, t time.Time, ends bool) {
	switch year := t.UTC().Year(); {
	case t.IsZero():
		c.add(field, "is the zero time")
	case year < 0 || year > 9999:
		c.add(field, "is in the year %d, which JSON cannot say", year)
	case ends && c.rules.Skew >= 0 && t.After(c.now.Add(c.rules.Skew)):
		c.add(field, "is in the future: %s", t.UTC().Format(time.RFC3339))
	}
}

// counters refuses those below zero.
func (c *checker) counter(field string, n *int64) {
	if n != nil && *n < 0 {
		c.add(field, "is negative: %d", *n)
	}
}

// extra refuses what the encoder would: a field that is there already, or that is no JSON.
func (c *checker) extra(field string, fields []Field, known []string) {
	if len(fields) == 0 {
		return
	}
	e := encoder{}
	e.extra(fields, known)
	if e.err != nil {
		c.add(field, "%s", strings.TrimPrefix(e.err.Error(), "Extra "))
	}
}

// Validate finds what the service would refuse or misunderstand; the error is [FieldErrors].
func (r ComputeRecord) Validate(rules Rules) error {
	c := newChecker(rules)
	c.username(r.Username)
	c.required("LocalProjectID", r.LocalProjectID)
	c.required("LocalRecordID", r.LocalRecordID)
	c.required("Resource", r.Resource)
	c.instant("SubmitTime", r.SubmitTime, false)
	c.instant("StartTime", r.StartTime, false)
	c.instant("EndTime", r.EndTime, true)
	if r.StartTime.Before(r.SubmitTime) && !r.StartTime.IsZero() {
		c.add("StartTime", "is before SubmitTime")
	}
	if r.EndTime.Before(r.StartTime) && !r.EndTime.IsZero() {
		c.add("EndTime", "is before StartTime")
	}
	c.charge(r.Charge)
	if r.NodeCount < 1 {
		c.add("Attributes.NodeCount", "is %d, and must be at least 1", r.NodeCount)
	}
	c.counter("Attributes.CpuCoreCount", &r.CPUCoreCount)
	c.optional("Attributes.JobName", r.JobName)
	c.counter("Attributes.Memory", &r.Memory)
	c.optional("Attributes.Queue", r.Queue)
	c.optional("ParentRecordID", r.ParentRecordID)
	c.optional("LocalReference", r.LocalReference)
	c.extra("Attributes", r.ExtraAttributes, computeAttributes)
	c.extra("", r.Extra, computeFields)
	return c.orNil()
}

// Validate finds what the service would refuse or misunderstand; the error is [FieldErrors].
func (r StorageRecord) Validate(rules Rules) error {
	c := newChecker(rules)
	c.username(r.Username)
	c.required("LocalProjectID", r.LocalProjectID)
	c.required("LocalRecordID", r.LocalRecordID)
	c.required("Resource", r.Resource)
	c.instant("CollectionTime", r.CollectionTime, true)
	c.charge(r.Charge)
	c.counter("Attributes.BytesRead", r.BytesRead)
	c.counter("Attributes.BytesStored", r.BytesStored)
	c.counter("Attributes.BytesWritten", r.BytesWritten)
	c.counter("Attributes.CollectionInterval", r.CollectionInterval)
	c.counter("Attributes.FileCount", r.FileCount)
	c.counter("Attributes.FilesRead", r.FilesRead)
	c.counter("Attributes.FilesWritten", r.FilesWritten)
	c.optional("Attributes.MediaType", r.MediaType)
	c.counter("Attributes.SystemCopies", r.SystemCopies)
	c.counter("Attributes.UserCopies", r.UserCopies)
	c.optional("LocalReference", r.LocalReference)
	c.extra("Attributes", r.ExtraAttributes, storageAttributes)
	c.extra("", r.Extra, storageFields)
	return c.orNil()
}

// Validate finds what the service would refuse or misunderstand; the error is [FieldErrors].
func (r AdjustmentRecord) Validate(rules Rules) error {
	c := newChecker(rules)
	if !slices.Contains(adjustmentTypes, r.AdjustmentType) {
		c.add("AdjustmentType", "is %q, none of %q", r.AdjustmentType, adjustmentTypes)
	}
	c.charge(r.Charge)
	c.instant("StartTime", r.StartTime, false)
	c.required("LocalProjectID", r.LocalProjectID)
	c.required("LocalRecordID", r.LocalRecordID)
	c.required("Resource", r.Resource)
	c.username(r.Username)
	c.optional("Comment", r.Comment)
	c.optional("LocalReference", r.LocalReference)
	c.extra("", r.Extra, adjustmentFields)
	return c.orNil()
}
