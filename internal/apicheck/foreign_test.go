package apicheck

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// foreign are places of the machines that files were written on. They are put together here so that this file
// does not hold them either.
var foreign = []string{
	"/wo" + "rk/",
	"../sh" + "ared",
	".lib" + "rary/",
	"/ro" + "ot/go/",
	"/ho" + "me/runner",
}

func TestForeign(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir(root(), func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin"}, d.Name()):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(root(), file)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) { // a neighbour's temporary file
			return nil
		}
		files++
		for _, found := range mentioned(text) {
			before, _, _ := bytes.Cut(text, []byte(found))
			t.Errorf("%s:%d mentions %s", rel, 1+bytes.Count(before, []byte("\n")), found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("%d files only: this check looks in the wrong place", files)
	}
}

func mentioned(text []byte) []string {
	var out []string
	for _, s := range foreign {
		if bytes.Contains(text, []byte(s)) {
			out = append(out, s)
		}
	}
	return out
}

func TestForeignOfSample(t *testing.T) {
	t.Parallel()
	text := strings.Join(foreign, " and ")
	if got := mentioned([]byte(text)); !slices.Equal(got, foreign) {
		t.Error(got)
	}
	if got := mentioned([]byte("how it is shared: net" + "work, lib" + "rary")); got != nil {
		t.Error(got)
	}
}
