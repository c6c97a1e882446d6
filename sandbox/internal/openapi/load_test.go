package openapi

import (
	"strings"
	"testing"
)

// small is a description for what does not need Discord's.
const small = `{
  "openapi": "3.1.0",
  "paths": {
    "/things/{thing_id}": {
      "parameters": [],
      "patch": {
        "operationId": "edit_thing",
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Edit"}}}},
        "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}, "204": {}}
      }
    }
  },
  "components": {"schemas": {
    "Edit": {"type": "object", "properties": {
      "mask": {"type": "integer", "minimum": 1, "maximum": 9},
      "maybe": {"type": ["integer", "null"]},
      "kind": {"type": "integer", "enum": [1, 2]},
      "nonce": {"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 3}]},
      "tags": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}, "uniqueItems": true},
      "part": {"oneOf": [{"type": "null"}, {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}}]}
    }},
    "Thing": {"type": "object", "required": ["made_at"], "properties": {
      "made_at": {"type": "string", "format": "date-time"}, "mask": {"type": "integer"}}}
  }}
}`

func TestS9RelaxedIntegers(t *testing.T) {
	j := load(t, small)
	for body, want := range map[string]string{
		`{"mask":5}`:                    "",
		`{"mask":"5"}`:                  "",
		`{"mask":"-5"}`:                 "",
		`{"maybe":"12345678901234567"}`: "",
		`{"maybe":null}`:                "",
		`{"nonce":"12"}`:                "", // not both forms at once
		`{"nonce":12}`:                  "",
		`{"kind":2}`:                    "",
		`{"part":null}`:                 "",
		`{"mask":"five"}`:               "/mask STRING_TYPE_REGEX",
		`{"mask":10}`:                   "/mask NUMBER_TYPE_MAX",
		`{"mask":0}`:                    "/mask NUMBER_TYPE_MIN",
		`{"mask":true}`:                 "/mask NUMBER_TYPE_COERCE",
		`{"kind":"2"}`:                  "/kind NUMBER_TYPE_COERCE",
		`{"kind":3}`:                    "/kind BASE_TYPE_CHOICES",
		`{"tags":[]}`:                   "/tags BASE_TYPE_BAD_LENGTH",
		`{"tags":{}}`:                   "/tags LIST_TYPE_CONVERT",
		`{"tags":["a","a"]}`:            "/tags BASE_TYPE_INVALID",
		`{"part":{}}`:                   "/part/a BASE_TYPE_REQUIRED",
		`{"part":{"a":1}}`:              "/part/a BOOLEAN_TYPE_CONVERT",
		`{"part":7}`:                    "/part DICT_TYPE_CONVERT",
	} {
		got := ""
		if p := j.CheckRequest("PATCH", "/things/{x}", "application/json", []byte(body)); len(p) > 0 {
			got = p[0].Pointer + " " + p[0].Code
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

func TestS9AnswersAreStrict(t *testing.T) {
	j := load(t, small)
	for body, want := range map[string]string{
		`{"made_at":"2026-01-02T03:04:05Z"}`:            "",
		`{"made_at":"2026-01-02T03:04:05Z","mask":"1"}`: "NUMBER_TYPE_COERCE",
		`{"made_at":"yesterday"}`:                       "DATE_TIME_TYPE_PARSE",
		`{}`:                                            "BASE_TYPE_REQUIRED",
	} {
		got := ""
		if p := j.CheckResponse("PATCH", "/things/{y}", 200, []byte(body)); len(p) > 0 {
			got = p[0].Code
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

func TestS9OptionalBody(t *testing.T) {
	j := load(t, small)
	if p := j.CheckRequest("PATCH", "/things/{x}", "", nil); len(p) != 0 {
		t.Errorf("no body gave %v, but none is required", p)
	}
}

func TestS9ProblemText(t *testing.T) {
	j := load(t, small)
	p := j.CheckRequest("PATCH", "/things/{x}", "application/json", []byte(`{"tags":["a","b","c"]}`))
	if len(p) != 1 || p[0].String() != "/tags: Must be between 1 and 2 in length. [BASE_TYPE_BAD_LENGTH]" {
		t.Errorf("got %v", p)
	}
}

func TestS9LoadErrors(t *testing.T) {
	twice := strings.Replace(small, `"paths": {`, `"paths": {"/things/{other}": {"patch": {}},`, 1)
	for spec, want := range map[string]string{
		`{`:                 "reading",
		`[]`:                "right file",
		`{"swagger":"2.0"}`: "right file",
		`{"openapi":"3.1"}`: "no paths",
		twice:               "twice",
	} {
		if _, err := Load([]byte(spec)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v, want an error with %q", spec, err, want)
		}
	}
}

// A schema that does not compile is told, and is no false verdict on the body.
func TestS9BrokenDescription(t *testing.T) {
	j := load(t, strings.Replace(small, `"#/components/schemas/Edit"`, `"#/components/schemas/Missing"`, 1))
	if p := j.CheckRequest("PATCH", "/things/{x}", "application/json", []byte(`{}`)); len(p) != 1 || p[0].Code != CodeDescription {
		t.Errorf("got %v", p)
	}
}

func load(t *testing.T, spec string) *Judge {
	t.Helper()
	j, err := Load([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	return j
}
