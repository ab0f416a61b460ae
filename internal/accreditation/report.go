package accreditation

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/printing"
	"taizhang/internal/scoring"
)

// report of a package is what people read of it: scores, opinions, results, conditions and who
// confirmed what, under the names of the day.
type report struct {
	Case       Case
	Unit       string
	Level      string
	Standard   string // its title and version
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
	Deeds     map[string]string // by row, in words
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
	r.Evaluation = &evaluation{Total: said.Total, By: last.ByName, Confirmed: last.Confirmed, Deeds: map[string]string{}}
	for _, d := range said.Deeds {
		for _, shown := range DeedsShown {
			if shown.Row == d.Row && shown.Fact == d.Fact {
				r.Evaluation.Deeds[d.Row] += fmt.Sprintf("%s %d；", shown.Chinese, d.Count)
			}
		}
	}
	for i, row := range said.Rows {
		r.Evaluation.Rows = append(r.Evaluation.Rows, evaluated{Evaluations[i].Title.ZH, Evaluations[i].Points, row})
	}
	return nil
}

// with the sheets and what was deliberated.
func (r report) with(sheets []SheetKept, items []Item) (report, error) {
	for _, x := range sheets {
		var sheet scoring.Sheet
		if err := json.Unmarshal(x.Sheet, &sheet); err != nil {
			return r, err
		}
		r.Sheets = append(r.Sheets, scored{x, sheet.Domains, sheet.Display})
	}
	for _, i := range items {
		var kept frozen
		if err := json.Unmarshal(i.Frozen().Body, &kept); err != nil {
			return r, err
		}
		r.Items = append(r.Items, deliberated{i, kept.Outcome, kept.Text, kept.Tally})
	}
	return r, nil
}

var (
	opined   = map[string]string{"on_time": "如期", "delay": "延迟"}
	resolved = map[string]string{"agree": "同意", "send_back": "退回", "reject": "不同意", "adjourn": "缓议"}
	areaKind = map[string]string{"ordinary": "普通监区", "functional": "功能监区", "sub_area": "分监区"}
	met      = map[bool]string{true: "达到要求", false: "未达到要求"}
	holds    = map[bool]string{true: "符合", false: "不符合"}
)

func minute(t time.Time) string { return t.In(catalog.Zone).Format("2006-01-02 15:04") }

func (r report) paper() printing.Official {
	o := printing.Official{Title: "规范化创建申报材料", Below: []string{r.Unit, "等级：" + r.Level, r.Standard}, Number: "申报编号 " + r.Case.ID.String()}
	add := func(p printing.Part) { o.Parts = append(o.Parts, p) }
	for _, x := range r.Sheets {
		p := printing.Part{Heading: printing.CheckKind(x.Kind) + "　" + x.Display + " 分", Columns: []string{"项目", "分值", "扣分", "得分"},
			Paragraphs: []string{"确认人：" + x.By + "　" + minute(x.RecordedAt)}}
		for _, d := range x.Domains {
			p.Rows = append(p.Rows, []string{d.Title.ZH, d.Points.String(), d.Deducted.String(), d.Score.String()})
		}
		add(p)
	}
	if c := r.Conditions; c != nil {
		ratios := printing.Part{Heading: "申报条件（" + printing.Day(c.Day) + "）", Columns: []string{"类别", "已通过", "总数", "需要", "结果"}}
		for _, x := range c.Ratios {
			row := []string{areaKind[x.Of], "", "", "", "没有此类单位，" + map[bool]string{true: "不作要求", false: holds[false]}[x.Holds]}
			if x.Applies {
				row = []string{areaKind[x.Of], strconv.Itoa(x.Passed), strconv.Itoa(x.All), strconv.Itoa(x.Need), holds[x.Holds]}
			}
			ratios.Rows = append(ratios.Rows, row)
		}
		add(ratios)
		areas := printing.Part{Columns: []string{"监区", "类别", "称号", "命名日期"}}
		for _, x := range c.Areas {
			row := []string{x.Name.ZH, areaKind[x.Of], "未命名", ""}
			if x.Passed {
				row[2], row[3] = x.Wording, printing.Day(x.NamedOn)
			}
			areas.Rows = append(areas.Rows, row)
		}
		add(areas)
	}
	opinions := printing.Part{Heading: "处室意见", Columns: []string{"处室", "意见", "理由", "提出人", "时间"}}
	for _, x := range r.Opinions {
		row := []string{x.Name, "未提出", "期限 " + printing.Day(x.DueOn) + " 内未提出意见", "", ""}
		if x.Opines != nil {
			row = []string{x.Name, opined[x.Opines.Value], x.Opines.Reason, x.By, minute(x.At)}
		}
		opinions.Rows = append(opinions.Rows, row)
	}
	add(opinions)
	if len(r.Results) > 0 {
		p := printing.Part{Heading: "业务考核评估", Columns: []string{"处室", "结果", "未解决重大问题", "说明", "确认人", "时间"}}
		for _, x := range r.Results {
			p.Rows = append(p.Rows, []string{x.Name, met[x.Met], strconv.Itoa(x.CriticalOpen), x.Text, x.By, minute(x.At)})
		}
		add(p)
	}
	if e := r.Evaluation; e != nil {
		p := printing.Part{Heading: "示范作用评估", Columns: []string{"项目", "分值", "得分", "证明", "评估时系统记录"}, Paragraphs: []string{"评估人：" + e.By}}
		if c := e.Confirmed; c != nil {
			p.Paragraphs[0] += "　复核人：" + c.ByName + "　" + minute(c.RecordedAt)
		}
		for _, x := range e.Rows {
			p.Rows = append(p.Rows, []string{x.Title, strconv.Itoa(x.Of), x.Points.String(), x.Proof, strings.TrimSuffix(e.Deeds[x.Code], "；")})
		}
		p.Rows = append(p.Rows, []string{"合计", "", e.Total.String(), "", ""})
		add(p)
	}
	minutes := printing.Part{Heading: "审议"}
	for _, x := range r.Items {
		minutes.Paragraphs = append(minutes.Paragraphs, fmt.Sprintf("%s　%s　第 %d 项：%s（同意 %d、不同意 %d、弃权 %d）。%s", bodies[x.Body.as()], printing.Day(x.Day), x.Number,
			resolved[x.Outcome], x.Tally.For, x.Tally.Against, x.Tally.Abstain, x.Text))
	}
	if len(r.Items) == 0 {
		minutes.Paragraphs = []string{"无。"}
	}
	add(minutes)
	history := printing.Part{Heading: "办理历史", Columns: []string{"时间", "事项", "办理人", "理由与文号"}}
	for _, x := range r.Events {
		why := strings.TrimSpace(x.Reason + " " + x.Document)
		if x.DocumentOn != "" {
			why += " " + x.DocumentOn
		}
		history.Rows = append(history.Rows, []string{minute(x.RecordedAt), x.Title.ZH, x.ByName, why})
	}
	add(history)
	return o
}
