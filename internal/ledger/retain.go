package ledger

import "context"

// Retain puts the files of a filed revision under lock for as long as the type
// says. It runs after commit, as a job: with a lock before it, an orphan could
// never be swept. Repeating it changes nothing.
func (s *Service) Retain(ctx context.Context, f EvidenceFiled) error {
	k := Key{Prison: f.Prison, Entry: f.Entry}
	ses := Session{Prison: f.Prison, Scope: Everything()}
	var list []Evidence
	var e Entry
	err := s.Store.Read(ctx, ses, func(r Reader) error {
		var err error
		if e, err = r.Entry(ctx, k); err != nil {
			return err
		}
		list, err = r.Evidence(ctx, k, f.Revision)
		return err
	})
	if err != nil {
		return err
	}
	t, err := s.typeOf(e)
	if err != nil {
		return err
	}
	for _, ev := range list {
		until, err := s.Files.Retain(ctx, ObjectKey(f.Prison, ev.Sha256), ev.VersionID, t.Retention.Until(ev.UploadedAt))
		if err != nil {
			return err
		}
		err = s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error { return tx.RetainObject(ctx, f.Prison, ev.Sha256, until) })
		if err != nil {
			return err
		}
	}
	return nil
}
