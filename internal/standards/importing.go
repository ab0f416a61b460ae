package standards

import (
	"encoding/json"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
	"taizhang/internal/workbook"
)

// Frame is what a table does not say of the standard that it holds. Its points are
// the sum of its rows'; the release check wants 1000 of the accreditation's own kinds.
type Frame struct {
	ID      string          `json:"id"`
	Version int             `json:"version"`
	Title   fault.Text      `json:"title"`
	Label   string          `json:"label,omitempty"`
	Unit    scoring.Kind    `json:"unit"`
	Line    scoring.Decimal `json:"line"`
	Months  int             `json:"months"`
}

// Misread is a mistake of a table by its place.
type Misread struct {
	Row    int        `json:"row"` // as the sender's program counts
	Column string     `json:"column"`
	Text   fault.Text `json:"text"`
}

// column of an import, and what it may be headed. A row without points is one more
// rule of the indicator above it.
type column struct {
	name   string
	titles []string
	must   bool
	most   int // characters
}

var columns = []column{
	{"code", []string{"code", "编号", "指标编号", "代码", "id"}, true, 40},
	{"domain", []string{"domain", "方面", "类别", "领域"}, true, 100},
	{"domain_id", []string{"domain id", "domain_id", "方面编号"}, false, 20},
	{"title", []string{"title", "指标", "名称", "指标名称", "indicator"}, true, 200},
	{"points", []string{"points", "分值", "分数"}, true, 12},
	{"criteria", []string{"criteria", "评分标准", "扣分标准", "评分细则", "标准"}, true, 2000},
	{"method", []string{"method", "方法", "考核方法", "检查方法"}, true, 20},
	{"basis", []string{"basis", "依据", "依据文件"}, false, 500},
	{"deduct", []string{"deduct", "扣分", "每次扣分"}, false, 12},
	{"target", []string{"target", "目标", "目标值"}, false, 12},
}

// methodWords are how people call a method.
var methodWords = map[string]string{
	"reading": "reading", "ledger": "reading", "台账": "reading", "查阅": "reading", "查阅台账": "reading", "查阅资料": "reading",
	"onsite": "onsite", "on-site": "onsite", "on site": "onsite", "现场": "onsite", "现场检查": "onsite",
	"video": "video", "视频": "video", "视频倒查": "video",
	"quiz": "quiz", "抽考": "quiz", "随机抽考": "quiz", "interview": "quiz", "访谈": "quiz",
	"register": "register", "登记": "register", "通报": "register",
}

// guideWords are where and how a line of a method is checked, as long as nobody wrote it.
var guideWords = map[string]scoring.GuideLine{
	"reading":  {Where: fault.Text{ZH: "记录与原始材料", EN: "Records and the papers behind them"}, Evidence: fault.Text{ZH: "记录编号", EN: "Number of the record"}},
	"onsite":   {Where: fault.Text{ZH: "现场", EN: "On site"}, Evidence: fault.Text{ZH: "带时间的照片", EN: "Photo with its time"}},
	"video":    {Where: fault.Text{ZH: "视频回放", EN: "Video"}, Evidence: fault.Text{ZH: "机位与起止时间", EN: "Camera, beginning and end"}},
	"quiz":     {Where: fault.Text{ZH: "抽到的人员处", EN: "Where the drawn persons are"}, Evidence: fault.Text{ZH: "抽取名单与答卷", EN: "The draw and the answers"}},
	"register": {Where: fault.Text{ZH: "登记册与通报", EN: "Registers and notices"}, Evidence: fault.Text{ZH: "文号或登记号", EN: "Number of the document or registration"}},
}

// mostRows of a standard's table.
const mostRows = 2000

var codeForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._/-]*$`)

// Import makes a draft's artefacts of a workbook or a CSV. A table with mistakes makes
// none: all of them come back, by row and column. Faults: those of the reader.
func Import(r io.ReaderAt, size int64, f Frame) (scoring.Set, []Misread, error) {
	table, err := workbook.ReadCells(r, size)
	if err != nil {
		return scoring.Set{}, nil, err
	}
	i := &importer{columns: columns, codes: map[string]int{}, domains: map[string]int{}, ids: map[string]string{}}
	i.read(table)
	if len(i.bad) > 0 {
		return scoring.Set{}, i.bad, nil
	}
	set, err := i.set(f)
	return set, nil, err
}

type importer struct {
	columns []column
	at      map[string]int    // of a column in the row
	heads   map[string]string // as the file calls it
	row     workbook.Cells
	bad     []Misread
	list    []scoring.Domain
	domains map[string]int    // by title
	ids     map[string]string // title by id
	codes   map[string]int    // row by code
	current *scoring.Indicator
}

func (i *importer) wrong(name, zh, en string) {
	head := i.heads[name]
	if head == "" {
		head = name
	}
	i.bad = append(i.bad, Misread{Row: i.row.Line, Column: head, Text: fault.Text{ZH: zh, EN: en}})
}

func (i *importer) read(table []workbook.Cells) {
	if !i.begun(table, "code") {
		return
	}
	for _, row := range table[1:] {
		i.row = row
		i.one()
	}
}

// begun says whether the table has its titles and rows, and not too many of them.
func (i *importer) begun(table []workbook.Cells, first string) bool {
	if len(table) < 2 {
		i.row.Line = 1
		i.wrong(first, "表中没有内容：第一行写列名，以下每行一项", "The table is empty: titles in the first line, one item in each that follows")
		return false
	}
	if i.row = table[0]; !i.headed() {
		return false
	}
	if len(table) > mostRows+1 {
		i.row = table[mostRows+1]
		i.wrong(first, "最多 2000 行", "At most 2000 rows")
		return false
	}
	return true
}

// headed finds the columns; what must be there and is not is wrong.
func (i *importer) headed() bool {
	i.at, i.heads = map[string]int{}, map[string]string{}
	for n, head := range i.row.Values {
		said := strings.ToLower(strings.Trim(head, " *＊\u00a0"))
		for _, c := range i.columns {
			if !slices.Contains(c.titles, said) {
				continue
			}
			if _, twice := i.at[c.name]; twice {
				i.wrong(c.name, "列“"+head+"”重复", "The column “"+head+"” stands twice")
				continue
			}
			i.at[c.name], i.heads[c.name] = n, head
		}
	}
	for _, c := range i.columns {
		if _, ok := i.at[c.name]; c.must && !ok {
			i.wrong(c.name, "缺少列“"+c.titles[1]+"”", "The column “"+c.name+"” is missing")
		}
	}
	return len(i.bad) == 0
}

func (i *importer) cell(name string) string {
	n, ok := i.at[name]
	if !ok || n >= len(i.row.Values) {
		return ""
	}
	return i.row.Values[n]
}

// short finds what says too much.
func (i *importer) short() {
	for _, c := range i.columns {
		if len([]rune(i.cell(c.name))) > c.most {
			i.wrong(c.name, "最多 "+strconv.Itoa(c.most)+" 字", "At most "+strconv.Itoa(c.most)+" characters")
		}
	}
}

// one reads a row: an indicator, or one more rule of the one above.
func (i *importer) one() {
	before := len(i.bad)
	i.short()
	code := i.cell("code")
	if i.cell("points") == "" && i.current != nil && code == i.current.Code {
		i.rule(i.current)
		return
	}
	if !codeForm.MatchString(code) {
		i.wrong("code", "编号须由字母、数字和 . _ / - 组成", "A code is of letters, digits and . _ / -")
	} else if row, taken := i.codes[code]; taken {
		i.wrong("code", "编号 "+code+" 与第 "+strconv.Itoa(row)+" 行重复", code+" stands already in row "+strconv.Itoa(row))
	}
	for _, name := range []string{"domain", "title"} {
		if i.cell(name) == "" {
			i.wrong(name, "不能为空", "It must not be empty")
		}
	}
	points, ok := i.number("points")
	if !ok || points.Rat().Sign() <= 0 {
		i.wrong("points", "分值须为正数，最多四位小数", "Points are a positive number of at most four decimals")
	}
	domain := i.domain()
	ind := scoring.Indicator{Code: code, Title: fault.Text{ZH: i.cell("title")}, Points: points, Ledgers: []string{}, Criteria: fault.Text{ZH: i.cell("criteria")},
		Basis: bases(i.cell("basis")), Lines: []scoring.Line{}}
	i.rule(&ind)
	if len(i.bad) > before {
		i.current = nil
		return
	}
	i.codes[code] = i.row.Line
	d := &i.list[domain]
	d.Indicators = append(d.Indicators, ind)
	d.Points, _ = scoring.DecimalOf(new(big.Rat).Add(d.Points.Rat(), points.Rat()))
	i.current = &d.Indicators[len(d.Indicators)-1]
}

// domain is the place of the row's domain, which a new title opens.
func (i *importer) domain() int {
	title, id := i.cell("domain"), i.cell("domain_id")
	if n, ok := i.domains[title]; ok {
		if id != "" && id != i.list[n].ID {
			i.wrong("domain_id", "方面“"+title+"”的编号前后不一", "The domain “"+title+"” has two ids")
		}
		return n
	}
	if id == "" {
		id = "D" + strconv.Itoa(len(i.list)+1)
	}
	if other, taken := i.ids[id]; taken {
		i.wrong("domain_id", "编号 "+id+" 已用于“"+other+"”", id+" is the id of “"+other+"”")
	}
	i.ids[id], i.domains[title] = title, len(i.list)
	i.list = append(i.list, scoring.Domain{ID: id, Title: fault.Text{ZH: title}})
	return len(i.list) - 1
}

// rule adds the row's rule: measured against its target where it has one, else each
// finding costs what the row says, or all the points of the indicator.
func (i *importer) rule(ind *scoring.Indicator) {
	method, known := methodWords[strings.ToLower(i.cell("method"))]
	if !known {
		i.wrong("method", "方法须为：查阅、现场、视频、抽考、登记", "The method is one of reading, onsite, video, quiz, register")
	}
	if i.cell("criteria") == "" {
		i.wrong("criteria", "不能为空", "It must not be empty")
	}
	l := scoring.Line{ID: ind.Code + "." + strconv.Itoa(len(ind.Lines)+1), Title: fault.Text{ZH: i.cell("criteria")}, Form: "each", Method: method, Deduct: ind.Points}
	if i.cell("deduct") != "" {
		deduct, ok := i.number("deduct")
		if !ok || deduct.Rat().Sign() <= 0 {
			i.wrong("deduct", "扣分须为正数，最多四位小数", "A deduction is a positive number of at most four decimals")
		}
		l.Deduct = deduct
	}
	if i.cell("target") != "" {
		target, ok := i.number("target")
		if !ok || target.Rat().Sign() <= 0 || i.cell("deduct") == "" {
			i.wrong("target", "目标值须为正的百分数，并须写明每低一个百分点的扣分", "A target is a positive percentage, and wants the deduction for each point below it")
		}
		l.Form, l.Target = "below", &target
	}
	ind.Lines = append(ind.Lines, l)
}

func (i *importer) number(name string) (scoring.Decimal, bool) {
	text := strings.TrimSuffix(strings.TrimSpace(i.cell(name)), "%")
	whole, decimals, _ := strings.Cut(text, ".")
	digits := func(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) }
	if whole == "" || !digits(whole) || !digits(decimals) || len(decimals) > 4 {
		return scoring.Decimal{}, false
	}
	d, err := scoring.ParseDecimal(text)
	return d, err == nil
}

// bases reads “document：clause；document：clause”.
func bases(cell string) (list []scoring.Basis) {
	for _, one := range strings.FieldsFunc(cell, func(r rune) bool { return r == '；' || r == ';' || r == '\n' }) {
		document, clause, _ := strings.Cut(strings.ReplaceAll(one, "：", ":"), ":")
		if document = strings.TrimSpace(document); document != "" {
			list = append(list, scoring.Basis{Document: document, Clause: strings.TrimSpace(clause)})
		}
	}
	return list
}

// set writes the three artefacts.
func (i *importer) set(f Frame) (set scoring.Set, err error) {
	s := scoring.Standard{ID: f.ID, Version: f.Version, Title: f.Title, Label: f.Label, Unit: f.Unit, Line: f.Line, Months: f.Months, NotApplicable: "rescale", Domains: i.list}
	rules := scoring.Rules{Standard: f.ID, Version: f.Version}
	guide := scoring.Guide{Standard: f.ID, Version: f.Version}
	total := new(big.Rat)
	for n := range s.Domains {
		total.Add(total, s.Domains[n].Points.Rat())
		for k := range s.Domains[n].Indicators {
			ind := &s.Domains[n].Indicators[k]
			rules.Indicators = append(rules.Indicators, scoring.Ruled{Code: ind.Code, Lines: ind.Lines})
			for _, l := range ind.Lines {
				told := guideWords[l.Method]
				told.ID, told.Steps = l.ID, []fault.Text{{ZH: "核对：" + l.Title.ZH, EN: "Check: " + l.Title.ZH}}
				guide.Lines = append(guide.Lines, told)
			}
			ind.Lines = nil
		}
	}
	if s.Points, err = scoring.DecimalOf(total); err != nil {
		return set, err
	}
	for into, doc := range map[*[]byte]any{&set.Standard: s, &set.Rules: rules, &set.Guide: guide} {
		if *into, err = json.Marshal(doc); err != nil {
			return set, err
		}
	}
	return set, nil
}
