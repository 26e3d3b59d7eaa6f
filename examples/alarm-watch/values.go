package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

// texts is a flag that may be given several times.
type texts []string

func (t *texts) String() string { return strings.Join(*t, " ") }

func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

// truth is a flag that is true, false or not given, and takes its value as the flags of openstack do: -enabled False.
type truth struct{ value *bool }

func (t *truth) String() string {
	if t.value == nil {
		return ""
	}
	return strconv.FormatBool(*t.value)
}

func (t *truth) Set(text string) error {
	v, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return strconv.ErrSyntax
	}
	t.value = &v
	return nil
}

// oneOf refuses a value that is none of the choices; empty is not given.
func oneOf(name, value string, choices ...string) error {
	if value != "" && !slices.Contains(choices, value) {
		return cli.Usage("%s %q is none of %s", name, value, strings.Join(choices, ", "))
	}
	return nil
}
