package storetest

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/integration"
	"usher/internal/core/keyring"
	"usher/internal/core/snowflake"
)

func sealedRules() []rule {
	return []rule{
		{"I25SealedValuesAreAllWalkedWithWhatTheyAreBoundTo", testSealedWalk},
		{"I25SealedValuesAreCountedByTheirBeginnings", testSealedHeads},
		{"I25SealedValuesAreReplacedWhereTheyAreStillTheSame", testSealedReplaced},
		{"I25SealedValuesAreReplacedTogetherOrNotAtAll", testSealedTogether},
	}
}

// sealSome fills the store with sealed values of every kind.
func sealSome(t trial) {
	t.Helper()
	game := fullRecord()
	ok(t, t.Integrations.CreateIntegration(t.Context(), game, 10))
	other := record("other", "Other")
	other.Signing = [][]byte{[]byte("key of other")}
	ok(t, t.Integrations.CreateIntegration(t.Context(), other, 10))
	ok(t, t.Integrations.CreateIntegration(t.Context(), record("unsigned", "Unsigned"), 10))
	for _, a := range []integration.Activation{
		activation(home, "game", "one", "two"), activation(home, "other", "three"), activation(abroad, "game", "four"), activation(abroad, "unsigned"),
	} {
		ok(t, t.Activations.Activate(t.Context(), a, 10))
	}
	ok(t, t.Bloxlink.SaveBloxlinkKey(t.Context(), home, []byte("bloxlink")))
	for i, g := range []snowflake.Guild{home, home, abroad} {
		reserve(t, asking(g, snowflake.User(i+1), snowflake.Interaction(i+1)))
	}
	answered := reserve(t, asking(home, 9, 9))
	ok(t, t.Tickets.SetChannel(t.Context(), home, answered.Number, 900))
	ok(t, t.Tickets.SetOpen(t.Context(), home, answered.Number, 901, noon()))
	ok(t, t.Sessions.CreateSession(t.Context(), session("a", ann), idle))
}

// walk reads all values of all kinds in pages.
func walk(t trial, page int) (all []keyring.Kept) {
	t.Helper()
	for _, kind := range t.Sealed.Kinds() {
		for after := []string(nil); ; {
			kept, err := t.Sealed.Kept(t.Context(), kind, after, page)
			ok(t, err)
			if len(kept) > page {
				t.Fatalf("%d values on a page of %d", len(kept), page)
			}
			if len(kept) == 0 {
				break
			}
			all = append(all, kept...)
			after = kept[len(kept)-1].Row
		}
	}
	return all
}

func testSealedWalk(t trial) {
	if all := walk(t, 10); len(all) != 0 {
		t.Errorf("an empty store holds %d sealed values", len(all))
	}
	sealSome(t)
	const gameURL = "https://x.example/%user_id%?a=1&b=<2>"
	home, abroad := home.String(), abroad.String()
	var want, got []string
	for _, w := range []struct {
		kind   string
		bounds []string
		sealed []byte
	}{
		{"integration_header", []string{"game", "0", "X-Z"}, []byte{0, 1, 255}},
		{"integration_header", []string{"game", "1", "Authorization"}, []byte("sealed")},
		{"integration_header", []string{"game", "2", "X-A"}, []byte{7}},
		{"integration_secret", []string{home, "game", gameURL, "s2"}, []byte("one")},
		{"integration_secret", []string{home, "game", gameURL, "s1"}, []byte("two")},
		{"integration_secret", []string{home, "other", "https://api.example/v1", "s1"}, []byte("three")},
		{"integration_secret", []string{abroad, "game", gameURL, "s1"}, []byte("four")},
		{"integration_signing_key", []string{"game"}, []byte{0, 255, 1}},
		{"integration_signing_key", []string{"other"}, []byte("key of other")},
		{"integration_signing_key_before", []string{"game"}, []byte("before")},
		{"bloxlink_key", []string{home}, []byte("bloxlink")},
		{"reply_token", []string{home, "1"}, []byte{0, 1, 2, 255}},
		{"reply_token", []string{home, "2"}, []byte{0, 1, 2, 255}},
		{"reply_token", []string{abroad, "3"}, []byte{0, 1, 2, 255}},
		{"session_grant", []string{ann.String(), "a"}, []byte("sealed\x00a")},
	} {
		want = append(want, fmt.Sprintf("%s %q %q", w.kind, w.bounds, w.sealed))
	}
	for _, page := range []int{1, 2, 100} {
		got = nil
		for _, k := range walk(t, page) {
			got = append(got, fmt.Sprintf("%s %q %q", k.Kind, k.Bounds, k.Sealed))
		}
		same(t, fmt.Sprintf("values in pages of %d", page), got, want)
	}
	if _, err := t.Sealed.Kept(t.Context(), "none", nil, 1); err == nil {
		t.Error("an unknown kind is walked")
	}
	if _, err := t.Sealed.Kept(t.Context(), "reply_token", []string{"x", "y"}, 1); err == nil {
		t.Error("a row that is none is walked from")
	}
	_, err := t.Sealed.Kept(cancelled(t), "reply_token", nil, 1)
	wantCancelled(t, err)
}

func testSealedHeads(t trial) {
	sealSome(t)
	for kind, want := range map[string][]keyring.Head{
		"integration_header": {{Bytes: []byte{0, 1}, Count: 1}, {Bytes: []byte{7}, Count: 1}, {Bytes: []byte("se"), Count: 1}},
		"reply_token":        {{Bytes: []byte{0, 1}, Count: 3}}, // and none where nothing is sealed
		"integration_secret": {{Bytes: []byte("fo"), Count: 1}, {Bytes: []byte("on"), Count: 1}, {Bytes: []byte("th"), Count: 1}, {Bytes: []byte("tw"), Count: 1}},
	} {
		got, err := t.Sealed.Heads(t.Context(), kind, 2)
		ok(t, err)
		same(t, kind, got, want)
	}
	if _, err := t.Sealed.Heads(t.Context(), "none", 2); err == nil {
		t.Error("an unknown kind is counted")
	}
	_, err := t.Sealed.Heads(cancelled(t), "reply_token", 2)
	wantCancelled(t, err)
}

func testSealedReplaced(t trial) {
	sealSome(t)
	all := walk(t, 100)
	var changes []keyring.Change
	for i, k := range all {
		changes = append(changes, keyring.Change{Kept: k, New: fmt.Appendf(nil, "new %d\x00\xff", i)})
	}
	// Somebody is faster with one of them, and ends another.
	ok(t, t.Integrations.SaveSigning(t.Context(), "other", [][]byte{[]byte("key of other")}, [][]byte{[]byte("rotated")}))
	ok(t, t.Activations.Deactivate(t.Context(), home, "other"))
	n, err := t.Sealed.Replace(t.Context(), changes)
	ok(t, err)
	same(t, "values replaced", n, len(all)-2)
	now := walk(t, 100)
	for i, k := range all {
		found := slices.IndexFunc(now, func(other keyring.Kept) bool { return other.Kind == k.Kind && cmp.Equal(other.Row, k.Row) })
		switch {
		case k.Kind == "integration_secret" && k.Bounds[0] == home.String() && k.Bounds[1] == "other":
			if found >= 0 {
				t.Error("a destroyed secret is back")
			}
		case k.Kind == "integration_signing_key" && k.Bounds[0] == "other":
			same(t, "what somebody else wrote", string(now[found].Sealed), "rotated")
		default:
			same(t, k.Kind, now[found].Sealed, changes[i].New)
			same(t, k.Kind+"'s bounds", now[found].Bounds, k.Bounds)
		}
	}
	if n, err := t.Sealed.Replace(t.Context(), changes); err != nil || n != 0 {
		t.Errorf("the second time %d were replaced, %v", n, err)
	}
	if n, err := t.Sealed.Replace(t.Context(), nil); err != nil || n != 0 {
		t.Errorf("of none %d were replaced, %v", n, err)
	}
}

func testSealedTogether(t trial) {
	sealSome(t)
	before := walk(t, 100)
	bad := before[1]
	bad.Kind = "none"
	if n, err := t.Sealed.Replace(t.Context(), []keyring.Change{{Kept: before[0], New: []byte("x")}, {Kept: bad, New: []byte("y")}}); err == nil || n != 0 {
		t.Errorf("%d replaced, %v", n, err)
	}
	same(t, "values after a change that failed", walk(t, 100), before)
	_, err := t.Sealed.Replace(cancelled(t), []keyring.Change{{Kept: before[0], New: []byte("x")}})
	wantCancelled(t, err)
}
