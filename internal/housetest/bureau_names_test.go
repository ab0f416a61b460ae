package housetest_test

import (
	"testing"

	"taizhang/internal/housetest"
)

// TestBureauNames: a department of the bureau is called otherwise than the prisons' that it guides; where nobody
// named it, alike.
func TestBureauNames(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	if _, err := h.Owner.Exec(t.Context(), "update departments set title_zh = '狱政管理科', bureau_zh = '狱政管理处' where code = 'dept_custody'"); err != nil {
		t.Fatal(err)
	}
	o, err := h.Store.Organisation(t.Context())
	if err != nil || len(o.Departments) < 2 {
		t.Fatal(o.Departments, err)
	}
	for _, d := range o.Departments {
		want := d.Title.ZH
		if d.Code == "dept_custody" {
			want = "狱政管理处"
		}
		if d.Bureau.ZH != want || d.Bureau.EN != d.Title.EN {
			t.Errorf("%s is called %q and %q at the bureau", d.Code, d.Bureau.ZH, d.Bureau.EN)
		}
	}
}
