package jsonpath_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/jsonpath"
)

// texts runs a query and gives what it selects; arrays and objects as [] and {}.
func texts(tb testing.TB, query, document string, values map[string]string, budget *jsonpath.Budget) ([]string, error) {
	tb.Helper()
	var names []string
	for name := range values {
		names = append(names, name)
	}
	q, err := jsonpath.Parse(query, names...)
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	root, err := jsonpath.Read([]byte(document), 64)
	if err != nil {
		tb.Fatalf("%.100s: %v", document, err)
	}
	found, err := q.Select(root, values, budget)
	var all []string
	for _, v := range found {
		switch v.Kind() {
		case jsonpath.Array:
			all = append(all, "[]")
		case jsonpath.Object:
			all = append(all, "{}")
		default:
			all = append(all, v.Text())
		}
	}
	return all, err
}

func TestI17NumbersStayAsSentAndCompareExactly(t *testing.T) {
	for _, c := range []struct {
		query, document string
		want            []string
	}{
		{"$.*", `{"a":12345678901234567890,"b":0.10,"c":1e400,"d":-0,"e":1E+2}`, []string{"12345678901234567890", "0.10", "1e400", "-0", "1E+2"}},
		{"$[?@==9007199254740993]", `[9007199254740992,9007199254740993,9007199254740994]`, []string{"9007199254740993"}},
		{"$[?@>9007199254740992]", `[9007199254740991,9007199254740992,9007199254740993]`, []string{"9007199254740993"}},
		{"$[?@==1]", `[1,1.0,10e-1,0.1E1,100e-2,1.00000000000000000001,-1,"1"]`, []string{"1", "1.0", "10e-1", "0.1E1", "100e-2"}},
		{"$[?@==0]", `[0,-0,0.0,0e9,-0.00e-5,1e-400]`, []string{"0", "-0", "0.0", "0e9", "-0.00e-5"}},
		{"$[?@<-1]", `[-2,-1.5,-1,-0.5,0,-1e2,1e2]`, []string{"-2", "-1.5", "-1e2"}},
		{"$[?@>1e400]", `[1e399,1e400,1e401,9e400,-1e401]`, []string{"1e401", "9e400"}},
		{"$[?@>1e99999999999999999999]", `[1,1e99999999999999999999]`, nil},
		{"$[?@<1e-99999999999999999999]", `[1,0,-1e99999999999999999999]`, []string{"0", "-1e99999999999999999999"}},
		{"$[?@<=0.30]", `[0.3,0.30000000000000000001,0.29]`, []string{"0.3", "0.29"}},
	} {
		got, err := texts(t, c.query, c.document, nil, plenty())
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s on %s: %v %s", c.query, c.document, err, diff)
		}
	}
}

func TestReadKeepsTheLastOfTwoAndTheFirstPlace(t *testing.T) {
	for _, many := range []int{1, 20} {
		var b strings.Builder
		for i := range many {
			fmt.Fprintf(&b, `"k%d":%d,`, i, i)
		}
		document := fmt.Sprintf(`{%s"k0":"last"}`, b.String())
		got, err := texts(t, "$.k0", document, nil, plenty())
		if diff := cmp.Diff([]string{"last"}, got); diff != "" || err != nil {
			t.Errorf("%d members: %v %s", many, err, diff)
		}
		if got, _ := texts(t, "$.*", document, nil, plenty()); len(got) != many || got[0] != "last" {
			t.Errorf("%d members: %v", many, got)
		}
		if got, _ := texts(t, "$.none", document, nil, plenty()); got != nil {
			t.Errorf("a member that is not there: %v", got)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for document, want := range map[string]error{
		"": jsonpath.ErrNotJSON, "{": jsonpath.ErrNotJSON, "[1,]": jsonpath.ErrNotJSON, "[1}": jsonpath.ErrNotJSON, `{"a" 1}`: jsonpath.ErrNotJSON, "1 2": jsonpath.ErrNotJSON,
		`{"a":}`: jsonpath.ErrNotJSON, "[[[[1]]]]": jsonpath.ErrTooDeep, strings.Repeat("[", 1_000_000): jsonpath.ErrTooDeep, "[[[1]]]": nil,
	} {
		if _, err := jsonpath.Read([]byte(document), 3); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", document, err, want)
		}
	}
}

func TestI18VariablesAreTextAndNeverSyntax(t *testing.T) {
	hostile := []string{
		`x`, ``, `'`, `"`, `\`, `\'`, `'] | $..*`, `')]..[?(@=='`, "a\nb", "\x00", `%user%`, `%other%`, "\u202e😀", `.*`, `[a-z]+`, `(`, `a|b`, `\Q`, `^$`, `a{2}`, `x-y]`, "bad\xff",
	}
	for _, value := range hostile {
		values := map[string]string{"user": value, "other": "never"}
		clean := strings.ToValidUTF8(value, "\uFFFD")
		document := fmt.Sprintf(`{"list":[%s,"other text",%s],%s:"by name"}`, quote("id:"+clean), quote(clean+"x"), quote("k:"+clean))
		for query, want := range map[string][]string{
			`$.list[?@=='id:%user%']`:                                   {"id:" + clean},
			`$.list[?@=="id:%user%"]`:                                   {"id:" + clean},
			`$['k:%user%']`:                                             {"by name"},
			`$.list[?match(@, 'id:%user%')]`:                            {"id:" + clean},
			`$.list[?search(@, '^id:(%user%)$')]`:                       {"id:" + clean},
			`$.list[?search(@, "\\^id:%user%")]`:                        nil,
			`$.list[?@=='\u0025user\u0025']`:                            nil,
			`$.list[?length(@)==length('id:%user%') && @=='id:%user%']`: {"id:" + clean},
		} {
			got, err := texts(t, query, document, values, plenty())
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s with %q on %s: %v %s", query, value, document, err, diff)
			}
		}
	}
}

func quote(text string) string { return string(must(jsonText(text))) }

func TestI18VariablesAndPercentSigns(t *testing.T) {
	q, err := jsonpath.Parse(`$['%b%'][?@.x=='%a%%b%' || match(@.y, "%a%")]`, "a", "b", "c")
	if diff := cmp.Diff([]string{"b", "a"}, q.Variables()); diff != "" || err != nil {
		t.Error(err, diff)
	}
	root, err := jsonpath.Read([]byte(`{}`), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Select(root, map[string]string{"a": "1"}, plenty()); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("a missing value: %v", err)
	}
	for _, query := range []string{`$['100%']`, `$['%']`, `$['%%']`, `$['% a%']`, `$['%a b%']`, `$["\u0025nobody\u0025"]`} {
		if _, err := jsonpath.Parse(query, "a"); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
	if _, err := jsonpath.Parse(`$['%nobody%']`); err != nil {
		t.Errorf("without variables a percent sign is one like any other: %v", err)
	}
	if got, err := texts(t, `$["\u0025a%"]`, `{"%a%":"literal"}`, map[string]string{"a": "x"}, plenty()); err != nil || !slices.Equal(got, []string{"literal"}) {
		t.Errorf("an escaped percent sign: %v, %v", got, err)
	}
}

func TestSyntaxErrorsNameThePlaceAndWhatToDo(t *testing.T) {
	for query, want := range map[string]string{
		"":                                     "at byte 1: The query ends too early: write $",
		"a.b":                                  "at byte 1: 'a' cannot stand here: write $",
		"$.":                                   "at byte 3: The query ends too early: after a dot write a key",
		"$.a-b":                                "at byte 4: '-' cannot stand here",
		"$.1":                                  "at byte 3: '1' cannot stand here: after a dot",
		"$[a]":                                 "at byte 3: 'a' cannot stand here: in brackets write a key in quotes",
		"$['a'":                                "at byte 6: The query ends too early: write ,",
		"$['a":                                 "at byte 3: This quoted text has no end: write '",
		"$['\\x']":                             "at byte 4: This is no escape",
		`$['\ud800']`:                          "at byte 4: Half of a surrogate pair",
		`$['\u12g4']`:                          "at byte 4: Write four hexadecimal digits",
		"$[\"a\nb\"]":                          "at byte 5: A control character",
		"$[01]":                                "at byte 3: Write a whole number without leading zeros",
		"$[9007199254740992]":                  "at byte 3: The number is too large",
		"$[?@.a = 1]":                          "at byte 8: '=' cannot stand here: compare with ==",
		"$[?@.*==1]":                           "at byte 4: This query can give several values",
		"$[?1]":                                "at byte 4: A value alone is no condition",
		"$[?length(@)]":                        "at byte 4: length() gives a value",
		"$[?match(@,'a')==true]":               "at byte 4: match() is a condition",
		"$[?match(@)]":                         "at byte 4: match() takes 2 and not 1 arguments",
		"$[?count(1)>1]":                       "at byte 10: count() takes a query",
		"$[?lenght(@)>1]":                      "at byte 4: There is no function lenght",
		"$[?name=='x']":                        "at byte 4: name is no word of a filter",
		"$[?!@.a==1]":                          "at byte 4: ! cannot stand before a comparison",
		"$[?@.a==%user%]":                      "at byte 9: A variable may stand in a quoted text only",
		"$.list[%user%]":                       "at byte 8: A variable may stand in a quoted text only",
		"$.%user%":                             "at byte 3: A variable may stand in a quoted text only",
		"$['é%nobody%']":                       "at byte 6: %nobody% is not a variable here: use one of user, or",
		"$['\xff']":                            "at byte 4: The query is not valid UTF-8",
		"$" + strings.Repeat(".a", 2048):       "at byte 4097: The query is longer than 4096 bytes",
		"$[?" + strings.Repeat("(", 2000):      "nest deeper than 32 levels",
		"$" + strings.Repeat("[?@", 1000):      "nest deeper than 32 levels",
		"$[?" + strings.Repeat("length(", 500): "nest deeper than 32 levels",
	} {
		_, err := jsonpath.Parse(query, "user")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", query, err, want)
		}
	}
}

func TestI18PatternsThatMatchNothingAreTold(t *testing.T) {
	for pattern, fine := range map[string]bool{
		`a.*`: true, `[0-9]{17,20}`: true, `\\p{Lu}\\P{N}`: true, `[^\\]a-c\\-]`: true, `[-a]`: true, `[a-]`: true, `(a|b|)c+?`: false, `a?`: true, ``: true, `[\\p{L}_]+`: true, `a{3}`: true, `a{3,}`: true,
		`\\d+`: false, `(?i)a`: false, `a(?=b)`: false, `\\bword`: false, `[[:alpha:]]`: false, `(`: false, `)`: false, `a)|(b`: false, `[`: false, `[]`: false, `*a`: false, `a**`: false, `a{`: false, `a{x}`: false,
		`a{1001}`: false, `\\p{Foo}`: false, `\\p{Lx}`: false, `\\pL`: false, `\\Qa\\E`: false, `[z-a]`: false, `\\`: false, `[a-\\p{L}]`: false, `]`: false, `}`: false, `%user%{2}`: true, `\\x41`: false,
		strings.Repeat("(", 100) + strings.Repeat(")", 100): false,
	} {
		q, err := jsonpath.Parse(`$[?search(@, '`+pattern+`')]`, "user")
		if err != nil {
			t.Fatalf("%s: %v", pattern, err)
		}
		if err := q.CheckPatterns(); (err == nil) != fine {
			t.Errorf("%s: %v", pattern, err)
		} else if err != nil && !strings.Contains(err.Error(), "at byte 14: ") {
			t.Errorf("%s: %v", pattern, err)
		}
		if got, err := texts(t, `$[?search(@, '`+pattern+`')]`, `["aaa 123 ABC word"]`, map[string]string{"user": "a"}, plenty()); err != nil || len(got) > 0 && !fine {
			t.Errorf("%s: %v %v", pattern, got, err)
		}
	}
}

// hostile are queries and documents that cost without a bound where nobody counts. A query is 255 bytes at most, as integrations allow.
func hostile() map[string][2]string {
	wide := `[` + strings.Repeat(`[[1,2,3],[4,5,6]],`, 12_000) + `1]`
	deep := strings.Repeat(`{"a":`, 60) + `1` + strings.Repeat(`}`, 60)
	text := `["` + strings.Repeat("a", 250_000) + `"]`
	patterns := `[` + strings.Repeat(`"(a{30}){30}.{99}[^a]{900}x",`, 8_000) + `1]`
	return map[string][2]string{
		"descending again and again":  {"$" + strings.Repeat("..*", 80), deep},
		"one element a hundred times": {"$[" + strings.Repeat("*,", 100) + "*]" + "[*,*,*,*,*,*]", wide},
		"filters in filters":          {"$..[?$..[?$..[?@==1]]]", wide},
		"counting for each":           {"$..[?count($..*)>1]", wide},
		"comparing all with all":      {"$[?@==$[0] || $==$ && $==@]", wide},
		"equal to itself":             {"$..[?$==$]", wide},
		"a large expression":          {"$[?search(@,'" + strings.Repeat(`.{900}`, 30) + "b')]", text},
		"many expressions":            {"$[?search($[0],@) && false==true || search('" + strings.Repeat("a", 100) + "',@)]", strings.Replace(patterns, "(a", "(b", 1)},
		"a long text many times":      {"$[" + strings.Repeat("?search(@,'(a|aa)+[^a]b'),", 100) + "0]", text},
		"long texts compared":         {"$[" + strings.Repeat("?@==$[0],", 100) + "0]", text},
		"a slice":                     {"$[::-1][::2][::-1]..*..*..*..*", wide},
	}
}

func TestHostileQueriesAndDocumentsEnd(t *testing.T) {
	for name, c := range hostile() {
		t.Run(name, func(t *testing.T) {
			q, err := jsonpath.Parse(c[0])
			if err != nil {
				t.Fatal(err)
			}
			root, err := jsonpath.Read([]byte(c[1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			budget := plenty()
			began := time.Now()
			found, err := q.Select(root, nil, budget)
			t.Logf("%v, %d selected, %v, %d steps left", time.Since(began), len(found), err, budget.Steps)
			if err != nil && !errors.Is(err, jsonpath.ErrBudget) || budget.Steps < 0 || err != nil && found != nil {
				t.Errorf("%d selected, %v, %+v", len(found), err, budget)
			}
		})
	}
}

func TestABudgetBoundsSeveralQueriesTogether(t *testing.T) {
	document := `[1,2,3,4,5,6,7,8,9,10]`
	if got, err := texts(t, "$[*]", document, nil, &jsonpath.Budget{Steps: 100, Nodes: 10}); err != nil || len(got) != 10 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := texts(t, "$[*]", document, nil, &jsonpath.Budget{Steps: 100, Nodes: 9}); !errors.Is(err, jsonpath.ErrBudget) {
		t.Errorf("more nodes than allowed: %v", err)
	}
	budget := &jsonpath.Budget{Steps: 15, Nodes: 100}
	if _, err := texts(t, "$[*]", document, nil, budget); err != nil {
		t.Error(err)
	}
	if _, err := texts(t, "$[*]", document, nil, budget); !errors.Is(err, jsonpath.ErrBudget) {
		t.Errorf("the second query of a spent budget: %v", err)
	}
	// A condition that is cut short must not count as false, nor as true with ! before it.
	for _, query := range []string{"$[?!@[*]]", "$[?$..*]", "$[?count($..*)<1]", "$[?!match('a', 'b')]"} {
		if got, err := texts(t, query, document, nil, &jsonpath.Budget{Steps: 3, Nodes: 100}); !errors.Is(err, jsonpath.ErrBudget) {
			t.Errorf("%s: %v, %v", query, got, err)
		}
	}
	if got, err := texts(t, "$[?$..*]", `[1,`+strings.Repeat("[1],", 1000)+`1]`, nil, &jsonpath.Budget{Steps: 10_000, Nodes: 2000}); err != nil || len(got) != 1002 {
		t.Errorf("one value found is enough for a test: %d, %v", len(got), err)
	}
}
