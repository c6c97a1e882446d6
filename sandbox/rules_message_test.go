package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"
	"time"

	"usher/sandbox"
)

const (
	messagesPath = supportPath + "/messages"
	createDoc    = "resources/message.mdx: Create Message"
	embedDoc     = "resources/message.mdx: Embed Limits"
	mentionsDoc  = "resources/message.mdx: Allowed Mentions Object"
	codesDoc     = "topics/opcodes-and-status-codes.mdx: JSON Error Codes"
)

func writing(doc, name string, body any) rule { return on(doc, name, "POST", messagesPath, body) }

func embedding(name string, embeds ...any) rule {
	return writing(embedDoc, name, object{"embeds": embeds})
}

func embedRules() []rule {
	field := object{"name": "n", "value": "v"}
	const long, required = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_REQUIRED"
	return []rule{
		embedding("title of 256", object{"title": letters(256)}).allowed(),
		embedding("title of 257", object{"title": letters(257)}).complains("embeds.0.title", long),
		embedding("description of 4096", object{"description": letters(4096)}).allowed(),
		embedding("description of 4097", object{"description": letters(4097)}).complains("embeds.0.description", long),
		embedding("25 fields", object{"fields": many(25, field)}).allowed(),
		embedding("26 fields", object{"fields": many(26, field)}).complains("embeds.0.fields", long),
		embedding("field name of 256", object{"fields": many(1, with(field, "name", letters(256)))}).allowed(),
		embedding("field name of 257", object{"fields": many(1, with(field, "name", letters(257)))}).complains("embeds.0.fields.0.name", long),
		embedding("field value of 1024", object{"fields": many(1, with(field, "value", letters(1024)))}).allowed(),
		embedding("field value of 1025", object{"fields": many(1, with(field, "value", letters(1025)))}).complains("embeds.0.fields.0.value", long),
		embedding("footer of 2048", object{"footer": object{"text": letters(2048)}}).allowed(),
		embedding("footer of 2049", object{"footer": object{"text": letters(2049)}}).complains("embeds.0.footer.text", long),
		embedding("author of 256", object{"author": object{"name": letters(256)}}).allowed(),
		embedding("author of 257", object{"author": object{"name": letters(257)}}).complains("embeds.0.author.name", long),
		embedding("6000 characters in all", object{"description": letters(4000)}, object{"description": letters(2000)}).allowed(),
		embedding("6001 characters in all", object{"description": letters(4000)}, object{"description": letters(2001)}).complains("embeds", "MAX_EMBED_SIZE_EXCEEDED"),
		embedding("a field without value", object{"title": "t", "fields": []object{{"name": "n"}}}).complains("embeds.0.fields.0.value", required),
		embedding("a field with empty name", object{"title": "t", "fields": many(1, with(field, "name", " "))}).complains("embeds.0.fields.0.name", required),
		embedding("an embed with nothing", object{"color": 1}).complains("embeds.0.description", required),
		writing(createDoc, "ten embeds", object{"embeds": many(10, object{"title": "t"})}).allowed(),
		writing(createDoc, "eleven embeds", object{"embeds": many(11, object{"title": "t"})}).complains("embeds", long),
		writing("resources/message.mdx: Embed Object", "a picture by ftp", object{"embeds": many(1, object{"image": object{"url": "ftp://example.com/a.png"}})}).complains("embeds.0.image.url", "URL_TYPE_INVALID_SCHEME"),
		writing("resources/message.mdx: Embed Object", "a time that is none", object{"embeds": many(1, object{"title": "t", "timestamp": "yesterday"})}).complains("embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
		writing("resources/message.mdx: Embed Object", "a colour above white", object{"embeds": many(1, object{"title": "t", "color": 0x1000000})}).complains("embeds.0.color", "NUMBER_TYPE_MAX"),
	}
}

func mentionRules() []rule {
	ids := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprint(1000 + i)
		}
		return out
	}
	says := func(name string, mentions object) rule {
		return writing(mentionsDoc, name, object{"content": "x", "allowed_mentions": mentions})
	}
	const exclusive = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
	return []rule{
		says("parse users and users", object{"parse": []string{"users"}, "users": ids(1)}).complains("allowed_mentions", exclusive),
		says("parse roles and roles", object{"parse": []string{"roles"}, "roles": ids(1)}).complains("allowed_mentions", exclusive),
		says("parse roles and users", object{"parse": []string{"roles"}, "users": ids(1)}).allowed(),
		says("parse users and no users", object{"parse": []string{"users"}, "users": ids(0)}).allowed(),
		says("a hundred users", object{"users": ids(100)}).allowed(),
		says("a hundred and one users", object{"users": ids(101)}).complains("allowed_mentions.users", "BASE_TYPE_MAX_LENGTH"),
		says("a hundred and one roles", object{"roles": ids(101)}).complains("allowed_mentions.roles", "BASE_TYPE_MAX_LENGTH"),
		says("parse of nobody", object{"parse": []string{"all"}}).complains("allowed_mentions.parse.0", "BASE_TYPE_CHOICES"),
		says("an id that is none", object{"users": []string{"ryan"}}).complains("allowed_mentions.users.0", "NUMBER_TYPE_COERCE"),
	}
}

func messageRules() []rule {
	v2 := func(more object) object {
		out := object{"flags": 1 << 15, "components": []object{{"type": 10, "content": "y"}}}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	const legacy = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
	const flagDoc = "resources/message.mdx: Message Flags (IS_COMPONENTS_V2)"
	return []rule{
		writing(createDoc, "content of 2000", object{"content": letters(2000)}).allowed(),
		writing(createDoc, "content of 2001", object{"content": letters(2001)}).complains("content", "BASE_TYPE_MAX_LENGTH"),
		writing(createDoc, "content as list", object{"content": []int{1}}).complains("content", "STRING_TYPE_CONVERT"),
		writing(createDoc, "nothing", object{}).refused(http.StatusBadRequest, 50006),
		writing(createDoc, "empty content", object{"content": "", "embeds": []object{}}).refused(http.StatusBadRequest, 50006),
		writing(createDoc, "nonce of 26", object{"content": "x", "nonce": letters(26)}).complains("nonce", "BASE_TYPE_MAX_LENGTH"),
		writing(createDoc, "four stickers", object{"content": "x", "sticker_ids": []string{"1", "2", "3", "4"}}).complains("sticker_ids", "BASE_TYPE_MAX_LENGTH"),
		writing(createDoc, "a list", []int{1}).complains("", "MODEL_TYPE_CONVERT"),
		writing("reference.mdx: Error Messages", "no JSON", `{"content":`).refused(http.StatusBadRequest, 50109),
		writing(createDoc, "a reply to nothing", object{"content": "x", "message_reference": object{"message_id": "1"}}).complains("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"),
		writing(createDoc, "a reply that need not exist", object{"content": "x", "message_reference": object{"message_id": "1", "fail_if_not_exists": false}}).allowed(),
		writing(createDoc, "a reply to another channel", object{"content": "x", "message_reference": object{"message_id": "1", "channel_id": "1400000000000000025"}}).complains("message_reference", "REPLIES_CANNOT_REPLY_TO_OTHER_CHANNEL"),
		writing("resources/message.mdx: Attachment Object", "an attachment that was not sent", object{"content": "x", "attachments": []object{{"id": "7"}}}).complains("attachments.0.id", "MESSAGE_ATTACHMENT_NOT_FOUND"),
		writing("resources/message.mdx: Attachment Object", "a description of 1025", object{"content": "x", "attachments": []object{{"id": "7", "description": letters(1025)}}}).complains("attachments.0.description", "BASE_TYPE_MAX_LENGTH"),
		writing(flagDoc, "content", v2(object{"content": "x"})).complains("content", legacy),
		writing(flagDoc, "embeds", v2(object{"embeds": many(1, object{"title": "t"})})).complains("embeds", legacy),
		writing(flagDoc, "a poll", v2(object{"poll": object{"question": object{"text": "q"}, "answers": []object{{"poll_media": object{"text": "a"}}}}})).complains("poll", legacy),
		writing(flagDoc, "stickers", v2(object{"sticker_ids": []string{"1"}})).complains("sticker_ids", legacy),
		on(codesDoc+" (10003)", "no such channel", "POST", "/channels/1/messages", object{"content": "x"}).refused(http.StatusNotFound, 10003),
		on(codesDoc+" (50008)", "in a category", "POST", "/channels/1400000000000000027/messages", object{"content": "x"}).refused(http.StatusBadRequest, 50008),
		on("resources/message.mdx: Get Channel Messages", "limit of 101", "GET", messagesPath+"?limit=101", nil).complains("limit", "NUMBER_TYPE_MAX"),
		on("resources/message.mdx: Get Channel Messages", "limit of 0", "GET", messagesPath+"?limit=0", nil).complains("limit", "NUMBER_TYPE_MIN"),
		on("resources/message.mdx: Get Channel Messages", "before that is no id", "GET", messagesPath+"?before=x", nil).complains("before", "NUMBER_TYPE_COERCE"),
		on(codesDoc+" (10008)", "no such message", "GET", messagesPath+"/1", nil).refused(http.StatusNotFound, 10008),
		on(codesDoc+" (10008)", "no such message to edit", "PATCH", messagesPath+"/1", object{"content": "x"}).refused(http.StatusNotFound, 10008),
		on(codesDoc+" (10008)", "no such message to delete", "DELETE", messagesPath+"/1", nil).refused(http.StatusNotFound, 10008),
		on("resources/message.mdx: Bulk Delete Messages", "one message", "POST", messagesPath+"/bulk-delete", object{"messages": []string{"1"}}).complains("messages", "BASE_TYPE_BAD_LENGTH"),
		on("resources/message.mdx: Bulk Delete Messages", "a hundred and one messages", "POST", messagesPath+"/bulk-delete", object{"messages": many(101, "1")}).complains("messages", "BASE_TYPE_BAD_LENGTH"),
		on("resources/message.mdx: Bulk Delete Messages", "from 2015", "POST", messagesPath+"/bulk-delete", object{"messages": []string{"1", "2"}}).refused(http.StatusBadRequest, 50034),
		on("resources/message.mdx: Get Channel Pins", "limit of 51", "GET", messagesPath+"/pins?limit=51", nil).complains("limit", "NUMBER_TYPE_MAX"),
		on("resources/message.mdx: Get Reactions", "limit of 101", "GET", messagesPath+"/1/reactions/%F0%9F%8E%AB?limit=101", nil).complains("limit", "NUMBER_TYPE_MAX"),
	}
}

// TestS7MessageRules: what may be in a message.
func TestS7MessageRules(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	hold(t, b, embedRules())
	hold(t, b, mentionRules())
	hold(t, b, messageRules())
}

// upload makes a multipart body of n files of a size.
func uploading(n, size int) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("payload_json", `{"content":"x"}`)
	for i := range n {
		part, _ := w.CreateFormFile(fmt.Sprintf("files[%d]", i), "file.bin")
		_, _ = io.CopyN(part, zeros{}, int64(size))
	}
	_ = w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// zeros is an endless reader.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestS7Files: how many files, how large, and how much in all.
func TestS7Files(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	const each, all = "reference.mdx: Uploading Files", "resources/message.mdx: Create Message (25 MiB request)"
	for _, c := range []struct {
		doc, name string
		n, size   int
		want      rule
	}{
		{codesDoc + " (30015)", "ten files", 10, 10, rule{}},
		{codesDoc + " (30015)", "eleven files", 11, 10, rule{}.refused(http.StatusBadRequest, 30015)},
		{each, "a file of 10 MiB", 1, 10 << 20, rule{}},
		{each, "a file of one byte more", 1, 10<<20 + 1, rule{}.refused(http.StatusRequestEntityTooLarge, 50045)},
		{all, "27 MiB in all", 3, 9 << 20, rule{}.refused(http.StatusRequestEntityTooLarge, 40005)},
	} {
		c.want.doc = c.doc
		contentType, body := uploading(c.n, c.size)
		c.want.judge(t, b.send("POST", messagesPath, contentType, body))
	}
	contentType, body := uploading(1, 5)
	m := b.send("POST", messagesPath, contentType, body)
	edited := b.must("PATCH", messagesPath+"/"+m.text("id"), object{"attachments": []object{}})
	if len(edited.at("attachments").([]any)) != 0 {
		t.Errorf("the edited message is %s", edited.raw)
	}
	// Keeping a file of another message is not possible.
	b.call("PATCH", messagesPath+"/"+m.text("id"), object{"attachments": []object{{"id": m.text("attachments.0.id")}}}).complains(t, "attachments.0.id", "MESSAGE_ATTACHMENT_NOT_FOUND")
}

// TestS7Reactions: twenty different ones, and only emojis.
func TestS7Reactions(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	m := b.must("POST", messagesPath, object{"content": "x"})
	path := func(emoji rune) string {
		return messagesPath + "/" + m.text("id") + "/reactions/" + url.PathEscape(string(emoji)) + "/@me"
	}
	for i := range 20 {
		b.must("PUT", path('😀'+rune(i)), nil)
	}
	b.must("PUT", path('😀'), nil)
	b.call("PUT", path('🎫'), nil).refused(t, http.StatusBadRequest, 30010)
	b.call("PUT", path('x'), nil).refused(t, http.StatusBadRequest, 10014)
	// Who may not add reactions may still join those that are there (resources/message.mdx: Create Reaction).
	id, _ := parse(m.text("id"))
	panel := sandbox.Message{ID: id, ChannelID: sandbox.DemoSupportID}
	remove(t, s, sandbox.Order{RoleID: sandbox.DemoGuildID, ChannelID: sandbox.DemoSupportID, Permission: "ADD_REACTIONS"})
	ryan := s.Client().User(sandbox.DemoRyanID)
	if err := ryan.React(t.Context(), panel, "😀"); err != nil {
		t.Errorf("Ryan joins a reaction: %v", err)
	}
	b.must("DELETE", path('😀'+1), nil)
	if err := ryan.React(t.Context(), panel, "🎫"); !sandbox.IsRefused(err, http.StatusForbidden) {
		t.Errorf("Ryan adds a reaction: %v", err)
	}
}

// remove takes a permission away, by an overwrite when a channel is named.
func remove(t *testing.T, s *sandbox.Server, o sandbox.Order) {
	t.Helper()
	o.Do, o.GuildID = "remove_permission", sandbox.DemoGuildID
	if err := s.Client().Administer(t.Context(), o); err != nil {
		t.Fatalf("removing %s: %v", o.Permission, err)
	}
}

// TestS7Pins: 250, and no system messages (resources/message.mdx: Pin Message, topics/opcodes 30003, 50021).
func TestS7Pins(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	system := ""
	for i := range 251 {
		m := b.must("POST", messagesPath, object{"content": "x"})
		got := b.call("PUT", messagesPath+"/pins/"+m.text("id"), nil)
		if i == 250 {
			got.refused(t, http.StatusBadRequest, 30003)
			continue
		}
		if got.status != http.StatusNoContent {
			t.Fatalf("pin %d: %d %s", i, got.status, got.raw)
		}
	}
	for i, m := range b.must("GET", messagesPath+"?limit=10", nil).body.([]any) {
		if m.(object)["type"] == 6.0 {
			system = m.(object)["id"].(string)
			t.Logf("system message %d", i)
		}
	}
	b.call("PUT", messagesPath+"/pins/"+system, nil).refused(t, http.StatusForbidden, 50021)
	b.call("POST", messagesPath, object{"content": "x", "message_reference": object{"message_id": system}}).complains(t, "message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE")
}

// TestS7WhoEdits: content by its author alone; others with MANAGE_MESSAGES may hide embeds (resources/message.mdx: Edit Message).
func TestS7WhoEdits(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	m, err := s.Client().User(sandbox.DemoRyanID).Send(t.Context(), sandbox.DemoSupportID, "hello")
	if err != nil {
		t.Fatal(err)
	}
	one := messagesPath + "/" + m.ID.String()
	b.call("PATCH", one, object{"content": "x"}).refused(t, http.StatusForbidden, 50005)
	b.call("PATCH", one, object{"components": []object{row(button("x"))}}).refused(t, http.StatusForbidden, 50005)
	b.must("PATCH", one, object{"flags": 4})
	remove(t, s, sandbox.Order{UserID: sandbox.DemoApplicationID, Permission: "MANAGE_MESSAGES"})
	b.call("PATCH", one, object{"flags": 0}).refused(t, http.StatusForbidden, 50005)
	b.call("DELETE", one, nil).refused(t, http.StatusForbidden, 50013)
	// Once components are the whole of a message they stay so (components/reference.mdx).
	own := b.must("POST", messagesPath, object{"flags": 1 << 15, "components": []object{{"type": 10, "content": "y"}}})
	b.call("PATCH", messagesPath+"/"+own.text("id"), object{"flags": 0, "content": "x", "components": []object{}}).complains(t, "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
	legacy := b.must("POST", messagesPath, object{"content": "x"})
	if got := b.must("PATCH", messagesPath+"/"+legacy.text("id"), object{"flags": 1 << 15, "content": nil, "components": []object{{"type": 10, "content": "y"}}}); got.at("flags") != float64(1<<15) {
		t.Errorf("the message became %s", got.raw)
	}
}

// TestS7Slowmode: people wait, bots do not (resources/channel.mdx: rate_limit_per_user; topics/opcodes 20016).
func TestS7Slowmode(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	b.must("PATCH", supportPath, object{"rate_limit_per_user": 10})
	ryan, olga := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoOlgaID)
	send := func(u *sandbox.Acting) error {
		_, err := u.Send(t.Context(), sandbox.DemoSupportID, "x")
		return err
	}
	for range 2 {
		b.must("POST", messagesPath, object{"content": "bots are not slowed"})
		if err := send(olga); err != nil {
			t.Errorf("the owner is slowed: %v", err)
		}
	}
	if err := send(ryan); err != nil {
		t.Fatal(err)
	}
	if err := send(ryan); !sandbox.IsRefused(err, http.StatusTooManyRequests) {
		t.Errorf("Ryan writes twice at once: %v", err)
	}
	if err := s.Client().Advance(t.Context(), 11*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := send(ryan); err != nil {
		t.Errorf("Ryan writes after eleven seconds: %v", err)
	}
}

// TestS7DirectMessages: who takes none, who shares no server, who is a bot (resources/user.mdx: Create DM; topics/opcodes 50007, 50033).
func TestS7DirectMessages(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	seed.Users = append(seed.Users, sandbox.SeedUser{ID: 71, Username: "stranger"}, sandbox.SeedUser{ID: 72, Username: "closed", RefusesDMs: true})
	seed.Guilds[0].Members = append(seed.Guilds[0].Members, sandbox.SeedMember{User: "closed"})
	seed.Applications = append(seed.Applications, sandbox.SeedApplication{ID: 73, Name: "Other"})
	seed.Guilds[0].Bots = append(seed.Guilds[0].Bots, sandbox.SeedBot{Application: "Other"})
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}})
	b := newRawBot(t, s)
	for _, to := range []string{"71", "72", "73"} {
		dm := b.must("POST", "/users/@me/channels", object{"recipient_id": to})
		b.call("POST", "/channels/"+dm.text("id")+"/messages", object{"content": "x"}).refused(t, http.StatusForbidden, 50007)
	}
	b.call("POST", "/users/@me/channels", object{"recipient_id": "99"}).refused(t, http.StatusBadRequest, 50033)
	b.call("POST", "/users/@me/channels", object{"recipient_id": "1400000000000000201"}).refused(t, http.StatusBadRequest, 50033)
	open := b.must("POST", "/users/@me/channels", object{"recipient_id": "585576154958921739"}).text("id")
	b.call("PATCH", "/channels/"+open, object{"name": "x"}).refused(t, http.StatusBadRequest, 50003)
	theirs, err := s.Client().User(sandbox.DemoRyanID).Send(t.Context(), must(parse(open)), "mine")
	if err != nil {
		t.Fatal(err)
	}
	b.call("DELETE", "/channels/"+open+"/messages/"+theirs.ID.String(), nil).refused(t, http.StatusBadRequest, 50003)
	b.call("POST", "/channels/"+open+"/messages/bulk-delete", object{"messages": []string{theirs.ID.String(), "2"}}).refused(t, http.StatusBadRequest, 50003)
	b.call("POST", "/channels/"+open+"/threads", object{"name": "x", "type": 11}).refused(t, http.StatusBadRequest, 50024)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
