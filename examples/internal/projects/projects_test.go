package projects

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gophermeter/gophermeter"
)

var (
	first, second, third = strings.Repeat("1", 32), strings.Repeat("2", 32), strings.Repeat("3", 32)
	known                = Names{first: "web", second: "web", third: first, "default": "Keystone's own"}
)

func TestFind(t *testing.T) {
	t.Parallel()
	unknown := strings.Repeat("ab", 16)
	for project, want := range map[string]string{
		first:                                  first, // and not the third, which is called so
		third:                                  third,
		"default":                              "default",
		"Keystone's own":                       "default",
		unknown:                                unknown,
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
	} {
		if got, err := known.Find(project); err != nil || got != want {
			t.Errorf("%s: got %s, %v", project, got, err)
		}
	}
	for project, want := range map[string]string{
		"web":  `several projects are called "web": use one of the ids ` + first + ", " + second,
		"WEB":  `no project is called "WEB": there are ` + first + ", Keystone's own, web",
		"1234": `no project is called "1234": there are `,
	} {
		if got, err := known.Find(project); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %s, %v", project, got, err)
		}
	}
	if _, err := Names(nil).Find("web"); err == nil || !strings.Contains(err.Error(), "-project needs an id") {
		t.Errorf("got %v", err)
	}
	if got, err := Names(nil).Find(unknown); err != nil || got != unknown {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	refused := fmt.Errorf("policy: %w", gophermeter.ErrForbidden)
	got := Names{first: "web"}.Explain(refused, "the usage")
	if !errors.Is(got, gophermeter.ErrForbidden) || !strings.HasPrefix(got.Error(), "only administrators may read the usage of all projects; for your own try -project web (policy: ") {
		t.Errorf("got %v", got)
	}
	if got := Names(nil).Explain(refused, "the usage"); !strings.Contains(got.Error(), "try -project NAME (") {
		t.Errorf("got %v", got)
	}
	if other := errors.New("502"); Names(nil).Explain(other, "the usage") != other { //nolint:errorlint // the same error
		t.Error("another error was changed")
	}
}
