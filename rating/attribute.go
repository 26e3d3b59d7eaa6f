package rating

import "github.com/gophermeter/gophermeter/internal/jsonstream"

// Attribute is one thing that is known of a rated resource. Which there are says the operator's metrics.yml.
type Attribute struct {
	// Name is the key that rules, groups and filters refer to, such as flavor_name.
	Name string
	// Value is the text of a string, or a number as it is written; null is "".
	Value string
}

// Attributes are those of a point, in the order in which the service wrote them.
type Attributes []Attribute

// Get is the value of the first attribute of that name, "" where there is none.
func (a Attributes) Get(name string) string {
	for i := range a {
		if a[i].Name == name {
			return a[i].Value
		}
	}
	return ""
}

// Has tells whether there is an attribute of that name; its value may be "".
func (a Attributes) Has(name string) bool {
	for i := range a {
		if a[i].Name == name {
			return true
		}
	}
	return false
}

// Map is a copy for lookups; of a name that comes twice the first counts.
func (a Attributes) Map() map[string]string {
	m := make(map[string]string, len(a))
	for _, one := range a {
		if _, known := m[one.Name]; !known {
			m[one.Name] = one.Value
		}
	}
	return m
}

// projectKeys are the attributes that hold the project: CloudKitty's scope_key, unless its operator chose another.
var projectKeys = []string{"project_id", "tenant_id"}

// projectOf is the value of the first of these names that has one.
func projectOf(all Attributes, keys []string) string {
	for _, key := range keys {
		if value := all.Get(key); value != "" {
			return value
		}
	}
	return ""
}

// attributeReader reads the members of objects into arenas that many rows share.
type attributeReader struct {
	r     *jsonstream.Reader
	arena Attributes
	names []string // by position: objects of one kind have the same names in the same order
	at    int
	field func([]byte) error
}

const (
	arenaSize = 512 // attributes that are allocated at once
	arenaRoom = 32  // of a row, before the arena grows
	maxNames  = 64  // of different ones worth remembering
)

func newAttributeReader(r *jsonstream.Reader) *attributeReader {
	a := &attributeReader{r: r}
	a.field = a.readField // bound once, not once a row
	return a
}

// begin makes room for a row and tells where its attributes start.
func (a *attributeReader) begin() int {
	if cap(a.arena)-len(a.arena) < arenaRoom {
		a.arena = make(Attributes, 0, arenaSize)
	}
	return len(a.arena)
}

// since are the attributes from there on, which belong to the caller.
func (a *attributeReader) since(start int) Attributes {
	return a.arena[start:len(a.arena):len(a.arena)]
}

// read appends the members of the object that comes next, of a row that has so many already.
func (a *attributeReader) read(has int) error {
	a.at = has
	return a.r.Object(a.field)
}

func (a *attributeReader) readField(name []byte) error {
	one := Attribute{Name: a.name(name)}
	text := (*jsonstream.Reader).Intern
	if one.Name == "id" {
		text = (*jsonstream.Reader).String // another one in each row
	}
	var err error
	one.Value, err = textOf(a.r, text)
	a.arena = append(a.arena, one)
	return err
}

// name gives a text that rows share.
func (a *attributeReader) name(name []byte) string {
	at := a.at
	a.at++
	if at < len(a.names) && a.names[at] == string(name) {
		return a.names[at]
	}
	for _, known := range a.names {
		if known == string(name) {
			return known
		}
	}
	text := string(name)
	if len(a.names) < maxNames {
		a.names = append(a.names, text)
	}
	return text
}

// textOf reads a value of any kind: a string says what it says, null is "", the rest is as it is written.
func textOf(r *jsonstream.Reader, text func(*jsonstream.Reader) (string, error)) (string, error) {
	switch r.Kind() {
	case '"', 'n':
		return text(r)
	}
	raw, err := r.Raw()
	return string(raw), err
}
