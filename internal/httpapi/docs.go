package httpapi

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docs writes the description as a page for people. It is written once, by hand and without a script: nothing in it can be out of date,
// and nothing comes from elsewhere.
func (a *api) docs() []byte {
	d := &docsPage{api: a.huma.OpenAPI(), origin: a.origin()}
	d.write(pageHead("HTTP API"), `<main><h1>Usher's HTTP API</h1><p>`, html.EscapeString(d.api.Info.Description), `</p>`, d.introduction())
	all := operations(d.api)
	var tags []string
	byTag := map[string][]*huma.Operation{}
	for _, op := range all {
		tag := op.Tags[0]
		if byTag[tag] == nil {
			tags = append(tags, tag)
		}
		byTag[tag] = append(byTag[tag], op)
	}
	slices.Sort(tags)
	d.write(`<nav><h2>What it can do</h2><ul>`)
	for _, op := range all {
		d.write(`<li><a href="#`, op.OperationID, `">`, html.EscapeString(op.Summary), `</a></li>`)
	}
	d.write(`</ul></nav>`)
	for _, tag := range tags {
		d.write(`<h2>`, html.EscapeString(tag), `</h2>`)
		for _, op := range byTag[tag] {
			d.operation(op)
		}
	}
	d.write(`<h2>Objects</h2>`)
	for _, name := range slices.Sorted(maps.Keys(d.api.Components.Schemas.Map())) {
		d.object(name, d.api.Components.Schemas.Map()[name])
	}
	d.write(`</main></html>`)
	return []byte(d.text.String())
}

// docsPage is the page while it is written.
type docsPage struct {
	api    *huma.OpenAPI
	origin string
	text   strings.Builder
}

func (d *docsPage) write(parts ...string) {
	for _, p := range parts {
		d.text.WriteString(p)
	}
}

func (d *docsPage) introduction() string {
	return `<p>The machine-readable description is at <a href="` + specPath + `">` + specPath + `</a> (OpenAPI 3.1).</p>
<h2>Who may</h2><p>A browser signs in at <a href="` + signInPath + `?return=` + docsPath + `">` + signInPath + `</a> and then asks with its cookie; you can
open the GET addresses below in this browser. A program sends an API key, which a person makes with <a href="#create-key">create-key</a>:</p>
<pre>curl -H "Authorization: Bearer $USHER_KEY" ` + html.EscapeString(d.origin+basePath) + `/me</pre>
<p>A key never may more than the person who made it. Ids are strings, for they are longer than JavaScript's numbers. Moments are RFC 3339.</p>
<h2>When something is wrong</h2><p>Every answer but 2xx is a problem after RFC 9457: <code>detail</code> says what to do, <code>code</code> is for programs,
and <code>errors</code> has a sentence for each wrong field. 401: sign in. 403: you may not. 404: there is no such thing, or it is not yours to see.
409: it changed in the meantime, or something is in the way. 422: fields are wrong. 503: something outside does not answer; try again.</p>
<p>What can be changed by several people carries a <code>revision</code>. Send back the one you read: where somebody changed it in between you are told (409), and
nothing is overwritten.</p>`
}

func (d *docsPage) operation(op *huma.Operation) {
	who, _ := op.Extensions["x-who"].(string)
	d.write(`<details id="`, op.OperationID, `"><summary><span class="method">`, op.Method, `</span><code class="path">`, html.EscapeString(op.Path),
		`</code><span>`, html.EscapeString(op.Summary), `</span></summary>`)
	d.write(`<p class="soft">For `, html.EscapeString(who))
	if scope, ok := op.Extensions["x-scope"].(string); ok {
		d.write(`; API keys need the scope <code>`, html.EscapeString(scope), `</code>`)
	} else if who != string(anyone) {
		d.write(`; not for API keys`)
	}
	d.write(`.</p>`)
	if op.Description != "" {
		d.write(`<p>`, html.EscapeString(op.Description), `</p>`)
	}
	d.parameters(op.Parameters)
	if op.RequestBody != nil {
		d.write(`<p>Send `, d.typeOf(op.RequestBody.Content["application/json"].Schema), `</p>`)
	}
	d.answers(op)
	d.write(`<pre>`, html.EscapeString(d.curl(op)), `</pre></details>`)
}

func (d *docsPage) parameters(all []*huma.Param) {
	if len(all) == 0 {
		return
	}
	d.write(`<table><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr>`)
	for _, p := range all {
		d.write(`<tr><td><code>`, html.EscapeString(p.Name), `</code></td><td>`, p.In, `</td><td>`, d.typeOf(p.Schema), `</td><td>`, html.EscapeString(p.Description), `</td></tr>`)
	}
	d.write(`</table>`)
}

func (d *docsPage) answers(op *huma.Operation) {
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		if !strings.HasPrefix(status, "2") {
			continue
		}
		d.write(`<p>Answer `, status)
		if m := r.Content["application/json"]; m != nil {
			d.write(`: `, d.typeOf(m.Schema))
		}
		d.write(`</p>`)
	}
}

// object shows the fields of an object.
func (d *docsPage) object(name string, s *huma.Schema) {
	d.write(`<details id="schema-`, html.EscapeString(name), `"><summary><h3>`, html.EscapeString(name), `</h3></summary><table><tr><th>Field</th><th>Type</th><th></th></tr>`)
	for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[field]
		optional := ""
		if !slices.Contains(s.Required, field) {
			optional = `<span class="soft">, may be left out</span>`
		}
		d.write(`<tr><td><code>`, html.EscapeString(field), `</code></td><td>`, d.typeOf(p), optional, `</td><td>`, html.EscapeString(p.Description), `</td></tr>`)
	}
	d.write(`</table></details>`)
}

// typeOf says in few words, and with a link where it is an object, what a value is.
func (d *docsPage) typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return "anything"
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return `<a href="#schema-` + html.EscapeString(name) + `">` + html.EscapeString(name) + `</a>`
	case s.Type == huma.TypeArray:
		return "a list of " + d.typeOf(s.Items)
	case len(s.Enum) > 0:
		var all []string
		for _, v := range s.Enum {
			all = append(all, `<code>`+html.EscapeString(fmt.Sprint(v))+`</code>`)
		}
		return strings.Join(all, " or ")
	case s.Format != "":
		return html.EscapeString(s.Format)
	case s.Type == "":
		return "anything"
	default:
		return html.EscapeString(s.Type)
	}
}

// curl is an operation as one types it.
func (d *docsPage) curl(op *huma.Operation) string {
	line := "curl"
	if op.Method != http.MethodGet {
		line += " -X " + op.Method
	}
	if _, ok := op.Extensions["x-scope"]; ok {
		line += ` -H "Authorization: Bearer $USHER_KEY"`
	} else if op.Extensions["x-who"] != string(anyone) {
		line += ` --cookie "usher_session=$USHER_SESSION"`
	}
	if op.RequestBody != nil {
		sample, err := json.Marshal(d.sample(op.RequestBody.Content["application/json"].Schema, 0))
		if err == nil {
			line += " -H 'Content-Type: application/json' \\\n  -d '" + strings.ReplaceAll(string(sample), "'", `'\''`) + "'"
		}
	}
	return line + " \\\n  '" + d.origin + strings.NewReplacer("{guild}", "1400000000000000001").Replace(op.Path) + "'"
}

// sample makes a value that has the form of a schema: what must be there, and the examples that are given.
func (d *docsPage) sample(s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = d.api.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case s == nil || depth > 6:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		object := map[string]any{}
		for _, name := range s.Required {
			object[name] = d.sample(s.Properties[name], depth+1)
		}
		return object
	case huma.TypeArray:
		return []any{d.sample(s.Items, depth+1)}
	case huma.TypeInteger, huma.TypeNumber:
		return 1
	case huma.TypeBoolean:
		return false
	default:
		if s.Format == "date-time" {
			return "2027-01-31T12:00:00Z"
		}
		return "…"
	}
}
