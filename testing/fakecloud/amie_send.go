package fakecloud

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
)

// send validates a message and queues what is valid.
func (a *amie) send(r call) answer {
	if len(r.body) > a.maxBody {
		return amieError(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	var message struct {
		UsageType string
		Records   []json.RawMessage
	}
	if err := json.Unmarshal(r.body, &message); err != nil {
		return amieError(http.StatusBadRequest, "The request is not JSON: "+err.Error())
	}
	switch {
	case needs[message.UsageType] == nil:
		return amieError(http.StatusBadRequest, fmt.Sprintf("Invalid UsageType %q", message.UsageType))
	case len(message.Records) == 0:
		return amieError(http.StatusBadRequest, "There are no Records")
	case len(message.Records) > a.maxRecords:
		return amieError(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	now := a.cloud.Now()
	refused := []any{}
	for _, raw := range message.Records {
		record, why := readUsage(message.UsageType, raw, now)
		if why != "" {
			refused = append(refused, record.wire(member{"Error", why}))
			continue
		}
		a.queue = append(a.queue, record)
	}
	if len(a.after) > 0 {
		status := a.after[0]
		a.after = a.after[1:]
		if status != 0 {
			return amieError(status, "the answer was lost")
		}
	}
	queued := len(message.Records) - len(refused)
	return amieAnswer(http.StatusOK, object{
		{"Message", fmt.Sprintf("%d records have been queued for loading.", queued)},
		{a.failedKey, refused},
	})
}

// load processes what has waited long enough. A compute or storage record takes the place of an earlier one with its key; an
// adjustment counts each time that it comes.
func (a *amie) load() {
	now := a.cloud.Now()
	for len(a.queue) > 0 && !a.queue[0].Queued.Add(a.delay).After(now) {
		record := a.queue[0]
		a.queue = a.queue[1:]
		a.serial++
		record.id = a.serial
		a.done = append(a.done, record)
		record.Loaded = now
		if record.Error = a.loader(record.AMIERecord); record.Error != "" {
			a.failed = append(a.failed, record)
			continue
		}
		if record.Kind != "Adjustment" {
			a.loaded = slices.DeleteFunc(a.loaded, func(old *usageRecord) bool { return old.key() == record.key() })
		}
		a.loaded = append(a.loaded, record)
	}
}

// AMIERecords are the usage records in force, in the order in which they were loaded: a compute or storage record that was
// restated stands there once, an adjustment as often as it was sent.
func (c *Cloud) AMIERecords() []AMIERecord {
	a := part[*amie](c)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.load()
	all := make([]AMIERecord, len(a.loaded))
	for i, r := range a.loaded {
		all[i] = r.AMIERecord
	}
	return all
}

// decimalText is an exact sum of charges, which all end.
func decimalText(sum *big.Rat) string {
	digits, _ := sum.FloatPrec()
	return sum.FloatString(digits)
}
