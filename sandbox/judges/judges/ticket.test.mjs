import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, ChannelType, EmbedBuilder, Events, MessageFlags, ModalBuilder, OverwriteType,
  PermissionFlagsBits, SlashCommandBuilder, TextInputBuilder, TextInputStyle,
} from "discord.js";
import { next, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

const see = [PermissionFlagsBits.ViewChannel];

const button = (id) => new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Primary));

/** A channel for whoever pressed, with a welcome, a private thread for staff, and the answer edited and followed up. */
async function open(press) {
  await press.deferReply({ flags: MessageFlags.Ephemeral });
  const { guild, user, client } = press;
  const channel = await guild.channels.create({
    name: "Ticket 5",
    parent: ids.category,
    permissionOverwrites: [
      { id: guild.id, deny: see },
      { id: user.id, type: OverwriteType.Member, allow: see },
      { id: client.user.id, allow: see },
    ],
  });
  const welcome = await channel.send({
    content: "Welcome",
    components: [button("close")],
    embeds: [new EmbedBuilder().setTitle("Ticket").addFields({ name: "a", value: "b" })],
    files: [new AttachmentBuilder(Buffer.from("abc"), { name: "a.txt" })],
  });
  await welcome.pin();
  await welcome.react("🎫");
  const thread = await channel.threads.create({ name: "notes", type: ChannelType.PrivateThread });
  await thread.members.add(user.id);
  const reply = await press.editReply({ content: `Your ticket: ${channel}` });
  await press.followUp({ content: "More", flags: MessageFlags.Ephemeral });
  return { channel, thread, reply, welcome };
}

function form() {
  const input = new TextInputBuilder().setCustomId("reason").setLabel("Reason").setStyle(TextInputStyle.Short);
  return new ModalBuilder().setCustomId("form").setTitle("Close").addComponents(new ActionRowBuilder().addComponents(input));
}

/** Reads everything back and deletes the channel, after which its answers have no place any more. */
async function close(submission, { channel, thread }) {
  await submission.reply({ content: `Closed: ${submission.fields.getTextInputValue("reason")}`, flags: MessageFlags.Ephemeral });
  const written = [...(await channel.messages.fetch()).values()].map(({ type, content }) => [type, content]).reverse();
  const notes = [...(await thread.messages.fetch()).values()].map(({ type, mentions }) => [type, mentions.users.first()?.id]);
  await channel.delete();
  const codes = [];
  for (const late of [() => submission.followUp("Bye"), () => submission.editReply("Bye")]) await late().catch(({ code }) => codes.push(code));
  return { written, notes, codes };
}

test("a ticket is opened by a button, talked in, closed by a form and read back", async (t) => {
  const { bot, sandbox, hall, guild, ann, ben } = await sit(t);
  await bot.application.commands.set([
    new SlashCommandBuilder().setName("tag").setDescription("Shows a tag")
      .addStringOption((o) => o.setName("name").setDescription("Which").setAutocomplete(true)),
  ]);
  const done = {};
  const finishes = (what, work) => void (done[what] = work).finally(() => bot.emit(what));
  bot.on(Events.InteractionCreate, async (i) => {
    if (i.isButton() && i.customId === "open") finishes("opened", open(i));
    else if (i.isButton()) await i.showModal(form());
    else if (i.isModalSubmit()) finishes("closed", done.opened.then((ticket) => close(i, ticket)));
    else if (i.isAutocomplete()) await i.respond([{ name: "Rules", value: "rules" }]);
    else await i.reply(`tag ${i.options.getString("name")}`);
  });
  const panel = await hall.send({ content: "Need help?", components: [button("open")] });
  const [{ state: opening }] = await Promise.all([ann.press(panel, "open"), next(bot, "opened")]);
  assert.equal(opening, "deferred");
  const { channel, reply, welcome } = await done.opened;
  assert.deepEqual([channel.name, reply.content, (await guild.members.fetch()).size], ["ticket-5", `Your ticket: ${channel}`, 4]);
  assert.deepEqual([await ann.sees(channel.id), await ben.sees(channel.id)], [true, false]);
  await ann.say(channel.id, "It lags");
  assert.deepEqual(await ann.suggestions(channel.id, "tag", [{ name: "name", type: 3, value: "ru", focused: true }]), [{ name: "Rules", value: "rules" }]);
  assert.equal((await ann.command(channel.id, "tag", [{ name: "name", type: 3, value: "rules" }])).state, "answered");
  const resumed = next(bot, Events.ShardResume);
  await sandbox.disturb({ do: "reconnect" });
  await resumed;
  const { state, modal } = await ann.press(welcome, "close");
  assert.equal(state, "modal");
  const [{ state: closing }] = await Promise.all([ann.submit(modal, { reason: "solved" }), next(bot, "closed")]);
  assert.equal(closing, "answered");
  const { written, notes, codes } = await done.closed;
  assert.deepEqual(written, [[0, "Welcome"], [6, ""], [0, "It lags"], [20, "tag rules"]]);
  assert.deepEqual(notes, [[1, ids.ann]], "the thread tells whom the bot let in");
  assert.deepEqual(codes, [10003, 10008], "the channel is gone, and with it the first answer");
});
