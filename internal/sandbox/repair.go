package sandbox

import (
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// The machine's compiler makes wrong code of some programs that are right. A
// repair changes the tree of a program so that it means the same and is compiled
// well:
//
//	{f(), x = g()}         as if g() stood last without a name: gives [2] too
//	{…50 values, x = g()}  the values before x are set again, from other registers
//	{…50 values, f()}      what f gives replaces the first of them
//	for k in next, t       the third value is whatever the register held
//	"a" .. (b and c .. d)  loses the inner ..
//	a, b = a + 1, a * 2    reads what it has assigned already
//	a, t.x = 5, b          assigns whatever the register held
//	p = (f())              spoils other variables when p is the last parameter
//	010                    is read as octal
//	t.goto                 is refused, see goto.go

// repairChunk repairs a program in place.
func repairChunk(list []ast.Stmt) {
	for i, s := range list {
		repairStmt(s)
		if s, ok := s.(*ast.AssignStmt); ok && overlaps(s) {
			list[i] = apart(s)
		}
	}
}

func repairStmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		repairExprs(s.Lhs)
		repairExprs(s.Rhs)
		if len(s.Lhs) == 1 && len(s.Rhs) == 1 {
			adjust(s.Rhs[0], false)
		}
	case *ast.LocalAssignStmt:
		repairNames(s.Names)
		repairExprs(s.Exprs)
	case *ast.FuncCallStmt:
		repairExpr(s.Expr)
	case *ast.DoBlockStmt:
		repairChunk(s.Stmts)
	case *ast.WhileStmt:
		repairExpr(s.Condition)
		repairChunk(s.Stmts)
	case *ast.RepeatStmt:
		repairExpr(s.Condition)
		repairChunk(s.Stmts)
	case *ast.IfStmt:
		repairExpr(s.Condition)
		repairChunk(s.Then)
		repairChunk(s.Else)
	case *ast.NumberForStmt:
		repairName(&s.Name)
		repairExprs([]ast.Expr{s.Init, s.Limit, s.Step})
		repairChunk(s.Stmts)
	case *ast.GenericForStmt:
		repairNames(s.Names)
		repairExprs(s.Exprs)
		repairChunk(s.Stmts)
		iterate(s)
	case *ast.FuncDefStmt:
		repairName(&s.Name.Method)
		repairExprs([]ast.Expr{s.Name.Func, s.Name.Receiver, s.Func})
	case *ast.ReturnStmt:
		repairExprs(s.Exprs)
	}
}

func repairExprs(list []ast.Expr) {
	for _, e := range list {
		repairExpr(e)
	}
}

func repairNames(names []string) {
	for i := range names {
		repairName(&names[i])
	}
}

// repairExpr repairs an expression, which may be nil.
func repairExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.NumberExpr:
		if digits := strings.TrimLeft(e.Value, "0"); digits != "" && digits[0] >= '0' && digits[0] <= '9' {
			e.Value = digits
		}
	case *ast.StringExpr:
		repairName(&e.Value)
	case *ast.IdentExpr:
		repairName(&e.Value)
	case *ast.AttrGetExpr:
		repairExprs([]ast.Expr{e.Object, e.Key})
	case *ast.TableExpr:
		for _, f := range e.Fields {
			repairExprs([]ast.Expr{f.Key, f.Value})
		}
		construct(e)
	case *ast.FuncCallExpr:
		repairName(&e.Method)
		repairExprs([]ast.Expr{e.Func, e.Receiver})
		repairExprs(e.Args)
	case *ast.LogicalOpExpr:
		repairExprs([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.RelationalOpExpr:
		repairExprs([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.ArithmeticOpExpr:
		repairExprs([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.StringConcatOpExpr:
		repairExprs([]ast.Expr{e.Lhs, e.Rhs})
		if _, ok := e.Rhs.(*ast.LogicalOpExpr); ok {
			empty := &ast.StringExpr{}
			at(empty, e.Rhs)
			rest := &ast.StringConcatOpExpr{Lhs: e.Rhs, Rhs: empty}
			at(rest, e.Rhs)
			e.Rhs = rest
		}
	case *ast.UnaryMinusOpExpr:
		repairExpr(e.Expr)
	case *ast.UnaryNotOpExpr:
		repairExpr(e.Expr)
	case *ast.UnaryLenOpExpr:
		repairExpr(e.Expr)
	case *ast.FunctionExpr:
		repairNames(e.ParList.Names)
		repairChunk(e.Stmts)
	}
}

// at gives a new node the place of another.
func at(n, other ast.PositionHolder) {
	n.SetLine(other.Line())
	n.SetLastLine(other.LastLine())
}

// overlaps reports whether an assignment may read what it has assigned already. The
// machine puts a value into a local variable before it comes to the next value, and
// takes a wrong register where variables and parts of tables are mixed.
func overlaps(s *ast.AssignStmt) bool {
	variables, parts, computed := false, false, false
	for _, to := range s.Lhs {
		if _, ok := to.(*ast.IdentExpr); ok {
			variables = true
		} else {
			parts = true
		}
	}
	for _, value := range s.Rhs {
		computed = computed || !constant(value)
	}
	return variables && (parts && len(s.Lhs) > 1 || computed && len(s.Rhs) > 1)
}

func constant(e ast.Expr) bool {
	switch e.(type) {
	case *ast.NumberExpr, *ast.StringExpr, *ast.TrueExpr, *ast.FalseExpr, *ast.NilExpr:
		return true
	}
	return false
}

// apart makes an assignment several: one to variables of its own, which keep
// tables, keys and values, and then one to each target, the last one first as Lua
// does.
func apart(s *ast.AssignStmt) ast.Stmt {
	first := &ast.LocalAssignStmt{}
	at(first, s)
	name := func(what string, i int, place ast.PositionHolder) ast.Expr {
		e := &ast.IdentExpr{Value: "(" + what + " " + strconv.Itoa(i) + ")"}
		at(e, place)
		first.Names = append(first.Names, e.Value)
		return e
	}
	for i, to := range s.Lhs {
		to, ok := to.(*ast.AttrGetExpr)
		if !ok {
			continue
		}
		first.Exprs = append(first.Exprs, to.Object)
		to.Object = name("table", i, to.Object)
		if !constant(to.Key) {
			first.Exprs = append(first.Exprs, to.Key)
			to.Key = name("key", i, to.Key)
		}
	}
	first.Exprs = append(first.Exprs, s.Rhs...)
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{first}}
	at(block, s)
	for i, to := range s.Lhs {
		assign := &ast.AssignStmt{Lhs: []ast.Expr{to}, Rhs: []ast.Expr{name("value", i, to)}}
		at(assign, s)
		block.Stmts = append(block.Stmts, assign)
	}
	slices.Reverse(block.Stmts[1:])
	return block
}

// iterate completes the values of a loop: as many names as values, and three
// values at least.
func iterate(s *ast.GenericForStmt) {
	last := s.Exprs[len(s.Exprs)-1]
	for !several(last) && len(s.Exprs) < 3 {
		none := &ast.NilExpr{}
		at(none, last)
		s.Exprs = append(s.Exprs, none)
	}
	for len(s.Names) < min(len(s.Exprs), 3) {
		s.Names = append(s.Names, "(for unused)")
	}
}

// several reports whether an expression gives any number of values.
func several(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}

// adjust makes an expression give one value, as parentheses around it do, or leaves
// it to what stands around it how many it gives.
func adjust(e ast.Expr, one bool) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = one
	case *ast.Comma3Expr:
		e.AdjustRet = one
	}
}

// flushed is the number of values without a name that the machine collects before
// it puts them into the table.
const flushed = 50

// construct makes the values of names single, and moves those that follow a full
// lot of values without a name in front of the last of these. When all values but
// the last expression fill up lots, it gives the last of them as well.
func construct(t *ast.TableExpr) {
	listed, last := 0, -1 // place of the last field without a name
	for i, f := range t.Fields {
		if f.Key == nil {
			listed, last = listed+1, i
			continue
		}
		adjust(f.Value, true)
		if listed > 0 && listed%flushed == 0 {
			end := t.Fields[last]
			copy(t.Fields[last:i], t.Fields[last+1:i+1])
			t.Fields[i], last = end, i
			adjust(end.Value, true)
		}
	}
	if n := len(t.Fields); listed > 1 && listed%flushed == 1 && last == n-1 && several(t.Fields[last].Value) {
		t.Fields[n-2].Value = passOn(t.Fields[n-2].Value, t.Fields[n-1].Value)
		t.Fields = t.Fields[:n-1]
	}
}

// passOn gives the values of expressions: (function(...) return ... end)(list).
func passOn(list ...ast.Expr) ast.Expr {
	all := &ast.Comma3Expr{}
	result := &ast.ReturnStmt{Exprs: []ast.Expr{all}}
	f := &ast.FunctionExpr{ParList: &ast.ParList{HasVargs: true}, Stmts: []ast.Stmt{result}}
	call := &ast.FuncCallExpr{Func: f, Args: list}
	for _, n := range []ast.PositionHolder{all, result, f, call} {
		at(n, list[len(list)-1])
	}
	return call
}
