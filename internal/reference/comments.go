package reference

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// comments are the doc comments of one source file's structs, by type name.
type comments map[string]structComments

// structComments are the doc comment of a struct and those of its fields, by
// Go name.
type structComments struct {
	doc    string
	fields map[string]string
}

// readComments parses Go source. What does not parse has no comments.
func readComments(source string) comments {
	all := comments{}
	f, _ := parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments|parser.SkipObjectResolution)
	if f == nil {
		return all
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range g.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if s, ok := t.Type.(*ast.StructType); ok {
				doc := t.Doc
				if doc == nil {
					doc = g.Doc
				}
				all[t.Name.Name] = structComments{doc.Text(), fieldComments(s)}
			}
		}
	}
	return all
}

func fieldComments(s *ast.StructType) map[string]string {
	fields := map[string]string{}
	for _, f := range s.Fields.List {
		text := f.Doc.Text()
		if text == "" {
			text = f.Comment.Text()
		}
		for _, name := range f.Names {
			fields[name.Name] = text
		}
	}
	return fields
}

// library finds the comments of structs of any package.
type library struct {
	shared map[string]comments // of packages whose structs many plugins use, by import path
	read   map[string]comments // by source text
}

func newLibrary() *library {
	return &library{
		shared: map[string]comments{
			reflect.TypeFor[plugin.InputOptions]().PkgPath(): readComments(plugin.CommonSource),
			reflect.TypeFor[netconf.TLSOptions]().PkgPath():  readComments(netconf.TLSSource),
		},
		read: map[string]comments{},
	}
}

// of returns the comments of struct t, which the given source declares unless
// it is a shared one.
func (l *library) of(t reflect.Type, source string) structComments {
	if c, ok := l.shared[t.PkgPath()]; ok {
		return c[t.Name()]
	}
	c, ok := l.read[source]
	if !ok {
		c = readComments(source)
		l.read[source] = c
	}
	return c[t.Name()]
}
