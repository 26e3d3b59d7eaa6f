package bridge_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/usage"
)

// FuzzReadConfig: a configuration that is accepted maps without a panic to records that the service takes, and is the
// same when it is written and read again.
func FuzzReadConfig(f *testing.F) {
	sample, err := os.ReadFile("testdata/config.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	f.Add([]byte(`{"compute":[{"resource":"r","flavors":["*"],"rate":1e18}],"states":{"*":1e-18},"projects":{"` + projectABC + `":{"local_project_id":"p","username":"u"}}}`))
	f.Add([]byte(`{"storage":[{"resource":"r","metrics":["*"],"charge":"price","rate":"1"}],"users":{"a":"b","A":"c"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := bridge.ReadConfig(text)
		if err != nil {
			return
		}
		d := compute(t, c, slice(0, 7), slice(0, 1, owned(projectABC, ""), instance("b")))
		if err := usage.MessageOf(d.Records()...).Validate(usage.Rules{}); err != nil {
			t.Fatal(err)
		}
		if err := usage.MessageOf(storage(t, c, volume(0, 7)).Records()...).Validate(usage.Rules{}); err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := bridge.ReadConfig(written)
		if err != nil {
			t.Fatalf("%v: %s", err, written)
		}
		rewritten, err := json.Marshal(again)
		if err != nil || !reflect.DeepEqual(written, rewritten) {
			t.Fatalf("%v: %s\n%s", err, written, rewritten)
		}
	})
}
