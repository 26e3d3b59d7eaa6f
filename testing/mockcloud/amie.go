package mockcloud

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/usage"
)

// AMIEURL is the base URL of the AMIE Usage API, which is in no catalogue.
const AMIEURL = URL + "/amie/api/v1"

// AMIEOptions are a client's of the mocked Usage API: amie.NewUsageClient("SITE", "key", mockcloud.AMIEOptions(transport)...).
// Pauses between attempts are cut to a millisecond.
func AMIEOptions(transport *httpmock.MockTransport) []amie.Option {
	return []amie.Option{
		amie.WithBaseURL(AMIEURL), amie.WithService(gophermeter.WithTransport(transport)),
		amie.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: time.Millisecond}),
	}
}

// AMIESend registers what answers a message: [AMIEAccepted] most often.
func AMIESend(transport *httpmock.MockTransport, r httpmock.Responder) {
	transport.RegisterResponder(http.MethodPost, AMIEURL+"/usage/", r)
}

// AMIEStatus registers what answers usage/status: [AMIEStatuses] most often.
func AMIEStatus(transport *httpmock.MockTransport, r httpmock.Responder) {
	transport.RegisterResponder(http.MethodGet, AMIEURL+"/usage/status", r)
}

// AMIEFailed registers what answers usage/failed: [AMIEFailures] most often.
func AMIEFailed(transport *httpmock.MockTransport, r httpmock.Responder) {
	transport.RegisterResponder(http.MethodGet, AMIEURL+"/usage/failed", r)
}

var clearURL = regexp.MustCompile("^" + regexp.QuoteMeta(AMIEURL) + `/usage/failed/\d+(,\d+)*$`)

// AMIEClear registers what answers the clearing of failures, whatever their ids: [AMIECleared] most often.
func AMIEClear(transport *httpmock.MockTransport, r httpmock.Responder) {
	transport.RegisterRegexpResponder(http.MethodDelete, clearURL, r)
}

// AMIELoaded registers what answers usage/loaded: [AMIELoadedRecords] most often.
func AMIELoaded(transport *httpmock.MockTransport, r httpmock.Responder) {
	transport.RegisterResponder(http.MethodGet, AMIEURL+"/usage/loaded", r)
}

// AMIEAccepted queues a message but for those of its records that are among the failed: by their LocalReference where that is
// given, else by Resource and LocalRecordID. They are returned as they were sent, with the Error of the failure.
//
// Source: amieclient 0.6.1, UsageResponse.
func AMIEAccepted(failed ...usage.FailedRecord) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		var message struct {
			UsageType string
			Records   []map[string]json.RawMessage
		}
		body, err := io.ReadAll(req.Body)
		if err == nil {
			err = json.Unmarshal(body, &message)
		}
		if err != nil {
			return nil, fmt.Errorf("mockcloud: a message that is none: %w", err)
		}
		returned := []map[string]json.RawMessage{}
		for _, record := range message.Records {
			for _, f := range failed {
				if names(f, record) {
					record["UsageType"], record["Error"] = quote(message.UsageType), quote(f.Error)
					returned = append(returned, record)
					break
				}
			}
		}
		return amieAnswer(http.StatusOK, struct {
			Message                 string
			ValidationFailedRecords any
		}{fmt.Sprintf("%d records have been queued for loading.", len(message.Records)-len(returned)), returned}), nil
	}
}

// names tells whether a failure is one of a record.
func names(f usage.FailedRecord, record map[string]json.RawMessage) bool {
	if f.LocalReference != "" {
		return string(record["LocalReference"]) == string(quote(f.LocalReference))
	}
	return string(record["LocalRecordID"]) == string(quote(cmp.Or(f.LocalRecordID, f.Key().LocalRecordID))) &&
		string(record["Resource"]) == string(quote(cmp.Or(f.Resource, f.Key().Resource)))
}

func quote(text string) json.RawMessage {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic("mockcloud: " + err.Error())
	}
	return quoted
}

type amieResource struct {
	Resource                          string
	LoadedRecordCount, FailedJobCount int64
	TotalCharge                       string
	Errors                            []amieErrors
}

type amieErrors struct {
	Error   string
	Records []map[string]json.RawMessage
}

// AMIEStatuses answers usage/status, whatever times are asked for. Records of an error are written from their Compute, Storage
// or Adjustment.
//
// Source: amieclient 0.6.1, UsageStatus.
func AMIEStatuses(resources ...usage.ResourceStatus) httpmock.Responder {
	all := make([]amieResource, len(resources))
	for i, r := range resources {
		all[i] = amieResource{r.Resource, r.LoadedRecordCount, r.FailedJobCount, r.TotalCharge.String(), []amieErrors{}}
		for _, e := range r.Errors {
			group := amieErrors{e.Error, []map[string]json.RawMessage{}}
			for _, f := range e.Records {
				group.Records = append(group.Records, failedRecord(f))
			}
			all[i].Errors = append(all[i].Errors, group)
		}
	}
	return func(*http.Request) (*http.Response, error) { return amieAnswer(http.StatusOK, all), nil }
}

// AMIEFailures answers usage/failed. A failure with Raw is written as that, another from its Compute, Storage or Adjustment; one
// without an ID gets the next number.
//
// Source: amieclient, branch fix-failed-records-field-name.
func AMIEFailures(failed ...usage.FailedRecord) httpmock.Responder {
	all := make([]any, len(failed))
	for i, f := range failed {
		if f.Raw != nil {
			all[i] = f.Raw
			continue
		}
		record := failedRecord(f)
		record["Error"] = quote(f.Error)
		record["FailedRecordID"] = json.RawMessage(strconv.FormatInt(cmp.Or(f.ID, int64(i+1)), 10))
		all[i] = record
	}
	return func(*http.Request) (*http.Response, error) {
		return amieAnswer(http.StatusOK, map[string]any{"FailedRecords": all}), nil
	}
}

// failedRecord are the fields of the record in a failure, and its kind.
func failedRecord(f usage.FailedRecord) map[string]json.RawMessage {
	var (
		text []byte
		err  error
	)
	switch {
	case f.Compute != nil:
		text, err = f.Compute.AppendJSON(nil)
	case f.Storage != nil:
		text, err = f.Storage.AppendJSON(nil)
	case f.Adjustment != nil:
		text, err = f.Adjustment.AppendJSON(nil)
	default:
		text = []byte("{}")
	}
	record := map[string]json.RawMessage{}
	if err == nil {
		err = json.Unmarshal(text, &record)
	}
	if err != nil {
		panic("mockcloud: " + err.Error())
	}
	if kind := cmp.Or(f.Kind, f.Key().Kind); kind != "" {
		record["UsageType"] = quote(string(kind))
	}
	return record
}

// AMIECleared answers the clearing of failures.
func AMIECleared() httpmock.Responder {
	return func(*http.Request) (*http.Response, error) {
		return amieAnswer(http.StatusOK, map[string]string{"Message": "cleared"}), nil
	}
}

type amieLoaded struct {
	AccountingDBRecordID string `json:"AccountingDbRecordID"`
	LocalRecordID        string
	Resource             string
	SubmitTime           time.Time
	LoadedTime           time.Time
	Charge               string
}

// AMIELoadedRecords answers usage/loaded, page by page as it is asked, of all the records whatever it is asked for. A client
// refuses one that lacks its LocalRecordID, Resource, SubmitTime or LoadedTime.
func AMIELoadedRecords(loaded ...usage.LoadedRecord) httpmock.Responder {
	all := []amieLoaded{}
	for _, l := range loaded {
		all = append(all, amieLoaded{l.AccountingDBRecordID, l.LocalRecordID, l.Resource, l.SubmitTime, l.LoadedTime, l.Charge.String()})
	}
	return func(req *http.Request) (*http.Response, error) {
		page := all
		if offset, err := strconv.Atoi(req.URL.Query().Get("Offset")); err == nil {
			page = page[min(offset, len(page)):]
		}
		if limit, err := strconv.Atoi(req.URL.Query().Get("Limit")); err == nil {
			page = page[:min(limit, len(page))]
		}
		return amieAnswer(http.StatusOK, map[string]any{"LoadedRecords": page}), nil
	}
}

// AMIEError is a refusal of the Usage API, such as 400 of a site that it does not know.
func AMIEError(status int, message string) httpmock.Responder {
	return func(*http.Request) (*http.Response, error) {
		return amieAnswer(status, map[string]string{"error": message}), nil
	}
}

// amieAnswer has none of OpenStack's headers.
func amieAnswer(status int, body any) *http.Response {
	resp := answer(status, body)
	resp.Header.Del("X-Openstack-Request-Id")
	return resp
}
