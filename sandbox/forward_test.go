package sandbox_test

import (
	"net/http"
	"testing"

	"usher/sandbox"
)

const generalPath = "/channels/1400000000000000025"

// forwarding is the body of a forward.
func forwarding(channel, message string) object {
	return object{"message_reference": object{"type": 1, "channel_id": channel, "message_id": message}}
}

// TestS1Forward: a forward carries a copy of the message as it was (resources/message.mdx: Forwards).
func TestS1Forward(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	m := k.upload(generalPath+"/messages", `{"content":"the <@1400000000000000102> original","embeds":[{"title":"t"}]}`)
	general := sandbox.DemoGeneralID.String()
	f := k.must("POST", supportPath+"/messages", forwarding(general, m.text("id")))
	path := supportPath + "/messages/" + f.text("id")
	k.must("PATCH", generalPath+"/messages/"+m.text("id"), object{"content": "changed", "embeds": []object{}, "attachments": []object{}})
	for name, got := range map[string]answer{"sent": f, "read later": k.must("GET", path, nil)} {
		for at, want := range map[string]any{
			"type": 0.0, "flags": float64(1 << 14), "content": "", "mentions.0": nil, "referenced_message": nil,
			"message_reference.type": 1.0, "message_reference.channel_id": general, "message_reference.message_id": m.text("id"),
			"message_snapshots.0.message.content":                "the <@1400000000000000102> original",
			"message_snapshots.0.message.embeds.0.title":         "t",
			"message_snapshots.0.message.attachments.0.filename": "a_picture.png",
			"message_snapshots.0.message.author":                 nil, "message_snapshots.1": nil,
		} {
			if got.at(at) != want {
				t.Errorf("%s: %s is %v, want %v in %s", name, at, got.at(at), want, got.raw)
			}
		}
	}
	// A forward of a forward carries the first message.
	again := k.must("POST", generalPath+"/messages", forwarding(sandbox.DemoSupportID.String(), f.text("id")))
	if again.text("message_snapshots.0.message.content") == "" || again.text("message_reference.message_id") != f.text("id") {
		t.Errorf("the second forward is %s", again.raw)
	}
	k.must("DELETE", generalPath+"/messages/"+m.text("id"), nil)
	if got := k.must("GET", path, nil); got.text("message_snapshots.0.message.embeds.0.title") != "t" {
		t.Errorf("after the original's end the forward is %s", got.raw)
	}
	noFindings(t, k.s)
}

// TestS7ForwardRefusals: what cannot be seen, read or forwarded (resources/message.mdx: Message Reference Types).
func TestS7ForwardRefusals(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	ticket := b.must("POST", guildPath+"/channels", object{"name": "ticket"})
	m := b.must("POST", "/channels/"+ticket.text("id")+"/messages", object{"content": "secret"})
	hold(t, b, []rule{
		on(createDoc, "no channel", "POST", supportPath+"/messages", object{"message_reference": object{"type": 1, "message_id": m.text("id")}}).complains("message_reference.channel_id", "BASE_TYPE_REQUIRED"),
		on(createDoc, "no message", "POST", supportPath+"/messages", object{"message_reference": object{"type": 1, "channel_id": ticket.text("id")}}).complains("message_reference.message_id", "BASE_TYPE_REQUIRED"),
		on(createDoc, "an unknown message", "POST", supportPath+"/messages", forwarding(ticket.text("id"), "1")).complains("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"),
		on(createDoc, "an unknown channel", "POST", supportPath+"/messages", forwarding("1", m.text("id"))).refused(http.StatusNotFound, 10003),
	})
	b.must("PUT", "/channels/"+ticket.text("id")+"/messages/pins/"+m.text("id"), nil)
	list := b.must("GET", "/channels/"+ticket.text("id")+"/messages", nil)
	b.call("POST", supportPath+"/messages", forwarding(ticket.text("id"), list.text("0.id"))).complains(t, "message_reference", "MESSAGE_REFERENCE_CANNOT_FORWARD")
	if err := s.Client().Administer(t.Context(), sandbox.Order{Do: "remove_permission", GuildID: sandbox.DemoGuildID, RoleID: sandbox.DemoGuildID, Permission: "VIEW_CHANNEL"}); err != nil {
		t.Fatal(err)
	}
	id, _ := parse(m.text("id"))
	channel, _ := parse(ticket.text("id"))
	ryan := s.Client().User(sandbox.DemoRyanID)
	if _, err := ryan.Forward(t.Context(), sandbox.DemoSupportID, sandbox.Message{ID: id, ChannelID: channel}); !sandbox.IsRefused(err, http.StatusForbidden) {
		t.Errorf("forwarding what one cannot see: %v", err)
	}
}

// TestS2ForwardContent: the copy in a forward is protected by MESSAGE_CONTENT as a message is, and without the intent
// nothing that cannot be read can be forwarded (160014).
func TestS2ForwardContent(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	seed.Applications[0].PrivilegedIntents = &[]string{"MEMBERS"}
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}})
	b := newRawBot(t, s)
	gw := b.connect(1<<0 | 1<<9)
	ryan := s.Client().User(sandbox.DemoRyanID)
	m, err := ryan.Send(t.Context(), sandbox.DemoGeneralID, "between us")
	if err != nil {
		t.Fatal(err)
	}
	b.call("POST", supportPath+"/messages", forwarding(m.ChannelID.String(), m.ID.String())).refused(t, http.StatusForbidden, 160014)
	f, err := ryan.Forward(t.Context(), sandbox.DemoSupportID, m)
	if err != nil || len(f.Snapshots) != 1 || f.Snapshots[0].Message.Content != "between us" {
		t.Fatalf("Ryan forwards %+v, %v", f, err)
	}
	gw.next("MESSAGE_CREATE")
	if got := gw.next("MESSAGE_CREATE"); got.at("message_snapshots.0.message") == nil || got.text("message_snapshots.0.message.content") != "" {
		t.Errorf("the bot received %s", got.raw)
	}
}
