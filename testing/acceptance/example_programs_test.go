//go:build acceptance

package acceptance_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// example runs one of the examples as README does, on the cloud that OS_CLOUD names.
func example(t testing.TB, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := goRun(t, name, args)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func goRun(t testing.TB, name string, args []string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"run", "./examples/" + name}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	return cmd
}

// prints wants a run that succeeds and whose output looks like that.
func prints(t testing.TB, want, name string, args ...string) string {
	t.Helper()
	stdout, stderr, err := example(t, name, args...)
	require.NoError(t, err, "%s %q: %s", name, args, stderr)
	require.Regexp(t, want, stdout)
	return stdout
}

// fails wants one line of an error and nothing else: the second line is that of "go run".
func fails(t testing.TB, want, name string, args ...string) {
	t.Helper()
	stdout, stderr, err := example(t, name, args...)
	require.Error(t, err)
	assert.Empty(t, stdout)
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	require.Len(t, lines, 2, "%s", stderr)
	assert.Regexp(t, want, lines[0])
	assert.Equal(t, "exit status 1", lines[1])
}

func TestExampleAlarmWatch(t *testing.T) {
	const program = "alarm-watch"
	client := alarms(t, "")
	name := fmt.Sprintf("gophermeter example %d", time.Now().UnixNano())
	t.Cleanup(func() {
		ctx := cleanupContext(t)
		for a, err := range client.Alarms(alarm.AlarmsOptions{}).All(ctx) {
			if assert.NoError(t, err) && strings.HasPrefix(a.Name, name) {
				assert.NoError(t, client.DeleteAlarm(ctx, a.ID))
			}
		}
	})

	prints(t, `(?m)^threshold +48000000000$`, program, "create", "-name", name, "-type", "gnocchi_resources_threshold", "-metric", "cpu",
		"-resource-id", "11111111-1111-1111-1111-111111111111", "-resource-type", "generic", "-aggregation-method", "rate:mean",
		"-granularity", "300", "-comparison-operator", "gt", "-threshold", "48e9", "-enabled", "False", "-alarm-action", "http://127.0.0.1:9/hook")
	prints(t, regexp.QuoteMeta(name), program, "list", "-state", "insufficient data")
	updated := prints(t, `(?m)^threshold +54000000000$`, program, "update", "-threshold", "54e9", "-severity", "critical", name)
	for _, kept := range []string{`alarm_actions +http://127.0.0.1:9/hook`, `granularity +300`, `enabled +false`, `severity +critical`} {
		assert.Regexp(t, `(?m)^`+kept+`$`, updated)
	}

	watch := goRun(t, program, []string{"watch", "-interval", "200ms", "-for", "8s", name})
	stdout, err := watch.StdoutPipe()
	require.NoError(t, err)
	stderr, err := watch.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, watch.Start())
	notes, lines := bufio.NewScanner(stderr), bufio.NewScanner(stdout)
	require.True(t, notes.Scan())
	assert.Regexp(t, `^alarm-watch: `+name+` is insufficient data; watching until 8s are over, or Ctrl-C$`, notes.Text())
	for _, state := range []string{"ok", "alarm"} {
		prints(t, ` is set to `+state+`\n$`, program, "state", name, state)
		require.True(t, lines.Scan())
		assert.Regexp(t, `^20.* UTC  `+name+`: `+state+` \(Manually set via API\)$`, lines.Text())
	}
	assert.False(t, lines.Scan(), "%s", lines.Text())
	require.True(t, notes.Scan())
	assert.Equal(t, "alarm-watch: the watch ends; transitions seen: 2", notes.Text())
	require.NoError(t, watch.Wait())

	prints(t, `(?s)state transition +state alarm .*state transition +state ok .*rule change +severity critical; rule threshold=54000000000\n.*creation +aggregation_method=rate:mean`,
		program, "history", name)
	prints(t, `(?m)^type +event$`, program, "create", "-name", name, "-type", "event", "-event-type", "compute.instance.*")
	fails(t, `^alarm-watch: ambiguous: 2 alarms are named ".*": \S+, \S+; say which by its id$`, program, "delete", name)
	prints(t, `(?m)^name +`+name+` 2$`, program, "update", "-name", name+" 2", "-enabled", "False", "-query", "traits.memory_mb>=integer::512", newest(t, client, name))
	prints(t, ` is deleted\n$`, program, "delete", name)
	prints(t, ` is deleted\n$`, program, "delete", name+" 2")
	fails(t, `^alarm-watch: not found: no alarm has the id or the name `, program, "show", name)
	fails(t, `^alarm-watch: only administrators may list the alarms of all projects`, program, "list", "-cloud", "demo", "-all-projects")
}

// newest is the id of the event alarm of a name.
func newest(t testing.TB, client *alarm.Client, name string) string {
	t.Helper()
	all, err := client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.ByName(name), alarm.ByKind(alarm.KindEvent)}}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0].ID
}

// The seeded prices stay as they are: other tests hold bills to them.
func TestExampleRatingRules(t *testing.T) {
	const program, name = "rating-rules", "gophermeter.example"
	load[ids](t, "ids.json")
	h, err := hashmap.New(connect(t, ""))
	require.NoError(t, err)
	unmake := func() {
		ctx := cleanupContext(t)
		if service, err := h.FindService(ctx, name); err == nil {
			assert.NoError(t, h.DeleteService(ctx, service.ID))
		}
		if group, err := h.FindGroup(ctx, name); err == nil {
			assert.NoError(t, h.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{}))
		}
	}
	unmake() // what a run left that was interrupted
	t.Cleanup(unmake)
	before := prints(t, `(?m)^instance +flavor_name +c1.large +flat +0.3333333333 `, program)
	red := []string{"-service", name, "-field", "colour", "-value", "red"}

	prints(t, `^Would be done:\n  new service gophermeter.example\n  new field colour\n  new group gophermeter.example\n  new price `,
		program, append([]string{"set", "-dry-run", "-cost", "0.12", "-group", name}, red...)...)
	require.Equal(t, before, prints(t, "", program, "card"), "a dry run")
	prints(t, `\ncolour=red x10 +0 +1.2 +\+1.2\n$`,
		program, append([]string{"set", "-cost", "0.12", "-group", name, "-quote", "red x10"}, red...)...)
	prints(t, `\ncolour=red x1 +0.12 +0.1234567890123456789012345678 +\+0.0034567890123456789012345678\n$`,
		program, append([]string{"set", "-cost", "0.1234567890123456789012345678"}, red...)...)
	prints(t, `\ncolour=red x1 +0.1234567890123456789012345678 +0 `, program, append([]string{"set", "-type", "rate", "-cost", "1.5"}, red...)...)
	prints(t, `\ncolour=red x100 +0 +3 +\+3\n$`, program, "set", "-service", name, "-cost", "0.02", "-group", name, "-quote", "colour=red x100")
	prints(t, `for tenant-2: flat 0.01\n$`, program, "set", "-service", name, "-cost", "0.01", "-project", "tenant-2")
	prints(t, `(?s)gophermeter.example +flat +0.02  gophermeter.example\n.*flat +0.01 +tenant-2\n.*colour +red +rate +1.5  gophermeter.example\n`,
		program, "card", "-service", name)
	prints(t, `"price": "0.06"`, program, "quote", "-cloud", "demo", "-service", name, "-desc", "colour=red", "-volume", "2", "-format", "json")
	fails(t, `^rating-rules: only administrators may see and change prices`, program, "card", "-cloud", "demo")

	prints(t, `  price of gophermeter.example colour=red in the group gophermeter.example: rate 1.5 is removed\n  field colour is removed\n`, program, append([]string{"remove", "-prune"}, red...)...)
	prints(t, `flat 0.01 is removed\n`, program, "remove", "-prune", "-service", name, "-project", "tenant-2")
	prints(t, `flat 0.02 is removed\n  service gophermeter.example is removed\n  group gophermeter.example is removed\n`, program, "remove", "-prune", "-service", name)
	assert.Equal(t, before, prints(t, "", program))
}
