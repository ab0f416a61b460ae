package actor

import "taizhang/internal/fault"

// Roles lists what somebody can be posted as, in the order of the glossary.
var Roles = []Role{Officer, DutyLeader, DeputyHead, AreaHead, Instructor, Medic, Counsellor, DeptStaff, DeptHead, PrisonLeader, Warden, PrisonOffice, BureauOffice, BureauLeader, PartySecretary, CommitteeSecretary, CommitteeMember, Inspector, SystemAdmin, SecurityAdmin, AuditAdmin}

// Titles are the glossary's words for the roles.
var Titles = map[Role]fault.Text{
	Officer:            {ZH: "民警", EN: "Officer"},
	DutyLeader:         {ZH: "值班监区领导", EN: "Duty leader"},
	DeputyHead:         {ZH: "分管副监区长", EN: "Deputy area head"},
	AreaHead:           {ZH: "监区长", EN: "Area head"},
	Instructor:         {ZH: "教导员", EN: "Instructor"},
	Medic:              {ZH: "医护人员", EN: "Medic"},
	Counsellor:         {ZH: "心理咨询师", EN: "Counsellor"},
	DeptStaff:          {ZH: "科室民警", EN: "Department officer"},
	DeptHead:           {ZH: "科室负责人", EN: "Department head"},
	PrisonLeader:       {ZH: "分管监狱领导", EN: "Prison leader"},
	Warden:             {ZH: "监狱长", EN: "Warden"},
	PrisonOffice:       {ZH: "监狱创建办", EN: "Prison accreditation office"},
	BureauOffice:       {ZH: "局创建办", EN: "Bureau accreditation office"},
	BureauLeader:       {ZH: "分管局领导", EN: "Bureau leader"},
	PartySecretary:     {ZH: "省局党委会秘书", EN: "Party committee secretary"},
	CommitteeSecretary: {ZH: "评审委员会秘书", EN: "Review committee secretary"},
	CommitteeMember:    {ZH: "审议成员", EN: "Committee member"},
	Inspector:          {ZH: "检查人员", EN: "Inspector"},
	SystemAdmin:        {ZH: "系统管理员", EN: "System administrator"},
	SecurityAdmin:      {ZH: "安全管理员", EN: "Security administrator"},
	AuditAdmin:         {ZH: "审计管理员", EN: "Audit administrator"},
}
