package fakecloud

import (
	"fmt"
	"os"
	"sync"
)

// oplog is where the requests of this process are noted for the project's own check that every operation is
// tested: a file in the directory that GOPHERMETER_OPLOG names, nil where it names none.
var oplog = sync.OnceValue(func() *os.File {
	dir := os.Getenv("GOPHERMETER_OPLOG")
	if dir == "" {
		return nil
	}
	f, err := os.CreateTemp(dir, "ops-")
	if err != nil {
		panic(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintln(f, "#", wd)
	return f
})

// note writes METHOD /path status, the path below the service's root.
func note(r *Request) {
	if f := oplog(); f != nil {
		_, _ = fmt.Fprintln(f, r.Method, r.Path, r.Status)
	}
}
