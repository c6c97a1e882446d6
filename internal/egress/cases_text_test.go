package egress

import (
	"strings"
	"testing"

	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
)

// refusedNames holds `refuse at save` for header names.
func refusedNames(names ...string) runner {
	return func(t *testing.T, _ egressCase) {
		for _, name := range names {
			if _, err := requesttemplate.ParseHeaders([]requesttemplate.Line{{Name: name, Value: secret.New("v")}}, 5); err == nil {
				t.Errorf("the header name %q is accepted", name)
			}
		}
	}
}

func refusedHeaderLines(lines ...requesttemplate.Line) runner {
	return func(t *testing.T, _ egressCase) {
		if _, err := requesttemplate.ParseHeaders(lines, 5); err == nil {
			t.Errorf("%d header lines are accepted", len(lines))
		}
	}
}

func headerRunners() map[string]runner {
	many := make([]requesttemplate.Line, 0, 20)
	for i := range 20 {
		many = append(many, requesttemplate.Line{Name: "X-" + string(rune('A'+i)), Value: secret.New("v")})
	}
	return map[string]runner{
		"header-01": refusedNames("Host"),
		"header-04": refusedNames("Connection", "Upgrade", "TE", "Trailer"),
		"header-05": refusedNames("Proxy-Authorization"),
		"header-06": refusedNames("Expect"),
		"header-08": refusedNames("Cookie"),
		"header-09": refusedNames("Metadata-Flavor", "X-aws-ec2-metadata-token", "Metadata"),
		"header-10": refusedNames("webhook-signature", "webhook-id"),
		"header-12": refusedNames("a b", "a:b", "a\rb", "a\nb", "a\x00b", "ä"),
		"header-13": refusedNames(" Host", "Host "),
		"header-14": refusedHeaderLines(requesttemplate.Line{Name: "X-A", Value: secret.New("v\r\nX: y")}),
		"header-16": refusedHeaderLines(requesttemplate.Line{Name: "X-A", Value: secret.New(strings.Repeat("v", 64<<10))}),
		"header-17": refusedHeaderLines(many...),
		"header-18": refusedHeaderLines(requesttemplate.Line{Name: "X-A", Value: secret.New("v")}, requesttemplate.Line{Name: "x-a", Value: secret.New("w")}),
		"header-19": onePass,
		"egress-04": upstreamHeader,
		"egress-07": proxyRedirects,
	}
}

func onePass(t *testing.T, _ egressCase) {
	names := []string{"one", "other_secret"}
	values := map[string]secret.Value{"one": secret.New("a%other_secret%"), "other_secret": secret.New("geheim")}
	headers, err := requesttemplate.ParseHeaders([]requesttemplate.Line{{Name: "X-A", Value: secret.New("%one%")}}, 5, names...)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := headers[0].Fill(values); err != nil || got.Reveal() != "a%other_secret%" {
		t.Errorf("header: %q, %v", got.Reveal(), err)
	}
	if got := filled(t, "%one%", values); got != "a%25other_secret%25" {
		t.Errorf("path: %q", got)
	}
}

// filled fills one path segment and gives what is sent for it, after the way out has parsed the result.
func filled(t *testing.T, segment string, values map[string]secret.Value) string {
	t.Helper()
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	template, err := requesttemplate.Parse("https://api.example.com/"+segment, names...)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := template.Fill(values)
	if err != nil {
		return "refused"
	}
	u := target(t, raw.Reveal())
	return strings.TrimPrefix(*u.location, "/")
}

// segmentBecomes holds rows on a value in a URL path.
func segmentBecomes(pairs ...string) runner {
	return func(t *testing.T, _ egressCase) {
		for i := 0; i < len(pairs); i += 2 {
			if got := filled(t, "%v%", map[string]secret.Value{"v": secret.New(pairs[i])}); got != pairs[i+1] {
				t.Errorf("%q became %q, want %q", pairs[i], got, pairs[i+1])
			}
		}
	}
}

func textRunners() map[string]runner {
	return map[string]runner{
		"html-url-json-output-11": segmentBecomes("a/b?c#d%2e", "a%2Fb%3Fc%23d%252e"),
		"html-url-json-output-12": segmentBecomes("..", "refused", ".", "refused"),
		"html-url-json-output-14": segmentBecomes("a\xffb", "a%EF%BF%BDb"),
		"secret-05":               hostile(ClassConnect, answer("nothing")), // wantClass looks for the query's secret
		"oracle-02":               hostile(ClassConnect, answer("nothing")), // and for the address
		"oracle-03": func(t *testing.T, _ egressCase) {
			server := listen(t, answer("HTTP/1.1 418 Odd\r\nContent-Length: 0\r\n\r\n"))
			cfg := strict(nil)
			cfg.AllowPorts = []uint16{server.port}
			resp, err := get(t, newClient(t, cfg), server.url())
			wantClass(t, err, ClassPolicy)
			if resp.Status != 0 || server.connections.Load() != 0 {
				t.Errorf("status %d, %d connections", resp.Status, server.connections.Load())
			}
		},
	}
}
