package apicheck

import (
	"go/ast"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows are the imports between services beyond those of a package's own ancestors: rating/hashmap may import
// rating, and these may import these.
var arrows = map[string][]string{
	"meter": {"alarm"},
	"amie":  {"usage"},
}

// dependencies are the modules that non-test source may import, and where. What stands here has an ADR.
var dependencies = map[string][]string{
	"github.com/gophercloud/gophercloud/v2":  {".", "testing"}, // for logins only
	"gopkg.in/yaml.v2":                       {"."},
	"github.com/go-json-experiment/json":     {".", "internal", "tenantusage", "rating", "meter", "alarm", "usage", "amie"},
	"github.com/shopspring/decimal":          {"internal", "rating", "meter", "usage", "amie", "testing/mockcloud"},
	"go.etcd.io/bbolt":                       {"amie/journal"},
	"github.com/jarcoal/httpmock":            {"testing/mockcloud"},
	"github.com/stretchr/testify":            {"testing/acceptance"},
	"github.com/gophermeter/gophermeter":     nil, // judged by the arrows
	"the standard library, by its first dot": nil,
}

// internalTools are below internal and import what they measure or check.
var internalTools = []string{"internal/bench", "internal/apicheck"}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, p := range tree() {
		for _, f := range p.files {
			for _, to := range imports(f) {
				if why := refused(p.dir, to); why != "" {
					t.Errorf("%s: %s imports %s: %s", p.at(f.Package), p.dir, to, why)
				}
			}
		}
		for _, f := range p.tests {
			for _, to := range imports(f) {
				if strings.HasPrefix(to, "go.etcd.io/bbolt") && !within(p.dir, "amie/journal") {
					t.Errorf("%s: only amie/journal links bbolt", p.at(f.Package))
				}
			}
		}
	}
}

// TestExamplesImports holds the examples to what a user can write.
func TestExamplesImports(t *testing.T) {
	t.Parallel()
	dirs, _ := filepath.Glob(filepath.Join(root(), "examples", "*"))
	deeper, _ := filepath.Glob(filepath.Join(root(), "examples", "*", "*"))
	for _, dir := range append(dirs, deeper...) {
		p := parse(dir)
		if p == nil {
			continue
		}
		if p.err != nil {
			t.Errorf("%s does not parse: %v", p.dir, p.err)
		}
		for _, f := range p.files {
			for _, to := range imports(f) {
				if strings.HasPrefix(to, module+"/internal") {
					t.Errorf("%s: imports %s, which a user cannot", p.at(f.Package), to)
				}
			}
		}
	}
}

func imports(f *ast.File) []string {
	var out []string
	for _, s := range f.Imports {
		to, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue
		}
		out = append(out, to)
	}
	return out
}

// refused says why non-test source in dir may not import to; "" where it may.
func refused(dir, to string) string {
	first, _, _ := strings.Cut(to, "/")
	if !strings.Contains(first, ".") {
		return ""
	}
	if to == module {
		return refusedOwn(dir, ".")
	}
	if own, ok := strings.CutPrefix(to, module+"/"); ok {
		return refusedOwn(dir, own)
	}
	for dep, where := range dependencies {
		if !within(to, dep) {
			continue
		}
		if slices.ContainsFunc(where, func(top string) bool { return dir == top || top != "." && within(dir, top) }) ||
			slices.Contains(internalTools, dir) {
			return ""
		}
		return "it belongs in " + strings.Join(where, ", ")
	}
	return "it is no dependency of this module: an ADR and a line in imports_test.go make it one"
}

// refusedOwn judges an import within the module.
func refusedOwn(dir, to string) string {
	switch {
	case slices.Contains(internalTools, to):
		return "nothing is built on it"
	case slices.Contains(internalTools, dir):
		return ""
	case within(to, "internal"):
		if within(dir, "testing/fakecloud") {
			return "fakecloud is built on the standard library and the root only"
		}
		return ""
	case within(dir, "internal"):
		return "internal packages know nothing of what is built on them"
	case dir == ".":
		return "the root imports no service"
	case within(dir, "testing/fakecloud"):
		if to == "." {
			return ""
		}
		return "fakecloud is built on the standard library and the root only"
	case within(dir, "testing"):
		return ""
	case within(to, "testing"):
		return "test doubles are for tests"
	case within(dir, "usage"):
		return "usage is pure data: it imports decimal and internal packages only"
	case to == "." || within(dir, to):
		return ""
	}
	for up := dir; up != "."; up = path.Dir(up) {
		if slices.ContainsFunc(arrows[up], func(top string) bool { return within(to, top) }) {
			return ""
		}
	}
	return "services do not import one another"
}

func TestImportsOfSample(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{".", "fmt", true},
		{".", "go/ast", true},
		{".", "@internal/errs", true},
		{".", "@tenantusage", false},
		{".", "@testing/fakecloud", false},
		{".", "github.com/gophercloud/gophercloud/v2/openstack", true},
		{"tenantusage", "github.com/gophercloud/gophercloud/v2", false},
		{"tenantusage", "@", true},
		{"tenantusage", "@internal/paging", true},
		{"tenantusage", "@rating", false},
		{"tenantusage", "@testing/fakecloud", false},
		{"tenantusage", "github.com/acme/left", false},
		{"tenantusage", "github.com/stretchr/testify/assert", false},
		{"internal/paging", "@internal/errs", true},
		{"internal/paging", "@", false},
		{"internal/paging", "@internal/bench", false},
		{"internal/bench", "@tenantusage", true},
		{"internal/bench", "github.com/gophercloud/gophercloud/v2/openstack/compute/v2/usage", true},
		{"meter", "@alarm", true},
		{"alarm", "@meter", false},
		{"amie", "@usage", true},
		{"amie/journal", "@usage", true},
		{"amie/journal", "@amie", true},
		{"amie/journal", "go.etcd.io/bbolt", true},
		{"amie", "go.etcd.io/bbolt", false},
		{"amie", "@amie/journal", false},
		{"usage", "@", false},
		{"usage", "@internal/wire", true},
		{"usage", "github.com/shopspring/decimal", true},
		{"rating/hashmap", "@rating", true},
		{"rating", "@rating/hashmap", false},
		{"rating/hashmap", "@rating/pyscripts", false},
		{"testing/fakecloud", "@", true},
		{"testing/fakecloud", "@tenantusage", false},
		{"testing/fakecloud", "@internal/wire", false},
		{"testing/fakecloud", "github.com/shopspring/decimal", false},
		{"testing/fakecloud", "github.com/gophercloud/gophercloud/v2", true},
		{"testing/mockcloud", "@tenantusage", true},
		{"testing/mockcloud", "github.com/jarcoal/httpmock", true},
	} {
		to := strings.TrimSuffix(strings.Replace(c.to, "@", module+"/", 1), "/")
		if why := refused(c.from, to); (why == "") != c.ok {
			t.Errorf("%s -> %s: %q", c.from, to, why)
		}
	}
}
