package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
)

const webhookDoc = "resources/webhook.mdx: Create Webhook"

func webhookRules(hook answer) []rule {
	byToken := "/webhooks/" + hook.text("id") + "/" + hook.text("token")
	making := func(name string, body object) rule {
		return on(webhookDoc, name, "POST", supportPath+"/webhooks", body)
	}
	executing := func(name string, body object) rule {
		return on("resources/webhook.mdx: Execute Webhook", name, "POST", byToken, body)
	}
	return []rule{
		making("no name", object{}).complains("name", "BASE_TYPE_REQUIRED"),
		making("name of 81", object{"name": letters(81)}).complains("name", "BASE_TYPE_BAD_LENGTH"),
		making("a name like Clyde", object{"name": "my CLYDE"}).complains("name", "USERNAME_INVALID_CONTAINS"),
		making("a name like Discord", object{"name": "Discord logs"}).complains("name", "USERNAME_INVALID_CONTAINS"),
		on(webhookDoc, "in a category", "POST", "/channels/"+ticketsID+"/webhooks", object{"name": "x"}).refused(http.StatusBadRequest, 50024),
		on("resources/webhook.mdx: Modify Webhook", "a name like Discord, later", "PATCH", byToken, object{"name": "discord"}).complains("name", "USERNAME_INVALID_CONTAINS"),
		executing("nothing", object{}).refused(http.StatusBadRequest, 50006),
		executing("content of 2001", object{"content": letters(2001)}).complains("content", "BASE_TYPE_MAX_LENGTH"),
		executing("username of 80", object{"content": "x", "username": letters(80)}).allowed(),
		executing("username of 81", object{"content": "x", "username": letters(81)}).complains("username", "BASE_TYPE_BAD_LENGTH"),
		executing("a username like Discord", object{"content": "x", "username": "discord"}).complains("username", "USERNAME_INVALID_CONTAINS"),
		executing("a new thread elsewhere than in a forum", object{"content": "x", "thread_name": "x"}).refused(http.StatusBadRequest, 220003),
		on("resources/webhook.mdx: Execute Webhook", "in a thread that is none", "POST", byToken+"?thread_id=1", object{"content": "x"}).refused(http.StatusNotFound, 10003),
		on(codesDoc+" (50027)", "a wrong token", "POST", "/webhooks/"+hook.text("id")+"/wrong", object{"content": "x"}).refused(http.StatusUnauthorized, 50027),
		on(codesDoc+" (10015)", "a webhook that is none", "POST", "/webhooks/1/wrong", object{"content": "x"}).refused(http.StatusNotFound, 10015),
		on(codesDoc+" (10008)", "a message that is none", "PATCH", byToken+"/messages/1", object{"content": "x"}).refused(http.StatusNotFound, 10008),
	}
}

// TestS7WebhookRules: fifteen of a channel, a thousand of a guild (topics/opcodes 30007, 30058), in a forum only with threads.
func TestS7WebhookRules(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	hook := b.must("POST", supportPath+"/webhooks", object{"name": "Logs"})
	hold(t, b, webhookRules(hook))
	for range 14 {
		b.must("POST", supportPath+"/webhooks", object{"name": "x"})
	}
	b.call("POST", supportPath+"/webhooks", object{"name": "x"}).refused(t, http.StatusBadRequest, 30007)
	forum := b.must("POST", guildPath+"/channels", object{"name": "f", "type": 15}).text("id")
	posts := b.must("POST", "/channels/"+forum+"/webhooks", object{"name": "x"})
	byToken := "/webhooks/" + posts.text("id") + "/" + posts.text("token")
	b.call("POST", byToken, object{"content": "x"}).refused(t, http.StatusBadRequest, 220001)
	m := b.must("POST", byToken+"?wait=true", object{"content": "x", "thread_name": "a post"})
	if got := b.must("GET", "/channels/"+m.text("channel_id"), nil); got.text("name") != "a post" || got.text("parent_id") != forum {
		t.Errorf("the post is %s", got.raw)
	}
	inThread := byToken + "/messages/" + m.text("id")
	b.call("PATCH", inThread, object{"content": "y"}).refused(t, http.StatusNotFound, 10008)
	b.must("PATCH", inThread+"?thread_id="+m.text("channel_id"), object{"content": "y"})
	b.call("POST", byToken+"?thread_id="+m.text("channel_id"), object{"content": "x", "thread_name": "y"}).refused(t, http.StatusBadRequest, 220002)
	made := 16
	for channel := 0; made < 1000; channel++ {
		c := b.must("POST", guildPath+"/channels", object{"name": fmt.Sprint("w", channel)}).text("id")
		for i := 0; i < 15 && made < 1000; i++ {
			b.must("POST", "/channels/"+c+"/webhooks", object{"name": "x"})
			made++
		}
	}
	c := b.must("POST", guildPath+"/channels", object{"name": "last"}).text("id")
	b.call("POST", "/channels/"+c+"/webhooks", object{"name": "x"}).refused(t, http.StatusBadRequest, 30058)
}
