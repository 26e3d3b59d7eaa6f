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
