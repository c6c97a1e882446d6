import assert from "node:assert/strict";
import { test } from "node:test";
import { ActivityType, ChannelType, Events, GatewayIntentBits, Status } from "discord.js";
import { after, client, intents, login, next, sit } from "../src/bot.mjs";
import { Sandbox } from "../src/sandbox.mjs";
import { bench, ids } from "../src/world.mjs";

test("a bot logs in and holds the whole server", async (t) => {
  const { bot, guild, hall, sandbox } = await sit(t, { presence: { status: "idle", activities: [{ name: "the case", type: ActivityType.Watching }] } });
  assert.equal(bot.user.username, "Judge");
  assert.equal(bot.user.bot, true);
  assert.equal(bot.application.id, ids.application);
  assert.equal(bot.ws.status, Status.Ready);
  assert.equal(guild.name, "The bench");
  assert.equal(guild.ownerId, ids.olga);
  assert.equal(guild.memberCount, 4);
  assert.deepEqual([...guild.channels.cache.keys()].sort(), [ids.category, ids.hall, ids.desk, ids.forum, ids.voice].sort());
  assert.deepEqual([hall.type, hall.parent.name, hall.topic], [ChannelType.GuildText, "Rooms", "Where judges sit"]);
  assert.equal(guild.channels.cache.get(ids.forum).type, ChannelType.GuildForum);
  assert.equal(guild.channels.cache.get(ids.voice).type, ChannelType.GuildVoice);
  assert.deepEqual([...guild.roles.cache.keys()].sort(), [ids.guild, ids.staff, ids.guest, ids.botRole].sort());
  assert.equal(guild.roles.cache.get(ids.staff).hexColor, "#3498db");
  assert.equal(guild.roles.botRoleFor(bot.user).id, ids.botRole);
  assert.ok(guild.members.me.permissions.has("ManageChannels"));
  assert.ok(!guild.members.me.permissions.has("Administrator"));
  const [session, ...others] = await sandbox.sessions();
  assert.deepEqual(others, []);
  assert.equal(session.connected, true);
  assert.equal(session.intents, bot.options.intents.bitfield);
  assert.deepEqual(session.shard, [0, 1]);
});

test("the application and the bot's own user can be fetched and found again by name", async (t) => {
  const { bot, guild } = await sit(t, { application: { description: "Sits on the bench." } });
  const application = await bot.application.fetch();
  assert.equal(application.description, "Sits on the bench.");
  assert.equal(application.owner.id, ids.olga);
  assert.equal((await bot.users.fetch(ids.cleo, { force: true })).username, "cleo");
  assert.equal((await bot.user.fetch(true)).id, ids.application);
  assert.deepEqual((await bot.guilds.fetch()).map(({ id, name }) => [id, name]), [[ids.guild, "The bench"]]);
  const again = await bot.guilds.fetch({ guild: guild.id, force: true });
  assert.equal(again.approximateMemberCount, 4);
  assert.equal((await bot.channels.fetch(ids.hall, { force: true })).name, "hall");
  await assert.rejects(bot.channels.fetch("1410000000000000999"), { code: 10003, status: 404 });
});

test("intents decide which events arrive", async (t) => {
  const { bot, ann, hall } = await sit(t, { intents: [GatewayIntentBits.Guilds] });
  const unasked = [];
  for (const event of [Events.MessageCreate, Events.TypingStart, Events.MessageReactionAdd, Events.GuildMemberUpdate]) bot.on(event, () => unasked.push(event));
  await ann.say(hall.id, "Can you hear me?");
  await ann.typing(hall.id);
  // An event that was asked for arrives after those that were not would have.
  await after(() => hall.setTopic("A fence"), bot, Events.ChannelUpdate);
  assert.deepEqual(unasked, []);
});

test("without the intent for it a message's content is empty, except where the bot is meant", async (t) => {
  const { bot, ann, hall } = await sit(t, { intents: intents.filter((intent) => intent !== GatewayIntentBits.MessageContent) });
  const hear = async (content) => (await after(() => ann.say(hall.id, content), bot, Events.MessageCreate))[0].content;
  assert.equal(await hear("a secret"), "");
  assert.equal(await hear(`for <@${bot.user.id}>`), `for <@${bot.user.id}>`);
  const dm = await ann.dm(bot.user.id);
  const [message] = await after(() => ann.say(dm.id, "in private"), bot, Events.MessageCreate);
  assert.equal(message.content, "in private");
  const [own] = await after(() => hall.send("my own words"), bot, Events.MessageCreate);
  assert.equal(own.content, "my own words");
});

test("a privileged intent that is not switched on ends the session with 4014", async (t) => {
  const sandbox = await Sandbox.start(t, bench({ privileged_intents: [] }));
  const bot = client(sandbox);
  const closed = next(bot, Events.ShardDisconnect);
  await Promise.allSettled([bot.login(sandbox.token)]);
  assert.equal((await closed)[0].code, 4014);
});

test("a wrong token is refused", async (t) => {
  const sandbox = await Sandbox.start(t, bench());
  await assert.rejects(client(sandbox).login("MTQx.x.y"), { code: "TokenInvalid" });
});

test("typing and messages of people reach the bot with who, where and when", async (t) => {
  const { bot, ann, hall } = await sit(t);
  const [typing] = await after(() => ann.typing(hall.id), bot, Events.TypingStart);
  assert.deepEqual([typing.channel.id, typing.user.id, typing.member.id], [hall.id, ids.ann, ids.ann]);
  const [message] = await after(() => ann.say(hall.id, `Hello <@&${ids.staff}>`), bot, Events.MessageCreate);
  assert.deepEqual([message.author.id, message.member.id, message.guildId, message.channel], [ids.ann, ids.ann, ids.guild, hall]);
  assert.deepEqual([...message.mentions.roles.keys()], [ids.staff]);
  assert.ok(message.createdTimestamp > 0);
  await after(() => hall.sendTyping(), bot, Events.TypingStart, ({ user }) => user.id === bot.user.id);
});

test("a bot that logged out logs in anew with another session", async (t) => {
  const sandbox = await Sandbox.start(t, bench());
  const first = await login(client(sandbox), sandbox);
  await first.destroy();
  const second = await login(client(sandbox), sandbox);
  assert.equal(second.guilds.cache.size, 1);
  const sessions = await sandbox.sessions();
  assert.deepEqual(sessions.map(({ connected, ended, identifies }) => [connected, ended, identifies]).sort(), [[false, true, 1], [true, false, 2]]);
});
