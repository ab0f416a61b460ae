package housetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/standards"
)

// TestBasisFiles: the document itself is kept by versions, the same bytes once; everybody opens it, and
// nobody changes it.
func TestBasisFiles(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office := h.As(t.Context(), "bureau office")
	const title = "监狱教育改造工作规定"
	put := func(ctx context.Context, of, name string, raw []byte, once string) error {
		_, err := h.Standards.AttachBasis(ctx, of, name, raw, onceAs(once))
		return err
	}
	for code, err := range map[string]error{
		"not_found":        put(office, "没有这份文件", "规定.pdf", []byte("x"), "unknown"),
		"bad_name":         put(office, title, "a/b.pdf", []byte("x"), "path"),
		"upload_empty":     put(office, title, "规定.pdf", nil, "empty"),
		"upload_too_large": put(office, title, "规定.pdf", make([]byte, standards.MaxFile+1), "large"),
	} {
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := put(h.As(t.Context(), "warden"), title, "规定.pdf", []byte("x"), "warden"); err == nil {
		t.Error("a prison puts a file in")
	}
	scan, better := bytes.Repeat([]byte("第一次扫描"), 100), []byte("清晰的扫描件")
	atOnce(t, 2, func(i int) error { return put(office, title, "规定.pdf", scan, fmt.Sprint("scan ", i)) }, 2)
	if err := put(office, title, "规定（清晰）.pdf", better, "better"); err != nil {
		t.Fatal(err)
	}
	list, err := h.Standards.Basis(h.As(t.Context(), "officer"))
	if err != nil {
		t.Fatal(err)
	}
	d := list[slices.IndexFunc(list, func(d standards.Document) bool { return d.Title == title })]
	if len(d.Files) != 2 || d.Files[0].Version != 2 || d.Files[0].Name != "规定（清晰）.pdf" || d.Files[1].Size != int64(len(scan)) {
		t.Errorf("%+v", d.Files)
	}
	for version, want := range map[int][]byte{1: scan, 2: better} {
		if f, raw, err := h.Standards.BasisFile(h.As(t.Context(), "officer"), title, version); err != nil || !bytes.Equal(raw, want) || f.Sha256 != sha256.Sum256(want) {
			t.Errorf("version %d: %+v %v", version, f, err)
		}
	}
	if _, _, err := h.Standards.BasisFile(office, title, 3); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	altered(t, h, "update basis_files set name = 'x'", "delete from basis_files", "truncate basis_files")
}

// TestBasisFileOverHTTP holds both routes to the contract, a file larger than other bodies too.
func TestBasisFileOverHTTP(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := serving(t, h, "bureau office").as(t, "bureau office")
	at := "/basis/file?title=" + url.QueryEscape("监狱教育改造工作规定")
	raw := bytes.Repeat([]byte{'x'}, 9<<20)
	headers := map[string]string{"Content-Type": "application/octet-stream", "Idempotency-Key": "a-file-of-9-mb"}
	if status, made := c.do(t, "PATCH", at+"&name=a.pdf", string(raw), headers); status != http.StatusOK || made["version"] != 1.0 {
		t.Fatalf("%d %v", status, made)
	}
	if got := c.file(t, at+"&version=1"); !bytes.Equal(got, raw) {
		t.Errorf("%d bytes came back", len(got))
	}
	for _, version := range []string{"", "0", "x", "99999999999"} {
		if status, _ := c.do(t, "GET", at+"&version="+version, "", nil); status != http.StatusBadRequest {
			t.Errorf("version %q: %d", version, status)
		}
	}
}

// TestBasisFileKeyIsOfItsDocument: a key that was used for one document is none of another's, though the bytes are the same.
func TestBasisFileKeyIsOfItsDocument(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := serving(t, h, "bureau office").as(t, "bureau office")
	headers := map[string]string{"Content-Type": "application/octet-stream", "Idempotency-Key": "one-key-for-two"}
	at := func(title string) string { return "/basis/file?title=" + url.QueryEscape(title) + "&name=a.pdf" }
	for range 2 { // the answer may get lost
		if status, made := c.do(t, "PATCH", at("监狱教育改造工作规定"), "x", headers); status != http.StatusOK || made["version"] != 1.0 {
			t.Fatalf("%d %v", status, made)
		}
	}
	other := "样例标准编写说明（非官方）"
	if status, body := c.do(t, "PATCH", at(other), "x", headers); status != http.StatusUnprocessableEntity || body["code"] != "idempotency_key_reused" {
		t.Errorf("nothing was kept, and it is said: %d %v", status, body)
	}
}
