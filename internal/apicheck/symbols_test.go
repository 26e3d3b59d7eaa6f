package apicheck

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// symbol is one exported identifier: a constant, variable, function, type, field or method.
type symbol struct {
	name  string // Client.FindSample, ErrNotFound
	line  string // its line in the golden surface
	doc   string // its own comment, or the line comment beside it
	group string // the comment above the group that declares it
	pos   token.Pos
	fn    *ast.FuncType // of a function or method
	recv  string        // Client, for its methods
}

// symbols are the exported identifiers of a package. Members that an exported type has through an embedded
// type of the same package are listed under it only where the embedded type is not exported itself.
func symbols(p *pkg) []symbol {
	s := &surface{types: map[string]*ast.TypeSpec{}, methods: map[string][]*ast.FuncDecl{}}
	for _, f := range p.files {
		for _, d := range f.Decls {
			s.index(d)
		}
	}
	for _, f := range p.files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				s.group(d)
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					s.add(symbol{name: d.Name.Name, doc: text(d.Doc), pos: d.Pos(), fn: d.Type},
						"func "+d.Name.Name+typeParams(d.Type.TypeParams)+signature(d.Type))
				}
			}
		}
	}
	return s.all
}

type surface struct {
	types   map[string]*ast.TypeSpec
	methods map[string][]*ast.FuncDecl
	all     []symbol
}

func (s *surface) add(one symbol, line string) {
	one.line = line
	s.all = append(s.all, one)
}

func (s *surface) index(d ast.Decl) {
	switch d := d.(type) {
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok {
				s.types[t.Name.Name] = t
			}
		}
	case *ast.FuncDecl:
		if d.Recv != nil && len(d.Recv.List) == 1 {
			name := baseName(d.Recv.List[0].Type)
			s.methods[name] = append(s.methods[name], d)
		}
	}
}

// group adds what one const, var or type declaration declares.
func (s *surface) group(d *ast.GenDecl) {
	var last *ast.ValueSpec // whose type and values a constant repeats
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			if d.Tok == token.CONST && (spec.Type != nil || spec.Values != nil) {
				last = spec
			}
			s.values(d, spec, last)
		case *ast.TypeSpec:
			if !spec.Name.IsExported() {
				continue
			}
			doc := text(spec.Doc, spec.Comment)
			if !d.Lparen.IsValid() {
				doc = text(d.Doc, spec.Doc, spec.Comment)
			}
			one := symbol{name: spec.Name.Name, doc: doc, pos: spec.Pos()}
			s.add(one, "type "+one.name+typeParams(spec.TypeParams)+" "+underlying(spec))
			s.members(one.name, one.name, nil)
		}
	}
}

func (s *surface) values(d *ast.GenDecl, spec, last *ast.ValueSpec) {
	for i, name := range spec.Names {
		if !name.IsExported() {
			continue
		}
		line := d.Tok.String() + " " + name.Name
		typ := spec.Type
		if d.Tok == token.CONST && typ == nil && spec.Values == nil {
			typ = last.Type
		}
		if typ != nil {
			line += " " + types.ExprString(typ)
		}
		if d.Tok == token.CONST && i < len(spec.Values) {
			line += " = " + types.ExprString(spec.Values[i])
		}
		doc, group := text(spec.Doc, spec.Comment), text(d.Doc)
		if !d.Lparen.IsValid() {
			doc, group = text(d.Doc, spec.Comment), ""
		}
		s.add(symbol{name: name.Name, doc: doc, group: group, pos: name.Pos()}, line)
	}
}

// members adds the fields and methods that owner has of the type named typ; through is what led there.
func (s *surface) members(owner, typ string, through []string) {
	spec := s.types[typ]
	if spec == nil || len(through) > 8 {
		return
	}
	switch t := spec.Type.(type) {
	case *ast.StructType:
		for _, f := range t.Fields.List {
			s.field(owner, f, append(through, typ))
		}
	case *ast.InterfaceType:
		for _, f := range t.Methods.List {
			fn, ok := f.Type.(*ast.FuncType)
			if !ok || !f.Names[0].IsExported() {
				continue
			}
			name := f.Names[0].Name
			s.add(symbol{name: owner + "." + name, doc: text(f.Doc, f.Comment), pos: f.Pos(), fn: fn, recv: owner},
				"method ("+owner+") "+name+signature(fn))
		}
	}
	for _, d := range s.methods[typ] {
		if d.Name.IsExported() {
			recv := strings.Replace(types.ExprString(d.Recv.List[0].Type), typ, owner, 1)
			s.add(symbol{name: owner + "." + d.Name.Name, doc: text(d.Doc), pos: d.Pos(), fn: d.Type, recv: owner},
				"method ("+recv+") "+d.Name.Name+signature(d.Type))
		}
	}
}

func (s *surface) field(owner string, f *ast.Field, through []string) {
	tag := ""
	if f.Tag != nil {
		tag = " " + f.Tag.Value
	}
	for _, name := range f.Names {
		if name.IsExported() {
			s.add(symbol{name: owner + "." + name.Name, doc: text(f.Doc, f.Comment), pos: name.Pos()},
				"field "+owner+"."+name.Name+" "+types.ExprString(f.Type)+tag)
		}
	}
	if len(f.Names) > 0 {
		return
	}
	name := baseName(f.Type)
	if !ast.IsExported(name) {
		s.members(owner, name, through)
		return
	}
	s.add(symbol{name: owner + "." + name, doc: text(f.Doc, f.Comment) + " embedded", pos: f.Pos()},
		"embed "+owner+"."+types.ExprString(f.Type)+tag)
}

// underlying is how a type is made, without the fields and methods that have lines of their own.
func underlying(spec *ast.TypeSpec) string {
	alias := ""
	if spec.Assign.IsValid() {
		alias = "= "
	}
	switch t := spec.Type.(type) {
	case *ast.StructType:
		return alias + "struct"
	case *ast.InterfaceType:
		parts := []string{"interface"}
		for _, f := range t.Methods.List {
			switch {
			case len(f.Names) == 0:
				parts = append(parts, types.ExprString(f.Type))
			case !f.Names[0].IsExported():
				parts = append(parts, "sealed")
			}
		}
		return alias + strings.Join(parts, " ")
	default:
		return alias + types.ExprString(t)
	}
}

// signature is the parameters and results without their names, which are documentation.
func signature(fn *ast.FuncType) string {
	out := "(" + strings.Join(list(fn.Params), ", ") + ")"
	switch results := list(fn.Results); len(results) {
	case 0:
		return out
	case 1:
		return out + " " + results[0]
	default:
		return out + " (" + strings.Join(results, ", ") + ")"
	}
}

// list is the types of parameters or results, one each.
func list(fields *ast.FieldList) []string {
	var out []string
	if fields == nil {
		return nil
	}
	for _, f := range fields.List {
		for range max(1, len(f.Names)) {
			out = append(out, types.ExprString(f.Type))
		}
	}
	return out
}

func typeParams(fields *ast.FieldList) string {
	var out []string
	if fields == nil {
		return ""
	}
	for _, f := range fields.List {
		for _, name := range f.Names {
			out = append(out, name.Name+" "+types.ExprString(f.Type))
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// baseName is the name of a receiver's or an embedded field's type.
func baseName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.StarExpr:
		return baseName(x.X)
	case *ast.IndexExpr:
		return baseName(x.X)
	case *ast.IndexListExpr:
		return baseName(x.X)
	case *ast.SelectorExpr:
		return x.Sel.Name
	default:
		return ""
	}
}

// text is the first comment that says something.
func text(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if out := strings.TrimSpace(g.Text()); out != "" {
			return out
		}
	}
	return ""
}
