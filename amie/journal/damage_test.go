package journal_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/usage"
)

// written is the file of a journal in which there is something of everything.
func written(t *testing.T) (path string, all map[usage.Key]journal.Entry) {
	t.Helper()
	path = newPath(t)
	cloud := newCloud(t)
	client := newClient(t, cloud)
	j := open(t, path)
	require.NoError(t, journal.Add(j, jobs(0, 150, 1)...))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	_, err = j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	require.NoError(t, journal.Add(j, jobs(100, 200, 2)...))
	require.NoError(t, journal.Add(j, credit(1), credit(2)))
	require.NoError(t, journal.Add(j, stored(1)))
	all = entries(t, j)
	require.NoError(t, j.Close())
	return path, all
}

func entries(t *testing.T, j *journal.Journal) map[usage.Key]journal.Entry {
	t.Helper()
	all := map[usage.Key]journal.Entry{}
	for e, err := range j.Entries() {
		require.NoError(t, err)
		all[e.Key] = e
	}
	return all
}

// A file that was cut short anywhere is an error.
func TestCutShort(t *testing.T) {
	t.Parallel()
	path, _ := written(t)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "cut")
	random := rand.New(rand.NewPCG(1, 2))
	cuts := []int{0, 1, 100, 4096, 8192, 4 * 4096, len(text) / 2, len(text) - 4096, len(text) - 1}
	for range 20 {
		cuts = append(cuts, random.IntN(len(text)))
	}
	for _, n := range cuts {
		require.NoError(t, os.WriteFile(bad, text[:n], 0o600))
		_, err := journal.Open(bad)
		require.ErrorIs(t, err, journal.ErrDamaged, "%d of %d bytes", n, len(text))
		require.ErrorContains(t, err, bad)
	}
}

// A file in which anything was changed is an error, or opens with what was written: nothing else, and no panic.
func TestDamaged(t *testing.T) {
	t.Parallel()
	path, want := written(t)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "bad")
	random := rand.New(rand.NewPCG(3, 4))
	found := 0
	const tries = 200
	for n := range tries {
		damaged := append([]byte(nil), text...)
		at := random.IntN(len(text))
		switch n % 4 {
		case 0:
			damaged[at] ^= 1 << random.IntN(8)
		case 1: // a sector of zeros
			clear(damaged[at&^511 : at&^511+512])
		case 2: // a page of another place
			copy(damaged[at&^4095:], text[random.IntN(len(text)/4096)*4096:][:4096])
		case 3:
			for i := at; i < min(at+64, len(text)); i++ {
				damaged[i] = byte(random.Uint32())
			}
		}
		require.NoError(t, os.WriteFile(bad, damaged, 0o600))
		j, err := journal.Open(bad)
		if err != nil {
			require.ErrorIs(t, err, journal.ErrDamaged)
			found++
			continue
		}
		assert.Equal(t, want, entries(t, j))
		assert.NoError(t, journal.Add(j, jobs(1000, 1010, 1)...)) // and can be written
		require.NoError(t, j.Close())
		again, err := journal.Open(bad)
		require.NoError(t, err)
		require.NoError(t, again.Close())
	}
	t.Logf("%d of %d were found; the others changed what is not in use", found, tries)
	assert.Greater(t, found, tries/10)
}

// A page that another transaction has left, put back in its place, would be a wrong state.
func TestStalePages(t *testing.T) {
	t.Parallel()
	path, _ := written(t)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	j := open(t, path)
	require.NoError(t, journal.Add(j, job(7, 9)))
	want := entries(t, j)
	require.NoError(t, j.Close())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "stale")
	for page := range min(len(before), len(after)) / 4096 {
		if page < 2 || bytes.Equal(before[page*4096:][:4096], after[page*4096:][:4096]) {
			continue // with the first two, it would be the file as it was before the last change
		}
		mixed := append([]byte(nil), after...)
		copy(mixed[page*4096:], before[page*4096:][:4096])
		require.NoError(t, os.WriteFile(bad, mixed, 0o600))
		j, err := journal.Open(bad)
		if err != nil {
			require.ErrorIs(t, err, journal.ErrDamaged)
			continue
		}
		assert.Equal(t, want[job(7, 9).Key()].Compute, entries(t, j)[job(7, 9).Key()].Compute, "page %d", page)
		require.NoError(t, j.Close())
	}
}

func TestOtherFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, make([]byte, 1<<16), 0o600))
	_, err := journal.Open(path)
	require.ErrorIs(t, err, journal.ErrDamaged)
	_, err = journal.Open(t.TempDir())
	require.Error(t, err)
	_, err = journal.Open(filepath.Join(t.TempDir(), "no", "such", "directory"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestInUse(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := open(t, path)
	require.NoError(t, journal.Add(j, jobs(0, 100, 1)...))
	_, err := journal.Open(path)
	require.ErrorIs(t, err, journal.ErrInUse, "by this process")
	require.ErrorContains(t, err, path)
	assert.Equal(t, path, j.String())

	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), childVariable+`={"Path":"`+filepath.ToSlash(path)+`"}`)
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Contains(t, string(said), "the journal is in use", "by another process")

	require.NoError(t, j.Close())
	j, err = journal.Open(path)
	require.NoError(t, err)
	assert.Equal(t, 100, states(t, j)[journal.Pending])
	require.NoError(t, j.Close())
	left, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	assert.Len(t, left, 1)
}
