package main

import (
	"context"
	"errors"
	"flag"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/table"
	"github.com/gophermeter/gophermeter/rating"
)

// item is a resource that is quoted.
type item struct {
	text     string
	resource rating.QuoteResource
}

// newItem is so much of a service with attributes. CloudKitty's rules look at metadata and at what it groups by alike.
func newItem(service string, attributes map[string]string, volume decimal.Decimal) item {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		words = append(words, name+"="+attributes[name])
	}
	return item{
		strings.Join(append(words, "x"+volume.String()), " "),
		rating.QuoteResource{Service: service, Volume: volume, Metadata: attributes},
	}
}

// parseItem reads -quote: 'm1.large x10', 'flavor_name=m1.large,vcpus=4' or 'x20'. A value alone is one of the field.
func parseItem(text, service, field string) (item, error) {
	rest, volume := strings.TrimSpace(text), decimal.NewFromInt(1)
	if at := strings.LastIndex(rest, "x"); at == 0 || at > 0 && rest[at-1] == ' ' {
		var n amount
		if n.Set(rest[at+1:]) == nil {
			rest, volume = strings.TrimSpace(rest[:at]), n.Decimal
		}
	}
	attributes := map[string]string{}
	switch {
	case volume.Sign() <= 0:
		return item{}, cli.Usage("-quote %q: there is nothing to quote of %s", text, volume)
	case rest == "":
	case strings.Contains(rest, "="):
		for word := range strings.SplitSeq(rest, ",") {
			if err := attribute(attributes, strings.TrimSpace(word)); err != nil {
				return item{}, cli.Usage("-quote %q: %w", text, err)
			}
		}
	case field == "":
		return item{}, cli.Usage("-quote %q: without -field only an amount such as x20, or attributes such as volume_type=ssd x20, can be meant", text)
	default:
		attributes[field] = rest
	}
	return newItem(service, attributes, volume), nil
}

var errNoAttribute = errors.New("an attribute looks like flavor_name=m1.large, and comes once")

func attribute(to map[string]string, word string) error {
	name, value, ok := strings.Cut(word, "=")
	if _, twice := to[name]; !ok || name == "" || value == "" || twice {
		return errNoAttribute
	}
	to[name] = value
	return nil
}

// quotes are what the items cost now. CloudKitty reads its rules anew for each quote, so that no reload is needed.
func (s *session) quotes(ctx context.Context, items []item) ([]decimal.Decimal, error) {
	out := make([]decimal.Decimal, len(items))
	for i := range items {
		var err error
		if out[i], err = s.rating.GetQuote(ctx, items[i].resource); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compared is a table of what the items cost before and, unless that is nil, after.
func compared(items []item, before, after []decimal.Decimal) *table.Table {
	columns := []table.Column{table.Left("Resource"), table.Right("Now")}
	if after != nil {
		columns = []table.Column{table.Left("Resource"), table.Right("Before"), table.Right("After"), table.Right("Difference")}
	}
	t := table.New(columns...)
	var was, is rating.Sum
	for i := range items {
		was.Add(before[i])
		if after == nil {
			t.Row(items[i].text, before[i].String())
			continue
		}
		is.Add(after[i])
		t.Row(items[i].text, before[i].String(), after[i].String(), signed(after[i].Sub(before[i])))
	}
	switch {
	case len(items) < 2:
	case after == nil:
		t.Foot("Total", was.Total().String())
	default:
		t.Foot("Total", was.Total().String(), is.Total().String(), signed(is.Total().Sub(was.Total())))
	}
	return t
}

// signed has a plus where more is to be paid.
func signed(d decimal.Decimal) string {
	if d.Sign() > 0 {
		return "+" + d.String()
	}
	return d.String()
}

func quote(fs *flag.FlagSet) cli.Action {
	var f format
	var desc texts
	volume := amount{Decimal: decimal.NewFromInt(1)}
	f.register(fs)
	service := fs.String("service", "", "`metric` that is rated, such as instance")
	fs.Var(&desc, "desc", "`attribute` of the resource, such as flavor_name=m1.large; may be given several times")
	fs.Var(&volume, "volume", "`amount` of it, in the unit of the metric; the default is 1")
	return func(ctx context.Context, e *cli.Env) error {
		attributes := map[string]string{}
		for _, word := range desc {
			if err := attribute(attributes, word); err != nil {
				return cli.Usage("-desc %q: %w", word, err)
			}
		}
		switch {
		case *service == "":
			return cli.Usage("-service is missing")
		case volume.Sign() <= 0:
			return cli.Usage("-volume %s: there is nothing to quote", volume.Decimal)
		}
		if err := f.check(); err != nil {
			return err
		}
		return connected(ctx, e, &zone{location: time.UTC}, func(s *session) error {
			return f.quote(ctx, s, newItem(*service, attributes, volume.Decimal))
		})
	}
}

// quoteDocument is a quote in JSON.
type quoteDocument struct {
	Service    string            `json:"service"`
	Attributes map[string]string `json:"desc"`
	Volume     decimal.Decimal   `json:"volume"`
	// Price of all of it in one rating period.
	Price decimal.Decimal `json:"price"`
}

func (f *format) quote(ctx context.Context, s *session, of item) error {
	prices, err := s.quotes(ctx, []item{of})
	if err != nil {
		return err
	}
	if prices[0].IsZero() {
		s.notice("0 may mean that there is no price for %s %s: CloudKitty does not tell", of.resource.Service, of.text)
	}
	if *f == "json" {
		return writeJSON(s.Out, quoteDocument{of.resource.Service, of.resource.Metadata, of.resource.Volume, prices[0]})
	}
	return compared([]item{of}, prices, nil).Write(s.Out)
}
