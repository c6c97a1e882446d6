package integration_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
)

func extract(t *testing.T, body string, paths ...string) ([]integration.Found, error) {
	t.Helper()
	var parsed []integration.Path
	for _, p := range paths {
		path, err := integration.ParsePath(p)
		if err != nil {
			t.Fatalf("path %q: %v", p, err)
		}
		parsed = append(parsed, path)
	}
	return integration.Extract([]byte(body), parsed, variables())
}

func variables() map[string]string {
	return map[string]string{"user_id": "585576154958921739", "guild_id": "100", "ticket_id": "30", "channel_id": "508392988985262090", "username": `o'Ryan "\`, "locale": "en-US"}
}

const guide = `{"online_status":"Online","user":{"username":"Ryan","account_created_year":2019,"scores":{"high_score":3000,"last_score":400}}}`

func TestI16PathsOfTheGuide(t *testing.T) {
	got, err := extract(t, guide, "online_status", "user.username", "user.account_created_year", "user.scores.high_score", "user.scores.last_score", "user.Username", "user.scores.none", "online_status.x")
	if err != nil {
		t.Fatal(err)
	}
	want := []integration.Found{{Text: "Online", Present: true}, {Text: "Ryan", Present: true}, {Text: "2019", Present: true}, {Text: "3000", Present: true}, {Text: "400", Present: true}, {}, {}, {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestI16I17I18Values(t *testing.T) {
	for _, c := range []struct{ body, path, want string }{
		{`{"a.b":{"c\\d":"v"}}`, `a\.b.c\\d`, "v"},
		{`{"n":12345678901234567890}`, "n", "12345678901234567890"},
		{`{"n":0.10}`, "n", "0.10"},
		{`{"n":1e999999999}`, "n", "1e999999999"},
		{`{"n":-0}`, "n", "-0"},
		{`{"b":true}`, "b", "true"},
		{`{"b":false}`, "b", "false"},
		{`{"s":""}`, "s", ""},
		{`{"s":"\u00e9\n\ud83d\ude00"}`, "s", "é\n😀"},
		{`{"s":"\ud800"}`, "s", "\ufffd"},
		{"{\"s\":\"\xff\"}", "s", "\ufffd"},
		{`{"k":1,"k":2}`, "k", "2"},
		{`{"k":{"x":1},"k":{"y":2}}`, "k.x", "—"},
		{`{"a":["x",2,true]}`, "a", "x, 2, true"},
		{`{"a":["x",{"n":"y"}]}`, "a.1.n", "y"},
		{`{"a":["x","y"]}`, "a.1", "y"},
		{`{"a":["x","y"]}`, "a.01", "—"},
		{`{"a":["x",null]}`, "a", "—"},
		{`{"a":[]}`, "a", "—"},
		{`{"a":[[1]]}`, "a", "—"},
		{`{"a":[[1]]}`, "a.0.0", "1"},
		{`{"a":null}`, "a", "—"},
		{`{"a":{"b":1}}`, "a", "—"},
		{`{"0":"zero"}`, "0", "zero"},
		{"  {}\n", "a", "—"},
	} {
		got, err := extract(t, c.body, c.path)
		if err != nil {
			t.Errorf("%s: %v", c.body, err)
			continue
		}
		text := got[0].Text
		if !got[0].Present {
			text = "—"
		}
		if text != c.want {
			t.Errorf("%s at %s gives %q, want %q", c.body, c.path, text, c.want)
		}
	}
}

func TestAnArrayAndItsElementsAtOnce(t *testing.T) {
	got, err := extract(t, `{"a":["x","y"]}`, "a", "a.0", "a.1")
	if diff := cmp.Diff([]integration.Found{{Text: "x, y", Present: true}, {Text: "x", Present: true}, {Text: "y", Present: true}}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestI10AnswersThatAreFailures(t *testing.T) {
	for body, want := range map[string]error{
		"": integration.ErrNotJSON, "<html>": integration.ErrNotJSON, `{"a":1`: integration.ErrNotJSON, `{"a":1}x`: integration.ErrNotJSON, `{"a":1}{}`: integration.ErrNotJSON,
		`{"a":01}`: integration.ErrNotJSON, `{'a':1}`: integration.ErrNotJSON, "\xef\xbb\xbf{}": integration.ErrNotJSON,
		`[1]`: integration.ErrNotObject, `"x"`: integration.ErrNotObject, `null`: integration.ErrNotObject, `3`: integration.ErrNotObject,
		`{"a":` + strings.Repeat("[", 500_000):                            integration.ErrTooDeep,
		`{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`: integration.ErrTooDeep,
	} {
		if _, err := extract(t, body, "a"); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, want %v", body, err, want)
		}
	}
	if _, err := extract(t, `{"a":`+strings.Repeat("[", 63)+strings.Repeat("]", 63)+`}`, "a"); err != nil {
		t.Errorf("64 levels are allowed: %v", err)
	}
}

func TestPathsThatAreRefused(t *testing.T) {
	for _, p := range []string{"", ".", "a.", ".a", "a..b", `a\b`, `a\`, "\xff", strings.Repeat("a", 256)} {
		if _, err := integration.ParsePath(p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.20q: %v", p, err)
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, body := range []string{guide, `{"a":[1,{"b":null}],"a":2}`, `[`, "{\"a\":\"\xff\"}"} {
		f.Add([]byte(body), "a.b")
		f.Add([]byte(body), "$..[?@.b==null || @=='%user_id%']")
	}
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		p, err := integration.ParsePath(path)
		if err != nil {
			return
		}
		if _, err := integration.Extract(body, []integration.Path{p}, variables()); err != nil && !errors.Is(err, integration.ErrNotJSON) && !errors.Is(err, integration.ErrNotObject) && !errors.Is(err, integration.ErrTooDeep) && !errors.Is(err, integration.ErrTooMuch) {
			t.Errorf("an error outside of the closed set: %v", err)
		}
	})
}

// BenchmarkExtract reads 15 values out of about 20 kB.
func BenchmarkExtract(b *testing.B) {
	var body strings.Builder
	body.WriteString(`{"list":[`)
	for i := range 300 {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"id":"58557615495892%04d","name":"somebody","ok":true,"n":%d}`, i, i)
	}
	body.WriteString(`],"user":{`)
	var paths []integration.Path
	for i := range 15 {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `"key_%d":%d`, i, i)
		p, err := integration.ParsePath(fmt.Sprintf("user.key_%d", i))
		if err != nil {
			b.Fatal(err)
		}
		paths = append(paths, p)
	}
	body.WriteString(`}}`)
	text := []byte(body.String())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := integration.Extract(text, paths, nil); err != nil {
			b.Fatal(err)
		}
	}
}
