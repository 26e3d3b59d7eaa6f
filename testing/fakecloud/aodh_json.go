package fakecloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// loads reads JSON as Python does: an object keeps its order, a number knows whether it is a float.
func loads(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := loadValue(d)
	if err == nil && d.More() {
		err = errors.New("more than one document")
	}
	return v, err
}

func loadValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return loadArray(d)
		}
		return loadObject(d)
	case json.Number:
		f, err := token.Float64()
		return number{f, strings.ContainsAny(token.String(), ".eE")}, err
	}
	return token, nil
}

func loadArray(d *json.Decoder) (any, error) {
	all := []any{}
	for d.More() {
		v, err := loadValue(d)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	_, err := d.Token()
	return all, err
}

func loadObject(d *json.Decoder) (any, error) {
	o := object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := loadValue(d)
		if err != nil {
			return nil, err
		}
		o = o.set(name.(string), v)
	}
	_, err := d.Token()
	return o, err
}

// get is the value of a key, and whether it is there.
func (o object) get(key string) (any, bool) {
	for _, m := range o {
		if m.key == key {
			return m.value, true
		}
	}
	return nil, false
}

// set replaces the value of a key where it stands, or adds it at the end.
func (o object) set(key string, value any) object {
	for i := range o {
		if o[i].key == key {
			o[i].value = value
			return o
		}
	}
	return append(o, member{key, value})
}

func (o object) without(key string) object {
	var out object
	for _, m := range o {
		if m.key != key {
			out = append(out, m)
		}
	}
	return out
}

// pick is the object with these keys alone, in their order.
func (o object) pick(keys []string) object {
	out := object{}
	for _, key := range keys {
		if v, ok := o.get(key); ok {
			out = append(out, member{key, v})
		}
	}
	return out
}

// pyRepr is a value as Python prints it.
func pyRepr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return "'" + v + "'"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = pyRepr(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case object:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = "'" + m.key + "': " + pyRepr(m.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return string(dumps(v))
}

// pyStr is str(value).
func pyStr(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return pyRepr(v)
}

// pyType is the type of a value from JSON, as an error names it.
func pyType(v any) string {
	name := "NoneType"
	switch v := v.(type) {
	case bool:
		name = "bool"
	case string:
		name = "str"
	case []any:
		name = "list"
	case object:
		name = "dict"
	case number:
		name = "int"
		if v.float {
			name = "float"
		}
	}
	return "<class '" + name + "'>"
}
