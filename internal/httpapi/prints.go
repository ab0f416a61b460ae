package httpapi

import (
	"cmp"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/ledger"
	"taizhang/internal/printing"
)

func (a *API) printRoutes() []route {
	return []route{
		{"GET", entry + "/print", "prints.get", false, a.print},
		{"GET", "/prints/:code", "prints.verify", false, a.verifyPrint},
		{"PATCH", "/prints/:code", "prints.compare", false, a.comparePrint},
		{"GET", prison + "/volumes", "volumes.list", false, a.listVolumes},
		{"POST", prison + "/volumes", "volumes.create", false, a.createVolume},
		{"GET", prison + "/volumes/:volume/file", "volumes.file", false, a.volumeFile},
	}
}

// print sends the official form of an entry.
func (a *API) print(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	ask := printing.Ask{Key: k, Copy: c.QueryParam("copy") == "true"}
	if v := c.QueryParam("revision"); v != "" {
		if ask.Revision, err = strconv.Atoi(v); err != nil || ask.Revision < 1 || ask.Revision > math.MaxInt32 {
			return badParam("revision")
		}
	}
	p, body, err := a.Printing.Open(c.Request().Context(), ask)
	if err != nil {
		return err
	}
	if !ask.Copy {
		c.Response().Header().Set("X-Sha256", p.Sha256.String())
	}
	return a.sendPDF(c, body, p.Size, printing.Spelled(p.Code)+".pdf")
}

// sendPDF streams a file that is shown in the tab and saved under the name.
func (a *API) sendPDF(c echo.Context, body io.ReadCloser, size int64, name string) error {
	defer func() { _ = body.Close() }()
	h := c.Response().Header()
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	h.Set("Content-Type", "application/pdf")
	c.Response().WriteHeader(http.StatusOK)
	if _, err := io.Copy(c.Response(), body); err != nil {
		// The length is promised already: a damaged file must look broken.
		a.Log.ErrorContext(c.Request().Context(), "print", "id", c.Get(requestIDKey), "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// verifyPrint answers the code on a paper.
func (a *API) verifyPrint(c echo.Context) error {
	found, err := a.Printing.Verify(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, found)
}

// comparePrint hashes a file that somebody holds. It is a PATCH, as every body
// larger than a document is, and changes nothing.
func (a *API) comparePrint(c echo.Context) error {
	sum, same, err := a.Printing.Compare(c.Request().Context(), c.Param("code"), c.Request().Body)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"sha256": sum, "same": same})
}

// binding is a volume as its maker sees it.
type binding struct {
	printing.Volume
	Message string `json:"message,omitempty"` // why it failed
}

func shownVolume(c echo.Context, v printing.Volume) binding {
	if v.State != "failed" {
		return binding{Volume: v}
	}
	return binding{v, cmp.Or(titles[v.Failure], titles["internal"]).In(lang(c))}
}

func (a *API) listVolumes(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	list, err := a.Printing.Volumes(c.Request().Context(), prison)
	if err != nil {
		return err
	}
	shown := []binding{}
	for _, v := range list {
		shown = append(shown, shownVolume(c, v))
	}
	return c.JSON(http.StatusOK, map[string]any{"volumes": shown})
}

func (a *API) createVolume(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	var in struct {
		Ledger string    `json:"ledger"`
		Area   uuid.UUID `json:"area"`
		From   string    `json:"from"`
		To     string    `json:"to"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := creation(c, raw)
	if err != nil {
		return err
	}
	v, err := a.Printing.NewVolume(c.Request().Context(), printing.Volume{VolumeKey: printing.VolumeKey{Prison: prison},
		Ledger: in.Ledger, Area: in.Area, From: in.From, To: in.To}, key)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/v1/prisons/"+prison.String()+"/volumes/"+v.ID.String()+"/file")
	return c.JSON(http.StatusCreated, shownVolume(c, v))
}

func (a *API) volumeFile(c echo.Context) error {
	prison, err := pathID(c, "prison")
	if err != nil {
		return err
	}
	id, err := pathID(c, "volume")
	if err != nil {
		return err
	}
	v, body, err := a.Printing.OpenVolume(c.Request().Context(), printing.VolumeKey{Prison: prison, ID: id})
	if err != nil {
		return err
	}
	return a.sendPDF(c, body, v.Size, v.Ledger+"-"+v.From+"-"+v.To+".pdf")
}

// printable says that there is an official form.
func printable(e ledger.Entry) bool { return e.InForce > 0 }
