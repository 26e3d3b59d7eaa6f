package fakecloud

import (
	"net/http"
	"regexp"
	"strings"
)

// attr is an attribute of a WSME type.
type attr struct {
	name      string
	form      string // "" is text
	mandatory bool
	readonly  bool
	def       any // of what is not given; nil leaves it out
}

var uuidForm = regexp.MustCompile(`^(urn:uuid:)?\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\}?$`)

// typedBody reads the body of a request as an object of a WSME type; what it lacks has its default, or is left out.
func typedBody(r call, argument string, attrs ...attr) (object, *answer) {
	body, err := loads(r.body)
	if err != nil {
		return nil, refused("Request is not in valid JSON format")
	}
	return typedObject(body, argument, attrs)
}

func typedObject(v any, argument string, attrs []attr) (object, *answer) {
	in, ok := v.(object)
	if !ok {
		return nil, refused(invalidInput(argument, pyStr(v), "Wrong type. Expected '"+argument+"', got '"+pyType(v)+"'"))
	}
	out := object{}
	for _, m := range in {
		if _, known := first(attrs, func(a attr) bool { return a.name == m.key }); !known {
			return nil, refused("Unknown attribute for argument " + argument + ": " + m.key)
		}
	}
	for _, a := range attrs {
		v, given := in.get(a.name)
		switch {
		case given && a.readonly:
			return nil, refused(invalidInput(a.name, pyStr(v), "Cannot set read only field."))
		case !given && a.mandatory:
			return nil, refused(invalidInput(a.name, "None", "Mandatory field missing."))
		case !given && a.def != nil:
			out = append(out, member{a.name, a.def})
			continue
		case !given:
			continue
		}
		v, bad := a.read(v, argument, in)
		if bad != nil {
			return nil, bad
		}
		out = append(out, member{a.name, v})
	}
	return out, nil
}

// read converts a value that was given.
func (a attr) read(v any, argument string, in object) (any, *answer) {
	text, isText := v.(string)
	wrong := func(expected string) *answer {
		return refused(invalidInput(a.name, pyStr(v), "Wrong type. Expected '"+expected+"', got '"+pyType(v)+"'"))
	}
	switch {
	case v == nil:
		return nil, nil
	case a.form == "bool":
		if _, ok := v.(bool); !ok {
			return nil, wrong("<class 'bool'>")
		}
	case a.form == "int":
		n, ok := v.(number)
		if !ok {
			if d, fine := parseDecimal(text); isText && fine && d.exp == 0 {
				return number{value: d.float()}, nil
			}
			return nil, refused(invalidInput(argument, pyRepr(in), "invalid literal for int() with base 10: '"+pyStr(v)+"'"))
		}
		return n, nil
	case a.form == "decimal":
		switch v := v.(type) {
		case number:
			return exactly(v.value), nil
		case string:
			if d, ok := parseDecimal(v); ok {
				return d, nil
			}
		}
		f := wsmeFault(http.StatusInternalServerError, "[<class 'decimal.ConversionSyntax'>]")
		return nil, &f
	case a.form == "object", a.form == "list":
	case !isText:
		return nil, wrong("<class 'str'>")
	case a.form == "uuid" && !uuidForm.MatchString(text):
		return nil, refused(invalidInput(a.name, text, "Invalid UUID, got '"+text+"'"))
	case strings.HasPrefix(a.form, "one of: "):
		if choices := a.form[len("one of: "):]; text != "flat" && text != "rate" {
			return nil, refused(invalidInput(a.name, text, "Value should be one of: "+choices))
		}
	}
	return v, nil
}

// text is a member that is a text, "" if it is not there or null.
func (o object) text(key string) string {
	v, _ := o.get(key)
	text, _ := v.(string)
	return text
}
