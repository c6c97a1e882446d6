package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"

	"usher/sandbox"
)

const (
	everyoneID  = "1400000000000000001"
	staffID     = "1400000000000000011"
	ticketsID   = "1400000000000000027"
	channelDoc  = "resources/guild.mdx: Create Guild Channel"
	modifyDoc   = "resources/channel.mdx: Modify Channel"
	threadDoc   = "resources/channel.mdx: Start Thread without Message"
	overDoc     = "resources/channel.mdx: Edit Channel Permissions"
	hierarchies = "topics/permissions.mdx: Permission Hierarchy"
)

func making(name string, body object) rule {
	return on(channelDoc, name, "POST", guildPath+"/channels", body)
}

func changing(name string, body object) rule { return on(modifyDoc, name, "PATCH", supportPath, body) }

// guarded is a channel with one overwrite.
func guarded(id string, kind int, allow string) object {
	return object{"name": "x", "permission_overwrites": []object{{"id": id, "type": kind, "allow": allow}}}
}

func channelRules() []rule {
	overwrites := func(n int) []object {
		out := make([]object, n)
		for i := range out {
			out[i] = object{"id": fmt.Sprint(i + 1), "type": 1}
		}
		return out
	}
	const length, choices = "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_CHOICES"
	return []rule{
		making("no name", object{}).complains("name", "BASE_TYPE_REQUIRED"),
		making("an empty name", object{"name": ""}).complains("name", "BASE_TYPE_REQUIRED"),
		making("name of 100", object{"name": letters(100)}).allowed(),
		making("name of 101", object{"name": letters(101)}).complains("name", length),
		making("type 7", object{"name": "x", "type": 7}).complains("type", choices),
		making("a thread's type", object{"name": "x", "type": 11}).complains("type", choices),
		making("topic of 1024", object{"name": "x", "topic": letters(1024)}).allowed(),
		making("topic of 1025", object{"name": "x", "topic": letters(1025)}).complains("topic", "BASE_TYPE_MAX_LENGTH"),
		making("a forum's topic of 4096", object{"name": "x", "type": 15, "topic": letters(4096)}).allowed(),
		making("a forum's topic of 4097", object{"name": "x", "type": 15, "topic": letters(4097)}).complains("topic", "BASE_TYPE_MAX_LENGTH"),
		making("slowmode of six hours", object{"name": "x", "rate_limit_per_user": 21600}).allowed(),
		making("slowmode of a second more", object{"name": "x", "rate_limit_per_user": 21601}).complains("rate_limit_per_user", "NUMBER_TYPE_MAX"),
		making("slowmode below zero", object{"name": "x", "rate_limit_per_user": -1}).complains("rate_limit_per_user", "NUMBER_TYPE_MIN"),
		making("archiving after a week", object{"name": "x", "default_auto_archive_duration": 10080}).allowed(),
		making("archiving after two hours", object{"name": "x", "default_auto_archive_duration": 120}).complains("default_auto_archive_duration", choices),
		making("bitrate of 7999", object{"name": "x", "type": 2, "bitrate": 7999}).complains("bitrate", "NUMBER_TYPE_MIN"),
		making("100 people in a voice channel", object{"name": "x", "type": 2, "user_limit": 100}).complains("user_limit", "NUMBER_TYPE_MAX"),
		making("21 tags", object{"name": "x", "type": 15, "available_tags": many(21, object{"name": "t"})}).complains("available_tags", "BASE_TYPE_MAX_LENGTH"),
		making("a category that is none", object{"name": "x", "parent_id": "1"}).complains("parent_id", "CHANNEL_PARENT_INVALID"),
		making("a channel as category", object{"name": "x", "parent_id": "1400000000000000026"}).complains("parent_id", "CHANNEL_PARENT_INVALID_TYPE"),
		making("a category in a category", object{"name": "x", "type": 4, "parent_id": ticketsID}).complains("parent_id", "CHANNEL_PARENT_INVALID"),
		making("100 overwrites are read", object{"name": "x", "permission_overwrites": overwrites(100)}).refused(http.StatusNotFound, 10009),
		making("101 overwrites", object{"name": "x", "permission_overwrites": overwrites(101)}).complains("permission_overwrites", "BASE_TYPE_MAX_LENGTH"),
		making("an overwrite of type 2", guarded(staffID, 2, "1024")).complains("permission_overwrites.0.type", choices),
		making("a permission that the bot lacks", guarded(staffID, 0, "4")).refused(http.StatusForbidden, 50013),
		making("MANAGE_ROLES by no administrator", guarded(staffID, 0, "268435456")).refused(http.StatusForbidden, 50013),
		making("an overwrite for no role", guarded("12345", 0, "1024")).refused(http.StatusNotFound, 10009),
		making("an overwrite for no member", guarded(staffID, 1, "1024")).refused(http.StatusNotFound, 10009),
		on(codesDoc+" (10004)", "a guild that is none", "POST", "/guilds/1/channels", object{"name": "x"}).refused(http.StatusNotFound, 10004),
		changing("name of 101", object{"name": letters(101)}).complains("name", length),
		changing("no name", object{"name": nil}).complains("name", "BASE_TYPE_REQUIRED"),
		changing("topic of 1025", object{"topic": letters(1025)}).complains("topic", "BASE_TYPE_MAX_LENGTH"),
		changing("into a voice channel", object{"type": 2}).complains("type", choices),
		changing("into a channel", object{"parent_id": "1400000000000000025"}).complains("parent_id", "CHANNEL_PARENT_INVALID_TYPE"),
		on(overDoc, "type 2", "PUT", supportPath+"/permissions/"+staffID, object{"type": 2}).complains("type", choices),
		on(overDoc, "no type", "PUT", supportPath+"/permissions/"+staffID, object{"allow": "1024"}).complains("type", "BASE_TYPE_REQUIRED"),
		on(overDoc, "an administrator", "PUT", supportPath+"/permissions/"+everyoneID, object{"type": 0, "allow": "8"}).refused(http.StatusForbidden, 50013),
		on("resources/channel.mdx: Delete Channel Permission", "an overwrite that is none", "DELETE", supportPath+"/permissions/"+staffID, nil).refused(http.StatusNotFound, 10009),
		on("resources/guild.mdx: Modify Guild Channel Positions", "a channel that is none", "PATCH", guildPath+"/channels", []object{{"id": "1", "position": 1}}).refused(http.StatusNotFound, 10003),
	}
}

// TestS7ChannelRules: what channels a bot may make and how it may change them.
func TestS7ChannelRules(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	hold(t, b, channelRules())
	made := b.must("POST", guildPath+"/channels", object{"name": "  Ticket  Nº 7: what's up?! ", "parent_id": ticketsID})
	if got := made.text("name"); made.status != http.StatusCreated || got != "ticket-nº-7-whats-up" {
		t.Errorf("made %q: %d %s", got, made.status, made.raw)
	}
	if err := s.Client().Administer(t.Context(), sandbox.Order{Do: "fill_category", CategoryID: sandbox.DemoTicketsID}); err != nil {
		t.Fatalf("filling the category: %v", err)
	}
	hold(t, b, []rule{
		making("a 51st channel in a category", object{"name": "x", "parent_id": ticketsID}).complains("parent_id", "CHANNEL_PARENT_MAX_CHANNELS"),
		changing("into a full category", object{"parent_id": ticketsID}).complains("parent_id", "CHANNEL_PARENT_MAX_CHANNELS"),
		on("resources/guild.mdx: Modify Guild Channel Positions", "into a full category by position", "PATCH", guildPath+"/channels", []object{{"id": "1400000000000000026", "parent_id": ticketsID}}).complains("parent_id", "CHANNEL_PARENT_MAX_CHANNELS"),
	})
}

// TestS7FiveHundredChannels fills a whole guild; threads do not count (topics/opcodes 30013, resources/channel.mdx).
func TestS7FiveHundredChannels(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	b.must("POST", supportPath+"/threads", object{"name": "x", "type": 12})
	for range 493 {
		b.must("POST", guildPath+"/channels", object{"name": "x", "type": 2})
	}
	b.call("POST", guildPath+"/channels", object{"name": "x"}).refused(t, http.StatusBadRequest, 30013)
}

// TestS7ThousandOverwrites: resources/channel.mdx, topics/opcodes 30060.
func TestS7ThousandOverwrites(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	for i := range sandbox.ID(1001) {
		seed.Users = append(seed.Users, sandbox.SeedUser{ID: 5000 + i, Username: fmt.Sprint("extra", i)})
		seed.Guilds[0].Members = append(seed.Guilds[0].Members, sandbox.SeedMember{User: fmt.Sprint("extra", i)})
	}
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}})
	b := newRawBot(t, s)
	for i := range 1000 {
		b.must("PUT", fmt.Sprint(supportPath, "/permissions/", 5000+i), object{"type": 1, "allow": "1024"})
	}
	b.must("PUT", supportPath+"/permissions/5000", object{"type": 1, "deny": "1024"})
	b.call("PUT", supportPath+"/permissions/6000", object{"type": 1, "allow": "1024"}).refused(t, http.StatusBadRequest, 30060)
	// A thread holds a thousand of them as well (topics/threads.mdx, topics/opcodes 30033).
	b.must("PATCH", supportPath, object{"permission_overwrites": []object{}})
	thread := "/channels/" + b.must("POST", supportPath+"/threads", object{"name": "x", "type": 12}).text("id")
	for i := range 999 {
		b.must("PUT", fmt.Sprint(thread, "/thread-members/", 5000+i), nil)
	}
	b.call("PUT", thread+"/thread-members/6000", nil).refused(t, http.StatusBadRequest, 30033)
}

func threadRules() []rule {
	starting := func(name string, body object) rule { return on(threadDoc, name, "POST", supportPath+"/threads", body) }
	return []rule{
		starting("name of 100", object{"name": letters(100), "type": 12}).allowed(),
		starting("name of 101", object{"name": letters(101), "type": 12}).complains("name", "BASE_TYPE_BAD_LENGTH"),
		starting("no name", object{"type": 12}).complains("name", "BASE_TYPE_REQUIRED"),
		starting("a channel's type", object{"name": "x", "type": 0}).complains("type", "BASE_TYPE_CHOICES"),
		starting("archiving after 61 minutes", object{"name": "x", "type": 12, "auto_archive_duration": 61}).complains("auto_archive_duration", "BASE_TYPE_CHOICES"),
		starting("slowmode of 21601", object{"name": "x", "type": 12, "rate_limit_per_user": 21601}).complains("rate_limit_per_user", "NUMBER_TYPE_MAX"),
		on(threadDoc, "in a category", "POST", "/channels/"+ticketsID+"/threads", object{"name": "x", "type": 11}).refused(http.StatusBadRequest, 50024),
		on("resources/channel.mdx: Start Thread from Message", "from no message", "POST", messagesPath+"/1/threads", object{"name": "x"}).refused(http.StatusNotFound, 10008),
		on("resources/channel.mdx: List Public Archived Threads", "limit of 101", "GET", supportPath+"/threads/archived/public?limit=101", nil).complains("limit", "NUMBER_TYPE_MAX"),
		on("resources/channel.mdx: Join Thread", "a channel that is no thread", "PUT", supportPath+"/thread-members/@me", nil).refused(http.StatusBadRequest, 50024),
	}
}

// TestS7ThreadRules: how threads begin and what may be done with them.
func TestS7ThreadRules(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	hold(t, b, threadRules())
	ryan := s.Client().User(sandbox.DemoRyanID)
	public := b.must("POST", supportPath+"/threads", object{"name": "x", "type": 11}).text("id")
	path := "/channels/" + public
	m := b.must("POST", path+"/messages", object{"content": "x"})
	remove(t, s, sandbox.Order{UserID: sandbox.DemoApplicationID, Permission: "MANAGE_THREADS"})
	hold(t, b, []rule{
		on(overDoc, "overwrites of a thread", "PUT", path+"/permissions/"+staffID, object{"type": 0, "allow": "1024"}).refused(http.StatusBadRequest, 50024),
		on("topics/threads.mdx: Editing & Deleting Threads", "a thread in a thread", "POST", path+"/threads", object{"name": "x", "type": 11}).refused(http.StatusBadRequest, 50024),
		on("topics/threads.mdx: Editing & Deleting Threads", "its creator renames it", "PATCH", path, object{"name": "y"}).allowed(),
		on("topics/threads.mdx: Editing & Deleting Threads", "its creator slows it", "PATCH", path, object{"rate_limit_per_user": 5}).refused(http.StatusForbidden, 50013),
		on("topics/threads.mdx: Editing & Deleting Threads", "its creator locks it", "PATCH", path, object{"locked": true}).refused(http.StatusForbidden, 50013),
		on("topics/threads.mdx: Editing & Deleting Threads", "its creator deletes it", "DELETE", path, nil).refused(http.StatusForbidden, 50013),
		on("topics/threads.mdx: Editing & Deleting Threads", "its creator archives it", "PATCH", path, object{"archived": true}).allowed(),
		on("topics/threads.mdx: Active & Archived Threads", "editing in an archived thread", "PATCH", path+"/messages/"+m.text("id"), object{"content": "y"}).refused(http.StatusBadRequest, 50083),
		on("topics/threads.mdx: Active & Archived Threads", "reacting in an archived thread", "PUT", path+"/messages/"+m.text("id")+"/reactions/%F0%9F%8E%AB/@me", nil).refused(http.StatusBadRequest, 50083),
		on("topics/threads.mdx: Active & Archived Threads", "joining an archived thread", "PUT", path+"/thread-members/@me", nil).refused(http.StatusBadRequest, 50083),
		on("topics/threads.mdx: Active & Archived Threads", "leaving an archived thread", "DELETE", path+"/thread-members/@me", nil).refused(http.StatusBadRequest, 50083),
		on("topics/threads.mdx: Active & Archived Threads", "adding somebody to an archived thread", "PUT", path+"/thread-members/585576154958921739", nil).refused(http.StatusBadRequest, 50083),
		on("topics/threads.mdx: Active & Archived Threads", "renaming an archived thread", "PATCH", path, object{"name": "z"}).refused(http.StatusBadRequest, 50083),
		on("topics/threads.mdx: Active & Archived Threads", "deleting a message in an archived thread", "DELETE", path+"/messages/"+m.text("id"), nil).allowed(),
		on("topics/threads.mdx: Active & Archived Threads", "a message wakes it", "POST", path+"/messages", object{"content": "x"}).allowed(),
	})
	(&bench{rawBot: b, t: t}).grant("MANAGE_THREADS")
	b.must("PATCH", path, object{"locked": true})
	if _, err := ryan.Send(t.Context(), must(parse(public)), "x"); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("Ryan writes in a locked thread: %v", err)
	}
	b.must("POST", path+"/messages", object{"content": "a moderator writes"})
	b.must("PATCH", path, object{"archived": true})
	if _, err := ryan.Send(t.Context(), must(parse(public)), "x"); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("Ryan writes in a locked and archived thread: %v", err)
	}
}

// TestS7ThousandThreads: a guild takes a thousand active ones (topics/opcodes 160006; the number is not documented).
func TestS7ThousandThreads(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	first := ""
	for range 1000 {
		first = b.must("POST", supportPath+"/threads", object{"name": "x", "type": 12}).text("id")
	}
	b.call("POST", supportPath+"/threads", object{"name": "x", "type": 12}).refused(t, http.StatusBadRequest, 160006)
	b.must("PATCH", "/channels/"+first, object{"archived": true})
	b.must("POST", supportPath+"/threads", object{"name": "x", "type": 12})
	b.call("PATCH", "/channels/"+first, object{"archived": false}).refused(t, http.StatusBadRequest, 160006)
}

// TestS7Forums: posts need a message, and messages have no place but in posts (resources/channel.mdx; topics/opcodes 40058).
func TestS7Forums(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	forum := "/channels/" + b.must("POST", guildPath+"/channels", object{"name": "x", "type": 15}).text("id")
	b.call("POST", forum+"/messages", object{"content": "x"}).refused(t, http.StatusBadRequest, 40058)
	b.call("POST", forum+"/threads", object{"name": "x"}).complains(t, "message", "BASE_TYPE_REQUIRED")
	b.call("POST", forum+"/threads", object{"name": "x", "message": object{}}).refused(t, http.StatusBadRequest, 50006)
	b.must("POST", forum+"/threads", object{"name": "x", "message": object{"content": "x"}})
}
