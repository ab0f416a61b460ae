package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/fault"
)

var notFound = fault.New(fault.NotFound, "not_found")

var statuses = map[fault.Kind]int{
	fault.Malformed: 400, fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404, fault.Conflict: 409, fault.Stale: 412,
	fault.TooLarge: 413, fault.UnsupportedMedia: 415, fault.Invalid: 422, fault.PreconditionRequired: 428, fault.TooMany: 429,
	fault.Unavailable: 503, fault.Unknown: 503,
}

// titles say for each code what happened and what to do.
var titles = map[string]fault.Text{
	"already_decided":        {ZH: "该环节已有人办理，请刷新后查看", EN: "This step has been decided already; refresh to see"},
	"already_running":        {ZH: "程序已在运行", EN: "The program is running already"},
	"bad_code":               {ZH: "核验码有误，请对照纸面逐字核对", EN: "This is no verification code; compare it with the paper letter by letter"},
	"bad_delegation":         {ZH: "委托有内容需要修改，请按提示处理", EN: "The delegation needs attention; see the places named"},
	"delegation_over":        {ZH: "委托已终止或不在期限内，须由本人办理", EN: "The delegation is over or not yet in force; the holder decides"},
	"delegation_overlaps":    {ZH: "同一岗位在这段时间已有委托，请先终止原委托", EN: "The same post is delegated in these days already; end that one first"},
	"delegation_refused":     {ZH: "不能委托给本人或三员管理员，请另选他人", EN: "Not to oneself nor to an administrator; choose somebody else"},
	"not_equal_post":         {ZH: "只能转签给本环节同岗位的其他人员，且转签一次为限", EN: "A decision is passed on to another holder of the same post only, and once"},
	"not_your_post":          {ZH: "只能委托本人担任的审批岗位", EN: "Only a post of one's own that decides can be delegated"},
	"person_unknown":         {ZH: "本监狱没有这个警号，请核对", EN: "Nobody in this prison has that number; check it"},
	"to_oneself":             {ZH: "不能转签或加签给本人，请选择其他人员", EN: "Nobody passes a decision on to themselves or adds themselves; choose somebody else"},
	"signer_cannot_read":     {ZH: "该人员无权查看本条目，不能加签", EN: "That person may not read this entry and cannot sign it"},
	"signs_already":          {ZH: "该人员已在本环节的签批人员中，或已办理", EN: "That person signs this step already, or has decided it"},
	"bad_digest":             {ZH: "摘要格式不正确", EN: "The digest is not written rightly"},
	"bad_document":           {ZH: "内容无法读取，请按提示修改", EN: "The document cannot be read; see the places named"},
	"bad_idempotency_key":    {ZH: "Idempotency-Key 应为 8 至 60 个可见字符", EN: "An Idempotency-Key has 8 to 60 visible characters"},
	"bad_name":               {ZH: "文件名含有不允许的字符，请改名后再传", EN: "The file's name holds characters that are not allowed; rename it"},
	"bad_proposal":           {ZH: "提案有内容需要修改，请按提示处理", EN: "The proposal needs attention; see the places named"},
	"change_waits":           {ZH: "该台账已有一项变更获批、尚未生效，请待其生效或撤回后再提", EN: "An approved change of this ledger waits for its day; wait for it, or have it withdrawn"},
	"decided_before":         {ZH: "您已就本提案办理过一个环节，须由他人办理", EN: "You decided a step of this proposal already; somebody else must"},
	"adopted_already":        {ZH: "本单位当日已登记采用这条经验", EN: "This unit recorded that day that it adopted this practice"},
	"bad_day":                {ZH: "日期有误", EN: "There is something wrong with the day"},
	"bad_plan":               {ZH: "计划有内容需要修改，请按提示处理", EN: "Some of the plan needs attention; see the places named"},
	"plan_waits":             {ZH: "上一版计划还在等待监狱领导审定", EN: "The version before still waits for the prison's leader"},
	"responsible_same":       {ZH: "该责任人就是现任责任人", EN: "That is who answers for it already"},
	"bad_paper":              {ZH: "申报有内容需要修改，请按提示处理", EN: "Some of the declaration needs attention; see the places named"},
	"paper_waits":            {ZH: "所选台账中有一项申报还在等待归属部门确认", EN: "A declaration of one of these ledgers still waits for the owning department"},
	"own_paper":              {ZH: "本人申报的事项须由他人确认，也只有本人可以撤回", EN: "Nobody confirms what they declared, nor takes back what another did"},
	"own_plan":               {ZH: "本人提交的计划不能由本人审定", EN: "Nobody agrees to a plan of their own"},
	"focus_state":            {ZH: "该监狱目前的重点指导状态不允许这样办理", EN: "That is not possible as the prison is, or is not, a focus unit"},
	"visit_over":             {ZH: "这次计划的走访已经完成或取消", EN: "The planned visit took place or was called off"},
	"bad_guidance":           {ZH: "有内容需要修改，请按提示处理", EN: "Some of it needs attention; see the places named"},
	"brand_step":             {ZH: "七步不能跳过或倒退，请刷新后办理当前一步", EN: "None of the seven steps is skipped; refresh and take the one that is due"},
	"own_practice":           {ZH: "不能采用本单位自己的经验", EN: "A unit does not adopt its own practice"},
	"pair_order":             {ZH: "被帮扶单位的得分应低于帮扶单位", EN: "The unit that is helped has the lower score"},
	"pair_unlike":            {ZH: "只能在同类别、同功能的单位之间结对", EN: "Only units of one kind and function are paired"},
	"own_unit":               {ZH: "本单位或本人经办的事项，须由他人办理", EN: "What is of one's own unit or doing is for somebody else"},
	"visit_state":            {ZH: "这次指导已办到别的环节，请刷新后查看", EN: "This visit has gone on to another state; refresh to see"},
	"bad_area":               {ZH: "监区登记有内容需要修改，请按提示处理", EN: "The register of the area needs attention; see the places named"},
	"bad_clock":              {ZH: "演示时钟不能这样拨", EN: "The demonstration's clock cannot be set like this"},
	"drafts_held":            {ZH: "有草稿不能转到新版本，请核对影响后确认保留", EN: "Some drafts cannot move to the new version; look at the report and accept that"},
	"install_refused":        {ZH: "文件中的台账没有通过新增把关，不予安装", EN: "Ledgers in the files did not pass the gate; nothing was installed"},
	"gate_refused":           {ZH: "未通过新增把关，提案已记录为不予增设", EN: "It did not pass the gate; the proposal is kept as refused"},
	"filter_name_taken":      {ZH: "您已有同名的筛选，请换一个名称", EN: "You keep a filter of this name already; choose another"},
	"filter_of_another":      {ZH: "这是同单位他人保存的筛选，只能使用，不能改动", EN: "A colleague keeps this filter; use it, but only its owner changes it"},
	"filters_full":           {ZH: "保存的筛选已满 50 个，请先删除不用的", EN: "You keep 50 filters, as many as there may be; delete one first"},
	"bad_subject":            {ZH: "请按所选种类填写编号：罪犯编号 10 位数字，物品编码如 GJ-000001，条目用其链接", EN: "The reference does not fit its kind: an inmate's ten digits, an asset code such as GJ-000001, or an entry's id"},
	"query_empty":            {ZH: "请输入要查找的字词", EN: "Type what to look for"},
	"query_too_long":         {ZH: "查找内容过长，请减少字词", EN: "There is too much to look for; use fewer words"},
	"proposal_decided":       {ZH: "该提案已办结", EN: "This proposal is decided already"},
	"proposal_outdated":      {ZH: "台账目录在提案以后已有变化，预演结果不同；请提案人撤回后重新提案", EN: "The catalogue has changed since it was proposed, and the dry run with it; its author withdraws it and proposes anew"},
	"file_state":             {ZH: "该导入导出当前的状态不允许这样做，请刷新后查看", EN: "The state of this file does not allow it; refresh to see"},
	"row_written":            {ZH: "这一行已导入过", EN: "This row was brought in before"},
	"table_columns":          {ZH: "表头与台账字段不符，请下载最新空表", EN: "The columns are not those of the ledger; take a new empty file"},
	"table_owner":            {ZH: "明细表中有的行，“所属序号”没有填写，或第一张表没有这个序号，不知道属于哪一条；请改正后重新导入，此次没有导入任何内容", EN: "Rows of a list name no number (所属序号), or one that no line of the first sheet has; mend it and send the file again, nothing of it was taken"},
	"table_parent":           {ZH: "明细表中有的行，“上级第几行”没有填写，或没有这一行；请改正后重新导入，此次没有导入任何内容", EN: "Rows of a list name no row above (上级第几行), or one that is not there; mend it and send the file again, nothing of it was taken"},
	"table_sheets":           {ZH: "工作簿中有不属于该台账的工作表；请把需要的内容移入应填的表，再删去这些工作表，此次没有导入任何内容", EN: "The workbook has sheets that are none of the ledger's; move what is needed to where it belongs and delete them, nothing of it was taken"},
	"table_twice":            {ZH: "第一张表中有的序号不止一行，不知道明细属于哪一行；请改成不同的序号（明细的“所属序号”一并改）后重新导入，此次没有导入任何内容", EN: "Lines of the first sheet share a number, so that it cannot be told to which the rows of a list belong; number them apart and send the file again, nothing of it was taken"},
	"table_foreign":          {ZH: "这不是该台账的表格，请核对所选台账", EN: "This is no file of that ledger; look at the ledger chosen"},
	"table_macros":           {ZH: "不接受带宏的工作簿，请另存为普通的 .xlsx", EN: "A workbook with macros is not taken; save it as a plain .xlsx"},
	"table_too_large":        {ZH: "工作簿过大，请拆分后再导入", EN: "The workbook is too large; split it"},
	"export_gave_up":         {ZH: "导出一天内未能完成，请重新导出", EN: "The export could not be finished within a day; export again"},
	"table_too_long":         {ZH: "行数过多，一次最多 50,000 行", EN: "Too many rows; 50,000 at a time"},
	"table_type_refused":     {ZH: "文件无法识别，请使用 .xlsx 空表或 CSV（旧版 .xls 请另存为 .xlsx）", EN: "The file cannot be read; use the empty .xlsx or a CSV (save an old .xls as .xlsx)"},
	"bad_request":            {ZH: "请求无法读取", EN: "The request cannot be read"},
	"body_too_large":         {ZH: "提交的内容过大", EN: "What was sent is too large"},
	"changed_meanwhile":      {ZH: "内容已被更改，请核对后再保存", EN: "It was changed in between; compare and save again"},
	"task_done":              {ZH: "该任务已办理，请刷新后查看", EN: "This task is done already; refresh to see"},
	"bad_roster":             {ZH: "排班有内容需要修改，请按提示处理", EN: "The roster needs attention; see the places named"},
	"bad_case":               {ZH: "填写的内容有误，请按提示修改", EN: "Something needs attention; see the places named"},
	"bad_title":              {ZH: "称号信息有误，请按提示修改", EN: "The title cannot be entered like this; see the places named"},
	"case_checking":          {ZH: "考核已组织或正在进行，办结或取消前沿用原版标准", EN: "A check is prepared or under way; its version stays until it is closed or cancelled"},
	"case_checked":           {ZH: "本轮已有该类考核；只有取消的考核可以重新组织", EN: "This round has its check; only one that was cancelled is opened anew"},
	"case_forbids":           {ZH: "申报当前的环节不允许这样做，请刷新后查看", EN: "The case's step does not allow this; refresh to see"},
	"case_no_step":           {ZH: "该环节之后没有下一步", EN: "There is no step after this one"},
	"case_not_yours":         {ZH: "这一步不由您办理", EN: "This act is somebody else's"},
	"case_open":              {ZH: "本单位还有未办结的申报", EN: "The unit has an application that has not ended"},
	"case_refused":           {ZH: "条件尚未具备，见所列各项", EN: "The conditions are not there yet; see those named"},
	"bad_parameter":          {ZH: "创建流程的参数有误，请联系局创建办", EN: "A parameter of the road is wrong; tell the bureau's office"},
	"no_newer_version":       {ZH: "没有比申报所用更新的标准版本", EN: "No newer version of the standard is in force"},
	"liaison_same":           {ZH: "现任联络人就是此人，无须更换", EN: "That is so already: nothing changes"},
	"liaison_elsewhere":      {ZH: "联络人应是本处室在职人员", EN: "A liaison is of the department"},
	"batch_level":            {ZH: "批次的等级不能更改，请另设批次", EN: "A batch keeps its level; plan another"},
	"acknowledged":           {ZH: "该处室已签收本期公告", EN: "This department has acknowledged the issue"},
	"bulletin_same":          {ZH: "与上一期公告相比没有变化，无须再发", EN: "Nothing is otherwise than in the last issue"},
	"bulletin_empty":         {ZH: "本年度还没有批次或申报单位，不能发布公告", EN: "The year has no batch or no applicant yet"},
	"bulletin_replaced":      {ZH: "本期公告已被新一期替代，请签收最新一期", EN: "A later issue stands in its place; acknowledge that one"},
	"opinion_asked":          {ZH: "该处室本轮已征求意见", EN: "This department is asked in this round already"},
	"item_frozen":            {ZH: "该事项已定稿，不能再改", EN: "The item is frozen; nothing of it changes any more"},
	"item_moot":              {ZH: "申报已离开本轮审议，该事项不再办理", EN: "The case has left this round; nothing more is done of this item"},
	"item_off":               {ZH: "该事项已撤下议程；申报可列入另一次会议", EN: "The item was taken off the agenda; the case can be put on another one"},
	"item_begun":             {ZH: "该事项已有记录，不能撤下；请记录“缓议”并定稿", EN: "Something was recorded of this item: it is not taken off; record that it is adjourned, and freeze it"},
	"item_shown":             {ZH: "当日申报条件已出示，没有变化，不必再出示", EN: "The conditions were shown and are still so; they need not be shown again"},
	"not_shown":              {ZH: "表决前须由秘书出示当日申报条件；条件有变化的，须重新出示并重新表决", EN: "The secretary shows the conditions of the day before anybody votes; where they have changed they are shown, and voted on, anew"},
	"item_there":             {ZH: "该申报在本轮已列入议程，或已有决定", EN: "The case is on an agenda of this round already, or has been decided"},
	"meeting_ahead":          {ZH: "会议还没有召开，到会议当天方可办理", EN: "The meeting is still ahead; it is recorded from its day on"},
	"meeting_day":            {ZH: "会议日期须为今天起一年以内，请核对年份", EN: "A meeting is called for today or a day within a year; look at the year"},
	"member_day":             {ZH: "任职和离任日期不能早于今天，也不能晚于一年以后", EN: "A first or last day is not before today, nor more than a year ahead"},
	"member_left":            {ZH: "该成员已离任", EN: "The member has left already"},
	"member_no_vote":         {ZH: "此人不是本次会议有表决权的成员", EN: "That person is no voting member of this meeting"},
	"member_recused":         {ZH: "该成员对本事项回避，不计到会、不参加表决", EN: "The member is recused from this item: neither counted nor voting"},
	"member_seated":          {ZH: "此人已是该机构成员", EN: "That person is a member of the body already"},
	"not_present":            {ZH: "未到会的成员不能表决", EN: "Who is not there does not vote"},
	"vote_cast":              {ZH: "该成员已本人表决，他人不能代改", EN: "The member has voted in person; nobody else changes that"},
	"opinion_given":          {ZH: "该处室本轮已提出意见", EN: "This department has given its opinion of this round"},
	"own_title":              {ZH: "登记称号的人不能自己确认，请由另一人办理", EN: "Who entered the title does not confirm it; another person does"},
	"title_late":             {ZH: "系统前的称号应早于今天和本单位第一次申报", EN: "A title from before is older than today and than the unit's first application"},
	"title_gone":             {ZH: "该称号已失效或已转入申报", EN: "This title stands no more, or goes on in a case already"},
	"title_held":             {ZH: "本单位已有该称号", EN: "The unit holds this title"},
	"title_waits":            {ZH: "本单位已登记该称号，尚待第二人确认；请先由省局确认或退回", EN: "This title of the unit waits for its second person: have the bureau confirm or refuse it first"},
	"bad_basis":              {ZH: "依据文件有内容需要修改，请按提示处理", EN: "The document needs attention; see the places named"},
	"bad_draw":               {ZH: "抽取内容有误", EN: "The draw has mistakes"},
	"basis_gone":             {ZH: "所选的替代文件自身已被替代，请选择现行的文件", EN: "What was chosen is replaced itself: choose a document that stands"},
	"basis_replaced":         {ZH: "该文件已登记替代文件", EN: "This document is replaced already"},
	"basis_there":            {ZH: "该文件已登记", EN: "This document is registered already"},
	"draft_there":            {ZH: "该标准已有一份草案：请打开它修改，或按其版本号导入并替换其内容", EN: "This standard has a draft already: work on that one, or import in its place by its version"},
	"own_draft":              {ZH: "保存过草案的人不能审核，请由其他人审核", EN: "Nobody reviews a draft they ever saved; somebody else must"},
	"standard_issued":        {ZH: "该版本已印发，不能更改；请起草新版本", EN: "This version is issued and stands; draft a new one"},
	"standard_refused":       {ZH: "没有通过发布检查，请按所列位置修改", EN: "It did not pass the release checks; see the places named"},
	"standard_unreviewed":    {ZH: "未经审核，不能印发", EN: "It is not reviewed and cannot be issued"},
	"standard_version":       {ZH: "版本号应接上一版：新标准为 1，已印发的标准为最新一版加 1", EN: "Versions follow one another: 1 for a new standard, else the newest issued plus 1"},
	"bad_list":               {ZH: "请填写清单名称", EN: "Say what the list is called"},
	"bad_mapping":            {ZH: "新旧对应有错，请按所列位置修改", EN: "The mapping has mistakes; see the places named"},
	"bad_standard":           {ZH: "标准文件有错，请按所列位置修改", EN: "The standard has mistakes; see the places named"},
	"bad_type":               {ZH: "台账类型文件有错，请按所列位置修改", EN: "The ledger type has mistakes; see the places named"},
	"bad_connector":          {ZH: "接口配置有错，请按所列位置修改", EN: "The connector's file has mistakes; see the places named"},
	"bad_records":            {ZH: "数据应为 {\"records\": [...]}，最多 1000 条", EN: "What is sent is {\"records\": [...]}, at most 1000 of them"},
	"connector_gone":         {ZH: "该接口已不在配置中", EN: "This connector is no longer configured"},
	"connector_not_ours":     {ZH: "该接口由对方系统发起，不能在此运行", EN: "The other system begins this one; it cannot be run here"},
	"connector_paused":       {ZH: "该接口已暂停，请恢复后再试", EN: "This connector is paused; let it go on first"},
	"connector_taken_over":   {ZH: "该接口正由另一台服务器处理", EN: "Another server goes on with this connector"},
	"connector_token":        {ZH: "接口令牌不正确", EN: "The connector's token is wrong"},
	"message_sent":           {ZH: "该消息已送达，不需要重发", EN: "This message has arrived; there is nothing to send again"},
	"cross_site":             {ZH: "请求来源不明，请刷新页面后重试", EN: "The request does not come from this page; refresh and try again"},
	"database_unavailable":   {ZH: "数据库暂时不可用，请稍后重试", EN: "The database is away for the moment; try again soon"},
	"document_too_large":     {ZH: "单个条目的内容不得超过 256 KB", EN: "One entry may hold 256 kB"},
	"evidence_damaged":       {ZH: "佐证文件与登记的校验值不符，请联系审计管理员", EN: "The file does not match its recorded hash; tell the audit administrator"},
	"evidence_gone":          {ZH: "佐证文件已不在，请重新上传", EN: "The file is no longer there; upload it again"},
	"file_type_refused":      {ZH: "不接受这种文件，请上传图片、PDF、音频或视频", EN: "This kind of file is not taken; send a picture, PDF, audio or video"},
	"forbidden":              {ZH: "没有权限", EN: "Not allowed"},
	"id_taken":               {ZH: "编号已被占用，请重新开始", EN: "This id is in use; begin anew"},
	"idempotency_key_reused": {ZH: "同一 Idempotency-Key 用于了不同的请求", EN: "The same Idempotency-Key came with another request"},
	"invalid_document":       {ZH: "有内容需要修改后才能提交", EN: "Some fields need attention before this can be submitted"},
	"key_required":           {ZH: "缺少 Idempotency-Key", EN: "An Idempotency-Key is wanted"},
	"ledger_unknown":         {ZH: "没有这种台账", EN: "There is no such ledger"},
	"locked":                 {ZH: "密码错误次数过多，账号已暂时锁定，请稍后再试", EN: "Too many wrong passwords; the account is locked for a while"},
	"look_first":             {ZH: "该条目有提示或曾被退回，请打开查看后单独审批", EN: "This one has warnings or was returned before; open it and decide it by itself"},
	"match_required":         {ZH: "缺少 If-Match", EN: "If-Match is wanted"},
	"method_not_allowed":     {ZH: "不支持这种请求", EN: "This method is not supported here"},
	"nil_not_allowed":        {ZH: "该台账不能零报告", EN: "This ledger takes no nil return"},
	"period_filed":           {ZH: "这一时段已有填报或零报告，不需要再填", EN: "Something was filed for this period already; nothing more is wanted"},
	"nil_without_duty":       {ZH: "该台账在这个时间没有应填任务，不需要零报告", EN: "Nothing is due from this ledger at that time; no nil return is wanted"},
	"period_not_begun":       {ZH: "该时段尚未开始，不能提前填报", EN: "The period has not begun; nothing can be filed ahead"},
	"period_expired":         {ZH: "已过补录期限，不能再填报；确需补录请申请解锁", EN: "The time for filling it late is over; ask for an exception"},
	"ledger_ended":           {ZH: "该台账已停用", EN: "That ledger is no longer kept"},
	"bad_relief":             {ZH: "申请有内容需要修改，请按提示处理", EN: "The request needs attention; see the places named"},
	"ruling_decided":         {ZH: "该裁定已办理，请刷新后查看", EN: "This ruling is decided already; refresh to see"},
	"ruling_overlaps":        {ZH: "同一项目在这段时间已有裁定在用，请先撤销", EN: "A ruling on this is in force in that time; revoke it first"},
	"bad_ruling":             {ZH: "裁定申请有误，请按提示修改", EN: "The ruling cannot be asked for like this"},
	"standard_differs":       {ZH: "该版本标准的内容与评分时不一致，不能复算，请联系审计管理员", EN: "That version of the standard says something else than when the score was kept; tell the audit administrator"},
	"bad_check":              {ZH: "考核有内容需要修改，请按提示处理", EN: "The check needs attention; see the places named"},
	"bad_appeal":             {ZH: "申诉裁定有误，请按提示修改", EN: "The appeal cannot be decided like this"},
	"bad_item":               {ZH: "整改内容需要修改，请按提示处理", EN: "The item needs attention; see the places named"},
	"own_prison":             {ZH: "考核组不得有现在或曾在本监狱任职的人员，请另选他人", EN: "Nobody inspects a prison they are or were posted in; choose somebody else"},
	"no_inspector":           {ZH: "该人员不是检查人员，不能编入考核组", EN: "That person is no inspector and cannot be of the team"},
	"inspector_away":         {ZH: "该人员在考核期间不在岗，请另选他人或改期", EN: "That person is away during the check: choose somebody else or other days"},
	"bad_inspector":          {ZH: "抽调人员库有内容需要修改，请按提示处理", EN: "What is said of the pool needs attention; see the places named"},
	"away_over":              {ZH: "该不在岗时段已撤销或已结束，请刷新后查看", EN: "That time away was called off already or is over; refresh to see"},
	"member_there":           {ZH: "该人员已在考核组中", EN: "That person is of the team already"},
	"rights_ended":           {ZH: "考核已结束，您的检查权限随之终止", EN: "The check is over, and with it your right to inspect"},
	"check_state":            {ZH: "考核当前的状态不允许这样做，请刷新后查看", EN: "The state of this check does not allow it; refresh to see"},
	"bad_look":               {ZH: "查看记录有误", EN: "What was looked at has mistakes"},
	"value_said":             {ZH: "您已对该条款评过，双评只评一次，不能更改", EN: "You have said your value of this line; it is said once"},
	"value_full":             {ZH: "该条款已有两名组员评过", EN: "Two of the team have said their values of this line"},
	"value_told":             {ZH: "其他组员已在该条款记录查看或问题，不能再各自独立评分", EN: "Another of the team has said what was seen there: this would not be said independently"},
	"line_found":             {ZH: "该条款下有未撤回的问题，不能另记查看结果；问题记错的先撤回", EN: "A finding stands under this line; what was found in error is taken back first"},
	"photo_refused":          {ZH: "只接受照片（JPEG、PNG、WebP，单张不超过 20 MB）", EN: "Only photographs are taken: JPEG, PNG or WebP of at most 20 MB each"},
	"looks_full":             {ZH: "一条最多 50 次查看记录；仍有问题的请记录问题", EN: "A line holds 50 looks at most; what is wrong there is a finding"},
	"photos_full":            {ZH: "一次考核最多 2000 张照片", EN: "A check holds 2,000 photographs at most"},
	"key_full":               {ZH: "一次考核最多列 15 个关键问题", EN: "A check marks 15 key problems at most"},
	"finding_withdrawn":      {ZH: "该问题已撤回", EN: "This finding was taken back"},
	"advice_costs_nothing":   {ZH: "建议不扣分，无须申诉", EN: "Advice costs nothing: there is nothing to appeal against"},
	"appeal_there":           {ZH: "该问题已提出申诉", EN: "There is an appeal against this finding already"},
	"appeal_over":            {ZH: "申诉期限已过", EN: "The time for appeals is over"},
	"appeal_time":            {ZH: "申诉期限未满，考核还不能办结", EN: "The time for appeals is not over: the check cannot be closed yet"},
	"appeals_open":           {ZH: "还有申诉未裁定，考核不能办结", EN: "Appeals are open: the check cannot be closed"},
	"of_team":                {ZH: "考核组成员不能裁定对本组的申诉", EN: "Nobody of the team decides on its findings"},
	"own_item":               {ZH: "整改须由责任人以外的人核验", EN: "Somebody else than the owner verifies what was put right"},
	"item_state":             {ZH: "整改项当前的状态不允许这样做，请刷新后查看", EN: "The state of this item does not allow it; refresh to see"},
	"bad_supposition":        {ZH: "假设有误，请按提示修改", EN: "That cannot be supposed"},
	"relief_decided":         {ZH: "该申请已办理，请刷新后查看", EN: "This request is decided already; refresh to see"},
	"bad_slot":               {ZH: "该台账没有这项佐证", EN: "This ledger has no such line of evidence"},
	"object_missing":         {ZH: "佐证文件在存储中找不到，请联系审计管理员", EN: "The file is not in the store; tell the audit administrator"},
	"evidence_locked":        {ZH: "佐证文件处于保存期内，不能删除或缩短保存期", EN: "The file is under retention and cannot be removed or released earlier"},
	"hash_mismatch":          {ZH: "上传的内容与校验值不符，请重新上传", EN: "What arrived differs from its hash; upload it again"},
	"file_too_large":         {ZH: "文件过大", EN: "The file is too large"},
	"no_time":                {ZH: "文书中没有发生时间，或年份有误", EN: "The document says no time of occurrence, or one of a wrong year"},
	"not_filed":              {ZH: "办结后才有正式表单", EN: "There is an official form once the last step has approved"},
	"not_for_area":           {ZH: "该监区不填报这种台账", EN: "This area does not keep that ledger"},
	"not_found":              {ZH: "没有找到，或者您无权查看", EN: "Not found, or not yours to see"},
	"not_ready_for_approval": {ZH: "尚有内容未完成，不能办结", EN: "Something must be completed before the last approval"},
	"offset_mismatch":        {ZH: "上传位置不符，将从已收到处继续", EN: "The offset differs; go on from what was received"},
	"outcome_unknown":        {ZH: "暂时无法确认是否已保存，请用同一操作重试", EN: "It is not known yet whether this was kept; repeat the same act"},
	"not_asked":              {ZH: "只有申请人可以撤回作废申请", EN: "Only who asked for the void withdraws it"},
	"own_request":            {ZH: "本人申请的作废不能由本人决定", EN: "Nobody decides a void they asked for"},
	"own_entry":              {ZH: "本人填报的条目不能由本人审批", EN: "Nobody decides an entry of their own"},
	"pack_too_large":         {ZH: "条目过多，请缩短日期范围", EN: "Too many entries; choose fewer days"},
	"part_cut_off":           {ZH: "上传中断，将从已收到处继续", EN: "The upload was cut off; go on from what was received"},
	"part_size":              {ZH: "上传分块大小不符", EN: "The part has the wrong size"},
	"picture_too_large":      {ZH: "图片尺寸过大，请缩小后再传", EN: "The picture has too many pixels; make it smaller"},
	"picture_unreadable":     {ZH: "图片无法识别，请重新拍摄或转换格式", EN: "The picture cannot be read; take it again or convert it"},
	"prison_preparing":       {ZH: "演示数据正在生成，完成后即可填写", EN: "The demonstration is still being made; writing opens when it is done"},
	"reason_required":        {ZH: "请说明理由", EN: "Say why"},
	"session_over":           {ZH: "登录已失效，请重新登录", EN: "The session is over; sign in again"},
	"sign_in":                {ZH: "请先登录", EN: "Sign in first"},
	"no_standard_yet":        {ZH: "这类单位还没有施行的标准，暂不评分", EN: "No standard for this type of unit is in force yet: it is not scored"},
	"standard_unknown":       {ZH: "没有这个标准", EN: "There is no such standard"},
	"state_forbids":          {ZH: "条目当前的状态不允许这样做，请刷新后查看", EN: "The entry's state does not allow this; refresh to see"},
	"store_unavailable":      {ZH: "佐证存储暂时不可用，请稍后重试", EN: "The evidence store is away for the moment; try again soon"},
	"too_many":               {ZH: "尝试次数过多，请十分钟后再试", EN: "Too many tries; wait ten minutes"},
	"unsupported_media_type": {ZH: "请以 application/json 发送", EN: "Send application/json"},
	"upload_empty":           {ZH: "文件是空的", EN: "The file is empty"},
	"upload_too_large":       {ZH: "文件过大", EN: "The file is too large"},
	"version_passed":         {ZH: "台账已有新版本：请重新打开表单，按新版核对后再提交；已填的内容仍在，不会丢失", EN: "The ledger has a new version: open the form again, look at it under that one and send it; nothing that was typed is lost"},
	"version_moved":          {ZH: "台账已改版，草稿已转到新版本", EN: "The ledger has a new version and the draft has moved to it"},
	"volume_empty":           {ZH: "所选范围内没有已办结的条目", EN: "There is no approved entry in what was chosen"},
	"volume_failed":          {ZH: "该卷册装订失败，没有文件，请再次装订", EN: "This volume could not be bound and has no file; bind it again"},
	"volume_given_up":        {ZH: "多次装订均未完成，请缩短日期范围后再装订", EN: "It was begun several times and never finished; bind fewer days"},
	"volume_not_ready":       {ZH: "正在装订，完成后即可下载", EN: "It is still being bound; download it when it is done"},
	"volume_too_large":       {ZH: "条目过多，请缩短日期范围，分卷装订", EN: "Too many entries for one volume; choose fewer days"},
	"weak_password":          {ZH: "新密码至少 10 个字符，不能与原密码相同，也不能包含警号", EN: "A new password has at least 10 characters, differs from the old one and does not hold the number"},
	"wrong_credentials":      {ZH: "警号或密码不正确", EN: "The number or the password is wrong"},
	"internal":               {ZH: "程序出错，已记录，请稍后重试", EN: "Something went wrong and was recorded; try again soon"},
	"outside_the_check":      {ZH: "不在检查授权范围内", EN: "Not within the grant of the check"},
	"client_gone":            {ZH: "请求已取消", EN: "The request was cancelled"},
}

type problemField struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// problem is the one place where an error becomes an answer (RFC 9457). What
// is no fault is an internal error: its text goes to the log, never out.
func (a *API) problem(err error, c echo.Context) {
	if c.Response().Committed {
		a.Log.ErrorContext(c.Request().Context(), "answer broken off", "id", c.Get(requestIDKey), "error", err)
		return
	}
	f := asFault(err)
	status, known := statuses[f.Kind]
	if !known {
		status = http.StatusInternalServerError
	}
	if f.Code == "method_not_allowed" {
		status = http.StatusMethodNotAllowed
	}
	if status >= 500 {
		a.Log.ErrorContext(c.Request().Context(), "fault", "id", c.Get(requestIDKey), "route", c.Path(), "code", f.Code, "error", err)
	}
	l := lang(c)
	body := map[string]any{}
	maps.Copy(body, f.Detail)
	title := titles[f.Code]
	if title.ZH == "" {
		title = titles["internal"]
	}
	body["type"], body["status"], body["code"] = "urn:taizhang:problem:"+f.Code, status, f.Code
	body["title"], body["titles"] = title.In(l), title
	body["request_id"] = c.Get(requestIDKey)
	if r, ok := f.Detail["reason"].(fault.Text); ok {
		body["detail"] = r.In(l)
		delete(body, "reason")
	}
	if len(f.Fields) > 0 {
		body["errors"] = fields(f.Fields, l)
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", "5")
	}
	raw, err := json.Marshal(body)
	if err != nil {
		raw = []byte(`{"status":500,"code":"internal"}`)
	}
	if c.Request().Method == http.MethodHead {
		err = c.NoContent(status)
	} else {
		err = c.Blob(status, "application/problem+json", raw)
	}
	if err != nil {
		a.Log.WarnContext(c.Request().Context(), "answer not sent", "error", err)
	}
}

func fields(list []fault.Field, l string) []problemField {
	out := make([]problemField, len(list))
	for i, f := range list {
		out[i] = problemField{Pointer: f.Pointer, Code: f.Code, Message: f.Text.In(l)}
	}
	return out
}

func asFault(err error) *fault.Error {
	f := (*fault.Error)(nil)
	var he *echo.HTTPError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fault.New(fault.TooLarge, "body_too_large").With("limit", tooLarge.Limit)
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Malformed, "client_gone")
	case errors.As(err, &he):
		switch he.Code {
		case http.StatusNotFound:
			return notFound
		case http.StatusMethodNotAllowed:
			return fault.New(fault.Malformed, "method_not_allowed")
		}
		return fault.New(fault.Malformed, "bad_request")
	}
	return fault.New(0, "internal").Because(err)
}
