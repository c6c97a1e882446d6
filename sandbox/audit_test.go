package sandbox_test

import (
	"net/http"
	"testing"

	"usher/sandbox"
)

// reason calls with a reason for the audit log.
func (b *rawBot) because(reason string) *rawBot {
	out := *b
	out.reason = reason
	return &out
}

// TestS1AuditLog: what bots do is written down with what changed and why, and told to bots that may read it.
func TestS1AuditLog(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	k.grant("VIEW_AUDIT_LOG")
	c := k.because("a%20ticket").must("POST", guildPath+"/channels", object{"name": "ticket-1", "topic": "t"})
	told := k.gw.next("GUILD_AUDIT_LOG_ENTRY_CREATE")
	if told.at("action_type") != 10.0 || told.text("target_id") != c.text("id") || told.text("reason") != "a ticket" || told.text("guild_id") != sandbox.DemoGuildID.String() || told.text("user_id") != clientID {
		t.Errorf("told %s", told.raw)
	}
	path := "/channels/" + c.text("id")
	k.must("PATCH", path, object{"name": "closed-1"})
	if told := k.gw.next("GUILD_AUDIT_LOG_ENTRY_CREATE"); told.at("action_type") != 11.0 || told.text("changes.0.key") != "name" || told.text("changes.0.old_value") != "ticket-1" || told.text("changes.0.new_value") != "closed-1" || told.at("changes.1") != nil {
		t.Errorf("told %s", told.raw)
	}
	overwrite := path + "/permissions/1400000000000000011"
	wants := []struct {
		method, path string
		body         any
		action       float64
		at, value    string
	}{
		{"PUT", overwrite, object{"type": 0, "allow": "1024"}, 13, "options.role_name", "Staff"},
		{"PUT", overwrite, object{"type": 0, "deny": "1024"}, 14, "changes.0.key", "allow"},
		{"DELETE", overwrite, nil, 15, "options.type", "0"},
		{"PATCH", path, object{"permission_overwrites": []object{{"id": sandbox.DemoRyanID.String(), "type": 1, "allow": "1024"}}}, 13, "options.type", "1"},
		{"PUT", guildPath + ryanPath + "/roles/" + k.must("POST", guildPath+"/roles", object{"name": "VIP"}).text("id"), nil, 25, "changes.0.new_value.0.name", "VIP"},
		{"DELETE", path, nil, 12, "changes.1.key", "name"},
	}
	for _, w := range wants {
		k.must(w.method, w.path, w.body)
		told := k.gw.next("GUILD_AUDIT_LOG_ENTRY_CREATE")
		if told.at("action_type") == 30.0 {
			// The role that was made for the row.
			told = k.gw.next("GUILD_AUDIT_LOG_ENTRY_CREATE")
		}
		if told.at("action_type") != w.action || told.text(w.at) != w.value {
			t.Errorf("%s %s: told %s, want action %v with %s = %s", w.method, w.path, told.raw, w.action, w.at, w.value)
		}
	}
	list := k.must("GET", guildPath+"/audit-logs?limit=2&user_id="+clientID, nil)
	if list.at("audit_log_entries.0.action_type") != 12.0 || list.at("audit_log_entries.2") != nil || list.text("users.0.username") != "Usher" {
		t.Errorf("the log is %s", list.raw)
	}
	first := k.must("GET", guildPath+"/audit-logs?after=1&limit=1", nil)
	if first.at("audit_log_entries.0.action_type") != 10.0 {
		t.Errorf("after the beginning comes %s", first.raw)
	}
	if only := k.must("GET", guildPath+"/audit-logs?target_id="+sandbox.DemoRyanID.String(), nil); only.at("audit_log_entries.0.action_type") != 25.0 || only.at("audit_log_entries.1") != nil {
		t.Errorf("about Ryan: %s", only.raw)
	}
	noFindings(t, k.s)
}

// TestS1AuditLogOfMessages: deleting another's message is written down, one's own is not.
func TestS1AuditLogOfMessages(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	k.grant("VIEW_AUDIT_LOG")
	m, err := k.ryan.Send(t.Context(), sandbox.DemoSupportID, "hello")
	if err != nil {
		t.Fatal(err)
	}
	own := k.post(object{"content": "mine"})
	k.must("PUT", supportPath+"/messages/pins/"+m.ID.String(), nil)
	k.must("DELETE", supportPath+"/messages/pins/"+m.ID.String(), nil)
	k.must("DELETE", supportPath+"/messages/"+own.ID.String(), nil)
	k.must("DELETE", supportPath+"/messages/"+m.ID.String(), nil)
	for _, action := range []float64{74, 75, 72} {
		told := k.gw.next("GUILD_AUDIT_LOG_ENTRY_CREATE")
		if told.at("action_type") != action || told.text("target_id") != sandbox.DemoRyanID.String() || told.text("options.channel_id") != sandbox.DemoSupportID.String() {
			t.Errorf("told %s, want action %v", told.raw, action)
		}
	}
	if err := k.s.Client().Administer(t.Context(), sandbox.Order{Do: "remove_permission", GuildID: sandbox.DemoGuildID, UserID: sandbox.DemoApplicationID, Permission: "VIEW_AUDIT_LOG"}); err != nil {
		t.Fatal(err)
	}
	k.call("GET", guildPath+"/audit-logs", nil).refused(t, http.StatusForbidden, 50013)
}
