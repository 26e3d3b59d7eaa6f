package billing

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is the invoice for people.
func (i Invoice) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Invoice for %s\nProject %s\nUsage of %s, UTC\n\n", plain(cmp.Or(i.Project, i.ProjectID)), plain(i.ProjectID), i.Month)
	rows := [][5]string{{"metric", "kind", "quantity", "unit", i.Currency}}
	for _, l := range i.Lines {
		rows = append(rows, [5]string{plain(l.Metric), plain(l.Kind), l.Quantity.StringFixed(3), plain(l.Unit), l.Amount.String()})
	}
	rows = append(rows, [5]string{}, [5]string{"net", "", "", "", i.Net.String()},
		[5]string{"VAT " + i.Percent.String() + " %", "", "", "", i.VAT.String()}, [5]string{"total", "", "", "", i.Total.String()})
	var width [5]int
	for _, row := range rows {
		for n, cell := range row {
			width[n] = max(width[n], utf8.RuneCountInString(cell))
		}
	}
	for _, r := range rows {
		line := fmt.Sprintf("%-*s  %-*s  %*s  %-*s  %*s", width[0], r[0], width[1], r[1], width[2], r[2], width[3], r[3], width[4], r[4])
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	fmt.Fprintf(&b, "\n%s\nServer-hours: CloudKitty rated %s, Nova counted %s.\n", i.Rounding, i.RatedHours, i.UsedHours)
	for _, w := range i.Warnings {
		fmt.Fprintf(&b, "WARNING: %s.\n", w)
	}
	return b.String()
}

// plain keeps a name, which any user of the cloud can choose, from moving the cursor of who reads it.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// JSON is what programs read, of one invoice or of several. Amounts are texts.
func JSON[T Invoice | []Invoice](v T) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// Vacant refuses a folder that is there already: an invoice that may have been sent is never overwritten.
func Vacant(dir string) error {
	switch _, err := os.Lstat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%s is there already, and invoices are never overwritten", dir)
}

// Write makes a folder with a text and a JSON file for each invoice. It has another name until it is complete, so that
// dir is all of them or is not there. Only its owner can read it.
func Write(dir string, all []Invoice) error {
	if err := Vacant(dir); err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(parent, ".unfinished-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(unfinished) //nolint:errcheck // is not there any more once it was renamed
	names := fileNames(all)
	for n, i := range all {
		document, err := JSON(i)
		if err != nil {
			return err
		}
		file := filepath.Join(unfinished, names[n])
		if err := errors.Join(create(file+".txt", []byte(i.Text())), create(file+".json", document)); err != nil {
			return err
		}
	}
	if err := os.Rename(unfinished, dir); err != nil {
		return cmp.Or(Vacant(dir), err) // another run may have been faster
	}
	return nil
}

// create has the content on the disk before the folder gets its name: a loss of power must not leave empty invoices.
func create(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// fileNames are made of the names of the projects where these do for every file system. To others, and to those that
// differ in case alone, comes a mark made of the project's id, behind a character that no name can bring along.
func fileNames(all []Invoice) []string {
	seen := map[string]int{}
	for _, i := range all {
		seen[strings.ToLower(slug(i.Project))]++
	}
	names := make([]string, len(all))
	for n, i := range all {
		s := slug(i.Project)
		names[n] = "invoice-" + s // and so none is CON, or begins with a dot
		if s == "" || s != i.Project || seen[strings.ToLower(s)] > 1 {
			names[n] += fmt.Sprintf("~%x", sha256.Sum256([]byte(i.ProjectID)))[:17]
		}
	}
	return names
}

// slug is a name without what is special to some file system, in at most 60 bytes.
func slug(name string) string {
	s := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, name)
	return s[:min(len(s), 60)]
}
