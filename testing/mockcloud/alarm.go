package mockcloud

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
)

// Alarming is Aodh's entry in the catalogue.
var Alarming = gophermeter.Endpoint{Type: "alarming", Name: "aodh", Region: Region, URL: URL + "/alarming"}

// AlarmService is what Aodh answers, from values. It keeps no state: an update is answered with the alarm as it is here, and what a
// test wants otherwise it registers by itself, before or after.
type AlarmService struct {
	// Alarms are listed, in pages where limit and marker are sent, and got by their ids. Conditions and the order are
	// not looked at.
	Alarms []alarm.Alarm
	// Created answers the creation of an alarm.
	Created alarm.Alarm
	// Changes are the histories, each change in that of its alarm; the newest first, as a test writes them.
	Changes []alarm.AlarmChange
	// Capabilities of the storage.
	Capabilities alarm.Capabilities
	// Quotas are answered to who asks for the project, and the first to who names none. One that is set is answered as
	// it was sent.
	Quotas []alarm.Quotas
	// Metrics are the evaluations.
	Metrics []alarm.EvaluationResult
}

// Alarms registers what answers every operation of Aodh.
//
// Source: Aodh, api/controllers/v2.
func Alarms(transport *httpmock.MockTransport, s AlarmService) {
	on := func(method, path string, r httpmock.Responder) {
		transport.RegisterRegexpResponder(method, regexp.MustCompile("^"+regexp.QuoteMeta(Alarming.URL+"/v2")+path+`/?(\?.*)?$`), r)
	}
	on(http.MethodGet, "/alarms", AlarmList(s.Alarms...))
	on(http.MethodPost, "/alarms", AlarmAnswer(http.StatusCreated, s.Created))
	on(http.MethodPost, "/query/alarms", AlarmList(s.Alarms...))
	on(http.MethodPost, "/query/alarms/history", AlarmHistory(s.Changes...))
	for _, a := range append(slices.Clone(s.Alarms), s.Created) {
		path := "/alarms/" + regexp.QuoteMeta(a.ID)
		own := slices.DeleteFunc(slices.Clone(s.Changes), func(c alarm.AlarmChange) bool { return c.AlarmID != a.ID })
		on(http.MethodGet, path, AlarmAnswer(http.StatusOK, a))
		on(http.MethodPut, path, AlarmAnswer(http.StatusOK, a))
		on(http.MethodDelete, path, noContent)
		on(http.MethodGet, path+"/state", AlarmState(a.State))
		on(http.MethodPut, path+"/state", echoed(http.StatusOK))
		on(http.MethodGet, path+"/history", AlarmHistory(own...))
	}
	on(http.MethodGet, "/alarms/[^/]+(?:/state|/history)?", AlarmError(http.StatusNotFound, "Alarm not found"))
	on(http.MethodGet, "/capabilities", AlarmCapabilities(s.Capabilities))
	on(http.MethodGet, "/quotas", AlarmQuotas(s.Quotas...))
	on(http.MethodPost, "/quotas", echoed(http.StatusCreated))
	on(http.MethodDelete, "/quotas/[^/]+", noContent)
	on(http.MethodGet, "/metrics", AlarmMetrics(s.Metrics...))
}

// AlarmList answers a list of alarms: behind the marker and up to the limit that a request names.
func AlarmList(alarms ...alarm.Alarm) httpmock.Responder {
	rows := make([]map[string]any, len(alarms))
	ids := make([]string, len(alarms))
	for i, a := range alarms {
		rows[i], ids[i] = alarmWire(a), a.ID
	}
	return page(rows, ids)
}

// AlarmHistory answers a list of changes, as AlarmList does.
func AlarmHistory(changes ...alarm.AlarmChange) httpmock.Responder {
	rows := make([]map[string]any, len(changes))
	ids := make([]string, len(changes))
	for i, c := range changes {
		rows[i], ids[i] = changeWire(c), c.EventID
	}
	return page(rows, ids)
}

func page(rows []map[string]any, ids []string) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		q, from := req.URL.Query(), 0
		if marker := q.Get("marker"); marker != "" {
			at := slices.Index(ids, marker)
			if at < 0 {
				return answer(http.StatusInternalServerError, alarmFault("Server", "Marker "+marker+" not found.")), nil
			}
			from = at + 1
		}
		to := len(rows)
		if limit, err := strconv.Atoi(q.Get("limit")); err == nil && limit > 0 {
			to = min(from+limit, to)
		}
		return answer(http.StatusOK, rows[from:to]), nil
	}
}

// AlarmAnswer answers with one alarm.
func AlarmAnswer(status int, a alarm.Alarm) httpmock.Responder {
	return always(status, alarmWire(a))
}

// AlarmState answers with a state, alone.
func AlarmState(s alarm.State) httpmock.Responder { return always(http.StatusOK, string(s)) }

// AlarmCapabilities answers with what the storage can do.
func AlarmCapabilities(all alarm.Capabilities) httpmock.Responder {
	sections := map[string]map[string]bool{"api": {}, "alarm_storage": {}}
	for _, c := range all {
		if sections[c.Section] == nil {
			sections[c.Section] = map[string]bool{}
		}
		sections[c.Section][c.Name] = c.Enabled
	}
	return always(http.StatusOK, sections)
}

// AlarmQuotas answers with the quotas of the project that is asked for; where none is named, with the first.
func AlarmQuotas(all ...alarm.Quotas) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		id := req.URL.Query().Get("project_id")
		for _, q := range all {
			if id == "" || q.ProjectID == id {
				return answer(http.StatusOK, quotasWire(q)), nil
			}
		}
		return answer(http.StatusOK, quotasWire(alarm.Quotas{ProjectID: id, Limits: []alarm.Quota{{Resource: "alarms", Limit: -1}}})), nil
	}
}

// AlarmMetrics answers with counts of evaluations.
func AlarmMetrics(all ...alarm.EvaluationResult) httpmock.Responder {
	return always(http.StatusOK, map[string]any{"evaluation_results": metricsWire(all)})
}

// AlarmError is a refusal of Aodh, such as 403 of an alarm over quota. A 401 is Aodh's of a valid token, with the header of one that
// is not.
func AlarmError(status int, message string) httpmock.Responder {
	code := "Client"
	if status >= http.StatusInternalServerError {
		code = "Server"
	}
	return func(*http.Request) (*http.Response, error) {
		resp := answer(status, alarmFault(code, message))
		if status == http.StatusUnauthorized {
			resp.Header.Set("Www-Authenticate", `Keystone uri="`+strings.TrimSuffix(Identity.URL, "/v3")+`"`)
		}
		return resp, nil
	}
}

func always(status int, body any) httpmock.Responder {
	return func(*http.Request) (*http.Response, error) { return answer(status, body), nil }
}

func noContent(*http.Request) (*http.Response, error) {
	resp := httpmock.NewBytesResponse(http.StatusNoContent, nil)
	resp.Header.Set("X-Openstack-Request-Id", requestID)
	return resp, nil
}
