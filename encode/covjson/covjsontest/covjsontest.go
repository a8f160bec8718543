// Package covjsontest holds CoverageJSON to its JSON schema.
package covjsontest

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// files are the schemas of CoverageJSON (covjson.org; see schemas/LICENSE).
//
//go:embed schemas
var files embed.FS

// schemas are those of CoverageJSON, by their names.
func schemas(t testing.TB) map[string]any {
	t.Helper()
	entries, err := files.ReadDir("schemas")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".json" {
			continue
		}
		text, err := files.ReadFile("schemas/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		var schema map[string]any
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatalf("%s: %v", e.Name(), err)
		}
		all[schema["$id"].(string)] = schema
	}
	return all
}

// Check says what is wrong with CoverageJSON by its schema; "" is nothing.
func Check(t testing.TB, body []byte) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err.Error()
	}
	v := validator{schemas(t)}
	return v.check(v.all["/schemas/coveragejson"], value, "$")
}

// validator knows the words of JSON Schema 2020-12 that the schemas have; others are faults of the test.
type validator struct{ all map[string]any }

func (v validator) check(schema, value any, at string) string {
	if yes, plain := schema.(bool); plain {
		if yes {
			return ""
		}
		return at + " must not be"
	}
	s := schema.(map[string]any)
	for _, word := range slices.Sorted(func(yield func(string) bool) {
		for w := range s {
			if !yield(w) {
				return
			}
		}
	}) {
		if why := v.word(word, s, value, at); why != "" {
			return why
		}
	}
	return ""
}

func (v validator) word(word string, s map[string]any, value any, at string) string {
	want := s[word]
	object, isObject := value.(map[string]any)
	list, isList := value.([]any)
	switch word {
	case "$id", "description", "$comment", "then", "else", "title", "$schema":
	case "$ref":
		return v.check(v.all[want.(string)], value, at)
	case "type":
		kinds, many := want.([]any)
		if !many {
			kinds = []any{want}
		}
		if !slices.ContainsFunc(kinds, func(k any) bool { return isType(k.(string), value) }) {
			return fmt.Sprintf("%s is no %v", at, want)
		}
	case "const":
		if !reflect.DeepEqual(want, value) {
			return fmt.Sprintf("%s is %v, not %v", at, value, want)
		}
	case "enum":
		if !slices.ContainsFunc(want.([]any), func(w any) bool { return reflect.DeepEqual(w, value) }) {
			return fmt.Sprintf("%s is %v, none of %v", at, value, want)
		}
	case "required":
		for _, name := range want.([]any) {
			if _, has := object[name.(string)]; isObject && !has {
				return fmt.Sprintf("%s has no %v", at, name)
			}
		}
	case "properties", "patternProperties", "additionalProperties":
		return v.members(word, s, object, at)
	case "dependentSchemas":
		for name, inner := range want.(map[string]any) {
			if _, has := object[name]; has {
				if why := v.check(inner, value, at); why != "" {
					return why
				}
			}
		}
	case "items":
		for i, item := range list {
			if why := v.check(want, item, fmt.Sprintf("%s[%d]", at, i)); why != "" {
				return why
			}
		}
	case "minItems", "maxItems", "minProperties":
		n, limit := float64(len(list)), want.(float64)
		if word == "minProperties" {
			n, isList = float64(len(object)), isObject
		}
		if isList && (word == "maxItems" && n > limit || word != "maxItems" && n < limit) {
			return fmt.Sprintf("%s has %v, %s is %v", at, n, word, limit)
		}
	case "uniqueItems":
		for i := range list {
			if slices.ContainsFunc(list[:i], func(o any) bool { return reflect.DeepEqual(o, list[i]) }) {
				return fmt.Sprintf("%s[%d] is there twice", at, i)
			}
		}
	case "minimum":
		if n, is := value.(float64); is && n < want.(float64) {
			return fmt.Sprintf("%s is %v, less than %v", at, n, want)
		}
	case "pattern":
		if text, is := value.(string); is && !regexp.MustCompile(want.(string)).MatchString(text) {
			return fmt.Sprintf("%s is %q, not as %v", at, text, want)
		}
	default:
		return v.logic(word, s, value, at)
	}
	return ""
}

func (v validator) members(word string, s, object map[string]any, at string) string {
	properties, _ := s["properties"].(map[string]any)
	patterns, _ := s["patternProperties"].(map[string]any)
	for name, inner := range object {
		here, known := at+"."+name, false
		if rule, has := properties[name]; has {
			if known = true; word == "properties" {
				if why := v.check(rule, inner, here); why != "" {
					return why
				}
			}
		}
		for pattern, rule := range patterns {
			if regexp.MustCompile(pattern).MatchString(name) {
				if known = true; word == "patternProperties" {
					if why := v.check(rule, inner, here); why != "" {
						return why
					}
				}
			}
		}
		if word == "additionalProperties" && !known {
			if why := v.check(s[word], inner, here); why != "" {
				return why
			}
		}
	}
	return ""
}

func (v validator) logic(word string, s map[string]any, value any, at string) string {
	switch word {
	case "not":
		if v.check(s[word], value, at) == "" {
			return at + " is what it must not be"
		}
	case "if":
		branch := "else"
		if v.check(s[word], value, at) == "" {
			branch = "then"
		}
		if inner, has := s[branch]; has {
			return v.check(inner, value, at)
		}
	case "allOf", "anyOf", "oneOf":
		var whys []string
		all := s[word].([]any)
		for _, inner := range all {
			if why := v.check(inner, value, at); why != "" {
				whys = append(whys, why)
			}
		}
		right := len(all) - len(whys)
		if word == "allOf" && len(whys) > 0 || word == "anyOf" && right == 0 || word == "oneOf" && right != 1 {
			return fmt.Sprintf("%s: %d of %s: %s", at, right, word, strings.Join(whys, "; "))
		}
	default:
		return "the schemas have a word that the test does not know: " + word
	}
	return ""
}

func isType(kind string, value any) bool {
	switch value := value.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case string:
		return kind == "string"
	case float64:
		return kind == "number" || kind == "integer" && value == float64(int64(value))
	case []any:
		return kind == "array"
	}
	return kind == "object"
}
