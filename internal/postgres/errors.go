package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/fault"
)

// What the database itself refuses, and what that means to somebody.
var refused = map[string]*fault.Error{
	"visit_acts_pkey":                            fault.New(fault.Stale, "changed_meanwhile"),
	"visit_acts_order":                           fault.New(fault.Conflict, "visit_state"),
	"visit_acts_other":                           fault.New(fault.Forbidden, "own_unit"),
	"visits_planned":                             fault.New(fault.Conflict, "visit_over"),
	"visits_planned_there":                       fault.New(fault.NotFound, "not_found"),
	"planned_visit_ends_pkey":                    fault.New(fault.Conflict, "visit_over"),
	"planned_visits_focus":                       fault.New(fault.Conflict, "focus_state"),
	"planned_visits_department_fkey":             fault.New(fault.NotFound, "not_found"),
	"focus_acts_pkey":                            fault.New(fault.Stale, "changed_meanwhile"),
	"attendances_pkey":                           fault.New(fault.Stale, "changed_meanwhile"),
	"attendances_person":                         fault.New(fault.Invalid, "person_unknown"),
	"attendances_other":                          fault.New(fault.Forbidden, "own_unit"),
	"brand_steps_pkey":                           fault.New(fault.Stale, "changed_meanwhile"),
	"brand_steps_order":                          fault.New(fault.Conflict, "brand_step"),
	"brand_steps_other":                          fault.New(fault.Forbidden, "own_unit"),
	"adoptions_once":                             fault.New(fault.Conflict, "adopted_already"),
	"adoptions_other":                            fault.New(fault.Invalid, "own_practice"),
	"adoption_verdicts_once":                     fault.New(fault.Conflict, "already_decided"),
	"pairs_like":                                 fault.New(fault.Invalid, "pair_unlike"),
	"plans_pkey":                                 fault.New(fault.Stale, "changed_meanwhile"),
	"plans_waits":                                fault.New(fault.Conflict, "plan_waits"),
	"plan_decisions_pkey":                        fault.New(fault.Conflict, "already_decided"),
	"responsibilities_next":                      fault.New(fault.Stale, "changed_meanwhile"),
	"responsibilities_day":                       fault.InvalidFields("bad_plan", []fault.Field{{Pointer: "/from_day", Code: "range", Text: fault.Text{ZH: "自今天起，且不早于上一次指定的起始日期", EN: "From today on, and not before the one named last begins"}}}),
	"responsibilities_same":                      fault.New(fault.Conflict, "responsible_same"),
	"responsibilities_person":                    fault.New(fault.Invalid, "person_unknown"),
	"paper_declarations_pkey":                    fault.New(fault.Stale, "changed_meanwhile"),
	"paper_declarations_waits":                   fault.New(fault.Conflict, "paper_waits"),
	"paper_declarations_day":                     fault.InvalidFields("bad_paper", []fault.Field{{Pointer: "/from_day", Code: "range", Text: fault.Text{ZH: "日期应在今天以后一年以内", EN: "The day lies within a year from today"}}}),
	"paper_verdicts_pkey":                        fault.New(fault.Conflict, "already_decided"),
	"paper_verdicts_other":                       fault.New(fault.Forbidden, "own_paper"),
	"plan_decisions_other":                       fault.New(fault.Forbidden, "own_plan"),
	"adoption_verdicts_other":                    fault.New(fault.Forbidden, "own_unit"),
	"decisions_check":                            fault.New(fault.Forbidden, "own_entry"),
	"decisions_once":                             fault.New(fault.Conflict, "already_decided"),
	"decisions_void":                             fault.New(fault.Conflict, "already_decided"),
	"decisions_asker":                            fault.New(fault.Forbidden, "own_request"),
	"decisions_seat":                             fault.New(fault.Conflict, "already_decided"),
	"decisions_for_author":                       fault.New(fault.Forbidden, "own_entry"),
	"signers_pkey":                               fault.New(fault.Conflict, "signs_already"),
	"signers_author":                             fault.New(fault.Forbidden, "own_entry"),
	"signers_for_once":                           fault.New(fault.Conflict, "already_decided"),
	"delegations_self":                           fault.New(fault.Invalid, "delegation_refused"),
	"delegation_ends_pkey":                       fault.New(fault.Conflict, "delegation_over"),
	"entries_prison_id_area_id_fkey":             fault.New(fault.NotFound, "not_found"),
	"idempotency_key_check":                      fault.New(fault.Malformed, "bad_idempotency_key"),
	"check_members_own_prison":                   fault.New(fault.Forbidden, "own_prison"),
	"check_members_away":                         fault.New(fault.Conflict, "inspector_away"),
	"inspector_skills_pkey":                      fault.New(fault.Stale, "changed_meanwhile"),
	"inspector_aways_pkey":                       fault.New(fault.Stale, "changed_meanwhile"),
	"inspector_aways_once":                       fault.New(fault.Conflict, "away_over"),
	"inspector_aways_over":                       fault.New(fault.Conflict, "away_over"),
	"inspector_aways_there":                      fault.New(fault.NotFound, "not_found"),
	"inspector_aways_day":                        fault.New(fault.Invalid, "bad_inspector"),
	"inspectors_posted":                          fault.New(fault.NotFound, "not_found"),
	"check_members_pkey":                         fault.New(fault.Conflict, "member_there"),
	"checks_frozen":                              fault.New(fault.Conflict, "check_state"),
	"checks_appealed":                            fault.New(fault.Conflict, "appeals_open"),
	"appeal_decisions_team":                      fault.New(fault.Forbidden, "of_team"),
	"appeal_decisions_other":                     fault.New(fault.Forbidden, "own_request"),
	"rectification_acts_other":                   fault.New(fault.Forbidden, "own_item"),
	"rectification_acts_pkey":                    fault.New(fault.Stale, "changed_meanwhile"),
	"rectification_acts_prison_id_entry_id_fkey": fault.New(fault.NotFound, "not_found"),
	"case_events_pkey":                           fault.New(fault.Stale, "changed_meanwhile"),
	"case_events_later":                          fault.New(fault.Stale, "changed_meanwhile"),
	"liaisons_pkey":                              fault.New(fault.Stale, "changed_meanwhile"),
	"liaisons_day":                               fault.New(fault.Stale, "changed_meanwhile"),
	"liaisons_same":                              fault.New(fault.Conflict, "liaison_same"),
	"liaisons_posted":                            fault.New(fault.Conflict, "liaison_elsewhere"),
	"liaisons_department_fkey":                   fault.New(fault.NotFound, "not_found"),
	"batches_pkey":                               fault.New(fault.Stale, "changed_meanwhile"),
	"batches_level":                              fault.New(fault.Conflict, "batch_level"),
	"bulletins_pkey":                             fault.New(fault.Stale, "changed_meanwhile"),
	"bulletin_acks_pkey":                         fault.New(fault.Conflict, "acknowledged"),
	"opinions_pkey":                              fault.New(fault.Conflict, "opinion_asked"),
	"opinions_department_fkey":                   fault.InvalidFields("bad_case", []fault.Field{{Pointer: "/department", Code: "enum", Text: fault.Text{ZH: "没有这个处室", EN: "There is no such department"}}}),
	"case_records_opinion":                       fault.New(fault.Conflict, "opinion_given"),
	"case_confirmations_pkey":                    fault.New(fault.Conflict, "already_decided"),
	"case_confirmations_other":                   fault.New(fault.Forbidden, "own_entry"),
	"body_members_once":                          fault.New(fault.Conflict, "member_seated"),
	"body_members_prison_id_fkey":                fault.New(fault.NotFound, "not_found"),
	"body_members_day":                           fault.New(fault.Conflict, "member_day"),
	"body_member_ends_pkey":                      fault.New(fault.Stale, "changed_meanwhile"),
	"body_member_ends_left":                      fault.New(fault.Conflict, "member_left"),
	"meetings_day":                               fault.New(fault.Conflict, "meeting_day"),
	"meeting_items_once":                         fault.New(fault.Conflict, "item_there"),
	"meeting_items_number":                       fault.New(fault.Stale, "changed_meanwhile"),
	"meeting_acts_pkey":                          fault.New(fault.Stale, "changed_meanwhile"),
	"meeting_acts_frozen":                        fault.New(fault.Conflict, "item_frozen"),
	"meeting_acts_recused":                       fault.New(fault.Forbidden, "member_recused"),
	"meeting_acts_present":                       fault.New(fault.Conflict, "not_present"),
	"meeting_acts_member":                        fault.New(fault.Forbidden, "member_no_vote"),
	"meeting_acts_off":                           fault.New(fault.Conflict, "item_off"),
	"meeting_acts_begun":                         fault.New(fault.Conflict, "item_begun"),
	"meeting_acts_ahead":                         fault.New(fault.Conflict, "meeting_ahead"),
	"meeting_acts_shown":                         fault.New(fault.Conflict, "not_shown"),
	"case_confirmations_round":                   fault.New(fault.Conflict, "case_forbids"),
	"meeting_acts_own":                           fault.New(fault.Forbidden, "vote_cast"),
	"cases_open":                                 fault.New(fault.Conflict, "case_open"),
	"cases_title_waits":                          fault.New(fault.Conflict, "title_waits"),
	"title_decisions_pkey":                       fault.New(fault.Conflict, "already_decided"),
	"title_decisions_other":                      fault.New(fault.Forbidden, "own_title"),
	"titles_before":                              fault.New(fault.Conflict, "title_late"),
	"titles_held":                                fault.New(fault.Conflict, "title_held"),
	"title_acts_revoked":                         fault.New(fault.Conflict, "title_gone"),
	"area_changes_pkey":                          fault.New(fault.Stale, "changed_meanwhile"),
	"standard_issued":                            fault.New(fault.Conflict, "standard_issued"),
	"standard_unreviewed":                        fault.New(fault.Conflict, "standard_unreviewed"),
	"standard_sets_pkey":                         fault.New(fault.Conflict, "draft_there"),
	"standard_sets_draft":                        fault.New(fault.Conflict, "draft_there"),
	"standard_reviews_other":                     fault.New(fault.Forbidden, "own_draft"),
	"standard_reviews_digest":                    fault.New(fault.Stale, "changed_meanwhile"),
	"standard_reviews_once":                      fault.New(fault.Conflict, "already_decided"),
	"basis_documents_pkey":                       fault.New(fault.Conflict, "basis_there"),
	"draws_no":                                   fault.New(fault.Stale, "changed_meanwhile"),
	"draw_marks_pkey":                            fault.New(fault.Stale, "changed_meanwhile"),
	"draw_values_pkey":                           fault.New(fault.Conflict, "value_said"),
	"draw_values_two":                            fault.New(fault.Conflict, "value_full"),
	"draw_values_seat":                           fault.New(fault.Conflict, "value_full"),
	"draw_values_blind":                          fault.New(fault.Conflict, "value_told"),
	"looks_pkey":                                 fault.New(fault.Stale, "changed_meanwhile"),
	"looks_line":                                 fault.New(fault.Invalid, "bad_look"),
	"looks_team":                                 fault.New(fault.Forbidden, "forbidden"),
	"looks_full":                                 fault.New(fault.Conflict, "looks_full"),
	"looks_found":                                fault.New(fault.Conflict, "line_found"),
	"photos_of":                                  fault.New(fault.Invalid, "bad_look"),
	"draw_marks_item":                            fault.New(fault.Invalid, "bad_draw"),
	"basis_replacements_stands":                  fault.New(fault.Conflict, "basis_gone"),
	"basis_replacements_day":                     fault.InvalidFields("bad_basis", []fault.Field{{Pointer: "/on", Code: "range", Text: fault.Text{ZH: "替代日期不早于两份文件的发文日期，也不早于它替代前一份文件的日期", EN: "Not before either document was issued, nor before this one replaced another"}}}),
	"basis_replacements_pkey":                    fault.New(fault.Conflict, "basis_replaced"),
	"basis_replacements_title_fkey":              fault.New(fault.NotFound, "not_found"),
	"basis_replacements_by_title_fkey":           fault.New(fault.NotFound, "not_found"),
	"rosters_pkey":                               fault.New(fault.Stale, "changed_meanwhile"),
	"rosters_prison_id_area_id_fkey":             fault.New(fault.NotFound, "not_found"),
	"relief_decisions_other":                     fault.New(fault.Forbidden, "own_entry"),
	"entries_pkey":                               fault.New(fault.Conflict, "id_taken"),
	"uploads_pkey":                               fault.New(fault.Conflict, "id_taken"),
	"findings_prison_id_area_id_fkey":            fault.New(fault.NotFound, "not_found"),
	"findings_prison_id_entry_id_fkey":           fault.New(fault.NotFound, "not_found"),
	"saved_filters_name":                         fault.New(fault.Conflict, "filter_name_taken"),
	"attachments_prison_id_sha256_fkey":          fault.New(fault.Conflict, "evidence_gone"),
}

// mapped turns the driver's errors into faults where somebody acts on them;
// others pass, wrapped, to the log.
func mapped(err error) error {
	if err == nil || errors.As(err, new(*fault.Error)) {
		return err
	}
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.NotFound, "not_found").Because(err)
	// Whoever asked has gone; the database is there, and nobody is to be told that it is not.
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &connect):
		return fault.New(fault.Unavailable, "database_unavailable").Because(err)
	case errors.As(err, &pg):
		if f, ok := refused[pg.ConstraintName]; ok {
			return f.Because(err)
		}
		switch pg.Code[:2] {
		case "57", "53", "08":
			return fault.New(fault.Unavailable, "database_unavailable").Because(err)
		case "22": // a value that no column can hold: a day in year 0, a number too large
			return fault.New(fault.Malformed, "bad_request").Because(err)
		}
		// Told from a forgotten GRANT, which has the same code, by who raised it.
		if pg.Code == "42501" && pg.Routine == "ExecWithCheckOptions" {
			// A row that row-level security does not let in.
			return fault.New(fault.NotFound, "not_found").Because(err)
		}
	case pgconn.Timeout(err), pgconn.SafeToRetry(err), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.As(err, &network):
		return fault.New(fault.Unavailable, "database_unavailable").Because(err)
	}
	return err
}
