package httpapi

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/inspection"
	"taizhang/internal/scoring"
)

const oneDraw = oneCheck + "/draws/:draw"

func (a *API) drawRoutes() []route {
	return []route{
		{"GET", oneCheck + "/draws", "draws.list", false, a.listDraws},
		{"POST", oneCheck + "/draws", "draws.create", false, a.draw},
		{"GET", oneDraw + "/roster", "draws.roster", false, a.drawRoster},
		{"POST", oneDraw + "/marks", "draws.mark", false, a.markDrawn},
		{"POST", oneDraw + "/values", "draws.value", false, a.sayValue},
	}
}

func (a *API) listDraws(c echo.Context) error {
	prison, check, err := checkPath(c)
	if err != nil {
		return err
	}
	list, err := a.Inspection.Draws(c.Request().Context(), prison, check)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}

func (a *API) draw(c echo.Context) error {
	var in struct {
		Kind    string    `json:"kind"`
		Area    uuid.UUID `json:"area"`
		N       int       `json:"n"`
		Word    string    `json:"word"`
		Reason  string    `json:"reason"`
		Cameras []string  `json:"cameras"`
		FromDay string    `json:"from_day"`
		ToDay   string    `json:"to_day"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	check, err := pathID(c, "check")
	if err != nil {
		return err
	}
	d, err := a.Inspection.Draw(c.Request().Context(), prison, check, inspection.NewDraw(in), key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, d)
}

// drawRoster is the very file that was drawn from: its SHA-256 is the digest of the draw.
func (a *API) drawRoster(c echo.Context) error {
	prison, check, err := checkPath(c)
	if err != nil {
		return err
	}
	id, err := pathID(c, "draw")
	if err != nil {
		return err
	}
	d, err := a.Inspection.Roster(c.Request().Context(), prison, check, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="roster.txt"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(d.Roster))
}

func (a *API) markDrawn(c echo.Context) error {
	var in struct {
		Item   string `json:"item"`
		Result string `json:"result"`
		Note   string `json:"note"`
		Seen   int    `json:"seen"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	check, err := pathID(c, "check")
	if err != nil {
		return err
	}
	id, err := pathID(c, "draw")
	if err != nil {
		return err
	}
	d, err := a.Inspection.MarkDrawn(c.Request().Context(), prison, check, id, in.Item, inspection.Mark{Result: in.Result, Note: in.Note}, in.Seen, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, d)
}

func (a *API) sayValue(c echo.Context) error {
	var in struct {
		Item  string           `json:"item"`
		Count int              `json:"count"`
		Of    *scoring.Decimal `json:"of"`
		Per   *scoring.Decimal `json:"per"`
		Note  string           `json:"note"`
	}
	prison, key, err := begin(c, &in)
	if err != nil {
		return err
	}
	check, err := pathID(c, "check")
	if err != nil {
		return err
	}
	id, err := pathID(c, "draw")
	if err != nil {
		return err
	}
	d, err := a.Inspection.SayValue(c.Request().Context(), prison, check, id, in.Item, inspection.Value{Count: in.Count, Of: in.Of, Per: in.Per, Note: in.Note}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, d)
}
