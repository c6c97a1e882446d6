import assert from "node:assert/strict";
import { test } from "node:test";
import { AuditLogEvent, ChannelType, Events, OverwriteType, PermissionFlagsBits } from "discord.js";
import { after, next, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

const { ViewChannel, SendMessages, ReadMessageHistory, ManageMessages } = PermissionFlagsBits;

test("a channel is created with overwrites, seen only by those who may, changed and deleted", async (t) => {
  const { bot, guild, ann, ben } = await sit(t);
  const made = next(bot, Events.ChannelCreate);
  // Without the presences intent nobody but the bot is in the cache at first: a member's overwrite has to say that it is one.
  const channel = await guild.channels.create({
    name: "Ticket 5", type: ChannelType.GuildText, parent: ids.category, topic: "Lag", reason: "Ann asked", rateLimitPerUser: 5, nsfw: false,
    permissionOverwrites: [
      { id: guild.id, deny: [ViewChannel] },
      { id: ids.ann, type: OverwriteType.Member, allow: [ViewChannel, SendMessages, ReadMessageHistory] },
      { id: bot.user.id, allow: [ViewChannel] },
    ],
  });
  assert.equal((await made)[0].id, channel.id);
  assert.deepEqual([channel.name, channel.parentId, channel.topic, channel.rateLimitPerUser], ["ticket-5", ids.category, "Lag", 5]);
  const overwrites = channel.permissionOverwrites.cache;
  assert.deepEqual([overwrites.get(guild.id).type, overwrites.get(ids.ann).type], [OverwriteType.Role, OverwriteType.Member]);
  assert.ok(overwrites.get(ids.ann).allow.has(SendMessages));
  assert.deepEqual([await ann.sees(channel.id), await ben.sees(channel.id)], [true, false]);
  assert.ok(!channel.permissionsFor(guild.members.cache.get(ids.ben) ?? (await guild.members.fetch(ids.ben))).has(ViewChannel));
  const [, now] = await after(() => channel.edit({ name: "ticket 5 closed", topic: null, rateLimitPerUser: 0, parent: null }), bot, Events.ChannelUpdate);
  assert.deepEqual([now.name, now.topic, now.parentId], ["ticket-5-closed", null, null]);
  const entries = await guild.fetchAuditLogs({ type: AuditLogEvent.ChannelCreate, limit: 1 });
  assert.deepEqual([entries.entries.first().reason, entries.entries.first().executorId, entries.entries.first().targetId], ["Ann asked", bot.user.id, channel.id]);
  const [gone] = await after(() => channel.delete("Done"), bot, Events.ChannelDelete);
  assert.equal(gone.id, channel.id);
  await assert.rejects(bot.channels.fetch(channel.id, { force: true }), { code: 10003 });
});

test("overwrites are added, changed and taken away one by one", async (t) => {
  const { bot, hall, guild, ben } = await sit(t);
  const changed = () => next(bot, Events.ChannelUpdate);
  let update = changed();
  await hall.permissionOverwrites.create(ids.guest, { ViewChannel: true, SendMessages: false });
  await update;
  assert.ok(hall.permissionOverwrites.cache.get(ids.guest).deny.has(SendMessages));
  update = changed();
  await hall.permissionOverwrites.edit(ids.guest, { SendMessages: null, ManageMessages: true });
  await update;
  const { allow, deny } = hall.permissionOverwrites.cache.get(ids.guest);
  assert.deepEqual([allow.bitfield, deny.bitfield], [ViewChannel | ManageMessages, 0n]);
  update = changed();
  await hall.permissionOverwrites.delete(ids.guest);
  await update;
  assert.equal(hall.permissionOverwrites.cache.has(ids.guest), false);
  update = changed();
  await hall.permissionOverwrites.set([{ id: guild.id, deny: [ViewChannel] }, { id: bot.user.id, allow: [ViewChannel] }]);
  await update;
  assert.equal(await ben.sees(hall.id), false);
  await assert.rejects(hall.permissionOverwrites.create(ids.ann, { Administrator: true }, { type: OverwriteType.Member }), { code: 50013 });
});

test("every kind of channel that a ticket product meets is made and moved", async (t) => {
  const { guild, bot, sandbox } = await sit(t);
  const category = await guild.channels.create({ name: "Closed", type: ChannelType.GuildCategory });
  const voice = await guild.channels.create({ name: "Call 1", type: ChannelType.GuildVoice, parent: category, userLimit: 3 });
  const forum = await guild.channels.create({ name: "ideas", type: ChannelType.GuildForum, availableTags: [{ name: "Good" }], topic: "Any idea" });
  assert.deepEqual([category.name, voice.parent.name, voice.userLimit, forum.availableTags[0].name], ["Closed", "Closed", 3, "Good"]);
  const text = await guild.channels.create({ name: "one", parent: category });
  assert.deepEqual([...category.children.cache.keys()].sort(), [voice.id, text.id].sort());
  // The library works out the overwrites itself, and sends a field of the route for many channels along.
  sandbox.expectFinding(/"lock_permissions" is not known/);
  await text.setParent(ids.category, { lockPermissions: true });
  assert.equal(text.parentId, ids.category);
  await guild.channels.setPositions([{ channel: text.id, position: 0 }]);
  const fetched = await guild.channels.fetch();
  assert.equal(fetched.get(text.id).name, "one");
  const orphaned = next(bot, Events.ChannelUpdate, (_, { id }) => id === voice.id);
  await category.delete();
  assert.equal((await orphaned)[1].parentId, null);
});

test("what Discord refuses about channels is refused", async (t) => {
  const { sandbox, guild, hall } = await sit(t);
  sandbox.expectFinding(/name: .*BASE_TYPE_(BAD|MAX|MIN)_LENGTH/);
  await assert.rejects(guild.channels.create({ name: "x".repeat(101) }), { code: 50035 });
  await sandbox.control("POST", "/administer", { do: "fill_category", category_id: ids.category });
  sandbox.expectFinding(/CHANNEL_PARENT_MAX_CHANNELS/);
  await assert.rejects(guild.channels.create({ name: "one too many", parent: ids.category }), { code: 50035 });
  await sandbox.control("POST", "/administer", { do: "remove_permission", guild_id: guild.id, user_id: ids.application, permission: "MANAGE_CHANNELS" });
  await assert.rejects(hall.setTopic("Not mine any more"), { code: 50013 });
});

test("a channel's webhook writes under its own name, and its messages are changed through it", async (t) => {
  const { bot, hall, ann, guild } = await sit(t);
  const webhook = await hall.createWebhook({ name: "Herald", reason: "To speak" });
  assert.deepEqual([webhook.channelId, webhook.owner.id, webhook.isIncoming()], [hall.id, bot.user.id, true]);
  const [message] = await after(() => webhook.send({ content: "Hear!", username: "Crier", embeds: [{ title: "News" }], files: [{ attachment: Buffer.from("n"), name: "n.txt" }] }), bot, Events.MessageCreate);
  assert.deepEqual([message.webhookId, message.author.username, message.embeds[0].title, message.attachments.size], [webhook.id, "Crier", "News", 1]);
  const edited = await webhook.editMessage(message.id, { content: "Hear again!", embeds: [] });
  assert.deepEqual([edited.content, edited.embeds.length], ["Hear again!", 0]);
  assert.equal((await webhook.fetchMessage(message.id)).content, "Hear again!");
  await webhook.deleteMessage(message.id);
  assert.deepEqual(await ann.messages(hall.id), []);
  assert.deepEqual([...(await hall.fetchWebhooks()).keys()], [webhook.id]);
  assert.deepEqual([...(await guild.fetchWebhooks()).keys()], [webhook.id]);
  await webhook.edit({ name: "Usher", channel: ids.desk });
  assert.deepEqual([(await bot.fetchWebhook(webhook.id)).name, (await bot.fetchWebhook(webhook.id, webhook.token)).channelId], ["Usher", ids.desk]);
  await webhook.delete();
  await assert.rejects(bot.fetchWebhook(webhook.id), { code: 10015 });
});
