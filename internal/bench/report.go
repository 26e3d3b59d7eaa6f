package main

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"
)

var columns = []string{"what", "ours", "theirs", "ratio", "target", "gate", "moonshot", "verdict"}

// judge makes the lines of the result, and counts the gates that were missed.
func judge(m samples) (rows [][]string, missed int) {
	for _, s := range suites {
		for _, c := range s.lines {
			row, met := c.judge(m)
			rows = append(rows, row)
			if !met {
				missed++
			}
		}
	}
	return rows, missed
}

func (c comparison) judge(m samples) (row []string, met bool) {
	ours := m.median(c.ours, c.of)
	if c.base != "" {
		ours -= m.median(c.base, c.of)
	}
	value, format := ours, c.of.format
	theirs, ratio := "", ""
	if c.theirs != "" {
		other := m.median(c.theirs, c.of)
		value, format = ours/other, quotient
		theirs, ratio = c.of.format(other), quotient(value)
	}
	gate := c.target * tolerance
	moonshot := ""
	if c.moonshot != 0 {
		moonshot = format(c.moonshot)
	}
	verdict := "missed"
	if value <= gate { // and not where nothing could be measured
		verdict, met = "met", true
	}
	return []string{c.name, c.of.format(ours), theirs, ratio, format(c.target), format(gate), moonshot, verdict}, met
}

func (q quantity) format(v float64) string {
	if q == rss {
		return fmt.Sprintf("%.1f MB", v)
	}
	return fmt.Sprintf("%.3f s", v)
}

// quotient writes small ratios as people say them.
func quotient(v float64) string {
	if v > 0 && v < 0.2 {
		return fmt.Sprintf("1/%.1f", 1/v)
	}
	return fmt.Sprintf("%.2f", v)
}

func printTable(w io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{columns}, rows...) {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	return t.Flush()
}

// markdown is the page of the documentation.
func markdown(rows [][]string, o options) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# Benchmarks

Written by `+"`make bench`"+` on %s/%s with %s and %d CPUs. Medians of %d rounds, in which every line's
programs ran by turns, each as a process of its own, against a server in another. CPU is user time of the
whole process, its start and login included; memory is its peak resident set. A gate is the target and 20 %%,
and a missed one fails the command. How the work is cut stands in the files of `+"`internal/bench`"+`.

`, runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU(), o.rounds)
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.Bytes()
}
