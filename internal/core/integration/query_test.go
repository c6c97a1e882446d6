package integration_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// The /players.json of a FiveM server is an array; an integration's answer is an object (I-10), so its author's endpoint wraps it.
const fiveM = `{"players":[
	{"endpoint":"127.0.0.1","id":1,"name":"Somebody","ping":40,"identifiers":["steam:110000112345678","discord:1"]},
	{"endpoint":"127.0.0.1","id":7,"name":"Ryan 🚓","ping":12.50,"identifiers":["license:0123","discord:585576154958921739"]}]}`

const fiveMPath = `$.players[?@.identifiers[?@=='discord:%user_id%']].`

func TestI18JSONPathValues(t *testing.T) {
	for _, c := range []struct{ body, path, want string }{
		{fiveM, fiveMPath + "name", "Ryan 🚓"},
		{fiveM, fiveMPath + "ping", "12.50"},
		{fiveM, fiveMPath + "identifiers", "license:0123, discord:585576154958921739"},
		{fiveM, fiveMPath + "none", "—"},
		{fiveM, "$.players[*].name", "Somebody, Ryan 🚓"},
		{fiveM, "$.players[*].ping", "40, 12.50"},
		{fiveM, "$.players[0]", "—"},
		{fiveM, "$.players[*]", "—"},
		{fiveM, "$", "—"},
		{fiveM, "$.players[?@.name=='%username%']", "—"},
		{`{"a":12345678901234567890}`, "$.a", "12345678901234567890"},
		{`{"a":0.10}`, "$['a']", "0.10"},
		{`{"a":true}`, "$.a", "true"},
		{`{"a":""}`, "$.a", ""},
		{`{"a":null}`, "$.a", "—"},
		{`{"a":[]}`, "$.a", "—"},
		{`{"a":["x",2,false]}`, "$.a", "x, 2, false"},
		{`{"a":["x",null]}`, "$.a", "—"},
		{`{"a":["x",null]}`, "$.a[*]", "—"},
		{`{"a":[["x"]]}`, "$.a", "—"},
		{`{"a":[["x"]]}`, "$.a[*]", "x"},
		{`{"a":[["x"],["y"]]}`, "$.a[*]", "—"},
		{`{"a":["x",{"b":1}]}`, "$.a[*]", "—"},
		{`{"a":["x","y","z"]}`, "$.a[-1]", "z"},
		{`{"a":["x","y","z"]}`, "$.a[::-1]", "z, y, x"},
		{`{"k":1,"k":2}`, "$.k", "2"},
		{"{\"s\":\"\xff\"}", "$.s", "\ufffd"},
		{`{"o'Ryan \"\\":"quoted"}`, "$['%username%']", "quoted"},
		{`{"o'Ryan \"\\":"quoted"}`, `$["%username%"]`, "quoted"},
		{`{"a":[{"n":"o'Ryan \"\\","v":"equal"}]}`, "$.a[?@.n=='%username%'].v", "equal"},
		{`{"a":[{"n":"o'Ryan \"\\","v":"matched"}]}`, "$.a[?match(@.n,'%username%')].v", "matched"},
		{`{"a":{"100":"g","30":"t","en-US":"l","508392988985262090":"c"}}`, "$.a['%guild_id%','%ticket_id%','%locale%','%channel_id%']", "g, t, l, c"},
		{`{"%user_id%":"literal"}`, `$["\u0025user_id%"]`, "literal"},
	} {
		got, err := extract(t, c.body, c.path)
		if err != nil {
			t.Errorf("%s at %s: %v", c.body, c.path, err)
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

func TestI18JSONPathsBesideDottedPaths(t *testing.T) {
	got, err := extract(t, guide, "user.username", "$.user.scores.*", "online_status", "$..high_score", "$.none")
	want := []integration.Found{{Text: "Ryan", Present: true}, {Text: "3000, 400", Present: true}, {Text: "Online", Present: true}, {Text: "3000", Present: true}, {}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestI10AnswersThatAreFailuresForJSONPathsToo(t *testing.T) {
	for body, want := range map[string]error{
		"": integration.ErrNotJSON, `{"a":1`: integration.ErrNotJSON, `{"a":1}x`: integration.ErrNotJSON, `[1]`: integration.ErrNotObject,
		`{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`: integration.ErrTooDeep,
		`{"a":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`: nil,
	} {
		if _, err := extract(t, body, "$.a"); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, want %v", body, err, want)
		}
	}
}

func TestI18AJSONPathIsBounded(t *testing.T) {
	wide := `{"a":[` + strings.Repeat(`[[1,2,3],[4,5,6]],`, 13_000) + `1]}`
	long := `{"a":["` + strings.Repeat("x", 200_000) + `"]}`
	for path, body := range map[string]string{
		"$..[?$..[?$..[?@==1]]]": wide, "$..[?count($..*)>1]": wide, "$" + strings.Repeat("..*", 60): wide, "$..*": wide, "$.a[0,0,0]": long,
	} {
		if _, err := extract(t, body, path); !errors.Is(err, integration.ErrTooMuch) {
			t.Errorf("%s: %v", path, err)
		}
	}
	half := "$.a[?@..*]..x"
	if _, err := extract(t, wide, half); err != nil {
		t.Errorf("one path: %v", err)
	}
	paths := []string{half, half, half, half, half, half, half, half, half, half, half, half, half, half, half}
	if _, err := extract(t, wide, paths...); !errors.Is(err, integration.ErrTooMuch) {
		t.Errorf("fifteen paths share one budget: %v", err)
	}
	if got, err := extract(t, long, "$.a"); err != nil || len(got[0].Text) != 200_000 {
		t.Errorf("a long text: %v", err)
	}
}

func TestI18PathsThatCannotBeSaved(t *testing.T) {
	for path, want := range map[string]string{
		"$.":                            "placeholders[0].path: The JSONPath is wrong at byte 3: The query ends too early",
		"$.players[%user_id%]":          "placeholders[0].path: The JSONPath is wrong at byte 11: A variable may stand in a quoted text only",
		"$.%user_id%":                   "placeholders[0].path: The JSONPath is wrong at byte 3: A variable",
		"$.a[?@==%user_id%]":            "placeholders[0].path: The JSONPath is wrong at byte 9: A variable",
		"$.a[?@=='%api_key%']":          "placeholders[0].path: The JSONPath is wrong at byte 10: %api_key% is not a variable here: use one of user_id, guild_id",
		"$.a[?@=='%User_id%']":          "placeholders[0].path: The JSONPath is wrong at byte 10: %User_id% is not a variable here",
		"$.a[?match(@,'\\\\d+')]":       "placeholders[0].path: The JSONPath is wrong at byte 14: This is no regular expression",
		"$" + strings.Repeat(".a", 128): "placeholders[0].path: The path is longer than 255 bytes",
	} {
		i := lookup()
		i.Secrets = []integration.Secret{{Name: "api_key"}}
		i.Placeholders[0].Path = path
		_, err := newOffice().catalog.Create(t.Context(), byAuthor(), i)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", path, err, want)
		}
	}
}

func TestI18FiveMFromEndToEnd(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(fiveM) }
	i := lookup()
	i.Name, i.URL = "FiveM", "https://fivem.example.com/players"
	i.Secrets = []integration.Secret{{Name: "key"}}
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer %key%")}}
	i.Placeholders = []integration.Placeholder{
		{Name: "player", Path: fiveMPath + "name", Fallback: "not on the server"}, {Name: "ping", Path: fiveMPath + "ping"}, {Name: "online", Path: "$.players[*].name"}, {Name: "first", Path: "players.0.name"},
	}
	o.add(t, i, map[string]secret.Value{"key": secret.New("sesame")})
	got := o.resolve(t, subject(), "player", "ping", "online", "first")
	if diff := cmp.Diff(map[string]string{"player": "Ryan 🚓", "ping": "12.50", "online": "Somebody, Ryan 🚓", "first": "Somebody"}, got); diff != "" {
		t.Error(diff)
	}
	other := subject()
	other.User = 99
	if got := o.resolve(t, other, "player"); got["player"] != "—not on the server" {
		t.Errorf("somebody who is not on the server: %v", got)
	}
	if url := o.world.seen()[0].URL.Reveal(); url != "https://fivem.example.com/players" {
		t.Errorf("the user's id went along although it stands in paths alone: %s", url)
	}
}

func TestI18APathThatCostsTooMuchIsThisIntegrationsFailure(t *testing.T) {
	o := newOffice()
	o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) {
		if strings.Contains(c.URL.Reveal(), "wide") {
			return ok(fmt.Sprintf(`{"a":[%s1]}`, strings.Repeat("[1,2,3],", 20_000)))
		}
		return ok(guide)
	}
	wide := lookup()
	wide.Name, wide.URL, wide.Placeholders = "Wide", "https://wide.example.com/", []integration.Placeholder{{Name: "w", Path: "$..[?$..[?$..[?@==9]]]"}}
	o.add(t, wide, nil)
	o.add(t, lookup(), nil)
	got := o.resolve(t, subject(), "w", "username")
	if diff := cmp.Diff(map[string]string{"w": "—", "username": "Ryan"}, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(o.log.String(), "take too much work") {
		t.Errorf("log %s", o.log)
	}
}

func TestI11AGetWaitsForTheChannelThatAPathNames(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return ok(`{"508392988985262090":"this one"}`)
	}
	i := lookup()
	i.Placeholders = []integration.Placeholder{{Name: "here", Path: "$['%channel_id%']"}}
	o.add(t, i, nil)
	if got := o.resolve(t, subject(), "here"); got["here"] != "this one" {
		t.Errorf("values %v", got)
	}
}
