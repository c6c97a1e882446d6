package storetest

import (
	"fmt"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
)

// signing reads an integration's signing keys, by each of the ways on which a record is read.
func signing(t trial, id integration.ID) [][]byte {
	t.Helper()
	one, err := t.Integrations.Integration(t.Context(), id)
	ok(t, err)
	owned, err := t.Listing.Owned(t.Context(), one.Owner)
	ok(t, err)
	active, err := t.Activations.Active(t.Context(), home)
	ok(t, err)
	if len(owned) != 1 || len(active) != 1 {
		t.Fatalf("%d owned and %d active integrations, want one of each", len(owned), len(active))
	}
	same(t, "keys in the owner's list", owned[0].Signing, one.Signing)
	same(t, "keys in the activation", active[0].Record.Signing, one.Signing)
	return one.Signing
}

func testSigningSaved(t trial) {
	keys := func(texts ...string) (all [][]byte) {
		for _, text := range texts {
			all = append(all, []byte(text))
		}
		return all
	}
	// An integration without a key, as from before there were any; with headers and secrets, so that rows are joined.
	r := record("i", "N")
	r.Sealed = []integration.Sealed{{Name: "a", Sealed: []byte("1")}, {Name: "b", Sealed: []byte("2")}}
	ok(t, t.Integrations.CreateIntegration(t.Context(), r, 1))
	ok(t, t.Activations.Activate(t.Context(), activation(home, "i", "k", "l"), 1))
	same(t, "keys at first", signing(t, "i"), nil)
	for _, step := range []struct{ was, keys [][]byte }{
		{nil, keys("one\x00\xff")}, {keys("one\x00\xff"), keys("two", "one\x00\xff")}, {keys("two", "one\x00\xff"), keys("two")}, {keys("two"), keys("three", "two")},
	} {
		before := signing(t, "i")
		for _, wrong := range [][][]byte{nil, keys("other"), keys("two", "other"), keys("other", "two"), keys("one\x00\xff", "two")} {
			if fmt.Sprint(wrong) != fmt.Sprint(before) {
				wantFault(t, t.Integrations.SaveSigning(t.Context(), "i", wrong, keys("stolen")), fault.Conflict, "signing_changed")
			}
		}
		same(t, "keys after refusals", signing(t, "i"), before)
		ok(t, t.Integrations.SaveSigning(t.Context(), "i", step.was, step.keys))
		same(t, "keys", signing(t, "i"), step.keys)
	}
	wantFault(t, t.Integrations.SaveSigning(t.Context(), "none", nil, keys("x")), fault.Conflict, "signing_changed")
	if err := t.Integrations.SaveSigning(t.Context(), "i", keys("three", "two"), keys("a", "b", "c")); err == nil {
		t.Error("three keys were taken")
	}
	same(t, "keys at last", signing(t, "i"), keys("three", "two"))
}

func testSigningRace(t trial) {
	ok(t, t.Integrations.CreateIntegration(t.Context(), record("i", "N"), 1))
	ok(t, t.Activations.Activate(t.Context(), activation(home, "i"), 1))
	key := func(i int) [][]byte { return [][]byte{fmt.Appendf(nil, "key %d", i)} }
	winner := -1
	for i, err := range together(12, func(i int) error { return t.Integrations.SaveSigning(t.Context(), "i", nil, key(i)) }) {
		if err != nil {
			wantFault(t, err, fault.Conflict, "signing_changed")
			continue
		}
		if winner >= 0 {
			t.Errorf("%d and %d both gave the first key", winner, i)
		}
		winner = i
	}
	if winner < 0 {
		t.Fatal("nobody gave the first key")
	}
	same(t, "key", signing(t, "i"), key(winner))
}
