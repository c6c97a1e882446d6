import assert from "node:assert/strict";
import { test } from "node:test";
import { AttachmentBuilder, Collection, EmbedBuilder, Events, MessageFlags, MessageType } from "discord.js";
import { after, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

/** Has somebody write `count` numbered messages. */
async function talk(person, channel, count) {
  const written = [];
  for (let n = 0; n < count; n++) written.push(await person.say(channel, `Number ${n}`));
  return written.map(({ id }) => id);
}

test("a message carries content, embeds and files, and is changed and deleted", async (t) => {
  const { bot, hall, ann, sandbox } = await sit(t);
  // Of an attachment that is to stay, the library sends every property it has, twice here.
  sandbox.expectFinding(/"attachments\.0\.(attachment|contentType|duration|name|proxyURL)" is not known/, 10);
  const embed = new EmbedBuilder().setTitle("Title").setDescription("Words").setURL("https://example.com/").setColor(0x123456).setTimestamp(1_795_000_000_000)
    .setAuthor({ name: "Author", url: "https://example.com/a" }).setFooter({ text: "Footer" }).addFields({ name: "A", value: "1", inline: true }, { name: "B", value: "2" })
    .setImage("attachment://dot.png").setThumbnail("https://example.com/t.png");
  const files = [new AttachmentBuilder(Buffer.from("png"), { name: "dot.png", description: "A dot" }), new AttachmentBuilder(Buffer.from("hidden"), { name: "SPOILER_b.txt" })];
  const sent = await hall.send({ content: "Look", embeds: [embed], files });
  const message = await hall.messages.fetch({ message: sent.id, force: true });
  const [got] = message.embeds;
  assert.deepEqual([got.title, got.description, got.color, got.author.name, got.footer.text, got.fields.length, got.timestamp], ["Title", "Words", 0x123456, "Author", "Footer", 2, new Date(1_795_000_000_000).toISOString().replace("Z", "000+00:00")]);
  assert.match(got.image.url, /^http.*dot\.png/);
  assert.deepEqual([...message.attachments.values()].map(({ name }) => name), ["SPOILER_b.txt"], "what an embed shows is no attachment");
  const text = message.attachments.find(({ name }) => name.startsWith("SPOILER"));
  assert.equal(text.spoiler, true);
  assert.equal(await (await fetch(text.url)).text(), "hidden");
  const [, now] = await after(() => message.edit({ content: "Look again", attachments: [text], embeds: [] }), bot, Events.MessageUpdate);
  assert.deepEqual([now.content, now.attachments.size, now.embeds.length], ["Look again", 1, 0]);
  assert.ok(now.editedAt instanceof Date);
  const more = { attachment: Buffer.from("more"), name: "more.txt" };
  const added = await message.edit({ files: [more], attachments: [...now.attachments.values()] });
  assert.deepEqual(added.attachments.map(({ name }) => name), ["SPOILER_b.txt", "more.txt"]);
  const replaced = await message.edit({ files: [more] });
  assert.deepEqual(replaced.attachments.map(({ name }) => name), ["more.txt"], "what is not named among the attachments goes");
  await after(() => message.delete(), bot, Events.MessageDelete, ({ id }) => id === message.id);
  assert.deepEqual(await ann.messages(hall.id), []);
});

test("edits and deletions of people reach the bot", async (t) => {
  const { bot, hall, ann } = await sit(t);
  const said = await ann.say(hall.id, "Frist");
  const [, edited] = await after(() => ann.edit(said, "First"), bot, Events.MessageUpdate);
  assert.deepEqual([edited.id, edited.content], [said.id, "First"]);
  const [gone] = await after(() => ann.delete(said), bot, Events.MessageDelete);
  assert.equal(gone.id, said.id);
});

test("a message with a file of somebody's is read whole", async (t) => {
  const { bot, hall, ann } = await sit(t);
  const data = Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 256));
  const [message] = await after(() => ann.say(hall.id, "Here", { files: [{ filename: "all.bin", content_type: "application/octet-stream", data }] }), bot, Events.MessageCreate);
  const file = message.attachments.first();
  assert.deepEqual([file.name, file.size], ["all.bin", 5000]);
  assert.ok(Buffer.from(await (await fetch(file.url)).arrayBuffer()).equals(data));
});

test("replies know what they answer", async (t) => {
  const { bot, hall, ann, sandbox } = await sit(t);
  const question = await hall.messages.fetch((await ann.say(hall.id, "Why?")).id);
  const reply = await question.reply({ content: "Because", allowedMentions: { repliedUser: false } });
  assert.deepEqual([reply.type, reply.reference.messageId, reply.mentions.repliedUser?.id, (await reply.fetchReference()).content], [MessageType.Reply, question.id, ids.ann, "Why?"]);
  const [back] = await after(() => ann.say(hall.id, "I see", { reply_to: reply.id }), bot, Events.MessageCreate, ({ author }) => author.id === ids.ann);
  assert.equal(back.reference.messageId, reply.id);
  await question.delete();
  assert.equal((await question.reply({ content: "Late", failIfNotExists: false })).type, MessageType.Default);
  sandbox.expectFinding(/message_reference.*MESSAGE_REFERENCE_UNKNOWN_MESSAGE/);
  await assert.rejects(question.reply({ content: "Late", failIfNotExists: true }), { code: 50035 });
});

test("history is paged before, after and around a message", async (t) => {
  const { hall, ann } = await sit(t);
  const written = await talk(ann, hall.id, 25);
  const page = async (options) => [...(await hall.messages.fetch({ cache: false, ...options })).keys()];
  const newest = written.toReversed();
  assert.deepEqual(await page({ limit: 10 }), newest.slice(0, 10));
  assert.deepEqual(await page({ limit: 10, before: newest[9] }), newest.slice(10, 20));
  assert.deepEqual(await page({ limit: 10, before: newest[19] }), newest.slice(20));
  assert.deepEqual(await page({ limit: 5, before: written[0] }), []);
  assert.deepEqual((await page({ limit: 10, after: written[4] })).sort(), written.slice(5, 15));
  const around = await page({ limit: 5, around: written[12] });
  assert.deepEqual(around.sort(), written.slice(10, 15));
  assert.deepEqual(await page({ limit: 100 }), newest);
});

test("reactions are added, counted, collected and removed", async (t) => {
  const { bot, hall, ann, ben } = await sit(t);
  const message = await hall.send("Vote");
  await message.react("👍");
  await message.react("👎");
  const collected = message.awaitReactions({ filter: (reaction, user) => reaction.emoji.name === "👍" && !user.bot, max: 2, time: 10_000, errors: ["time"] });
  const [reaction, user] = await after(() => ann.react(message, "👍"), bot, Events.MessageReactionAdd, (_, { bot }) => !bot);
  assert.deepEqual([reaction.emoji.name, reaction.message.id, user.id], ["👍", message.id, ids.ann]);
  await ben.react(message, "👍");
  const votes = await collected;
  assert.ok(votes instanceof Collection);
  assert.equal(votes.get("👍").count, 3);
  const fresh = await message.fetch(true);
  assert.deepEqual(fresh.reactions.cache.map(({ emoji, count, me }) => [emoji.name, count, me]), [["👍", 3, true], ["👎", 1, true]]);
  assert.deepEqual([...(await fresh.reactions.cache.get("👍").users.fetch()).keys()].sort(), [ids.ann, ids.ben, bot.user.id].sort());
  await after(() => ann.react(message, "👍", true), bot, Events.MessageReactionRemove);
  await after(() => fresh.reactions.cache.get("👍").users.remove(ids.ben), bot, Events.MessageReactionRemove, (_, { id }) => id === ids.ben);
  await after(() => fresh.reactions.cache.get("👎").remove(), bot, Events.MessageReactionRemoveEmoji);
  await after(() => fresh.reactions.removeAll(), bot, Events.MessageReactionRemoveAll);
  assert.equal((await message.fetch(true)).reactions.cache.size, 0);
});

test("messages are pinned, listed and unpinned", async (t) => {
  const { bot, hall } = await sit(t);
  const one = await hall.send("Keep");
  await after(() => one.pin("Important"), bot, Events.ChannelPinsUpdate);
  assert.equal((await hall.messages.fetch({ limit: 1 })).first().type, MessageType.ChannelPinnedMessage);
  assert.equal((await one.fetch(true)).pinned, true);
  const pins = await hall.messages.fetchPins();
  assert.deepEqual([pins.items.map(({ message }) => message.id), pins.hasMore], [[one.id], false]);
  assert.ok(pins.items[0].pinnedAt instanceof Date);
  await one.unpin();
  assert.equal((await hall.messages.fetchPins()).items.length, 0);
});

test("many messages are deleted at once, but none older than two weeks", async (t) => {
  const { bot, hall, ann, sandbox } = await sit(t);
  const written = await talk(ann, hall.id, 8);
  const [deleted] = await after(() => hall.bulkDelete(written.slice(0, 5)), bot, Events.MessageBulkDelete);
  assert.deepEqual([...deleted.keys()].sort(), written.slice(0, 5));
  assert.deepEqual([...(await hall.messages.fetch({ cache: false })).keys()].sort(), written.slice(5));
  await sandbox.advance("360h");
  await assert.rejects(hall.bulkDelete(written.slice(5)), { code: 50034 });
});

test("direct messages go both ways, unless they are refused", async (t) => {
  const { bot, ann, sandbox } = await sit(t);
  const user = await bot.users.fetch(ids.ann);
  const sent = await user.send({ content: "In private", embeds: [{ title: "Psst" }] });
  assert.ok(sent.channel.isDMBased());
  assert.equal(sent.channel.recipientId, ids.ann);
  assert.equal((await ann.messages(sent.channelId))[0].content, "In private");
  const [answer] = await after(() => ann.say(sent.channelId, "Yes?"), bot, Events.MessageCreate, ({ author }) => author.id === ids.ann);
  assert.deepEqual([answer.guildId, answer.content, answer.channelId], [null, "Yes?", sent.channelId]);
  await after(() => ann.react(sent, "👋"), bot, Events.MessageReactionAdd);
  await sandbox.control("POST", "/administer", { do: "refuse_dms", user_id: ids.ben });
  await assert.rejects(bot.users.send(ids.ben, "Hello"), { code: 50007 });
});

test("mentions notify only whom they are allowed to", async (t) => {
  const { hall, sandbox } = await sit(t);
  const content = `<@${ids.ann}> <@&${ids.staff}> @everyone`;
  await hall.send({ content, allowedMentions: { parse: [] } });
  await hall.send({ content, allowedMentions: { users: [ids.ann] } });
  const third = await hall.send({ content, allowedMentions: { parse: ["roles", "everyone"] } });
  assert.deepEqual([third.mentions.everyone, [...third.mentions.roles.keys()], third.mentions.users.size], [true, [ids.staff], 0]);
  const pings = await sandbox.control("GET", "/witness/pings");
  assert.deepEqual(pings.map(({ user_ids, role_ids, everyone }) => [user_ids ?? [], role_ids ?? [], everyone ?? false]).filter(([users, roles, all]) => users.length + roles.length > 0 || all).map(([users, roles, all]) => [users.includes(ids.ann), roles, all]), [[true, [], false], [true, [ids.staff], true]]);
});

test("flags, nonces and what is too long", async (t) => {
  const { hall, sandbox } = await sit(t);
  const silent = await hall.send({ content: "https://example.com", flags: [MessageFlags.SuppressEmbeds, MessageFlags.SuppressNotifications] });
  assert.ok(silent.flags.has(MessageFlags.SuppressEmbeds) && silent.flags.has(MessageFlags.SuppressNotifications));
  const first = await hall.send({ content: "Once", nonce: "n-1", enforceNonce: true });
  const second = await hall.send({ content: "Once", nonce: "n-1", enforceNonce: true });
  assert.deepEqual([first.nonce, second.id], ["n-1", first.id]);
  sandbox.expectFinding(/content: .*BASE_TYPE_MAX_LENGTH/);
  await assert.rejects(hall.send("x".repeat(2001)), { code: 50035 });
  sandbox.expectFinding(/50006/);
  await assert.rejects(hall.send({ content: "" }), { code: 50006 });
});
