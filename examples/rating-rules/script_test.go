package main

import (
	"testing"

	"github.com/gophermeter/gophermeter/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, "rating-rules", main) }

// TestScripts runs the program as a user does.
func TestScripts(t *testing.T) { exampletest.Scripts(t, "rating-rules", program.Run) }
