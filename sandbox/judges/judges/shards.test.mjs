import assert from "node:assert/strict";
import { test } from "node:test";
import { Events } from "discord.js";
import { after, client, exchange, login, next } from "../src/bot.mjs";
import { Sandbox } from "../src/sandbox.mjs";
import { ids, many, shardOf } from "../src/world.mjs";

const numbers = (count) => Array.from({ length: count }, (_, n) => n);

for (const [count, guilds] of [[1, 50], [2, 64], [8, 400]]) {
  test(`a bot of ${count} shards holds ${guilds} servers, each on its own shard`, async (t) => {
    const sandbox = await Sandbox.start(t, many(guilds));
    const bot = await login(client(sandbox, { shards: numbers(count), shardCount: count }), sandbox);
    assert.equal(bot.guilds.cache.size, guilds);
    assert.ok(bot.guilds.cache.every((guild) => guild.available && guild.shardId === shardOf(guild.id, count)));
    const sessions = await sandbox.sessions();
    assert.deepEqual(sessions.map(({ shard, connected, identifies }) => [shard, connected, identifies]).sort((a, b) => a[0][0] - b[0][0]), numbers(count).map((n) => [[n, count], true, 1]));

    const ann = sandbox.person(ids.ann);
    const heard = new Map();
    bot.on(Events.Raw, (packet, shard) => packet.t === "MESSAGE_CREATE" && heard.set(packet.d.content, [...(heard.get(packet.d.content) ?? []), shard]));
    for (const guild of [...bot.guilds.cache.values()].slice(0, count)) {
      const channel = guild.channels.cache.first();
      await after(() => ann.say(channel.id, guild.name), bot, Events.MessageCreate, (m) => m.content === guild.name);
      assert.deepEqual(heard.get(guild.name), [guild.shardId], "a server's events go to its shard alone");
      await guild.commands.create({ name: "where", description: "Tells the shard" });
      const { interaction } = await exchange(bot, () => ann.command(channel.id, "where"), (i) => i.reply(`On ${i.guild.shardId}`));
      assert.equal(interaction.guildId, guild.id);
    }
    const dm = await ann.dm(bot.user.id);
    await after(() => ann.say(dm.id, "in private"), bot, Events.MessageCreate);
    assert.deepEqual(heard.get("in private"), [0], "direct messages go to shard 0");
  });
}

test("one shard of eight is cut off and resumes, and the others do not notice", async (t) => {
  const sandbox = await Sandbox.start(t, many(64));
  const bot = await login(client(sandbox, { shards: numbers(8), shardCount: 8 }), sandbox);
  const ann = sandbox.person(ids.ann);
  const heard = [];
  bot.on(Events.MessageCreate, ({ content }) => heard.push(content));
  const resumed = next(bot, Events.ShardResume);
  await sandbox.disturb({ shard: 3, do: "drop" });
  const written = [];
  for (const guild of bot.guilds.cache.values()) {
    written.push(guild.name);
    await ann.say(guild.channels.cache.first().id, guild.name);
  }
  assert.equal((await resumed)[0], 3);
  const last = bot.guilds.cache.find(({ shardId }) => shardId === 3);
  await after(() => ann.say(last.channels.cache.first().id, "the end"), bot, Events.MessageCreate, ({ content }) => content === "the end");
  assert.deepEqual(heard.slice(0, -1).sort(), written.sort());
  const sessions = await sandbox.sessions();
  assert.deepEqual(sessions.filter(({ resumes }) => resumes > 0).map(({ shard }) => shard), [[3, 8]]);
});

test("a bot that asks how many shards it should have gets that many, and waits between them", async (t) => {
  const seed = many(8);
  Object.assign(seed.applications[0], { shards: 2, max_concurrency: 1 });
  const sandbox = await Sandbox.start(t, seed);
  const bot = await login(client(sandbox, { shards: "auto" }), sandbox);
  assert.equal(bot.ws.shards.size, 2);
  const sessions = await sandbox.sessions();
  assert.deepEqual(sessions.map(({ identifies }) => identifies), [1, 1]);
  const [first, second] = sessions.map(({ opened_at }) => Date.parse(opened_at)).sort((a, b) => a - b);
  assert.ok(second - first >= 4900, `the shards came ${second - first} ms apart, less than the five seconds of max_concurrency 1`);
});
