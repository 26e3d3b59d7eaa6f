package fakecloud

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// param is a parameter of a schema of API v2. What read refuses, it says why.
type param struct {
	name     string
	read     func(any) (any, string)
	required bool
	group    string // of which only one may be given
}

// queryV2 reads a query by a schema.
func (s *rating) queryV2(r call, params ...param) (map[string]any, *answer) {
	given := object{}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		key, _ := url.QueryUnescape(name)
		text, _ := url.QueryUnescape(value)
		if key == "" {
			continue
		}
		values, _ := given.get(key)
		list, _ := values.([]any)
		given = given.set(key, append(slices.Clip(list), text))
	}
	return schema(given, params)
}

// bodyV2 reads a body by a schema.
func (s *rating) bodyV2(r call, params ...param) (map[string]any, *answer) {
	body, err := loads(r.body)
	if err != nil || !strings.Contains(r.Header.Get("Content-Type"), "json") {
		a := ratingMessage(http.StatusBadRequest, "The browser (or proxy) sent a request that this server could not understand.")
		return nil, &a
	}
	members, ok := body.(object)
	if !ok {
		a := internalError()
		return nil, &a
	}
	return schema(members, params)
}

// schema is what voluptuous makes of data; the first thing that it finds wrong is the answer.
func schema(data object, params []param) (map[string]any, *answer) {
	out := map[string]any{}
	invalid := func(why, path string) *answer {
		a := ratingMessage(http.StatusBadRequest, "Invalid data '"+pyRepr(data)+"' : "+why+" (path: '["+path+"]')")
		return &a
	}
	groups := map[string]bool{}
	for _, m := range data {
		p, known := first(params, func(p param) bool { return p.name == m.key })
		switch {
		case !known:
			return nil, invalid("extra keys not allowed", "'"+m.key+"'")
		case p.group != "" && groups[p.group]:
			return nil, invalid("two or more values in the same group of exclusion '"+p.group+"'", "<"+p.group+">")
		}
		groups[p.group] = true
		v, why := p.read(m.value)
		if why != "" {
			why, at, _ := strings.Cut(why, "\x00")
			return nil, invalid(why, "'"+m.key+"'"+at)
		}
		out[p.name] = v
	}
	for _, p := range params {
		if _, ok := out[p.name]; !ok && p.required {
			return nil, invalid("required key not provided", "'"+p.name+"'")
		}
	}
	return out, nil
}

// single is a value that is given once.
func single(read func(string) (any, string)) func(any) (any, string) {
	return func(v any) (any, string) {
		if list, ok := v.([]any); ok {
			if len(list) != 1 {
				return nil, "length of value must be 1"
			}
			v = list[0]
		}
		return read(pyStr(v))
	}
}

// several is a value that may be repeated, or be a list with commas.
func several(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		out = append(out, strings.Split(pyStr(e), ",")...)
	}
	return out
}

var (
	paramText  = single(func(s string) (any, string) { return s, "" })
	paramTexts = func(v any) (any, string) { return several(v), "" }
	paramTime  = single(func(s string) (any, string) {
		t, ok := parseISO(s)
		if !ok {
			return nil, "expected dt_from_iso"
		}
		return t, ""
	})
	// A truth in a body is Python's: any text but the empty one.
	paramBool = func(v any) (any, string) {
		switch v := v.(type) {
		case bool:
			return v, ""
		case string:
			return v != "", ""
		case number:
			return v.value != 0, ""
		}
		return false, ""
	}
)

func paramInt(least int) func(any) (any, string) {
	return single(func(s string) (any, string) {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil {
			return nil, "expected int"
		}
		if n < least {
			return nil, fmt.Sprintf("value must be at least %d", least)
		}
		return n, ""
	})
}

func paramInts(v any) (any, string) {
	var out []int
	for _, text := range several(v) {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, "expected int"
		}
		out = append(out, n)
	}
	return out, ""
}

// paramFilters reads key:value associations; once allows each key only one value.
func paramFilters(once bool) func(any) (any, string) {
	return func(v any) (any, string) {
		out := map[string][]string{}
		for _, token := range several(v) {
			parts := strings.Split(token, ":")
			if len(parts) != 2 {
				return nil, "invalid key:value association " + token
			}
			if _, there := out[parts[0]]; there && once {
				return nil, "key " + parts[0] + " already provided"
			}
			out[parts[0]] = append(out[parts[0]], parts[1])
		}
		return out, ""
	}
}
