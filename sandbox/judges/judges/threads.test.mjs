import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelType, Events, MessageType, ThreadAutoArchiveDuration } from "discord.js";
import { after, next, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

test("a public thread is started from a message and from nothing, and talked in", async (t) => {
  const { bot, hall, ann } = await sit(t);
  const message = await hall.send("About this");
  const [thread] = await after(() => message.startThread({ name: "On this", autoArchiveDuration: ThreadAutoArchiveDuration.OneHour }), bot, Events.ThreadCreate);
  assert.deepEqual([thread.id, thread.type, thread.parentId, thread.ownerId, thread.autoArchiveDuration], [message.id, ChannelType.PublicThread, hall.id, bot.user.id, 60]);
  assert.equal((await message.fetch(true)).hasThread, true);
  assert.equal((await thread.fetchStarterMessage()).content, "About this");
  const [said] = await after(() => ann.say(thread.id, "I know"), bot, Events.MessageCreate, (m) => m.channelId === thread.id);
  assert.ok(said.channel.isThread());
  const other = await hall.threads.create({ name: "Out of nothing", type: ChannelType.PublicThread, reason: "To see" });
  const created = (await hall.messages.fetch({ limit: 1 })).first();
  assert.deepEqual([created.type, created.content, created.reference.channelId], [MessageType.ThreadCreated, "Out of nothing", other.id]);
  await thread.send("So do I");
  assert.equal((await thread.messages.fetch()).filter((m) => m.type === MessageType.Default).size, 2);
  const active = await hall.threads.fetchActive();
  assert.deepEqual([...active.threads.keys()].sort(), [thread.id, other.id].sort());
});

test("a thread of somebody's reaches the bot, with who is in it", async (t) => {
  const { bot, hall, sandbox } = await sit(t);
  const begin = () => sandbox.control("POST", `/users/${ids.ann}/threads`, { channel_id: hall.id, name: "Mine" });
  const [thread, isNew] = await after(begin, bot, Events.ThreadCreate);
  assert.deepEqual([thread.name, thread.ownerId, thread.joined, isNew], ["Mine", ids.ann, false, true]);
  await thread.join();
  assert.equal((await thread.members.fetchMe()).id, bot.user.id);
});

test("a private thread is for its members", async (t) => {
  const { bot, hall, ann, ben } = await sit(t);
  const thread = await hall.threads.create({ name: "Notes", type: ChannelType.PrivateThread, invitable: false });
  assert.deepEqual([thread.type, thread.invitable], [ChannelType.PrivateThread, false]);
  assert.deepEqual([await ann.sees(thread.id), await ben.sees(thread.id)], [false, false]);
  const [added] = await after(() => thread.members.add(ids.ann), bot, Events.ThreadMembersUpdate);
  assert.deepEqual([...added.keys()], [ids.ann]);
  assert.deepEqual([await ann.sees(thread.id), await ben.sees(thread.id)], [true, false]);
  const members = await thread.members.fetch();
  assert.deepEqual([...members.keys()].sort(), [ids.ann, bot.user.id].sort());
  assert.equal((await thread.members.fetch({ member: ids.ann, withMember: true, force: true })).guildMember.id, ids.ann);
  await ann.say(thread.id, "Hello?");
  const [, removed] = await after(() => thread.members.remove(ids.ann), bot, Events.ThreadMembersUpdate, (_, gone) => gone.size > 0);
  assert.deepEqual([...removed.keys()], [ids.ann]);
  assert.equal(await ann.sees(thread.id), false);
  await assert.rejects(thread.members.fetch({ member: ids.ann, force: true }), { code: 10007 });
});

test("a thread is renamed, locked, archived, found, opened again and deleted", async (t) => {
  const { bot, hall } = await sit(t);
  const thread = await hall.threads.create({ name: "Matter", type: ChannelType.PublicThread });
  const secret = await hall.threads.create({ name: "Secret", type: ChannelType.PrivateThread });
  const [, now] = await after(() => thread.edit({ name: "The matter", locked: true, rateLimitPerUser: 10 }), bot, Events.ThreadUpdate);
  assert.deepEqual([now.name, now.locked, now.rateLimitPerUser], ["The matter", true, 10]);
  for (const one of [thread, secret]) await after(() => one.setArchived(true), bot, Events.ThreadUpdate, (_, { id, archived }) => id === one.id && archived);
  const open = await hall.threads.fetchArchived();
  assert.deepEqual([[...open.threads.keys()], open.hasMore], [[thread.id], false]);
  assert.ok(open.threads.first().archivedAt instanceof Date);
  const hidden = await hall.threads.fetchArchived({ type: "private", fetchAll: true });
  assert.deepEqual([...hidden.threads.keys()], [secret.id]);
  const joined = await hall.threads.fetchArchived({ type: "private" });
  assert.deepEqual([...joined.threads.keys()], [secret.id]);
  assert.deepEqual([...(await hall.threads.fetchArchived({ before: thread })).threads.keys()], []);
  assert.deepEqual([...(await hall.threads.fetchArchived({ type: "private", before: secret })).threads.keys()], []);
  await after(() => thread.setArchived(false), bot, Events.ThreadUpdate, (_, { archived }) => !archived);
  await thread.leave();
  await thread.join();
  // The library tells of it as a thread's or a channel's end, whichever of answer and event comes first.
  const [gone] = await after(() => thread.delete(), bot, Events.Raw, ({ t: type }) => type === "THREAD_DELETE");
  assert.deepEqual([gone.d.id, gone.d.parent_id, gone.d.type], [thread.id, hall.id, ChannelType.PublicThread]);
});

test("a thread that rests is archived in time, and opened again by a message", async (t) => {
  const { bot, hall, ann, sandbox } = await sit(t);
  const thread = await hall.threads.create({ name: "Sleepy", autoArchiveDuration: ThreadAutoArchiveDuration.OneHour });
  const archived = next(bot, Events.ThreadUpdate, (_, now) => now.archived);
  await sandbox.advance("61m");
  assert.equal((await archived)[1].id, thread.id);
  await after(() => ann.say(thread.id, "Awake!"), bot, Events.ThreadUpdate, (_, now) => !now.archived);
});

test("somebody who is mentioned in a thread is drawn into it", async (t) => {
  const { bot, hall } = await sit(t);
  const thread = await hall.threads.create({ name: "Come" });
  const [added] = await after(() => thread.send(`<@${ids.ann}>`), bot, Events.ThreadMembersUpdate);
  assert.deepEqual([...added.keys()], [ids.ann]);
});

test("a post in a forum is a thread with its first message", async (t) => {
  const { bot, guild } = await sit(t);
  const forum = guild.channels.cache.get(ids.forum);
  const [tagged] = (await forum.setAvailableTags([{ name: "Open", moderated: false }])).availableTags;
  const post = await forum.threads.create({ name: "How?", message: { content: "Just how?", files: [{ attachment: Buffer.from("h"), name: "h.txt" }] }, appliedTags: [tagged.id] });
  assert.deepEqual([post.parentId, post.appliedTags, post.type], [forum.id, [tagged.id], ChannelType.PublicThread]);
  const first = await post.fetchStarterMessage();
  assert.deepEqual([first.id, first.content, first.attachments.size, first.author.id], [post.id, "Just how?", 1, bot.user.id]);
});
