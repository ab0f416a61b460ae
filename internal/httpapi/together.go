package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/guidance"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

func (a *API) togetherRoutes() []route {
	return []route{
		{"GET", prison + "/visits", "visits.list", false, a.visits},
		{"POST", prison + "/visits", "visits.create", false, a.addVisit},
		{"POST", prison + "/visits/:visit/acts", "visits.act", false, a.actVisit},
		{"GET", "/focus", "focus.list", false, a.focuses},
		{"POST", prison + "/focus", "focus.mark", false, a.markFocus},
		{"POST", prison + "/planned-visits", "planned_visits.create", false, a.planVisit},
		{"POST", prison + "/planned-visits/:planned/end", "planned_visits.end", false, a.callOffVisit},
		{"GET", "/trainings", "trainings.list", false, a.trainings},
		{"POST", "/trainings", "trainings.create", false, a.addTraining},
		{"GET", prison + "/trainings/:training", "trainings.get", false, a.training},
		{"POST", prison + "/trainings/:training/attendances", "trainings.attend", false, a.attend},
		{"GET", prison + "/untrained/:standard", "untrained.list", false, a.untrained},
		{"GET", "/brands", "brands.list", false, a.brands},
		{"POST", prison + "/brands", "brands.create", false, a.addBrand},
		{"POST", prison + "/brands/:brand/steps", "brands.step", false, a.stepBrand},
		{"GET", "/practices", "practices.list", false, a.practices},
		{"POST", prison + "/practices", "practices.create", false, a.addPractice},
		{"POST", prison + "/adoptions", "adoptions.create", false, a.adopt},
		{"POST", prison + "/adoptions/:adoption/verdict", "adoptions.verify", false, a.verifyAdoption},
		{"GET", "/pairs", "pairs.list", false, a.pairs},
		{"POST", prison + "/pairs", "pairs.create", false, a.addPair},
		{"POST", prison + "/pairs/:pair/helps", "pairs.help", false, a.addHelp},
		{"GET", "/boards", "boards.list", false, a.boards},
		{"GET", "/boards/:kind/:function", "boards.get", false, a.board},
		{"GET", prison + "/areas/:area/beside/:figure", "boards.behind", false, a.behind},
	}
}

// made reads a request that makes something of a prison, within which param names what it is
// made of ("" for none), and answers with what fn made of it.
func made[T, R any](c echo.Context, param string, status int, fn func(prison, of uuid.UUID, in T, key ledger.Idem) (R, error)) error {
	var of uuid.UUID
	prison, err := pathID(c, "prison")
	if err == nil && param != "" {
		of, err = pathID(c, param)
	}
	if err != nil {
		return err
	}
	var in T
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	out, err := fn(prison, of, in, key)
	if err != nil {
		return err
	}
	return c.JSON(status, out)
}

func (a *API) visits(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, may, err := a.Guidance.Visits(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"visits": some(list), "may": may})
}

func (a *API) addVisit(c echo.Context) error {
	type body struct {
		Area     uuid.UUID `json:"area"`
		Day      string    `json:"day"`
		Findings string    `json:"findings"`
		Advice   string    `json:"advice"`
		DueOn    string    `json:"due_on"`
		Planned  uuid.UUID `json:"planned"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (guidance.Visit, error) {
		return a.Guidance.AddVisit(c.Request().Context(), prison, guidance.Visit{Area: in.Area, Day: in.Day, Findings: in.Findings, Advice: in.Advice, DueOn: in.DueOn, Planned: in.Planned}, key)
	})
}

func (a *API) actVisit(c echo.Context) error {
	type body struct {
		Kind    string `json:"kind"`
		Comment string `json:"comment"`
		Seen    int    `json:"seen"`
	}
	return made(c, "visit", http.StatusOK, func(prison, of uuid.UUID, in body, key ledger.Idem) (guidance.Visit, error) {
		return a.Guidance.ActVisit(c.Request().Context(), prison, of, in.Kind, in.Comment, in.Seen, key)
	})
}

func (a *API) trainings(c echo.Context) error {
	list, may, err := a.Guidance.Trainings(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"trainings": some(list), "may": may})
}

func (a *API) addTraining(c echo.Context) error {
	var in struct {
		Title    string   `json:"title"`
		Standard string   `json:"standard"`
		Version  int      `json:"version"`
		Day      string   `json:"day"`
		Audience []string `json:"audience"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	t, err := a.Guidance.AddTraining(c.Request().Context(), guidance.Training{Title: in.Title, Standard: in.Standard, Version: in.Version, Day: in.Day, Audience: in.Audience}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, t)
}

func (a *API) training(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "training")
	if err != nil {
		return err
	}
	t, list, may, err := a.Guidance.Training(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"training": t, "staff": some(list), "may": may})
}

func (a *API) attend(c echo.Context) error {
	type row struct {
		Number      string           `json:"number"`
		Version     int              `json:"version"`
		Attended    bool             `json:"attended"`
		Mark        *scoring.Decimal `json:"mark"`
		Passed      bool             `json:"passed"`
		Certificate string           `json:"certificate"`
		Reason      string           `json:"reason"`
	}
	type body struct {
		Rows []row `json:"rows"`
	}
	return made(c, "training", http.StatusOK, func(prison, of uuid.UUID, in body, key ledger.Idem) (map[string]any, error) {
		list := make([]guidance.Attendance, len(in.Rows))
		for i, r := range in.Rows {
			list[i] = guidance.Attendance{Number: r.Number, Version: r.Version, Attended: r.Attended, Mark: r.Mark, Passed: r.Passed, Certificate: r.Certificate, Reason: r.Reason}
		}
		return map[string]any{"recorded": len(list)}, a.Guidance.Attend(c.Request().Context(), prison, of, list, key)
	})
}

func (a *API) untrained(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	v, of, list, err := a.Guidance.Untrained(c.Request().Context(), prison, c.Param("standard"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"standard": v.Standard, "version": v.Version, "of": of, "staff": some(list)})
}

// withOwn adds the units for which the reader may bring something forward.
func (a *API) withOwn(c echo.Context, name string, list any) error {
	own, err := a.Guidance.Own(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{name: list, "own": own})
}

func (a *API) brands(c echo.Context) error {
	list, err := a.Guidance.Brands(c.Request().Context())
	if err != nil {
		return err
	}
	return a.withOwn(c, "brands", some(list))
}

func (a *API) addBrand(c echo.Context) error {
	type body struct {
		Area     uuid.UUID `json:"area"`
		Title    string    `json:"title"`
		Theme    string    `json:"theme"`
		Document string    `json:"document"`
		Content  string    `json:"content"`
		Day      string    `json:"day"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (guidance.Brand, error) {
		return a.Guidance.AddBrand(c.Request().Context(), prison, guidance.Brand{Area: in.Area, Title: in.Title, Theme: in.Theme},
			guidance.BrandStep{Document: in.Document, Content: in.Content, Day: in.Day}, key)
	})
}

func (a *API) stepBrand(c echo.Context) error {
	type body struct {
		Step     int    `json:"step"`
		Seen     int    `json:"seen"`
		Passed   bool   `json:"passed"`
		Document string `json:"document"`
		Content  string `json:"content"`
		Day      string `json:"day"`
	}
	return made(c, "brand", http.StatusOK, func(prison, of uuid.UUID, in body, key ledger.Idem) (guidance.Brand, error) {
		return a.Guidance.StepBrand(c.Request().Context(), prison, of, in.Step, in.Seen,
			guidance.BrandStep{Passed: in.Passed, Document: in.Document, Content: in.Content, Day: in.Day}, key)
	})
}

func (a *API) practices(c echo.Context) error {
	list, err := a.Guidance.Practices(c.Request().Context())
	if err != nil {
		return err
	}
	return a.withOwn(c, "practices", some(list))
}

func (a *API) addPractice(c echo.Context) error {
	type body struct {
		Area    uuid.UUID `json:"area"`
		Brand   uuid.UUID `json:"brand"`
		Title   string    `json:"title"`
		Content string    `json:"content"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (guidance.Practice, error) {
		return a.Guidance.AddPractice(c.Request().Context(), prison, guidance.Practice{Area: in.Area, Brand: in.Brand, Title: in.Title, Content: in.Content}, key)
	})
}

func (a *API) adopt(c echo.Context) error {
	type body struct {
		Practice  uuid.UUID `json:"practice"`
		Area      uuid.UUID `json:"area"`
		AdoptedOn string    `json:"adopted_on"`
		Proof     string    `json:"proof"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (guidance.Adoption, error) {
		return a.Guidance.Adopt(c.Request().Context(), prison, guidance.Adoption{Practice: in.Practice, Area: in.Area, AdoptedOn: in.AdoptedOn, Proof: in.Proof}, key)
	})
}

func (a *API) verifyAdoption(c echo.Context) error {
	type body struct {
		Holds   bool   `json:"holds"`
		Comment string `json:"comment"`
	}
	return made(c, "adoption", http.StatusOK, func(prison, of uuid.UUID, in body, key ledger.Idem) (guidance.Adoption, error) {
		return a.Guidance.Verify(c.Request().Context(), prison, of, in.Holds, in.Comment, key)
	})
}

func (a *API) boards(c echo.Context) error {
	list, err := a.Guidance.Kinds(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"kinds": list})
}

func (a *API) board(c echo.Context) error {
	b, err := a.Guidance.Board(c.Request().Context(), c.Param("kind"), c.Param("function"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, b)
}

func (a *API) behind(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	area, err := pathID(c, "area")
	if err != nil {
		return err
	}
	list, err := a.Guidance.Behind(c.Request().Context(), prison, area, c.Param("figure"), c.QueryParam("from"), c.QueryParam("to"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"rows": some(list)})
}

func (a *API) pairs(c echo.Context) error {
	list, may, err := a.Guidance.Pairs(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"pairs": some(list), "may": may})
}

func (a *API) addPair(c echo.Context) error {
	type body struct {
		Area         uuid.UUID `json:"area"`
		StrongPrison uuid.UUID `json:"strong_prison"`
		StrongArea   uuid.UUID `json:"strong_area"`
		Aim          string    `json:"aim"`
		UntilDay     string    `json:"until_day"`
	}
	return made(c, "", http.StatusCreated, func(prison, _ uuid.UUID, in body, key ledger.Idem) (guidance.Pair, error) {
		return a.Guidance.AddPair(c.Request().Context(), prison, guidance.Pair{Area: in.Area, StrongPrison: in.StrongPrison, StrongArea: in.StrongArea,
			Aim: in.Aim, UntilDay: in.UntilDay}, key)
	})
}

func (a *API) addHelp(c echo.Context) error {
	type body struct {
		Day     string `json:"day"`
		Content string `json:"content"`
	}
	return made(c, "pair", http.StatusCreated, func(prison, of uuid.UUID, in body, key ledger.Idem) (guidance.Pair, error) {
		return a.Guidance.Help(c.Request().Context(), prison, of, guidance.Help{Day: in.Day, Content: in.Content}, key)
	})
}
