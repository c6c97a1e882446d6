package keyring_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
)

// ring seals by writing down key, purpose and value.
type ring struct{ primary keyring.KeyID }

func (r *ring) Seal(_ context.Context, p secret.Purpose, v secret.Value) ([]byte, error) {
	return fmt.Appendf(binary.BigEndian.AppendUint32(nil, uint32(r.primary)), "%v|%s", p, v.Reveal()), nil
}

func (r *ring) Open(_ context.Context, p secret.Purpose, sealed []byte) (secret.Value, error) {
	clear, found := bytes.CutPrefix(sealed[min(4, len(sealed)):], fmt.Appendf(nil, "%v|", p))
	if !found {
		return secret.Value{}, errors.New("does not open")
	}
	return secret.New(string(clear)), nil
}

func (r *ring) Keys() []keyring.Key {
	return []keyring.Key{{ID: 1, State: keyring.Ready}, {ID: r.primary, State: keyring.Primary}}
}

func (r *ring) SealedWith(sealed []byte) (keyring.KeyID, bool) {
	if len(sealed) < 4 {
		return 0, false
	}
	return keyring.KeyID(binary.BigEndian.Uint32(sealed)), true
}

// rows is a store of two kinds, whose row number is the one bound.
type rows struct {
	sealed    map[string][][]byte
	beforeOne func() // runs before a Replace
	fails     error
}

func (*rows) Kinds() []string { return []string{"a", "b"} }

func (s *rows) Kept(_ context.Context, kind string, after []string, limit int) (kept []keyring.Kept, err error) {
	first := 0
	if after != nil {
		if first, err = strconv.Atoi(after[0]); err != nil {
			return nil, err
		}
		first++
	}
	for i := first; i < len(s.sealed[kind]) && len(kept) < limit; i++ {
		row := []string{strconv.Itoa(i)}
		kept = append(kept, keyring.Kept{Kind: kind, Row: row, Bounds: row, Sealed: s.sealed[kind][i]})
	}
	return kept, nil
}

func (s *rows) Heads(_ context.Context, kind string, size int) (heads []keyring.Head, err error) {
	for _, sealed := range s.sealed[kind] {
		heads = append(heads, keyring.Head{Bytes: sealed[:min(size, len(sealed))], Count: 1})
	}
	return heads, s.fails
}

func (s *rows) Replace(_ context.Context, changes []keyring.Change) (n int, err error) {
	if s.beforeOne != nil {
		s.beforeOne()
		s.beforeOne = nil
	}
	if s.fails != nil {
		return 0, s.fails
	}
	for _, c := range changes {
		i, err := strconv.Atoi(c.Row[0])
		if err != nil {
			return 0, err
		}
		if bytes.Equal(s.sealed[c.Kind][i], c.Sealed) {
			s.sealed[c.Kind][i], n = c.New, n+1
		}
	}
	return n, nil
}

func purpose(kind string, bounds ...string) secret.Purpose {
	return secret.Purpose{Kind: kind, Bounds: bounds}
}

// house has five values of the first kind and three of the second, all under key 1, and 2 as the primary key.
func house(t *testing.T) (*keyring.Rotation, *rows) {
	t.Helper()
	s := &rows{sealed: map[string][][]byte{}}
	old := &ring{primary: 1}
	for kind, n := range map[string]int{"a": 5, "b": 3} {
		for i := range n {
			sealed, err := old.Seal(t.Context(), purpose(kind, strconv.Itoa(i)), secret.New(kind+strconv.Itoa(i)))
			if err != nil {
				t.Fatal(err)
			}
			s.sealed[kind] = append(s.sealed[kind], sealed)
		}
	}
	of := func(kind string) func([]string) (secret.Purpose, error) {
		return func(bounds []string) (secret.Purpose, error) { return purpose(kind, bounds...), nil }
	}
	return &keyring.Rotation{Ring: &ring{primary: 2}, Store: s, Purposes: keyring.Purposes{"a": of("a"), "b": of("b")}, Batch: 2}, s
}

// wantAll demands that every value opens and is under key 2, but those that are excepted.
func wantAll(t *testing.T, r *keyring.Rotation, s *rows, except ...string) {
	t.Helper()
	for kind, all := range s.sealed {
		for i, sealed := range all {
			name := kind + strconv.Itoa(i)
			if slices.Contains(except, name) {
				continue
			}
			v, err := r.Ring.Open(t.Context(), purpose(kind, strconv.Itoa(i)), sealed)
			if id, _ := r.Ring.SealedWith(sealed); err != nil || id != 2 || v.Reveal() != name {
				t.Errorf("%s is %q", name, sealed)
			}
		}
	}
}

func TestI25ResealBringsAllUnderThePrimaryKey(t *testing.T) {
	t.Parallel()
	r, s := house(t)
	var told []int
	report, err := r.Reseal(t.Context(), func(n int) { told = append(told, n) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(keyring.Report{Resealed: 8, Closed: map[string]int{}}, report); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{2, 4, 5, 7, 8}, told); diff != "" {
		t.Error(diff)
	}
	wantAll(t, r, s)
	if report, err := r.Reseal(t.Context(), func(int) { t.Error("something was resealed again") }); err != nil || report.Resealed != 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

// A failure half-way leaves what was done, and the next run does the rest.
func TestI25ResealGoesOnWhereItWasStopped(t *testing.T) {
	t.Parallel()
	r, s := house(t)
	disk := errors.New("disk")
	report, err := r.Reseal(t.Context(), func(n int) {
		if n == 4 {
			s.fails = disk
		}
	})
	if !errors.Is(err, disk) || report.Resealed != 4 {
		t.Fatalf("%+v, %v", report, err)
	}
	s.fails = nil
	if report, err = r.Reseal(t.Context(), func(int) {}); err != nil || report.Resealed != 4 {
		t.Errorf("%+v, %v", report, err)
	}
	wantAll(t, r, s)
}

// What a program that has not heard of the new key writes meanwhile is found by another pass, and is not overwritten.
func TestI25ResealOverwritesNobody(t *testing.T) {
	t.Parallel()
	r, s := house(t)
	s.beforeOne = func() {
		sealed, err := (&ring{primary: 1}).Seal(t.Context(), purpose("a", "0"), secret.New("a0"))
		if err != nil {
			t.Fatal(err)
		}
		s.sealed["a"][0] = append(sealed, " changed"...)
	}
	report, err := r.Reseal(t.Context(), func(int) {})
	if err != nil || report.Resealed != 8 {
		t.Errorf("%+v, %v", report, err)
	}
	v, err := r.Ring.Open(t.Context(), purpose("a", "0"), s.sealed["a"][0])
	if id, _ := r.Ring.SealedWith(s.sealed["a"][0]); err != nil || v.Reveal() != "a0 changed" || id != 2 {
		t.Errorf("%q under %s, %v", v.Reveal(), id, err)
	}
	wantAll(t, r, s, "a0")
}

// What does not open stays as it is, is counted, and keeps nothing else from being resealed.
func TestI25ResealLeavesWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	r, s := house(t)
	r.Purposes["b"] = nil
	delete(r.Purposes, "b")
	s.sealed["a"][1] = []byte{0, 0, 0, 1, 'x'}
	s.sealed["a"][2] = []byte{1}
	report, err := r.Reseal(t.Context(), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(keyring.Report{Resealed: 3, Closed: map[string]int{"a": 2, "b": 3}}, report); diff != "" {
		t.Error(diff)
	}
	wantAll(t, r, s, "a1", "a2", "b0", "b1", "b2")
	uses, err := r.Uses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[keyring.KeyID]keyring.Use{
		0: {Open: map[string]int{}, Closed: map[string]int{"a": 1}},
		1: {Open: map[string]int{}, Closed: map[string]int{"a": 1, "b": 3}},
		2: {Open: map[string]int{"a": 3}, Closed: map[string]int{}},
	}
	if diff := cmp.Diff(want, uses); diff != "" {
		t.Error(diff)
	}
}

func TestI25CensusCountsByKeyWithoutOpening(t *testing.T) {
	t.Parallel()
	r, s := house(t)
	sealed, err := r.Ring.Seal(t.Context(), purpose("a", "0"), secret.New("a0"))
	if err != nil {
		t.Fatal(err)
	}
	s.sealed["a"][0], s.sealed["b"][0] = sealed, []byte{1}
	counts, err := keyring.Census(t.Context(), r.Ring, s)
	if diff := cmp.Diff(map[keyring.KeyID]int{0: 1, 1: 6, 2: 1}, counts); diff != "" || err != nil {
		t.Error(diff, err)
	}
	s.fails = errors.New("disk")
	if _, err := keyring.Census(t.Context(), r.Ring, s); !errors.Is(err, s.fails) {
		t.Errorf("got %v", err)
	}
}

func TestSamplesHoldOneOfEachKind(t *testing.T) {
	t.Parallel()
	_, s := house(t)
	delete(s.sealed, "b")
	samples, err := keyring.Samples(t.Context(), s)
	if err != nil || len(samples) != 1 || samples[0].Kind != "a" {
		t.Errorf("%v, %v", samples, err)
	}
}

func TestKeyIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []keyring.KeyID{0, 1, 1<<32 - 1} {
		if got, err := keyring.ParseKeyID(id.String()); err != nil || got != id {
			t.Errorf("%s: %s, %v", id, got, err)
		}
	}
	for _, bad := range []string{"", "-1", "4294967296", "0x1", "one"} {
		if _, err := keyring.ParseKeyID(bad); fault.CodeOf(err) != "key_id" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
