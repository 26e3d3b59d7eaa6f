// Demo-cloud keeps the embedded cloud of the examples running, so that what one program writes the next one reads,
// and so that other clients of OpenStack can be tried on it:
//
//	go run ./examples/demo-cloud        # until Ctrl-C
//	go run ./examples/demo-cloud -h     # flags and sample calls
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

const about = `Demo-cloud serves an OpenStack cloud on a loopback port until Ctrl-C: Keystone, Nova's usage, CloudKitty,
Ceilometer, Aodh and the AMIE Usage API, as they are after a month of work, the last whole one by this machine's clock.
The administrator's entry in clouds.yaml is fakecloud. It is all gone when the program ends.

  demo-cloud                          writes clouds.yaml into a new directory and tells its name
  demo-cloud -clouds ./clouds.yaml    writes it there; the file must not exist
  demo-cloud -rating-storage 1        CloudKitty with its older storage, which has version 1 of the API only
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	fs := flag.NewFlagSet("demo-cloud", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	path := fs.String("clouds", "", "`file` that clouds.yaml is written to")
	storage := fs.Int("rating-storage", 2, "`version` of CloudKitty's storage: 1 or 2")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, about+"\nFlags:\n")
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return 0
	case err == nil && fs.NArg() > 0:
		err = fmt.Errorf("%q is not a flag", fs.Arg(0))
	case err == nil && *storage != 1 && *storage != 2:
		err = fmt.Errorf("-rating-storage %d is neither 1 nor 2", *storage)
	}
	if err != nil {
		fmt.Fprintf(stderr, "demo-cloud: %v (demo-cloud -h explains)\n", err)
		return 2
	}
	if err := serve(ctx, *path, *storage, stdout); err != nil {
		fmt.Fprintf(stderr, "demo-cloud: %v\n", err)
		return 1
	}
	return 0
}

// serve runs the cloud until ctx ends.
func serve(ctx context.Context, path string, storage int, stdout io.Writer) (err error) {
	// Its clock is this machine's, unlike that of the embedded cloud, for other programs go by theirs.
	cloud := fakecloud.New(fakecloud.WithClock(time.Now), fakecloud.WithRatingStorage(storage))
	defer cloud.Close()
	if path == "" {
		var dir string
		if dir, err = os.MkdirTemp("", "demo-cloud-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		path = filepath.Join(dir, "clouds.yaml")
	}
	if path, err = filepath.Abs(path); err != nil { // the other terminal may be in another directory
		return err
	}
	if err := write(path, cloud.CloudsYAML()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(path)) }()
	_, err = fmt.Fprintf(stdout, `The demo cloud runs until Ctrl-C. In another terminal:

  export OS_CLIENT_CONFIG_FILE=%s OS_CLOUD=fakecloud
  go run ./examples/showback

Keystone %s/identity/v3
AMIE     %s (site %s, API key %s)
Users    %s
`, path, cloud.URL(), cloud.AMIEURL(), fakecloud.AMIESite, fakecloud.AMIEKey, strings.Join(entries(cloud), ", "))
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// write makes a new file that only its owner reads, for there are passwords in it.
func write(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// entries are the names in clouds.yaml.
func entries(cloud *fakecloud.Cloud) (names []string) {
	for line := range strings.Lines(cloud.CloudsYAML()) {
		if name, ok := strings.CutPrefix(line, "  "); ok && !strings.HasPrefix(name, " ") {
			names = append(names, strings.TrimSuffix(strings.TrimSpace(name), ":"))
		}
	}
	return names
}
