package ledger

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// judge asks a type about a document, in the world its rules ask for. Look-ups run in the same
// transaction and see the whole prison, whoever asks.
//
// A look-up that failed is no mistake of the document: judge returns it.
func judge(ctx context.Context, r Reader, e Entry, t *catalog.Type, doc catalog.Document, filler string, now time.Time, stage catalog.Stage) (catalog.Result, error) {
	var lost error
	res := t.Validate(doc, catalog.Env{
		Now: now, Filler: filler, Stage: stage,
		Lookup: func(ledger string, members map[string]any) ([]json.RawMessage, error) {
			list, err := others(ctx, r, e, t, ledger, members)
			if err != nil {
				lost = err
			}
			return list, err
		},
	})
	if lost == nil && stage == catalog.StageSubmit {
		lost = strangers(ctx, r, e, t, &res)
	}
	return res, lost
}

// others answers one look-up; about a ledger of a higher level only of an inmate of the
// entry's area, as shared fields are taken (ofArea).
func others(ctx context.Context, r Reader, e Entry, t *catalog.Type, ledger string, members map[string]any) ([]json.RawMessage, error) {
	if t.Above(ledger) {
		number, _ := members[catalog.InmateField].(string)
		known, err := r.Whereabouts(ctx, e.Prison, inmates(number))
		if err != nil || !known.held(e.Area, true, number) {
			return nil, err
		}
	}
	return r.Others(ctx, e.Key, ledger, members)
}

// Check says what would happen to a document if it were submitted now: the one
// implementation of the rules, asked by the form. It changes nothing.
func (s *Service) Check(ctx context.Context, k Key, body json.RawMessage) (catalog.Result, error) {
	doc, err := catalog.ParseDocument(body)
	if err != nil {
		return catalog.Result{}, err
	}
	var res catalog.Result
	err = s.Store.Read(ctx, s.session(ctx, k.Prison), func(r Reader) error {
		e, err := r.Entry(ctx, k)
		if err != nil {
			return err
		}
		if err := s.check(ctx, "read", e); err != nil {
			return err
		}
		// What a document would take from others is told to who fills it, not to who reads it.
		if err := s.check(ctx, Edit, e); err != nil && s.check(ctx, Diverge, e) != nil {
			return err
		}
		t, err := s.typeOf(e)
		if err != nil {
			return err
		}
		d, err := r.Draft(ctx, k)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		pins, _, err := repinned(ctx, looking{r, s.Now()}, t, e, d, doc)
		if err != nil {
			return err
		}
		if doc, err = pinned(t, doc, d.Pins, pins); err != nil {
			return err
		}
		if res, err = judge(ctx, r, e, t, doc, actor.From(ctx).Number, s.Now(), catalog.StageSubmit); err != nil {
			return err
		}
		attached, err := r.Evidence(ctx, k, 0)
		if err != nil {
			return err
		}
		missing, err := lacking(t, res.Document, attached)
		if err != nil {
			return err
		}
		untimely, err := s.untimely(ctx, looking{r, s.Now()}, e, t, res.Document)
		res.Errors = append(append(res.Errors, missing...), untimely...)
		return err
	})
	return res, err
}

// lacking says which evidence the type asks for is not there, and which fields
// name a file that is not attached.
func lacking(t *catalog.Type, doc catalog.Document, attached []Evidence) ([]fault.Field, error) {
	needs, err := t.EvidenceNeeds(doc)
	if err != nil {
		return nil, err
	}
	var fields []fault.Field
	for _, n := range needs {
		have := 0
		for _, a := range attached {
			if a.Slot == n.ID && fits(n.Kinds, a.MediaType) {
				have++
			}
		}
		switch {
		case have < n.Min:
			fields = append(fields, fault.Field{Pointer: "/@evidence/" + n.ID, Code: "evidence_missing", Text: fault.Text{
				ZH: "“" + n.Title.ZH + "”还需上传 " + strconv.Itoa(n.Min-have) + " 个文件",
				EN: n.Title.In("en") + ": " + strconv.Itoa(n.Min-have) + " more file(s) to upload"}})
		case n.Max > 0 && have > n.Max:
			fields = append(fields, fault.Field{Pointer: "/@evidence/" + n.ID, Code: "evidence_too_many", Text: fault.Text{
				ZH: "“" + n.Title.ZH + "”最多 " + strconv.Itoa(n.Max) + " 个文件，请移除多余的",
				EN: n.Title.In("en") + ": at most " + strconv.Itoa(n.Max) + " files; remove the others"}})
		}
	}
	ids := make(map[uuid.UUID]bool, len(attached))
	for _, a := range attached {
		ids[a.ID] = true
	}
	for _, ref := range t.EvidenceRefs(doc) {
		if id, err := uuid.Parse(ref.ID); err != nil || !ids[id] {
			fields = append(fields, fault.Field{Pointer: ref.Pointer, Code: "evidence_missing", Text: fault.Text{
				ZH: "引用的文件没有上传到本条目，请重新上传", EN: "The file named here is not attached; upload it again"}})
		}
	}
	return fields, nil
}

// fits reports whether a media type is of one of the kinds (image, pdf, any).
func fits(kinds []string, mediaType string) bool {
	for _, k := range kinds {
		switch {
		case k == "any", k == "pdf" && mediaType == "application/pdf", k == "image" && strings.HasPrefix(mediaType, "image/"):
			return true
		}
	}
	return len(kinds) == 0
}
