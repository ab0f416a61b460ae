package connector

import "testing"

// FuzzRows: a file of any bytes is read or refused, row by row as wide as its header.
func FuzzRows(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("\xef\xbb\xbf编号\n1\n"))
	f.Add([]byte("\xb1\xe0\xba\xc5\n1\n"))
	f.Add([]byte("a\n\"1"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		header, list, err := rows(raw, ",")
		if err != nil {
			return
		}
		for _, row := range list {
			if len(row) != len(header) {
				t.Errorf("%d of %d cells", len(row), len(header))
			}
		}
	})
}
