package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

const (
	oneCheck   = prison + "/checks/:check"
	oneFinding = oneCheck + "/findings/:finding"
)

func (a *API) checkRoutes() []route {
	return []route{
		{"GET", prison + "/checks", "checks.list", false, a.listChecks},
		{"POST", prison + "/checks", "checks.open", false, a.openCheck},
		{"GET", prison + "/inspectors", "checks.candidates", false, a.candidates},
		{"GET", oneCheck, "checks.get", false, a.getCheck},
		{"GET", oneCheck + "/sheet", "checks.sheet", false, a.checkSheet},
		{"POST", oneCheck + "/members", "checks.call", false, a.callMember},
		{"POST", oneCheck + "/confirm", "checks.confirm", false, a.confirmCheck},
		{"POST", oneCheck + "/close", "checks.close", false, a.closeCheck},
		{"POST", oneCheck + "/cancel", "checks.cancel", false, a.cancelCheck},
		{"POST", oneCheck + "/findings", "checks.find", false, a.findInCheck},
		{"POST", oneFinding + "/withdrawal", "checks.withdraw", false, a.withdrawFinding},
		{"POST", oneFinding + "/replies", "checks.reply", false, a.replyToFinding},
		{"POST", oneFinding + "/appeal", "checks.appeal", false, a.appealFinding},
		{"POST", oneFinding + "/appeal/decision", "checks.decide", false, a.decideAppeal},
		{"GET", prison + "/rectifications", "rectifications.list", false, a.listRectifications},
		{"POST", prison + "/rectifications/:item/acts", "rectifications.act", false, a.rectify},
	}
}

func (a *API) listChecks(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	out, err := a.Inspection.Checks(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	out.Checks = some(out.Checks)
	return c.JSON(http.StatusOK, out)
}

func (a *API) openCheck(c echo.Context) error {
	var in struct {
		Area     uuid.UUID  `json:"area"`
		Case     *uuid.UUID `json:"case"`
		Kind     string     `json:"kind"`
		Standard string     `json:"standard"`
		FromDay  string     `json:"from_day"`
		ToDay    string     `json:"to_day"`
		Purpose  string     `json:"purpose"`
		Team     []struct {
			Person uuid.UUID `json:"person"`
			Leader bool      `json:"leader"`
		} `json:"team"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	n := inspection.NewCheck{Area: in.Area, Case: in.Case, Kind: in.Kind, Standard: in.Standard, FromDay: in.FromDay, ToDay: in.ToDay, Purpose: in.Purpose}
	for _, m := range in.Team {
		n.Team = append(n.Team, inspection.NewMember{Person: m.Person, Leader: m.Leader})
	}
	out, err := a.Inspection.OpenCheck(c.Request().Context(), prison, n, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}

func (a *API) candidates(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	call := inspection.Call{Kind: c.QueryParam("kind"), Standard: c.QueryParam("standard"), Said: c.QueryParam("q"), From: c.QueryParam("from"), To: c.QueryParam("to"), Domain: c.QueryParam("domain")}
	if c.QueryParam("area") != "" {
		if call.Area, err = uuid.Parse(c.QueryParam("area")); err != nil {
			return fault.New(fault.Malformed, "bad_request")
		}
	}
	out, err := a.Inspection.Candidates(c.Request().Context(), prison, call)
	if err != nil {
		return err
	}
	out.People = some(out.People)
	return c.JSON(http.StatusOK, out)
}

func checkPath(c echo.Context) (prison, check uuid.UUID, err error) {
	if prison, err = pathID(c, "prison"); err != nil {
		return
	}
	check, err = pathID(c, "check")
	return
}

func (a *API) getCheck(c echo.Context) error {
	prison, check, err := checkPath(c)
	if err != nil {
		return err
	}
	w, err := a.Inspection.Whole(c.Request().Context(), prison, check)
	if err != nil {
		return err
	}
	w.Findings, w.Acts = some(w.Findings), some(w.Acts)
	return c.JSON(http.StatusOK, w)
}

func (a *API) checkSheet(c echo.Context) error {
	prison, check, err := checkPath(c)
	if err != nil {
		return err
	}
	sheet, err := a.Inspection.Sheet(c.Request().Context(), prison, check)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"sheet": sheet})
}

// onCheck reads a request that acts on one check and answers with the check.
func onCheck(c echo.Context, into any, act func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error)) error {
	prison, key, err := begin(c, into)
	if err != nil {
		return err
	}
	check, err := pathID(c, "check")
	if err != nil {
		return err
	}
	out, err := act(prison, check, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// onFinding likewise, of one of its findings.
func onFinding(c echo.Context, into any, act func(prison, check, finding uuid.UUID, key ledger.Idem) (inspection.Check, error)) error {
	finding, err := pathID(c, "finding")
	if err != nil {
		return err
	}
	return onCheck(c, into, func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return act(prison, check, finding, key)
	})
}

func (a *API) callMember(c echo.Context) error {
	var in struct {
		Person uuid.UUID `json:"person"`
	}
	return onCheck(c, &in, func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.AddMember(c.Request().Context(), prison, check, in.Person, key)
	})
}

func (a *API) confirmCheck(c echo.Context) error {
	var in struct {
		Seq   int    `json:"seq"`
		DueOn string `json:"due_on"`
	}
	return onCheck(c, &in, func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.Confirm(c.Request().Context(), prison, check, in.Seq, in.DueOn, key)
	})
}

func (a *API) closeCheck(c echo.Context) error {
	return onCheck(c, &struct{}{}, func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.Close(c.Request().Context(), prison, check, key)
	})
}

func (a *API) cancelCheck(c echo.Context) error {
	var in struct {
		Reason string `json:"reason"`
	}
	return onCheck(c, &in, func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.Cancel(c.Request().Context(), prison, check, in.Reason, key)
	})
}

func (a *API) findInCheck(c echo.Context) error {
	var in struct {
		Line       string           `json:"line"`
		Event      string           `json:"event"`
		Day        string           `json:"day"`
		Time       string           `json:"time"`
		Count      int              `json:"count"`
		Of         *scoring.Decimal `json:"of"`
		Per        *scoring.Decimal `json:"per"`
		Place      string           `json:"place"`
		Subject    string           `json:"subject"`
		Note       string           `json:"note"`
		Conclusion string           `json:"conclusion"`
		Severity   string           `json:"severity"`
		Scope      string           `json:"scope"`
		Sources    []string         `json:"sources"`
		Key        bool             `json:"key"`
		Entry      *uuid.UUID       `json:"entry"`
		Video      string           `json:"video"`
		Draw       *inspection.Draw `json:"draw"`
		Photos     []string         `json:"photos"`
	}
	return onCheck(c, &in, func(prison, check uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.AddFinding(c.Request().Context(), prison, check, inspection.Finding{Line: in.Line, Event: in.Event, Day: in.Day, Time: in.Time, Count: in.Count,
			Of: in.Of, Per: in.Per, Place: in.Place, Subject: in.Subject, Note: in.Note, Conclusion: in.Conclusion, Severity: in.Severity, Scope: in.Scope,
			Sources: in.Sources, Key: in.Key, Entry: in.Entry, Video: in.Video, Draw: in.Draw, Photos: in.Photos}, key)
	})
}

func (a *API) withdrawFinding(c echo.Context) error {
	var in struct {
		Reason string `json:"reason"`
	}
	return onFinding(c, &in, func(prison, check, finding uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.Withdraw(c.Request().Context(), prison, check, finding, in.Reason, key)
	})
}

func (a *API) replyToFinding(c echo.Context) error {
	var in struct {
		Agrees bool   `json:"agrees"`
		Text   string `json:"text"`
	}
	return onFinding(c, &in, func(prison, check, finding uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.Reply(c.Request().Context(), prison, check, finding, in.Agrees, in.Text, key)
	})
}

func (a *API) appealFinding(c echo.Context) error {
	var in struct {
		Reason string `json:"reason"`
	}
	return onFinding(c, &in, func(prison, check, finding uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.Appeal(c.Request().Context(), prison, check, finding, in.Reason, key)
	})
}

func (a *API) decideAppeal(c echo.Context) error {
	var in struct {
		Verdict string           `json:"verdict"`
		Count   *int             `json:"count"`
		Of      *scoring.Decimal `json:"of"`
		Reason  string           `json:"reason"`
	}
	return onFinding(c, &in, func(prison, check, finding uuid.UUID, key ledger.Idem) (inspection.Check, error) {
		return a.Inspection.DecideAppeal(c.Request().Context(), prison, check, finding,
			inspection.AppealDecision{Verdict: in.Verdict, Count: in.Count, Of: in.Of, Reason: in.Reason}, key)
	})
}

func (a *API) listRectifications(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, more, err := a.Inspection.Rectifications(c.Request().Context(), prison, nil)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"rectifications": some(list), "more": more})
}

func (a *API) rectify(c echo.Context) error {
	var in struct {
		Kind   string     `json:"kind"`
		Owner  string     `json:"owner"`
		Cause  string     `json:"cause"`
		Action string     `json:"action"`
		Entry  *uuid.UUID `json:"entry"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	item, err := pathID(c, "item")
	if err != nil {
		return err
	}
	out, err := a.Inspection.Rectify(c.Request().Context(), prison, item, inspection.NewAct{Kind: in.Kind, Owner: in.Owner, Cause: in.Cause, Action: in.Action, Entry: in.Entry}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}
