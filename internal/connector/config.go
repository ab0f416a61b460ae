package connector

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Set is the connectors configured, by id.
type Set map[string]Connector

// Load reads <folder>/*.json and holds each to the meta-schema. A folder that is
// not there is no connector. Errors name file, place and reason, all of them.
func Load(folder string, schemas fs.FS) (Set, error) {
	schema, err := fs.ReadFile(schemas, "meta/connector.json")
	if err != nil {
		return nil, fmt.Errorf("connectors: %w", err)
	}
	messages, err := fs.ReadFile(schemas, "meta/messages.json")
	if err != nil {
		return nil, fmt.Errorf("connectors: %w", err)
	}
	checker, err := catalog.NewChecker(schema, messages)
	if err != nil {
		return nil, fmt.Errorf("connectors: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("connectors: %w", err)
	}
	set := Set{}
	var errs []error
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("connectors: %w", err)
		}
		c, err := Parse(raw, checker)
		if err != nil {
			errs = append(errs, wrong(filepath.Base(file), err)...)
			continue
		}
		if c.ID+".json" != filepath.Base(file) {
			errs = append(errs, fmt.Errorf("connectors: %s: /id: the file of %s is called %s.json", filepath.Base(file), c.ID, c.ID))
			continue
		}
		// Relative places are those of the folder.
		if c.Secret != nil && c.Secret.File != "" && !filepath.IsAbs(c.Secret.File) {
			c.Secret.File = filepath.Join(folder, c.Secret.File)
		}
		if c.Folder != "" && !filepath.IsAbs(c.Folder) {
			c.Folder = filepath.Join(folder, c.Folder)
		}
		set[c.ID] = c
	}
	return set, errors.Join(errs...)
}

func wrong(file string, err error) []error {
	f := (*fault.Error)(nil)
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return []error{fmt.Errorf("connectors: %s: %w", file, err)}
	}
	var list []error
	for _, w := range f.Fields {
		list = append(list, fmt.Errorf("connectors: %s: %s: %s: %s", file, w.Pointer, w.Code, w.Text.EN))
	}
	return list
}

// maxTitle stands in schemas/meta/connector.json too.
const maxTitle = 80

// Parse reads one file. The door stands before the schema here too: a name
// twice would let a reader see another connector than the program.
func Parse(raw []byte, checker *catalog.Checker) (Connector, error) {
	var c Connector
	doc, err := catalog.ParseDocument(raw)
	if err != nil {
		return c, err
	}
	fields, err := checker.Check(doc)
	if err != nil {
		return c, err
	}
	if len(fields) > 0 {
		return c, fault.InvalidFields("bad_connector", fields)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("connector: %w", err)
	}
	// For a title that is no name, which older versions took, the id stands: a
	// house must not stay shut for it.
	zh, ok := catalog.Name(c.Title.ZH, maxTitle)
	if !ok {
		zh = c.ID
	}
	en, _ := catalog.Name(c.Title.EN, maxTitle)
	c.Title = fault.Text{ZH: zh, EN: en}
	return c, nil
}

// Read returns the secret: the file's or variable's text without white space
// around it.
func (s *Secret) Read() (string, error) {
	if s == nil {
		return "", nil
	}
	value := os.Getenv(s.Env)
	if s.File != "" {
		raw, err := os.ReadFile(s.File)
		if err != nil {
			return "", errors.Join(NoSecret, err)
		}
		value = string(raw)
	}
	if value = strings.TrimSpace(value); value == "" {
		return "", NoSecret
	}
	return value, nil
}

// of lists the connectors of some kinds in the order of their ids.
func (s Set) of(kinds ...Kind) []Connector {
	var list []Connector
	for _, c := range s {
		if len(kinds) == 0 || slices.Contains(kinds, c.Kind) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Connector) int { return strings.Compare(a.ID, b.ID) })
	return list
}
