package hashmap_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// demo is a client of a cloud inside the process. A program connects with gophermeter.Connect(ctx), which reads
// OS_CLOUD and clouds.yaml.
func demo(ctx context.Context, opts ...fakecloud.Option) (client *hashmap.Client, done func()) {
	cloud := fakecloud.New(opts...)
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	if client, err = hashmap.New(conn); err != nil {
		log.Fatal(err)
	}
	return client, cloud.Close
}

// flavorField is the attribute of servers that their prices depend on.
func flavorField(ctx context.Context, client *hashmap.Client) hashmap.Field {
	service, err := client.FindService(ctx, "instance")
	if err != nil {
		log.Fatal(err)
	}
	field, err := client.FindField(ctx, service.ID, "flavor_name")
	if err != nil {
		log.Fatal(err)
	}
	return field
}

// What each flavor costs in a rating period.
func ExampleClient_Mappings() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	service, err := client.FindService(ctx, "instance")
	if err != nil {
		log.Fatal(err)
	}
	field, err := client.FindField(ctx, service.ID, "flavor_name")
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range client.Mappings(hashmap.MappingOptions{FieldID: field.ID, NoProject: true}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Value, m.Cost)
	}
	// Output:
	// m1.tiny 0.0052
	// m1.small 0.0116
	// m1.medium 0.0464
	// m1.large 0.0928
	// c1.large 0.17
	// r1.xlarge 0.252
	// b1.build 0.0928
	// g1.a100 2.934
	// h1.node 1.4333333333
	// s1.storage 0.21
}

// A price for a new flavor, in the group in which those of the others are.
func ExampleClient_CreateMapping() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	group, err := client.FindGroup(ctx, "servers")
	if err != nil {
		log.Fatal(err)
	}
	mapping, err := client.CreateMapping(ctx, hashmap.MappingCreate{
		FieldID: flavorField(ctx, client).ID, Value: "m2.small", Cost: decimal.RequireFromString("0.0139"), GroupID: group.ID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(mapping.Value, mapping.Type, mapping.Cost)
	// Output:
	// m2.small flat 0.0139
}

// A price is changed in the way of the release: in place until 22, and by ending one rule and beginning another from
// 23.0 on.
func ExampleClient_ChangePrice() {
	ctx := context.Background()
	client, done := demo(ctx, fakecloud.WithRatingRelease(fakecloud.RatingCurrent))
	defer done()
	rules := client.Mappings(hashmap.MappingOptions{FieldID: flavorField(ctx, client).ID})
	old, err := rules.Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range old {
		if m.Value != "m1.small" {
			continue
		}
		_, err := client.ChangePrice(ctx, m.ID, hashmap.PriceChange{
			Cost: decimal.RequireFromString("0.0125"), At: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	for m, err := range rules.All(ctx) {
		switch {
		case err != nil:
			log.Fatal(err)
		case m.Value == "m1.small" && m.End != nil:
			fmt.Println(m.Value, m.Cost, "until", m.End.Format(time.DateOnly))
		case m.Value == "m1.small":
			fmt.Println(m.Value, m.Cost, "from", m.Start.Format(time.DateOnly), "on")
		}
	}
	// Output:
	// m1.small 0.0116 until 2031-01-01
	// m1.small 0.0125 from 2031-01-01 on
}
