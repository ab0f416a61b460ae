package housetest_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/housetest"
)

// TestReachedByClosing: a target is reached too on the day on which the last that was not named closed.
func TestReachedByClosing(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	prisons, _ := widened(t, h, 5, 5, 5)
	for _, p := range prisons[:3] {
		given(t, h, p, uuid.Nil, "standard", "2020-12-25", "省局发")
	}
	if _, err := h.Owner.Exec(t.Context(), "update areas set closed_on = '2023-03-01' where prison_id = any($1)", prisons[3:]); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2023-02-28": "", "2023-03-01": "2023-03-01", "2024-01-01": "2023-03-01"} {
		p, err := h.Overview.Province(h.As(t.Context(), "bureau leader"), day)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range p.Targets[1:] {
			if x.ReachedOn != want || (x.Gap == 0) != (want != "") {
				t.Errorf("%s, %s: %d of %d, gap %d, reached on %q", day, x.ID, x.Named, x.All, x.Gap, x.ReachedOn)
			}
			// The pace is of namings: it begins with the first.
			if day == "2023-02-28" && (x.Forecast == nil || x.Forecast.Halves != 6) {
				t.Errorf("%s: %+v", x.ID, x.Forecast)
			}
		}
	}
}

// TestHighestLevel: of two titles that stand a unit is shown with the higher, whichever was given first.
func TestHighestLevel(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	given(t, h, h.Prison, uuid.Nil, "demonstration", "2021-01-01", "示范", "2023-01-01")
	given(t, h, h.Prison, uuid.Nil, "standard", "2021-06-01", "达标")
	for day, want := range map[string]string{"2021-05-31": "demonstration", "2022-01-01": "demonstration", "2023-01-01": "standard"} {
		_, list, err := h.Overview.Units(h.As(t.Context(), "bureau leader"), day, uuid.Nil, "prison", nil)
		if err != nil || len(list) != 1 || list[0].Level != want {
			t.Errorf("%s: %+v %v", day, list, err)
		}
	}
}

// TestOddQueries: what names nothing is not found, and a query that says nothing is refused at its name.
func TestOddQueries(t *testing.T) {
	t.Parallel()
	guest := serve(t)
	c := guest.as(t, "bureau office")
	in := "/prisons/" + guest.h.Prison.String()
	for path, want := range map[string]int{
		"/prisons/" + uuid.NewString() + "/overview":                                     http.StatusNotFound,
		in + "/areas/" + uuid.NewString() + "/outcomes":                                  http.StatusNotFound,
		"/prisons/" + uuid.NewString() + "/areas/" + guest.h.Area.String() + "/outcomes": http.StatusNotFound,
		"/overview/units?of=province":                                                    http.StatusBadRequest,
		"/overview/units?of=ordinary&named=perhaps":                                      http.StatusBadRequest,
		"/overview/units?of=ordinary&named=false":                                        http.StatusOK,
		"/overview/units?of=sub_area":                                                    http.StatusOK,
		"/bulletins/0/1":                                                                 http.StatusNotFound,
		"/bulletins/0/1/paper":                                                           http.StatusNotFound,
		"/bulletin-drafts/0":                                                             http.StatusNotFound,
		"/bulletin-drafts/2199":                                                          http.StatusUnprocessableEntity,
	} {
		if status, body := c.do(t, "GET", path, "", nil); status != want {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
	for path, body := range map[string]string{
		"/batches":   `{"year":2026,"batch":1,"n":9007199254740991,"level":"area","closes_on":"2026-01-01","from":"2026-01-02","to":"2026-02-01"}`,
		"/bulletins": `{"year":9007199254740991,"seen":"x"}`,
		"/liaisons":  `{"department":"dept_custody","number":"1","from":"2026-01-01","reason":"交接","seen":9007199254740991}`,
	} {
		if status, answer := c.do(t, "POST", path, body, map[string]string{"Idempotency-Key": "odd-numbers"}); status >= 500 || status < 400 {
			t.Errorf("%s: %d %v", path, status, answer)
		}
	}
}
