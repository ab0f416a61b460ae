package inspection

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

const (
	mostPhotos  = 9    // of a look, or a finding
	photosInAll = 2000 // of a check
)

// Photo that one of the team brought to a check. It is known by its digest, which what shows it binds.
type Photo struct {
	Sha256     string    `json:"sha256"` // in hexadecimal, as what shows it says it
	MediaType  string    `json:"media_type"`
	Size       int64     `json:"size"`
	Width      int       `json:"width"`
	Height     int       `json:"height"`
	VersionID  string    `json:"-"`
	By         uuid.UUID `json:"-"`
	Again      bool      `json:"-"` // another of the team had brought the same bytes
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to the photograph, and to who brought it.
func (p Photo) Record(check uuid.UUID) (ledger.Record, error) {
	ref := check.String() + "/" + p.Sha256
	if p.Again { // the leaf of that name is the first one's
		ref += "/" + p.By.String()
	}
	return ledger.NewRecord("photo", ref, p.Salt, map[string]any{
		"check": check, "sha256": p.Sha256, "version_id": p.VersionID, "media_type": p.MediaType, "size": p.Size, "width": p.Width, "height": p.Height, "by": p.By,
	})
}

// AddPhoto brings one to an open check of the team; what one brought already is the one that is there. Faults:
// forbidden, rights_ended, check_state, photos_full, and those of ledger.Picture.
func (s *Service) AddPhoto(ctx context.Context, prison, check uuid.UUID, raw []byte, idem ledger.Idem) (Photo, error) {
	c, err := s.may(ctx, prison, check, "check", "edit")
	if err != nil {
		return Photo{}, err
	}
	if c.State != Open {
		return Photo{}, fault.New(fault.Conflict, "check_state").With("state", c.State)
	}
	m, err := ledger.Picture(raw)
	if err != nil {
		return Photo{}, err
	}
	sum := ledger.Digest(sha256.Sum256(raw))
	p := Photo{Sha256: hex.EncodeToString(sum[:]), MediaType: m.Type, Size: int64(len(raw)), Width: m.Width, Height: m.Height, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}
	// Bytes before rows: a crash leaves them to the sweeper.
	house := ledger.Session{Prison: prison, Scope: ledger.Everything()}
	b, err := ledger.Bring(ctx, s.Ledger.Files, func(fn func(ledger.Tx) error) error { return s.Ledger.Store.Write(ctx, house, ledger.Idem{}, nil, fn) },
		prison, sum, bytes.NewReader(raw), p.Size, p.MediaType)
	if err != nil {
		return Photo{}, err
	}
	return s.Store.AddPhoto(ctx, s.asked(ctx, prison), idem, check, p, func(tx ledger.Tx, c Check, brought int) (string, error) {
		if c.State != Open {
			return "", fault.New(fault.Conflict, "check_state").With("state", c.State)
		}
		if brought >= photosInAll {
			return "", fault.New(fault.Conflict, "photos_full").With("most", photosInAll)
		}
		return b.Keep(ctx, tx)
	})
}

// OpenPhoto streams one: whoever sees the check sees what its looks and findings show. Faults: not_found, forbidden.
func (s *Service) OpenPhoto(ctx context.Context, prison, check uuid.UUID, sum string) (Photo, io.ReadCloser, error) {
	if _, err := s.may(ctx, prison, check, "score", "read"); err != nil {
		return Photo{}, nil, err
	}
	list, err := s.Store.Photos(ctx, s.asked(ctx, prison), check, []string{sum})
	if err != nil {
		return Photo{}, nil, err
	}
	if len(list) == 0 {
		return Photo{}, nil, fault.New(fault.NotFound, "not_found")
	}
	p := list[0]
	raw, err := hex.DecodeString(p.Sha256)
	if err != nil {
		return p, nil, err
	}
	file, err := s.Ledger.Files.Open(ctx, ledger.ObjectKey(prison, ledger.Digest(raw)), p.VersionID, ledger.Digest(raw), p.Size)
	return p, file, err
}

// photographed refuses what whoever asks neither brought to the check nor sees there: to know a digest is
// not to have the bytes. Fault: bad_look with fields.
func (s *Service) photographed(ctx context.Context, prison, check uuid.UUID, sums []string) error {
	if len(sums) == 0 {
		return nil
	}
	if len(sums) <= mostPhotos {
		list, err := s.Store.Photos(ctx, s.asked(ctx, prison), check, sums)
		if err != nil || len(list) == len(sums) {
			return err
		}
	}
	return fault.InvalidFields("bad_look", []fault.Field{{Pointer: "/photos", Code: "invalid",
		Text: fault.Text{ZH: "照片须由本人传到本次考核，或已在其中出示，不重复，最多 9 张", EN: "Photographs that you brought to this check or that it shows, each once, at most 9"}}})
}
