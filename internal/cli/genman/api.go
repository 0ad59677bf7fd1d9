package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strconv"
	"strings"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/reference/roff"
)

// apiText is what the page of the admin API says beside what its sources do.
const apiText = `A running heka answers questions over HTTP: what its plugins do, what flows between
them and what holds it up, which messages pass. heka top, tap, graph and sbmgr and
the dashboard ask there, and so may anybody else who is let in.

The option admin of [hekad] says where: by default at the socket file admin.sock in
base_dir, which only heka's user may open. On HOST:PORT admin_token is asked for, as a
bearer token or as a password, and unless HOST is a loopback address TLS is needed. A
DashboardOutput serves the API too, with its own password.

	curl --unix-socket /var/cache/hekad/admin.sock http://localhost/api/v1/report
	curl -H "Authorization: Bearer $TOKEN" https://heka.example.net:4353/metrics

Answers are JSON unless another form is named. Fields may be added, so whoever reads
them must not mind others; those that are here stay. Requests of pages of other sites
are refused.`

// apiObjects are the objects of the API, in the order of the page.
var apiObjects = []string{"Report", "Daemon", "Plugin", "Counter", "Rates", "Health", "PluginDetail", "Line", "Topology", "Node", "Edge", "Cause",
	"History", "Point", "ProcessPoint", "Snapshot", "Tapped", "Counts", "Verdict", "Recent", "RecentSource", "RecentMessage", "Explanation",
	"Sandboxes", "SandboxManager", "SandboxFilter", "SandboxSource", "SandboxOutput", "Output", "SandboxOrder", "SandboxResult"}

// apiPage describes the admin API, from its sources.
func apiPage() (string, error) {
	set := token.NewFileSet()
	var files []*ast.File
	names, err := fs.Glob(admin.Sources, "*.go")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := admin.Sources.ReadFile(name)
		if err != nil {
			return "", err
		}
		f, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			return "", err
		}
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(set, files, reflect.TypeFor[admin.Server]().PkgPath())
	if err != nil {
		return "", err
	}
	types := map[string]*doc.Type{}
	for _, t := range pkg.Types {
		types[t.Name] = t
	}
	p := roff.New("heka-admin", 7, manual)
	p.Section("NAME")
	p.Line(roff.Text("heka-admin - the admin API of a running heka"))
	p.Section("DESCRIPTION")
	prose(p, apiText)
	p.Section("RESOURCES")
	_, resources, ok := strings.Cut(pkg.Doc, "# Resources\n")
	if !ok {
		return "", fmt.Errorf("the documentation of %s has no section Resources", pkg.ImportPath)
	}
	prose(p, resources)
	p.Section("OBJECTS")
	for _, name := range apiObjects {
		t := types[name]
		if t == nil {
			return "", fmt.Errorf("%s has no type %s", pkg.ImportPath, name)
		}
		p.Subsection(name)
		prose(p, t.Doc)
		for _, f := range apiFields(t.Decl) {
			p.Item(roff.Bold(f.names) + roff.Text("  "+f.typ))
			p.Line(roff.Text(strings.Join(strings.Fields(f.text), " ")))
		}
	}
	seeAlso(p)
	return p.String(), nil
}

// apiField is a field of an object, or several that have one comment.
type apiField struct{ names, typ, text string }

// apiFields reads the fields of a struct. One without a comment belongs to that of the
// field above it.
func apiFields(decl *ast.GenDecl) []apiField {
	s, ok := decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType)
	if !ok {
		return nil
	}
	var fields []apiField
	for _, f := range s.Fields.List {
		text := f.Doc.Text()
		if text == "" {
			text = f.Comment.Text()
		}
		typ := apiType(f.Type)
		if len(f.Names) == 0 {
			fields = append(fields, apiField{"…", "", "All fields of " + typ + "."})
			continue
		}
		name := jsonName(f)
		if last := len(fields) - 1; text == "" && last >= 0 && fields[last].typ == typ && fields[last].text != "" {
			fields[last].names += ", " + name
			continue
		}
		fields = append(fields, apiField{name, typ, text})
	}
	return fields
}

func jsonName(f *ast.Field) string {
	if f.Tag == nil {
		return f.Names[0].Name
	}
	tag, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return f.Names[0].Name
	}
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	return name
}

// apiType is what a type looks like in JSON.
func apiType(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		switch e.Name {
		case "int", "int64", "uint64", "float64":
			return "number"
		case "bool":
			return "boolean"
		}
		return e.Name
	case *ast.StarExpr:
		return apiType(e.X)
	case *ast.ArrayType:
		return "list of " + apiType(e.Elt)
	case *ast.MapType:
		return "object of " + apiType(e.Value)
	}
	return "object"
}
