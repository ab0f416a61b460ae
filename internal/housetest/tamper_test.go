package housetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// scene is a house with a bit of everything that is logged, under a checkpoint
// that has left it.
type scene struct {
	*housetest.House
	signer  *integrity.Signer
	anchors [][]byte
}

func newScene(t *testing.T) *scene {
	t.Helper()
	h := housetest.New(t)
	s := &scene{House: h}
	p, err := propose(h, t.Context(), "education head", next(t, h, "culture-activity", func(_, definition, _ map[string]any) {
		definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
	}))
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, p, "bureau office")
	e := h.Begin(t, "officer", "cell-body-search", h.Finding())
	h.Attach(t, "officer", e.Key, "finding_photo", housetest.Photo(3))
	out, err := h.Ledger.Submit(h.As(t.Context(), "officer"), e.Key, e.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err = approve(h, t, "duty leader", out.Entry); err != nil {
		t.Fatal(err)
	}
	if _, err = approve(h, t, "area head", out.Entry); err != nil {
		t.Fatal(err)
	}
	if _, err = askVoid(t, h, "officer", e.Key); err != nil {
		t.Fatal(err)
	}
	if _, err = decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, false); err != nil {
		t.Fatal(err)
	}
	if _, err = delegate(t, h, "area head", "medic", actor.AreaHead, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	deputised := h.Submitted(t)
	if out, err = sign(t, h, "duty leader", deputised, "", "second duty leader"); err != nil {
		t.Fatal(err)
	}
	if out, err = approve(h, t, "second duty leader", deputised); err != nil {
		t.Fatal(err)
	}
	if _, err = h.Ledger.Approve(signedIn(t, h, "medic"), deputised.Key, judged(deputised), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	list, err := h.Ledger.Delegations(h.As(t.Context(), "area head"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = h.Ledger.EndDelegation(h.As(t.Context(), "area head"), h.Prison, list[0].ID, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if err := h.Ledger.Record(h.As(t.Context(), "warden"), h.Prison, ledger.Custody{Kind: "pack", Subject: "JG-04", Reason: "年度检查"}); err != nil {
		t.Fatal(err)
	}
	found := h.Person("inspector")
	found.Grants = []actor.Grant{{PrisonID: h.Prison, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}}
	f := assessment.NewFinding{Area: h.Area, Day: catalog.DayOf(time.Now()), Count: 1, Note: "现场提问答不出"}
	for _, d := range h.Standard.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if line, ok := h.Standard.LineOf(l.ID); ok && line.Method != "ledger" {
					f.Line = l.ID
				}
			}
		}
	}
	unseen := f
	unseen.Note = "\u200b"
	if _, err := h.Assessment.AddFinding(actor.With(t.Context(), found), h.Prison, unseen, ledger.Idem{}); fault.CodeOf(err) != "invalid_document" {
		t.Fatalf("a finding that says nothing: %v", err)
	}
	if _, err := h.Assessment.AddFinding(actor.With(t.Context(), found), h.Prison, f, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	today := catalog.DayOf(time.Now())
	ruling, err := h.Assessment.AskRuling(h.As(t.Context(), "area head"), h.Prison, assessment.Ruling{Area: h.Area, Kind: assessment.Exclude, Target: "LD-01",
		FromDay: today, ToDay: today, Reason: "老病残监区，无劳动"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Assessment.DecideRuling(h.As(t.Context(), "bureau office"), h.Prison, ruling.ID, "grant", "属实", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Assessment.Keep(h.As(t.Context(), "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Areas.ChangeArea(h.As(t.Context(), "bureau office"), h.Prison, h.Area, organisation.Change{OpenedOn: "2020-01-01", Reason: "补登启用日期"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if s.signer, err = integrity.OpenSigner(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	s.checkpoint(t)
	return s
}

func (s *scene) checkpoint(t *testing.T) {
	t.Helper()
	err := s.Store.Checkpoint(t.Context(), s.Prison, s.signer, func(_ integrity.Checkpoint, signed []byte) error {
		s.anchors = append(s.anchors, signed)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *scene) verify(t *testing.T) *integrity.Report {
	t.Helper()
	// As the program has it: its own service over the verifier's connection.
	r, err := s.verifyBy(t, func(v *postgres.Store) assessment.Texts {
		return &standards.Service{Store: postgres.Standards{Store: v}, Now: time.Now}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *scene) verifyBy(t *testing.T, texts func(*postgres.Store) assessment.Texts) (*integrity.Report, error) {
	t.Helper()
	v, err := postgres.Open(t.Context(), postgres.AsRole(s.OwnerURL, "taizhang_verify"), 4)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	var r *integrity.Report
	err = v.Verify(t.Context(), s.open, func(snap *postgres.Snapshot) error {
		snap.Texts = texts(v)
		r, err = integrity.Verify(t.Context(), snap, s.Prison, s.signer.Verifier(), s.anchors)
		return err
	})
	return r, err
}

func (s *scene) open(ctx context.Context, key, version string, sum [32]byte, size int64) error {
	body, err := s.Files.Open(ctx, key, version, sum, size)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, body)
	return errors.Join(err, body.Close())
}

// TestTamper lets a superuser change one thing at a time: each is named.
func TestTamper(t *testing.T) {
	t.Parallel()
	const cutTail = `delete from %[1]s where (prison_id, idx) in (select prison_id, max(idx) from %[1]s group by 1)`
	attacks := map[string]struct {
		sql  []string
		want string
	}{
		"document":            {[]string{`update revisions set canonical = convert_to(replace(convert_from(canonical, 'UTF8'), '打火机', '打火石'), 'UTF8')`}, "A01"},
		"author":              {[]string{`update revisions set author = (select person_id from persons where number = '0000002')`}, "A01"},
		"reason of revision":  {[]string{`update revisions set reason = '更正'`}, "A01"},
		"time of revision":    {[]string{`update revisions set recorded_at = recorded_at - interval '1 day'`}, "A07"},
		"comment":             {[]string{`update decisions set comment = '同意' where step = 0`}, "A01"},
		"decider":             {[]string{`update decisions set decided_by = (select person_id from persons where number = '0000004')`}, "A01"},
		"whose seat":          {[]string{`update decisions set for_person = (select person_id from persons where number = '0000006') where for_person is not null`}, "A01"},
		"by which paper":      {[]string{`update decisions set delegation_id = gen_random_uuid() where delegation_id is not null`}, "A01"},
		"made a deputy's":     {[]string{`update decisions set capacity = 'higher' where capacity = '' and step = 0`}, "A01"},
		"hints":               {[]string{`update revisions set hints = '[{"pointer":"","code":"copied","text":{"zh":"雷同"}}]'`}, "A01"},
		"why a void":          {[]string{`update voids set reason = '无'`}, "A01"},
		"void deleted":        {[]string{`update decisions set void_id = null, asked_by = null, verdict = 'return' where void_id is not null`, `delete from voids`}, "A01"},
		"void kept":           {[]string{`update decisions set verdict = 'void' where verdict = 'keep'`}, "A01"},
		"signer's reason":     {[]string{`update signers set reason = '无'`}, "A01"},
		"signer exchanged":    {[]string{`update signers set person_id = (select person_id from persons where number = '0000006')`}, "A01"},
		"signer deleted":      {[]string{`delete from signers`}, "I02"},
		"delegation's days":   {[]string{`update delegations set until_day = until_day + 30`}, "A01"},
		"delegation deleted":  {[]string{`delete from delegations`}, "I02"},
		"its end deleted":     {[]string{`delete from delegation_ends`}, "I02"},
		"who ended it":        {[]string{`update delegation_ends set ended_by = (select person_id from persons where number = '0000006')`}, "A01"},
		"event":               {[]string{`update events set kind = 'withdrawn' where kind = 'created'`}, "A01"},
		"evidence's name":     {[]string{`update evidence set name = 'x.jpg'`}, "A01"},
		"custody's reason":    {[]string{`update custody_events set reason = ''`}, "A01"},
		"salt":                {[]string{`update revisions set salt = set_byte(salt, 0, (get_byte(salt, 0) + 1) % 256)`}, "A01"},
		"leaf's meta":         {[]string{`update log_leaves set meta = set_byte(meta, 30, (get_byte(meta, 30) + 1) % 256) where idx = 1`}, "A02"},
		"leaf's hash":         {[]string{`update log_leaves set leaf_hash = set_byte(leaf_hash, 0, (get_byte(leaf_hash, 0) + 1) % 256) where idx = 1`}, "A02"},
		"leaf's digest":       {[]string{`update log_leaves set content_digest = set_byte(content_digest, 0, (get_byte(content_digest, 0) + 1) % 256) where idx = 1`}, "A02"},
		"leaf's time":         {[]string{`update log_leaves set recorded_at = recorded_at - interval '1 day' where idx = 2`}, "A06"},
		"node of the tree":    {[]string{`update log_hashes set hash = set_byte(hash, 0, (get_byte(hash, 0) + 1) % 256) where idx = 2`}, "A03"},
		"checkpoint":          {[]string{`update checkpoints set note = set_byte(note, 60, (get_byte(note, 60) + 1) % 256)`}, "A04"},
		"head":                {[]string{`update log_heads set size = size - 1`}, "I05"},
		"revision deleted":    {[]string{`delete from revisions`}, "I02"},
		"decision deleted":    {[]string{`delete from decisions where step = 1`}, "I02"},
		"event deleted":       {[]string{`delete from events where kind = 'submitted'`}, "I02"},
		"evidence deleted":    {[]string{`delete from evidence`}, "I02"},
		"custody deleted":     {[]string{`delete from custody_events`}, "I02"},
		"leaf deleted":        {[]string{`delete from log_leaves where idx = 1`}, "I01"},
		"node deleted":        {[]string{`delete from log_hashes where idx = 2`}, "I06"},
		"revision slipped in": {[]string{`insert into revisions (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, occurred_at) select prison_id, entry_id, 2, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, occurred_at from revisions`}, "I03"},
		"checkpoint deleted":  {[]string{`delete from checkpoints`}, "I07"},
		"pins":                {[]string{`update revisions set pins = '[{"field":"/x","ledger":"headcount","of":[],"value":1,"taken_at":"2026-01-01T00:00:00Z"}]'`}, "A01"},
		"proposal's reason":   {[]string{`update proposals set body = convert_to(replace(convert_from(body, 'UTF8'), '试行一年', '试行两年'), 'UTF8')`}, "A01"},
		"proposal's report":   {[]string{`update proposals set report = jsonb_set(report, '{records}', '7')`}, "A01"},
		"proposal deleted":    {[]string{`delete from proposals`}, "I02"},
		"vote deleted":        {[]string{`delete from proposal_decisions`}, "I02"},
		"vote turned":         {[]string{`update proposal_decisions set verdict = 'refuse'`}, "A01"},
		"finding's note":      {[]string{`update findings set note = '无'`}, "A01"},
		"finding deleted":     {[]string{`delete from findings`}, "I02"},
		"why an area closed":  {[]string{`update area_changes set reason = '无'`}, "A01"},
		"area closed by hand": {[]string{`update areas set closed_on = '2025-01-01' where version = 1`}, "A08"},
		"tail cut":            {[]string{fmt.Sprintf(cutTail, "log_leaves"), `delete from log_hashes where idx >= 7`, `update log_heads set size = size - 1`, `delete from checkpoints`, `delete from custody_events`}, "I04"},
	}
	for name, a := range attacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			if r := s.verify(t); len(r.Problems) > 0 || r.Rows == 0 || r.Objects == 0 {
				t.Fatalf("untouched: %+v", r)
			}
			for _, sql := range append([]string{"set session_replication_role = replica"}, a.sql...) {
				if tag, err := s.Owner.Exec(t.Context(), sql); err != nil || sql[:3] != "set" && tag.RowsAffected() == 0 {
					t.Fatalf("%s: %s %v", sql, tag, err)
				}
			}
			r := s.verify(t)
			if !slices.ContainsFunc(r.Problems, func(p integrity.Problem) bool { return p.Code == a.want && p.Nature != "" && p.Place != "" }) {
				t.Errorf("want %s: %+v", a.want, r.Problems)
			}
		})
	}
}

// asked counts how often each version of a standard is asked for.
type asked struct {
	assessment.Texts
	times map[int]int
}

func (a asked) Compiled(ctx context.Context, standard string, version int) (*scoring.Standard, error) {
	a.times[version]++
	return a.Texts.Compiled(ctx, standard, version)
}

// TestRunsAreReplayed: a kept score that its input and version do not give is named, though every digest
// and the log agree with it. One that another engine made is counted and told, and accuses nobody; a
// standard that could not be read for now accuses nobody either.
func TestRunsAreReplayed(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ses := ledger.Session{Prison: s.Prison, Person: s.Person("area head").PersonID, Scope: ledger.Everything()}
	store := postgres.Assessments{Store: s.Store}
	list, err := store.Runs(t.Context(), ses, s.Area)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	honest, err := store.Run(t.Context(), ses, list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(edit func(*assessment.Run)) string {
		t.Helper()
		r := honest
		r.ID = uuid.Must(uuid.NewV7())
		edit(&r)
		if _, err := store.AddRun(t.Context(), ses, ledger.Idem{}, r); err != nil {
			t.Fatal(err)
		}
		return r.ID.String()
	}
	keep(func(*assessment.Run) {})
	if r := s.verify(t); len(r.Problems) > 0 {
		t.Fatalf("an honest copy: %+v", r.Problems)
	}
	want := []string{
		keep(func(r *assessment.Run) {
			r.Sheet = bytes.Replace(r.Sheet, []byte(`"score":"`), []byte(`"score":"0`), 1)
		}),
		keep(func(r *assessment.Run) { r.Input = []byte("none") }),
		keep(func(r *assessment.Run) { r.Version = 99 }),
		keep(func(r *assessment.Run) { r.Digest = "sha256:" + strings.Repeat("0", 64) }),
	}
	for _, engine := range []int{scoring.Engine - 1, scoring.Engine + 1} {
		keep(func(r *assessment.Run) { r.Engine = engine })
	}
	var got []string
	r := s.verify(t)
	for _, p := range r.Problems {
		if p.Code != "A08" || !strings.HasSuffix(p.Place, " sheet") {
			t.Errorf("%+v", p)
		}
		got = append(got, strings.Fields(p.Place)[1])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2 份评分由其他版本的评分引擎得出，本次未复算"}, r.Notes); diff != "" || r.NotEvaluated != 2 {
		t.Errorf("%d of another engine, told: %s", r.NotEvaluated, diff)
	}
	once := asked{s.Standards, map[int]int{}}
	if _, err := s.verifyBy(t, func(*postgres.Store) assessment.Texts { return once }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[int]int{honest.Version: 1, 99: 1}, once.times); diff != "" {
		t.Errorf("each version is asked for once: %s", diff)
	}
	gone, err := postgres.Open(t.Context(), s.OwnerURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	out := &standards.Service{Store: postgres.Standards{Store: gone}, Now: time.Now}
	if r, err := s.verifyBy(t, func(*postgres.Store) assessment.Texts { return out }); err == nil {
		t.Errorf("with the standards out of reach: %+v", r.Problems)
	}
}

// TestTamperObject takes the bytes away under a row that names them.
func TestTamperObject(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	var key, version string
	for o, err := range s.Files.List(t.Context(), s.Prison.String()) {
		if err != nil {
			t.Fatal(err)
		}
		key, version = o.Key, o.VersionID
	}
	if err := s.Files.Remove(t.Context(), key, version); err != nil {
		t.Fatal(err)
	}
	r := s.verify(t)
	if len(r.Problems) != 1 || r.Problems[0].Code != "U01" {
		t.Errorf("%+v", r.Problems)
	}
}

// TestObjectReplaced puts other bytes in the place of the evidence, with the
// rows changed to fit: the log still knows what was filed.
func TestObjectReplaced(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	var key string
	for o, err := range s.Files.List(t.Context(), s.Prison.String()) {
		if err != nil {
			t.Fatal(err)
		}
		key = o.Key
	}
	other := housetest.Photo(9)
	version, err := s.Files.Put(t.Context(), key, bytes.NewReader(other), int64(len(other)), sha256.Sum256(other), "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"set session_replication_role = replica",
		"update evidence set size = " + strconv.Itoa(len(other)) + ", version_id = '" + version + "'", "update objects set version_id = '" + version + "'"} {
		if _, err := s.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]bool{}
	for _, p := range s.verify(t).Problems {
		found[p.Code] = true
	}
	if !found["A01"] || !found["U01"] {
		t.Errorf("found %v", found)
	}
}

// TestNoFork wants the signer to refuse a tree that is smaller or rewritten,
// even when the database agrees with itself.
func TestNoFork(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for _, sql := range []string{"set session_replication_role = replica", "delete from log_leaves where idx > 1", "delete from log_hashes where idx > 2", "update log_heads set size = 2"} {
		if _, err := s.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Store.Checkpoint(t.Context(), s.Prison, s.signer, func(integrity.Checkpoint, []byte) error { return nil })
	if !errors.Is(err, integrity.ErrFork) {
		t.Errorf("a shorter log: %v", err)
	}
}
