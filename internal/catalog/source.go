package catalog

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/fault"
)

// Source is a field that is entered elsewhere (共): in entries of another ledger,
// of which it says which, what of each, and how several become one value; or in
// another system (docs/ledger-type.md).
type Source struct {
	Field  string `json:"field"` // pointer
	System string `json:"system,omitempty"`
	Ledger string `json:"ledger,omitempty"`
	// Span is the time: day, as if left out, and month are the document's; until is
	// whatever happened up to its moment, now whatever has happened.
	Span string `json:"span,omitempty"`
	From string `json:"from,omitempty"` // pointer to a time of the document that narrows the span
	To   string `json:"to,omitempty"`
	// About points to the inmates that the document names: what is about them is
	// taken from the whole prison, anything else from the document's area.
	About string `json:"about,omitempty"`
	Rows  string `json:"rows,omitempty"` // list of the other entry, taken from row by row
	Per   string `json:"per,omitempty"`  // inmate: of each only the latest stands, before Where
	// Approved leaves out what was submitted and is not decided yet.
	Approved bool              `json:"approved,omitempty"`
	Where    string            `json:"where,omitempty"`
	Take     string            `json:"take,omitempty"` // what does not say it is passed over
	Pick     string            `json:"pick,omitempty"` // latest, as if left out, sum, count, any, list
	None     any               `json:"none,omitempty"` // the value where there is nothing to take
	Fill     map[string]string `json:"fill,omitempty"` // the rows of a list, as a trigger fills what it opens
}

var (
	spans = []string{"", "day", "month", "until", "now"}
	picks = []string{"", "latest", "sum", "count", "any", "list"}
)

// InmateField names the inmate whom an entry, or a row of one, is about.
const InmateField = "inmate_ref"

// Offered reports whether the field only begins with what the source says: its
// rows are the officer's to complete, to add to and to take away.
func (s Source) Offered() bool { return s.Pick == "list" }

var ownField = regexp.MustCompile(`\bown\.([a-z_][a-z0-9_]*)`)

// asks lists the fields of the own document that the expressions of a source ask for.
func (s Source) asks() []string {
	var list []string
	for _, expr := range s.expressions() {
		for _, m := range ownField.FindAllStringSubmatch(expr, -1) {
			list = append(list, m[1])
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// expressions of the source by their member.
func (s Source) expressions() map[string]string {
	list := map[string]string{}
	if s.Where != "" {
		list["where"] = s.Where
	}
	for field, expr := range s.Fill {
		if expr != entryItself {
			list["fill/"+field] = expr
		}
	}
	return list
}

// Scope is what a source is asked for one document: of what time, about whom. Times
// that are zero bound nothing.
type Scope struct {
	From  time.Time      `json:"from,omitzero"`
	To    time.Time      `json:"to,omitzero"`
	About []string       `json:"about,omitempty"`
	Own   map[string]any `json:"own,omitempty"` // fields of the document that the source asks for
}

// Covers reports whether other asks the same, of its time only where it says one.
func (s Scope) Covers(other Scope, said bool) bool {
	if said && !(s.From.Equal(other.From) && s.To.Equal(other.To)) {
		return false
	}
	was, err1 := json.Marshal(s.Own)
	is, err2 := json.Marshal(other.Own)
	return err1 == nil && err2 == nil && string(was) == string(is) && slices.Equal(s.About, other.About)
}

// Contains reports whether a time lies in the scope.
func (s Scope) Contains(at time.Time) bool {
	return !at.Before(s.From) && (s.To.IsZero() || !at.After(s.To))
}

// ScopeOf is the scope of a source for a document. ok is false while the document
// lacks what the source needs; said is false while it does not say when the matter
// happened: begun stands for that.
func (t *Type) ScopeOf(src Source, doc map[string]any, begun time.Time) (s Scope, said, ok bool) {
	ok = true
	if src.About != "" {
		v, _ := at(doc, src.About)
		s.About = plainTexts(v)
		ok = len(s.About) > 0
	}
	for _, name := range src.asks() {
		if v, there := doc[name]; there {
			if s.Own == nil {
				s.Own = map[string]any{}
			}
			s.Own[name] = v
		}
	}
	moment, said := t.last(doc, t.OccurredAt)
	if !said {
		moment = begun
	}
	y, m, d := moment.In(Zone).Date()
	switch src.Span {
	case "", "day":
		s.From = time.Date(y, m, d, 0, 0, 0, 0, Zone)
		s.To = s.From.AddDate(0, 0, 1).Add(-time.Microsecond)
	case "month":
		s.From = time.Date(y, m, 1, 0, 0, 0, 0, Zone)
		s.To = s.From.AddDate(0, 1, 0).Add(-time.Microsecond)
	case "until":
		s.To = moment
	}
	if src.From != "" {
		v, _ := at(doc, src.From)
		first, _, there := extent(v)
		s.From, ok = first, ok && there
	}
	if src.To != "" {
		var there bool
		s.To, there = t.last(doc, src.To)
		ok = ok && there
	}
	s.From, s.To = s.From.UTC(), s.To.UTC()
	return s, said || src.Span == "now" || src.To != "", ok
}

// last is the end of the time that a document says at a pointer.
func (t *Type) last(doc map[string]any, pointer string) (time.Time, bool) {
	v, _ := at(doc, pointer)
	_, last, ok := extent(v)
	return last, ok
}

// extent are the first and the last moment of a time, a day or a month.
func extent(v any) (first, last time.Time, ok bool) {
	s, _ := v.(string)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, t, t.Year() >= 1900 && t.Year() < 2200
	}
	if m, err := Day(s); err == nil {
		return m.At, m.At.AddDate(0, 0, 1).Add(-time.Microsecond), m.At.Year() < 2200
	}
	if m, err := Day(s + "-01"); err == nil {
		return m.At, m.At.AddDate(0, 1, 0).Add(-time.Microsecond), m.At.Year() < 2200
	}
	return time.Time{}, time.Time{}, false
}

// plainTexts are the texts of a value: itself, or those of a list.
func plainTexts(v any) []string {
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		if s, _ := e.(string); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Shared is an entry that a source may take from.
type Shared struct {
	ID       string
	Document json.RawMessage
}

// Shares are the entries of one source, read once for however many documents take
// from them.
type Shares struct {
	t     *Type
	src   Source
	items []shared
	about map[string][]int // items by inmate
}

// shared is what one entry, or one row of one, says.
type shared struct {
	entry    int
	id       string
	doc, row map[string]any // numbers as float64
	number   string
	value    any
}

// Shares reads entries, the oldest first, for a source of the type.
func (t *Type) Shares(src Source, entries []Shared) (*Shares, error) {
	s := &Shares{t: t, src: src, about: map[string][]int{}}
	for i, e := range entries {
		doc, err := ParseDocument(e.Document)
		if err != nil {
			return nil, err
		}
		known := floats(doc.Value).(map[string]any)
		if src.Rows == "" {
			s.add(shared{entry: i, id: e.ID, doc: known}, doc.Value)
			continue
		}
		rows, _ := at(doc.Value, "/"+src.Rows)
		list, _ := rows.([]any)
		for _, row := range list {
			if r, ok := row.(map[string]any); ok {
				s.add(shared{entry: i, id: e.ID, doc: known, row: floats(r).(map[string]any)}, r)
			}
		}
	}
	return s, nil
}

func (s *Shares) add(one shared, says map[string]any) {
	switch s.src.Take {
	case "":
	case entryItself:
		one.value = one.id
	default:
		v, ok := at(says, "/"+s.src.Take)
		if !ok {
			return
		}
		one.value = v
	}
	one.number, _ = says[InmateField].(string)
	s.about[one.number] = append(s.about[one.number], len(s.items))
	s.items = append(s.items, one)
}

// Take works out the value for one document, and says of which entries; nil where
// there is nothing to say.
func (s *Shares) Take(sc Scope, now time.Time) (value any, used []int, err error) {
	asked := s.asked(sc)
	moment := sc.To
	if moment.IsZero() {
		moment = now
	}
	own, _ := floats(sc.Own).(map[string]any)
	kept := slices.DeleteFunc(slices.Clone(asked), func(i int) bool {
		if s.src.Where == "" {
			return false
		}
		ok, err := s.t.taking[s.src.Where].holds(s.scene(s.items[i], own, moment, now))
		return err != nil || !ok // what a condition asks for is not there
	})
	if len(kept) == 0 && s.src.Pick != "count" && s.src.Pick != "any" {
		return s.src.None, []int{}, nil
	}
	switch s.src.Pick {
	case "count":
		return json.Number(strconv.Itoa(len(kept))), s.entries(kept), nil
	case "any": // what speaks against it was looked at too
		return len(kept) > 0, s.entries(asked), nil
	case "sum":
		value, err = s.sum(kept)
		return value, s.entries(kept), err
	case "list":
		rows := make([]any, len(kept))
		for n, i := range kept {
			rows[n] = s.fill(s.items[i], s.scene(s.items[i], own, moment, now))
		}
		return rows, s.entries(kept), nil
	}
	last := kept[len(kept)-1]
	return s.items[last].value, s.entries([]int{last}), nil
}

// asked are the items that a document asks for, the oldest first.
func (s *Shares) asked(sc Scope) []int {
	var list []int
	if s.src.About == "" {
		for i := range s.items {
			list = append(list, i)
		}
	}
	for _, number := range sc.About {
		list = append(list, s.about[number]...)
	}
	slices.Sort(list)
	if s.src.Per == "" {
		return list
	}
	newest := map[string]int{}
	for _, i := range list {
		newest[s.items[i].number] = i
	}
	return slices.DeleteFunc(list, func(i int) bool { return newest[s.items[i].number] != i })
}

func (s *Shares) scene(one shared, own map[string]any, moment, now time.Time) scene {
	return scene{doc: one.doc, row: one.row, own: own, moment: moment, now: now}
}

// entries of the items, each once.
func (s *Shares) entries(items []int) []int {
	list := make([]int, len(items))
	for n, i := range items {
		list[n] = s.items[i].entry
	}
	return slices.Compact(list)
}

// sum is exact: what was written is added, not what a double makes of it.
func (s *Shares) sum(items []int) (json.Number, error) {
	total := new(big.Rat)
	for _, i := range items {
		n, ok := new(big.Rat).SetString(fmt.Sprint(s.items[i].value))
		if !ok {
			return "", fmt.Errorf("%s: %v is no number", s.src.Field, s.items[i].value)
		}
		total.Add(total, n)
	}
	digits, _ := total.FloatPrec()
	return json.Number(total.FloatString(digits)), nil
}

// fill makes a row of a list; what the entry does not say is left out.
func (s *Shares) fill(one shared, sc scene) map[string]any {
	row := map[string]any{}
	for field, expr := range s.src.Fill {
		if expr == entryItself {
			row[field] = one.id
		} else if v, err := s.t.taking[expr].eval(sc); err == nil {
			row[field] = exact(v)
		}
	}
	return row
}

// Complete reports whether every row has what the field asks of it.
func (t *Type) Complete(pointer string, rows []any) bool {
	items, _ := t.field(pointer)["items"].(map[string]any)
	for _, row := range rows {
		r, _ := row.(map[string]any)
		for _, name := range texts(items["required"]) {
			if _, ok := r[name]; !ok {
				return false
			}
		}
	}
	return true
}

// At is the member of a document that a pointer names; nil for none.
func At(doc map[string]any, pointer string) any {
	v, _ := at(doc, pointer)
	return v
}

// Put sets the member of a document that a pointer through its groups names; a nil
// value takes it away, and a group that is empty then. Groups are copied first.
func Put(doc map[string]any, pointer string, value any) {
	name, rest, deeper := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	name = unescape(name)
	if !deeper {
		if value == nil {
			delete(doc, name)
		} else {
			doc[name] = value
		}
		return
	}
	group := map[string]any{}
	if old, ok := doc[name].(map[string]any); ok {
		for k, v := range old {
			group[k] = v
		}
	}
	Put(group, "/"+rest, value)
	if doc[name] = group; len(group) == 0 {
		delete(doc, name)
	}
}

// hold says what is wrong with the sources of a type, among the types that find
// knows, and notes which of its fields are shared in truth.
func (c *compiler) hold(t *Type, find func(ledger string) *Type) []fault.Field {
	t.shared = map[string]bool{}
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
		}
		if len(p.fields) == before {
			t.shared[src.Field] = true
		}
	}
	return p.fields
}

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
	for _, name := range s.asks() {
		c.want(c.t.field("/"+name) != nil, "where", "没有字段 /"+name, "There is no field /"+name)
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
	if s.About != "" || s.Per != "" {
		c.want(said[InmateField] != nil, "about", "台账 "+s.Ledger+" 不是按罪犯记的", "Ledger "+s.Ledger+" does not say of whom it is")
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
