package housetest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/access"
	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/policies"
)

// losing is an object store that is lost after so many files.
type losing struct {
	exchange.Files
	left int
}

func (l *losing) PutStaging(ctx context.Context, key string, r io.Reader, size int64) error {
	if l.left--; l.left < 0 {
		return errors.New("connection refused")
	}
	return l.Files.PutStaging(ctx, key, r, size)
}

// manySearches are in the house, more than two pages of them.
func manySearches(t *testing.T, h *housetest.House) {
	t.Helper()
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", searches(h, 430, func(int) bool { return false }))))
	if i = through(t, h, "officer", begin(t, h, "officer", i)); i.Written != 430 {
		t.Fatalf("%+v", i)
	}
}

func partsNow(t *testing.T, h *housetest.House, e exchange.Export) []string {
	t.Helper()
	return strings.Fields(ask(t, h, "select array_to_string(parts, ' ') from exports where export_id = $1", e.ID))
}

// TestExportGoesOn: a text whose object store was lost goes on behind what is kept,
// and is what it would have been; once another version or other rights say what its
// rows hold, or a part is gone, it begins anew. Nothing of it is left lying about.
func TestExportGoesOn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	manySearches(t, h)
	ctx := h.As(t.Context(), "officer")
	begun := func(format string, pages int) exchange.Export {
		t.Helper()
		e, err := h.Exchange.Ask(ctx, exchange.Export{Prison: h.Prison, Ledger: "cell-body-search", Format: format}, ledger.Idem{Key: uuid.NewString(), Route: "test"})
		if err != nil {
			t.Fatal(err)
		}
		lost := *h.Exchange
		lost.Files = &losing{h.Files, pages}
		if _, err := lost.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err == nil {
			t.Fatal("it noticed nothing")
		}
		return e
	}
	through := func(e exchange.Export) (exchange.Export, string) {
		t.Helper()
		if _, err := h.Exchange.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err != nil {
			t.Fatal(err)
		}
		e, raw := fetched(t, h, "officer", e)
		if e.Rows != 430 || e.Total != 430 {
			t.Errorf("%d rows of %d", e.Rows, e.Total)
		}
		return e, string(raw)
	}
	for _, format := range exchange.Formats[1:] {
		_, whole := fetched(t, h, "officer", askExport(t, h, "officer", exchange.Export{Ledger: "cell-body-search", Format: format}))
		e := begun(format, 2)
		if n := len(partsNow(t, h, e)); n != 2 {
			t.Fatalf("%s: %d parts are kept", format, n)
		}
		// Enough for the last page and the file itself, not for what is kept.
		thrifty := *h.Exchange
		thrifty.Files = &losing{h.Files, 2}
		if _, err := thrifty.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err != nil {
			t.Errorf("%s does again what is kept: %v", format, err)
		}
		if _, raw := through(e); raw != string(whole) {
			t.Errorf("%s: %d bytes, not interrupted %d", format, len(raw), len(whole))
		}
	}

	// A part that is gone is found when they are joined; then all is made again.
	e := begun("csv-utf8-bom", 3)
	if err := h.Files.RemoveStaging(t.Context(), "exports/"+h.Prison.String()+"/"+e.ID.String()+".part-"+partsNow(t, h, e)[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Exchange.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err == nil || len(partsNow(t, h, e)) != 0 {
		t.Errorf("with a part gone: %v", err)
	}
	through(e)

	// Other rights.
	e = begun("csv-utf8-bom", 1)
	first, actorOf := partsNow(t, h, e), h.Exchange.Actor
	h.Exchange.Actor = func(ctx context.Context, person uuid.UUID) (actor.Actor, error) {
		a, err := actorOf(ctx, person)
		a.Postings = append(slices.Clone(a.Postings), actor.Posting{Role: actor.Medic, PrisonID: h.Prison, AreaID: h.Area})
		return a, err
	}
	lost := *h.Exchange
	lost.Files = &losing{h.Files, 1}
	if _, err := lost.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err == nil {
		t.Error("it noticed nothing")
	}
	if now := partsNow(t, h, e); len(now) != 1 || now[0] == first[0] {
		t.Errorf("under other rights: %v, then %v", first, now)
	}
	through(e)

	// Another version.
	e = begun("csv-utf8-bom", 2)
	publish(t, h, otherBasis(t, h, "cell-body-search"))
	_, raw := through(e)
	if _, whole := fetched(t, h, "officer", askExport(t, h, "officer", exchange.Export{Ledger: "cell-body-search", Format: "csv-utf8-bom"})); raw != string(whole) {
		t.Errorf("over two versions: %d bytes, not interrupted %d", len(raw), len(whole))
	}
	begun("csv-utf8-bom", 2) // is left for good
	exec(t, h, "update exports set created_at = now() - interval '8 days', state = 'failed' where state = 'writing'")
	if err := h.Exchange.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	for part, err := range h.Files.ListStaging(t.Context(), "exports/"+h.Prison.String()) {
		if err != nil || strings.Contains(part.Key, ".part-") {
			t.Errorf("left behind: %s %v", part.Key, err)
		}
	}
}

// TestExportGround: what was made by another build or policy, by other readers of fields,
// or under a grant that has begun since, is in no file with what is made now, be it
// that the export was cut off in between or not.
func TestExportGround(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	manySearches(t, h)
	actorOf, began := h.Exchange.Actor, time.Now()
	h.Exchange.Actor = func(ctx context.Context, person uuid.UUID) (actor.Actor, error) {
		a, err := actorOf(ctx, person)
		a.Postings = append(slices.Clone(a.Postings), actor.Posting{Role: actor.Inspector})
		a.Grants = []actor.Grant{{PrisonID: h.Prison, Areas: []uuid.UUID{h.Other}, From: began.Add(time.Hour), To: began.Add(3 * time.Hour)}}
		return a, err
	}
	readings := files(t)
	readings.MapFS["reserved.json"].Data = bytes.ReplaceAll(readings.MapFS["reserved.json"].Data, []byte(`, "score_summary"`), nil)
	fewer, err := catalog.Load(readings)
	if err != nil {
		t.Fatal(err)
	}
	line, err := fs.ReadFile(policies.FS, "policy.csv")
	if err != nil {
		t.Fatal(err)
	}
	written := fstest.MapFS{"policy.csv": {Data: append(line, "p, r:medic, own_area, psychological, read, allow\n"...)}}
	for _, name := range []string{"model.conf", "owners.csv"} {
		raw, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		written[name] = &fstest.MapFile{Data: raw}
	}
	more, err := access.Load(written, h.Catalog.IDs())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*exchange.Service){
		"the build":                   func(s *exchange.Service) { s.Build = "another" },
		"the policy":                  func(s *exchange.Service) { s.Access = more },
		"what is reserved":            func(s *exchange.Service) { s.Catalog = fewer },
		"a grant that has just begun": func(s *exchange.Service) { s.Now = func() time.Time { return began.Add(2 * time.Hour) } },
	} {
		t.Run(name, func(t *testing.T) {
			e, err := h.Exchange.Ask(h.As(t.Context(), "officer"), exchange.Export{Prison: h.Prison, Ledger: "cell-body-search", Format: "csv-utf8-bom"}, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			run := func(s *exchange.Service, files exchange.Files) error {
				with := *s
				with.Files = files
				_, err := with.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true})
				return err
			}
			if run(h.Exchange, &losing{h.Files, 1}) == nil {
				t.Fatal("it noticed nothing")
			}
			first, changed := partsNow(t, h, e), *h.Exchange
			change(&changed)
			if run(&changed, &losing{h.Files, 1}) == nil {
				t.Fatal("it noticed nothing")
			}
			now := partsNow(t, h, e)
			if len(first) != 1 || len(now) != 1 || now[0] == first[0] {
				t.Fatalf("%v, then %v", first, now)
			}
			// Changed back while a run is at work, it stops; the next begins anew.
			other := changed
			other.Files = &midway{Files: h.Files, at: func() { other = *h.Exchange }}
			if _, err := other.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err == nil {
				t.Error("two grounds in one file")
			}
			if err := run(h.Exchange, h.Files); err != nil {
				t.Fatal(err)
			}
			if e, _ = fetched(t, h, "officer", e); e.Rows != 430 {
				t.Errorf("%d rows", e.Rows)
			}
		})
	}
}

// midway does something after the first file.
type midway struct {
	exchange.Files
	at   func()
	once sync.Once
}

func (c *midway) PutStaging(ctx context.Context, key string, r io.Reader, size int64) error {
	err := c.Files.PutStaging(ctx, key, r, size)
	c.once.Do(c.at)
	return err
}

// TestExportAtOnce: of several jobs that go on with one text, whoever is first makes
// each part, and the file is whole.
func TestExportAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	manySearches(t, h)
	_, whole := fetched(t, h, "officer", askExport(t, h, "officer", exchange.Export{Ledger: "cell-body-search", Format: "csv-gb18030"}))
	e, err := h.Exchange.Ask(h.As(t.Context(), "officer"), exchange.Export{Prison: h.Prison, Ledger: "cell-body-search", Format: "csv-gb18030"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	start := make(chan struct{})
	for range 4 {
		all.Go(func() {
			<-start
			if _, err := h.Exchange.Run(context.WithoutCancel(t.Context()), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
	e, raw := fetched(t, h, "officer", e)
	if !bytes.Equal(raw, whole) || e.Rows != 430 {
		t.Errorf("%d rows, %d bytes, want %d", e.Rows, len(raw), len(whole))
	}
	if n := ask(t, h, "select count(*)::text from custody_events where kind = 'export' and subject = $1", e.ID.String()); n != "1" {
		t.Errorf("brought out %s times", n)
	}
}
