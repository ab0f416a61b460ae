package accreditation

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"strings"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/scoring"
)

//go:embed report.html
var reportText string

var reportForm = template.Must(template.New("report").Funcs(template.FuncMap{
	"at":    func(t time.Time) string { return t.In(catalog.Zone).Format("2006-01-02 15:04") },
	"value": func(v string) string { return map[string]string{"on_time": "如期", "delay": "延迟"}[v] },
	"decided": func(v string) string {
		return map[string]string{"agree": "同意", "send_back": "退回", "reject": "不同意", "adjourn": "缓议"}[v]
	},
	"kind": func(v string) string {
		return map[string]string{"self_check": "自查", "baseline": "摸底检查", "onsite": "现场考核验收", "department": "业务考核", "lookback": "回头看", "recheck": "复查考核"}[v]
	},
	"of": func(v string) string {
		return map[string]string{"ordinary": "普通监区", "functional": "功能监区", "sub_area": "分监区"}[v]
	},
}).Parse(reportText))

// report of a package is the same for eyes: pages of A4 with scores, opinions, results, conditions
// and who confirmed what, under the names of the day.
type report struct {
	Case       Case
	Unit       string
	Level      string
	Events     []Event
	Sheets     []scored
	Opinions   []spoken
	Results    []resulted
	Evaluation *evaluation
	Conditions *Conditions
	Items      []deliberated
}

type scored struct {
	SheetKept
	Domains []scoring.DomainScore
	Display string
}

// resulted is a department's result as the report shows it.
type resulted struct {
	Name string
	Result
	By string
	At time.Time
}

// evaluation of the demonstration effect, by its maker and who confirmed it.
type evaluation struct {
	Rows      []evaluated
	Total     scoring.Decimal
	By        string
	Confirmed *Confirmation
}

type evaluated struct {
	Title string
	Of    int
	EvaluationRow
}

type deliberated struct {
	Item
	Body    string
	Outcome string
	Text    string
	Tally   Tally
}

// results of the departments, each time they gave one.
func (r *report) results(list []Record, called Called) error {
	for _, x := range list {
		said := resulted{Name: called.Departments[x.Department].ZH, By: x.ByName, At: x.RecordedAt}
		if err := json.Unmarshal(x.Body, &said.Result); err != nil {
			return err
		}
		r.Results = append(r.Results, said)
	}
	return nil
}

// evaluated takes the last evaluation that stands.
func (r *report) evaluated(list []Record) error {
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1]
	var said Evaluation
	if err := json.Unmarshal(last.Body, &said); err != nil {
		return err
	}
	r.Evaluation = &evaluation{Total: said.Total, By: last.ByName, Confirmed: last.Confirmed}
	for i, row := range said.Rows {
		r.Evaluation.Rows = append(r.Evaluation.Rows, evaluated{Evaluations[i].Title.ZH, Evaluations[i].Points, row})
	}
	return nil
}

func (r *report) page(sheets []SheetKept, items []Item) ([]byte, error) {
	for _, x := range sheets {
		var sheet scoring.Sheet
		if err := json.Unmarshal(x.Sheet, &sheet); err != nil {
			return nil, err
		}
		r.Sheets = append(r.Sheets, scored{x, sheet.Domains, sheet.Display})
	}
	for _, i := range items {
		var kept frozen
		if err := json.Unmarshal(i.Frozen().Body, &kept); err != nil {
			return nil, err
		}
		r.Items = append(r.Items, deliberated{i, bodies[i.Body.as()], kept.Outcome, kept.Text, kept.Tally})
	}
	var out strings.Builder
	err := reportForm.Execute(&out, r)
	return []byte(out.String()), err
}
