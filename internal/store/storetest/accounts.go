package storetest

import (
	"bytes"
	"fmt"
	"time"

	"usher/internal/core/account"
	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// Two people: what belongs to ann must be out of reach for bob.
const (
	ann snowflake.User = 1<<62 + 5
	bob snowflake.User = 1<<62 + 6
)

const idle = 3 * 24 * time.Hour

func sessionRules() []rule {
	return []rule{
		{"SessionComesBackByItsHashAlone", testSessionRoundTrip},
		{"SessionKeepsOddTexts", testSessionTexts},
		{"SessionThatEndedIsNeverMadeAgain", testSessionEnded},
		{"SessionsEndTogetherForOnePerson", testSessionsEnd},
		{"SessionsThatAreOverGoWithTheNextOne", testSessionsPruned},
		{"SessionCancelledCall", func(t trial) {
			ctx := cancelled(t)
			wantCancelled(t, t.Sessions.CreateSession(ctx, session("a", ann), idle))
			_, err := t.Sessions.SessionByHash(ctx, session("a", ann).Hash)
			wantCancelled(t, err)
			wantCancelled(t, t.Sessions.TouchSession(ctx, "a", noon()))
			t.wantCount(0, "SELECT COUNT(*) FROM sessions")
		}},
	}
}

func keyRules() []rule {
	return []rule{
		{"KeyComesBackByItsHashAlone", testKeyRoundTrip},
		{"KeyLimitHoldsAtOneMoment", testKeyLimit},
		{"KeyIsRecordedWithItsChange", testKeyAudit},
		{"KeyThatWasRevokedIsNeverMadeAgain", testKeyRevoked},
	}
}

func session(id string, user snowflake.User) account.SessionRecord {
	return account.SessionRecord{
		Session: account.Session{
			ID: id, Person: account.Person{ID: user, Name: "ann", Shown: "Ann 🎫", Avatar: "a_1"}, Agent: "Browser/1",
			Created: noon(), Seen: noon(), Expires: noon().Add(time.Hour),
		},
		Hash: bytes.Repeat([]byte(id), 32), Grant: []byte("sealed\x00" + id),
	}
}

func testSessionRoundTrip(t trial) {
	want := session("a", ann)
	ok(t, t.Sessions.CreateSession(t.Context(), want, idle))
	got, err := t.Sessions.SessionByHash(t.Context(), want.Hash)
	ok(t, err)
	same(t, "session", got, want)
	for _, hash := range [][]byte{nil, {}, []byte("a"), session("b", ann).Hash, bytes.ToUpper(want.Hash)} {
		_, err := t.Sessions.SessionByHash(t.Context(), hash)
		wantFault(t, err, fault.NotFound, "session_not_found")
	}
}

func testSessionTexts(t trial) {
	for i, text := range oddities() {
		want := session(string(rune('a'+i)), ann)
		want.Agent, want.Person.Name, want.Person.Shown = text, text, text
		ok(t, t.Sessions.CreateSession(t.Context(), want, idle))
		got, err := t.Sessions.SessionByHash(t.Context(), want.Hash)
		ok(t, err)
		same(t, "session", got, want)
	}
}

func testSessionEnded(t trial) {
	a := session("a", ann)
	ok(t, t.Sessions.CreateSession(t.Context(), a, idle))
	wantFault(t, t.Sessions.EndSession(t.Context(), bob, "a"), fault.NotFound, "session_not_found")
	ok(t, t.Sessions.TouchSession(t.Context(), "a", noon().Add(time.Minute)))
	ok(t, t.Sessions.TouchSession(t.Context(), "a", noon())) // an older request that ends later takes nothing back
	got, err := t.Sessions.SessionByHash(t.Context(), a.Hash)
	ok(t, err)
	if want := noon().Add(time.Minute); !got.Seen.Equal(want) {
		t.Errorf("seen at %v, want %v", got.Seen, want)
	}
	ok(t, t.Sessions.EndSession(t.Context(), ann, "a"))
	ok(t, t.Sessions.TouchSession(t.Context(), "a", noon().Add(time.Hour)))
	_, err = t.Sessions.SessionByHash(t.Context(), a.Hash)
	wantFault(t, err, fault.NotFound, "session_not_found")
	wantFault(t, t.Sessions.EndSession(t.Context(), ann, "a"), fault.NotFound, "session_not_found")
}

func testSessionsEnd(t trial) {
	for i, id := range []string{"a", "b", "c"} {
		s := session(id, ann)
		s.Seen = s.Seen.Add(time.Duration(i) * time.Minute)
		ok(t, t.Sessions.CreateSession(t.Context(), s, idle))
	}
	ok(t, t.Sessions.CreateSession(t.Context(), session("d", bob), idle))
	all, err := t.Sessions.SessionsOf(t.Context(), ann)
	ok(t, err)
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	same(t, "sessions, the last used first", ids, []string{"c", "b", "a"})
	ok(t, t.Sessions.EndSessions(t.Context(), ann))
	ok(t, t.Sessions.EndSessions(t.Context(), ann))
	t.wantCount(1, "SELECT COUNT(*) FROM sessions")
}

func testSessionsPruned(t trial) {
	over, forgotten, fresh := session("a", ann), session("b", ann), session("c", ann)
	over.Expires = noon().Add(time.Minute)
	forgotten.Expires = noon().Add(90 * 24 * time.Hour)
	ok(t, t.Sessions.CreateSession(t.Context(), over, idle))
	ok(t, t.Sessions.CreateSession(t.Context(), forgotten, idle))
	fresh.Created = noon().Add(time.Minute)
	fresh.Seen, fresh.Expires = fresh.Created, fresh.Created.Add(7*24*time.Hour)
	ok(t, t.Sessions.CreateSession(t.Context(), fresh, idle))
	t.wantCount(0, "SELECT COUNT(*) FROM sessions WHERE session_id = 'a'")
	next := session("d", ann)
	next.Created = noon().Add(idle)
	ok(t, t.Sessions.CreateSession(t.Context(), next, idle))
	t.wantCount(0, "SELECT COUNT(*) FROM sessions WHERE session_id = 'b'")
	t.wantCount(1, "SELECT COUNT(*) FROM sessions WHERE session_id = 'c'")
}

func apiKey(id string, user snowflake.User) account.KeyRecord {
	return account.KeyRecord{
		Key: account.Key{
			ID: id, User: user, Name: "ci 🎫", Scopes: []account.Scope{account.Read, account.Write}, Guild: home,
			Created: noon(), Expires: noon().Add(time.Hour),
		},
		Hash: bytes.Repeat([]byte(id), 32)[:32],
	}
}

func keyEntry(id string) audit.Entry {
	return audit.Entry{Actor: audit.Actor{User: ann, Via: audit.Dashboard}, At: noon(), Action: "api_key.created", Target: id, Name: "ci"}
}

func testKeyRoundTrip(t trial) {
	a, b := apiKey("a", ann), apiKey("b", ann)
	b.Guild, b.Created = 0, noon().Add(time.Minute)
	ok(t, t.Keys.CreateKey(t.Context(), a, 5, keyEntry("a")))
	ok(t, t.Keys.CreateKey(t.Context(), b, 5, keyEntry("b")))
	ok(t, t.Keys.CreateKey(t.Context(), apiKey("c", bob), 5, keyEntry("c")))
	got, err := t.Keys.KeyByHash(t.Context(), a.Hash)
	ok(t, err)
	same(t, "key", got, a.Key)
	_, err = t.Keys.KeyByHash(t.Context(), []byte("a"))
	wantFault(t, err, fault.NotFound, "api_key_not_found")
	all, err := t.Keys.KeysOf(t.Context(), ann)
	ok(t, err)
	same(t, "keys, the newest first", all, []account.Key{b.Key, a.Key})
}

func testKeyLimit(t trial) {
	const limit, tries = 3, 12
	var made int
	for _, err := range together(tries, func(i int) error {
		return t.Keys.CreateKey(t.Context(), apiKey(fmt.Sprintf("k%d", i), ann), limit, keyEntry("k"))
	}) {
		if err == nil {
			made++
			continue
		}
		wantFault(t, err, fault.Conflict, "key_limit")
	}
	if made != limit {
		t.Errorf("%d keys were made, want %d", made, limit)
	}
	t.wantCount(limit, "SELECT COUNT(*) FROM api_keys")
	t.wantCount(limit, "SELECT COUNT(*) FROM audit_entries") // what was not done is not recorded
	ok(t, t.Keys.CreateKey(t.Context(), apiKey("z", bob), limit, keyEntry("z")))
}

func testKeyAudit(t trial) {
	ok(t, t.Keys.CreateKey(t.Context(), apiKey("a", ann), 5, keyEntry("a")))
	gone := keyEntry("a")
	gone.Action = "api_key.revoked"
	ok(t, t.Keys.DeleteKey(t.Context(), ann, "a", gone))
	wantFault(t, t.Keys.DeleteKey(t.Context(), ann, "a", gone), fault.NotFound, "api_key_not_found")
	entries, err := t.Audit.Entries(t.Context(), audit.Query{Limit: 10})
	ok(t, err)
	gone.ID = 2
	first := keyEntry("a")
	first.ID = 1
	same(t, "entries", entries, []audit.Entry{gone, first})
}

func testKeyRevoked(t trial) {
	a := apiKey("a", ann)
	ok(t, t.Keys.CreateKey(t.Context(), a, 5, keyEntry("a")))
	wantFault(t, t.Keys.DeleteKey(t.Context(), bob, "a", keyEntry("a")), fault.NotFound, "api_key_not_found")
	ok(t, t.Keys.TouchKey(t.Context(), "a", noon().Add(time.Minute)))
	got, err := t.Keys.KeyByHash(t.Context(), a.Hash)
	ok(t, err)
	if want := noon().Add(time.Minute); !got.Used.Equal(want) {
		t.Errorf("used at %v, want %v", got.Used, want)
	}
	ok(t, t.Keys.DeleteKey(t.Context(), ann, "a", keyEntry("a")))
	ok(t, t.Keys.TouchKey(t.Context(), "a", noon().Add(time.Hour)))
	_, err = t.Keys.KeyByHash(t.Context(), a.Hash)
	wantFault(t, err, fault.NotFound, "api_key_not_found")
}
