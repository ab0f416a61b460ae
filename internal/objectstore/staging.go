package objectstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/minio/minio-go/v7"

	"taizhang/internal/ledger"
)

// partSize is the memory an upload of unknown length takes; S3 allows 10,000
// parts of at least 5 MiB.
const partSize = 8 << 20

// PutStaging stores an upload in progress, replacing a former one of the key.
// size -1 means unknown: memory stays at one part. On any error nothing is
// stored; an error of r itself is returned as it is, wrapped.
func (s *Store) PutStaging(ctx context.Context, key string, r io.Reader, size int64) error {
	src := &noting{r: r}
	var err error
	if size >= 0 && size <= MaxSize {
		// Signed chunks, since the hash is not known yet: without, versitygw takes
		// an upload that was cut off for the whole. For none at all see Put.
		_, err = s.core.PutObject(ctx, s.staging, key, onlyReader{src}, size, "", "",
			minio.PutObjectOptions{DisableContentSha256: size == 0})
	} else {
		err = s.putParts(ctx, key, src)
	}
	if src.err != nil {
		return fmt.Errorf("object store: read the upload: %w", src.err)
	}
	return classify("stage", err)
}

func (s *Store) putParts(ctx context.Context, key string, r io.Reader) (err error) {
	upload, err := s.core.NewMultipartUpload(ctx, s.staging, key, minio.PutObjectOptions{})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// Also when ctx is why it failed: parts left behind cost room for ever.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerLimit)
			defer cancel()
			_ = s.core.AbortMultipartUpload(ctx, s.staging, key, upload)
		}
	}()
	var parts []minio.CompletePart
	buf := make([]byte, partSize)
	for number := 1; ; number++ {
		n, readErr := io.ReadFull(r, buf)
		if readErr != nil && readErr != io.EOF && readErr != io.ErrUnexpectedEOF {
			return readErr
		}
		if n == 0 && number > 1 {
			break
		}
		sum := sha256.Sum256(buf[:n])
		part, err := s.core.PutObjectPart(ctx, s.staging, key, upload, number, bytes.NewReader(buf[:n]), int64(n),
			minio.PutObjectPartOptions{Sha256Hex: hex.EncodeToString(sum[:]), DisableContentSha256: true})
		if err != nil {
			return err
		}
		parts = append(parts, minio.CompletePart{PartNumber: number, ETag: part.ETag})
		if readErr != nil {
			break
		}
	}
	_, err = s.core.CompleteMultipartUpload(ctx, s.staging, key, upload, parts, minio.PutObjectOptions{})
	return err
}

// OpenStaging reads a staged upload; NotFound `object_missing` without one.
func (s *Store) OpenStaging(ctx context.Context, key string) (io.ReadCloser, error) {
	body, _, _, err := s.core.GetObject(ctx, s.staging, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, classify("open staged", err)
	}
	return body, nil
}

// RemoveStaging drops a staged upload; one that is not there is no error.
func (s *Store) RemoveStaging(ctx context.Context, key string) error {
	err := s.core.RemoveObject(ctx, s.staging, key, minio.RemoveObjectOptions{})
	if isMissing(err) {
		return nil
	}
	return classify("remove staged", err)
}

// List yields every version under prefix, delete markers left out. After an
// error nothing follows.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[ledger.StoredObject, error] {
	return s.list(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true, WithVersions: true})
}

// ListStaging yields the staged uploads under prefix, for the sweeper.
func (s *Store) ListStaging(ctx context.Context, prefix string) iter.Seq2[ledger.StoredObject, error] {
	return s.list(ctx, s.staging, minio.ListObjectsOptions{Prefix: prefix, Recursive: true})
}

func (s *Store) list(ctx context.Context, bucket string, o minio.ListObjectsOptions) iter.Seq2[ledger.StoredObject, error] {
	return func(yield func(ledger.StoredObject, error) bool) {
		for info := range s.core.ListObjectsIter(ctx, bucket, o) {
			if info.Err != nil {
				yield(ledger.StoredObject{}, classify("list", info.Err))
				return
			}
			if info.IsDeleteMarker {
				continue
			}
			if !yield(ledger.StoredObject{Key: info.Key, VersionID: info.VersionID, Size: info.Size, Modified: info.LastModified}, nil) {
				return
			}
		}
	}
}

// noting remembers the error of an upload's source, to tell it from the store's.
type noting struct {
	r   io.Reader
	err error
}

func (n *noting) Read(p []byte) (int, error) {
	k, err := n.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	return k, err
}
