package printing

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// ScoreSheet is a kept score as it goes to a meeting.
type ScoreSheet struct {
	Prison, Area string // Area "" is the prison as a whole
	Kind         string // of the check
	AsOf         string
	MadeBy       string
	RecordedAt   time.Time
	Run          uuid.UUID
	AreaID       uuid.UUID     // zero: the prison as a whole
	Salt         []byte        // of the run: the code comes from it
	Standard     string        // its title
	Digest       string        // of the standard
	Bytes        ledger.Digest // of the sheet that was kept
	// Verified of All items of the check before were put right and verified when the score was kept; All 0 for none.
	Verified, All int
	Sheet         *scoring.Sheet
	Code, Link    string // of verification; Link is what the QR leads to
}

var checkKinds = map[string]string{"self_check": "自查", "mock": "模拟考核", "baseline": "摸底检查", "department": "业务考核评估", "onsite": "现场综合考核验收",
	"lookback": "回头看", "recheck": "复查考核", "joint": "片区联检", "other": "其他标准考核"}

// CheckKind is what a kind of check is called on paper.
func CheckKind(kind string) string { return checkKinds[kind] }

var refKinds = map[string]string{"entry": "台账条目", "duty": "应填任务", "finding": "发现问题"}

// mostOnPaper bounds what is printed behind one loss; how many there are is always said.
const mostOnPaper = 20

// Paper lays the sheet out: first what a leader asks, then domain, indicator, line and loss.
func (s ScoreSheet) Paper() Official {
	o := Official{Title: "规范化创建考核评分表", Link: s.Link, Number: "编号 " + s.Run.String(), Foot: "核验码 " + Spelled(s.Code),
		Below: []string{strings.TrimSpace(s.Prison + "　" + s.Area), checkKinds[s.Kind] + "　截至 " + Day(s.AsOf)}}
	sh := s.Sheet
	result := "未通过"
	if sh.Passes {
		result = "通过"
	}
	policy := "不适用项折算"
	if sh.Policy == "full_marks" {
		policy = "不适用项计满分"
	}
	list := [][]string{
		{"总分", sh.Score.String() + "（显示 " + sh.Display + "）"}, {"标准线", sh.Line.String() + " / " + sh.Points.String()}, {"结果", result},
		{"考核区间", sh.From + " 至 " + sh.To}, {"扣分合计", sh.Deducted.String()}, {"不适用处理", policy + "，折算 " + sh.Rescaled.String()},
		{"原一票否决事项", vetoes(sh)}, {"适用标准", fmt.Sprintf("%s 第 %d 版", s.Standard, sh.Version)}, {"标准摘要", s.Digest}, {"评分表摘要", s.Bytes.String()},
		{"上次考核整改", closing(s)}, {"回头看带入", carry(sh)}, {"留存", s.MadeBy + "　" + catalog.OnPaper(s.RecordedAt)},
	}
	o.Parts = append(o.Parts, Part{Heading: "总体情况", Columns: []string{"事项", "内容"}, Rows: list})
	domains := Part{Heading: "各项目得分", Columns: []string{"项目", "分值", "扣分", "得分"}}
	for _, d := range sh.Domains {
		domains.Rows = append(domains.Rows, []string{d.Title.ZH, d.Points.String(), d.Deducted.String(), d.Score.String()})
	}
	o.Parts = append(o.Parts, domains)
	for _, d := range sh.Domains {
		for _, i := range d.Indicators {
			o.Parts = append(o.Parts, indicator(d, i))
		}
	}
	return o
}

func vetoes(sh *scoring.Sheet) string {
	if len(sh.Vetoes) == 0 {
		return "无"
	}
	return strings.Join(sh.Vetoes, "、") + "（已按分值扣分，不另行否决）"
}

func closing(s ScoreSheet) string {
	if s.All == 0 {
		return "无"
	}
	return fmt.Sprintf("%d 项，已核验销号 %d 项", s.All, s.Verified)
}

func carry(sh *scoring.Sheet) string {
	switch {
	case sh.Carry == nil:
		return "无"
	case sh.Carry.Waived != "":
		return "免做：" + sh.Carry.Waived
	}
	return fmt.Sprintf("自身 %s，回头看扣 %s，按 %s 带入 %s", sh.Carry.Own, sh.Carry.Deductions, sh.Carry.Rate, sh.Carry.Deducted)
}

func indicator(d scoring.DomainScore, i scoring.IndicatorScore) Part {
	p := Part{Heading: fmt.Sprintf("%s　%s %s", d.Title.ZH, i.Code, i.Title.ZH)}
	label := ""
	if i.FormerVeto {
		label = "　原一票否决项"
	}
	if !i.Applies {
		p.Paragraphs = []string{fmt.Sprintf("分值 %s　不适用%s%s", i.Points, decided(i.Decision), label)}
		return p
	}
	p.Paragraphs = []string{fmt.Sprintf("分值 %s　扣 %s　得 %s%s", i.Points, i.Deducted, i.Score, label)}
	if i.OverCap.Rat().Sign() > 0 {
		p.Paragraphs[0] += fmt.Sprintf("　超出分值不再扣 %s", i.OverCap)
	}
	p.Columns = []string{"评分项", "扣分", "依据"}
	for _, l := range i.Lines {
		p.Rows = append(p.Rows, []string{l.ID + " " + l.Title.ZH, l.Deducted.String(), behind(l)})
	}
	return p
}

func decided(by string) string {
	if by == "" {
		return ""
	}
	return "（决定 " + by + "）"
}

// behind says what a line lost, loss by loss.
func behind(l scoring.LineScore) string {
	switch l.State {
	case scoring.NotChecked:
		return "未检查"
	case scoring.Met:
		return "已查看，相符"
	case scoring.NotApplicable:
		return "无应计事项"
	}
	var list []string
	if l.Override != nil {
		list = append(list, fmt.Sprintf("人工调整为 %s（计算值 %s）：%s", l.Override.Amount, l.Override.Computed, l.Override.Reason))
	}
	for _, x := range l.Losses {
		text := "扣 " + x.Deducted.String()
		if !x.Deducted.Equal(x.Raw) {
			text += "（应扣 " + x.Raw.String() + "）"
		}
		for _, more := range []string{x.Day, x.Note, x.Subject} {
			if more != "" {
				text += "　" + more
			}
		}
		if x.CountedIn != "" {
			text += "　同一事项已在 " + x.CountedIn + " 扣分"
		}
		if n := len(x.Refs); n > 0 {
			var refs []string
			for _, r := range x.Refs[:min(n, mostOnPaper)] {
				refs = append(refs, strings.TrimSpace(refKinds[r.Kind]+" "+r.ID+" "+r.Day))
			}
			text += "：" + strings.Join(refs, "；")
			if n > mostOnPaper {
				text += fmt.Sprintf("；共 %d 项，列 %d 项", n, mostOnPaper)
			}
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		return "无扣分"
	}
	return strings.Join(list, "\n")
}
