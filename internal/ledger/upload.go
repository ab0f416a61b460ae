package ledger

import (
	"context"
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"taizhang/internal/actor"
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
	Parts     int
	HashState []byte
	By        uuid.UUID
}

// MaxUpload is the largest file taken, in bytes; kinds have limits of their own.
const MaxUpload = 200 << 20

// NewUpload announces a file for a draft. The content decides what it is, not
// the name; the name is only shown. Faults: upload_too_large, upload_empty,
// bad_name, state_forbids.
func (s *Service) NewUpload(ctx context.Context, k Key, slot, name string, size int64, idem Idem) (Upload, error) {
	switch {
	case size > MaxUpload:
		return Upload{}, fault.New(fault.TooLarge, "upload_too_large").With("limit", MaxUpload)
	case size <= 0:
		return Upload{}, fault.New(fault.Invalid, "upload_empty")
	case !plainName(name):
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
		u = Upload{Prison: k.Prison, ID: uuid.Must(uuid.NewV7()), Entry: k.Entry, Slot: slot, Name: name, Size: size, By: actor.From(ctx).PersonID}
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

// plainName accepts what a person would call a file: no path, no control or
// direction-changing characters, at most 200 characters.
func plainName(name string) bool {
	if name == "" || utf8.RuneCountInString(name) > 200 || strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	})
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
	var u Upload
	ses := s.session(ctx, prison)
	// The row is locked while the part streams: two tabs sending the same part
	// would interleave the hash.
	err := s.Store.Write(ctx, ses, Idem{}, &u, func(tx Tx) error {
		var err error
		if u, err = s.ownUpload(ctx, tx, prison, id); err != nil {
			return err
		}
		switch {
		case offset != u.Received:
			return fault.New(fault.Conflict, "offset_mismatch").With("received", u.Received)
		case size == 0 && u.Received == u.Size:
			return nil // all is there; only finishing was cut off
		case size <= 0 || size > u.Size-u.Received:
			return fault.New(fault.Invalid, "part_size").With("received", u.Received).With("size", u.Size)
		}
		h, err := resume(u.HashState)
		if err != nil {
			return err
		}
		n := &counter{r: io.TeeReader(io.LimitReader(body, size), h)}
		if err := s.Files.PutStaging(ctx, partKey(u, u.Parts), n, size); err != nil {
			if n.n < size && !errors.As(err, new(*fault.Error)) {
				return fault.New(fault.Malformed, "part_cut_off").Because(err)
			}
			return err
		}
		fault.Point("upload.part_staged")
		if u.HashState, err = state(h); err != nil {
			return err
		}
		u.Received, u.Parts = u.Received+size, u.Parts+1
		return tx.UpdateUpload(ctx, u)
	})
	if err != nil || u.Received < u.Size {
		return u, nil, err
	}
	ev, err := s.finish(ctx, ses, u)
	return u, ev, err
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

func partKey(u Upload, n int) string {
	return u.Prison.String() + "/" + u.ID.String() + "/" + strconv.Itoa(n)
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

// finish moves the parts to where the evidence lies (bytes before rows), then
// makes the rows. It may be repeated: every step of it is the same again.
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
	parts := s.parts(ctx, u)
	version, err := s.Files.Put(ctx, ObjectKey(u.Prison, sum), parts, u.Size, sum, media.Type)
	if err = errors.Join(err, parts.Close()); err != nil {
		return nil, err
	}
	fault.Point("upload.stored")
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
		if version, err = tx.TouchObject(ctx, u.Prison, sum, version, u.Size); err != nil {
			return err
		}
		// Under the row's lock, for a sweeper may have been there between the
		// bytes and the row (Sweep); the next try brings them again.
		if there, err := s.Files.Has(ctx, ObjectKey(u.Prison, sum), version); err != nil {
			return err
		} else if !there {
			return fault.New(fault.Unavailable, "store_unavailable").Because(errors.New("the bytes were swept before their row"))
		}
		ev = Evidence{ID: u.ID, Slot: u.Slot, Name: u.Name, MediaType: media.Type, Size: u.Size, Sha256: sum, VersionID: version,
			Width: media.Width, Height: media.Height, UploadedBy: u.By, UploadedAt: tx.Now()}
		if err := tx.InsertAttachment(ctx, k, ev); err != nil {
			return err
		}
		fault.Point("upload.attached")
		return tx.DeleteUpload(ctx, u)
	})
	if err != nil {
		return nil, err
	}
	for n := range u.Parts {
		// What stays in staging is swept by age; the evidence is safe already.
		_ = s.Files.RemoveStaging(ctx, partKey(u, n))
	}
	return &ev, nil
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
		if n >= u.Parts {
			return nil, io.EOF
		}
		return s.Files.OpenStaging(ctx, partKey(u, n))
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
