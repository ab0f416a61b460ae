package housetest_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
	"taizhang/internal/planning"
)

// TestResponsible: of each thing there is exactly one who answers, from a day on; the next one is
// named with a reason, and whoever left leaves a gap. An area's head says so of the own area alone.
func TestResponsible(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	thing := planning.Thing{Kind: planning.OfIndicator, What: "ordinary-area/JG-02"}
	own := planning.Thing{Kind: planning.OfIndicator, Area: h.Area, What: "ordinary-area/JG-02"}
	name := func(of planning.Thing, seen int, who, from, reason string) func(context.Context) error {
		return func(ctx context.Context) error {
			return h.Planning.Name(ctx, h.Prison, planning.Responsible{Thing: of, N: seen, Number: h.Person(who).Number, FromDay: from, Reason: reason}, ledger.Idem{})
		}
	}
	duty := func(who string, of planning.Thing) planning.Duty {
		t.Helper()
		d, err := h.Planning.Duties(h.As(t.Context(), who), h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(d.Duties, func(d planning.Duty) bool { return d.Thing == of })
		if i < 0 {
			t.Fatalf("%+v is not there", of)
		}
		return d.Duties[i]
	}
	refusedTo(t, h, "forbidden", name(thing, 0, "officer", dayFrom(0), ""), "warden", "area head", "custody head")
	refusedTo(t, h, "not_found", name(thing, 0, "officer", dayFrom(0), ""), "yi prison office")
	for _, unknown := range []planning.Thing{{Kind: planning.OfIndicator, What: "ordinary-area/XX-99"}, {Kind: planning.OfStep, What: "area/PROV_REVIEW"},
		{Kind: planning.OfArea, Area: uuid.New()}, {Kind: planning.OfIndicator, Area: uuid.New(), What: "ordinary-area/JG-02"}, {Kind: "prison"},
		{Kind: planning.OfStep, Area: h.Area, What: "prison/BASELINE"}, {Kind: planning.OfIndicator, Area: h.Area, What: "prison/P-XF-01"}} {
		refusedTo(t, h, "not_found", name(unknown, 0, "officer", dayFrom(0), ""), "prison office")
	}
	refusedTo(t, h, "bad_plan", name(thing, 0, "officer", dayFrom(-1), ""), "prison office")
	refusedTo(t, h, "person_unknown", name(thing, 0, "yi area head", dayFrom(0), ""), "prison office")
	if d := duty("officer", thing); !d.Vacant || d.Holder != nil || d.May || len(d.History) != 0 {
		t.Errorf("%+v", d)
	}
	oneOf(t, bothAtOnce(func() error {
		return name(thing, 0, "custody head", dayFrom(0), "")(h.As(t.Context(), "prison office"))
	},
		func() error { return name(thing, 0, "deputy head", dayFrom(0), "")(h.As(t.Context(), "prison office")) }), "changed_meanwhile")
	first := duty("warden", thing)
	if first.Vacant || first.Holder == nil {
		t.Fatalf("%+v", first)
	}
	refusedTo(t, h, "changed_meanwhile", name(thing, 0, "officer", dayFrom(0), ""), "prison office")
	refusedTo(t, h, "changed_meanwhile", name(thing, 1<<31-1, "officer", dayFrom(0), "岗位调整"), "prison office")
	refusedTo(t, h, "bad_plan", name(thing, 1, "officer", dayFrom(3), " "), "prison office")
	refusedTo(t, h, "responsible_same", name(thing, 1, first.Holder.Name, dayFrom(3), "再次明确"), "prison office")
	// A hand-over that is ahead: until its day the one before answers, and only one at a time.
	if err := name(thing, 1, "officer", dayFrom(3), "岗位调整")(h.As(t.Context(), "prison office")); err != nil {
		t.Fatal(err, refusals(err))
	}
	err := name(thing, 2, "second officer", dayFrom(1), "不能早于上一任")(h.As(t.Context(), "prison office"))
	if e := new(fault.Error); !errors.As(err, &e) || e.Code != "bad_plan" || len(e.Fields) != 1 || e.Fields[0].Pointer != "/from_day" || !strings.Contains(e.Fields[0].Text.ZH, dayFrom(3)) {
		t.Errorf("before the last one's day: %v", err)
	}
	if d := duty("bureau leader", thing); d.Holder.Name != first.Holder.Name || d.Next == nil || d.Next.Name != "officer" || len(d.History) != 2 || d.Vacant {
		t.Errorf("%+v", d)
	}
	// It is put right for the same day: the newest word holds. What comes after it comes next.
	if err := name(thing, 2, "second officer", dayFrom(3), "更正")(h.As(t.Context(), "prison office")); err != nil {
		t.Fatal(err, refusals(err))
	}
	if err := name(thing, 3, "officer", dayFrom(5), "岗位调整")(h.As(t.Context(), "prison office")); err != nil {
		t.Fatal(err, refusals(err))
	}
	if d := duty("warden", thing); d.Holder.Name != first.Holder.Name || d.Next == nil || d.Next.Name != "second officer" || d.Next.FromDay != dayFrom(3) {
		t.Errorf("%+v", d.Next)
	}
	// The head of an area answers for it, and hands that over to nobody.
	area := planning.Thing{Kind: planning.OfArea, Area: h.Area}
	refusedTo(t, h, "forbidden", name(area, 0, "officer", dayFrom(0), ""), "area head")
	if duty("area head", area).May || !duty("prison office", area).May {
		t.Error("who names the head of an area")
	}
	// The head of an area names somebody for it alone.
	refusedTo(t, h, "forbidden", name(own, 0, "officer", dayFrom(0), ""), "area head elsewhere", "officer")
	if err := name(own, 0, "second officer", dayFrom(0), "")(h.As(t.Context(), "area head")); err != nil {
		t.Fatal(err, refusals(err))
	}
	if d := duty("prison office", own); d.Holder.Name != "second officer" || d.Title != first.Title || !d.May {
		t.Errorf("%+v", d)
	}
	step := planning.Thing{Kind: planning.OfStep, What: "area/BASELINE"}
	if err := name(step, 0, "prison leader", dayFrom(0), "")(h.As(t.Context(), "prison office")); err != nil {
		t.Fatal(err)
	}
	// Who left leaves a gap, and it is counted.
	d, err := h.Planning.Duties(h.As(t.Context(), "area head"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range d.Duties { // an area alone has no step of the prison's road and no indicator of others
		own := strings.HasPrefix(x.What, "area/") || strings.HasPrefix(x.What, "ordinary-area/")
		if want := own && x.Area == uuid.Nil; (len(x.Own) == 1) != want || want && x.Own[0] != h.Area {
			t.Errorf("%+v: %v", x.Thing, x.Own)
		}
	}
	if _, err := h.Owner.Exec(t.Context(), "update postings set until_at = now() where person_id = $1", h.Person("prison leader").PersonID); err != nil {
		t.Fatal(err)
	}
	if x := duty("prison office", step); !x.Vacant || !x.Holder.Left {
		t.Errorf("%+v", x)
	}
	after, err := h.Planning.Duties(h.As(t.Context(), "prison office"), h.Prison)
	if err != nil || after.Vacant != d.Vacant+1 {
		t.Errorf("%d gaps, before %d: %v", after.Vacant, d.Vacant, err)
	}
	if _, err := h.Planning.Duties(h.As(t.Context(), "yi prison office"), h.Prison); !fault.Is(err, fault.NotFound) {
		t.Errorf("another prison: %v", err)
	}
	leavesHold(t, h, h.Prison, "responsibilities")
	altered(t, h, "update responsibilities set from_day = current_date", "delete from responsibilities")
}

// TestResponsibleHTTP asks the routes as the page does; each answer is held to the contract.
func TestResponsibleHTTP(t *testing.T) {
	t.Parallel()
	c := serving(t, housetest.New(t), "prison office", "officer")
	at := "/prisons/" + c.h.Prison.String() + "/responsibilities"
	office, officer := c.as(t, "prison office"), c.as(t, "officer")
	body := `{"kind":"area","area":"` + c.h.Area.String() + `","seen":0,"number":"` + c.h.Person("area head").Number + `","from_day":"` + dayFrom(0) + `"}`
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": "duty-" + k} }
	if status, v := officer.do(t, "POST", at, body, key("officer")); status != http.StatusForbidden {
		t.Errorf("%d %v", status, v)
	}
	for range 2 {
		if status, v := office.do(t, "POST", at, body, key("area")); status != http.StatusCreated || v["n"] != float64(1) {
			t.Fatalf("%d %v", status, v)
		}
	}
	if status, v := officer.do(t, "GET", at, "", nil); status != http.StatusOK || len(v["duties"].([]any)) < 50 || v["vacant"] == float64(0) {
		t.Errorf("%d %v", status, v)
	}
}

// TestNobodyAnswersForWhatIsClosed: of an area that is closed nothing is listed, neither itself nor what was said of it alone: nobody
// could be named for it, and nothing of it is vacant.
func TestNobodyAnswersForWhatIsClosed(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	office := h.As(t.Context(), "prison office")
	things := []planning.Thing{{Kind: planning.OfArea, Area: h.Area}, {Kind: planning.OfStep, Area: h.Area, What: "area/APPLIED"},
		{Kind: planning.OfIndicator, Area: h.Area, What: "ordinary-area/JG-02"}}
	for _, of := range things {
		if err := h.Planning.Name(office, h.Prison, planning.Responsible{Thing: of, Number: h.Person("officer").Number, FromDay: dayFrom(0)}, ledger.Idem{}); err != nil {
			t.Fatal(of, err)
		}
	}
	listed := func() (n int) {
		d, err := h.Planning.Duties(office, h.Prison)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range d.Duties {
			if d.Area == h.Area {
				n++
			}
		}
		return n
	}
	if n := listed(); n != len(things) {
		t.Errorf("%d of %d are listed", n, len(things))
	}
	if _, err := h.Areas.ChangeArea(h.As(t.Context(), "bureau office"), h.Prison, h.Area, organisation.Change{ClosedOn: dayFrom(0), Reason: "监区撤销"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if n := listed(); n != 0 {
		t.Errorf("%d are listed of an area that is closed", n)
	}
}
