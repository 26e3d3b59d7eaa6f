package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The picture of the documents is the one that the command beside it draws: to change both, run that command.
func TestPictureInDocs(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(filepath.Join("..", "..", "docs", "memory.svg"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "memory.svg")
	printed(t, "-meter memory.usage -period 6h -group-by project,flavor -plot "+file)
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/memory.svg is another picture")
	}
}
