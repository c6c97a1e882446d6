import assert from "node:assert/strict";
import { test } from "node:test";
import { Events, PermissionFlagsBits } from "discord.js";
import { after, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

test("members are fetched by the gateway: all, by name, by id", async (t) => {
  const { bot, guild } = await sit(t);
  const all = await guild.members.fetch();
  assert.deepEqual([...all.keys()].sort(), [ids.olga, ids.ann, ids.ben, bot.user.id].sort());
  assert.deepEqual([all.get(ids.ben).displayName, all.get(ids.ann).displayName, all.get(ids.olga).permissions.has(PermissionFlagsBits.Administrator)], ["Benny", "Ann", true]);
  assert.deepEqual([...(await guild.members.fetch({ query: "be", limit: 5 })).keys()], [ids.ben]);
  assert.deepEqual([...(await guild.members.fetch({ user: [ids.ann, ids.cleo], force: true })).keys()], [ids.ann]);
});

test("members are fetched by REST: one, a list, a search", async (t) => {
  const { bot, guild } = await sit(t);
  const ben = await guild.members.fetch({ user: ids.ben, force: true });
  assert.deepEqual([ben.nickname, ben.roles.cache.has(ids.staff), ben.roles.highest.id], ["Benny", true, ids.staff]);
  const list = await guild.members.list({ limit: 2 });
  const rest = await guild.members.list({ limit: 10, after: [...list.keys()].at(-1) });
  assert.deepEqual([...list.keys(), ...rest.keys()].sort(), [ids.olga, ids.ann, ids.ben, bot.user.id].sort());
  assert.deepEqual([...(await guild.members.search({ query: "an" })).keys()], [ids.ann]);
  await assert.rejects(guild.members.fetch({ user: ids.cleo, force: true }), { code: 10007 });
  await assert.rejects(guild.members.fetch({ user: "1410000000000000998", force: true }), { code: 10013 });
});

test("roles are given, taken and set, and each change is told", async (t) => {
  const { bot, guild } = await sit(t);
  const ann = await guild.members.fetch(ids.ann);
  const [, given] = await after(() => ann.roles.add(ids.guest, "Welcome"), bot, Events.GuildMemberUpdate);
  assert.ok(given.roles.cache.has(ids.guest));
  const [, taken] = await after(() => ann.roles.remove(ids.guest), bot, Events.GuildMemberUpdate);
  assert.ok(!taken.roles.cache.has(ids.guest));
  const [, both] = await after(() => ann.roles.set([ids.guest, ids.staff]), bot, Events.GuildMemberUpdate);
  assert.deepEqual([...both.roles.cache.keys()].sort(), [guild.id, ids.guest, ids.staff].sort());
  await assert.rejects(ann.roles.add(ids.botRole), { code: 50028 }, "a managed role cannot be given");
});

test("members are renamed, silenced for a while and thrown out", async (t) => {
  const { bot, guild, ann, hall, sandbox } = await sit(t);
  const member = await guild.members.fetch(ids.ann);
  const [, renamed] = await after(() => member.setNickname("Annie"), bot, Events.GuildMemberUpdate);
  assert.equal(renamed.nickname, "Annie");
  // The library leaves its own spelling of communication_disabled_until in the body, twice here.
  sandbox.expectFinding(/"communicationDisabledUntil" is not known/, 2);
  const [, silenced] = await after(() => member.timeout(60_000, "Calm down"), bot, Events.GuildMemberUpdate);
  assert.ok(silenced.isCommunicationDisabled());
  await assert.rejects(ann.say(hall.id, "But"), /403/);
  await after(() => member.timeout(null), bot, Events.GuildMemberUpdate);
  await ann.say(hall.id, "Calm now");
  const [gone] = await after(() => member.kick("Bye"), bot, Events.GuildMemberRemove);
  assert.equal(gone.id, ids.ann);
  await assert.rejects(guild.members.fetch({ user: ids.ann, force: true }), { code: 10007 });
  const owner = await guild.members.fetch(ids.olga);
  await assert.rejects(owner.setNickname("Boss"), { code: 50013 });
});

test("who comes, goes and is given a role by others is told", async (t) => {
  const { bot, guild, sandbox, ann } = await sit(t);
  await guild.members.fetch();
  const cleo = sandbox.person(ids.cleo);
  const [joined] = await after(() => cleo.join(guild.id), bot, Events.GuildMemberAdd);
  assert.deepEqual([joined.id, guild.memberCount], [ids.cleo, 5]);
  const [before, now] = await after(() => ann.role(guild.id, ids.guest), bot, Events.GuildMemberUpdate);
  assert.deepEqual([before.roles.cache.has(ids.guest), now.roles.cache.has(ids.guest)], [false, true]);
  const [left] = await after(() => cleo.leave(guild.id), bot, Events.GuildMemberRemove);
  assert.deepEqual([left.id, guild.memberCount], [ids.cleo, 4]);
});

test("roles are made, changed, ordered and deleted", async (t) => {
  const { bot, guild } = await sit(t);
  const made = await guild.roles.create({ name: "Helper", colors: { primaryColor: 0xff0000 }, permissions: [PermissionFlagsBits.ViewChannel], mentionable: true, hoist: true, reason: "Help" });
  assert.deepEqual([made.name, made.hexColor, made.mentionable, made.hoist, made.permissions.bitfield], ["Helper", "#ff0000", true, true, PermissionFlagsBits.ViewChannel]);
  const [, changed] = await after(() => made.edit({ name: "Helpers", permissions: [] }), bot, Events.GuildRoleUpdate, (_, { name }) => name === "Helpers");
  assert.deepEqual([changed.name, changed.permissions.bitfield], ["Helpers", 0n]);
  await made.setPosition(2);
  const fetched = await guild.roles.fetch(undefined, { force: true });
  assert.equal(fetched.get(made.id).rawPosition, 2);
  assert.equal((await guild.roles.fetch(made.id, { force: true })).name, "Helpers");
  await assert.rejects(guild.roles.create({ name: "Too mighty", permissions: [PermissionFlagsBits.Administrator] }), { code: 50013 });
  const [gone] = await after(() => made.delete(), bot, Events.GuildRoleDelete);
  assert.equal(gone.id, made.id);
});
