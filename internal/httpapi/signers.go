package httpapi

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
)

func (a *API) sign(do func(context.Context, ledger.Key, ledger.Signing, ledger.Idem) (ledger.Outcome, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		var in struct {
			Digest ledger.Digest `json:"digest"`
			Person string        `json:"person"`
			Place  string        `json:"place"`
			Reason string        `json:"reason"`
		}
		q, err := asking(c, envelope(&in))
		if err != nil {
			return err
		}
		out, err := do(c.Request().Context(), q.Key, ledger.Signing{Digest: in.Digest, Person: in.Person, Place: in.Place, Reason: in.Reason}, q.idem)
		return a.done(c, out, err)
	}
}

// colleague is somebody to choose.
type colleague struct {
	Number string     `json:"number"`
	Name   string     `json:"name"`
	Role   actor.Role `json:"role"`
}

// signerChoice lists whom the decision at hand may be passed on to.
func (a *API) signerChoice(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	list, err := a.Ledger.Equals(c.Request().Context(), k)
	if err != nil {
		return err
	}
	equals := []colleague{}
	for _, p := range list {
		equals = append(equals, colleague{Number: p.Number, Name: p.Name, Role: p.Role})
	}
	return c.JSON(http.StatusOK, map[string]any{"equals": equals})
}

// addable looks up whom the step at hand may be signed by too.
func (a *API) addable(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	list, err := a.Ledger.Addable(c.Request().Context(), k, c.QueryParam("q"))
	if err != nil {
		return err
	}
	people := []ledger.Person{}
	for _, p := range list {
		people = append(people, ledger.Person{Number: p.Number, Name: p.Name})
	}
	return c.JSON(http.StatusOK, map[string]any{"people": people})
}
