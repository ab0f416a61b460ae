package ledger

import (
	"context"
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Upload is a file on its way: resumable, its SHA-256 carried from part to part
// so that no byte is read twice.
type Upload struct {
	Prison    uuid.UUID
	ID        uuid.UUID
	Entry     uuid.UUID
	Slot      string
	Name      string
	Size      int64
	Received  int64
	Parts     []string // names of the staged parts, in order
	HashState []byte
	By        uuid.UUID
	// Finished uploads are kept for a day: a lost answer is asked for again.
	Finished bool
}

// MaxUpload is the largest file taken, in bytes; kinds have limits of their own.
const MaxUpload = 200 << 20

// NewUpload announces a file for a draft. The content decides what it is, not
// the name; the name is only shown. Faults: upload_too_large, upload_empty,
// bad_name, bad_slot, state_forbids.
func (s *Service) NewUpload(ctx context.Context, k Key, slot, name string, size int64, idem Idem) (Upload, error) {
	return s.NewUploadAs(ctx, k, uuid.Nil, slot, name, size, idem)
}

// NewUploadAs is NewUpload under an id that a browser gave the file while the
// network was away: its document names it already. Another fault: id_taken.
func (s *Service) NewUploadAs(ctx context.Context, k Key, id uuid.UUID, slot, name string, size int64, idem Idem) (Upload, error) {
	name, ok := PlainName(name)
	switch {
	case size > MaxUpload:
		return Upload{}, fault.New(fault.TooLarge, "upload_too_large").With("limit", MaxUpload)
	case size <= 0:
		return Upload{}, fault.New(fault.Invalid, "upload_empty")
	case !ok:
		return Upload{}, fault.New(fault.Invalid, "bad_name")
	}
	var u Upload
	err := s.Store.Write(ctx, s.session(ctx, k.Prison), idem, &u, func(tx Tx) error {
		e, err := tx.Lock(ctx, k)
		if err != nil {
			return err
		}
		if err := s.editable(ctx, tx, e); err != nil {
			return err
		}
		t, err := s.typeOf(e)
		if err != nil {
			return err
		}
		if slot != "" && !slices.ContainsFunc(t.Evidence, func(l catalog.Slot) bool { return l.ID == slot }) {
			return fault.New(fault.Invalid, "bad_slot")
		}
		u = Upload{Prison: k.Prison, ID: uuid.Must(uuid.NewV7()), Entry: k.Entry, Slot: slot, Name: name, Size: size, By: actor.From(ctx).PersonID}
		if id != uuid.Nil {
			u.ID = id
		}
		if u.HashState, err = state(sha256.New()); err != nil {
			return err
		}
		return tx.InsertUpload(ctx, u)
	})
	return u, err
}

func (s *Service) editable(ctx context.Context, r Reader, e Entry) error {
	if err := s.check(ctx, Edit, e); err != nil {
		return err
	}
	sit, err := s.look(ctx, r, e)
	if err != nil {
		return err
	}
	_, err = Next(sit, Edit)
	return err
}

// PlainName is what a person would call a file: a name of at most 200 characters
// that is no path.
func PlainName(given string) (name string, ok bool) {
	name, ok = catalog.Name(given, 200)
	return name, ok && !strings.ContainsAny(name, `/\`) && name != "." && name != ".."
}

// UploadAt says how far an upload has come, for a browser that goes on with it.
func (s *Service) UploadAt(ctx context.Context, prison, id uuid.UUID) (Upload, error) {
	var u Upload
	err := s.Store.Write(ctx, s.session(ctx, prison), Idem{}, &u, func(tx Tx) error {
		var err error
		u, err = s.ownUpload(ctx, tx, prison, id)
		return err
	})
	return u, err
}

func (s *Service) ownUpload(ctx context.Context, tx Tx, prison, id uuid.UUID) (Upload, error) {
	u, err := tx.LockUpload(ctx, prison, id)
	if err != nil {
		return Upload{}, err
	}
	if u.By != actor.From(ctx).PersonID {
		return Upload{}, fault.New(fault.NotFound, "not_found")
	}
	return u, nil
}

// PutPart takes the bytes from offset on, at most max of them. Another offset
// than what has been received is the fault offset_mismatch (the browser asks
// UploadAt and goes on from there). With the last byte the file becomes
// evidence beside the draft, which is then returned.
func (s *Service) PutPart(ctx context.Context, prison, id uuid.UUID, offset int64, body io.Reader, size int64) (Upload, *Evidence, error) {
	u, err := s.UploadAt(ctx, prison, id)
	if err != nil {
		return u, nil, err
	}
	switch {
	case u.Finished && offset == u.Size:
		ev, err := s.finished(ctx, u)
		return u, ev, err
	case offset != u.Received:
		return u, nil, offsetMismatch(u)
	case size == 0 && u.Received == u.Size: // all is there; only finishing was cut off
	case size <= 0 || size > u.Size-u.Received:
		return u, nil, fault.New(fault.Invalid, "part_size").With("received", u.Received).With("size", u.Size)
	default:
		if u, err = s.takePart(ctx, u, body, size); err != nil || u.Received < u.Size {
			return u, nil, err
		}
	}
	ev, err := s.finish(ctx, s.session(ctx, prison), u)
	return u, ev, err
}

func offsetMismatch(u Upload) error {
	return fault.New(fault.Conflict, "offset_mismatch").With("received", u.Received)
}

// takePart streams the part first, under a name of its own, and only then locks
// the row: a slow line must hold neither a lock nor a connection. Of two tabs
// sending the same part the second finds that the row has moved on; what it
// staged is swept.
func (s *Service) takePart(ctx context.Context, u Upload, body io.Reader, size int64) (Upload, error) {
	h, err := resume(u.HashState)
	if err != nil {
		return u, err
	}
	name := uuid.NewString()
	n := &counter{r: io.TeeReader(io.LimitReader(body, size), h)}
	if err := s.Files.PutStaging(ctx, partKey(u, name), n, size); err != nil {
		if n.n < size && !errors.As(err, new(*fault.Error)) {
			return u, fault.New(fault.Malformed, "part_cut_off").Because(err)
		}
		return u, err
	}
	fault.Point("upload.part_staged")
	var now Upload
	err = s.Store.Write(ctx, s.session(ctx, u.Prison), Idem{}, &now, func(tx Tx) error {
		var err error
		if now, err = s.ownUpload(ctx, tx, u.Prison, u.ID); err != nil {
			return err
		}
		if now.Received != u.Received {
			return offsetMismatch(now)
		}
		if now.HashState, err = state(h); err != nil {
			return err
		}
		now.Received, now.Parts = now.Received+size, append(now.Parts, name)
		return tx.UpdateUpload(ctx, now)
	})
	return now, err
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func partKey(u Upload, name string) string {
	// Flat: the private store loses a put beside the removal that empties its folder.
	return u.Prison.String() + "." + u.ID.String() + "." + name
}

func state(h hash.Hash) ([]byte, error) {
	b, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("hash state: %w", err)
	}
	return b, nil
}

func resume(b []byte) (hash.Hash, error) {
	h := sha256.New()
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(b); err != nil {
		return nil, fmt.Errorf("hash state: %w", err)
	}
	return h, nil
}

// finish moves the parts to where the evidence lies, then makes the rows: bytes
// before rows, both while the key is held, so that no sweeper comes between.
// It may be repeated: every step of it is the same again.
func (s *Service) finish(ctx context.Context, ses Session, u Upload) (*Evidence, error) {
	h, err := resume(u.HashState)
	if err != nil {
		return nil, err
	}
	sum := Digest(h.Sum(nil))
	media, err := s.inspect(ctx, u)
	if err != nil {
		return nil, err
	}
	var ev Evidence
	err = s.Store.Write(ctx, ses, Idem{}, &ev, func(tx Tx) error {
		k := Key{Prison: u.Prison, Entry: u.Entry}
		e, err := tx.Lock(ctx, k)
		if err != nil {
			return err
		}
		if _, err := s.ownUpload(ctx, tx, u.Prison, u.ID); err != nil {
			return err
		}
		if err := s.editable(ctx, tx, e); err != nil {
			return err
		}
		version, err := s.keep(ctx, tx, u, sum, media)
		if err != nil {
			return err
		}
		ev = Evidence{ID: u.ID, Slot: u.Slot, Name: u.Name, MediaType: media.Type, Size: u.Size, Sha256: sum, VersionID: version,
			Width: media.Width, Height: media.Height, UploadedBy: u.By, UploadedAt: tx.Now()}
		if err := tx.InsertAttachment(ctx, k, ev); err != nil {
			return err
		}
		fault.Point("upload.attached")
		u.Finished = true
		return tx.UpdateUpload(ctx, u)
	})
	if err != nil {
		return nil, err
	}
	for _, name := range u.Parts {
		// What stays in staging is swept by age; the evidence is safe already.
		_ = s.Files.RemoveStaging(ctx, partKey(u, name))
	}
	return &ev, nil
}

// keep brings the bytes to their key unless they lie there already.
func (s *Service) keep(ctx context.Context, tx Tx, u Upload, sum Digest, media Media) (version string, err error) {
	key := ObjectKey(u.Prison, sum)
	row, err := tx.LockKey(ctx, u.Prison, sum)
	if err != nil {
		return "", err
	}
	there := false
	if row.VersionID != "" {
		if there, err = s.Files.Has(ctx, key, row.VersionID); err != nil {
			return "", err
		}
	}
	if version = row.VersionID; !there {
		parts := s.parts(ctx, u)
		version, err = s.Files.Put(ctx, key, parts, u.Size, sum, media.Type)
		if err = errors.Join(err, parts.Close()); err != nil {
			return "", err
		}
		fault.Point("upload.stored")
	}
	return version, tx.TouchObject(ctx, u.Prison, sum, version, u.Size)
}

// finished returns the evidence an upload became.
func (s *Service) finished(ctx context.Context, u Upload) (*Evidence, error) {
	var ev *Evidence
	err := s.Store.Read(ctx, s.session(ctx, u.Prison), func(r Reader) error {
		list, err := r.Evidence(ctx, Key{Prison: u.Prison, Entry: u.Entry}, 0)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(e Evidence) bool { return e.ID == u.ID })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found") // taken off since
		}
		ev = &list[i]
		return nil
	})
	return ev, err
}

// Detach takes a file off a draft. Revisions that rest on it keep it.
func (s *Service) Detach(ctx context.Context, k Key, id uuid.UUID, idem Idem) error {
	var done struct{}
	return s.Store.Write(ctx, s.session(ctx, k.Prison), idem, &done, func(tx Tx) error {
		e, err := tx.Lock(ctx, k)
		if err != nil {
			return err
		}
		if err := s.editable(ctx, tx, e); err != nil {
			return err
		}
		return tx.DeleteAttachment(ctx, k, id)
	})
}

// parts reads the staged parts one after the other.
func (s *Service) parts(ctx context.Context, u Upload) io.ReadCloser {
	return &partReader{open: func(n int) (io.ReadCloser, error) {
		if n >= len(u.Parts) {
			return nil, io.EOF
		}
		return s.Files.OpenStaging(ctx, partKey(u, u.Parts[n]))
	}}
}

type partReader struct {
	open func(int) (io.ReadCloser, error)
	next int
	cur  io.ReadCloser
}

func (p *partReader) Read(b []byte) (int, error) {
	for {
		if p.cur == nil {
			var err error
			if p.cur, err = p.open(p.next); err != nil {
				return 0, err
			}
			p.next++
		}
		n, err := p.cur.Read(b)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		err = p.cur.Close()
		p.cur = nil
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (p *partReader) Close() error {
	if p.cur == nil {
		return nil
	}
	return p.cur.Close()
}
