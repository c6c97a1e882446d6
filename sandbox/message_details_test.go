package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/sandbox"
)

const staffMention = "<@&1400000000000000011>"

// TestS7DefaultMentions: without allowed_mentions everything counts in a message, and users alone in what an interaction
// or a webhook writes (resources/message.mdx: Default Settings for Allowed Mentions).
func TestS7DefaultMentions(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	k.grant("MENTION_EVERYONE")
	body := object{"content": "@everyone " + staffMention + " <@1400000000000000102>"}
	check := func(name string, m answer, everyone bool, roles int) {
		t.Helper()
		list, _ := m.at("mention_roles").([]any)
		if m.at("mention_everyone") != everyone || len(list) != roles || m.text("mentions.0.id") != sandbox.DemoMiaID.String() {
			t.Errorf("%s mentions %s", name, m.raw)
		}
	}
	check("a message", k.must("POST", supportPath+"/messages", body), true, 1)
	hook := k.must("POST", supportPath+"/webhooks", object{"name": "Hook"})
	path := "/webhooks/" + hook.text("id") + "/" + hook.text("token")
	check("a webhook", k.must("POST", path+"?wait=true", body), false, 0)
	i := k.press("open")
	k.must("POST", callbackPath(i), object{"type": 4, "data": body})
	check("an answer", k.must("GET", hookPath(i)+"/messages/@original", nil), false, 0)
	check("a follow-up", k.must("POST", hookPath(i), body), false, 0)
	check("an edited answer", k.must("PATCH", hookPath(i)+"/messages/@original", body), false, 0)
	allowed := with(body, "allowed_mentions", object{"parse": []string{"roles", "users", "everyone"}})
	check("a follow-up that says what counts", k.must("POST", hookPath(i), allowed), true, 1)
	pings, err := k.s.Client().Pings(t.Context())
	if err != nil || len(pings) != 5 {
		t.Errorf("the witness has %d pings, %v; want 5, since an edit notifies nobody", len(pings), err)
	}
}

// TestS7BlankMessage: white space around the text is cut off, so that nothing else is an empty message. (Not documented;
// as seen in Discord.)
func TestS7BlankMessage(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	b.call("POST", supportPath+"/messages", object{"content": " \n\t "}).refused(t, http.StatusBadRequest, 50006)
	m := b.must("POST", supportPath+"/messages", object{"content": "  two words \n"})
	if m.text("content") != "two words" {
		t.Errorf("the content is %q", m.text("content"))
	}
	b.call("PATCH", supportPath+"/messages/"+m.text("id"), object{"content": "  "}).refused(t, http.StatusBadRequest, 50006)
}

// TestS1IdsThatAreNone: a path with "undefined" for an id is a form error and no unknown route.
func TestS1IdsThatAreNone(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	b.call("POST", "/channels/undefined/messages", object{"content": "x"}).complains(t, "channel_id", "NUMBER_TYPE_COERCE")
	b.call("GET", guildPath+"/members/ryan", nil).complains(t, "user_id", "NUMBER_TYPE_COERCE")
	b.call("PUT", "/channels/abc", nil).refused(t, http.StatusMethodNotAllowed, 0)
	noFindingsBut(t, s, "rule", "unknown_route")
}

// TestS7NothingIsLost: what the sandbox has not is refused, and not left out of the message.
func TestS7NothingIsLost(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	b.call("POST", supportPath+"/messages", object{"content": "x", "sticker_ids": []string{"1"}}).refused(t, http.StatusNotFound, 10060)
	poll := object{"question": object{"text": "?"}, "answers": []object{{"poll_media": object{"text": "a"}}}}
	b.call("POST", supportPath+"/messages", object{"content": "x", "poll": poll}).complains(t, "poll", "SANDBOX_HAS_NO_POLLS")
	m := b.must("POST", supportPath+"/messages", object{"content": "x"})
	b.call("PUT", supportPath+"/messages/"+m.text("id")+"/reactions/"+url.PathEscape("ticket:1400000000000000999")+"/@me", nil).refused(t, http.StatusBadRequest, 10014)
	emoji := with(button("a"), "emoji", object{"id": "1400000000000000999", "name": "ticket"})
	b.call("POST", supportPath+"/messages", object{"content": "x", "components": []object{row(emoji)}}).complains(t, "components.0.components.0.emoji.id", "COMPONENT_INVALID_EMOJI")
	forum := b.must("POST", guildPath+"/channels", object{
		"name": "posts", "type": 15, "default_sort_order": 1, "default_forum_layout": 2, "default_reaction_emoji": object{"emoji_name": "👍"},
	})
	if forum.at("default_sort_order") != 1.0 || forum.at("default_forum_layout") != 2.0 || forum.text("default_reaction_emoji.emoji_name") != "👍" {
		t.Errorf("the forum is %s", forum.raw)
	}
	b.must("PATCH", "/channels/"+forum.text("id"), object{"default_sort_order": nil})
	if got := b.must("GET", "/channels/"+forum.text("id"), nil); got.at("default_sort_order") != nil || got.at("default_forum_layout") != 2.0 {
		t.Errorf("the changed forum is %s", got.raw)
	}
}

// TestS7SuppressedEmbeds: the flag hides the embeds of a message and shows them again (resources/message.mdx: Message Flags).
func TestS7SuppressedEmbeds(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	m := b.must("POST", supportPath+"/messages", object{"content": "x", "embeds": []object{{"title": "t"}}})
	path := supportPath + "/messages/" + m.text("id")
	if got := b.must("PATCH", path, object{"flags": 4}); got.at("embeds.0") != nil || got.at("flags") != 4.0 {
		t.Errorf("the suppressed message is %s", got.raw)
	}
	if got := b.must("PATCH", path, object{"flags": 0}); got.text("embeds.0.title") != "t" {
		t.Errorf("the shown message is %s", got.raw)
	}
}

// TestS7EmbedFiles: attachment:// works in icons too, and what an embed shows stays when the list of attachments is empty.
func TestS7EmbedFiles(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	k := &bench{rawBot: b, t: t}
	m := k.upload(supportPath+"/messages", `{"embeds":[{"title":"t","footer":{"text":"f","icon_url":"attachment://a_picture.png"}}]}`)
	if m.at("attachments.0") != nil || !strings.Contains(m.text("embeds.0.footer.icon_url"), "/attachments/") {
		t.Errorf("the message is %s", m.raw)
	}
	path := supportPath + "/messages/" + m.text("id")
	if got := b.must("PATCH", path, object{"attachments": []object{}}); !strings.Contains(got.text("embeds.0.footer.icon_url"), "/attachments/") {
		t.Errorf("the edited message is %s", got.raw)
	}
}

// TestS7AnswersAfterTheEnd: the button's message or the whole channel may be gone before the bot answers.
func TestS7AnswersAfterTheEnd(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	i := k.press("open")
	k.must("DELETE", supportPath+"/messages/"+k.panel.ID.String(), nil)
	k.call("POST", callbackPath(i), object{"type": 7, "data": object{"content": "x"}}).refused(t, http.StatusNotFound, 10008)
	k.must("POST", callbackPath(i), object{"type": 4, "data": object{"content": "still an answer"}})

	k.panel = k.post(object{"content": "panel", "components": []object{row(button("open"))}})
	answered, deferred, late := k.press("open"), k.press("open"), k.press("open")
	k.must("POST", callbackPath(answered), object{"type": 4, "data": object{"content": "closing", "flags": 64}})
	k.must("POST", callbackPath(deferred), object{"type": 5})
	k.must("DELETE", supportPath, nil)
	k.call("POST", callbackPath(late), object{"type": 4, "data": object{"content": "x"}}).refused(t, http.StatusNotFound, 10003)
	k.must("POST", callbackPath(late), object{"type": 6})
	k.call("POST", hookPath(answered), object{"content": "x"}).refused(t, http.StatusNotFound, 10003)
	for _, one := range []answer{answered, deferred} {
		k.call("PATCH", hookPath(one)+"/messages/@original", object{"content": "x"}).refused(t, http.StatusNotFound, 10008)
	}
}

// TestS7ConvertedChannel: a text channel becomes an announcement channel only where the guild has news
// (resources/channel.mdx: Modify Channel).
func TestS7ConvertedChannel(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	b.call("PATCH", supportPath, object{"type": 5}).complains(t, "type", "CHANNEL_TYPE_INVALID")
	b.must("PATCH", supportPath, object{"type": 0, "topic": "the same type"})
	seed := sandbox.DefaultSeed()
	seed.Guilds[0].Features = []string{"NEWS"}
	other := newRawBot(t, start(t, sandbox.Config{Seed: seed}))
	if got := other.must("PATCH", supportPath, object{"type": 5}); got.at("type") != 5.0 {
		t.Errorf("the converted channel is %s", got.raw)
	}
	other.call("PATCH", "/channels/1400000000000000024", object{"type": 5}).complains(t, "type", "CHANNEL_TYPE_INVALID")
}
