package control

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v3"

	"sessiond/internal/api"
)

// document is docs/openapi.yaml.
type document struct {
	tree   map[string]any
	schema *jsonschema.Compiler
}

func loadDocument(t *testing.T) document {
	t.Helper()
	text, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := yaml.Unmarshal(text, &doc.tree); err != nil {
		t.Fatal(err)
	}
	// The schemas of OpenAPI 3.1 are JSON schemas in the place where they stand.
	asJSON, err := json.Marshal(doc.tree)
	if err != nil {
		t.Fatal(err)
	}
	doc.schema = jsonschema.NewCompiler()
	doc.schema.Draft = jsonschema.Draft2020
	doc.schema.AssertFormat = true
	if err := doc.schema.AddResource("openapi.json", bytes.NewReader(asJSON)); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at returns the part of the document at a path of member names, resolved if it
// refers to another part.
func (d document) at(path ...string) map[string]any {
	node := d.tree
	for _, name := range path {
		node, _ = node[name].(map[string]any)
	}
	if ref, ok := node["$ref"].(string); ok {
		return d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return node
}

// check holds a value against the schema that stands at a path.
func (d document) check(t *testing.T, value any, path ...string) {
	t.Helper()
	pointer := "openapi.json#"
	for _, name := range path {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
	}
	schema, err := d.schema.Compile(pointer)
	if err != nil {
		t.Errorf("cannot compile %s: %v", pointer, err)
	} else if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %#v", pointer, err)
	}
}

// keysOf returns the names of an object, sorted.
func keysOf(object any) []string {
	members, _ := object.(map[string]any)
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestDocumentHasTheRoutes(t *testing.T) {
	doc := loadDocument(t)
	documented := map[string][]string{}
	for path := range doc.at("paths") {
		for method := range doc.at("paths", path) {
			if method != "parameters" {
				documented[strings.ToUpper(method)+" "+path] = parameters(doc, path, method, "query")
			}
		}
		var inPath []string
		for segment := range strings.SplitSeq(path, "/") {
			if strings.HasPrefix(segment, "{") {
				inPath = append(inPath, strings.Trim(segment, "{}"))
			}
		}
		if diff := cmp.Diff(inPath, parameters(doc, path, "", "path")); diff != "" {
			t.Errorf("the parameters in the path %s: %s", path, diff)
		}
	}
	served := map[string][]string{}
	for _, rt := range routes() {
		for method, op := range rt.operations {
			served[method+" "+rt.pattern] = op.query
		}
	}
	if diff := cmp.Diff(served, documented); diff != "" {
		t.Errorf("routes with their parameters, served (-) and documented (+): %s", diff)
	}
}

// parameters returns the names of the parameters of one kind.
func parameters(doc document, path, method, in string) []string {
	item := doc.at("paths", path)
	if method != "" {
		item = doc.at("paths", path, method)
	}
	var names []string
	list, _ := item["parameters"].([]any)
	for _, one := range list {
		if parameter := doc.resolve(one); parameter["in"] == in {
			names = append(names, fmt.Sprint(parameter["name"]))
		}
	}
	return names
}

func TestDocumentedAnswers(t *testing.T) {
	doc := loadDocument(t)
	for path := range doc.at("paths") {
		for method := range doc.at("paths", path) {
			if method == "parameters" {
				continue
			}
			for status := range doc.at("paths", path, method, "responses") {
				place := []string{"paths", path, method, "responses", status}
				if status == "default" {
					place = []string{"components", "responses", "Problem"}
				}
				place = append(place, "content")
				for kind := range doc.at(place...) {
					if example, ok := doc.at(append(place, kind)...)["example"]; ok {
						doc.check(t, asJSON(t, example), append(place, kind, "schema")...)
					}
				}
			}
		}
	}
}

// asJSON returns a value as it is read from its JSON.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var again any
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	return again
}

func TestDocumentedTypes(t *testing.T) {
	doc := loadDocument(t)
	for name, pair := range answers() {
		t.Run(name, func(t *testing.T) {
			mustBeFull(t, pair.full)
			full := asJSON(t, pair.full)
			sameNames(t, doc, name, doc.at("components", "schemas", name), full)
			doc.check(t, full, "components", "schemas", name)

			required := doc.required("components", "schemas", name)
			if diff := cmp.Diff(keysOf(asJSON(t, pair.empty)), required, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("what is always there (-) and what is required (+): %s", diff)
			}
		})
	}
	for name := range doc.at("components", "schemas") {
		if _, isAnswer := answers()[name]; !isAnswer && doc.at("components", "schemas", name)["properties"] != nil {
			t.Errorf("the schema %s belongs to no type", name)
		}
	}
}

// required returns the names that a schema requires, sorted.
func (d document) required(path ...string) []string {
	schema := d.at(path...)
	var names []string
	for _, part := range append(d.parts(schema), schema) {
		list, _ := part["required"].([]any)
		for _, name := range list {
			names = append(names, fmt.Sprint(name))
		}
	}
	slices.Sort(names)
	return names
}

// parts returns the schemas that a schema is made of, besides itself.
func (d document) parts(schema map[string]any) []map[string]any {
	var parts []map[string]any
	all, _ := schema["allOf"].([]any)
	for _, part := range all {
		parts = append(parts, d.resolve(part))
	}
	return parts
}

func (d document) resolve(schema any) map[string]any {
	object, _ := schema.(map[string]any)
	if ref, ok := object["$ref"].(string); ok {
		return d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return object
}

// sameNames holds the members of a value against the properties of its schema,
// all the way down, in both directions.
func sameNames(t *testing.T, doc document, where string, schema map[string]any, value any) {
	t.Helper()
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			sameNames(t, doc, where+"[]", doc.resolve(schema["items"]), item)
		}
	case map[string]any:
		if schema["additionalProperties"] == true {
			return // whatever the file has
		}
		properties := map[string]any{}
		for _, part := range append(doc.parts(schema), schema) {
			own, _ := part["properties"].(map[string]any)
			maps.Copy(properties, own)
		}
		if diff := cmp.Diff(keysOf(value), keysOf(properties)); diff != "" {
			t.Errorf("%s: members of the answer (-) and of the document (+): %s", where, diff)
		}
		for name, member := range value {
			sameNames(t, doc, where+"."+name, doc.resolve(properties[name]), member)
		}
	}
}

// The kinds of problems are those that the document lists, each with its status.
func TestDocumentedKinds(t *testing.T) {
	doc := loadDocument(t)
	documented := map[string]string{}
	list, _ := doc.at("components", "schemas", "ProblemType")["oneOf"].([]any)
	for _, one := range list {
		kind, _ := one.(map[string]any)
		documented[fmt.Sprint(kind["const"])], _, _ = strings.Cut(fmt.Sprint(kind["description"]), ":")
	}
	known := map[string]string{}
	for _, kind := range api.Kinds() {
		known[string(kind)] = fmt.Sprint(kind.Status())
	}
	if diff := cmp.Diff(known, documented); diff != "" {
		t.Errorf("kinds with their status, known (-) and documented (+): %s", diff)
	}
}

// The codes of hints are those that the document lists.
func TestDocumentedHints(t *testing.T) {
	var documented []api.HintCode
	list, _ := loadDocument(t).at("components", "schemas", "HintCode")["oneOf"].([]any)
	for _, one := range list {
		code, _ := one.(map[string]any)
		documented = append(documented, api.HintCode(fmt.Sprint(code["const"])))
	}
	if diff := cmp.Diff(api.HintCodes(), documented); diff != "" {
		t.Errorf("codes, known (-) and documented (+): %s", diff)
	}
}
