package storetest

import (
	"slices"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
)

func bloxlinkRules() []rule {
	return []rule{{"I37BloxlinkKeysAreOfTheirGuild", testBloxlinkKeys}}
}

func testBloxlinkKeys(t trial) {
	wantNone := func() {
		t.Helper()
		_, err := t.Bloxlink.BloxlinkKey(t.Context(), home)
		wantFault(t, err, fault.NotFound, "bloxlink_key_not_found")
		wantFault(t, t.Bloxlink.DeleteBloxlinkKey(t.Context(), home, entry(home, "never")), fault.NotFound, "bloxlink_key_not_found")
	}
	wantNone()
	for _, sealed := range []string{"one\x00\xff", "two"} {
		ok(t, t.Bloxlink.SaveBloxlinkKey(t.Context(), home, []byte(sealed), entry(home, sealed[:3])))
		got, err := t.Bloxlink.BloxlinkKey(t.Context(), home)
		ok(t, err)
		same(t, "key", string(got), sealed)
	}
	ok(t, t.Bloxlink.SaveBloxlinkKey(t.Context(), abroad, []byte("abroad")))
	ok(t, t.Bloxlink.DeleteBloxlinkKey(t.Context(), home, entry(home, "gone")))
	wantNone()
	got, err := t.Bloxlink.BloxlinkKey(t.Context(), abroad)
	ok(t, err)
	same(t, "another guild's key", string(got), "abroad")
	t.wantCount(1, "SELECT COUNT(*) FROM bloxlink_keys")
	entries := numbered(1, entry(home, "one"), entry(home, "two"), entry(home, "gone"))
	slices.Reverse(entries)
	t.wantEntries(audit.Query{Guild: home, Limit: 10}, entries)
	wantCancelled(t, t.Bloxlink.SaveBloxlinkKey(cancelled(t), home, []byte("x")))
}
