package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"usher/sandbox"
)

// TestS7PrivateThreads: members see them, MANAGE_THREADS sees them, others do not.
func TestS7PrivateThreads(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	thread := b.must("POST", supportPath+"/threads", object{"name": "private", "type": 12, "invitable": false})
	id, _ := parse(thread.text("id"))
	path := "/channels/" + thread.text("id")
	ryan, noor, olga := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoNoorID), s.Client().User(sandbox.DemoOlgaID)
	sees := func(u *sandbox.Acting, want bool) {
		t.Helper()
		if got, err := u.Sees(t.Context(), id); got != want || err != nil {
			t.Errorf("%s sees the thread: %v, %v; want %v", u.ID(), got, err, want)
		}
	}
	sees(ryan, false)
	sees(olga, true)
	b.must("PUT", path+"/thread-members/585576154958921739", nil)
	sees(ryan, true)
	sees(noor, false)
	// Who is mentioned comes in.
	b.must("POST", path+"/messages", object{"content": "<@" + noor.ID().String() + ">"})
	sees(noor, true)
	b.must("DELETE", path+"/thread-members/"+noor.ID().String(), nil)
	sees(noor, false)
	b.call("GET", path+"/thread-members/"+noor.ID().String(), nil).refused(t, http.StatusNotFound, 10007)
	if _, err := ryan.Send(t.Context(), id, "hello"); err != nil {
		t.Errorf("Ryan writes: %v", err)
	}
}

// TestS7ThreadsArchive: by time, by hand; locked ones open for MANAGE_THREADS alone.
func TestS7ThreadsArchive(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	gw := b.connect(allIntents)
	thread := b.must("POST", supportPath+"/threads", object{"name": "t", "type": 12, "auto_archive_duration": 60})
	path := "/channels/" + thread.text("id")
	id, _ := parse(thread.text("id"))
	ryan := s.Client().User(sandbox.DemoRyanID)
	b.must("PUT", path+"/thread-members/585576154958921739", nil)
	advance := func(d time.Duration) {
		t.Helper()
		if err := s.Client().Advance(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	advance(59 * time.Minute)
	if got := b.must("GET", path, nil); got.at("thread_metadata.archived") != false {
		t.Error("archived after 59 minutes of 60")
	}
	advance(2 * time.Minute)
	if got := gw.next("THREAD_UPDATE"); got.at("thread_metadata.archived") != true {
		t.Errorf("the bot received %s", got.raw)
	}
	b.call("PATCH", path, object{"name": "new"}).refused(t, http.StatusBadRequest, 50083)
	if _, err := ryan.Send(t.Context(), id, "wakes it"); err != nil {
		t.Errorf("writing in an archived thread: %v", err)
	}
	if got := b.must("GET", path, nil); got.at("thread_metadata.archived") != false {
		t.Error("a message does not wake the thread")
	}
	b.must("PATCH", path, object{"archived": true, "locked": true})
	if _, err := ryan.Send(t.Context(), id, "no"); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("writing in a locked thread: %v", err)
	}
	b.call("POST", path+"/threads", object{"name": "x"}).refused(t, http.StatusBadRequest, 50024)
	m := b.must("POST", supportPath+"/messages", object{"content": "start"})
	b.must("POST", supportPath+"/messages/"+m.text("id")+"/threads", object{"name": "one"})
	b.call("POST", supportPath+"/messages/"+m.text("id")+"/threads", object{"name": "two"}).refused(t, http.StatusBadRequest, 160004)
}

// TestS7RoleHierarchy: a bot reaches only what stands below its own role.
func TestS7RoleHierarchy(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	(&bench{rawBot: b, t: t}).grant("KICK_MEMBERS", "MANAGE_NICKNAMES", "MODERATE_MEMBERS")
	olga, own := "/members/1400000000000000104", "1400000000000000012"
	b.call("DELETE", guildPath+olga, nil).refused(t, http.StatusForbidden, 50013)
	b.call("PATCH", guildPath+olga, object{"nick": "x"}).refused(t, http.StatusForbidden, 50013)
	b.call("PUT", guildPath+ryanPath+"/roles/"+own, nil).refused(t, http.StatusBadRequest, 50028)
	b.call("PATCH", guildPath+"/roles/"+own, object{"name": "x"}).refused(t, http.StatusForbidden, 50013)
	b.call("PUT", guildPath+ryanPath+"/roles/1", nil).refused(t, http.StatusNotFound, 10011)
	b.call("GET", guildPath+"/members/1", nil).refused(t, http.StatusNotFound, 10013)
	// A role can be given no more than the bot has itself: BAN_MEMBERS is 4.
	b.call("POST", guildPath+"/roles", object{"name": "x", "permissions": "4"}).refused(t, http.StatusForbidden, 50013)
	b.must("PUT", guildPath+ryanPath+"/roles/1400000000000000011", nil)
}

// TestS7Overwrites: what a bot has in the guild it may hand out, also where a channel denies it to itself.
func TestS7Overwrites(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	ryan := supportPath + "/permissions/585576154958921739"
	b.must("PUT", supportPath+"/permissions/1400000000000000201", object{"type": 1, "deny": "32768"})
	b.must("PUT", ryan, object{"type": 1, "allow": "32768"})
	b.call("PUT", ryan, object{"type": 1, "allow": "4"}).refused(t, http.StatusForbidden, 50013)
	b.must("PATCH", supportPath, object{"permission_overwrites": []object{{"id": "1400000000000000201", "type": 1, "allow": "1024"}}})
	if got := b.must("GET", supportPath, nil); got.text("permission_overwrites.0.allow") != "1024" || got.at("permission_overwrites.1") != nil {
		t.Errorf("the overwrites are %s", got.raw)
	}
}

// TestS7CategoryGoes: its channels stay, without a parent, and the bot hears of each.
func TestS7CategoryGoes(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	gw := b.connect(1)
	b.must("DELETE", "/channels/1400000000000000024", nil)
	for range 2 {
		if got := gw.next("CHANNEL_UPDATE"); got.at("parent_id") != nil {
			t.Errorf("the bot received %s", got.raw)
		}
	}
	if got := b.must("GET", supportPath, nil); got.at("parent_id") != nil {
		t.Errorf("the channel is %s", got.raw)
	}
}

// TestS7Deleting: own messages, others' with MANAGE_MESSAGES, in bulk only young ones.
func TestS7Deleting(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	ryan, noor := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoNoorID)
	m, err := ryan.Send(t.Context(), sandbox.DemoGeneralID, "hello")
	if err != nil {
		t.Fatal(err)
	}
	if err := noor.Delete(t.Context(), m); !sandbox.IsRefused(err, http.StatusForbidden) {
		t.Errorf("Noor deletes Ryan's message: %v", err)
	}
	path := "/channels/" + sandbox.DemoGeneralID.String() + "/messages"
	b.call("PATCH", path+"/"+m.ID.String(), object{"content": "x"}).refused(t, http.StatusForbidden, 50005)
	b.must("DELETE", path+"/"+m.ID.String(), nil)
	one, _ := ryan.Send(t.Context(), sandbox.DemoGeneralID, "one")
	two, _ := ryan.Send(t.Context(), sandbox.DemoGeneralID, "two")
	b.call("POST", path+"/bulk-delete", object{"messages": []string{one.ID.String()}}).complains(t, "messages", "BASE_TYPE_BAD_LENGTH")
	if err := s.Client().Advance(t.Context(), 15*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	b.call("POST", path+"/bulk-delete", object{"messages": []string{one.ID.String(), two.ID.String()}}).refused(t, http.StatusBadRequest, 50034)
}
