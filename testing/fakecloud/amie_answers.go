package fakecloud

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// status says what became of the records that were processed between two times, resource by resource.
func (a *amie) status(r call) answer {
	from, to, why := amieTimes(r, "FromTime", "ToTime")
	if why != "" {
		return amieError(http.StatusBadRequest, why)
	}
	type of struct {
		loaded, failed int
		total          *big.Rat
		reasons        []string
		byReason       map[string][]any
	}
	resources := map[string]*of{}
	for _, record := range a.done {
		if record.Loaded.Before(from) || !to.IsZero() && record.Loaded.After(to) {
			continue
		}
		s := resources[record.Resource]
		if s == nil {
			s = &of{total: new(big.Rat), byReason: map[string][]any{}}
			resources[record.Resource] = s
		}
		if record.Error == "" {
			s.loaded++
			s.total.Add(s.total, record.charge)
			continue
		}
		s.failed++
		if s.byReason[record.Error] == nil {
			s.reasons = append(s.reasons, record.Error)
		}
		s.byReason[record.Error] = append(s.byReason[record.Error], record.wire())
	}
	out := []any{}
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		s := resources[name]
		out = append(out, object{
			{"Resource", name}, {"LoadedRecordCount", s.loaded}, {"FailedJobCount", s.failed}, {"TotalCharge", decimalText(s.total)},
			{"Errors", array(s.reasons, func(reason string) any {
				return object{{"Error", reason}, {"Records", s.byReason[reason]}}
			})},
		})
	}
	return amieAnswer(http.StatusOK, out)
}

func (a *amie) listFailed(call) answer {
	return amieAnswer(http.StatusOK, object{{"FailedRecords", array(a.failed, func(r *usageRecord) any {
		return r.wire(member{"Error", r.Error}, member{"FailedRecordID", int(r.id)})
	})}})
}

// clearFailed takes failures off the list; it is a 404 where none of them is on it.
func (a *amie) clearFailed(r call) answer {
	var ids []int64
	for text := range strings.SplitSeq(r.args["ids"], ",") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return amieError(http.StatusBadRequest, fmt.Sprintf("Invalid FailedRecordID %q", text))
		}
		ids = append(ids, id)
	}
	before := len(a.failed)
	a.failed = slices.DeleteFunc(a.failed, func(r *usageRecord) bool { return slices.Contains(ids, r.id) })
	if len(a.failed) == before {
		return amieError(http.StatusNotFound, "No such failed records")
	}
	return amieAnswer(http.StatusOK, object{{"Message", fmt.Sprintf("%d records cleared", before-len(a.failed))}})
}

// maxLoaded is the most records of one answer of usage/loaded.
const maxLoaded = 25_000

// listLoaded lists compute records only. What its parameters are called is not known.
func (a *amie) listLoaded(r call) answer {
	since, _, why := amieTimes(r, "MinLoadedTime", "")
	query := r.URL.Query()
	limit, offset := maxLoaded, 0
	for name, value := range map[string]*int{"Limit": &limit, "Offset": &offset} {
		if text := query.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				why = "Invalid " + name
			}
			*value = n
		}
	}
	if why != "" {
		return amieError(http.StatusBadRequest, why)
	}
	id := query.Get("LocalRecordID")
	rows := slices.DeleteFunc(slices.Clone(a.loaded), func(r *usageRecord) bool {
		return r.Kind != "Compute" || r.Loaded.Before(since) || id != "" && r.LocalRecordID != id
	})
	slices.SortStableFunc(rows, func(x, y *usageRecord) int { return cmp.Or(x.Loaded.Compare(y.Loaded), cmp.Compare(x.id, y.id)) })
	rows = rows[min(offset, len(rows)):]
	rows = rows[:min(limit, maxLoaded, len(rows))]
	return amieAnswer(http.StatusOK, object{{"LoadedRecords", array(rows, func(r *usageRecord) any {
		return object{
			{"AccountingDbRecordID", int(r.id)}, {"LocalRecordID", r.LocalRecordID}, {"Resource", r.Resource},
			{"SubmitTime", r.Time.Format(time.RFC3339Nano)}, {"LoadedTime", r.Loaded.Format(time.RFC3339Nano)}, {"Charge", r.Charge},
		}
	})}})
}

// amieTimes reads two optional times out of the query.
func amieTimes(r call, from, to string) (begin, end time.Time, why string) {
	for name, at := range map[string]*time.Time{from: &begin, to: &end} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t, err = time.Parse(time.DateOnly, text)
		}
		if err != nil {
			why = "Invalid " + name
		}
		*at = t
	}
	return begin, end, why
}
