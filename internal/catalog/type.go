package catalog

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// Type is one version of one ledger type, compiled. It never changes.
type Type struct {
	Definition
	SchemaJSON, DefinitionJSON, FormJSON json.RawMessage
	// Digest covers the three files; two programs with the same digest judge alike.
	Digest [32]byte
	// PublishedAt is when the version came in; zero: from the beginning.
	PublishedAt time.Time

	form      Form
	validator *validator
	computed  []*expression
	rules     []*expression
	when      map[string]*expression // every other expression by its source
	taking    map[string]*expression // likewise those of sources, which ask more
	shared    map[string]bool        // fields whose source can be served, by pointer
	above     map[string]bool        // ledgers of a higher level that it asks about
	reserved  []reservation
	part      []string // stable ids of what some read of an entry, nil where all is read or nothing
}

// Files of one version of a type, as published. At is when; zero for what the
// installation began with.
type Files struct {
	Schema, Definition, Form []byte
	At                       time.Time
}

func (f Files) digest() (sum [32]byte) {
	h := sha256.New()
	for _, part := range [][]byte{f.Schema, f.Definition, f.Form} {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

// compiler holds what all types of a catalogue share.
type compiler struct {
	meta      meta
	world     *world
	settings  map[string]float64
	occasions Occasions
	readings  readings
	messages  map[string]fault.Text
	systems   map[string]bool // other systems that may be a source
}

// compile makes a type of its files. All mistakes are reported at once, each
// with the file and the pointer: the fault bad_type. Its names are asked for only
// while it is unpublished: what is published cannot be named otherwise, and a
// server reads it when it starts.
func (c *compiler) compile(f Files, published bool) (*Type, error) {
	t := &Type{PublishedAt: f.At, SchemaJSON: f.Schema, DefinitionJSON: f.Definition, FormJSON: f.Form, when: map[string]*expression{}, taking: map[string]*expression{}}
	t.Digest = f.digest()
	p := &problems{}
	if err := strict(f.Definition, &t.Definition); err != nil {
		p.unreadable("ledger.json", err)
	}
	if err := strict(f.Form, &t.form); err != nil {
		p.unreadable("form.json", err)
	}
	c.schema(t, f.Schema, published, p)
	for _, r := range c.readings.Reserved {
		if r.Ledger == t.ID {
			t.reserved = append(t.reserved, r)
		}
	}
	for _, r := range c.readings.Parts {
		if r.Ledger == t.ID {
			t.part = r.Fields
		}
	}
	if len(p.fields) == 0 {
		c.definition(t, published, p)
		if !published {
			c.world.open(t, p)
			p.title("/title/zh", t.Title.ZH)
			p.title("/title/en", t.Title.EN)
			t.readable(p)
			t.fillable(p)
		}
	}
	if len(p.fields) > 0 {
		return nil, badType(t, p.fields)
	}
	return t, nil
}

func badType(t *Type, fields []fault.Field) error {
	return &fault.Error{Kind: fault.Invalid, Code: "bad_type", Fields: fields, Err: fmt.Errorf("%s: %v", t.ID, fields)}
}

func (c *compiler) schema(t *Type, raw []byte, published bool, p *problems) {
	if len(raw) > maxSchema {
		p.add("schema.json", "too_large", "模式过大")
		return
	}
	// The door's checks hold for a schema too: depth, numbers, doubled names.
	if _, err := ParseDocument(raw); err != nil && fault.CodeOf(err) != "document_too_large" && !tooDeep(err) {
		p.unreadable("schema.json", err)
		return
	}
	root, err := decodeObject(raw)
	if err != nil {
		p.say("schema.json", "syntax", notJSON)
		return
	}
	nodes := 0
	found := &problems{}
	c.meta.check(root, found)
	expanded, _ := expand(root, root, "", nil, found, &nodes).(map[string]any)
	if expanded != nil && nodes <= maxNodes {
		checkProfile(expanded, published, found)
	}
	if len(found.fields) == 0 {
		if t.validator, err = compileSchema(expanded, c.messages); err != nil {
			found.uncompiled(err)
		}
	}
	for _, f := range news(root, found.fields) {
		f.Pointer = "schema.json" + f.Pointer
		p.fields = append(p.fields, f)
	}
}

// A schema nests deeper than a document; its own limits are those of the profile.
func tooDeep(err error) bool {
	return strings.Contains(fmt.Sprint(err), "depth") || hasField(err, "depth")
}

func hasField(err error, code string) bool {
	f, ok := err.(*fault.Error)
	return ok && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Code == code })
}

// ledgerID keeps ids out of the way of what they are written into: addresses,
// and the lists by which the database knows who sees what (access.Scope).
var ledgerID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

var (
	cadences = []string{"per_shift", "daily", "weekly", "monthly", "quarterly", "event"}
	levels   = []string{"L1", "L2", "L3"}
	units    = []string{"area", "owner", "prison"}
	steps    = []actor.Role{actor.Officer, actor.DutyLeader, actor.DeputyHead, actor.AreaHead, actor.Instructor, actor.Medic, actor.Counsellor,
		actor.DeptStaff, actor.DeptHead, actor.PrisonLeader, actor.Warden}
)

// definition checks ledger.json and form.json against the schema and compiles
// every expression.
func (c *compiler) definition(t *Type, published bool, p *problems) {
	want := func(ok bool, at, format string, args ...any) {
		if !ok {
			p.add("ledger.json"+at, "definition", format, args...)
		}
	}
	want(ledgerID.MatchString(t.ID), "/id", "id 须为 2 至 40 个小写字母、数字或连字符，字母开头")
	want(t.Version > 0, "/version", "须有 version")
	want(strings.HasPrefix(t.Owner, "dept_") || t.Owner != "", "/owner", "须有一个归属部门")
	want(len(t.Filler.Roles) > 0 && (t.Filler.Unit == "area" || t.Filler.Unit == "dept" && t.Filler.Dept != ""), "/filler", "须有填报人")
	want(slices.Contains(cadences, t.Cadence.Kind), "/cadence/kind", "周期不明：%s", t.Cadence.Kind)
	want(slices.Contains(levels, t.Sensitivity), "/sensitivity", "密级须为 L1、L2、L3")
	want(len(t.Chain) > 0, "/chain", "至少一个审批环节")
	always := slices.ContainsFunc(t.Chain, func(s ChainStep) bool { return s.When == "" })
	want(always || !t.Cadence.Nil, "/chain", "可零报告的台账至少一个无条件的审批环节")
	want(t.Cadence.DeadlineHours >= 0 && t.Cadence.DeadlineWorkdays >= 0 && t.Cadence.LockDays >= 0, "/cadence", "期限和锁定天数不能为负")
	want(slices.Contains([]string{"", "area", "inmate", "site"}, t.Cadence.Per), "/cadence/per", "须为 area、inmate 或 site")
	for i, s := range t.Chain {
		s.check(fmt.Sprintf("/chain/%d", i), want)
	}
	pointers := append([]string{t.OccurredAt}, t.SummaryOf...)
	for _, r := range t.Rules {
		pointers = append(pointers, r.At)
		want(r.Level == "error" || r.Level == "warning", "/rules/"+r.ID, "level 须为 error 或 warning")
		want(r.Stage == "submit" || r.Stage == "approve", "/rules/"+r.ID, "stage 须为 submit 或 approve")
		want(r.Message.ZH != "", "/rules/"+r.ID, "须有 message")
	}
	for _, f := range t.Computed {
		pointers = append(pointers, f.Field)
	}
	for _, f := range t.Sources {
		pointers = append(pointers, f.Field)
	}
	for i, tr := range t.Triggers {
		at := fmt.Sprintf("/triggers/%d", i)
		pointers = append(pointers, tr.Disputes)
		want(tr.ID != "" && tr.Title.ZH != "", at, "触发须有 id 和名称")
		want(tr.Opens != "" || tr.To != nil, at, "触发须开启台账或指明承办人")
		want(tr.To == nil || len(tr.To.Roles) > 0, at+"/to", "承办人须有岗位")
		want(tr.DueHours >= 0 && (tr.Due == "" || tr.Due == "next_month"), at+"/due", "期限须为小时数或 next_month")
	}
	for _, ptr := range pointers {
		want(t.known(ptr), "", "没有字段 %s", ptr)
	}
	c.expressions(t, published, p)
	t.checkForm(p)
	t.checkPrefill(p)
}

func (p *problems) title(at, title string) {
	if name, ok := Name(title, 100); !ok || name != title {
		p.add("ledger.json"+at, "definition", "须有中英文名称，各不超过 100 个字，前后无空格，不含看不见的字符")
	}
}

// known reports whether a pointer names a property of the schema ("" does).
func (t *Type) known(pointer string) bool {
	return pointer == "" || t.field(pointer) != nil
}

// field is the schema of the property that a pointer through groups names; nil for none.
func (t *Type) field(pointer string) map[string]any {
	node := t.validator.expanded
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		node = propertiesOf(node)[part]
	}
	return node
}

func (c *compiler) expressions(t *Type, published bool, p *problems) {
	compileIn := func(env *cel.Env, at, source string) *expression {
		e, err := compileIn(env, source)
		switch {
		case err == nil:
		case strings.Contains(err.Error(), "recursion limit"):
			p.say("ledger.json"+at, "cel", fault.Text{ZH: "表达式嵌套过深，请拆成几条", EN: "The expression is nested too deeply; divide it"})
		default:
			p.say("ledger.json"+at, "cel", fault.Text{ZH: "表达式有误，请按所指位置修改：" + err.Error(), EN: "The expression is wrong where it is pointed to: " + err.Error()})
		}
		return e
	}
	compile := func(at, source string) *expression {
		if source == "" {
			return nil
		}
		return compileIn(c.world.env, at, source)
	}
	for i, f := range t.Computed {
		t.computed = append(t.computed, compile(fmt.Sprintf("/computed/%d", i), f.Expr))
	}
	for i, r := range t.Rules {
		t.rules = append(t.rules, compile(fmt.Sprintf("/rules/%d", i), r.Expr))
	}
	rest := map[string]string{"/cadence/counts": t.Cadence.Counts, "/sealed": t.Sealed}
	for i, s := range t.Chain {
		rest[fmt.Sprintf("/chain/%d/when", i)] = s.When
	}
	for i, s := range t.Evidence {
		rest[fmt.Sprintf("/evidence/%d/min", i)] = s.Min.CEL
	}
	for i, s := range t.Sources {
		for member, source := range s.expressions() {
			t.taking[source] = compileIn(c.world.sources, fmt.Sprintf("/sources/%d/%s", i, member), source)
		}
	}
	for i, m := range t.Measures {
		rest[fmt.Sprintf("/measures/%d/when", i)] = m.When
		rest[fmt.Sprintf("/measures/%d/value", i)] = m.Value
	}
	for i, tr := range t.Triggers {
		rest[fmt.Sprintf("/triggers/%d/when", i)] = tr.When
		for field, source := range tr.Fill {
			if source != entryItself {
				rest[fmt.Sprintf("/triggers/%d/fill/%s", i, field)] = source
			}
		}
	}
	for at, source := range rest {
		if source != "" {
			t.when[source] = compile(at, source)
		}
	}
	if published {
		return
	}
	known, err := c.world.vocabularyOf(map[string]map[string]any{"doc": t.validator.expanded})
	if err != nil {
		p.unreadable("ledger.json", err)
		return
	}
	for i, f := range t.Computed {
		rest[fmt.Sprintf("/computed/%d", i)] = f.Expr
	}
	for i, r := range t.Rules {
		rest[fmt.Sprintf("/rules/%d", i)] = r.Expr
	}
	for _, at := range slices.Sorted(maps.Keys(rest)) {
		p.astray(at, known.astray(rest[at]))
	}
}

func (t *Type) checkForm(p *problems) {
	seen := map[string]int{}
	for _, s := range t.form.Sections {
		for _, f := range s.Fields {
			seen[f]++
		}
	}
	props, _ := t.validator.expanded["properties"].(map[string]any)
	for name := range props {
		if seen[name] != 1 {
			p.add("form.json", "form", "字段 %s 应恰好出现一次", name)
		}
		delete(seen, name)
	}
	for name := range seen {
		p.add("form.json", "form", "没有字段 %s", name)
	}
}

// AppliesTo reports whether areas of this sort keep the ledger.
func (t *Type) AppliesTo(kind, function string, hasLabour bool) bool {
	a := t.Areas
	return slices.Contains(a.Kinds, kind) && !slices.Contains(a.Except, function) &&
		(!a.Labour || hasLabour || slices.Contains(a.Functions, function)) &&
		(a.Labour || kind == "ordinary" || len(a.Functions) == 0 || slices.Contains(a.Functions, function))
}

// LooksUp reports whether a rule or a computed field asks about other entries.
func (t *Type) LooksUp() bool {
	asks := func(expr string) bool { return strings.Contains(expr, "_where(") }
	return slices.ContainsFunc(t.Rules, func(r Rule) bool { return asks(r.Expr) }) ||
		slices.ContainsFunc(t.Computed, func(c Computed) bool { return asks(c.Expr) })
}
