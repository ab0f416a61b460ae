package access

import (
	"slices"
	"strings"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// The words a policy may use; whatever is not here does not load. The titles
// are for the sentence that tells who could do what was refused.

type named struct {
	name  actor.Role
	title fault.Text
}

var roles = func() (list []named) {
	for _, r := range actor.Roles {
		t := actor.Titles[r]
		list = append(list, named{r, fault.Text{ZH: t.ZH, EN: strings.ToLower(t.EN)}})
	}
	return list
}()

var all = actor.Roles

type relation struct {
	name  string
	title fault.Text
}

var relations = []relation{
	{"author", fault.Text{ZH: "填报人本人", EN: "whoever filled the entry"}},
	{"filler", fault.Text{ZH: "本台账的", EN: "of this ledger"}},
	{"step", fault.Text{ZH: "当前审批环节的", EN: "of the step at hand"}},
	{"deputy", fault.Text{ZH: "受当前审批环节委托的", EN: "deputising for the step at hand"}},
	{"higher", fault.Text{ZH: "审批超时后上级的", EN: "of the higher post once the step is overdue"}},
	{"own_area", fault.Text{ZH: "本监区", EN: "of the area"}},
	{"department", fault.Text{ZH: "归属部门", EN: "of the owning department"}},
	{"same_prison", fault.Text{ZH: "本监狱", EN: "of the prison"}},
	{"prison", fault.Text{ZH: "本监狱", EN: "of the prison"}},
	{"line", fault.Text{ZH: "省局主管处室", EN: "of the line's department at the bureau"}},
	{"bureau", fault.Text{ZH: "省局", EN: "of the bureau"}},
	{"team", fault.Text{ZH: "考核组或审议机构内的", EN: "of the check's team or the body"}},
	{"leader", fault.Text{ZH: "任考核组长的", EN: "leading the check's team"}},
	{"granted", fault.Text{ZH: "持有有效授权的", EN: "with a grant in force"}},
}

var classes = []string{"entry", "entry_l3", "entry_sealed", "medical", "psychological", "score", "finding", "pack", "log", "people", "inmate", "account", "organisation", "proposal", "connector", "roster", "relief", "outage", "task", "export", "export_l3", "delegation", "area", "standard", "ruling", "run", "guidance", "plan", "check", "self_check", "appeal", "rectification", "case", "meeting", "title"}

// known reports whether a class is one of these, or of L3 entries of one ledger: the
// whole of them, or a part.
func known(class string, ledgers []string) bool {
	kind, id, named := strings.Cut(class, "/")
	if !named {
		return slices.Contains(classes, class)
	}
	return (kind == "entry_l3" || kind == "entry_part") && slices.Contains(ledgers, id)
}

var actions = map[string]fault.Text{
	"read":       {ZH: "查阅", EN: "read"},
	"create":     {ZH: "新建", EN: "create"},
	"edit":       {ZH: "编辑", EN: "edit"},
	"submit":     {ZH: "提交", EN: "submit"},
	"withdraw":   {ZH: "撤回", EN: "withdraw"},
	"revise":     {ZH: "修改", EN: "revise"},
	"amend":      {ZH: "更正", EN: "amend"},
	"discard":    {ZH: "弃用", EN: "discard"},
	"approve":    {ZH: "审批", EN: "approve"},
	"return":     {ZH: "退回", EN: "return"},
	"transfer":   {ZH: "转签", EN: "pass on the decision of"},
	"add_signer": {ZH: "加签", EN: "add a signer to"},
	"ask_void":   {ZH: "申请作废", EN: "ask to void"},
	"void":       {ZH: "作废", EN: "void"}, // of what eases a duty
	"diverge":    {ZH: "另存离线内容", EN: "keep an offline version of"},
	"exclude":    {ZH: "申请不适用", EN: "ask that an item does not apply to"},
	"override":   {ZH: "人工调整", EN: "adjust"},
	"manage":     {ZH: "管理", EN: "manage"},
	// In which quality somebody acts on a case; what is possible when says the road.
	"act_unit":      {ZH: "以申报监区名义办理", EN: "act for the area in"},
	"act_whole":     {ZH: "以申报监狱名义办理", EN: "act for the prison in"},
	"act_prison":    {ZH: "以监狱创建办名义办理", EN: "act for the prison's office in"},
	"act_bureau":    {ZH: "以局创建办名义办理", EN: "act for the bureau's office in"},
	"act_line":      {ZH: "以主管处室名义办理", EN: "act for the line's department in"},
	"act_party":     {ZH: "记录省局党委会审议", EN: "record the party committee in"},
	"vote":          {ZH: "表决", EN: "vote in"},
	"compare":       {ZH: "对照", EN: "compare"},
	"oversee":       {ZH: "查阅全部", EN: "see all of"},
	"act_committee": {ZH: "记录省厅评审", EN: "record the review committee in"},
}
