package housetest_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// contract is docs/openapi.yaml, as answers are held to it.
type contract struct {
	one      sync.Mutex
	compiler *jsonschema.Compiler
	paths    map[string]map[string]any
	shapes   map[string]*regexp.Regexp
}

var theContract = sync.OnceValues(func() (*contract, error) {
	raw, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		return nil, err
	}
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var file struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(plain, &file); err != nil {
		return nil, err
	}
	c := &contract{compiler: jsonschema.NewCompiler(), paths: file.Paths, shapes: map[string]*regexp.Regexp{}}
	c.compiler.Draft = jsonschema.Draft2020
	c.compiler.AssertFormat = true
	if err := c.compiler.AddResource("openapi.json", bytes.NewReader(plain)); err != nil {
		return nil, err
	}
	hole := regexp.MustCompile(`\\\{[a-z]+\\\}`)
	for path := range file.Paths {
		c.shapes[path] = regexp.MustCompile("^" + hole.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
	}
	return c, nil
})

// answered holds one answer to the contract. Routes that are none are not in it.
func answered(t *testing.T, method, path string, status int, mediaType string, raw []byte) {
	t.Helper()
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	path, _, _ = strings.Cut(path, "?")
	for template, shape := range c.shapes {
		operation, ok := c.paths[template][strings.ToLower(method)].(map[string]any)
		if !ok || !shape.MatchString(path) {
			continue
		}
		responses, _ := operation["responses"].(map[string]any)
		key := strconv.Itoa(status)
		if responses[key] == nil {
			key = "default"
			if status < 400 {
				t.Errorf("%s %s: the contract knows no %d", method, template, status)
				return
			}
		}
		response, _ := responses[key].(map[string]any)
		content, _ := response["content"].(map[string]any)
		if content[mediaType] == nil {
			if len(raw) > 0 {
				t.Errorf("%s %s: %d as %s is not in the contract", method, template, status, mediaType)
			}
			return
		}
		if !strings.HasSuffix(mediaType, "json") {
			return // a file: the contract names its type only
		}
		at := ""
		for _, part := range []string{"paths", template, strings.ToLower(method), "responses", key, "content", mediaType, "schema"} {
			at += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
		}
		c.one.Lock() // tests answer side by side, and the compiler remembers what it compiled
		schema, err := c.compiler.Compile("openapi.json#" + at)
		c.one.Unlock()
		if err != nil {
			t.Fatalf("%s %s: %v", method, template, err)
		}
		var body any
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Errorf("%s %s: %v", method, template, err)
			return
		}
		if err := schema.Validate(body); err != nil {
			t.Errorf("%s %s: %d differs from the contract: %#v", method, template, status, err)
		}
		return
	}
}

// TestAnswers asks every list and view once: shapes as the contract says.
func TestAnswers(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	prison, area := c.h.Prison.String(), c.h.Area.String()
	e := approved(t, c.h)
	in := "/prisons/" + prison
	for _, path := range []string{
		"/session", "/sessions", "/organisation", "/progress", "/ledgers", "/ledgers/cell-body-search",
		in + "/entries", in + "/entries/" + e.Entry.String(), in + "/inbox", in + "/duties?unfilled=false", in + "/completeness", in + "/people?q=0", in + "/delegations", in + "/notices",
		in + "/inmates?area=" + area, in + "/scores", in + "/areas/" + area + "/score", in + "/areas/" + area + "/trend",
		in + "/areas/" + area + "/rosters", in + "/reliefs", in + "/tasks", in + "/heat", in + "/bursts", "/calendar",
		in + "/areas/" + area + "/findings", in + "/areas/" + area + "/proof/JG-04", "/standards/ordinary-area",
		"/standards", "/standards/ordinary-area/versions/1", "/standards/ordinary-area/compare?from=1&to=2", "/basis",
	} {
		if status, body := c.do(t, "GET", path, "", nil); status != 200 {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
}
