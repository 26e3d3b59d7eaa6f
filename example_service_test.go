package gophermeter_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// The same with a body that is read while it arrives.
func ExampleService_Do() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	rating, err := conn.Service("rating")
	if err != nil {
		log.Fatal(err)
	}
	resp, err := rating.Base("v1").Do(ctx, gophermeter.Request{Op: "types", Path: []string{"rating", "module_config", "hashmap", "types"}})
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	fmt.Println(string(text), err)
	// Output: ["flat", "rate"] <nil>
}

// An API that is in no catalogue, with a key of its own: same retries, limits, errors.
func ExampleNewService() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	key := http.Header{"Xa-Site": {fakecloud.AMIESite}, "Xa-Api-Key": {fakecloud.AMIEKey}}
	service, err := gophermeter.NewService(cloud.AMIEURL(), key)
	if err != nil {
		log.Fatal(err)
	}
	err = service.Read(ctx, gophermeter.Request{Op: "failed", Path: []string{"usage", "failed"}}, func(_ http.Header, body []byte) error {
		fmt.Println(string(body))
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: {"FailedRecords":[]}
}

// What a package of this module lacks can be asked for with the same login, retries and errors.
func ExampleService_Read() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	compute, err := conn.Service("compute")
	if err != nil {
		log.Fatal(err)
	}
	r := gophermeter.Request{Op: "versions", Method: http.MethodGet}
	err = compute.Read(ctx, r, func(h http.Header, body []byte) error {
		fmt.Println(h.Get("Content-Type"), len(body) > 0)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: application/json true
}
