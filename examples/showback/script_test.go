package main

import (
	"testing"

	"github.com/gophermeter/gophermeter/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, "showback", main) }

func TestReadme(t *testing.T) { exampletest.InReadme(t, program.Run) }

// TestScripts runs the program as a user does.
func TestScripts(t *testing.T) { exampletest.Scripts(t, "showback", program.Run) }
