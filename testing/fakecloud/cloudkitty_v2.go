package fakecloud

import (
	"net/http"
	"strings"
	"time"
)

// answerV2 routes a request to API v2, which is Flask-RESTful's: a slash at the end leads nowhere.
func (s *rating) answerV2(r call) answer {
	got := strings.Split(r.path, "/")
	for _, p := range s.v2 {
		args, ok := p.match(got)
		if !ok {
			continue
		}
		if p.methods[r.Method] == nil {
			return methodNotAllowedV2(p.allow())
		}
		r.args = args
		return p.methods[r.Method](r)
	}
	return flaskNotFound()
}

// ratingMessage is an error of API v2.
func ratingMessage(status int, text string) answer {
	return ratingJSON(status, object{{"message", text}})
}

func methodNotAllowedV2(allow string) answer {
	a := ratingMessage(http.StatusMethodNotAllowed, "The method is not allowed for the requested URL.")
	setHeader(&a, "Allow", allow)
	return a
}

func unauthorizedV2() answer {
	return ratingMessage(http.StatusForbidden, "You are not authorized to perform this action")
}

func nothingFound() answer {
	return ratingMessage(http.StatusNotFound, "No resource found for provided filters.")
}

func internalError() answer {
	return ratingMessage(http.StatusInternalServerError, "Internal Server Error")
}

func noContentV2() answer {
	a := answer{status: http.StatusNoContent}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

// paged are the parameters of a page.
func paged(more ...param) []param {
	return append(more, param{name: "offset", read: paramInt(0)}, param{name: "limit", read: paramInt(1)})
}

// pageV2 cuts the page that is asked for out of all rows.
func pageV2[T any](rows []T, q map[string]any) []T {
	offset, _ := q["offset"].(int)
	limit, ok := q["limit"].(int)
	if !ok {
		limit = 100
	}
	rows = rows[min(offset, len(rows)):]
	return rows[:min(limit, len(rows))]
}

// windowV2 is begin and end of a query; what is not given is of the month now.
func (s *rating) windowV2(q map[string]any) (begin, end time.Time) {
	now := s.cloud.Now()
	begin = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	end = begin.AddDate(0, 1, 0)
	if t, ok := q["begin"].(time.Time); ok {
		begin = t
	}
	if t, ok := q["end"].(time.Time); ok {
		end = t
	}
	return begin, end
}
