package sandbox_test

import (
	"net/http"
	"strconv"
	"testing"

	"usher/sandbox"
)

// TestS1SearchMessages: each filter of the search alone, in a guild with few messages.
func TestS1SearchMessages(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	write := func(who sandbox.ID, text string) string {
		m, err := k.s.Client().User(who).Send(t.Context(), sandbox.DemoGeneralID, text)
		if err != nil {
			t.Fatal(err)
		}
		return m.ID.String()
	}
	first := write(sandbox.DemoRyanID, "My order 4711 is LATE, see https://example.com/o/4711")
	second := write(sandbox.DemoMiaID, "Hello <@"+sandbox.DemoRyanID.String()+">, which order?")
	file := k.upload(supportPath+"/messages", `{"content":"the order","attachments":[{"id":0}]}`).text("id")
	k.must("PUT", "/channels/"+sandbox.DemoGeneralID.String()+"/messages/pins/"+second, nil)
	cases := []struct {
		query string
		ids   []string
	}{
		{"content=order", []string{file, second, first}},
		{"content=order&sort_order=asc", []string{first, second, file}},
		{"content=late%20ORDER", []string{first}},
		{"content=order&author_id=" + sandbox.DemoMiaID.String(), []string{second}},
		{"content=order&author_type=bot", []string{file}},
		{"content=order&author_type=-bot", []string{second, first}},
		{"content=order&has=image", []string{file}},
		{"content=order&has=link", []string{first}},
		{"content=order&has=-link&has=-file", []string{second}},
		{"content=order&channel_id=" + sandbox.DemoGeneralID.String(), []string{second, first}},
		{"mentions=" + sandbox.DemoRyanID.String(), []string{second}},
		{"content=order&pinned=true", []string{second}},
		{"content=order&min_id=" + first, []string{file, second}},
		{"content=order&max_id=" + file, []string{second, first}},
		{"content=order&limit=1&offset=1", []string{second}},
		{"content=nothing", nil},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			got := k.must("GET", guildPath+"/messages/search?"+c.query, nil)
			for i, id := range c.ids {
				at := "messages." + strconv.Itoa(i) + ".0."
				if got.text(at+"id") != id || got.at(at+"hit") != true {
					t.Errorf("hit %d is %q, want %s in %s", i, got.text(at+"id"), id, got.raw)
				}
			}
			if got.at("messages."+strconv.Itoa(len(c.ids))) != nil {
				t.Errorf("more than %v: %s", c.ids, got.raw)
			}
		})
	}
	if err := k.s.Client().Administer(t.Context(), sandbox.Order{
		Do: "remove_permission", GuildID: sandbox.DemoGuildID, RoleID: sandbox.DemoBotRoleID, ChannelID: sandbox.DemoGeneralID, Permission: "READ_MESSAGE_HISTORY",
	}); err != nil {
		t.Fatal(err)
	}
	if got := k.must("GET", guildPath+"/messages/search?content=order", nil); got.at("total_results") != 1.0 {
		t.Errorf("without the right to read the history: %s", got.raw)
	}
	noFindings(t, k.s)
	k.must("GET", guildPath+"/messages/search?colour=red", nil)
	if list, err := k.s.Client().Findings(t.Context()); err != nil || len(list) != 1 || list[0].Kind != "unknown_field" {
		t.Errorf("findings: %+v, %v", list, err)
	}
}

// TestS1SearchThreads: by name, tag and state, with the first messages of posts.
func TestS1SearchThreads(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	forum := k.must("POST", guildPath+"/channels", object{"name": "help", "type": 15, "available_tags": []object{{"name": "bug"}, {"name": "idea"}}})
	path := "/channels/" + forum.text("id") + "/threads"
	bug, idea := forum.text("available_tags.0.id"), forum.text("available_tags.1.id")
	one := k.must("POST", path, object{"name": "It crashes", "message": object{"content": "first"}, "applied_tags": []string{bug}}).text("id")
	two := k.must("POST", path, object{"name": "It could crash less", "message": object{"content": "x"}, "applied_tags": []string{bug, idea}}).text("id")
	k.must("PATCH", "/channels/"+one, object{"archived": true})
	for query, want := range map[string][]string{
		"name=crash": {two, one}, "name=crash&sort_order=asc&sort_by=creation_time": {one, two}, "archived=true": {one}, "tag=" + idea: {two},
		"tag=" + bug + "&tag=" + idea + "&tag_setting=match_all": {two}, "name=nothing": nil, "limit=1": {two}, "min_id=" + one: {two},
	} {
		got := k.must("GET", path+"/search?"+query, nil)
		for i, id := range want {
			if got.text("threads."+strconv.Itoa(i)+".id") != id {
				t.Errorf("%s: %s, want %v", query, got.raw, want)
			}
		}
		if got.at("threads."+strconv.Itoa(len(want))) != nil || got.at("has_more") != (query == "limit=1") {
			t.Errorf("%s: more than %v: %s", query, want, got.raw)
		}
	}
	if got := k.must("GET", path+"/search?archived=true", nil); got.text("first_messages.0.content") != "first" {
		t.Errorf("first messages: %s", got.raw)
	}
	noFindings(t, k.s)
}

// TestS1WebhookInForum: a webhook makes posts in forums, and nowhere else.
func TestS1WebhookInForum(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	forum := k.must("POST", guildPath+"/channels", object{"name": "help", "type": 15, "available_tags": []object{{"name": "bug"}}})
	hook := k.must("POST", "/channels/"+forum.text("id")+"/webhooks", object{"name": "Reports"})
	path := "/webhooks/" + hook.text("id") + "/" + hook.text("token")
	m := k.must("POST", path+"?wait=true", object{"content": "x", "thread_name": "Broken", "applied_tags": []string{forum.text("available_tags.0.id")}})
	post := k.must("GET", "/channels/"+m.text("channel_id"), nil)
	if post.text("name") != "Broken" || post.text("parent_id") != forum.text("id") || m.text("id") != m.text("channel_id") || post.text("applied_tags.0") == "" {
		t.Errorf("the post is %s with %s", post.raw, m.raw)
	}
	if again := k.must("POST", path+"?wait=true&thread_id="+post.text("id"), object{"content": "y"}); again.text("channel_id") != post.text("id") {
		t.Errorf("into the post: %s", again.raw)
	}
	k.call("POST", path, object{"content": "x"}).refused(t, http.StatusBadRequest, 220001)
	k.call("POST", path+"?thread_id="+post.text("id"), object{"content": "x", "thread_name": "x"}).refused(t, http.StatusBadRequest, 220002)
	k.call("POST", path, object{"content": "x", "thread_name": "x", "applied_tags": []string{"5"}}).refused(t, http.StatusNotFound, 10087)
	plain := k.must("POST", supportPath+"/webhooks", object{"name": "Logs"})
	k.call("POST", "/webhooks/"+plain.text("id")+"/"+plain.text("token"), object{"content": "x", "thread_name": "x"}).refused(t, http.StatusBadRequest, 220003)
	noFindings(t, k.s)
}
