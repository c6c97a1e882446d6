package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"usher/sandbox"
)

// TestS1ThreadMessages: what Discord itself writes about threads (topics/threads.mdx: New Message Types).
func TestS1ThreadMessages(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	ryan := sandbox.DemoRyanID.String()
	thread := k.must("POST", supportPath+"/threads", object{"name": "before", "type": 12})
	path := "/channels/" + thread.text("id")
	k.must("PUT", path+"/thread-members/"+ryan, nil)
	k.must("PUT", path+"/thread-members/"+ryan, nil) // nobody is let in twice
	k.must("PATCH", path, object{"name": "after"})
	k.must("PATCH", path, object{"name": "after"}) // nothing changed
	k.must("DELETE", path+"/thread-members/"+ryan, nil)
	k.must("PATCH", path, object{"name": "closed", "archived": true})
	list := k.must("GET", path+"/messages", nil)
	for i, want := range []struct {
		kind             float64
		content, mention any
	}{{4, "closed", nil}, {2, "", ryan}, {4, "after", nil}, {1, "", ryan}} {
		at := string(rune('0' + i))
		if list.at(at+".type") != want.kind || list.at(at+".content") != want.content || list.at(at+".mentions.0.id") != want.mention {
			t.Errorf("message %d is not %v in %s", i, want, list.raw)
		}
	}
	if list.at("4") != nil {
		t.Errorf("there are more than four messages: %s", list.raw)
	}
	if got := k.must("GET", path, nil); got.at("thread_metadata.archived") != true || got.text("name") != "closed" {
		t.Errorf("the thread is %s", got.raw)
	}
	for _, one := range []string{"0", "1", "3"} {
		k.call("DELETE", path+"/messages/"+list.text(one+".id"), nil).refused(t, http.StatusForbidden, 50021)
		k.call("PATCH", path+"/messages/"+list.text(one+".id"), object{"content": "x"}).refused(t, http.StatusForbidden, 50021)
	}
	k.call("POST", path+"/messages/bulk-delete", object{"messages": []string{list.text("0.id"), list.text("1.id")}}).refused(t, http.StatusForbidden, 50021)
	noFindings(t, k.s)
}

// TestS1ThreadOfAMessage: it begins with a reference to its message, and the channel is told of a thread of an older one.
func TestS1ThreadOfAMessage(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	thread := k.must("POST", supportPath+"/messages/"+k.panel.ID.String()+"/threads", object{"name": "t"})
	path := "/channels/" + thread.text("id")
	if thread.at("message_count") != 0.0 || thread.at("total_message_sent") != 0.0 {
		t.Errorf("the new thread is %s", thread.raw)
	}
	k.gw.next("THREAD_CREATE")
	starter := k.gw.next("MESSAGE_CREATE")
	for at, want := range map[string]any{
		"type": 21.0, "content": "", "message_reference.channel_id": sandbox.DemoSupportID.String(), "channel_id": thread.text("id"),
		"message_reference.message_id": k.panel.ID.String(), "referenced_message.content": "panel",
	} {
		if starter.at(at) != want {
			t.Errorf("%s is %v, want %v in %s", at, starter.at(at), want, starter.raw)
		}
	}
	k.must("POST", path+"/messages", object{"content": "one"})
	k.call("POST", path+"/messages", object{"content": "x", "message_reference": object{"message_id": starter.text("id")}}).complains(t, "message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE")
	if got := k.must("GET", path, nil); got.at("message_count") != 1.0 || got.at("total_message_sent") != 1.0 {
		t.Errorf("the thread is %s", got.raw)
	}
	if got := k.must("GET", supportPath+"/messages?limit=1", nil); got.at("0.type") != 0.0 {
		t.Errorf("the channel was told of a thread of a new message: %s", got.raw)
	}
	old := k.must("POST", supportPath+"/messages", object{"content": "old"})
	k.advance(10 * time.Minute)
	second := k.must("POST", supportPath+"/messages/"+old.text("id")+"/threads", object{"name": "second"})
	got := k.must("GET", supportPath+"/messages?limit=1", nil)
	if got.at("0.type") != 18.0 || got.text("0.content") != "second" || got.text("0.message_reference.channel_id") != second.text("id") {
		t.Errorf("the channel ends with %s", got.raw)
	}
}

// TestS1PostCounts: a post's first message does not count (resources/channel.mdx: Channel Object).
func TestS1PostCounts(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	forum := b.must("POST", guildPath+"/channels", object{"name": "posts", "type": 15})
	post := b.must("POST", "/channels/"+forum.text("id")+"/threads", object{"name": "p", "message": object{"content": "first"}})
	path := "/channels/" + post.text("id")
	counts := func(messages, total float64) {
		t.Helper()
		if got := b.must("GET", path, nil); got.at("message_count") != messages || got.at("total_message_sent") != total {
			t.Errorf("the post is %s, want %v and %v", got.raw, messages, total)
		}
	}
	counts(0, 0)
	m := b.must("POST", path+"/messages", object{"content": "second"})
	counts(1, 1)
	b.must("DELETE", path+"/messages/"+m.text("id"), nil)
	counts(0, 1)
	other := b.must("POST", "/channels/"+forum.text("id")+"/threads", object{"name": "q", "message": object{"content": "first"}})
	if got := b.must("PATCH", path, object{"flags": 2}); got.at("flags") != 2.0 {
		t.Errorf("the pinned post is %s", got.raw)
	}
	b.call("PATCH", "/channels/"+other.text("id"), object{"flags": 2}).refused(t, http.StatusBadRequest, 30047)
	if got := b.must("PATCH", path, object{"archived": true}); got.at("flags") != 0.0 {
		t.Errorf("the archived post is %s", got.raw)
	}
}

// TestS7LockedThread: without MANAGE_THREADS nothing is written, edited or renamed there (topics/threads.mdx: Locked
// Threads).
func TestS7LockedThread(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	thread := b.must("POST", supportPath+"/threads", object{"name": "t", "type": 11})
	path := "/channels/" + thread.text("id")
	m := b.must("POST", path+"/messages", object{"content": "mine"})
	b.must("PATCH", path, object{"locked": true})
	order := sandbox.Order{Do: "remove_permission", GuildID: sandbox.DemoGuildID, UserID: sandbox.DemoApplicationID, Permission: "MANAGE_THREADS"}
	if err := s.Client().Administer(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	b.call("POST", path+"/messages", object{"content": "x"}).refused(t, http.StatusBadRequest, 160005)
	b.call("PATCH", path+"/messages/"+m.text("id"), object{"content": "x"}).refused(t, http.StatusBadRequest, 160005)
	b.call("PATCH", path, object{"name": "x"}).refused(t, http.StatusForbidden, 50013)
	b.must("DELETE", path+"/messages/"+m.text("id"), nil)
}

// TestS2ThreadReopens: a thread that becomes active again is told by THREAD_UPDATE and then THREAD_MEMBER_UPDATE
// (topics/threads.mdx: Unarchiving a Thread). Changing the time to archive is activity.
func TestS2ThreadReopens(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	thread := k.must("POST", supportPath+"/threads", object{"name": "t", "type": 11, "auto_archive_duration": 60})
	path := "/channels/" + thread.text("id")
	k.advance(50 * time.Minute)
	changed := k.must("PATCH", path, object{"auto_archive_duration": 1440})
	if changed.text("thread_metadata.archive_timestamp") == thread.text("thread_metadata.archive_timestamp") {
		t.Error("the archive timestamp did not change with the duration")
	}
	k.advance(20 * time.Hour)
	if got := k.must("GET", path, nil); got.at("thread_metadata.archived") != false {
		t.Error("the thread was archived by its old duration")
	}
	k.must("PATCH", path, object{"archived": true})
	k.must("POST", path+"/messages", object{"content": "wake"})
	for k.gw.next("THREAD_UPDATE").at("thread_metadata.archived") != true {
	}
	if got := k.gw.next("THREAD_UPDATE"); got.at("thread_metadata.archived") != false {
		t.Errorf("the bot received %s", got.raw)
	}
	got := k.gw.next("THREAD_MEMBER_UPDATE")
	if got.text("id") != thread.text("id") || got.text("user_id") != sandbox.DemoApplicationID.String() || got.text("guild_id") == "" {
		t.Errorf("the bot received %s", got.raw)
	}
	k.gw.next("MESSAGE_CREATE")
}

// TestS7OldMessages: edits of a message older than an hour are limited, of a younger one not
// (topics/opcodes-and-status-codes.mdx: 30046).
func TestS7OldMessages(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	path := supportPath + "/messages/" + k.panel.ID.String()
	edit := func(times int) {
		for range times {
			k.must("PATCH", path, object{"content": "again"})
		}
	}
	edit(40)
	k.advance(2 * time.Hour)
	edit(30)
	got := k.call("PATCH", path, object{"content": "one too many"})
	got.refused(t, http.StatusTooManyRequests, 30046)
	if got.header.Get("Retry-After") == "" || got.at("retry_after") == nil {
		t.Errorf("the refusal does not say when to come back: %v %s", got.header, got.raw)
	}
	i := k.press("open")
	k.must("POST", callbackPath(i), object{"type": 7, "data": object{"content": "by an answer"}})
	k.advance(5 * time.Minute)
	edit(1)
}

// TestS5MessageCommandAnswer: the answer to a message command points to its message, and its metadata to the target
// (resources/message.mdx: Context Menu Command messages).
func TestS5MessageCommandAnswer(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	k.must("PUT", commandsPath, []object{{"name": "Quote", "type": 3}, {"name": "Look up", "type": 2}})
	run := func(name string, kind int, target sandbox.ID) answer {
		t.Helper()
		go func() {
			_, _ = k.ryan.Command(t.Context(), sandbox.CommandUse{ChannelID: sandbox.DemoSupportID, Name: name, Type: kind, TargetID: target})
		}()
		i := k.gw.next("INTERACTION_CREATE")
		k.must("POST", callbackPath(i), object{"type": 4, "data": object{"content": "here"}})
		return k.must("GET", hookPath(i)+"/messages/@original", nil)
	}
	panel := k.panel.ID.String()
	quote := run("Quote", 3, k.panel.ID)
	if quote.at("type") != 23.0 || quote.text("message_reference.message_id") != panel || quote.text("referenced_message.content") != "panel" ||
		quote.text("interaction_metadata.target_message_id") != panel {
		t.Errorf("the answer to the message command is %s", quote.raw)
	}
	look := run("Look up", 2, sandbox.DemoMiaID)
	if look.at("type") != 23.0 || look.at("message_reference") != nil || look.text("interaction_metadata.target_user.username") != "mia" {
		t.Errorf("the answer to the user command is %s", look.raw)
	}
	noFindings(t, k.s)
}
