package requesttemplate_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
)

func line(name, value string) requesttemplate.Line {
	return requesttemplate.Line{Name: name, Value: secret.New(value)}
}

func TestI5RefusedHeaderNames(t *testing.T) {
	refused := []string{
		"Host", "hOsT", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "TE", "Upgrade", "Expect", "Trailer", "Keep-Alive",
		"Proxy-Authorization", "Proxy-Connection", "proxy-x", "X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP",
		"User-Agent", "Cookie", "webhook-id", "Webhook-Signature", "Metadata", "Metadata-Flavor", "X-aws-ec2-metadata-token", "X-Upstream-Https-Proxy",
		"Accept-Encoding", "X-Guild-Id", "", "a b", "a:b", "a\r\nb", "a\x00", "ü", " X", "X ", strings.Repeat("a", 65),
	}
	for _, name := range refused {
		_, err := requesttemplate.ParseHeaders([]requesttemplate.Line{line(name, "v")}, 5)
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != "headers[0].name" {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if printable := strings.TrimFunc(name, func(r rune) bool { return r > '~' || r < '!' }); len(name) < 60 && printable != "" && !strings.Contains(f.Fields[0].Text, printable[:1]) {
			t.Errorf("%q: the text does not name the header: %s", name, f.Fields[0].Text)
		}
	}
	for _, name := range []string{"Authorization", "X-Api-Key", "Accept", "X-Custom_1", "Hosts", "Viable", "api-version"} {
		if err := requesttemplate.CheckHeaderName(name); err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
}

func TestI5HeaderValuesAndCounts(t *testing.T) {
	bad := []struct {
		lines []requesttemplate.Line
		path  string
	}{
		{[]requesttemplate.Line{line("X-A", "a\r\nX: y")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", "a\x00")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", "a\tb")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", "a\u0085b")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", strings.Repeat("a", 256))}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", "")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", " a")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", "a\xff")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", "Bearer %api_kye%")}, "headers[0].value"},
		{[]requesttemplate.Line{line("X-A", "a"), line("x-a", "b")}, "headers[1].name"},
		{[]requesttemplate.Line{line("A", "a"), line("B", "a"), line("C", "a"), line("D", "a"), line("E", "a"), line("F", "a")}, "headers"},
	}
	for _, tt := range bad {
		_, err := requesttemplate.ParseHeaders(tt.lines, 5, names()...)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != tt.path {
			t.Errorf("%s: %v", tt.path, err)
		}
	}
	if _, err := requesttemplate.ParseHeaders([]requesttemplate.Line{line("X-A", strings.Repeat("a", 255))}, 1); err != nil {
		t.Error(err)
	}
}

func TestI7HeaderFill(t *testing.T) {
	tests := []struct {
		name, template, want string
		values               []string
	}{
		{"secret", "Bearer %api_key%", "Bearer k", []string{"api_key", "k"}},
		{"one pass", "%api_key%", "a%guild_id%", []string{"api_key", "a%guild_id%", "guild_id", "9"}},
		{"percent signs stay", "100% %3D%3D %ab%", "100% %3D%3D %ab%", nil},
		{"beside each other", "%user_id%%guild_id%", "12", []string{"user_id", "1", "guild_id", "2"}},
		{"invalid UTF-8", "%api_key%", "a\uFFFD", []string{"api_key", "a\xff"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			headers, err := requesttemplate.ParseHeaders([]requesttemplate.Line{line("X-A", tt.template)}, 1, names()...)
			if err != nil {
				t.Fatal(err)
			}
			got, err := headers[0].Fill(values(tt.values...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Reveal()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestI7HeaderFillRefusesControlCharacters(t *testing.T) {
	headers, err := requesttemplate.ParseHeaders([]requesttemplate.Line{line("X-A", "%api_key% %user_id%")}, 1, names()...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"api_key", "user_id"}, headers[0].Variables()); diff != "" {
		t.Error(diff)
	}
	for _, v := range []string{"geheim\r\nX: y", "geheim\n", "\x00geheim", "geheim\x7f", "geheim\u0085", strings.Repeat("geheim", 1000)} {
		_, err := headers[0].Fill(values("api_key", v, "user_id", "1"))
		if err == nil || !strings.Contains(err.Error(), "X-A") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", v, err)
		}
	}
	if _, err := headers[0].Fill(values("api_key", "k")); err == nil {
		t.Error("a missing value is not an error")
	}
}

// FuzzHeader holds that whatever passes at save and at filling can be sent as one header field.
func FuzzHeader(f *testing.F) {
	f.Add("Host", "x", "y")
	f.Add("X-A", "Bearer %api_key%", "a\r\nX: y")
	f.Add("webhook-signature", "%", "%")
	f.Add(" Host", "%api_key%%api_key%", "\x00")
	f.Fuzz(func(t *testing.T, name, value, filling string) {
		headers, err := requesttemplate.ParseHeaders([]requesttemplate.Line{line(name, value)}, 1, "api_key")
		if err != nil {
			return
		}
		if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("()<>@,;:\\\"/[]?={}", r) }) || strings.EqualFold(name, "host") {
			t.Errorf("name %q passed", name)
		}
		got, err := headers[0].Fill(map[string]secret.Value{"api_key": secret.New(filling)})
		if err != nil {
			return
		}
		if strings.ContainsFunc(got.Reveal(), unicode.IsControl) || len(got.Reveal()) > requesttemplate.MaxFilledHeader {
			t.Errorf("value %q passed", got.Reveal())
		}
	})
}
