package fakecloud

import (
	"net/http"
	"strconv"
	"time"
)

// storedFrames is the whole of v1's data frames in one body.
func (s *rating) storedFrames(r call) answer {
	q, bad := s.arguments(r, "begin", "end", "tenant_id", "resource_type")
	if bad != nil {
		return *bad
	}
	begin, end, bad := s.interval(q)
	if bad != nil {
		return *bad
	}
	who := s.caller(r)
	tenant := q.Get("tenant_id")
	if !who.has("admin") {
		switch tenant {
		case "", who.projectID:
			tenant = who.projectID
		default:
			return wsmeFault(http.StatusForbidden, refusedBy("storage:list_data_frames"))
		}
		if tenant == "" {
			return wsme(r, http.StatusOK, object{{"dataframes", []any{}}})
		}
	}
	s.filled()
	f := ratedFilter{begin: begin, end: end, values: map[string][]string{}}
	if tenant != "" {
		f.values["project_id"] = []string{tenant}
	}
	if metric := q.Get("resource_type"); metric != "" {
		f.values["type"] = []string{metric}
	}
	frames := []any{}
	if s.storage == 1 {
		for _, row := range s.rowsV1(f) { // one point a frame
			id, _ := row.series.tag("project_id")
			frames = append(frames, frameV1(row.from(), row.to(), id, []any{row.resourceV1(id)}))
		}
		return wsme(r, http.StatusOK, object{{"dataframes", frames}})
	}
	for _, frame := range framesOf(merged(s.store.matching(f))) {
		owner := "" // of the first point: the others may be anybody's
		for _, metric := range frame.metrics {
			rows := frame.points[metric]
			if owner == "" {
				owner = "__UNDEF__"
				if id, ok := rows[0].series.tag("project_id"); ok {
					owner = id
				}
			}
			frames = append(frames, frameV1(frame.from(), frame.to(), owner, array(rows, (*ratedRow).resourceV2)))
		}
	}
	return wsme(r, http.StatusOK, object{{"dataframes", frames}})
}

func frameV1(begin, end time.Time, tenant string, resources []any) any {
	return object{{"begin", isoformat(begin)}, {"end", isoformat(end)}, {"tenant_id", tenant}, {"resources", resources}}
}

// resourceV1 is a point of v1 storage: the quantity with five decimals, the price with the digits that MariaDB shows of a FLOAT.
func (row *ratedRow) resourceV1(tenant string) any {
	shown, _ := strconv.ParseFloat(strconv.FormatFloat(float64(float32(row.price)), 'g', 6, 32), 64)
	desc := append(pairs(row.metadata), pairs(row.series.groupby)...)
	return object{{"rating", decimalOf(shown).String()}, {"service", row.series.metric}, {"desc", append(desc, member{"tenant_id", tenant})},
		{"volume", decimalOf(row.qty).scale(5).normalized().String()}}
}

func (row *ratedRow) resourceV2() any {
	return object{{"rating", decimalOf(row.price).String()}, {"service", row.series.metric},
		{"desc", append(pairs(row.metadata), pairs(row.series.groupby)...)}, {"volume", decimalOf(row.qty).String()}}
}

func pairs(all [][2]string) object {
	out := object{}
	for _, p := range all {
		out = append(out, member{p[0], p[1]})
	}
	return out
}
