// Downstream makes last month's invoices of an OpenStack cloud: for each project what CloudKitty rated, by metric and
// flavor, with Nova's server-hours beside it as a check.
//
//	go run ./examples/downstream          # the embedded demo cloud
//	go run ./examples/downstream -h       # flags and sample calls
//
// It is the example to copy for a program of your own: it imports nothing that your module could not. Take
//
//   - main.go for the frame: flags, one line and status 1 for an error, status 2 for a wrong flag, Ctrl-C by the context.
//     [gophermeter.Connect] finds OS_CLOUD by itself; drop the cloud of package fakecloud, which is for trying out.
//   - billing/read.go for reading: one range over each collection, sums while it arrives, and the questions that come
//     before money: is the month over, is all of it rated, is it being rated again, did Nova see its end?
//   - billing/round.go for money: decimals all the way, one type that is rounded, one rule, printed on the invoice.
//   - billing/write.go for files: a folder that appears when it is complete, under names nobody can break out of.
//   - the tests for testing. The code under test takes a connection and needs no interface for a mock. Whole runs,
//     faults and tokens that expire are tested on fakecloud, a cloud with state in the test's process; what a cloud
//     rarely says, such as a price with 28 digits, on mockcloud, where each answer is a value of the test's own.
//
// What is left to you: numbers and addresses of invoices, and months in another zone than UTC.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/downstream/billing"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

const about = `Invoices makes last month's invoices of an OpenStack cloud, from what CloudKitty rated.

  invoices                                  last month, as text
  invoices -month 2026-09 -vat 19 -json     another one, as JSON
  invoices -month 2026-09 -out ./invoices   two files a project, in ./invoices/2026-09

The cloud is the one of OS_CLOUD, or of OS_AUTH_URL and its companions; without them it is an embedded demo cloud.
The user must be an administrator. A month that has not ended or is not rated to its end is refused, and so is a
CloudKitty of storage v1, which does not tell how far it has rated.

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// options are the flags.
type options struct {
	terms billing.Terms // without a month where it was not given
	out   string
	json  bool
}

// run is the program without its process: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	fs := o.flags()
	if err := o.parse(fs, args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, about)
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return 0
	} else if err != nil {
		fmt.Fprintf(stderr, "invoices: %s (invoices -h explains)\n", oneLine(err))
		return 2
	}
	if err := o.invoices(ctx, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "invoices: %s\n", oneLine(err))
		return 1
	}
	return 0
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (o *options) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("invoices", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	t := &o.terms
	fs.Func("month", "`YYYY-MM` in UTC; the default is last month", func(s string) error {
		m, err := time.Parse("2006-01", s)
		if err != nil {
			return errors.New("a month is written as 2026-09")
		}
		t.Year, t.Month = m.Year(), m.Month()
		return nil
	})
	fs.Func("out", "write files to `folder`/YYYY-MM, which must not be there yet; without it they are printed", func(s string) error {
		if o.out = s; s == "" {
			return errors.New("the name of a folder is empty")
		}
		return nil
	})
	fs.BoolVar(&o.json, "json", false, "print JSON, not text")
	fs.TextVar(&t.VAT, "vat", decimal.Zero, "value added tax in `percent`")
	fs.TextVar(&t.Tolerance, "tolerance", decimal.NewFromInt(5), "by how many `percent` CloudKitty's server-hours may differ from Nova's")
	fs.StringVar(&t.Currency, "currency", "EUR", "`name` of the currency of the rates")
	fs.StringVar((*string)(&t.Rounding.Half), "round", string(billing.HalfUp), "`rule` for halves: half-up or half-even")
	t.Rounding.Places = 2
	fs.Func("digits", "`number` of digits that amounts have behind the point (default 2)", func(s string) error {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil {
			return errors.New("a number such as 2 is needed")
		}
		t.Rounding.Places = int32(n)
		return nil
	})
	fs.DurationVar(&t.Period, "period", time.Hour, "CloudKitty's rating `period`")
	fs.StringVar(&t.ServerMetric, "servers", "instance", "CloudKitty's `name` of the metric of servers")
	return fs
}

func (o *options) parse(fs *flag.FlagSet, args []string) error {
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch {
	case fs.NArg() > 0:
		return fmt.Errorf("%q is not a flag", fs.Arg(0))
	case o.json && o.out != "":
		return errors.New("-json is for what is printed: -out writes both")
	}
	return o.terms.Check()
}

// invoices makes all of them before the first is written.
func (o *options) invoices(ctx context.Context, stdout, stderr io.Writer) error {
	connect, now, done := cloud(stderr)
	defer done()
	if o.terms.Month == 0 {
		last := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, time.UTC)
		o.terms.Year, o.terms.Month = last.Year(), last.Month()
	}
	dir := filepath.Join(o.out, o.terms.Label())
	if o.out != "" {
		if err := billing.Vacant(dir); err != nil {
			return err // before the work, which Write would refuse in the end
		}
	}
	conn, err := gophermeter.Connect(ctx, connect...)
	if err != nil {
		return err
	}
	defer conn.CloseIdleConnections()
	biller, err := billing.New(conn, o.terms)
	if err != nil {
		return err
	}
	all, unbilled, err := biller.Invoices(ctx, now)
	if err != nil {
		return err
	}
	warn(stderr, all, unbilled)
	if len(all) == 0 {
		fmt.Fprintf(stderr, "invoices: nothing was rated in %s: there are no invoices\n", o.terms.Label())
	}
	if o.out == "" || len(all) == 0 {
		return o.print(stdout, all)
	}
	if err := billing.Write(dir, all); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "invoices: %d in %s\n", len(all), dir)
	return nil
}

// cloud is the one of the environment, which Connect finds without options, or an embedded one with a clock of its own.
func cloud(stderr io.Writer) (connect []gophermeter.Option, now time.Time, done func()) {
	if os.Getenv("OS_CLOUD") != "" || os.Getenv("OS_AUTH_URL") != "" {
		return nil, time.Now().UTC(), func() {}
	}
	demo := fakecloud.New()
	fmt.Fprintln(stderr, "invoices: neither OS_CLOUD nor OS_AUTH_URL is set: this is the embedded demo cloud, where it is", demo.Now().Format(time.DateOnly))
	return demo.Options(), demo.Now(), demo.Close
}

// warn tells those who run the program what they should look at. Names are quoted: anybody can choose one.
func warn(stderr io.Writer, all []billing.Invoice, unbilled []string) {
	for _, i := range all {
		for _, w := range i.Warnings {
			fmt.Fprintf(stderr, "invoices: warning: %q: %s\n", cmp.Or(i.Project, i.ProjectID), w)
		}
	}
	for _, project := range unbilled {
		fmt.Fprintf(stderr, "invoices: warning: %q used servers, and nothing of it was rated: it has no invoice\n", project)
	}
}

// print writes once, and only whole invoices.
func (o *options) print(stdout io.Writer, all []billing.Invoice) error {
	var out []byte
	for n, i := range all {
		if n > 0 {
			out = append(out, '\n')
		}
		out = append(out, i.Text()...)
	}
	if o.json {
		var err error
		if out, err = billing.JSON(all); err != nil {
			return err
		}
	}
	_, err := stdout.Write(out)
	return err
}
