package connector

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// rows reads a CSV file into objects by column name: UTF-8 with or without BOM,
// else GB18030, which spreadsheets of the country still write. A quote that does
// not close, or a row of another length, makes the whole file unreadable: what
// stands where is no longer known.
func rows(raw []byte, separator string) (header []string, list []map[string]string, err error) {
	text := bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return nil, nil, Unreadable
		}
		text = decoded
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, nil, Unreadable
	}
	r := csv.NewReader(bytes.NewReader(text))
	if separator != "" {
		r.Comma = rune(separator[0])
	}
	r.TrimLeadingSpace = true
	if header, err = r.Read(); err != nil {
		return nil, nil, errors.Join(Unreadable, err)
	}
	seen := map[string]bool{}
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
		if seen[header[i]] {
			return nil, nil, BadHeader
		}
		seen[header[i]] = true
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return header, list, nil
		}
		if err != nil {
			return nil, nil, errors.Join(Unreadable, err)
		}
		row := make(map[string]string, len(header))
		for i, name := range header {
			row[name] = cells[i]
		}
		list = append(list, row)
	}
}

// records maps the rows of a file.
func (c Connector) records(raw []byte) ([]Record, error) {
	header, list, err := rows(raw, c.Separator)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, name := range header {
		have[name] = true
	}
	wanted := []string{c.Key, c.Version}
	if c.Deleted != "" {
		wanted = append(wanted, c.Deleted)
	}
	for _, pointer := range c.Fields {
		wanted = append(wanted, pointer)
	}
	for _, m := range c.Members {
		wanted = append(wanted, m.At)
	}
	for _, pointer := range wanted {
		if !have[strings.NewReplacer("~1", "/", "~0", "~").Replace(pointer[1:])] {
			return nil, BadHeader
		}
	}
	out := make([]Record, len(list))
	for i, row := range list {
		object, err := json.Marshal(row)
		if err != nil {
			return nil, errors.Join(Unreadable, err)
		}
		out[i] = c.Map(object)
	}
	return out, nil
}
