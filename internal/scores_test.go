package internal

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// scored are names under which somebody could hand in a score.
var scored = []string{"score", "scores", "points", "total", "passes", "pass", "deducted", "sheet", "carry", "display"}

// inputs are what stands under such a name or beside it by rule, and why.
var inputs = map[string]string{
	"accreditation.Evaluation/rows[]/points": "the marks of the demonstration effect are people's; the record stands when a second person has confirmed it",
	"accreditation.Evaluation/total":         "their sum is worked out, whatever is given for it",
}

// free are members of bodies that the contract leaves open: none of them is what a sheet is read from.
var free = map[string]string{
	"post /prisons/{prison}/cases/{case}/records/body":               "a record of a case; its kinds are read into types, walked below",
	"post /standards/standard":                                       "a standard's own points: what the score is worked out by",
	"post /standards/rules":                                          "the rules of a standard",
	"post /standards/guide":                                          "the guide of a standard",
	"post /standards/check/standard":                                 "the same, kept nowhere",
	"post /standards/check/rules":                                    "the same, kept nowhere",
	"post /standards/check/guide":                                    "the same, kept nowhere",
	"put /standards/{standard}/versions/{version}/standard":          "a draft's own points",
	"put /standards/{standard}/versions/{version}/rules":             "a draft's rules",
	"put /standards/{standard}/versions/{version}/guide":             "a draft's guide",
	"post /prisons/{prison}/areas/{area}/suppose/entries[]/document": "an entry that is only supposed: nothing is kept",
}

// TestNoBodyOfTheContractHoldsAScore walks the body of every write of docs/openapi.yaml (trap 43 of the plan).
func TestNoBodyOfTheContractHoldsAScore(t *testing.T) {
	raw, err := os.ReadFile("../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	resolve := func(s map[string]any) (map[string]any, string) {
		ref, _ := s["$ref"].(string)
		if ref == "" {
			return s, ""
		}
		var at any = doc
		for name := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(map[string]any)[name]
		}
		return at.(map[string]any), ref
	}
	writes, members, open := 0, 0, map[string]bool{}
	var walk func(at string, schema any, seen []string)
	walk = func(at string, schema any, seen []string) {
		s, ok := schema.(map[string]any)
		if !ok {
			return
		}
		s, ref := resolve(s)
		if ref != "" {
			if slices.Contains(seen, ref) {
				return
			}
			seen = append(slices.Clone(seen), ref)
		}
		for _, many := range []string{"allOf", "oneOf", "anyOf"} {
			list, _ := s[many].([]any)
			for _, x := range list {
				walk(at, x, seen)
			}
		}
		properties, _ := s["properties"].(map[string]any)
		for name, x := range properties {
			members++
			if slices.Contains(scored, name) {
				t.Errorf("%s/%s: a body takes a score", at, name)
			}
			walk(at+"/"+name, x, seen)
		}
		walk(at+"[]", s["items"], seen)
		walk(at+"/*", s["additionalProperties"], seen)
		if s["type"] == "object" && properties == nil && (s["additionalProperties"] == nil || s["additionalProperties"] == true) {
			open[at] = true
		}
	}
	for path, methods := range doc["paths"].(map[string]any) {
		for method, operation := range methods.(map[string]any) {
			o, ok := operation.(map[string]any)
			if !ok || o["requestBody"] == nil {
				continue
			}
			writes++
			b, _ := resolve(o["requestBody"].(map[string]any))
			for _, media := range b["content"].(map[string]any) {
				walk(method+" "+path, media.(map[string]any)["schema"], nil)
			}
		}
	}
	if writes < 110 || members < 500 {
		t.Errorf("only %d writes with %d members were walked", writes, members)
	}
	for at := range open {
		// A ledger's own document is an entry: facts are counted from it, no score is read from it.
		if free[at] == "" && regexp.MustCompile(`/(standards|cases|checks|titles|areas|meetings|bodies|items)\b`).MatchString(at) {
			t.Errorf("%s: any member is taken; say in free why none of them is a score", at)
		}
	}
	for at := range free {
		if !open[at] {
			t.Errorf("free names %s, which is closed or not there", at)
		}
	}
}

// source is a package of ours, read with its types.
type source struct {
	files []*ast.File
	info  *types.Info
	pkg   *types.Package
}

// typed reads packages against what the compiler exported of everything they import.
func typed(t *testing.T, names ...string) map[string]source {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}
	for _, n := range names {
		args = append(args, "taizhang/internal/"+n)
	}
	listed, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]string{}
	for line := range strings.Lines(string(listed)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exported[path] = file
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exported[path]) })
	out := map[string]source{}
	for _, n := range names {
		paths, err := filepath.Glob(n + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		s := source{info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}}
		for _, p := range paths {
			// Of the files with a build tag those of the ordinary build.
			if strings.HasSuffix(p, "_test.go") || strings.HasPrefix(filepath.Base(p), "mutant_") && !strings.HasSuffix(p, "_off.go") {
				continue
			}
			f, err := parser.ParseFile(fset, p, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			s.files = append(s.files, f)
		}
		s.pkg, err = (&types.Config{Importer: imports}).Check("taizhang/internal/"+n, fset, s.files, s.info)
		if err != nil {
			t.Fatal(err)
		}
		out[n] = s
	}
	return out
}

// calls are those within functions, with what is called.
func (s source) calls(yield func(fn *ast.FuncDecl, called types.Object, call *ast.CallExpr)) {
	for _, file := range s.files {
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					switch name := call.Fun.(type) {
					case *ast.Ident:
						yield(fn, s.info.Uses[name], call)
					case *ast.SelectorExpr:
						yield(fn, s.info.Uses[name.Sel], call)
					}
				}
				return true
			})
		}
	}
}

// members of what is decoded into a type, by the names on the wire.
func members(at string, typ types.Type, seen []types.Type, yield func(string)) {
	for _, x := range seen {
		if types.Identical(x, typ) {
			return
		}
	}
	seen = append(slices.Clone(seen), typ)
	switch x := typ.Underlying().(type) {
	case *types.Pointer:
		members(at, x.Elem(), seen, yield)
	case *types.Slice:
		members(at+"[]", x.Elem(), seen, yield)
	case *types.Array:
		members(at+"[]", x.Elem(), seen, yield)
	case *types.Map:
		members(at+"/*", x.Elem(), seen, yield)
	case *types.Struct:
		for i := range x.NumFields() {
			f := x.Field(i)
			name, _, _ := strings.Cut(reflect.StructTag(x.Tag(i)).Get("json"), ",")
			switch {
			case name == "-" || !f.Exported() && !f.Embedded():
				continue
			case name == "" && f.Embedded():
				members(at, f.Type(), seen, yield)
				continue
			case name == "":
				name = strings.ToLower(f.Name())
			}
			yield(at + "/" + name)
			members(at+"/"+name, f.Type(), seen, yield)
		}
	}
}

// TestNoBodyIsReadIntoAScore walks the types that the routes read bodies into, and those of the records
// of a case: a member that the contract does not name is taken all the same if a type has it.
func TestNoBodyIsReadIntoAScore(t *testing.T) {
	all := typed(t, "httpapi", "accreditation")
	used, read, walked := map[string]bool{}, 0, 0
	look := func(at string, typ types.Type) {
		read++
		members(at, typ, nil, func(member string) {
			walked++
			switch {
			case !slices.Contains(scored, member[strings.LastIndex(member, "/")+1:]):
			case inputs[member] != "":
				used[member] = true
			default:
				t.Errorf("%s: a score is read from a body", member)
			}
		})
	}
	web := all["httpapi"]
	// A function that hands its own parameter on to one that reads into it reads into it too.
	doors := map[types.Object]int{web.pkg.Scope().Lookup("decodeBy"): 2}
	for grew := true; grew; {
		grew = false
		web.calls(func(fn *ast.FuncDecl, called types.Object, call *ast.CallExpr) {
			at, ok := doors[called]
			if !ok {
				return
			}
			own := web.info.Defs[fn.Name].(*types.Func)
			params := own.Signature().Params()
			for i := range params.Len() {
				_, there := doors[own]
				if id, ok := call.Args[at].(*ast.Ident); ok && !there && web.info.Uses[id] == params.At(i) {
					doors[own], grew = i, true
				}
			}
		})
	}
	web.calls(func(fn *ast.FuncDecl, called types.Object, call *ast.CallExpr) {
		if at, ok := doors[called]; ok {
			if typ := web.info.TypeOf(call.Args[at]); !types.IsInterface(typ) {
				look(fn.Name.Name, typ)
			} else if _, on := doors[web.info.Defs[fn.Name]]; !on {
				t.Errorf("%s reads a body into what nobody knows", fn.Name.Name)
			}
		}
	})
	cases := all["accreditation"].pkg.Scope()
	body := cases.Lookup("body").Type().Underlying().(*types.Interface)
	for _, name := range cases.Names() {
		if n, ok := cases.Lookup(name).(*types.TypeName); ok && name != "body" && types.Implements(types.NewPointer(n.Type()), body) {
			look("accreditation."+name, n.Type())
		}
	}
	if read < 80 || walked < 400 {
		t.Errorf("only %d bodies with %d members were walked", read, walked)
	}
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		if !used[name] {
			t.Errorf("inputs names %s, which is not there", name)
		}
	}
}

// TestOneWayToASheet: what is kept as a score is written where scoring.Evaluate has just been asked, and
// nowhere else; the rows that hold it are inserted by one statement each.
func TestOneWayToASheet(t *testing.T) {
	// Functions that give a run or an evening its score: from Evaluate, or from the row that holds it.
	ways := map[string]string{
		"assessment.made":       "Evaluate",
		"assessment.evening":    "Evaluate",
		"assessment.History":    "leaves the sheet out",
		"postgres.scanScoreRun": "the row",
		"postgres.Run":          "the row",
		"postgres.Sheets":       "the row",
		"postgres.Latest":       "the row",
		"postgres.scoreRuns":    "the row",
		"postgres.AddRun":       "leaves the sheet out",
		"postgres.Evening":      "the row",
	}
	found := map[string]bool{}
	statements := map[string]int{}
	write := regexp.MustCompile(`(?i)\b(insert into|update|delete from|merge into|copy)\s+(score_runs|daily_scores)\b`)
	for name, s := range typed(t, "assessment", "inspection", "accreditation", "guidance", "overview", "planning", "postgres", "httpapi", "demo", "jobs") {
		// The members of a run and an evening, as this package sees them.
		kept := map[types.Object]bool{}
		for _, p := range append(s.pkg.Imports(), s.pkg) {
			for _, of := range []string{"Run", "Evening"} {
				if p.Path() != "taizhang/internal/assessment" {
					continue
				}
				x := p.Scope().Lookup(of).Type().Underlying().(*types.Struct)
				for i := range x.NumFields() {
					if f := x.Field(i); slices.Contains([]string{"Score", "Passes", "Sheet"}, f.Name()) {
						kept[f] = true
					}
				}
			}
		}
		for _, file := range s.files {
			for _, d := range file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				at := name + "." + fn.Name.Name
				takes := func(e ast.Expr) {
					if sel, ok := e.(*ast.SelectorExpr); ok && kept[s.info.Uses[sel.Sel]] {
						found[at] = true
					}
				}
				ast.Inspect(fn, func(n ast.Node) bool {
					switch x := n.(type) {
					case *ast.AssignStmt:
						for _, e := range x.Lhs {
							takes(e)
						}
					case *ast.UnaryExpr:
						if x.Op == token.AND {
							takes(x.X)
						}
					case *ast.CompositeLit:
						for _, e := range x.Elts {
							if kv, ok := e.(*ast.KeyValueExpr); ok {
								if key, ok := kv.Key.(*ast.Ident); ok && kept[s.info.Uses[key]] {
									found[at] = true
								}
							}
						}
					case *ast.BasicLit:
						for _, m := range write.FindAllStringSubmatch(x.Value, -1) {
							statements[strings.ToLower(m[1]+" "+m[2])+" in "+at]++
						}
					}
					return true
				})
			}
		}
	}
	for at := range found {
		if ways[at] == "" {
			t.Errorf("%s gives a kept score its value", at)
		}
	}
	for at := range ways {
		if !found[at] {
			t.Errorf("%s gives none", at)
		}
	}
	if want := map[string]int{"insert into score_runs in postgres.addRun": 1, "insert into daily_scores in postgres.AddEvenings": 1}; !maps.Equal(want, statements) {
		t.Errorf("statements %v", statements)
	}
}
