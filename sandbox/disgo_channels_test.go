//go:build !race

package sandbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/omit"
	"github.com/disgoorg/snowflake/v2"

	"usher/sandbox"
)

// TestS13DisgoChannels: channels made, changed, moved, guarded by overwrites and deleted, each seen by its event.
func TestS13DisgoChannels(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	category := got(j.rest.CreateGuildChannel(demoGuild, discord.GuildCategoryChannelCreate{Name: "More"}))(j, "creating a category")
	voice := got(j.rest.CreateGuildChannel(demoGuild, discord.GuildVoiceChannelCreate{Name: "Talk", ParentID: category.ID()}))(j, "creating a voice channel")
	same(j, "the voice channel's type", voice.Type(), discord.ChannelTypeGuildVoice)
	made := got(j.rest.CreateGuildChannel(demoGuild, discord.GuildTextChannelCreate{
		Name: "One Two", Topic: "topic", RateLimitPerUser: 10, ParentID: demoTickets, PermissionOverwrites: []discord.PermissionOverwrite{
			discord.RolePermissionOverwrite{RoleID: demoGuild, Deny: discord.PermissionViewChannel},
			discord.MemberPermissionOverwrite{UserID: demoApp, Allow: discord.PermissionViewChannel},
		},
	}))(j, "creating a channel")
	text, isText := made.(discord.GuildTextChannel)
	if !isText {
		t.Fatalf("the channel is a %T", made)
	}
	same(j, "its name", text.Name(), "one-two")
	same(j, "its topic", *text.Topic(), "topic")
	same(j, "its slowmode", text.RateLimitPerUser(), 10)
	same(j, "its category", *text.ParentID(), demoTickets)
	same(j, "its overwrites", len(text.PermissionOverwrites()), 2)
	for range 3 {
		created := next[*events.GuildChannelCreate](j)
		if _, cached := j.client.Caches.Channel(created.ChannelID); !cached {
			t.Errorf("%s is not in the cache", created.Channel.Name())
		}
	}
	changed := got(j.rest.UpdateChannel(made.ID(), discord.GuildTextChannelUpdate{
		Name: omit.Ptr("three"), Topic: omit.Ptr("new"), ParentID: omit.Ptr(category.ID()),
	}))(j, "changing a channel")
	same(j, "the new name", changed.(discord.GuildTextChannel).Name(), "three")
	update := next[*events.GuildChannelUpdate](j)
	same(j, "the old name", update.OldChannel.Name(), "one-two")
	same(j, "the updated name", update.Channel.Name(), "three")
	j.ok("setting an overwrite", j.rest.UpdatePermissionOverwrite(made.ID(), demoRyan, discord.MemberPermissionOverwriteUpdate{Allow: omit.Ptr(discord.PermissionViewChannel)}))
	if sees, err := j.ryan.Sees(t.Context(), sandbox.ID(made.ID())); !sees || err != nil {
		t.Errorf("Ryan sees the channel: %v, %v", sees, err)
	}
	j.ok("deleting an overwrite", j.rest.DeletePermissionOverwrite(made.ID(), demoRyan))
	j.ok("reordering", j.rest.UpdateChannelPositions(demoGuild, []discord.GuildChannelPositionUpdate{{ID: made.ID(), Position: omit.NewPtr(5)}}))
	same(j, "the number of channels", len(got(j.rest.GetGuildChannels(demoGuild))(j, "listing")), 10)
	j.ok("deleting the category", j.rest.DeleteChannel(category.ID()))
	same(j, "the deleted channel", next[*events.GuildChannelDelete](j).ChannelID, category.ID())
	orphan := got(j.rest.GetChannel(made.ID()))(j, "getting the channel").(discord.GuildTextChannel)
	if orphan.ParentID() != nil {
		t.Errorf("the channel's category is %v", orphan.ParentID())
	}
	j.ok("deleting the channel", j.rest.DeleteChannel(made.ID()))
	_, err := j.rest.GetChannel(made.ID())
	var refused *rest.Error
	if !errors.As(err, &refused) || refused.Code != rest.JSONErrorCodeUnknownChannel {
		t.Errorf("a deleted channel: %v", err)
	}
	noFindings(t, j.s)
}

// TestS13DisgoThreads: private and public threads, their members, archiving and locking.
func TestS13DisgoThreads(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	private := got(j.rest.CreateThread(demoSupport, discord.GuildPrivateThreadCreate{Name: "private", AutoArchiveDuration: discord.AutoArchiveDuration1h}))(j, "creating a thread")
	same(j, "its type", private.Type(), discord.ChannelTypeGuildPrivateThread)
	same(j, "the created thread", next[*events.ThreadCreate](j).ThreadID, private.ID())
	j.ok("adding Ryan", j.rest.AddThreadMember(private.ID(), demoRyan))
	same(j, "who was added", next[*events.ThreadMemberAdd](j).ThreadMember.UserID, demoRyan)
	same(j, "Ryan's membership", got(j.rest.GetThreadMember(private.ID(), demoRyan, true))(j, "getting a member").UserID, demoRyan)
	same(j, "the members", len(got(j.rest.GetThreadMembers(private.ID()))(j, "listing members")), 2)
	got(j.ryan.Send(t.Context(), sandbox.ID(private.ID()), "in the thread"))(j, "writing in the thread")
	for next[*events.GuildMessageCreate](j).Message.Content != "in the thread" {
		continue
	}
	j.ok("removing Ryan", j.rest.RemoveThreadMember(private.ID(), demoRyan))
	same(j, "who was removed", next[*events.ThreadMemberRemove](j).ThreadMemberID, demoRyan)

	start := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{Content: "start"}))(j, "posting")
	public := got(j.rest.CreateThreadFromMessage(demoSupport, start.ID, discord.ThreadCreateFromMessage{Name: "public"}))(j, "creating a thread from a message")
	same(j, "the thread's id", public.ID(), start.ID)
	got(j.rest.CreateThread(demoSupport, discord.GuildPublicThreadCreate{Name: "loose"}))(j, "creating a thread without a message")
	same(j, "the active threads", len(got(j.rest.GetActiveGuildThreads(demoGuild))(j, "listing").Threads), 3)
	got(j.rest.UpdateChannel(public.ID(), discord.GuildThreadUpdate{Name: omit.Ptr("renamed")}))(j, "renaming")
	got(j.rest.UpdateChannel(public.ID(), discord.GuildThreadUpdate{Archived: omit.Ptr(true), Locked: omit.Ptr(true)}))(j, "archiving")
	archived := got(j.rest.GetPublicArchivedThreads(demoSupport, time.Time{}, 10))(j, "listing archived threads")
	if len(archived.Threads) != 1 || archived.Threads[0].Name() != "renamed" || !archived.Threads[0].ThreadMetadata.Locked {
		t.Errorf("the archived threads are %+v", archived.Threads)
	}
	j.ok("leaving", j.rest.LeaveThread(private.ID()))
	j.ok("joining", j.rest.JoinThread(private.ID()))
	j.ok("deleting", j.rest.DeleteChannel(private.ID()))
	same(j, "the deleted thread", next[*events.ThreadDelete](j).ThreadID, private.ID())
	noFindings(t, j.s)
}

// TestS13DisgoMessages: written with files and embeds, edited, replied to, deleted one by one and in bulk.
func TestS13DisgoMessages(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	m := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{
		Content: "files", Files: []*discord.File{
			discord.NewFile("picture.png", "A picture", bytes.NewReader(picture(t))), discord.NewFile("log.txt", "", strings.NewReader("lines")),
		},
		Embeds: []discord.Embed{{Title: "T", Image: &discord.EmbedResource{URL: "attachment://picture.png"}}},
	}))(j, "posting files")
	// What an embed shows is none of the attachments (resources/message.mdx: Message Object).
	same(j, "the number of files", len(m.Attachments), 1)
	same(j, "the picture's width", m.Embeds[0].Image.Width, 3)
	for _, address := range []string{m.Embeds[0].Image.URL, m.Attachments[0].URL} {
		res, err := http.Get(address)
		j.ok("fetching a file", err)
		res.Body.Close()
		same(j, "the file's answer", res.StatusCode, http.StatusOK)
	}
	same(j, "the event's content", next[*events.GuildMessageCreate](j).Message.Content, "files")
	edited := got(j.rest.UpdateMessage(demoSupport, m.ID, discord.MessageUpdate{
		Content: omit.Ptr("one file"), Attachments: &[]discord.AttachmentUpdate{discord.AttachmentKeep{ID: m.Attachments[0].ID}}, Embeds: &[]discord.Embed{},
	}))(j, "editing")
	same(j, "what is left", edited.Attachments[0].Filename, "log.txt")
	update := next[*events.GuildMessageUpdate](j)
	same(j, "the old text", update.OldMessage.Content, "files")
	same(j, "the new text", update.Message.Content, "one file")
	reply := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{Content: "reply", MessageReference: &discord.MessageReference{MessageID: &m.ID}}))(j, "replying")
	same(j, "the reply's type", reply.Type, discord.MessageTypeReply)
	same(j, "what it replies to", reply.ReferencedMessage.ID, m.ID)
	first := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{Content: "n", Nonce: "1", EnforceNonce: true}))(j, "sending with a nonce")
	again := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{Content: "n", Nonce: "1", EnforceNonce: true}))(j, "sending again")
	same(j, "the message of the same nonce", again.ID, first.ID)
	j.ok("typing", j.rest.SendTyping(demoSupport))
	j.ok("deleting", j.rest.DeleteMessage(demoSupport, reply.ID))
	same(j, "the deleted message", next[*events.GuildMessageDelete](j).MessageID, reply.ID)
	j.ok("deleting in bulk", j.rest.BulkDeleteMessages(demoSupport, []snowflake.ID{m.ID, first.ID}))
	for range 2 {
		next[*events.GuildMessageDelete](j)
	}
	same(j, "what is left", len(got(j.rest.GetMessages(demoSupport, 0, 0, 0, 100))(j, "listing")), 0)
	noFindings(t, j.s)
}

// TestS13DisgoPagesThroughHistory: 250 messages, backwards and forwards, by pages and around one.
func TestS13DisgoPagesThroughHistory(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	var ids []snowflake.ID
	for i := range 250 {
		m := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{Content: fmt.Sprint(i)}))(j, "posting")
		ids = append(ids, m.ID)
	}
	page := j.rest.GetMessagesPage(demoSupport, 0, 100)
	seen := 0
	for page.Previous() {
		for _, m := range page.Items {
			seen++
			same(j, "a message going back", m.Content, fmt.Sprint(250-seen))
		}
	}
	same(j, "the messages going back", seen, 250)
	if !errors.Is(page.Err, rest.ErrNoMorePages) {
		t.Errorf("paging ended with %v", page.Err)
	}
	page = j.rest.GetMessagesPage(demoSupport, ids[0], 100)
	seen = 0
	for page.Next() {
		seen += len(page.Items)
	}
	same(j, "the messages after the first", seen, 249)
	around := got(j.rest.GetMessages(demoSupport, ids[100], 0, 0, 11))(j, "listing around one")
	if len(around) != 11 || around[0].Content != "105" || around[10].Content != "95" {
		t.Errorf("around 100 are %d messages from %s", len(around), around[0].Content)
	}
	noFindings(t, j.s)
}

// TestS13DisgoReactsPinsAndWritesDirectly.
func TestS13DisgoReactsPinsAndWritesDirectly(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	m := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{Content: "pin me"}))(j, "posting")
	j.ok("reacting", j.rest.AddReaction(demoSupport, m.ID, "🎫"))
	same(j, "the reaction", *next[*events.GuildMessageReactionAdd](j).Emoji.Name, "🎫")
	j.ok("Ryan reacting", j.ryan.React(t.Context(), sandbox.Message{ID: sandbox.ID(m.ID), ChannelID: sandbox.DemoSupportID}, "🎫"))
	same(j, "who reacted", next[*events.GuildMessageReactionAdd](j).UserID, demoRyan)
	same(j, "the reactors", len(got(j.rest.GetReactions(demoSupport, m.ID, "🎫", 0, 0, 10))(j, "listing reactions")), 2)
	j.ok("removing Ryan's reaction", j.rest.RemoveUserReaction(demoSupport, m.ID, "🎫", demoRyan))
	same(j, "whose went", next[*events.GuildMessageReactionRemove](j).UserID, demoRyan)
	j.ok("removing its own", j.rest.RemoveOwnReaction(demoSupport, m.ID, "🎫"))
	j.ok("reacting again", j.rest.AddReaction(demoSupport, m.ID, "👍"))
	j.ok("removing an emoji's", j.rest.RemoveAllReactionsForEmoji(demoSupport, m.ID, "👍"))
	next[*events.GuildMessageReactionRemoveEmoji](j)
	j.ok("removing all", j.rest.RemoveAllReactions(demoSupport, m.ID))
	next[*events.GuildMessageReactionRemoveAll](j)

	j.ok("pinning", j.rest.PinMessage(demoSupport, m.ID))
	next[*events.GuildChannelPinsUpdate](j)
	pins := got(j.rest.GetChannelPins(demoSupport, time.Time{}, 10))(j, "listing pins")
	same(j, "the pinned message", pins.Items[0].Message.ID, m.ID)
	j.ok("unpinning", j.rest.UnpinMessage(demoSupport, m.ID))

	dm := got(j.client.Rest.CreateDMChannel(demoRyan))(j, "opening a direct message")
	got(j.rest.CreateMessage(dm.ID(), discord.MessageCreate{Content: "hello"}))(j, "writing directly")
	same(j, "the direct message", next[*events.DMMessageCreate](j).Message.Content, "hello")
	got(j.ryan.Send(t.Context(), sandbox.ID(dm.ID()), "hi"))(j, "answering directly")
	answer := next[*events.DMMessageCreate](j)
	same(j, "the answer", answer.Message.Content, "hi")
	j.ok("reacting directly", j.rest.AddReaction(dm.ID(), answer.MessageID, "👍"))
	next[*events.DMMessageReactionAdd](j)
	noFindings(t, j.s)
}

// TestS13DisgoMembersRolesAndWebhooks.
func TestS13DisgoMembersRolesAndWebhooks(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	j.grant("MANAGE_NICKNAMES", "MODERATE_MEMBERS", "KICK_MEMBERS", "BAN_MEMBERS", "VIEW_AUDIT_LOG")
	role := got(j.rest.CreateRole(demoGuild, discord.RoleCreate{Name: "VIP", Hoist: true, Permissions: omit.Ptr(discord.PermissionViewChannel)}))(j, "creating a role")
	same(j, "the created role", next[*events.RoleCreate](j).Role.Name, "VIP")
	j.ok("giving it", j.rest.AddMemberRole(demoGuild, demoRyan, role.ID, rest.WithReason("a reason with ümläuts")))
	member := next[*events.GuildMemberUpdate](j)
	same(j, "Ryan's new role", member.Member.RoleIDs[0], role.ID)
	log := got(j.rest.GetAuditLog(demoGuild, 0, discord.AuditLogEventMemberRoleUpdate, 0, 0, 10))(j, "reading the audit log")
	same(j, "the reason", *log.AuditLogEntries[0].Reason, "a reason with ümläuts")
	got(j.rest.UpdateMember(demoGuild, demoRyan, discord.MemberUpdate{Nick: omit.Ptr("R"), CommunicationDisabledUntil: omit.NewPtr(time.Now().Add(time.Hour))}))(j, "timing out")
	if _, err := j.ryan.Send(t.Context(), sandbox.DemoGeneralID, "silenced"); !sandbox.IsRefused(err, http.StatusForbidden) {
		t.Errorf("Ryan writes though timed out: %v", err)
	}
	same(j, "members found", len(got(j.rest.SearchMembers(demoGuild, "mi", 5))(j, "searching")), 1)
	same(j, "members", len(got(j.rest.GetMembers(demoGuild, 100, 0))(j, "listing members")), 5)
	j.ok("taking the role", j.rest.RemoveMemberRole(demoGuild, demoRyan, role.ID))
	j.ok("deleting the role", j.rest.DeleteRole(demoGuild, role.ID))
	same(j, "the deleted role", next[*events.RoleDelete](j).RoleID, role.ID)
	j.ok("kicking", j.rest.RemoveMember(demoGuild, demoRyan))
	same(j, "who left", next[*events.GuildMemberLeave](j).User.ID, demoRyan)
	j.ok("Ryan coming back", j.ryan.Join(t.Context(), sandbox.DemoGuildID))
	same(j, "who joined", next[*events.GuildMemberJoin](j).Member.User.ID, demoRyan)
	j.ok("banning", j.rest.AddBan(demoGuild, demoRyan, time.Hour))
	next[*events.GuildBan](j)
	same(j, "the banned user", got(j.rest.GetBan(demoGuild, demoRyan))(j, "getting a ban").User.ID, demoRyan)
	j.ok("lifting the ban", j.rest.DeleteBan(demoGuild, demoRyan))
	next[*events.GuildUnban](j)

	hook := got(j.rest.CreateWebhook(demoSupport, discord.WebhookCreate{Name: "Logs"}))(j, "creating a webhook")
	next[*events.WebhooksUpdate](j)
	written := got(j.rest.CreateWebhookMessage(hook.ID(), hook.Token, discord.WebhookMessageCreate{Content: "log", Username: "Somebody"}, rest.CreateWebhookMessageParams{Wait: true}))(j, "writing by webhook")
	same(j, "the webhook's name", written.Author.Username, "Somebody")
	got(j.rest.UpdateWebhookMessage(hook.ID(), hook.Token, written.ID, discord.WebhookMessageUpdate{Content: omit.Ptr("changed")}, rest.UpdateWebhookMessageParams{}))(j, "editing by webhook")
	j.ok("deleting by webhook", j.rest.DeleteWebhookMessage(hook.ID(), hook.Token, written.ID, 0))
	j.ok("deleting the webhook", j.rest.DeleteWebhook(hook.ID()))
	noFindings(t, j.s)
}
