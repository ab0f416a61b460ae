package housetest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/accreditation"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

var members = []string{"first committee member", "second committee member", "third committee member"}

func bodyOf(who string) accreditation.Body {
	if who == "party secretary" {
		return accreditation.Party
	}
	return accreditation.Committee
}

// seated makes the three members of the house members of the secretary's body, once.
func (j *journey) seated(who string) {
	j.t.Helper()
	all, err := j.h.Cases.Members(j.as(who))
	if err != nil {
		j.t.Fatal(err)
	}
	for _, m := range members {
		if slices.ContainsFunc(all.Members, func(x accreditation.Member) bool { return x.Body == bodyOf(who) && x.Name == m }) {
			continue
		}
		j.seat(who, m, uuid.Nil)
	}
}

func (j *journey) seat(who, member string, origin uuid.UUID) accreditation.Member {
	j.t.Helper()
	m, err := j.h.Cases.AddMember(j.as(who), accreditation.Member{Body: bodyOf(who), Person: j.h.Person(member).PersonID, Origin: origin, Voting: true, FromDay: j.day()}, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err, refusals(err))
	}
	return m
}

// put calls a meeting of today with the case on its agenda.
func (j *journey) put(who string, c uuid.UUID) accreditation.Item {
	j.t.Helper()
	m, err := j.h.Cases.Call(j.as(who), accreditation.Meeting{Body: bodyOf(who), Title: "专题会议", Day: j.day()}, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err, refusals(err))
	}
	i, err := j.h.Cases.Put(j.as(who), j.h.Prison, m.ID, c, ledger.Idem{})
	if err != nil {
		j.t.Fatal(err)
	}
	return i
}

func (j *journey) deed(who string, item uuid.UUID, in accreditation.ItemDeed) (accreditation.Deliberation, error) {
	j.t.Helper()
	if in.Kind == "outcome" || in.Kind == "freeze" {
		in.Seen = j.item(who, item).Seen
	}
	return j.h.Cases.Deliberate(j.as(who), j.h.Prison, item, in, ledger.Idem{})
}

func (j *journey) did(who string, item uuid.UUID, in accreditation.ItemDeed) accreditation.Deliberation {
	j.t.Helper()
	d, err := j.deed(who, item, in)
	if err != nil {
		j.t.Fatalf("%s %s by %s: %v %v", in.Kind, in.Value, who, err, refusals(err))
	}
	return d
}

func (j *journey) item(who string, id uuid.UUID) accreditation.Deliberation {
	j.t.Helper()
	d, err := j.h.Cases.Deliberation(j.as(who), j.h.Prison, id)
	if err != nil {
		j.t.Fatal(who, err)
	}
	return d
}

func (j *journey) person(who string) uuid.UUID { return j.h.Person(who).PersonID }

// service is a connection of the service's own role, with every case and meeting in sight.
func (j *journey) service() *pgx.Conn {
	j.t.Helper()
	app, err := pgx.Connect(j.t.Context(), postgres.AsRole(j.h.OwnerURL, "taizhang_app"))
	if err != nil {
		j.t.Fatal(err)
	}
	j.t.Cleanup(func() { _ = app.Close(context.Background()) })
	if _, err := app.Exec(j.t.Context(), "select set_config('app.cases', '*', false), set_config('app.meetings', '*', false), set_config('app.prisons', '*', false), set_config('app.prison', $1, false), set_config('app.clock', $2, false)",
		j.h.Prison.String(), j.clock.Now().Format(time.RFC3339)); err != nil {
		j.t.Fatal(err)
	}
	return app
}

// constraintOf says by which of its rules the database refused.
func constraintOf(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.ConstraintName
	}
	return fmt.Sprint(err)
}

// voted has everybody there, each with the vote.
func (j *journey) voted(who string, item uuid.UUID, votes ...string) {
	j.t.Helper()
	for n, v := range votes {
		j.did(who, item, accreditation.ItemDeed{Kind: "presence", Person: j.person(members[n]), Value: "present"})
		j.did(who, item, accreditation.ItemDeed{Kind: "vote", Person: j.person(members[n]), Value: v})
	}
}

func (j *journey) minutes(who string, item uuid.UUID) {
	j.t.Helper()
	if _, err := j.h.Cases.AttachMinutes(j.as(who), j.h.Prison, item, "纪要.pdf", []byte("%PDF-1.7 会议纪要 "+item.String()), ledger.Idem{}); err != nil {
		j.t.Fatal(err)
	}
}

// meeting has the body deliberate on the case, with this outcome, frozen.
func (j *journey) meeting(who string, c uuid.UUID, outcome string) accreditation.Deliberation {
	j.t.Helper()
	j.seated(who)
	i := j.put(who, c)
	vote := "for"
	if outcome != "agree" {
		vote = "against"
	}
	if slices.Contains(j.item(who, i.ID).May, "show") {
		j.did(who, i.ID, accreditation.ItemDeed{Kind: "show"})
	}
	j.voted(who, i.ID, vote, vote, "abstain")
	j.did(who, i.ID, accreditation.ItemDeed{Kind: "outcome", Value: outcome, Reason: "经审议决定"})
	j.minutes(who, i.ID)
	return j.did(who, i.ID, accreditation.ItemDeed{Kind: "freeze"})
}

// reviewed takes the house's area before the party committee.
func (j *journey) reviewed() uuid.UUID {
	j.t.Helper()
	c := j.begin("area head", j.h.Area, "area")
	j.screened(c)
	j.batch(c)
	base := j.open(c, j.h.Area, inspection.Baseline)
	j.act("bureau office", c, accreditation.Act{Event: "baseline"})
	j.confirm(base)
	j.act("bureau office", c, accreditation.Act{Event: "proceed", Cites: j.opined(c, "on_time")})
	j.accepted(c)
	return c
}

func (j *journey) accepted(c uuid.UUID) {
	j.t.Helper()
	site := j.open(c, j.h.Area, inspection.OnSite)
	j.confirm(site, lost50...)
	j.closed(site)
	j.act("bureau office", c, accreditation.Act{Event: "close"})
	j.morrow()
}

// morrow goes on at the next noon: no midnight falls within a meeting, whenever the test runs.
func (j *journey) morrow() {
	j.t.Helper()
	j.until(catalog.DayOf(j.clock.Now().AddDate(0, 0, 1)))
}

// flipped changes one byte of a file within a zip.
func flipped(t *testing.T, pack []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name == name {
			at, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			out := slices.Clone(pack)
			out[at+int64(f.UncompressedSize64)/2] ^= 1
			return out
		}
	}
	t.Fatalf("no %s", name)
	return nil
}

// TestPackageVerifies: what goes to the committee is one sealed file with all that it should
// hold; whoever has it checks it without us, and one byte altered is named.
func TestPackageVerifies(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	c := j.prisonCase()
	j.prisonAccepted(c)
	ps, cs := "party secretary", "committee secretary"
	minutes := j.meeting(ps, c, "agree")
	if _, _, err := h.Cases.OpenPackage(j.as(ps), h.Prison, c); fault.CodeOf(err) != "not_found" {
		t.Errorf("before it is sealed: %v", err)
	}
	seq, ctx := j.whole("bureau office", c).Seq, j.as(ps)
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for n := range errs {
		wait.Go(func() {
			_, errs[n] = h.Cases.Act(ctx, h.Prison, c, seq, accreditation.Act{Event: "agree"}, ledger.Idem{})
		})
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("sealed twice at once: %v", errs)
	}
	taken := func(who string) []byte {
		t.Helper()
		p, body, err := h.Cases.OpenPackage(j.as(who), h.Prison, c)
		if err != nil {
			t.Fatal(who, err)
		}
		raw, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil || int64(len(raw)) != p.Size {
			t.Fatal(who, err)
		}
		return raw
	}
	pack := taken(cs)
	names := manifested(t, pack)
	for _, want := range []string{"case.json", "history.json", "opinions.json", "eligibility.json", "evidence.json", "report.pdf", "records/results.json", "records/snapshot.json",
		"records/evaluation.json", "minutes/" + minutes.ID.String() + ".json", "minutes/" + minutes.ID.String() + ".file", "sheets/onsite-", "sheets/baseline-"} {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, want) }) {
			t.Errorf("no %s among %v", want, names)
		}
	}
	for _, name := range names {
		if got := differing(t, flipped(t, pack, name)); !slices.Equal(got, []string{name}) {
			t.Errorf("a byte of %s altered: the check names %v", name, got)
		}
	}
	j.seated(cs)
	j.put(cs, c)
	for _, who := range []string{ps, "bureau office", members[0]} {
		if !bytes.Equal(taken(who), pack) {
			t.Errorf("%s has another package", who)
		}
	}
	for who, code := range map[string]string{"bureau leader": "forbidden", "warden": "forbidden", "head of the labour line": "forbidden", "yi prison office": "not_found"} {
		if _, _, err := h.Cases.OpenPackage(j.as(who), h.Prison, c); fault.CodeOf(err) != code {
			t.Errorf("%s takes it: %v", who, err)
		}
	}
	var taking int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'package' and subject = $1", c.String()).Scan(&taking); err != nil || taking != 4 {
		t.Errorf("%d takings are recorded: %v", taking, err)
	}
	// It is put under lock, and the sweeper leaves it.
	p, body, err := h.Cases.OpenPackage(j.as(ps), h.Prison, c)
	if err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	for range 2 {
		if err := h.Cases.Keep(t.Context(), accreditation.FileKept{Prison: h.Prison, Sha256: p.Sha256, VersionID: p.VersionID, At: j.clock.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	verified(t, h)
}

// differing are the files of a pack that its manifest does not fit, as sha256sum -c names them.
func differing(t *testing.T, pack []byte) (names []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		// The checker reads bytes and not the zip's own sums.
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(string(files["manifest-sha256.txt"])) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if got := sha256.Sum256(files[name]); hex.EncodeToString(got[:]) != sum {
			names = append(names, name)
		}
	}
	return names
}
