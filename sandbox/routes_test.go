package sandbox_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"usher/sandbox"
)

const ryanPath = "/members/585576154958921739"

func (k *bench) generalRoutes() {
	for _, path := range []string{
		"/gateway", "/gateway/bot", "/users/@me", "/users/585576154958921739", "/users/@me/guilds?with_counts=true", "/applications/@me",
		"/oauth2/applications/@me", guildPath + "?with_counts=true", guildPath + "/channels", guildPath + "/threads/active",
		guildPath + "/emojis", guildPath + "/stickers", guildPath + "/roles", guildPath + "/roles/1400000000000000011", supportPath,
	} {
		k.must("GET", path, nil)
	}
	dm := k.must("POST", "/users/@me/channels", object{"recipient_id": "585576154958921739"})
	k.must("POST", "/channels/"+dm.text("id")+"/messages", object{"content": "hello"})
	k.must("GET", "/channels/"+dm.text("id"), nil)
	c := k.must("POST", guildPath+"/channels", object{"name": "A", "parent_id": "1400000000000000027", "topic": "t", "permission_overwrites": []object{
		{"id": "1400000000000000001", "type": 0, "deny": "1024"}, {"id": "1400000000000000201", "type": 1, "allow": "1024"},
	}})
	path := "/channels/" + c.text("id")
	k.must("PATCH", path, object{"name": "B", "topic": nil, "parent_id": nil, "rate_limit_per_user": 5})
	k.must("PATCH", guildPath+"/channels", []object{{"id": c.text("id"), "position": 1, "parent_id": "1400000000000000027", "lock_permissions": true}})
	k.must("PUT", path+"/permissions/1400000000000000011", object{"type": 0, "allow": "1024", "deny": "0"})
	k.must("DELETE", path+"/permissions/1400000000000000011", nil)
	k.must("POST", path+"/typing", nil)
	k.must("DELETE", path, nil)
	for _, kind := range []int{2, 4} {
		k.must("POST", guildPath+"/channels", object{"name": "C", "type": kind})
	}
}

func (k *bench) commandRoutes() {
	options := []object{{"type": 3, "name": "word", "description": "d", "required": true, "choices": []object{{"name": "n", "value": "v"}}}}
	for _, base := range []string{appPath, appPath + guildPath} {
		c := k.must("POST", base+"/commands", object{"name": "tag", "description": "d", "options": options, "default_member_permissions": "8"})
		if c.status != http.StatusCreated {
			k.t.Errorf("a new command answered %d", c.status)
		}
		if again := k.must("POST", base+"/commands", object{"name": "tag", "description": "other"}); again.status != http.StatusOK || again.text("id") != c.text("id") {
			k.t.Errorf("the same command again: %d %s", again.status, again.raw)
		}
		one := base + "/commands/" + c.text("id")
		k.must("GET", one, nil)
		k.must("PATCH", one, object{"description": "third"})
		k.must("GET", base+"/commands", nil)
		k.must("PUT", base+"/commands", []object{{"name": "tag", "description": "d"}, {"name": "Report", "type": 3}})
		k.must("DELETE", one, nil)
	}
}

// picture is a small PNG.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upload sends a multipart body with one picture.
func (k *bench) upload(path, payload string) answer {
	k.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="payload_json"`}, "Content-Type": {"application/json"}})
	_, _ = io.WriteString(part, payload)
	file, _ := w.CreateFormFile("files[0]", "a picture.png")
	_, _ = file.Write(picture(k.t))
	_ = w.Close()
	out := k.send("POST", path, w.FormDataContentType(), b.Bytes())
	if out.status != http.StatusOK {
		k.t.Fatalf("uploading: %d %s", out.status, out.raw)
	}
	return out
}

func (k *bench) messageRoutes() {
	messages := supportPath + "/messages"
	m := k.upload(messages, `{"content":"a file","embeds":[{"title":"t","image":{"url":"attachment://a_picture.png"}}],"attachments":[{"id":0,"description":"grey"}]}`)
	plain := k.upload(messages, `{"attachments":[{"id":0,"description":"grey"}]}`)
	if got := plain.at("attachments.0.width"); got != 3.0 || plain.text("attachments.0.filename") != "a_picture.png" || plain.text("attachments.0.description") != "grey" {
		k.t.Errorf("the attachment is %s", plain.raw)
	}
	res, err := http.Get(m.text("embeds.0.image.url"))
	if err != nil {
		k.t.Fatalf("the picture's address: %v", err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		k.t.Errorf("the picture's address answers %d", res.StatusCode)
	}
	one := messages + "/" + m.text("id")
	k.must("GET", messages+"?limit=2", nil)
	k.must("GET", one, nil)
	k.must("PATCH", one, object{"content": "changed", "embeds": []object{}})
	k.must("POST", messages, object{"content": "reply", "message_reference": object{"message_id": m.text("id")}, "nonce": "n1", "enforce_nonce": true})
	k.must("POST", messages, object{"flags": 1 << 15, "components": []object{
		{"type": 10, "content": "# Title"},
		{"type": 9, "components": []object{{"type": 10, "content": "section"}}, "accessory": object{"type": 11, "media": object{"url": "https://example.com/a.png"}}},
		{"type": 9, "components": []object{{"type": 10, "content": "section"}}, "accessory": button("accessory")},
		{"type": 12, "items": []object{{"media": object{"url": "https://example.com/b.png"}}}},
		{"type": 14},
		{"type": 17, "accent_color": 255, "components": []object{row(button("inside")), {"type": 14, "divider": false, "spacing": 2}}},
	}})
	k.must("POST", messages, object{"content": "selects", "components": []object{
		row(object{"type": 3, "custom_id": "s", "options": []object{{"label": "l", "value": "v", "emoji": object{"name": "🎫"}}}}),
		row(object{"type": 5, "custom_id": "u"}), row(object{"type": 6, "custom_id": "r"}), row(object{"type": 7, "custom_id": "m"}),
		row(object{"type": 8, "custom_id": "c", "channel_types": []int{0}}),
	}})
	for _, pin := range []string{messages + "/pins", supportPath + "/pins"} {
		k.must("PUT", pin+"/"+m.text("id"), nil)
		k.must("GET", pin, nil)
		k.must("DELETE", pin+"/"+m.text("id"), nil)
	}
	react := one + "/reactions"
	k.must("PUT", react+"/%F0%9F%8E%AB/@me", nil)
	k.must("GET", react+"/%F0%9F%8E%AB", nil)
	k.must("GET", one, nil)
	k.must("DELETE", react+"/%F0%9F%8E%AB/@me", nil)
	k.must("DELETE", react+"/%F0%9F%8E%AB/585576154958921739", nil)
	k.must("DELETE", react+"/%F0%9F%8E%AB", nil)
	k.must("DELETE", react, nil)
	k.must("DELETE", one, nil)
	ids := []string{}
	for range 2 {
		ids = append(ids, k.must("POST", messages, object{"content": "x"}).text("id"))
	}
	k.must("POST", messages+"/bulk-delete", object{"messages": ids})
}

func (k *bench) threadRoutes() {
	thread := k.must("POST", supportPath+"/threads", object{"name": "private", "type": 12})
	path := "/channels/" + thread.text("id")
	k.must("PUT", path+"/thread-members/585576154958921739", nil)
	k.must("GET", path+"/thread-members?with_member=true", nil)
	k.must("GET", path+"/thread-members/585576154958921739", nil)
	k.must("DELETE", path+"/thread-members/585576154958921739", nil)
	k.must("POST", path+"/messages", object{"content": "inside"})
	k.must("GET", path+"/messages", nil)
	k.must("PUT", path+"/thread-members/@me", nil)
	k.must("GET", guildPath+"/threads/active", nil)
	k.must("PATCH", path, object{"archived": true, "locked": true})
	k.call("POST", path+"/messages", object{"content": "unarchives"})
	k.must("PATCH", path, object{"archived": true})
	k.must("GET", supportPath+"/threads/archived/private", nil)
	k.must("GET", supportPath+"/users/@me/threads/archived/private", nil)
	k.must("PATCH", path, object{"archived": false})
	k.must("DELETE", path+"/thread-members/@me", nil)
	m := k.must("POST", supportPath+"/messages", object{"content": "start"})
	k.must("POST", supportPath+"/messages/"+m.text("id")+"/threads", object{"name": "public"})
	k.must("GET", supportPath+"/threads/archived/public", nil)
	k.must("GET", supportPath+"/messages", nil)
	k.must("DELETE", path, nil)
}

func (k *bench) grant(names ...string) {
	for _, name := range names {
		if err := k.s.Client().Administer(k.t.Context(), sandbox.Order{
			Do: "add_permission", GuildID: sandbox.DemoGuildID, UserID: sandbox.DemoApplicationID, Permission: name,
		}); err != nil {
			k.t.Fatalf("granting %s: %v", name, err)
		}
	}
}

func (k *bench) memberRoutes() {
	k.grant("MANAGE_NICKNAMES", "CHANGE_NICKNAME", "MODERATE_MEMBERS", "KICK_MEMBERS", "BAN_MEMBERS", "VIEW_AUDIT_LOG")
	role := k.must("POST", guildPath+"/roles", object{"name": "VIP", "color": 255, "hoist": true})
	one := guildPath + "/roles/" + role.text("id")
	k.must("PATCH", one, object{"name": "Friends"})
	k.must("PATCH", guildPath+"/roles", []object{{"id": role.text("id"), "position": 1}})
	k.must("PUT", guildPath+ryanPath+"/roles/"+role.text("id"), nil)
	k.must("GET", guildPath+ryanPath, nil)
	k.must("DELETE", guildPath+ryanPath+"/roles/"+role.text("id"), nil)
	k.must("DELETE", one, nil)
	k.must("GET", guildPath+"/members?limit=10", nil)
	k.must("GET", guildPath+"/members/search?query=ry", nil)
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	k.must("PATCH", guildPath+ryanPath, object{"nick": "R", "communication_disabled_until": until})
	k.must("PATCH", guildPath+ryanPath, object{"communication_disabled_until": nil})
	k.must("PATCH", guildPath+"/members/@me", object{"nick": "Helper"})
	k.must("PUT", guildPath+"/bans/1400000000000000103", object{"delete_message_seconds": 0})
	k.must("GET", guildPath+"/bans/1400000000000000103", nil)
	k.must("DELETE", guildPath+"/bans/1400000000000000103", nil)
	if err := k.s.Client().User(sandbox.DemoNoorID).Join(k.t.Context(), sandbox.DemoGuildID); err != nil {
		k.t.Fatalf("joining: %v", err)
	}
	k.must("DELETE", guildPath+"/members/1400000000000000103", nil)
	k.must("GET", guildPath+"/audit-logs", nil)
}

func (k *bench) interactionRoutes() {
	i := k.press("open")
	k.must("POST", callbackPath(i)+"?with_response=true", object{"type": 5, "data": object{"flags": 64}})
	k.must("GET", hookPath(i)+"/messages/@original", nil)
	k.must("PATCH", hookPath(i)+"/messages/@original", object{"content": "x"})
	k.must("POST", hookPath(i), object{"content": "follow-up"})
	k.must("DELETE", hookPath(i)+"/messages/@original", nil)
	for _, kind := range []int{4, 7} {
		k.must("POST", callbackPath(k.press("b2"))+"?with_response=true", object{"type": kind, "data": object{"content": "now"}})
	}
}

func (k *bench) webhookRoutes() {
	h := k.must("POST", supportPath+"/webhooks", object{"name": "Logs"})
	k.must("GET", supportPath+"/webhooks", nil)
	k.must("GET", guildPath+"/webhooks", nil)
	byID := "/webhooks/" + h.text("id")
	byToken := byID + "/" + h.text("token")
	for _, path := range []string{byID, byToken} {
		k.must("GET", path, nil)
		k.must("PATCH", path, object{"name": "Other"})
	}
	m := k.must("POST", byToken+"?wait=true", object{"content": "log", "username": "Somebody"})
	if m.text("author.username") != "Somebody" {
		k.t.Errorf("the webhook wrote %s", m.raw)
	}
	one := byToken + "/messages/" + m.text("id")
	k.must("GET", one, nil)
	k.must("PATCH", one, object{"content": "changed"})
	k.must("DELETE", one, nil)
	k.must("DELETE", byToken, nil)
	again := k.must("POST", supportPath+"/webhooks", object{"name": "Logs"})
	k.must("DELETE", "/webhooks/"+again.text("id"), nil)
}

// TestS11NoTokens: what the witness tells holds no token.
func TestS11NoTokens(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	i := k.press("open")
	k.must("POST", callbackPath(i), object{"type": 5})
	k.must("PATCH", hookPath(i)+"/messages/@original", object{"content": "x"})
	k.call("GET", hookPath(i)+"/unknown", nil)
	calls, err := k.s.Client().Calls(t.Context(), sandbox.CallFilter{})
	if err != nil || len(calls) < 4 {
		t.Fatalf("calls: %v, %v", calls, err)
	}
	findings, err := k.s.Client().Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%+v %+v", calls, findings); strings.Contains(all, i.text("token")) || strings.Contains(all, k.token) {
		t.Error("the witness tells a token")
	}
	if !strings.Contains(calls[1].Path, "/{token}/callback") {
		t.Errorf("the path is %s", calls[1].Path)
	}
}
