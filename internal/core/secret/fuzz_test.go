package secret_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"usher/internal/core/secret"
)

// FuzzPrint prints a structure that holds a secret in every way: the text is in none of them.
func FuzzPrint(f *testing.F) {
	for _, seed := range []string{"sesame-open", "%!v(x)", "\x00\xff", "[secret", "0x1234", "Bearer a.b.c", "{\"a\":1}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		held := struct {
			Name  string
			value secret.Value
			Shown secret.Value
		}{"key", secret.New(text), secret.New(text)}
		frame := struct {
			Name  string
			value secret.Value
			Shown secret.Value
		}{"key", secret.New(""), secret.New("")}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
			// An address is printed for what cannot be looked into; only its digits may differ.
			got, want := fmt.Sprintf(verb, held.Shown), fmt.Sprintf(verb, frame.Shown)
			if got != want {
				t.Errorf("%s of a value prints %q, of an empty one %q", verb, got, want)
			}
			whole := fmt.Sprintf(verb, held)
			if len(text) > 3 && !strings.Contains(fmt.Sprintf(verb, frame), text) && !strings.ContainsAny(text, "0123456789abcdefx") && strings.Contains(whole, text) {
				t.Errorf("%s of a structure prints %q", verb, whole)
			}
		}
		got, err := json.Marshal(held)
		if err != nil || string(got) != `{"Name":"key","Shown":"[secret]"}` {
			t.Errorf("JSON is %s, %v", got, err)
		}
	})
}
