package proposal

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Bench judges sample documents by files that are not published: what the
// designer's test bench asks. Nothing is stored; look-ups find no other entries.
// Faults: bad_type with every mistake of the files, and those of the door.
func (s *Service) Bench(ctx context.Context, prison uuid.UUID, c Content, samples []json.RawMessage) ([]catalog.Verdict, error) {
	if err := s.check(ctx, "create", ledger.Subject{Prison: prison, Department: s.department(c)}); err != nil {
		return nil, err
	}
	t, err := s.Catalog.Draft(c.files())
	if err != nil {
		return nil, err
	}
	env := catalog.Env{Now: s.Now(), Filler: actor.From(ctx).Number, Stage: catalog.StageSubmit}
	list := make([]catalog.Verdict, len(samples))
	for i, raw := range samples {
		doc, err := catalog.ParseDocument(raw)
		if err != nil {
			return nil, err
		}
		if list[i], err = t.Bench(doc, env); err != nil {
			return nil, benched(err)
		}
	}
	return list, nil
}

// benched says which expression a sample broke, in words of its own: that is a
// mistake of the type, and its author is the one who asks.
func benched(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return &fault.Error{Kind: fault.Invalid, Code: "bad_type", Err: err, Fields: []fault.Field{{Pointer: "ledger.json", Code: "cel",
		Text: fault.Text{ZH: "样例运行出错：" + err.Error(), EN: "A sample broke an expression: " + err.Error()}}}}
}
