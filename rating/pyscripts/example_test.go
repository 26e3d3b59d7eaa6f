package pyscripts_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// demo is a client of a cloud inside the process. A program connects with gophermeter.Connect(ctx), which reads
// OS_CLOUD and clouds.yaml.
func demo(ctx context.Context) (client *pyscripts.Client, done func()) {
	cloud := fakecloud.New()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	if client, err = pyscripts.New(conn); err != nil {
		log.Fatal(err)
	}
	return client, cloud.Close
}

// Whether the service runs the program that is at hand, without reading the service's.
func ExampleChecksum() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	const program = "for name, points in data['usage'].items():\n    pass\n"
	if _, err := client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "discounts", Data: program}); err != nil {
		log.Fatal(err)
	}
	for script, err := range client.Scripts(pyscripts.ScriptOptions{NoData: true}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(script.Name, script.Checksum == pyscripts.Checksum(program))
	}
	// Output:
	// night tariff false
	// discounts true
}

// The scripts, with their programs.
func ExampleClient_Scripts() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	for script, err := range client.Scripts(pyscripts.ScriptOptions{}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %q\n", script.Name, script.Data)
	}
	// Output:
	// night tariff: "# Half price at night, once it is enabled.\n"
}

// A program that puts a price on every server. The service does not look whether it is one: try it elsewhere first.
func ExampleClient_CreateScript() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	script, err := client.CreateScript(ctx, pyscripts.ScriptCreate{
		Name: "flat", Data: "for point in data['usage'].get('instance', []):\n    point['rating'] = {'price': 1}\n",
	})
	if err != nil {
		log.Fatal(err)
	}
	stored, err := client.GetScript(ctx, script.ID)
	fmt.Println(stored.Name, stored.Checksum == pyscripts.Checksum(script.Data), err)
	// Output: flat true <nil>
}

// Another program under the same name: possible until release 22.
func ExampleClient_UpdateScript() {
	ctx := context.Background()
	client, done := demo(ctx)
	defer done()
	scripts, err := client.Scripts(pyscripts.ScriptOptions{NoData: true}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	updated, err := client.UpdateScript(ctx, scripts[0].ID, pyscripts.ScriptUpdate{Data: new("pass\n")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(updated.Name, updated.Checksum == pyscripts.Checksum("pass\n"))
	if err := client.DeleteScript(ctx, updated.ID); err != nil {
		log.Fatal(err)
	}
	// Output: night tariff true
}
