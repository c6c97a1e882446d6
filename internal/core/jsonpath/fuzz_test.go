package jsonpath_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"usher/internal/core/jsonpath"
)

func jsonText(text string) ([]byte, error) { return json.Marshal(text) }

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// FuzzParseAndSelect: whatever the query, the document and the value, it ends within its budget with an error of a closed set.
func FuzzParseAndSelect(f *testing.F) {
	for _, query := range []string{
		`$.players[?@.identifiers[?@=='discord:%user%']].name`, `$..[?match(@.a, "a.*") && count(@.*) > 1]`, `$[1:-1:2,'a',*]`, `$["\ud83d\ude00"]`, `$[?value($..x)==length("%user%")]`,
	} {
		f.Add(query, []byte(`{"players":[{"name":"x","identifiers":["discord:1"]}],"a":[1.50,null,true]}`), "1")
	}
	f.Fuzz(func(t *testing.T, query string, document []byte, value string) {
		q, err := jsonpath.Parse(query, "user")
		if wrong := (*jsonpath.SyntaxError)(nil); err != nil {
			if !errors.As(err, &wrong) || wrong.Position < 1 || wrong.Position > len(query)+1 {
				t.Errorf("%q: %v", query, err)
			}
			return
		}
		root, err := jsonpath.Read(document, 64)
		if err != nil {
			return
		}
		budget := &jsonpath.Budget{Steps: 20_000, Nodes: 500}
		found, err := q.Select(root, map[string]string{"user": value}, budget)
		if err != nil && !errors.Is(err, jsonpath.ErrBudget) || len(found) > 500 || budget.Steps < 0 {
			t.Errorf("%q: %d selected, %v, %+v", query, len(found), err, budget)
		}
	})
}

// FuzzVariable: a value never makes a query select something else than the same value written into the document.
func FuzzVariable(f *testing.F) {
	for _, value := range []string{"1", "'", `\`, `"]`, ".*", "\x00", "\xff", `^[a-z]$`} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		clean := strings.ToValidUTF8(value, "\uFFFD")
		document := fmt.Sprintf(`[%s,"decoy"]`, must(jsonText("id:"+clean)))
		for _, query := range []string{`$[?@=='id:%user%']`, `$[?match(@,"id:%user%")]`} {
			if len(value) > 400 && strings.Contains(query, "match") {
				continue // longer than a pattern may be
			}
			got, err := texts(t, query, document, map[string]string{"user": value}, plenty())
			if err != nil || len(got) != 1 || got[0] != "id:"+clean {
				t.Errorf("%s with %q: %q, %v", query, value, got, err)
			}
		}
	})
}

// BenchmarkFiveM looks one of 250 players up by an identifier, in about 75 kB.
func BenchmarkFiveM(b *testing.B) {
	var document strings.Builder
	document.WriteString(`{"players":[`)
	for i := range 250 {
		if i > 0 {
			document.WriteByte(',')
		}
		fmt.Fprintf(&document, `{"endpoint":"127.0.0.1","id":%d,"name":"player %d","ping":40,"identifiers":["steam:1100001%08d","license:0123456789abcdef0123456789abcdef%08d","discord:5855761549%08d","fivem:%d"]}`, i, i, i, i, i, i)
	}
	document.WriteString(`]}`)
	text := []byte(document.String())
	q, err := jsonpath.Parse(`$.players[?@.identifiers[?@=='discord:%user%']].name`, "user")
	if err != nil {
		b.Fatal(err)
	}
	values := map[string]string{"user": "585576154900000200"}
	root, err := jsonpath.Read(text, 64)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsonpath.Read(text, 64); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("select", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			found, err := q.Select(root, values, plenty())
			if err != nil || len(found) != 1 || found[0].Text() != "player 200" {
				b.Fatal(found, err)
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsonpath.Parse(`$.players[?@.identifiers[?@=='discord:%user%']].name`, "user"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
