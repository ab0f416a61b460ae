package workbook

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/fault"
)

// Cells are a line of a table as somebody else laid it out.
type Cells struct {
	Line   int // as the sender's program counts
	Values []string
}

// ReadCells reads the lines of a workbook's first sheet or of a CSV that say
// something, within the bounds of every file that is read.
// Faults: file_too_large, table_type_refused, table_too_large, table_too_long,
// table_macros.
func ReadCells(r io.ReaderAt, size int64) ([]Cells, error) {
	book, err := isBook(r, size)
	switch {
	case err != nil:
		return nil, err
	case book:
		return bookCells(r, size)
	}
	return textCells(r, size)
}

func bookCells(r io.ReaderAt, size int64) (list []Cells, err error) {
	f, _, err := openFile(r, size)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = badTable.Because(fmt.Errorf("%v", p))
		}
		err = errors.Join(err, f.Close())
	}()
	for n, l := range lines(f, f.GetSheetList()[0], 1) {
		if l.err != nil {
			return nil, l.err
		}
		if list, err = saying(list, n, l.values); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// openFile opens a workbook that unpacks to no more than it may, and says how many
// lines its first sheet has.
func openFile(r io.ReaderAt, size int64) (_ *excelize.File, lines int, err error) {
	// excelize panics on some damaged books; a file somebody sends must not end the program.
	defer func() {
		if p := recover(); p != nil {
			err = badTable.Because(fmt.Errorf("%v", p))
		}
	}()
	if lines, err = boundedZip(r, size); err != nil {
		return nil, 0, err
	}
	f, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, 0, badTable.Because(err)
	}
	return f, lines, nil
}

func textCells(r io.ReaderAt, size int64) (list []Cells, err error) {
	enc, _, err := encodingOf(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, err
	}
	c := separated(decode(io.NewSectionReader(r, 0, size), enc))
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, badTable.Because(err)
		}
		line, _ := c.FieldPos(0)
		values, err := clone(record)
		if err != nil {
			return nil, err
		}
		if list, err = saying(list, line, values); err != nil {
			return nil, err
		}
	}
}

func saying(list []Cells, line int, values []string) ([]Cells, error) {
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	if strings.Join(values, "") == "" {
		return list, nil
	}
	if len(list) == MaxRows {
		return nil, fault.New(fault.TooLarge, "table_too_long").With("limit", MaxRows)
	}
	return append(list, Cells{Line: line, Values: slices.Clone(values)}), nil
}

// isBook tells a workbook from a text, and refuses what is neither.
func isBook(r io.ReaderAt, size int64) (bool, error) {
	if size > MaxFile {
		return false, fault.New(fault.TooLarge, "file_too_large").With("limit", int64(MaxFile))
	}
	head := make([]byte, 512)
	n, _ := r.ReadAt(head, 0)
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return true, nil
	case n == 0, bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}), bytes.HasPrefix(head, []byte("%PDF")), bytes.ContainsFunc(head, control) && !utf16(head):
		return false, badTable
	}
	return false, nil
}

// separated reads a text by the separator that its first line shows.
func separated(r io.Reader) *csv.Reader {
	buffered := bufio.NewReaderSize(r, 64<<10)
	first, _ := buffered.Peek(16 << 10)
	title, _, _ := strings.Cut(string(first), "\n")
	c := csv.NewReader(buffered)
	c.FieldsPerRecord, c.ReuseRecord = -1, true
	for _, sep := range []rune{'\t', ';'} {
		if strings.Count(title, string(sep)) > strings.Count(title, ",") {
			c.Comma = sep
		}
	}
	return c
}
