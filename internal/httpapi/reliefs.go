package httpapi

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/duty"
)

func (a *API) listReliefs(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Duty.Reliefs(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	ledgers, outage, err := a.Duty.MayAsk(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"reliefs": some(list), "ledgers": ledgers, "outage": outage})
}

func (a *API) askRelief(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Kind    duty.ReliefKind `json:"kind"`
		Areas   []uuid.UUID     `json:"areas"`
		Ledger  string          `json:"ledger"`
		Period  string          `json:"period"`
		FromDay string          `json:"from_day"`
		ToDay   string          `json:"to_day"`
		From    *time.Time      `json:"from_at"`
		Until   *time.Time      `json:"until_at"`
		Expires string          `json:"expires_on"`
		Reason  string          `json:"reason"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	r, err := a.Duty.Ask(c.Request().Context(), prison, duty.Relief{Kind: in.Kind, Areas: in.Areas, Ledger: in.Ledger, Period: in.Period,
		FromDay: in.FromDay, ToDay: in.ToDay, From: in.From, Until: in.Until, Expires: in.Expires, Reason: in.Reason}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, r)
}

func (a *API) decideRelief(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "relief")
	if err != nil {
		return err
	}
	var in struct {
		Verdict string `json:"verdict"`
		Comment string `json:"comment"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := idem(c, raw)
	if err != nil {
		return err
	}
	r, err := a.Duty.Decide(c.Request().Context(), prison, id, in.Verdict, in.Comment, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}
