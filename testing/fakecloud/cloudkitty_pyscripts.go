package fakecloud

import (
	"crypto/sha512"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// ratingScript is a script of the module pyscripts. The fake keeps scripts, it cannot run them.
type ratingScript struct {
	id, data string
	validity
}

func (s *rating) pyscriptsRoutes(add func(string, map[string]func(call) answer)) {
	const path = "/rating/module_config/pyscripts/scripts"
	add(path, map[string]func(call) answer{"GET": s.listScripts, "POST": s.createScript, "DELETE": s.deleteScript})
	add(path+"/{script_id}", map[string]func(call) answer{"GET": s.getScript, "PUT": s.putScript, "DELETE": s.deleteScript})
}

func (s *rating) scriptWire(sc *ratingScript, noData bool) object {
	sum := sha512.Sum512([]byte(sc.data))
	o := object{{"script_id", sc.id}, {"name", sc.name}, {"data", sc.data}, {"checksum", hex.EncodeToString(sum[:])}}
	if noData {
		o = o.without("data")
	}
	if s.dated() {
		o = append(o, sc.validity.wire(false)...)
	}
	return o
}

func (s *rating) listScripts(r call) answer {
	names := []string{"no_data"}
	if s.dated() {
		names = append(names, validityFilters...)
	}
	q, bad := s.arguments(r, names...)
	if bad != nil {
		return *bad
	}
	all := slices.DeleteFunc(slices.Clone(s.scripts), func(sc *ratingScript) bool { return !sc.shown(q, s.cloud.Now(), s.dated()) })
	return wsme(r, http.StatusOK, object{{"scripts", array(all, func(sc *ratingScript) any { return s.scriptWire(sc, q.Get("no_data") != "") })}})
}

func (s *rating) script(id string) (*ratingScript, *answer) {
	sc, ok := first(s.scripts, func(sc *ratingScript) bool { return sc.id == id && sc.deleted == nil })
	if !ok {
		a := wsmeFault(http.StatusNotFound, "No such script: None (UUID: "+id+")")
		return nil, &a
	}
	return sc, nil
}

func (s *rating) getScript(r call) answer {
	sc, bad := s.script(r.args["script_id"])
	if bad != nil {
		return *bad
	}
	return wsme(r, http.StatusOK, s.scriptWire(sc, false))
}

// scriptBody reads a script. Without data it is CloudKitty's own fault.
func (s *rating) scriptBody(r call) (object, *answer) {
	attrs := []attr{{name: "script_id", form: "uuid"}, {name: "name", mandatory: true}, {name: "data"}, {name: "checksum", readonly: true}}
	if s.dated() {
		attrs = append(attrs, validityAttrs...)
	}
	return typedBody(r, "script_data", attrs...)
}

func withoutData(body object) *answer {
	if _, ok := body.get("data"); ok {
		return nil
	}
	a := wsmeFault(http.StatusInternalServerError, "Strings must be encoded before hashing")
	return &a
}

func (s *rating) createScript(r call) answer {
	var names []string
	if s.dated() {
		names = []string{"force"}
	}
	q, bad := s.query(r, names...)
	var body object
	if bad == nil {
		body, bad = s.scriptBody(r)
	}
	if bad != nil {
		return *bad
	}
	sc := &ratingScript{id: s.cloud.newUUID("script"), data: body.text("data"), validity: validity{name: body.text("name")}}
	if s.dated() {
		if bad := sc.begin(body, s.cloud.Now(), s.caller(r).userID, q.Get("force") != ""); bad != nil {
			return *bad
		}
	}
	if o, ok := first(s.scripts, func(o *ratingScript) bool { return o.name == sc.name && o.deleted == nil }); ok {
		return wsmeFault(http.StatusConflict, "Script "+o.name+" already exists (UUID: "+o.id+")")
	}
	if bad := withoutData(body); bad != nil {
		return *bad
	}
	s.scripts = append(s.scripts, sc)
	return made(r, sc.id, s.scriptWire(sc, false))
}

// putScript answers with a Location that has the ID twice.
func (s *rating) putScript(r call) answer {
	body, bad := s.scriptBody(r)
	if bad != nil {
		return *bad
	}
	sc, bad := s.script(r.args["script_id"])
	if bad != nil {
		return *bad
	}
	_, withData := body.get("data")
	if s.dated() {
		ended, bad := sc.change(body, s.cloud.Now(), s.caller(r).userID, withData || body.text("name") != sc.name)
		if bad != nil {
			return *bad
		}
		if ended {
			return made(r, sc.id, s.scriptWire(sc, false))
		}
	}
	if bad := withoutData(body); bad != nil {
		return *bad
	}
	sc.data = body.text("data")
	if !s.dated() {
		sc.name = body.text("name")
	}
	return made(r, sc.id, s.scriptWire(sc, false))
}

func (s *rating) deleteScript(r call) answer {
	q, bad := s.arguments(r, "script_id")
	if bad != nil {
		return *bad
	}
	sc, bad := s.script(strings.TrimSpace(q.Get("script_id")))
	if bad != nil {
		return *bad
	}
	if s.dated() {
		sc.delete(s.cloud.Now(), s.caller(r).userID)
	} else {
		s.scripts = slices.DeleteFunc(s.scripts, func(o *ratingScript) bool { return o == sc })
	}
	return answer{status: http.StatusNoContent}
}
