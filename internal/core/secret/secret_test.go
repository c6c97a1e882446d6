package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"usher/internal/core/secret"
)

const clear = "hunter2-hunter2"

type holder struct {
	Name   string
	Public secret.Value
	hidden secret.Value
}

func TestNoPrintShowsTheText(t *testing.T) {
	v := secret.New(clear)
	h := holder{Name: "n", Public: v, hidden: v}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, a := range []any{v, &v, h, &h, []secret.Value{v}, map[string]secret.Value{"k": v}} {
			fmt.Fprintf(&out, verb+"\n", a)
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("m", "v", v, "h", h, "p", &h)
	}
	if err := json.NewEncoder(&out).Encode([]any{v, h, &h}); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintln(&out, fmt.Errorf("with %v", v), h.hidden); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{clear, fmt.Sprintf("%x", clear), fmt.Sprintf("%X", clear)} {
		if strings.Contains(out.String(), form) {
			t.Errorf("%q was printed", form)
		}
	}
	if !strings.Contains(out.String(), secret.Mask) {
		t.Error("the mask is missing")
	}
}

func TestRevealEqualEmpty(t *testing.T) {
	v := secret.New(clear)
	if v.Reveal() != clear || v.Empty() || !v.Equal(secret.New(clear)) || v.Equal(secret.New("x")) {
		t.Error("a value must reveal, compare and know whether it is empty")
	}
	if zero := (secret.Value{}); !zero.Empty() || zero.Reveal() != "" {
		t.Error("the zero value is empty")
	}
	var read secret.Value
	if err := json.Unmarshal([]byte(`"abc"`), &read); err != nil || read.Reveal() != "abc" {
		t.Errorf("read %v, %v", read.Reveal(), err)
	}
}
