package housetest_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

func (x *inspected) photo(c inspection.Check, n int) string {
	x.t.Helper()
	return x.photoBy("bing inspector", c, n)
}

func (x *inspected) photoBy(who string, c inspection.Check, n int) string {
	x.t.Helper()
	p, err := x.Inspection.AddPhoto(x.as(who), x.Prison, c.ID, housetest.Photo(n), ledger.Idem{})
	if err != nil {
		x.t.Fatal(err)
	}
	return p.Sha256
}

// TestPhotos: only pictures are taken, the same one once; it is its author's until something shows it,
// then of whoever sees the check, and the sweeper leaves it.
func TestPhotos(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	for name, tt := range map[string]struct {
		raw  []byte
		code string
	}{
		"a text":        {[]byte("不是照片"), "photo_refused"},
		"nothing":       {nil, "photo_refused"},
		"a document":    {[]byte("%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"), "photo_refused"},
		"half a photo":  {housetest.Photo(1)[:300], "picture_unreadable"},
		"a drawing":     {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "photo_refused"},
		"a larger file": {append(housetest.Photo(1), make([]byte, ledger.MaxPicture)...), "upload_too_large"},
	} {
		_, err := x.Inspection.AddPhoto(x.as("bing inspector"), x.Prison, c.ID, tt.raw, ledger.Idem{})
		wants(t, name, err, tt.code)
	}
	for _, who := range []string{"area head", "bureau office"} {
		if _, err := x.Inspection.AddPhoto(x.as(who), x.Prison, c.ID, housetest.Photo(1), ledger.Idem{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", who, err)
		}
	}
	one, two := x.as("bing inspector"), x.as("yi inspector")
	for _, err := range bothAtOnce(
		func() error {
			_, err := x.Inspection.AddPhoto(one, x.Prison, c.ID, housetest.Photo(2), ledger.Idem{})
			return err
		},
		func() error {
			_, err := x.Inspection.AddPhoto(two, x.Prison, c.ID, housetest.Photo(2), ledger.Idem{})
			return err
		}) {
		if err != nil {
			t.Error(err)
		}
	}
	var n int
	if err := x.Owner.QueryRow(t.Context(), "select count(distinct sha256) from photos").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d photographs, %v", n, err)
	}
	photo := x.photo(c, 3)
	read := func(who string) error {
		p, body, err := x.Inspection.OpenPhoto(x.as(who), x.Prison, c.ID, photo)
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(raw, housetest.Photo(3)) || p.MediaType != "image/jpeg" {
			t.Errorf("%s reads %d bytes, %v", who, len(raw), err)
		}
		return body.Close()
	}
	if err := read("bing inspector"); err != nil {
		t.Error(err)
	}
	wants(t, "before it is shown", read("area head"), "not_found")
	if err := x.look("bing inspector", c, inspection.Look{Line: "YJ-02.missing", Result: inspection.Met, Photos: []string{photo}}, 0); err != nil {
		t.Fatal(err)
	}
	if err := read("area head"); err != nil {
		t.Error(err)
	}
	if fault.CodeOf(read("area head elsewhere")) == "" {
		t.Error("another area reads it")
	}
	ten := inspection.Look{Line: "JG-04.found", Result: inspection.Met}
	for i := range 10 {
		ten.Photos = append(ten.Photos, x.photo(c, 10+i))
	}
	wants(t, "ten of them", x.look("bing inspector", c, ten, 0), "bad_look")
	ten.Photos = []string{photo, photo}
	wants(t, "one twice", x.look("bing inspector", c, ten, 0), "bad_look")
	swept, err := x.Ledger.Sweep(t.Context(), x.Prison, time.Now().Add(48*time.Hour))
	if err != nil || swept.Versions > 1 { // of the two at once one came second
		t.Errorf("swept %+v, %v", swept, err)
	}
	if err := read("area head"); err != nil {
		t.Errorf("after the sweeper: %v", err)
	}
	verified(t, x.House)
}

// TestPhotoOfWhoBroughtIt: to know the digest of a colleague's photograph is not to have it; who brings the
// same bytes has it too, whoever came first; and what is shown may be shown again.
func TestPhotoOfWhoBroughtIt(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	photo := x.photo(c, 1) // bing inspector
	opens := func(who string) error {
		_, body, err := x.Inspection.OpenPhoto(x.as(who), x.Prison, c.ID, photo)
		if err == nil {
			err = body.Close()
		}
		return err
	}
	shows := func(who, line string) error {
		return x.look(who, c, inspection.Look{Line: line, Result: inspection.Met, Photos: []string{photo}}, 0)
	}
	wants(t, "a colleague opens it", opens("yi inspector"), "not_found")
	wants(t, "a colleague shows it", shows("yi inspector", "YJ-02.missing"), "bad_look")
	f := x.finding("JG-04.found", 1)
	f.Photos = []string{photo}
	_, err := x.Inspection.AddFinding(x.as("yi inspector"), x.Prison, c.ID, f, ledger.Idem{})
	wants(t, "a colleague's finding shows it", err, "invalid_document")
	for range 2 { // the second time it is the one that is there
		x.photoBy("yi inspector", c, 1)
		x.photo(c, 1)
	}
	var n int
	if err := x.Owner.QueryRow(t.Context(), "select count(*) from photos").Scan(&n); err != nil || n != 2 {
		t.Errorf("brought by two, kept %d times: %v", n, err)
	}
	for _, who := range []string{"bing inspector", "yi inspector"} {
		if err := opens(who); err != nil {
			t.Errorf("%s brought it: %v", who, err)
		}
	}
	wants(t, "who is checked opens it", opens("area head"), "not_found")
	if err := shows("yi inspector", "YJ-02.missing"); err != nil {
		t.Errorf("who brought it second shows it: %v", err)
	}
	for who, line := range map[string]string{"bing inspector": "JG-04.found", "yi second inspector": "JG-02.video"} {
		if err := shows(who, line); err != nil {
			t.Errorf("%s shows what is shown: %v", who, err)
		}
	}
	if err := opens("area head"); err != nil {
		t.Error(err)
	}
	wants(t, "what is no digest", x.look("bing inspector", c, inspection.Look{Line: "JG-04.found", Result: inspection.Met, Photos: []string{"zz"}}, 1), "bad_look")
	_, _, err = x.Inspection.OpenPhoto(x.as("bing inspector"), x.Prison, c.ID, "zz")
	wants(t, "what is no digest", err, "not_found")
	leavesHold(t, x.House, x.Prison, "photos")
	verified(t, x.House)
}

// TestPhotosShownAreLocked: for ever, once something shows them, whoever brought them; the others are not.
func TestPhotosShownAreLocked(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.open(x.Area, inspection.Joint)
	looked, found, left := x.photo(c, 1), x.photo(c, 2), x.photo(c, 3)
	x.photoBy("yi inspector", c, 1)
	if err := x.look("bing inspector", c, inspection.Look{Line: "YJ-02.missing", Result: inspection.Met, Photos: []string{looked}}, 0); err != nil {
		t.Fatal(err)
	}
	f := x.finding("JG-04.found", 1)
	f.Photos = []string{found}
	x.find(c, f)
	if err := x.Printing(t).Tend(t.Context(), x.Prison); err != nil {
		t.Fatal(err)
	}
	for sum, want := range map[string]bool{looked: true, found: true, left: false} {
		var locked bool
		if err := x.Owner.QueryRow(t.Context(), "select retained_until is not null from objects where encode(sha256, 'hex') = $1", sum).Scan(&locked); err != nil || locked != want {
			t.Errorf("locked %t, not %t: %v", locked, want, err)
		}
	}
}
