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

// A metric gets a price for each unit: its service, and a mapping without a field.
func ExampleClient_CreateService() {
	ctx := context.Background()
	client, done := demo(ctx, fakecloud.WithEmpty())
	defer done()
	service, err := client.CreateService(ctx, "image.size")
	if err != nil {
		log.Fatal(err)
	}
	mapping, err := client.CreateMapping(ctx, hashmap.MappingCreate{ServiceID: service.ID, Cost: decimal.RequireFromString("0.00002")})
	if err != nil {
		log.Fatal(err)
	}
	for s, err := range client.Services().All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.Name, s.ID == mapping.ServiceID, mapping.Cost)
	}
	// Output:
	// image.size true 0.00002
}

// Prices that depend on an attribute need a field.
func ExampleClient_CreateField() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	service, err := client.FindService(ctx, "instance")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.CreateField(ctx, service.ID, "availability_zone"); err != nil {
		log.Fatal(err)
	}
	for field, err := range client.Fields(service.ID).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(field.Name)
	}
	// Output:
	// flavor_name
	// availability_zone
}

// From a thousand units on there is a fee, in a group of its own so that it is added to the other prices.
func ExampleClient_CreateThreshold() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	group, err := client.CreateGroup(ctx, "fees")
	if err != nil {
		log.Fatal(err)
	}
	service, err := client.FindService(ctx, "volume.size")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.CreateThreshold(ctx, hashmap.ThresholdCreate{
		ServiceID: service.ID, GroupID: group.ID, Level: decimal.NewFromInt(1000), Cost: decimal.RequireFromString("0.5"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for t, err := range client.GroupThresholds(group.ID).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("from", t.Level, "on:", t.Type, t.Cost)
	}
	// Output:
	// from 1000 on: flat 0.5
}

// A rule goes. What was rated by it stays on the bill.
func ExampleClient_DeleteMapping() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	rules := client.Mappings(hashmap.MappingOptions{FieldID: flavorField(ctx, client).ID})
	before, err := rules.Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if err := client.DeleteMapping(ctx, before[0].ID); err != nil {
		log.Fatal(err)
	}
	after, err := rules.Collect(ctx)
	fmt.Println(len(before)-len(after), err)
	// Output: 1 <nil>
}

// A rule is changed in place: possible until release 22. ChangePrice does it in the way of any release.
func ExampleClient_UpdateMapping() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	rules, err := client.Mappings(hashmap.MappingOptions{FieldID: flavorField(ctx, client).ID}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	updated, err := client.UpdateMapping(ctx, rules[0].ID, hashmap.MappingUpdate{Cost: new(decimal.RequireFromString("0.0060"))})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(updated.Value, rules[0].Cost, "->", updated.Cost)
	// Output: m1.tiny 0.0052 -> 0.006
}

// A group goes with its rules. Without Recursive they stay, in no group, and prices change.
func ExampleClient_DeleteGroup() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	for group, err := range client.Groups().All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		rules, err := client.GroupMappings(group.ID).Collect(ctx)
		if err != nil {
			log.Fatal(err)
		}
		err = client.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{Recursive: true})
		fmt.Println(group.Name, "with", len(rules), "rules:", err)
	}
	// Output: servers with 11 rules: <nil>
}

// How much a fee is, and from which quantity on.
func ExampleClient_UpdateThreshold() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	service, err := client.FindService(ctx, "network.outgoing.bytes.rate")
	if err != nil {
		log.Fatal(err)
	}
	rules, err := client.Thresholds(hashmap.ThresholdOptions{ServiceID: service.ID}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	updated, err := client.UpdateThreshold(ctx, rules[0].ID, hashmap.ThresholdUpdate{Level: new(decimal.NewFromInt(2000))})
	fmt.Println("from", rules[0].Level, "to", updated.Level, err)
	// Output: from 1000 to 2000 <nil>
}
