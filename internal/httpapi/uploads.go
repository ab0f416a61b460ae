package httpapi

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

func (a *API) evidenceRoutes() []route {
	return []route{
		{"POST", entry + "/uploads", "uploads.create", false, a.newUpload},
		{"HEAD", prison + "/uploads/:upload", "uploads.head", false, a.uploadAt},
		{"PATCH", prison + "/uploads/:upload", "uploads.patch", false, a.putPart},
		{"DELETE", entry + "/evidence/:evidence", "evidence.detach", false, a.detach},
		{"GET", entry + "/evidence/:revision/:evidence", "evidence.get", false, a.evidence},
		{"GET", entry + "/evidence/:revision/:evidence/thumbnail", "evidence.thumbnail", false, a.thumbnail},
	}
}

// upload is how far a file has come.
type upload struct {
	ID       uuid.UUID        `json:"id"`
	Received int64            `json:"received"`
	Size     int64            `json:"size"`
	Evidence *ledger.Evidence `json:"evidence,omitempty"` // with the last part
}

func (a *API) newUpload(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	var in struct {
		ID   uuid.UUID `json:"id"`
		Slot string    `json:"slot"`
		Name string    `json:"name"`
		Size int64     `json:"size"`
	}
	raw, err := read(c, &in)
	if err != nil {
		return err
	}
	key, err := idem(c, raw)
	if err != nil {
		return err
	}
	u, err := a.Ledger.NewUploadAs(c.Request().Context(), k, in.ID, in.Slot, in.Name, in.Size, key)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/v1/prisons/"+k.Prison.String()+"/uploads/"+u.ID.String())
	return c.JSON(http.StatusCreated, upload{ID: u.ID, Received: u.Received, Size: u.Size})
}

func uploadID(c echo.Context) (prison, id uuid.UUID, err error) {
	if prison, err = pathID(c, "prison"); err != nil {
		return
	}
	id, err = pathID(c, "upload")
	return
}

func (a *API) uploadAt(c echo.Context) error {
	prison, id, err := uploadID(c)
	if err != nil {
		return err
	}
	u, err := a.Ledger.UploadAt(c.Request().Context(), prison, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Upload-Offset", strconv.FormatInt(u.Received, 10))
	c.Response().Header().Set("Upload-Length", strconv.FormatInt(u.Size, 10))
	return c.NoContent(http.StatusOK)
}

func (a *API) putPart(c echo.Context) error {
	prison, id, err := uploadID(c)
	if err != nil {
		return err
	}
	r := c.Request()
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || r.ContentLength < 0 {
		return fault.New(fault.Malformed, "part_size")
	}
	u, ev, err := a.Ledger.PutPart(r.Context(), prison, id, offset, r.Body, r.ContentLength)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Upload-Offset", strconv.FormatInt(u.Received, 10))
	return c.JSON(http.StatusOK, upload{ID: u.ID, Received: u.Received, Size: u.Size, Evidence: ev})
}

func (a *API) detach(c echo.Context) error {
	k, err := entryKey(c)
	if err != nil {
		return err
	}
	id, err := pathID(c, "evidence")
	if err != nil {
		return err
	}
	key, err := idem(c, nil)
	if err != nil {
		return err
	}
	if err := a.Ledger.Detach(c.Request().Context(), k, id, key); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
