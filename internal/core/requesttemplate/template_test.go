package requesttemplate_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
)

func names() []string {
	return []string{"user_id", "guild_id", "api_key", "20name", "locale"}
}

func values(pairs ...string) map[string]secret.Value {
	m := make(map[string]secret.Value)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = secret.New(pairs[i+1])
	}
	return m
}

func TestI3VariablesStandInPathAndQueryOnly(t *testing.T) {
	tests := []struct{ raw, part string }{
		{"%user_id%://api.example.com/", "scheme"},
		{"https://%user_id%:x@api.example.com/", "user name"},
		{"https://%user_id%.example.com/", "host"},
		{"https://api.%user_id%/", "host"},
		{"https://%user_id%/", "host"},
		{"https://api.example.com:%user_id%/", "port"},
		{"https://[%user_id%::1]/", "host"},
		{"https://api.example.com/#%user_id%", "fragment"},
		{"%user_id%/lookup", "https://"},
		{"https%user_id%://api.example.com/", "scheme"},
	}
	for _, tt := range tests {
		_, err := requesttemplate.Parse(tt.raw, names()...)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), tt.part) {
			t.Errorf("Parse(%q) = %v, want an Invalid error that names the %s", tt.raw, err, tt.part)
		}
	}
}

func TestI7ValuesAreEncodedForTheirPlace(t *testing.T) {
	tests := []struct {
		name, raw, want string
		values          []string
	}{
		{"id", "https://api.example.com/lookup?user=%user_id%", "https://api.example.com/lookup?user=585576154958921739", []string{"user_id", "585576154958921739"}},
		{"one path segment", "https://api.example.com/u/%api_key%/x", "https://api.example.com/u/a%2Fb%3Fc%23d%252e/x", []string{"api_key", "a/b?c#d%2e"}},
		{"one query component", "https://api.example.com/?k=%api_key%&l=1", "https://api.example.com/?k=a%26l%3D2%2B%20%23&l=1", []string{"api_key", "a&l=2+ #"}},
		{"query key", "https://api.example.com/?%locale%=1", "https://api.example.com/?en%3D=1", []string{"locale", "en="}},
		{"inside a segment", "https://api.example.com/u-%user_id%.json", "https://api.example.com/u-1.json", []string{"user_id", "1"}},
		{"one pass", "https://api.example.com/%api_key%", "https://api.example.com/%25guild_id%25", []string{"api_key", "%guild_id%", "guild_id", "9"}},
		{"twice", "https://api.example.com/%user_id%?u=%user_id%", "https://api.example.com/7?u=7", []string{"user_id", "7"}},
		{"literal escapes stay", "https://api.example.com/%41%20%2F?a=%26", "https://api.example.com/%41%20%2F?a=%26", nil},
		{"a known name wins over an escape", "https://api.example.com/%20name%20", "https://api.example.com/v20", []string{"20name", "v"}},
		{"an unknown name after two hex digits is an escape", "https://api.example.com/%20nam%20", "https://api.example.com/%20nam%20", nil},
		{"escape beside a variable", "https://api.example.com/%20%user_id%%20", "https://api.example.com/%205%20", []string{"user_id", "5"}},
		{"invalid UTF-8 is replaced", "https://api.example.com/%api_key%", "https://api.example.com/a%EF%BF%BDb", []string{"api_key", "a\xffb"}},
		{"letters beyond ASCII in the literal", "https://api.example.com/ü?q={a}|b&f[]=1", "https://api.example.com/%C3%BC?q=%7Ba%7D%7Cb&f[]=1", nil},
		{"controls in a value are encoded", "https://api.example.com/?a=%api_key%", "https://api.example.com/?a=x%0D%0AHost%3A%20y", []string{"api_key", "x\r\nHost: y"}},
		{"no path", "https://api.example.com", "https://api.example.com/", nil},
		{"empty query stays", "https://api.example.com/a?", "https://api.example.com/a?", nil},
		{"case of scheme and host", "HTTPS://API.Example.COM:443/A", "https://api.example.com/A", nil},
		{"port", "http://api.example.com:8080/a", "http://api.example.com:8080/a", nil},
		{"IPv6", "https://[2606:4700:4700:0::1111]/", "https://[2606:4700:4700::1111]/", nil},
		{":// in the query", "https://api.example.com/?u=http://x/y?z", "https://api.example.com/?u=http://x/y?z", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tpl, err := requesttemplate.Parse(tt.raw, names()...)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tpl.Fill(values(tt.values...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Reveal()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestI7DotSegmentsAreRefused(t *testing.T) {
	for _, v := range []string{".", ".."} {
		tpl, err := requesttemplate.Parse("https://api.example.com/v1/%api_key%/me", names()...)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tpl.Fill(values("api_key", v)); err == nil || !strings.Contains(err.Error(), "%api_key%") {
			t.Errorf("value %q gave %q, %v", v, got.Reveal(), err)
		}
	}
	tpl, err := requesttemplate.Parse("https://api.example.com/.%api_key%", names()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tpl.Fill(values("api_key", ".")); err == nil {
		t.Error("a literal dot and a dot in the value together made ..")
	}
	if _, err := tpl.Fill(values("api_key", "well-known")); err != nil {
		t.Errorf("a segment that begins with a dot is refused: %v", err)
	}
	for _, raw := range []string{"https://a.example.com/../x", "https://a.example.com/x/.", "https://a.example.com/%2e%2E/x", "https://a.example.com/.%2e"} {
		if _, err := requesttemplate.Parse(raw); err == nil {
			t.Errorf("Parse(%q) accepts a dot segment", raw)
		}
	}
}

func TestMistypedVariablesAreTold(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"https://api.example.com/%USER_ID%", "did you mean %user_id%"},
		{"https://api.example.com/%user%", "%user% is neither"},
		{"https://api.example.com/100%", "write %25"},
		{"https://api.example.com/%zz", "write %25"},
		{"https://api.example.com/%%", "write %25"},
		{"https://api.example.com/?a=%-%", "%-% is neither"},
	}
	for _, tt := range tests {
		_, err := requesttemplate.Parse(tt.raw, names()...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q) = %v, want %q in it", tt.raw, err, tt.want)
		}
	}
}

func TestVariablesSampleAndOrigin(t *testing.T) {
	tpl, err := requesttemplate.Parse("http://api.example.com:81/%user_id%/%api_key%?a=%user_id%&l=%locale%", names()...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"user_id", "api_key", "locale"}, tpl.Variables()); diff != "" {
		t.Error(diff)
	}
	if got := tpl.Sample(); got != "http://api.example.com:81/1/1?a=1&l=1" {
		t.Errorf("Sample = %q", got)
	}
	o := tpl.Origin()
	if o.Scheme != "http" || o.Host.Name() != "api.example.com" || o.Port != 81 || o.String() != "http://api.example.com:81" {
		t.Errorf("Origin = %+v", o)
	}
	other, err := requesttemplate.Parse("http://API.example.com:81/else")
	if err != nil {
		t.Fatal(err)
	}
	if other.Origin() != o {
		t.Error("the same place compares as another origin")
	}
}

func TestFillNeedsEveryValueAndBoundsTheURL(t *testing.T) {
	tpl, err := requesttemplate.Parse("https://api.example.com/%api_key%", names()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tpl.Fill(nil); err == nil || !strings.Contains(err.Error(), "%api_key%") {
		t.Errorf("missing value: %v", err)
	}
	long := strings.Repeat("geheim", requesttemplate.MaxURL)
	if _, err := tpl.Fill(values("api_key", long)); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("too long: %.200v", err)
	}
}

func TestErrorsDoNotRepeatPathOrQuery(t *testing.T) {
	for _, raw := range []string{
		"https://api.example.com/geheim?x=geheim#a", "https://localhost/geheim", "ftp://api.example.com/geheim", "https://api.example.com/geheim%",
		"https://u:geheim@api.example.com/", "https://api.example.com:99999/geheim", "https://api.example.com/geheim\u200b",
	} {
		_, err := requesttemplate.Parse(raw)
		if err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("Parse(%q) = %v", raw, err)
		}
	}
}

func TestI3DiscordsOwnHostsAreRefused(t *testing.T) {
	for _, host := range []string{"discord.com", "DISCORD.com", "ptb.discord.com", "canary.Discord.Com", "discordapp.com", "cdn.discordapp.com", "media.discordapp.net", "discord.gg", "x.discord.media", "images.discordcdn.com"} {
		_, err := requesttemplate.Parse("https://" + host + "/api")
		if err == nil || !strings.Contains(err.Error(), "Discord") {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"notdiscord.com", "discord.com.example.org", "discord.example.org"} {
		if _, err := requesttemplate.Parse("https://" + host + "/api"); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestHostsAndPortsAtTheirLimits(t *testing.T) {
	label := strings.Repeat("a", 63)
	long := strings.Join([]string{label, label, label, strings.Repeat("a", 61)}, ".") // 253
	tests := []struct {
		authority string
		ok        bool
	}{
		{label + ".com", true},
		{label + "a.com", false},
		{long, true},
		{long + "a", false},
		{"a.example.com:1", true},
		{"a.example.com:65535", true},
		{"a.example.com:65536", false},
		{"a.example.com:0", false},
		{"a.example.com:+80", false},
		{"a.example.com:080", false},
		{"a.example.com:", false},
		{"a..example.com", false},
		{".example.com", false},
		{"example.com.", false},
		{"a_b.example.com", false},
		{"a.0x1f", false},
		{"a.0xg", true},
		{"93.184.216.34", true},
		{"93.184.216.034", false},
		{"93.184.216", false},
		{"a.test", false},
		{"contest.com", true},
		{"[2606:4700::1]:8080", true},
		{"[2606:4700::1]8080", false},
		{"[2606:4700::1%251]", false},
		{"2606:4700::1", false},
		{"[::ffff:93.184.216.34]", false},
	}
	for _, tt := range tests {
		if _, err := requesttemplate.Parse("https://" + tt.authority + "/"); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.authority, err)
		}
	}
}

// FuzzFill holds that no value changes where a request goes or how many parts it has, judged by net/url.
func FuzzFill(f *testing.F) {
	for _, v := range []string{"", ".", "..", "a/b?c#d%2e", "%user_id%", "\r\nHost: x", "@evil.example", "//evil", "\xff", "\u202e", "%2e%2e", "a\\b"} {
		f.Add(v)
	}
	tpl, err := requesttemplate.Parse("https://api.example.com/v1/%api_key%/me?k=%api_key%&z=1", "api_key")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, v string) {
		filled, err := tpl.Fill(map[string]secret.Value{"api_key": secret.New(v)})
		if err != nil {
			return
		}
		u, err := url.Parse(filled.Reveal())
		if err != nil {
			t.Fatalf("%q: %v", filled.Reveal(), err)
		}
		want := strings.ToValidUTF8(v, "\uFFFD")
		if u.Host != "api.example.com" || u.Path != "/v1/"+want+"/me" || strings.Count(u.EscapedPath(), "/") != 3 {
			t.Errorf("%q moved the path: %q", v, filled.Reveal())
		}
		if diff := cmp.Diff(url.Values{"k": {want}, "z": {"1"}}, u.Query()); diff != "" {
			t.Errorf("%q changed the query: %s", v, diff)
		}
		if again, err := requesttemplate.Parse(filled.Reveal()); err != nil || again.Sample() != filled.Reveal() {
			t.Errorf("%q: the filled URL reads differently: %v", v, err)
		}
	})
}
