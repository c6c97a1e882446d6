package audit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/internal/core/audit"
)

// TestEveryActionIsInTheList holds the list to what the program writes: the dashboard has a sentence for each of the list.
func TestEveryActionIsInTheList(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	used := map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "store/storetest/") {
			return err
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		checkActions(t, name, text, used)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	constants := constantsOf(t)
	for name, action := range constants {
		if !used[name] {
			t.Errorf("audit.%s is written by nothing", name)
		}
		if !slices.Contains(audit.Actions(), action) {
			t.Errorf("audit.%s is missing in Actions", name)
		}
	}
	if len(audit.Actions()) != len(constants) {
		t.Errorf("Actions lists %d of %d", len(audit.Actions()), len(constants))
	}
}

// anAction is how an action looks; a text of this look beside the record of changes is one that is not in the list.
var anAction = regexp.MustCompile(`^"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*"$`)

// checkActions finds the constants that a file uses, and actions that it writes as plain texts.
func checkActions(t *testing.T, name string, text []byte, used map[string]bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"usher/internal/core/audit"` }) {
		return
	}
	plain := func(place string, e ast.Expr) {
		if literal, ok := e.(*ast.BasicLit); ok && anAction.MatchString(literal.Value) {
			t.Errorf("%s: %s is written as the %s: make it a constant of audit", name, literal.Value, place)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if room, ok := n.X.(*ast.Ident); ok && room.Name == "audit" {
				used[n.Sel.Name] = true
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Action" {
				plain("action of an entry", n.Value)
			}
		case *ast.AssignStmt:
			for _, value := range n.Rhs {
				plain("value of a variable", value)
			}
		case *ast.CallExpr:
			if called, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Add", "Require", "Changed"}, called.Sel.Name) {
				return true // the names of fields look alike
			}
			for _, value := range n.Args {
				if literal, ok := value.(*ast.BasicLit); !ok || !strings.HasPrefix(literal.Value, `"query.`) {
					plain("argument of a call", value)
				}
			}
		case *ast.ValueSpec:
			for _, value := range n.Values {
				plain("value of a constant", value)
			}
		}
		return true
	})
}

// constantsOf reads the constants of this package's list.
func constantsOf(t *testing.T) map[string]audit.Action {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "action.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]audit.Action{}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok {
				t.Fatal("a constant is none")
			}
			literal, ok := v.Values[0].(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s is no text", v.Names[0])
			}
			all[v.Names[0].Name] = audit.Action(strings.Trim(literal.Value, `"`))
		}
	}
	return all
}
