// Command verdicts judges documents for the page's own test, which holds the
// browser to what the server says and stores (frontend/src/schema/generated.test.ts).
package main

import (
	"encoding/json"
	"log"
	"os"
	"time"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

type asked struct {
	Ledger   string          `json:"ledger"`
	Document json.RawMessage `json:"document"`
}

type problem struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
}

type verdict struct {
	// Door says that the document did not get past it; nothing else is said then.
	Door     bool            `json:"door,omitempty"`
	Errors   []problem       `json:"errors"`
	Document json.RawMessage `json:"document,omitempty"`
}

func main() {
	types, err := catalog.Load(schemas.FS)
	if err != nil {
		log.Fatal(err)
	}
	var list []asked
	if err := json.NewDecoder(os.Stdin).Decode(&list); err != nil {
		log.Fatal(err)
	}
	out := make([]verdict, len(list))
	env := catalog.Env{Now: time.Date(2026, 11, 24, 12, 0, 0, 0, catalog.Zone), Filler: "0000001", Stage: catalog.StageSubmit}
	for i, a := range list {
		doc, err := catalog.ParseDocument(a.Document)
		if err != nil {
			out[i] = verdict{Door: true, Errors: []problem{}}
			continue
		}
		res := types.Current(a.Ledger).Validate(doc, env)
		out[i] = verdict{Errors: []problem{}, Document: res.Document.Canonical}
		for _, f := range res.Errors {
			out[i].Errors = append(out[i].Errors, problem{f.Pointer, f.Code})
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		log.Fatal(err)
	}
}
