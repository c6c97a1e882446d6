package vault

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"pgregory.net/rapid"

	"usher/internal/core/secret"
)

func fresh(tb testing.TB) (*Vault, secret.Value) {
	tb.Helper()
	text, err := New(noon())
	if err != nil {
		tb.Fatal(err)
	}
	v, err := FromText(text)
	if err != nil {
		tb.Fatal(err)
	}
	return v, text
}

func seal(tb testing.TB, v *Vault, p secret.Purpose, clear string) []byte {
	tb.Helper()
	sealed, err := v.Seal(tb.Context(), p, secret.New(clear))
	if err != nil {
		tb.Fatal(err)
	}
	return sealed
}

func purpose(bounds ...string) secret.Purpose {
	return secret.Purpose{Kind: "integration_secret", Bounds: bounds}
}

func TestI25OpensForItsOwnPurpose(t *testing.T) {
	t.Parallel()
	v, text := fresh(t)
	again, err := FromText(text) // another process with the same keyset
	if err != nil {
		t.Fatal(err)
	}
	for _, clear := range []string{"", "k", "🔑\x00\xff", strings.Repeat("x", 100_000)} {
		sealed := seal(t, v, purpose("1", "2"), clear)
		if len(clear) > 3 && bytes.Contains(sealed, []byte(clear)) {
			t.Error("the sealed form holds the clear one")
		}
		got, err := again.Open(t.Context(), purpose("1", "2"), sealed)
		if err != nil || got.Reveal() != clear {
			t.Errorf("%.10q came back as %.10q, %v", clear, got.Reveal(), err)
		}
	}
}

func TestSealsOfOneValueDiffer(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	if bytes.Equal(seal(t, v, purpose(), "x"), seal(t, v, purpose(), "x")) {
		t.Error("who sees two rows sees that they hold the same secret")
	}
}

// I-25: any other purpose than the one it was sealed for.
func TestI25OpensForNoOtherPurpose(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	part := rapid.StringMatching(`[a1|:\x00]{0,3}`)
	of := rapid.Custom(func(t *rapid.T) secret.Purpose {
		return secret.Purpose{Kind: rapid.StringMatching(`[a1|]{1,2}`).Draw(t, "kind"), Bounds: rapid.SliceOfN(part, 0, 4).Draw(t, "bounds")}
	})
	rapid.Check(t, func(t *rapid.T) {
		sealedFor, openedFor := of.Draw(t, "sealed for"), of.Draw(t, "opened for")
		sealed, err := v.Seal(context.Background(), sealedFor, secret.New("x"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.Open(context.Background(), openedFor, sealed)
		if sealedFor.Kind == openedFor.Kind && slices.Equal(sealedFor.Bounds, openedFor.Bounds) {
			if err != nil {
				t.Fatalf("does not open for its own purpose: %v", err)
			}
			return
		}
		if !errors.Is(err, ErrSealed) {
			t.Fatalf("sealed for %q, opened for %q: %v", sealedFor, openedFor, err)
		}
	})
}

// A change of any one bound, of their order, their number or how the text is divided among them.
func TestI25AnyChangeOfABoundCloses(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		bounds := rapid.SliceOfN(rapid.String(), 1, 5).Draw(t, "bounds")
		sealed, err := v.Seal(context.Background(), purpose(bounds...), secret.New("x"))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(bounds)-1).Draw(t, "at")
		changed := slices.Clone(bounds)
		switch rapid.IntRange(0, 4).Draw(t, "change") {
		case 0:
			changed[at] += rapid.StringN(1, 3, -1).Draw(t, "more")
		case 1:
			changed = slices.Delete(changed, at, at+1)
		case 2:
			changed = slices.Insert(changed, at, rapid.String().Draw(t, "new"))
		case 3:
			if at > 0 {
				changed[at-1], changed[at] = changed[at-1]+changed[at], ""
			}
		case 4:
			slices.Reverse(changed)
		}
		if slices.Equal(changed, bounds) {
			t.Skip("nothing changed")
		}
		if _, err := v.Open(context.Background(), purpose(changed...), sealed); !errors.Is(err, ErrSealed) {
			t.Fatalf("sealed for %q, opened for %q: %v", bounds, changed, err)
		}
	})
}

func TestDamagedValuesDoNotOpen(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	stranger, _ := fresh(t)
	sealed := seal(t, v, purpose("1"), "hunter2")
	damaged := [][]byte{nil, {}, {1}, []byte("garbage"), bytes.Repeat([]byte{0}, 100), append(slices.Clone(sealed), 0), seal(t, stranger, purpose("1"), "hunter2")}
	for cut := range sealed {
		damaged = append(damaged, sealed[:cut])
	}
	for at := range sealed {
		flipped := slices.Clone(sealed)
		flipped[at] ^= 1
		damaged = append(damaged, flipped)
	}
	for _, d := range damaged {
		got, err := v.Open(t.Context(), purpose("1"), d)
		if err != ErrSealed || !got.Empty() { //nolint:errorlint // not even wrapped: the error carries no detail
			t.Fatalf("%x: %v", d, err)
		}
	}
	if _, err := stranger.Open(t.Context(), purpose("1"), sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("under another keyset: %v", err)
	}
}

func TestNothingIsSealedForNoPurpose(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	if _, err := v.Seal(t.Context(), secret.Purpose{}, secret.New("x")); err == nil {
		t.Error("sealed for no purpose")
	}
	if _, err := v.Open(t.Context(), secret.Purpose{}, seal(t, v, purpose(), "x")); err == nil {
		t.Error("opened for no purpose")
	}
}

// The keyset's form allows rotation: a second key is added, made primary, and what the first sealed still opens.
func TestKeysetMayHoldOlderKeys(t *testing.T) {
	t.Parallel()
	before, text := fresh(t)
	old := seal(t, before, purpose("1"), "old")
	after, err := FromText(withNewPrimary(t, text))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.Open(t.Context(), purpose("1"), old); err != nil || got.Reveal() != "old" {
		t.Errorf("the older key's value: %v", err)
	}
	if _, err := before.Open(t.Context(), purpose("1"), seal(t, after, purpose("1"), "new")); !errors.Is(err, ErrSealed) {
		t.Errorf("a process without the new key opened its value: %v", err)
	}
}

func withNewPrimary(tb testing.TB, text secret.Value) secret.Value {
	tb.Helper()
	manager := keyset.NewManagerFromHandle(handleOf(tb, text))
	id, err := manager.Add(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		tb.Fatal(err)
	}
	if err := manager.SetPrimary(id); err != nil {
		tb.Fatal(err)
	}
	handle, err := manager.Handle()
	if err != nil {
		tb.Fatal(err)
	}
	both, err := textOf(handle, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return both
}

func handleOf(tb testing.TB, text secret.Value) *keyset.Handle {
	tb.Helper()
	encoded, _, _ := strings.Cut(text.Reveal(), " ") // without the notes
	binary, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		tb.Fatal(err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(binary)))
	if err != nil {
		tb.Fatal(err)
	}
	return handle
}

func TestNothingPrintsAKey(t *testing.T) {
	t.Parallel()
	v, text := fresh(t)
	var out bytes.Buffer
	holder := struct {
		Public *Vault
		hidden Vault
	}{v, *v}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, a := range []any{v, *v, holder, &holder, []*Vault{v}, text} {
			fmt.Fprintf(&out, verb+"\n", a)
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("m", "v", v, "value", *v, "h", holder, "t", text)
	}
	if err := json.NewEncoder(&out).Encode([]any{v, *v, holder}); err != nil {
		t.Fatal(err)
	}
	material := insecurecleartextkeyset.KeysetMaterial(handleOf(t, text)).GetKey()[0].GetKeyData().GetValue()
	key := material[len(material)-32:]
	for _, form := range []string{
		string(key), hex.EncodeToString(key), strings.ToUpper(hex.EncodeToString(key)), strings.Trim(fmt.Sprintf("%d", key), "[]"), text.Reveal(), text.Reveal()[20:60],
		strings.Trim(fmt.Sprintf("%#v", key), "[]byte{}"),
	} {
		if strings.Contains(out.String(), form) {
			t.Errorf("a key was printed as %.8q…", form)
		}
	}
	if !strings.Contains(out.String(), "[vault]") {
		t.Error("the mask is missing")
	}
}

func TestVaultIsSafeForManyAtOnce(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for n := range 50 {
				p := purpose(fmt.Sprint(i), fmt.Sprint(n))
				sealed, err := v.Seal(t.Context(), p, secret.New("x"))
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := v.Open(t.Context(), p, sealed); err != nil || got.Reveal() != "x" {
					t.Errorf("%q, %v", got.Reveal(), err)
				}
			}
		})
	}
	wait.Wait()
}

func FuzzOpen(f *testing.F) {
	v, _ := fresh(f)
	sealed := seal(f, v, purpose("1"), "hunter2")
	f.Add(sealed, "1")
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, data []byte, bound string) {
		_, err := v.Open(t.Context(), purpose(bound), data)
		if (err == nil) != (bytes.Equal(data, sealed) && bound == "1") {
			t.Errorf("opened: %v", err)
		}
	})
}

func BenchmarkSealAndOpen(b *testing.B) {
	v, _ := fresh(b)
	p, value := purpose("1", "2", "name"), secret.New(strings.Repeat("k", 64))
	for b.Loop() {
		sealed, err := v.Seal(b.Context(), p, value)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := v.Open(b.Context(), p, sealed); err != nil {
			b.Fatal(err)
		}
	}
}
