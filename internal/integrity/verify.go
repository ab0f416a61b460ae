package integrity

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is a stored row of the log.
type Leaf struct {
	Index         int64
	Kind, Ref     string
	Meta          []byte
	ContentDigest []byte
	Hash          []byte
	RecordedAt    time.Time
}

// Row is a row of an append-only table as the verifier re-reads it. Digest is
// worked out anew from its columns and salt.
type Row struct {
	Table, Kind, Ref string
	Digest           [32]byte
	RecordedAt       time.Time
	// Wrong names a column that contradicts another of the same row, "" if none.
	Wrong string
	// NotEvaluated says that it is a score of another engine than ours, which cannot be worked out anew here.
	NotEvaluated bool
}

// Object is evidence to be read again.
type Object struct {
	Ref, Key, Version, Sha256 string
	Size                      int64
}

// Source is what verification reads, all in one snapshot.
type Source interface {
	// Leaves in the order of their index.
	Leaves(ctx context.Context, prison uuid.UUID) iter.Seq2[Leaf, error]
	// Hashes are the stored hashes of the tree, in the order of their index.
	Hashes(ctx context.Context, prison uuid.UUID) iter.Seq2[tlog.Hash, error]
	// Size is what the head says.
	Size(ctx context.Context, prison uuid.UUID) (int64, error)
	// Rows of every append-only table.
	Rows(ctx context.Context, prison uuid.UUID) iter.Seq2[Row, error]
	// Checkpoints kept in the database, as signed notes.
	Checkpoints(ctx context.Context, prison uuid.UUID) ([][]byte, error)
	// Objects that evidence rests on; nil where they are not to be read.
	Objects(ctx context.Context, prison uuid.UUID) iter.Seq2[Object, error]
	// CheckObject reads one object's version and compares its hash.
	CheckObject(ctx context.Context, o Object) error
}

// Problem is one thing that does not hold.
type Problem struct {
	Code   string    `json:"code"`
	Nature string    `json:"nature"` // 真实性 完整性 可用性 安全性
	Text   string    `json:"text"`
	Prison uuid.UUID `json:"prison"`
	Place  string    `json:"place"` // table, reference, index
}

// The numbered codes by the four properties (四性, DA/T 70-2018).
var codes = map[string]struct{ nature, zh string }{
	"A01": {"真实性", "记录内容与日志不符"},
	"A02": {"真实性", "日志条目的哈希不符"},
	"A03": {"真实性", "哈希树节点不符"},
	"A04": {"真实性", "检查点签名无效"},
	"A05": {"真实性", "日志与已签检查点不一致"},
	"A06": {"真实性", "日志时间倒退"},
	"A07": {"真实性", "记录时间与日志不符"},
	"A08": {"真实性", "同一行的列互相矛盾"},
	"I01": {"完整性", "日志缺号"},
	"I02": {"完整性", "日志所记的记录不存在"},
	"I03": {"完整性", "记录未在日志中"},
	"I04": {"完整性", "日志短于检查点"},
	"I05": {"完整性", "日志头与条目数不符"},
	"I06": {"完整性", "哈希树节点缺失或多余"},
	"I07": {"完整性", "已签检查点的记录缺失"},
	"U01": {"可用性", "佐证文件缺失或与登记不符"},
}

// Report of a verification.
type Report struct {
	Prison   uuid.UUID `json:"prison"`
	Leaves   int64     `json:"leaves"`
	Rows     int64     `json:"rows"`
	Objects  int64     `json:"objects"`
	Anchored bool      `json:"anchored"` // a checkpoint from outside the database was compared
	Problems []Problem `json:"problems"`
	// NotEvaluated are the scores of another engine. They are compared with the log as every row is, and accused of nothing.
	NotEvaluated int64    `json:"not_evaluated,omitempty"`
	Notes        []string `json:"notes,omitempty"` // what was left out, in words
}

const maxProblems = 1000

func (r *Report) add(code, place string, args ...any) {
	if len(r.Problems) < maxProblems {
		c := codes[code]
		r.Problems = append(r.Problems, Problem{Code: code, Nature: c.nature, Text: c.zh, Prison: r.Prison, Place: fmt.Sprintf(place, args...)})
	}
}

type expected struct {
	digest [32]byte
	at     string
	index  int64
	seen   bool
}

// Verify re-reads everything of a prison. anchors are checkpoints from outside
// the database; without any, the log is only shown to agree with itself.
func Verify(ctx context.Context, s Source, prison uuid.UUID, v note.Verifier, anchors [][]byte) (*Report, error) {
	r := &Report{Prison: prison, Anchored: len(anchors) > 0, Problems: []Problem{}}
	tree, leaves, err := r.log(ctx, s)
	if err != nil {
		return r, err
	}
	if err := r.nodes(ctx, s, tree); err != nil {
		return r, err
	}
	kept, err := s.Checkpoints(ctx, prison)
	if err != nil {
		return r, err
	}
	for _, signed := range append(kept, anchors...) {
		r.anchor(signed, v, tree)
	}
	for _, signed := range anchors {
		if !slices.ContainsFunc(kept, func(k []byte) bool { return string(k) == string(signed) }) {
			r.add("I07", "checkpoint %.60q", signed)
		}
	}
	if err := r.rows(ctx, s, leaves); err != nil {
		return r, err
	}
	return r, r.objects(ctx, s)
}

// stored is the tree worked out anew, in memory.
type stored []tlog.Hash

func (t stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, idx := range indexes {
		if idx >= int64(len(t)) {
			return nil, fmt.Errorf("no hash %d", idx)
		}
		out[i] = t[idx]
	}
	return out, nil
}

func (r *Report) log(ctx context.Context, s Source) (stored, map[string]*expected, error) {
	var tree stored
	leaves := map[string]*expected{}
	var last time.Time
	for l, err := range s.Leaves(ctx, r.Prison) {
		if err != nil {
			return nil, nil, err
		}
		if l.Index != r.Leaves {
			r.add("I01", "log_leaves %d", r.Leaves)
			// The rest has moved: what follows cannot be compared with a tree.
			r.Leaves = l.Index
		}
		var m Meta
		digest, err := r.leaf(l, &m)
		if err != nil {
			return nil, nil, err
		}
		if l.RecordedAt.Before(last) {
			r.add("A06", "log_leaves %d", l.Index)
		}
		last = l.RecordedAt
		leaves[l.Kind+" "+l.Ref] = &expected{digest: digest, at: m.RecordedAt, index: l.Index}
		if int64(len(tree)) == tlog.StoredHashIndex(0, l.Index) {
			h, err := tlog.StoredHashesForRecordHash(l.Index, LeafHash(l.Meta), tree)
			if err != nil {
				return nil, nil, err
			}
			tree = append(tree, h...)
		}
		r.Leaves++
	}
	size, err := s.Size(ctx, r.Prison)
	if err != nil {
		return nil, nil, err
	}
	if size != r.Leaves {
		r.add("I05", "log_heads size %d, leaves %d", size, r.Leaves)
	}
	return tree, leaves, nil
}

func (r *Report) leaf(l Leaf, m *Meta) ([32]byte, error) {
	var digest [32]byte
	copy(digest[:], l.ContentDigest)
	if err := json.Unmarshal(l.Meta, m); err != nil {
		r.add("A02", "log_leaves %d %s %s", l.Index, l.Kind, l.Ref)
		return digest, nil
	}
	again, err := m.Encode()
	if err != nil {
		return digest, err
	}
	h := LeafHash(l.Meta)
	if string(again) != string(l.Meta) || string(h[:]) != string(l.Hash) || m.Prison != r.Prison || m.Kind != l.Kind || m.Ref != l.Ref ||
		m.Digest != "sha256:"+hex.EncodeToString(l.ContentDigest) {
		r.add("A02", "log_leaves %d %s %s", l.Index, l.Kind, l.Ref)
	}
	return digest, nil
}

func (r *Report) nodes(ctx context.Context, s Source, tree stored) error {
	n := 0
	for h, err := range s.Hashes(ctx, r.Prison) {
		if err != nil {
			return err
		}
		if n < len(tree) && h != tree[n] {
			r.add("A03", "log_hashes %d", n)
		}
		n++
	}
	if n != len(tree) {
		r.add("I06", "log_hashes: %d, expected %d", n, len(tree))
	}
	return nil
}

func (r *Report) anchor(signed []byte, v note.Verifier, tree stored) {
	c, err := ParseCheckpoint(signed, v)
	switch {
	case err != nil || c.Prison != r.Prison:
		r.add("A04", "checkpoint %.60q", signed)
	case tlog.StoredHashCount(c.Size) > int64(len(tree)):
		r.add("I04", "checkpoint of %d, leaves %d", c.Size, r.Leaves)
	default:
		if root, err := tlog.TreeHash(c.Size, tree); err != nil || root != c.Root {
			r.add("A05", "checkpoint of %d", c.Size)
		}
	}
}

func (r *Report) rows(ctx context.Context, s Source, leaves map[string]*expected) error {
	for row, err := range s.Rows(ctx, r.Prison) {
		if err != nil {
			return err
		}
		r.Rows++
		if row.NotEvaluated {
			r.NotEvaluated++
		}
		e := leaves[row.Kind+" "+row.Ref]
		switch {
		case e == nil:
			r.add("I03", "%s %s", row.Table, row.Ref)
			continue
		case e.digest != row.Digest:
			r.add("A01", "%s %s (leaf %d)", row.Table, row.Ref, e.index)
		case e.at != Stamp(row.RecordedAt):
			r.add("A07", "%s %s (leaf %d)", row.Table, row.Ref, e.index)
		}
		if row.Wrong != "" {
			r.add("A08", "%s %s %s", row.Table, row.Ref, row.Wrong)
		}
		e.seen = true
	}
	for name, e := range leaves {
		if !e.seen {
			r.add("I02", "%s (leaf %d)", name, e.index)
		}
	}
	if r.NotEvaluated > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d 份评分由其他版本的评分引擎得出，本次未复算", r.NotEvaluated))
	}
	return nil
}

func (r *Report) objects(ctx context.Context, s Source) error {
	objects := s.Objects(ctx, r.Prison)
	if objects == nil {
		return nil
	}
	for o, err := range objects {
		if err != nil {
			return err
		}
		r.Objects++
		if err := s.CheckObject(ctx, o); err != nil {
			r.add("U01", "evidence %s: object %s", o.Ref, o.Key)
		}
	}
	return nil
}
