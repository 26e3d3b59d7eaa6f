package billing_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/examples/downstream/billing"
)

func TestFileNames(t *testing.T) {
	t.Parallel()
	names := []string{"web-shop", "../x", "a/b", "a_b", "", "", "same", "same", "Data", "data", "CON", "Zürich", ".", `c:\x`, strings.Repeat("n", 64), "a\nb"}
	var all []billing.Invoice
	for n, name := range names {
		all = append(all, billing.Invoice{Month: "2026-09", Project: name, ProjectID: "p" + string(rune('a'+n)), Warnings: []string{}})
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "new", "2026-09")
	require.NoError(t, billing.Write(dir, all))

	safe := regexp.MustCompile(`^invoice-[A-Za-z0-9._-]{0,60}(~[0-9a-f]{16})?\.(txt|json)$`)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2*len(names))
	folded, projects := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		assert.Regexp(t, safe, f.Name())
		folded[strings.ToLower(f.Name())] = true
		if filepath.Ext(f.Name()) == ".json" {
			content, err := os.ReadFile(filepath.Join(dir, f.Name()))
			require.NoError(t, err)
			var i struct {
				ID string `json:"project_id"`
			}
			require.NoError(t, json.Unmarshal(content, &i))
			projects[i.ID] = true
		}
	}
	assert.Len(t, folded, 2*len(names), "also where case does not count")
	assert.Len(t, projects, len(names))
	assert.FileExists(t, filepath.Join(dir, "invoice-web-shop.txt"))
	assert.FileExists(t, filepath.Join(dir, "invoice-CON.json"))
	for _, up := range []string{parent, filepath.Join(parent, "new")} {
		entries, err := os.ReadDir(up)
		require.NoError(t, err)
		assert.Len(t, entries, 1, "nothing beside the folder")
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "2026-09")
	all := []billing.Invoice{{Month: "2026-09", Project: "a", ProjectID: "p"}}
	require.NoError(t, billing.Write(dir, all))
	all[0].Project = "b"
	require.ErrorContains(t, billing.Write(dir, all), "is there already, and invoices are never overwritten")
	assert.NoFileExists(t, filepath.Join(dir, "invoice-b.txt"))
}

// Of several runs at once one writes its invoices, all of them, and the others say why they did not.
func TestRunsAtOnce(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "2026-09")
	errs := make(chan error)
	for run := range 8 {
		all := make([]billing.Invoice, 20)
		for n := range all {
			all[n] = billing.Invoice{Month: "2026-09", Project: fmt.Sprintf("run%d-%d", run, n), ProjectID: "p"}
		}
		go func() { errs <- billing.Write(dir, all) }()
	}
	written := 0
	for range 8 {
		if err := <-errs; err == nil {
			written++
		} else {
			assert.ErrorContains(t, err, "is there already, and invoices are never overwritten")
		}
	}
	assert.Equal(t, 1, written)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, files, 40)
	beside, err := os.ReadDir(parent)
	require.NoError(t, err)
	assert.Len(t, beside, 1, "of the others nothing is left")
}

func TestWriteThatFails(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(parent, "file"), nil, 0o600))
	require.Error(t, billing.Write(filepath.Join(parent, "file", "2026-09"), nil))

	twins := []billing.Invoice{{Month: "2026-09", Project: "a", ProjectID: "p"}, {Month: "2026-09", Project: "a", ProjectID: "p"}}
	require.ErrorContains(t, billing.Write(filepath.Join(parent, "2026-09"), twins), "file exists")
	entries, err := os.ReadDir(parent)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "half of the invoices")
}
