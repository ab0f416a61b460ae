package access

import (
	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

// The words a policy may use; whatever is not here does not load. The titles
// are for the sentence that tells who could do what was refused.

type named struct {
	name  actor.Role
	title fault.Text
}

var roles = []named{
	{actor.Officer, fault.Text{ZH: "民警", EN: "officer"}},
	{actor.DutyLeader, fault.Text{ZH: "值班监区领导", EN: "duty leader"}},
	{actor.DeputyHead, fault.Text{ZH: "分管副监区长", EN: "deputy area head"}},
	{actor.AreaHead, fault.Text{ZH: "监区长", EN: "area head"}},
	{actor.Instructor, fault.Text{ZH: "教导员", EN: "instructor"}},
	{actor.Medic, fault.Text{ZH: "医护人员", EN: "medic"}},
	{actor.Counsellor, fault.Text{ZH: "心理咨询师", EN: "counsellor"}},
	{actor.DeptStaff, fault.Text{ZH: "科室民警", EN: "department officer"}},
	{actor.DeptHead, fault.Text{ZH: "科室负责人", EN: "department head"}},
	{actor.PrisonLeader, fault.Text{ZH: "分管监狱领导", EN: "prison leader"}},
	{actor.Warden, fault.Text{ZH: "监狱长", EN: "warden"}},
	{actor.PrisonOffice, fault.Text{ZH: "监狱创建办", EN: "prison accreditation office"}},
	{actor.BureauOffice, fault.Text{ZH: "局创建办", EN: "bureau accreditation office"}},
	{actor.Inspector, fault.Text{ZH: "检查人员", EN: "inspector"}},
	{actor.SystemAdmin, fault.Text{ZH: "系统管理员", EN: "system administrator"}},
	{actor.SecurityAdmin, fault.Text{ZH: "安全管理员", EN: "security administrator"}},
	{actor.AuditAdmin, fault.Text{ZH: "审计管理员", EN: "audit administrator"}},
}

var all = func() (list []actor.Role) {
	for _, r := range roles {
		list = append(list, r.name)
	}
	return list
}()

type relation struct {
	name  string
	title fault.Text
}

var relations = []relation{
	{"author", fault.Text{ZH: "填报人本人", EN: "whoever filled the entry"}},
	{"filler", fault.Text{ZH: "本台账的", EN: "of this ledger"}},
	{"step", fault.Text{ZH: "当前审批环节的", EN: "of the step at hand"}},
	{"own_area", fault.Text{ZH: "本监区", EN: "of the area"}},
	{"department", fault.Text{ZH: "归属部门", EN: "of the owning department"}},
	{"same_prison", fault.Text{ZH: "本监狱", EN: "of the prison"}},
	{"prison", fault.Text{ZH: "本监狱", EN: "of the prison"}},
	{"bureau", fault.Text{ZH: "省局", EN: "of the bureau"}},
	{"granted", fault.Text{ZH: "持有有效授权的", EN: "with a grant in force"}},
}

var classes = []string{"entry", "entry_l3", "entry_sealed", "score", "finding", "pack", "log", "people", "inmate", "account", "organisation"}

var actions = map[string]fault.Text{
	"read":     {ZH: "查阅", EN: "read"},
	"create":   {ZH: "新建", EN: "create"},
	"edit":     {ZH: "编辑", EN: "edit"},
	"submit":   {ZH: "提交", EN: "submit"},
	"withdraw": {ZH: "撤回", EN: "withdraw"},
	"revise":   {ZH: "修改", EN: "revise"},
	"amend":    {ZH: "更正", EN: "amend"},
	"discard":  {ZH: "弃用", EN: "discard"},
	"approve":  {ZH: "审批", EN: "approve"},
	"return":   {ZH: "退回", EN: "return"},
	"void":     {ZH: "作废", EN: "void"},
	"manage":   {ZH: "管理", EN: "manage"},
}
