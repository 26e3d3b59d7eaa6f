package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

// quantity is what is measured of a process.
type quantity int

const (
	cpu  quantity = iota // seconds of user time, of all threads
	rss                  // MB (10^6 bytes) that were resident at the peak
	wall                 // seconds from start to end
)

// sample is one process.
type sample [3]float64

// samples are the rounds of each job, by its name.
type samples map[string][]sample

// median of the rounds.
func (m samples) median(name string, of quantity) float64 {
	rounds := m[name]
	values := make([]float64, len(rounds))
	for i, s := range rounds {
		values[i] = s[of]
	}
	slices.Sort(values)
	half := len(values) / 2
	if len(values)%2 == 0 {
		return (values[half-1] + values[half]) / 2
	}
	return values[half]
}

// measure runs the jobs by turns, after a first time on little work that warms up the server, the files and
// the processor.
func measure(ctx context.Context, o options, url string, progress io.Writer) (samples, error) {
	rounds := o.rounds
	if o.short {
		rounds = 0
	}
	m := samples{}
	for round := range rounds + 1 {
		warming := round == 0
		fmt.Fprintf(progress, "round %d of %d\n", round, rounds)
		for _, j := range turns() {
			s := j.shape
			if warming {
				s = s.short()
			}
			got, err := process(ctx, j.name, s, url)
			if err != nil {
				return nil, err
			}
			if !warming || o.short {
				m[j.name] = append(m[j.name], got)
			}
		}
	}
	return m, nil
}

// turns are the jobs of a round in their order.
func turns() []job {
	all := jobs()
	brief := slices.DeleteFunc(slices.Clone(all), func(j job) bool { return !j.brief })
	return slices.Concat(all, brief, brief)
}

// process runs a job in a process of its own and checks that it saw every row.
//
// The peak of a process counts from its birth, when it still was a copy of this one. So this one stays small:
// it must not do the work of a job.
func process(ctx context.Context, name string, s shape, url string, more ...string) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	program, err := os.Executable()
	if err != nil {
		return sample{}, err
	}
	cmd := exec.CommandContext(ctx, program, append([]string{childRun, name, s.String(), url}, more...)...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	out, err := cmd.Output()
	took := time.Since(start)
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w", name, err)
	}
	rows, err := strconv.Atoi(string(bytes.TrimSpace(out)))
	if err != nil || rows != s.rows() {
		return sample{}, fmt.Errorf("%s: saw %s rows instead of %d", name, bytes.TrimSpace(out), s.rows())
	}
	return sample{
		cpu:  cmd.ProcessState.UserTime().Seconds(),
		rss:  float64(peak(cmd.ProcessState)) / 1e6,
		wall: took.Seconds(),
	}, nil
}

// runJob is such a process: name, shape, URL and perhaps the file of a profile.
func runJob(ctx context.Context, args []string, w io.Writer) error {
	if len(args) < 3 {
		return fmt.Errorf("%s needs job, shape and URL", childRun)
	}
	s, err := parseShape(args[1])
	if err != nil {
		return err
	}
	at := slices.IndexFunc(jobs(), func(j job) bool { return j.name == args[0] })
	if at < 0 {
		return fmt.Errorf("no job %q", args[0])
	}
	if len(args) > 3 {
		f, err := os.Create(args[3])
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	rows, err := jobs()[at].run(ctx, target{shape: s, url: args[2] + "/" + s.String()})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, rows)
	return err
}

// profile runs each job once and leaves its CPU profile in a directory.
func profile(ctx context.Context, o options, url string) error {
	if err := os.MkdirAll(o.into, 0o755); err != nil {
		return err
	}
	for _, j := range jobs() {
		if !strings.Contains(j.name, o.only) {
			continue
		}
		file := filepath.Join(o.into, j.name+".pprof")
		if _, err := process(ctx, j.name, j.shape, url, file); err != nil {
			return err
		}
	}
	return nil
}
