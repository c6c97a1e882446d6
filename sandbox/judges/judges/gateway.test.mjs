import assert from "node:assert/strict";
import { test } from "node:test";
import { Events } from "discord.js";
import { after, exchange, next, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

/** Notes every message of Ann's that the bot hears, in order. */
function notes(bot) {
  const heard = [];
  bot.on(Events.MessageCreate, ({ author, content }) => author.id === ids.ann && heard.push(content));
  return heard;
}

/** Has Ann write a message and waits until the bot hears it. */
const heardAs = (bot, ann, channel, content) => after(() => ann.say(channel, content), bot, Events.MessageCreate, (m) => m.content === content);

for (const fault of [{ do: "drop" }, { do: "reconnect" }, { do: "invalid_session_resumable" }, { do: "close", code: 4000 }]) {
  test(`no event is lost or doubled when the session is resumed after: ${Object.values(fault).join(" ")}`, async (t) => {
    const { sandbox, bot, hall, ann } = await sit(t);
    const heard = notes(bot);
    await heardAs(bot, ann, hall.id, "before");
    for (const round of [1, 2]) {
      const resumed = next(bot, Events.ShardResume);
      await sandbox.disturb(fault);
      for (const n of [1, 2, 3]) await ann.say(hall.id, `while away ${round}.${n}`);
      await resumed;
    }
    await heardAs(bot, ann, hall.id, "after");
    assert.deepEqual(heard, ["before", "while away 1.1", "while away 1.2", "while away 1.3", "while away 2.1", "while away 2.2", "while away 2.3", "after"]);
    const [session, ...others] = await sandbox.sessions();
    assert.deepEqual([session.resumes, session.identifies, session.connected, others], [2, 1, true, []]);
  });
}

test("what happened while the bot was away is there when it comes back", async (t) => {
  const { sandbox, bot, hall, guild, ann } = await sit(t);
  await guild.members.fetch();
  const message = await hall.send("Watch");
  await after(() => message.react("👍"), bot, Events.MessageReactionAdd);
  const kinds = ["MESSAGE_REACTION_ADD", "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "CHANNEL_UPDATE"];
  // The library holds what is replayed but tells of members' changes only when it came after the replay.
  const told = Promise.all(kinds.map((kind) => next(bot, Events.Raw, ({ t: type }) => type === kind)));
  await sandbox.disturb({ do: "drop" });
  await ann.react(message, "👍");
  await sandbox.person(ids.cleo).join(guild.id);
  await ann.role(guild.id, ids.guest);
  await sandbox.control("POST", "/administer", { do: "rename_channel", channel_id: hall.id, name: "saal" });
  await told;
  const { cache } = guild.members;
  assert.deepEqual([message.reactions.cache.get("👍").count, cache.has(ids.cleo), cache.get(ids.ann).roles.cache.has(ids.guest), hall.name], [2, true, true, "saal"]);
});

test("an interaction that arrives late, after a resumption, is still answered", async (t) => {
  const { sandbox, bot, guild, ann } = await sit(t);
  await guild.commands.create({ name: "late", description: "Comes late" });
  const { outcome } = await exchange(bot, async () => {
    await sandbox.disturb({ do: "drop" });
    return ann.command(ids.hall, "late");
  }, (i) => i.reply("In time"));
  assert.equal(outcome.state, "answered");
});

test("a gateway that falls silent is noticed by its missing heartbeats, and the session is resumed", async (t) => {
  const { sandbox, bot, hall, ann } = await sit(t, { flags: ["--heartbeat-interval", "500ms"] });
  const heard = notes(bot);
  await heardAs(bot, ann, hall.id, "before");
  const resumed = next(bot, Events.ShardResume);
  await sandbox.disturb({ do: "silence" });
  await ann.say(hall.id, "into the silence");
  await resumed;
  await heardAs(bot, ann, hall.id, "after");
  assert.deepEqual(heard, ["before", "into the silence", "after"]);
  const [session, ...others] = await sandbox.sessions();
  assert.deepEqual([session.resumes, session.identifies, session.connected, others], [1, 1, true, []]);
});

test("a session that is lost is begun anew, and the server is there again", async (t) => {
  const { sandbox, bot, hall, ann } = await sit(t);
  const ready = next(bot, Events.ShardReady);
  await sandbox.disturb({ do: "invalid_session" });
  await ready;
  await heardAs(bot, ann, hall.id, "Again?");
  const sessions = await sandbox.sessions();
  assert.deepEqual(sessions.map(({ ended, identifies, resumes }) => [ended, identifies, resumes]).sort(), [[false, 2, 0], [true, 1, 0]]);
});

test("a session too old to resume is begun anew", async (t) => {
  const { sandbox, bot, hall, ann } = await sit(t);
  const ready = next(bot, Events.ShardReady);
  await sandbox.disturb({ do: "close", code: 4007 });
  await ready;
  await heardAs(bot, ann, hall.id, "Again?");
  assert.equal((await sandbox.sessions()).length, 2);
});

test("what nobody expects does no harm: heartbeats asked for, unknown events, doubles", async (t) => {
  const { sandbox, bot, hall, ann } = await sit(t);
  const heard = notes(bot);
  const beaten = next(bot, Events.Debug, (line) => /Heartbeat acknowledged/.test(line));
  await sandbox.disturb({ do: "request_heartbeat" });
  await beaten;
  await sandbox.disturb({ do: "unknown_event" });
  await sandbox.disturb({ do: "unparseable" });
  await heardAs(bot, ann, hall.id, "one");
  const [again] = await after(() => sandbox.disturb({ do: "duplicate_last" }), bot, Events.Raw, ({ t: type }) => type === "MESSAGE_CREATE");
  assert.equal(again.d.content, "one");
  await heardAs(bot, ann, hall.id, "two");
  assert.deepEqual(heard, ["one", "two"], "the library tells of a message once");
  const [session] = await sandbox.sessions();
  assert.deepEqual([session.connected, session.resumes, session.identifies], [true, 0, 1]);
});

test("being thrown out of the server is told", async (t) => {
  const { sandbox, bot, guild } = await sit(t);
  const [gone] = await after(() => sandbox.control("POST", "/administer", { do: "kick", guild_id: guild.id, user_id: ids.application }), bot, Events.GuildDelete);
  assert.equal(gone.id, guild.id);
  assert.equal(bot.guilds.cache.size, 0);
});
