package bridge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// ReadConfig reads a configuration from JSON and checks it. It is strict where encoding/json is not: an unknown
// field, a name that stands twice and a null are errors, for each would charge somebody something else than was
// meant. Rates and factors are texts or numbers, and keep every digit.
func ReadConfig(text []byte) (Config, error) {
	var c Config
	tokens := json.NewDecoder(bytes.NewReader(text))
	if err := walk(tokens, ""); err != nil {
		return Config{}, err
	}
	if _, err := tokens.Token(); !errors.Is(err, io.EOF) {
		return Config{}, errs.Invalid("config", "something follows the JSON object")
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&c); err != nil {
		return Config{}, errs.Invalid("config", "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return c, c.Check()
}

// tables have keys of the site's, whose case counts; elsewhere encoding/json takes Rate for rate.
var tables = []string{"states", "projects", "users"}

// walk finds names that stand twice, and nulls, in the value that comes next.
func walk(d *json.Decoder, path string) error {
	t, err := d.Token()
	if err != nil {
		return noJSON(err)
	}
	switch t {
	case nil:
		return errs.Invalid(path, "is null")
	case json.Delim('['):
		for i := 0; d.More(); i++ {
			if err := walk(d, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case json.Delim('{'):
		if err := walkObject(d, path); err != nil {
			return err
		}
	default:
		return nil
	}
	if _, err := d.Token(); err != nil {
		return noJSON(err)
	}
	return nil
}

func walkObject(d *json.Decoder, path string) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return noJSON(err)
		}
		name := fmt.Sprint(t)
		at := strings.TrimPrefix(path+"."+name, ".")
		if !slices.Contains(tables, strings.ToLower(path)) {
			name = strings.ToLower(name)
		}
		if seen[name] {
			return errs.Invalid(at, "stands there twice")
		}
		seen[name] = true
		if err := walk(d, at); err != nil {
			return err
		}
	}
	return nil
}

func noJSON(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return errs.Invalid("config", "is no JSON: %v", err)
}
