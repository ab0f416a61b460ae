package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"

	"taizhang/internal/fault"
)

// Limits of a file that is read. A workbook of a few kilobytes can unpack to
// gigabytes; what it says of itself is looked at before anything is unpacked.
const (
	MaxFile     = 32 << 20
	maxUnpacked = 256 << 20
	maxShared   = 64 << 20
	maxParts    = 300
	maxColumns  = 400
	maxLines    = 250_000 // of a sheet, empty ones too
	maxNested   = 200_000 // rows of all lists together
	maxCell     = 32_767
	inMemory    = 16 << 20 // a larger sheet is unpacked to disk
	maxText     = 1 << 20  // between two tags: the longest cell, every letter written as an entity
)

// boundedZip refuses a workbook that would unpack to more than it may.
func boundedZip(r io.ReaderAt, size int64) (lines int, err error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return 0, badTable.Because(err)
	}
	if len(z.File) > maxParts {
		return 0, fault.New(fault.TooLarge, "table_too_large")
	}
	var all uint64
	for _, f := range z.File {
		all += f.UncompressedSize64
		if all > maxUnpacked || strings.HasSuffix(f.Name, "sharedStrings.xml") && f.UncompressedSize64 > maxShared {
			return 0, fault.New(fault.TooLarge, "table_too_large")
		}
		if strings.Contains(f.Name, "vbaProject") {
			return 0, fault.New(fault.Invalid, "table_macros")
		}
		// The limit on unpacked bytes alone would let one cell have them all, and
		// reading that takes several times as much memory.
		first := f.Name == "xl/worksheets/sheet1.xml"
		if !first && f.UncompressedSize64 <= maxText {
			continue
		}
		n, longest, err := scan(f)
		switch {
		case err != nil:
			return 0, badTable.Because(err)
		case longest > maxText:
			return 0, fault.New(fault.TooLarge, "table_too_large")
		case first:
			lines = n
		}
	}
	return lines, nil
}

// scan counts the rows of a part and measures its longest text.
func scan(f *zip.File) (rows, longest int, err error) {
	r, err := f.Open()
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = r.Close() }()
	buf, keep, run := make([]byte, 64<<10), 0, 0
	for {
		k, err := r.Read(buf[keep:])
		fresh := buf[keep : keep+k]
		for {
			i := bytes.IndexByte(fresh, '<')
			if i < 0 {
				run += len(fresh)
				break
			}
			longest, run, fresh = max(longest, run+i), 0, fresh[i+1:]
		}
		longest = max(longest, run)
		rows += bytes.Count(buf[:keep+k], []byte("<row "))
		// A tag cut in two by the buffer's end.
		rest := min(4, keep+k)
		copy(buf, buf[keep+k-rest:keep+k])
		keep = rest
		if errors.Is(err, io.EOF) || longest > maxText {
			return rows, longest, nil
		}
		if err != nil {
			return rows, longest, err
		}
	}
}
