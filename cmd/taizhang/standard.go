package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"taizhang/internal/access"
	"taizhang/internal/catalog"
	"taizhang/internal/config"
	"taizhang/internal/fault"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
	"taizhang/policies"
	"taizhang/schemas"
)

// checkStandards holds every shipped standard to the release checks.
func checkStandards(_ context.Context, _ config.Config, out, _ io.Writer) error {
	dirs, err := fs.Glob(schemas.FS, "standards/*/v*")
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		err = errors.Join(err, judgeStandard(schemas.FS, dir, dir, out))
	}
	return err
}

// checkStandard does so for the three artefacts in a folder, and tells besides what
// they leave out.
func checkStandard(_ context.Context, _ config.Config, dir string, out io.Writer) error {
	return judgeStandard(os.DirFS(dir), ".", dir, out)
}

func judgeStandard(fsys fs.FS, dir, name string, out io.Writer) error {
	set, err := scoring.ReadSet(fsys, dir)
	if err != nil {
		return err
	}
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		return err
	}
	var ids []string
	for _, t := range c.Types() {
		ids = append(ids, t.ID)
	}
	policy, err := access.Load(policies.FS, ids)
	if err != nil {
		return err
	}
	r := standards.Check(set, standards.Ground{Catalog: c, Owner: policy.Owner})
	fmt.Fprintf(out, "%s: %d mistakes, %d warnings\n", name, len(r.Mistakes), len(r.Warnings))
	tell(out, "mistake", r.Mistakes)
	tell(out, "warning", r.Warnings)
	for _, d := range r.Coverage.Domains {
		fmt.Fprintf(out, "  %-4s %6s points %3d indicators %v\n", d.ID, d.Points, d.Indicators, d.Methods)
	}
	if len(r.Mistakes) > 0 {
		return fmt.Errorf("%s: %d mistakes", name, len(r.Mistakes))
	}
	return nil
}

func tell(out io.Writer, sort string, list []fault.Field) {
	for _, f := range list {
		fmt.Fprintf(out, "  %s %s: %s\n", sort, f.Pointer, f.Text.ZH)
	}
}
