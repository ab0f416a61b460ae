package httpapi

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/accreditation"
)

const oneItem = prison + "/items/:item"

func (a *API) meetingRoutes() []route {
	return []route{
		{"GET", "/bodies", "bodies.list", false, a.listBodies},
		{"POST", "/bodies/members", "bodies.seat", false, a.addMember},
		{"POST", "/bodies/members/:member/end", "bodies.leave", false, a.endMember},
		{"GET", "/meetings", "meetings.list", false, a.listMeetings},
		{"POST", "/meetings", "meetings.call", false, a.callMeeting},
		{"GET", "/meetings/:meeting", "meetings.get", false, a.getMeeting},
		{"POST", prison + "/meetings/:meeting/items", "meetings.put", false, a.putItem},
		{"POST", oneItem + "/acts", "meetings.act", false, a.actOnItem},
		{"PATCH", oneItem + "/minutes", "meetings.attach", false, a.attachMinutes},
		{"GET", oneItem + "/minutes", "meetings.minutes", false, a.openMinutes},
		{"GET", oneCase + "/package", "cases.package", false, a.openPackage},
	}
}

func (a *API) listBodies(c echo.Context) error {
	out, err := a.Cases.Members(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) addMember(c echo.Context) error {
	var in struct {
		Body    accreditation.Body `json:"body"`
		Person  uuid.UUID          `json:"person"`
		Origin  uuid.UUID          `json:"origin"`
		Voting  bool               `json:"voting"`
		FromDay string             `json:"from_day"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	m, err := a.Cases.AddMember(c.Request().Context(), accreditation.Member{Body: in.Body, Person: in.Person, Origin: in.Origin, Voting: in.Voting, FromDay: in.FromDay}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, m)
}

func (a *API) endMember(c echo.Context) error {
	id, err := pathID(c, "member")
	if err != nil {
		return err
	}
	var in struct {
		LastDay string `json:"last_day"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	m, err := a.Cases.EndMember(c.Request().Context(), id, in.LastDay, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, m)
}

func (a *API) listMeetings(c echo.Context) error {
	list, calls, err := a.Cases.Meetings(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"meetings": some(list), "calls": some(calls)})
}

func (a *API) callMeeting(c echo.Context) error {
	var in struct {
		Body  accreditation.Body `json:"body"`
		Title string             `json:"title"`
		Day   string             `json:"day"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	m, err := a.Cases.Call(c.Request().Context(), accreditation.Meeting{Body: in.Body, Title: in.Title, Day: in.Day}, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, m)
}

func (a *API) getMeeting(c echo.Context) error {
	id, err := pathID(c, "meeting")
	if err != nil {
		return err
	}
	out, err := a.Cases.Sitting(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) putItem(c echo.Context) error {
	var in struct {
		Case uuid.UUID `json:"case"`
	}
	prison, meeting, key, err := beginOf(c, "meeting", &in)
	if err != nil {
		return err
	}
	i, err := a.Cases.Put(c.Request().Context(), prison, meeting, in.Case, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, i)
}

func (a *API) actOnItem(c echo.Context) error {
	var in accreditation.ItemDeed
	prison, item, key, err := beginOf(c, "item", &in)
	if err != nil {
		return err
	}
	out, err := a.Cases.Deliberate(c.Request().Context(), prison, item, in, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// ofItem reads the two ids of a path.
func ofItem(c echo.Context) (prison, item uuid.UUID, err error) {
	if prison, err = pathID(c, "prison"); err == nil {
		item, err = pathID(c, "item")
	}
	return prison, item, err
}

// attachMinutes takes the file whole. It is a PATCH, as every body larger than a document is.
func (a *API) attachMinutes(c echo.Context) error {
	prison, item, err := ofItem(c)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	out, err := a.Cases.AttachMinutes(c.Request().Context(), prison, item, c.QueryParam("name"), raw, key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) openMinutes(c echo.Context) error {
	prison, item, err := ofItem(c)
	if err != nil {
		return err
	}
	m, body, err := a.Cases.OpenMinutes(c.Request().Context(), prison, item)
	if err != nil {
		return err
	}
	return a.sendFile(c, body, m.Size, m.Name, m.Sha256.String(), "application/octet-stream")
}

func (a *API) openPackage(c echo.Context) error {
	prison, id, err := ofCase(c)
	if err != nil {
		return err
	}
	p, body, err := a.Cases.OpenPackage(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	return a.sendFile(c, body, p.Size, "package-"+id.String()+".zip", p.Sha256.String(), "application/zip")
}

// sendFile streams what is saved, never shown.
func (a *API) sendFile(c echo.Context, body io.ReadCloser, size int64, name, sum, mediaType string) error {
	defer func() { _ = body.Close() }()
	h := c.Response().Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Sha256", sum)
	h.Set("Content-Type", mediaType)
	c.Response().WriteHeader(http.StatusOK)
	if _, err := io.Copy(c.Response(), body); err != nil {
		// The length is promised already: a damaged file must look broken.
		a.Log.ErrorContext(c.Request().Context(), "deliberation", "id", c.Get(requestIDKey), "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
