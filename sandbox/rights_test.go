package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"usher/sandbox"
)

// TestS1CommandRights: rights of a command decide over its default permissions, for roles, users and channels.
func TestS1CommandRights(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	b := newBrowser(t, k.s)
	command := k.must("POST", appPath+guildPath+"/commands", object{"name": "staff", "description": "d", "default_member_permissions": "8"})
	access := b.tokens(redeem(b.consent(sandbox.DemoOlgaID, sandbox.Consent{Scope: "applications.commands.permissions.update"}))).text("access_token")
	path := appPath + guildPath + "/commands/" + command.text("id") + "/permissions"
	right := func(id sandbox.ID, kind string, yes string) string {
		return `{"id":"` + id.String() + `","type":` + kind + `,"permission":` + yes + `}`
	}
	may := func(who, channel sandbox.ID) bool {
		t.Helper()
		// Without waiting for an answer, which nobody gives.
		res, err := http.Post(k.s.URL()+"/_sandbox/users/"+who.String()+"/command", "application/json",
			strings.NewReader(`{"channel_id":"`+channel.String()+`","name":"staff","type":1}`))
		if err != nil {
			t.Fatalf("running the command: %v", err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotFound {
			t.Fatalf("running the command: %d", res.StatusCode)
		}
		return res.StatusCode == http.StatusOK
	}
	cases := []struct {
		name, rights                    string
		mia, ryan, ryanInGeneral, owner bool
	}{
		{"none: administrators alone", "", false, false, false, true},
		{"a role", right(sandbox.DemoStaffRoleID, "1", "true"), true, false, false, true},
		{"everyone but a user", right(sandbox.DemoGuildID, "1", "true") + "," + right(sandbox.DemoRyanID, "2", "false"), true, false, false, true},
		{"everyone but a channel", right(sandbox.DemoGuildID, "1", "true") + "," + right(sandbox.DemoGeneralID, "3", "false"), true, true, false, true},
		{"one channel alone", right(sandbox.DemoGuildID, "1", "true") + "," + right(sandbox.DemoGuildID-1, "3", "false") + "," + right(sandbox.DemoSupportID, "3", "true"), true, true, false, true},
		{"a role over everyone", right(sandbox.DemoGuildID, "1", "false") + "," + right(sandbox.DemoStaffRoleID, "1", "true"), true, false, false, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := b.put(path, access, `{"permissions":[`+c.rights+`]}`); got.status != http.StatusOK {
				t.Fatalf("setting rights: %d %s", got.status, got.raw)
			}
			told := k.gw.next("APPLICATION_COMMAND_PERMISSIONS_UPDATE")
			if told.text("id") != command.text("id") || told.text("application_id") != clientID {
				t.Errorf("told %s", told.raw)
			}
			for _, one := range []struct {
				who, where sandbox.ID
				want       bool
			}{
				{sandbox.DemoMiaID, sandbox.DemoSupportID, c.mia},
				{sandbox.DemoRyanID, sandbox.DemoSupportID, c.ryan},
				{sandbox.DemoRyanID, sandbox.DemoGeneralID, c.ryanInGeneral},
				{sandbox.DemoOlgaID, sandbox.DemoGeneralID, c.owner},
			} {
				if got := may(one.who, one.where); got != one.want {
					t.Errorf("%s in %s: %t, want %t", one.who, one.where, got, one.want)
				}
			}
		})
	}
	// Ryan may neither manage the server nor its roles.
	ryan := b.tokens(redeem(b.consent(sandbox.DemoRyanID, sandbox.Consent{Scope: "applications.commands.permissions.update"}))).text("access_token")
	b.put(path, ryan, `{"permissions":[]}`).refused(t, http.StatusForbidden, 50013)
	twice := right(sandbox.DemoRyanID, "2", "true")
	b.put(path, access, `{"permissions":[`+twice+`,`+twice+`]}`).complains(t, "permissions.1.id", "APPLICATION_COMMAND_PERMISSIONS_DUPLICATE")
	b.put(path, access, `{}`).complains(t, "permissions", "BASE_TYPE_REQUIRED")
}
