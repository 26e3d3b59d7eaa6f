// Package democloud connects the examples: to the cloud that the flags or the environment name, else to a
// fakecloud inside the program, so that every example runs on a machine that has no OpenStack.
package democloud

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// Options choose the cloud.
type Options struct {
	// Program is in front of the notice, and in the User-Agent.
	Program string
	// Cloud is an entry of clouds.yaml; empty leaves the choice to OS_CLOUD and OS_AUTH_URL.
	Cloud string
	// Region of the cloud; empty is the one of its entry, or its only one.
	Region string
	// Notice is told in one line when it is the embedded cloud.
	Notice io.Writer
	// Connect are further options, such as a logger.
	Connect []gophermeter.Option
}

// Embedded tells whether Connect starts a cloud of its own, since nothing names another.
func (o Options) Embedded() bool {
	return o.Cloud == "" && os.Getenv("OS_CLOUD") == "" && os.Getenv("OS_AUTH_URL") == ""
}

// Cloud is a connection that was made.
type Cloud struct {
	Conn *gophermeter.Connection
	// Now is the time up to which usage can be asked for: what the clock of the embedded cloud says, or the
	// latest whole minute that is surely past for a real one, whose clock may be a few seconds behind this
	// machine's.
	Now time.Time
	// Fake is the embedded cloud; nil where it is a real one.
	Fake *fakecloud.Cloud
}

// Connect logs in.
func Connect(ctx context.Context, o Options) (*Cloud, error) {
	c := &Cloud{Now: time.Now().UTC().Add(-10 * time.Second).Truncate(time.Minute)}
	opts := []gophermeter.Option{gophermeter.WithUserAgent(o.Program)}
	switch {
	case o.Embedded():
		c.Fake = fakecloud.New()
		c.Now = c.Fake.Now()
		fmt.Fprintf(o.Notice, "%s: neither OS_CLOUD nor OS_AUTH_URL is set: this is the embedded demo cloud, whose clock stands at %s; last month is %s\n",
			o.Program, c.Now.Format("2006-01-02 15:04 MST"), c.Now.AddDate(0, 0, -c.Now.Day()).Format("January 2006"))
		opts = append(opts, c.Fake.Options()...)
	case o.Cloud != "":
		opts = append(opts, gophermeter.WithCloud(o.Cloud))
	}
	if o.Region != "" {
		opts = append(opts, gophermeter.WithRegion(o.Region))
	}
	var err error
	if c.Conn, err = gophermeter.Connect(ctx, append(opts, o.Connect...)...); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connection, and the embedded cloud with it.
func (c *Cloud) Close() {
	if c.Conn != nil {
		c.Conn.CloseIdleConnections()
	}
	if c.Fake != nil {
		c.Fake.Close()
	}
}
