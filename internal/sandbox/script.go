package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// Script is a compiled script. It is not changed by its use; any number of
// sandboxes may share it.
type Script struct {
	// Path is what error messages call the script.
	Path  string
	proto *lua.FunctionProto
}

// maxSource is the longest source text, in bytes, that is compiled.
const maxSource = 16 << 20

// Compile compiles a source text. Errors begin with path and line.
func Compile(source []byte, path string) (*Script, error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("%s: the script is longer than %d bytes", path, maxSource)
	}
	p, err := compile(source, path)
	if err != nil {
		return nil, err
	}
	return &Script{path, p}, nil
}

// Load compiles the script in the file path, or if there is no such file, the one
// called name in share, which may be nil. Scripts that did not change since they
// were last loaded are not compiled again.
func Load(path, name string, share fs.FS) (*Script, error) {
	p, err := load(path, name, share)
	if err != nil {
		return nil, err
	}
	return &Script{path, p}, nil
}

// compiled keeps what was compiled lately: every connection to an input has a
// decoder of its own, and they all run the same script.
var compiled = cache{protos: make(map[cacheKey]*lua.FunctionProto)}

type cache struct {
	mu     sync.Mutex // guards protos
	protos map[cacheKey]*lua.FunctionProto
}

type cacheKey struct {
	path     string
	modified time.Time
	size     int64
	built    bool // from the embedded files
}

// maxCompiled is how many scripts and modules are kept.
const maxCompiled = 256

func (c *cache) get(k cacheKey, source func() ([]byte, error)) (*lua.FunctionProto, error) {
	c.mu.Lock()
	p := c.protos[k]
	c.mu.Unlock()
	if p != nil {
		return p, nil
	}
	text, err := source()
	if err != nil {
		return nil, err
	}
	if p, err = compile(text, k.path); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.protos) >= maxCompiled {
		clear(c.protos)
	}
	c.protos[k] = p
	return p, nil
}

// missingError is about a script that does not exist.
type missingError struct{ path string }

func (e *missingError) Error() string { return "cannot open " + e.path + ": No such file or directory" }

func (e *missingError) Is(target error) bool { return target == fs.ErrNotExist }

// load compiles a file of the disk or of share.
func load(path, name string, share fs.FS) (*lua.FunctionProto, error) {
	k := cacheKey{path: path}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if p, err := loadBuilt(path, name, share); !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			return p, err
		}
		return nil, &missingError{path}
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("open %s: not a file", path)
	}
	k.modified, k.size = info.ModTime(), info.Size()
	return compiled.get(k, func() ([]byte, error) { return readSource(os.Open(path)) })
}

// loadBuilt compiles a file of share.
func loadBuilt(path, name string, share fs.FS) (*lua.FunctionProto, error) {
	if share == nil {
		return nil, &missingError{path}
	}
	info, err := fs.Stat(share, name)
	if err != nil {
		return nil, err
	}
	k := cacheKey{path: path, modified: info.ModTime(), size: info.Size(), built: true}
	return compiled.get(k, func() ([]byte, error) { return readSource(share.Open(name)) })
}

func readSource[F fs.File](f F, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxSource {
		return nil, fmt.Errorf("the file is longer than %d bytes", maxSource)
	}
	return b, nil
}

// compile makes a prototype of a source text. A first line that begins with # is
// passed over, as in programs of Unix.
func compile(source []byte, path string) (p *lua.FunctionProto, err error) {
	return compileAs(source, path, func(chunk []ast.Stmt) []ast.Stmt { return chunk })
}

// compileData compiles preserved data. The compiler looks through all constants of
// a function for each new one, so the statements are spread over many functions.
func compileData(source []byte, path string) (*lua.FunctionProto, error) {
	return compileAs(source, path, func(chunk []ast.Stmt) []ast.Stmt {
		for _, s := range chunk {
			if _, ok := s.(*ast.LocalAssignStmt); ok {
				return chunk // all statements must see it
			}
		}
		if len(chunk) == 0 {
			return chunk
		}
		parts := chunk[:1:1] // what stands first may return
		for part := range slices.Chunk(chunk[1:], partStatements) {
			f := &ast.FunctionExpr{ParList: &ast.ParList{}, Stmts: part}
			call := &ast.FuncCallExpr{Func: f}
			stmt := &ast.FuncCallStmt{Expr: call}
			for _, n := range []ast.PositionHolder{f, call, stmt} {
				n.SetLine(part[0].Line())
				n.SetLastLine(part[len(part)-1].LastLine())
			}
			parts = append(parts, stmt)
		}
		return parts
	})
}

// partStatements is how many statements of preserved data become one function.
const partStatements = 250

// compileAs is compile with a change to the program on the way.
func compileAs(source []byte, path string, change func([]ast.Stmt) []ast.Stmt) (p *lua.FunctionProto, err error) {
	defer func() {
		if r := recover(); r != nil { // the compiler gives up on some programs with a panic
			p, err = nil, fmt.Errorf("%s: %v", path, r)
		}
	}()
	if len(source) > 0 && source[0] == '#' {
		end := bytes.IndexByte(source, '\n')
		if end < 0 {
			end = len(source)
		}
		source = append([]byte("--"), source[min(end, len(source)):]...)
	}
	chunk, err := parse.Parse(bytes.NewReader(source), path)
	if err != nil {
		renamed := renameGoto(source)
		if renamed == nil {
			return nil, syntaxError(path, err)
		}
		var again error
		if chunk, again = parse.Parse(bytes.NewReader(renamed), path); again != nil {
			return nil, syntaxError(path, err)
		}
	}
	repairChunk(chunk)
	if p, err = lua.Compile(change(chunk), path); err != nil {
		return nil, syntaxError(path, err)
	}
	clip(p)
	return p, nil
}

// clip gives back the 12 KiB of room that the compiler leaves in each function.
func clip(p *lua.FunctionProto) {
	p.Code, p.DbgSourcePositions = slices.Clone(p.Code), slices.Clone(p.DbgSourcePositions)
	for _, inner := range p.FunctionPrototypes {
		clip(inner)
	}
}

// SyntaxError is why a script does not compile.
type SyntaxError struct {
	Path string
	// Line and Column count from 1; 0 is not known: Line at the end of the file,
	// Column often.
	Line, Column int
	Problem      string
}

// Error is the text that Lua gives: path:line: problem.
func (e *SyntaxError) Error() string {
	line := "<eof>"
	if e.Line > 0 {
		line = fmt.Sprint(e.Line)
	}
	return fmt.Sprintf("%s:%s: %s", e.Path, line, e.Problem)
}

// Detail is Error with the column where that is known: path:line:column: problem.
func (e *SyntaxError) Detail() string {
	if e.Line <= 0 || e.Column <= 0 {
		return e.Error()
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Problem)
}

// syntaxError makes a *SyntaxError of an error of the parser or compiler.
func syntaxError(path string, err error) error {
	var p *parse.Error
	if errors.As(err, &p) {
		problem := strings.TrimSpace(p.Message)
		if p.Token != "" {
			problem += fmt.Sprintf(" near '%s'", p.Token)
		}
		return &SyntaxError{path, p.Pos.Line, p.Pos.Column, problem}
	}
	var c *lua.CompileError
	if errors.As(err, &c) {
		return &SyntaxError{Path: path, Line: c.Line, Problem: c.Message}
	}
	return err
}
