package catalog

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// simplified are the traditional characters of words that ledgers are written in.
var simplified = strings.NewReplacer(pairwise("臨临時时間间實实際际處处單单位位記记錄录號号數数據据檢检查查驗验員员警警獄狱監监區区隊队長长" +
	"領领導导責责任任務务執执備备設设施施維维護护修修險险隱隐患患類类別别級级狀状態态結结論论報报審审批批簽签辦办" +
	"項项目目內内容容說说發发現现場场從从來来動动車车門门話话談谈學学習习課课醫医療疗藥药飲饮電电熱热溫温燈灯" +
	"錢钱財财費费購购買买賬账帳账總总計计額额獎奖懲惩罰罚會会議议決决選选舉举對对應应該该訪访問问視视頻频" +
	"題题見见證证書书條条規规則则變变當当與与為为無无體体個个種种層层廠厂勞劳產产業业點点調调節节評评")...)

// pairwise cuts a text into its characters.
func pairwise(s string) []string { return strings.Split(s, "") }

// fold is what is left of a title that a reader goes by: its letters and digits in
// one width and script, without 的 and without a number at its end.
func fold(title string) string {
	plain := strings.Map(func(r rune) rune {
		if r == '的' || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(title))
	plain = simplified.Replace(plain)
	if named := strings.TrimRightFunc(plain, unicode.IsDigit); named != "" {
		return named
	}
	return plain
}
