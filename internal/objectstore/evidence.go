package objectstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/minio/minio-go/v7"

	"taizhang/internal/fault"
)

// MaxSize is the largest object S3 takes in one piece.
const MaxSize = 5 << 30

// Put stores size bytes of r, whose hash is known, as a new version of key,
// and returns that version only after reading it back and comparing. Bytes
// that are not what was announced give the fault Invalid `hash_mismatch`;
// a store that returns others than it took, Unavailable `evidence_damaged`.
// The same key may be put again: another version of the same bytes.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte, contentType string) (versionID string, err error) {
	if size < 0 || size > MaxSize {
		return "", fault.New(fault.TooLarge, "file_too_large").With("limit", int64(MaxSize))
	}
	// DisableContentSha256 turns off minio-go's signed chunks, not the hash: given
	// one, the request is signed over it and the server checks it. Chunks would
	// ignore it, and of an empty body versitygw leaves their frame unread on the
	// connection, where it spoils the next request.
	// Checked on this side too: of a wrong hash the two servers say different things.
	src := newVerifier(r, size, sum)
	info, err := s.core.PutObject(ctx, s.bucket, key, onlyReader{src}, size, "", hex.EncodeToString(sum[:]),
		minio.PutObjectOptions{ContentType: contentType, DisableContentSha256: true})
	if src.err != nil {
		if errors.Is(src.err, errDiffers) {
			return "", fault.New(fault.Invalid, "hash_mismatch").Because(src.err)
		}
		return "", fmt.Errorf("object store: read what to put: %w", src.err)
	}
	if err != nil {
		return "", classify("put", err)
	}
	if info.VersionID == "" {
		return "", fmt.Errorf("object store: bucket %s gave no version", s.bucket)
	}
	back, err := s.Open(ctx, key, info.VersionID, sum, size)
	if err != nil {
		return "", err
	}
	defer back.Close()
	if _, err := io.Copy(io.Discard, back); err != nil {
		if fault.CodeOf(err) == codeDamaged {
			return "", fault.New(fault.Unavailable, codeDamaged).Because(err)
		}
		return "", err
	}
	return info.VersionID, nil
}

const codeDamaged = "evidence_damaged"

// Open reads one version of key. A newer version or a delete marker over it is
// not seen. The reader ends with the fault Conflict `evidence_damaged` in place
// of io.EOF when the bytes are not those of sum and size; with
// `store_unavailable` when the store went away. A version that is not there is
// NotFound `object_missing`.
func (s *Store) Open(ctx context.Context, key, versionID string, sum [32]byte, size int64) (io.ReadCloser, error) {
	if versionID == "" {
		return nil, errors.New("object store: open without a version")
	}
	body, _, _, err := s.core.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{VersionID: versionID})
	if err != nil {
		return nil, classify("open", err)
	}
	return &checkedBody{verifier: newVerifier(body, size, sum), body: body}, nil
}

// Has says whether a version is there.
func (s *Store) Has(ctx context.Context, key, versionID string) (bool, error) {
	_, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{VersionID: versionID})
	if isMissing(err) {
		return false, nil
	}
	return err == nil, classify("look", err)
}

// Remove deletes one version for good. A version under retention stays and
// gives the fault Conflict `evidence_locked`; one that is not there is no error.
func (s *Store) Remove(ctx context.Context, key, versionID string) error {
	// Without a version S3 would put a delete marker and keep the bytes.
	if versionID == "" {
		return errors.New("object store: remove without a version")
	}
	err := s.core.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{VersionID: versionID})
	if err == nil || isMissing(err) {
		return nil
	}
	if until, e := s.Retention(ctx, key, versionID); e == nil && until.After(time.Now()) {
		return fault.New(fault.Conflict, "evidence_locked").With("until", until).Because(err)
	}
	return classify("remove", err)
}

// onlyReader hides everything but Read, so that minio-go does not rewind and
// send again what has been hashed once.
type onlyReader struct{ io.Reader }

var errDiffers = errors.New("bytes differ from their hash")

// verifier passes bytes through and replaces io.EOF by errDiffers when they
// were not the expected ones.
type verifier struct {
	r    io.Reader
	h    hash.Hash
	left int64
	want [32]byte
	err  error // the first error but io.EOF
}

func newVerifier(r io.Reader, size int64, want [32]byte) *verifier {
	return &verifier{r: r, h: sha256.New(), left: size, want: want}
}

func (v *verifier) Read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	n, err := v.r.Read(p)
	v.h.Write(p[:n])
	v.left -= int64(n)
	switch {
	case v.left < 0:
		v.err = fmt.Errorf("%w: longer than announced", errDiffers)
		return 0, v.err
	case errors.Is(err, io.EOF) && v.left > 0:
		v.err = fmt.Errorf("%w: %d bytes short", errDiffers, v.left)
		return n, v.err
	// Looked at with the last byte, not only at EOF: who sends a known length
	// stops reading there.
	case v.left == 0 && [32]byte(v.h.Sum(nil)) != v.want:
		v.err = errDiffers
		return 0, v.err
	case err != nil && !errors.Is(err, io.EOF):
		v.err = err
	}
	return n, err
}

// checkedBody is a verifier over an answer of the store.
type checkedBody struct {
	*verifier
	body io.Closer
}

func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.verifier.Read(p)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	// A connection cut short says so itself; only a complete answer is damaged.
	case errors.Is(err, errDiffers):
		return n, fault.New(fault.Conflict, codeDamaged).Because(err)
	default:
		return n, classify("read", err)
	}
}

func (b *checkedBody) Close() error { return b.body.Close() }
