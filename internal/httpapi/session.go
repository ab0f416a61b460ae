package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/account"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
)

func (a *API) sessionRoutes() []route {
	return []route{
		{"POST", "/session", "session.create", true, a.signIn},
		{"GET", "/session", "session.get", false, a.whoAmI},
		{"DELETE", "/session", "session.delete", false, a.signOut},
		{"POST", "/session/anchor", "session.anchor", false, a.anchor},
		{"PUT", "/session/password", "password.change", false, a.changePassword},
		{"GET", "/sessions", "sessions.list", false, a.listSessions},
		{"DELETE", "/sessions", "sessions.delete", false, a.signOutEverywhere},
		{"DELETE", "/sessions/:session", "sessions.end", false, a.endSession},
	}
}

type posting struct {
	Role       actor.Role `json:"role"`
	Title      fault.Text `json:"title"`
	Prison     *uuid.UUID `json:"prison,omitempty"`
	Area       *uuid.UUID `json:"area,omitempty"`
	Department string     `json:"department,omitempty"`
}

type grant struct {
	Prison uuid.UUID   `json:"prison"`
	Areas  []uuid.UUID `json:"areas"` // empty: all of the prison
	From   time.Time   `json:"from"`
	Until  time.Time   `json:"until"`
	Reason string      `json:"reason"`
}

type me struct {
	Person   uuid.UUID `json:"person"`
	Number   string    `json:"number"`
	Name     string    `json:"name"`
	Postings []posting `json:"postings"`
	Grants   []grant   `json:"grants"`
	Session  uuid.UUID `json:"session"`
	Expires  string    `json:"expires_at"`
	CSRF     string    `json:"csrf_token"`
}

func (a *API) signIn(c echo.Context) error {
	var in struct {
		Number   string `json:"number"`
		Password string `json:"password"`
	}
	if _, err := read(c, &in); err != nil {
		return err
	}
	if !sameOrigin(c.Request()) {
		return fault.New(fault.Forbidden, "cross_site")
	}
	ctx := c.Request().Context()
	_, token, err := a.Accounts.SignIn(ctx, in.Number, in.Password, account.Client{Address: c.RealIP(), Agent: cut(c.Request().UserAgent(), 200)})
	if err != nil {
		return err
	}
	// A session somebody planted before the sign-in is never taken over: the
	// cookie is always a new one.
	c.SetCookie(a.cookie(token))
	who, ses, err := a.Accounts.Authenticate(ctx, token)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, a.me(who, ses))
}

// cut shortens to n bytes and leaves only whole characters: what a browser says
// of itself is anything.
func cut(s string, n int) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), n)], ""), "\x00", "")
}

func (a *API) cookie(value string) *http.Cookie {
	return &http.Cookie{Name: a.cookieName(), Value: value, Path: "/", HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteStrictMode}
}

func (a *API) me(who actor.Actor, ses account.Session) me {
	m := me{Person: who.PersonID, Number: who.Number, Name: who.Name, Postings: []posting{}, Grants: []grant{}, Session: ses.ID,
		Expires: ses.ExpiresAt.UTC().Format("2006-01-02T15:04:05Z"), CSRF: a.Accounts.CSRF(ses)}
	for _, g := range who.Grants {
		m.Grants = append(m.Grants, grant{Prison: g.PrisonID, Areas: some(g.Areas), From: g.From, Until: g.To, Reason: g.Reason})
	}
	for _, p := range who.Postings {
		out := posting{Role: p.Role, Title: actor.Titles[p.Role], Department: p.Department}
		if p.PrisonID != uuid.Nil {
			out.Prison = &p.PrisonID
		}
		if p.AreaID != uuid.Nil {
			out.Area = &p.AreaID
		}
		m.Postings = append(m.Postings, out)
	}
	return m
}

func (a *API) whoAmI(c echo.Context) error {
	return c.JSON(http.StatusOK, a.me(actor.From(c.Request().Context()), session(c)))
}

func (a *API) signOut(c echo.Context) error {
	if err := a.Accounts.SignOut(c.Request().Context(), session(c).User, session(c).ID); err != nil {
		return err
	}
	gone := a.cookie("")
	gone.MaxAge = -1
	c.SetCookie(gone)
	// Not "storage": on a shared computer that would take what somebody else wrote
	// here without the network and has not sent. The page removes this person's.
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.NoContent(http.StatusNoContent)
}

func (a *API) listSessions(c echo.Context) error {
	list, err := a.Accounts.Sessions(c.Request().Context(), session(c).User)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"sessions": list, "current": session(c).ID})
}

func (a *API) endSession(c echo.Context) error {
	id, err := pathID(c, "session")
	if err != nil {
		return err
	}
	if err := a.Accounts.SignOut(c.Request().Context(), session(c).User, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) signOutEverywhere(c echo.Context) error {
	if err := a.Accounts.SignOutEverywhere(c.Request().Context(), session(c).User); err != nil {
		return err
	}
	return a.signOut(c)
}

func (a *API) changePassword(c echo.Context) error {
	var in struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
	if _, err := read(c, &in); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := a.Accounts.ChangePassword(ctx, actor.From(ctx).Number, session(c), in.Old, in.New); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
