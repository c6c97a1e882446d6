import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ApplicationCommandOptionType, ApplicationCommandType, ApplicationIntegrationType, ChannelType, ContextMenuCommandBuilder, InteractionContextType,
  InteractionType, PermissionFlagsBits, SlashCommandBuilder,
} from "discord.js";
import { exchange, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

const { String: text, Integer, Boolean: truth, User, Channel, Role, Mentionable, Number: number, Attachment, Subcommand, SubcommandGroup } = ApplicationCommandOptionType;

/** A command with an option of every type. */
const everything = new SlashCommandBuilder()
  .setName("everything")
  .setNameLocalizations({ de: "alles" })
  .setDescription("Takes one of each")
  .setNSFW(false)
  .setContexts(InteractionContextType.Guild)
  .setIntegrationTypes(ApplicationIntegrationType.GuildInstall)
  .addStringOption((o) => o.setName("text").setDescription("Text").setRequired(true).setMinLength(2).setMaxLength(20))
  .addStringOption((o) => o.setName("colour").setDescription("A choice").addChoices({ name: "Red", value: "red" }, { name: "Blue", value: "blue" }))
  .addIntegerOption((o) => o.setName("whole").setDescription("A whole number").setMinValue(1).setMaxValue(9))
  .addNumberOption((o) => o.setName("broken").setDescription("A number"))
  .addBooleanOption((o) => o.setName("truth").setDescription("Yes or no"))
  .addUserOption((o) => o.setName("user").setDescription("Somebody"))
  .addChannelOption((o) => o.setName("channel").setDescription("Somewhere").addChannelTypes(ChannelType.GuildText))
  .addRoleOption((o) => o.setName("role").setDescription("Some role"))
  .addMentionableOption((o) => o.setName("mentionable").setDescription("Somebody or some role"))
  .addAttachmentOption((o) => o.setName("file").setDescription("Some file"));

/** A command with groups and subcommands. */
const tree = new SlashCommandBuilder()
  .setName("ticket")
  .setDescription("Tickets")
  .addSubcommand((s) => s.setName("close").setDescription("Closes it").addStringOption((o) => o.setName("reason").setDescription("Why")))
  .addSubcommandGroup((g) => g.setName("member").setDescription("Who is in it")
    .addSubcommand((s) => s.setName("add").setDescription("Adds").addUserOption((o) => o.setName("who").setDescription("Whom").setRequired(true)))
    .addSubcommand((s) => s.setName("list").setDescription("Lists")));

test("global commands are registered, read, changed and deleted", async (t) => {
  const { bot, ann } = await sit(t);
  const { commands } = bot.application;
  const made = await commands.set([everything, tree]);
  assert.equal(made.size, 2);
  const one = made.find(({ name }) => name === "everything");
  assert.equal(one.type, ApplicationCommandType.ChatInput);
  assert.deepEqual(one.options.map(({ type }) => type), [text, text, Integer, number, truth, User, Channel, Role, Mentionable, Attachment]);
  assert.ok(one.equals(everything.toJSON(), true), "the command comes back as it was sent");
  const fetched = await commands.fetch({ withLocalizations: true, cache: false });
  assert.equal(fetched.get(one.id).nameLocalizations.de, "alles");
  const nested = made.find(({ name }) => name === "ticket").options;
  assert.deepEqual(nested.map(({ type }) => type), [Subcommand, SubcommandGroup]);
  const { version } = one;
  const edited = await one.edit({ description: "Takes them all" });
  assert.equal(edited.description, "Takes them all");
  assert.notEqual(edited.version, version);
  const created = await commands.create({ name: "ping", description: "Answers" });
  assert.equal((await commands.fetch(created.id, { force: true })).name, "ping");
  await created.delete();
  await assert.rejects(commands.fetch(created.id, { force: true }), { code: 10063 });
  const { guilds: [seen] } = await ann.view();
  assert.deepEqual(seen.commands.map(({ name }) => name).sort(), ["everything", "ticket"]);
  assert.equal((await commands.set([])).size, 0);
});

test("a server's commands are its own, and permissions and contexts are kept", async (t) => {
  const { bot, guild, ann, ben } = await sit(t);
  const command = new SlashCommandBuilder().setName("tidy").setDescription("For staff")
    .setDefaultMemberPermissions(PermissionFlagsBits.ManageMessages);
  const local = await guild.commands.create(command);
  assert.equal(local.guildId, ids.guild);
  assert.equal(local.defaultMemberPermissions.bitfield, PermissionFlagsBits.ManageMessages);
  const wide = await bot.application.commands.create(command.setName("wide").setContexts(InteractionContextType.Guild).setIntegrationTypes(ApplicationIntegrationType.GuildInstall));
  assert.deepEqual([wide.contexts, wide.integrationTypes], [[InteractionContextType.Guild], [ApplicationIntegrationType.GuildInstall]]);
  const named = async (person) => (await person.view()).guilds[0].commands.map(({ name }) => name).sort();
  assert.deepEqual(await named(ben), ["tidy", "wide"]);
  assert.deepEqual(await named(ann), [], "Ann lacks the permission");
  await assert.rejects(ann.command(ids.hall, "tidy"), /404/);
  assert.deepEqual([...(await guild.commands.fetch()).values()].map(({ name }) => name), ["tidy"]);
  await guild.commands.delete(local);
  assert.equal((await guild.commands.fetch()).size, 0);
});

test("wrong commands are refused in Discord's words", async (t) => {
  const { bot, sandbox } = await sit(t);
  const refused = async (finding, command) => {
    sandbox.expectFinding(finding);
    await assert.rejects(bot.application.commands.create(command), (error) => error.status === 400 && error.code === 50035);
  };
  await refused(/name: .*APPLICATION_COMMAND_INVALID_NAME/, { name: "Has Spaces", description: "Not for chat" });
  await refused(/description: .*BASE_TYPE_REQUIRED/, { name: "x", description: "" });
  await refused(/options\.1: .*APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID/, { name: "y", description: "Required after optional", options: [{ type: text, name: "a", description: "a" }, { type: text, name: "b", description: "b", required: true }] });
});

test("a slash command arrives with every option, resolved", async (t) => {
  const { bot, ann, guild } = await sit(t);
  await bot.application.commands.set([everything]);
  const given = [
    { name: "text", type: text, value: "some text" },
    { name: "colour", type: text, value: "blue" },
    { name: "whole", type: Integer, value: 7 },
    { name: "broken", type: number, value: 2.5 },
    { name: "truth", type: truth, value: true },
    { name: "user", type: User, value: ids.ben },
    { name: "channel", type: Channel, value: ids.desk },
    { name: "role", type: Role, value: ids.staff },
    { name: "mentionable", type: Mentionable, value: ids.guest },
    { name: "file", type: Attachment, value: { filename: "proof.txt", content_type: "text/plain", data: Buffer.from("proof").toString("base64") } },
  ];
  const { interaction: i, outcome } = await exchange(bot, () => ann.command(ids.hall, "everything", given), (i) => i.reply("taken"));
  assert.equal(outcome.state, "answered");
  assert.ok(i.isChatInputCommand());
  assert.equal(i.type, InteractionType.ApplicationCommand);
  assert.deepEqual([i.user.id, i.member.id, i.guildId, i.channelId, i.locale, i.guildLocale], [ids.ann, ids.ann, guild.id, ids.hall, "en-US", "en-US"]);
  assert.ok(i.memberPermissions.has("SendMessages"));
  assert.ok(i.appPermissions.has("ManageChannels"));
  assert.deepEqual(i.authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall], ids.guild);
  assert.equal(i.context, InteractionContextType.Guild);
  const o = i.options;
  assert.deepEqual([o.getString("text"), o.getString("colour"), o.getInteger("whole"), o.getNumber("broken"), o.getBoolean("truth")], ["some text", "blue", 7, 2.5, true]);
  assert.equal(o.getUser("user").username, "ben");
  assert.equal(o.getMember("user").nickname, "Benny");
  assert.equal(o.getChannel("channel", true, [ChannelType.GuildText]).name, "desk");
  assert.equal(o.getRole("role").name, "Staff");
  assert.equal(o.getMentionable("mentionable").name, "Guest");
  const file = o.getAttachment("file");
  assert.deepEqual([file.name, file.size, file.contentType?.split(";")[0]], ["proof.txt", 5, "text/plain"]);
  assert.equal(await (await fetch(file.url)).text(), "proof");
});

test("subcommands and groups arrive under their names, and what a command does not take is not sent", async (t) => {
  const { bot, ann } = await sit(t);
  await bot.application.commands.set([tree, everything]);
  const close = [{ name: "close", type: Subcommand, options: [{ name: "reason", type: text, value: "done" }] }];
  const first = await exchange(bot, () => ann.command(ids.hall, "ticket", close), (i) => i.reply("closed"));
  assert.deepEqual([first.interaction.options.getSubcommand(), first.interaction.options.getSubcommandGroup(), first.interaction.options.getString("reason")], ["close", null, "done"]);
  assert.equal(first.interaction.toString(), "/ticket close reason:done");
  const add = [{ name: "member", type: SubcommandGroup, options: [{ name: "add", type: Subcommand, options: [{ name: "who", type: User, value: ids.ben }] }] }];
  const second = await exchange(bot, () => ann.command(ids.hall, "ticket", add), (i) => i.reply("added"));
  assert.deepEqual([second.interaction.options.getSubcommandGroup(), second.interaction.options.getSubcommand(), second.interaction.options.getUser("who").id], ["member", "add", ids.ben]);
  await assert.rejects(ann.command(ids.hall, "everything", [{ name: "text", type: text, value: "x" }]), /between 2 and 20/);
  await assert.rejects(ann.command(ids.hall, "everything"), /required/);
  await assert.rejects(ann.command(ids.hall, "everything", [{ name: "text", type: text, value: "long" }, { name: "whole", type: Integer, value: 10 }]), /out of range/);
});

test("a user's and a message's menu arrive with their target", async (t) => {
  const { bot, ann, hall } = await sit(t);
  await bot.application.commands.set([
    new ContextMenuCommandBuilder().setName("Look up").setType(ApplicationCommandType.User),
    new ContextMenuCommandBuilder().setName("Report").setType(ApplicationCommandType.Message),
  ]);
  const user = await exchange(bot, () => ann.menu(hall.id, ApplicationCommandType.User, "Look up", ids.ben), (i) => i.reply("Ben"));
  assert.ok(user.interaction.isUserContextMenuCommand());
  assert.deepEqual([user.interaction.targetUser.id, user.interaction.targetMember.nickname], [ids.ben, "Benny"]);
  const said = await ann.say(hall.id, "Something rude", { files: [{ filename: "a.txt", content_type: "text/plain", data: "abc" }] });
  const message = await exchange(bot, () => ann.menu(hall.id, ApplicationCommandType.Message, "Report", said.id), (i) => i.reply("Thanks"));
  assert.ok(message.interaction.isMessageContextMenuCommand());
  const target = message.interaction.targetMessage;
  assert.deepEqual([target.id, target.content, target.author.id, target.attachments.first().name], [said.id, "Something rude", ids.ann, "a.txt"]);
});

test("autocomplete tells what is being typed, and its suggestions come back", async (t) => {
  const { bot, ann } = await sit(t);
  await bot.application.commands.set([
    new SlashCommandBuilder().setName("price").setDescription("A price")
      .addStringOption((o) => o.setName("coin").setDescription("Which").setAutocomplete(true).setRequired(true))
      .addIntegerOption((o) => o.setName("amount").setDescription("How many").setAutocomplete(true)),
  ]);
  const choices = [{ name: "Bitcoin", value: "btc", nameLocalizations: { de: "Bitcoin (DE)" } }, { name: "Bit", value: "bit" }];
  const typed = [{ name: "coin", type: text, value: "bi", focused: true }];
  const { interaction, outcome } = await exchange(bot, () => ann.suggestions(ids.hall, "price", typed), (i) => i.respond(choices));
  assert.ok(interaction.isAutocomplete());
  assert.deepEqual([interaction.commandName, interaction.options.getFocused()], ["price", "bi"]);
  assert.deepEqual(interaction.options.getFocused(true), { name: "coin", type: text, value: "bi", focused: true });
  assert.deepEqual(outcome.map(({ name, value }) => [name, value]), [["Bitcoin", "btc"], ["Bit", "bit"]]);
  const numbers = [{ name: "coin", type: text, value: "btc" }, { name: "amount", type: Integer, value: "1", focused: true }];
  const second = await exchange(bot, () => ann.suggestions(ids.hall, "price", numbers), (i) => i.respond([{ name: "Ten", value: 10 }]));
  assert.equal(second.interaction.options.getString("coin"), "btc");
  assert.equal(second.interaction.options.getFocused(true).name, "amount");
  assert.deepEqual(second.outcome, [{ name: "Ten", value: 10 }]);
  const none = await exchange(bot, () => ann.suggestions(ids.hall, "price", typed), (i) => i.respond([]));
  assert.deepEqual(none.outcome, []);
});

test("a command is answered in a direct message too", async (t) => {
  const { bot, ann } = await sit(t);
  await bot.application.commands.set([new SlashCommandBuilder().setName("hello").setDescription("Says hello")]);
  const dm = await ann.dm(bot.user.id);
  const { interaction, value } = await exchange(bot, () => ann.command(dm.id, "hello"), async (i) => {
    await i.reply("Hello in private");
    return i.fetchReply();
  });
  assert.deepEqual([interaction.inGuild(), interaction.user.id, interaction.context], [false, ids.ann, InteractionContextType.BotDM]);
  assert.equal(value.content, "Hello in private");
  assert.equal((await ann.messages(dm.id))[0].content, "Hello in private");
});
