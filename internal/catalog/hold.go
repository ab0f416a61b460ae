package catalog

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// hold says what is wrong with the sources of a type, among the types that find
// knows, and notes which of its fields are shared in truth.
func (c *compiler) hold(t *Type, find func(ledger string) *Type) []fault.Field {
	t.shared = map[string]bool{}
	c.guard(t, find)
	p := &problems{}
	for i, src := range t.Sources {
		before := len(p.fields)
		check := sourceCheck{t: t, src: src, at: fmt.Sprintf("ledger.json/sources/%d/", i), p: p}
		check.want(!t.shared[src.Field], "field", "一个字段只能有一个来源", "A field has one source")
		if src.Ledger == "" {
			check.system(c.systems)
		} else if check.own(); find(src.Ledger) == nil {
			check.want(false, "ledger", "没有台账 "+src.Ledger, "There is no ledger "+src.Ledger)
		} else {
			check.other(find(src.Ledger))
			if len(p.fields) == before {
				check.reads(c.world, find(src.Ledger))
			}
		}
		if len(p.fields) == before {
			t.shared[src.Field] = true
		}
	}
	return p.fields
}

// guard notes which of the ledgers that a type asks about are of a higher level.
func (c *compiler) guard(t *Type, find func(ledger string) *Type) {
	t.above = map[string]bool{}
	note := func(ledger string) {
		if of := find(ledger); of != nil && of.Sensitivity > t.Sensitivity {
			t.above[ledger] = true
		}
	}
	for _, src := range t.Sources {
		note(src.Ledger)
	}
	for _, q := range t.questions() {
		for _, l := range c.world.lookups(q.expr) {
			note(l.ledger)
		}
	}
}

// Above reports whether a ledger that the type asks about is of a higher level: of its
// entries it is told about the area's own inmates, and nothing about others.
func (t *Type) Above(ledger string) bool { return t.above[ledger] }

// Serves reports whether a source of the type can be served.
func (t *Type) Serves(src Source) bool { return t.shared[src.Field] }

// sourceCheck looks at one source.
type sourceCheck struct {
	t   *Type
	src Source
	at  string
	p   *problems
}

func (c sourceCheck) want(ok bool, member, zh, en string) {
	if !ok {
		c.p.say(c.at+member, "source", fault.Text{ZH: zh, EN: en})
	}
}

func (c sourceCheck) system(known map[string]bool) {
	s := c.src
	c.want(known[s.System], "system", "没有业务系统 "+s.System+"；取自其他台账的写 ledger", "There is no system "+s.System+"; what is taken from a ledger is named as ledger")
	c.want(s.Take != "", "take", "请写明取哪一项", "Say what is taken")
	rest := s
	rest.Field, rest.System, rest.Take = "", "", ""
	raw, _ := json.Marshal(rest)
	c.want(string(raw) == `{"field":""}`, "system", "取自业务系统的只有 take 一项", "Of a system nothing is said but what is taken")
}

// own looks at what the source says of the document that takes.
func (c sourceCheck) own() {
	s := c.src
	c.want(s.System == "", "system", "来源是台账或业务系统，不能两者都是", "A source is a ledger or a system, not both")
	c.want(slices.Contains(spans, s.Span), "span", "span 须为 day、month、until 或 now", "span is day, month, until or now")
	c.want(slices.Contains(picks, s.Pick), "pick", "pick 须为 latest、sum、count、any 或 list", "pick is latest, sum, count, any or list")
	c.want(s.Per == "" || s.Per == "inmate", "per", "per 须为 inmate", "per is inmate")
	for member, pointer := range map[string]string{"from": s.From, "to": s.To, "about": s.About} {
		c.want(c.t.known(pointer), member, "没有字段 "+pointer, "There is no field "+pointer)
	}
	node := c.t.field(s.Field)
	kind, _ := node["type"].(string)
	items, _ := node["items"].(map[string]any)
	switch s.Pick {
	case "count", "sum":
		c.want(kind == "integer" || kind == "number", "pick", "只有数字字段可以计数、求和", "Only a number counts or sums up")
	case "any":
		c.want(kind == "boolean", "pick", "any 只用于是否字段", "any is for a yes or no")
	case "list":
		rows := propertiesOf(items)
		c.want(len(rows) > 0 && len(s.Fill) > 0, "fill", "list 须写明各行填什么", "A list says what its rows are filled with")
		for field := range s.Fill {
			c.want(rows[field] != nil, "fill/"+field, "行内没有字段 "+field, "A row has no field "+field)
		}
	}
	c.want(s.Pick == "list" || len(s.Fill) == 0, "fill", "只有 list 填各行", "Only a list fills rows")
}

// other looks at what the source says of the ledger that is taken from.
func (c sourceCheck) other(from *Type) {
	s := c.src
	said := from.top()
	if s.Rows != "" {
		items, _ := from.field("/" + s.Rows)["items"].(map[string]any)
		said = propertiesOf(items)
		c.want(len(said) > 0, "rows", "台账 "+s.Ledger+" 没有明细 "+s.Rows, "Ledger "+s.Ledger+" has no rows "+s.Rows)
	}
	node := memberOf(said, s.Take)
	there := node != nil
	optional := s.Take == "" && slices.Contains([]string{"count", "any", "list"}, s.Pick)
	c.want(optional || there || s.Take == entryItself, "take", "台账 "+s.Ledger+" 没有字段 "+s.Take, "Ledger "+s.Ledger+" has no field "+s.Take)
	if field := c.t.field(s.Field); there && (s.Pick == "" || s.Pick == "latest") {
		fits := node["type"] == field["type"] || node["type"] == "integer" && field["type"] == "number"
		c.want(fits, "take", "所取的 "+s.Take+" 与本字段不是一类值", "What is taken of "+s.Take+" is no value for the field")
	}
	if s.About != "" || s.Per != "" {
		c.want(said[InmateField] != nil, "about", "台账 "+s.Ledger+" 不是按罪犯记的", "Ledger "+s.Ledger+" does not say of whom it is")
	}
	for _, pointer := range s.members() {
		c.want(!from.Reserved().Field(pointer), "take", "台账 "+s.Ledger+" 的 "+pointer+" 仅专业人员可见，不能取用", "For professionals only, and not shared: "+pointer+" of ledger "+s.Ledger)
	}
	if from.Sensitivity <= c.t.Sensitivity {
		return
	}
	zh, en := "台账 "+s.Ledger+" 密级更高，只能取选项、数字、时间和编号，不能取文字", "Ledger "+s.Ledger+" is of a higher level: choices, numbers, times and references may be taken, no texts"
	c.want(!freeText(node), "take", zh, en)
	for field, expr := range s.Fill {
		m := plainMember.FindStringSubmatch(expr)
		props := from.top()
		if m != nil && m[1] == "row" {
			props = said
		}
		told := m != nil && memberOf(props, strings.ReplaceAll(m[2], ".", "/")) != nil && !freeText(memberOf(props, strings.ReplaceAll(m[2], ".", "/")))
		c.want(told || literal.MatchString(expr) || expr == entryItself, "fill/"+field, zh, en)
	}
}

// reads looks at what the expressions of the source ask the two documents for.
func (c sourceCheck) reads(w *world, from *Type) {
	documents := map[string]map[string]any{"own": c.t.validator.expanded, "doc": from.validator.expanded}
	if rows := itemsOf(from.field("/" + c.src.Rows)); rows != nil {
		documents["row"] = rows
	}
	known, err := w.vocabularyOf(documents)
	if err != nil {
		c.want(false, "where", err.Error(), err.Error())
		return
	}
	for member, expr := range c.src.expressions() {
		for _, why := range known.astray(expr) {
			c.want(false, member, why.ZH, why.EN)
		}
	}
}

// What a row may be filled with from a ledger of a higher level: one member, or a word.
var (
	plainMember = regexp.MustCompile(`^(doc|row)\.([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)(?:\[[0-9]+\])?$`)
	literal     = regexp.MustCompile(`^'[a-z_]*'$`)
)

// memberOf is the schema of a member by its names through groups; nil for none.
func memberOf(props map[string]map[string]any, path string) (node map[string]any) {
	for name := range strings.SplitSeq(path, "/") {
		node = props[name]
		props = propertiesOf(node)
	}
	return node
}

// freeText reports whether a field, or an item of a list, takes any words at all.
func freeText(node map[string]any) bool {
	if items, ok := node["items"].(map[string]any); ok {
		node = items
	}
	return node["type"] == "string" && takes(Held{node: node}) == "string"
}
