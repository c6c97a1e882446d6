package form_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/sandbox/internal/form"
	"usher/sandbox/internal/refusal"
)

func shape() form.Type {
	return form.Object(
		form.Req("name", form.Text(2, 4)), form.Opt("topic", form.Text(0, 3)), form.Maybe("count", form.Int(1, 5)),
		form.Opt("list", form.List(1, 2, form.ByType(
			form.Case{Number: 1, Is: form.Object(form.Req("type", form.Any()), form.Req("url", form.URL(30)))},
			form.Case{Number: 2, Is: form.Object(form.Req("type", form.Any()), form.Opt("at", form.Moment()))}))),
		form.Opt("on", form.Bool()), form.Opt("id", form.ID()), form.Opt("kinds", form.Words("a", "b")),
	)
}

// TestS7FormErrors: Discord's codes at Discord's paths.
func TestS7FormErrors(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]map[string]string{
		`{"name":"ab","topic":null,"list":[{"type":1,"url":"https://x"},{"type":2,"at":"2026-01-02T03:04:05Z"}],"id":"7","on":true}`: {},
		`{"name":12,"count":"3","id":7}`:    {},
		`{}`:                                {"name": "BASE_TYPE_REQUIRED"},
		`{"name":null}`:                     {"name": "BASE_TYPE_REQUIRED"},
		`{"name":""}`:                       {"name": "BASE_TYPE_REQUIRED"},
		`{"name":"a"}`:                      {"name": "BASE_TYPE_BAD_LENGTH"},
		`{"name":"äöüß","topic":"äöüß"}`:    {"topic": "BASE_TYPE_MAX_LENGTH"},
		`{"name":["a"]}`:                    {"name": "STRING_TYPE_CONVERT"},
		`{"name":"ab","count":null}`:        {"count": "BASE_TYPE_REQUIRED"},
		`{"name":"ab","count":0}`:           {"count": "NUMBER_TYPE_MIN"},
		`{"name":"ab","count":6}`:           {"count": "NUMBER_TYPE_MAX"},
		`{"name":"ab","count":"x"}`:         {"count": "NUMBER_TYPE_COERCE"},
		`{"name":"ab","on":"yes"}`:          {"on": "BOOLEAN_TYPE_CONVERT"},
		`{"name":"ab","id":"x"}`:            {"id": "NUMBER_TYPE_COERCE"},
		`{"name":"ab","kinds":["a","z"]}`:   {"kinds.1": "BASE_TYPE_CHOICES"},
		`{"name":"ab","list":[]}`:           {"list": "BASE_TYPE_BAD_LENGTH"},
		`{"name":"ab","list":{}}`:           {"list": "LIST_TYPE_CONVERT"},
		`{"name":"ab","list":[{"type":9}]}`: {"list.0.type": "UNION_TYPE_CHOICES"},
		`{"name":"ab","list":[{}]}`:         {"list.0.type": "BASE_TYPE_REQUIRED"},
		`{"name":"ab","list":[7]}`:          {"list.0": "MODEL_TYPE_CONVERT"},
		`{"name":"a","list":[{"type":1,"url":"javascript:x"},{"type":2,"at":"soon"}]}`: {
			"name": "BASE_TYPE_BAD_LENGTH", "list.0.url": "URL_TYPE_INVALID_SCHEME", "list.1.at": "DATE_TIME_TYPE_PARSE",
		},
		`[]`: {"": "MODEL_TYPE_CONVERT"},
	} {
		v, err := form.Parse([]byte(body))
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		_, err = form.Check(shape(), v)
		got := map[string]string{}
		var refused *refusal.Error
		if errors.As(err, &refused) {
			for _, c := range refused.Fields.Complaints() {
				got[c.Path] = c.Code
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

// TestS1UnknownFieldsAreNamed: with their whole path, and without refusing them, as Discord does.
func TestS1UnknownFieldsAreNamed(t *testing.T) {
	t.Parallel()
	v, err := form.Parse([]byte(`{"name":"ab","nmae":1,"list":[{"type":2,"when":0}]}`))
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := form.Check(shape(), v)
	if diff := cmp.Diff([]string{"list.0.when", "nmae"}, unknown); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestS7NoJSON: half a body, and two of them.
func TestS7NoJSON(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"a":`, `{} {}`, ``} {
		var refused *refusal.Error
		if _, err := form.Parse([]byte(body)); !errors.As(err, &refused) || refused.Code != 50109 {
			t.Errorf("%q: %v", body, err)
		}
	}
}
