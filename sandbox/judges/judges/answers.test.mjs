import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, ComponentType, EmbedBuilder, Events, InteractionResponseType, MessageFlags, MessageType, ModalBuilder,
  Routes, SlashCommandBuilder, TextInputBuilder, TextInputStyle,
} from "discord.js";
import { exchange, next, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

const button = (id) => new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Primary));

/** The bench with a command /ask and a message with the button "go". */
async function asked(t) {
  const bench = await sit(t);
  await bench.guild.commands.set([new SlashCommandBuilder().setName("ask").setDescription("Asks")]);
  const panel = await bench.hall.send({ content: "Press", components: [button("go")] });
  const ask = (answer) => exchange(bench.bot, () => bench.ann.command(ids.hall, "ask"), answer);
  const press = (answer) => exchange(bench.bot, () => bench.ann.press(panel, "go"), answer);
  const seen = async (person) => (await person.messages(ids.hall)).map(({ content }) => content);
  return { ...bench, panel, ask, press, seen };
}

test("a reply can be fetched, edited and deleted, and tells who asked", async (t) => {
  const { ask, seen, ann } = await asked(t);
  const { interaction, value: response } = await ask((i) => i.reply({
    content: "First", embeds: [new EmbedBuilder().setTitle("An embed")], components: [button("more")],
    files: [new AttachmentBuilder(Buffer.from("abc"), { name: "a.txt" })], withResponse: true,
  }));
  const { message } = response.resource;
  assert.equal(response.interaction.responseMessageId, message.id);
  assert.equal(message.type, MessageType.ChatInputCommand);
  assert.deepEqual([message.interactionMetadata.id, message.interactionMetadata.user.id], [interaction.id, ids.ann]);
  assert.deepEqual([message.embeds[0].title, message.attachments.first().name, message.components[0].components[0].customId], ["An embed", "a.txt", "more"]);
  assert.equal((await interaction.fetchReply()).id, message.id);
  const edited = await interaction.editReply({ content: "Changed", components: [] });
  assert.deepEqual([edited.id, edited.content, edited.components.length, edited.embeds.length, edited.attachments.size], [message.id, "Changed", 0, 1, 1]);
  assert.ok(edited.editedTimestamp >= message.createdTimestamp);
  assert.deepEqual(await seen(ann), ["Changed", "Press"]);
  await interaction.deleteReply();
  assert.deepEqual(await seen(ann), ["Press"]);
  await assert.rejects(interaction.fetchReply(), { code: 10008 });
});

test("an ephemeral reply is seen by one person only, and no channel route gives it away", async (t) => {
  const { ask, seen, ann, ben, hall } = await asked(t);
  const { interaction, value: response } = await ask((i) => i.reply({ content: "Only for you", flags: MessageFlags.Ephemeral, withResponse: true }));
  const { message } = response.resource;
  assert.ok(message.flags.has(MessageFlags.Ephemeral));
  assert.deepEqual(await seen(ann), ["Only for you", "Press"]);
  assert.deepEqual(await seen(ben), ["Press"]);
  assert.deepEqual([...(await hall.messages.fetch({ cache: false })).values()].map(({ content }) => content), ["Press"]);
  await assert.rejects(hall.messages.fetch({ message: message.id, force: true }), { code: 10008 });
  await interaction.editReply("Still only for you");
  assert.deepEqual(await seen(ann), ["Still only for you", "Press"]);
  await interaction.deleteReply();
  assert.deepEqual(await seen(ann), ["Press"]);
});

test("a deferred reply becomes what it is edited to, and a deferred ephemeral one stays so", async (t) => {
  const { ask, seen, ann, ben } = await asked(t);
  const open = await ask((i) => i.deferReply());
  assert.equal(open.outcome.state, "deferred");
  assert.ok((await open.interaction.fetchReply()).flags.has(MessageFlags.Loading));
  const done = await open.interaction.editReply("Thought");
  assert.ok(!done.flags.has(MessageFlags.Loading));
  const secret = await ask((i) => i.deferReply({ flags: MessageFlags.Ephemeral, withResponse: true }));
  assert.deepEqual([secret.value.interaction.responseMessageEphemeral, secret.value.interaction.responseMessageLoading], [true, true]);
  await secret.interaction.editReply({ content: "Thought for you", embeds: [{ description: "Deeply" }] });
  assert.deepEqual(await seen(ann), ["Thought for you", "Thought", "Press"]);
  assert.deepEqual(await seen(ben), ["Thought", "Press"]);
});

test("follow-ups are sent, fetched, edited and deleted, each open or ephemeral by itself", async (t) => {
  const { ask, seen, ann, ben } = await asked(t);
  const { interaction: i } = await ask((i) => i.reply("Zero"));
  const open = await i.followUp({ content: "One", files: [{ attachment: Buffer.from("x"), name: "x.txt" }] });
  const secret = await i.followUp({ content: "Two", flags: MessageFlags.Ephemeral });
  assert.deepEqual([open.attachments.first().name, secret.flags.has(MessageFlags.Ephemeral)], ["x.txt", true]);
  assert.deepEqual(await seen(ann), ["Two", "One", "Zero", "Press"]);
  assert.deepEqual(await seen(ben), ["One", "Zero", "Press"]);
  assert.equal((await i.fetchReply(secret.id)).content, "Two");
  assert.equal((await i.editReply({ message: open, content: "One more", attachments: [] })).attachments.size, 0);
  assert.equal((await i.webhook.editMessage(secret.id, "Two more")).content, "Two more");
  assert.deepEqual(await seen(ann), ["Two more", "One more", "Zero", "Press"]);
  await i.deleteReply(open);
  await i.webhook.deleteMessage(secret.id);
  assert.deepEqual(await seen(ann), ["Zero", "Press"]);
});

test("a button's message is updated at once, or after a silent deferral", async (t) => {
  const { press, panel, seen, ann, hall } = await asked(t);
  const first = await press((i) => i.update({ content: "Pressed", withResponse: true }));
  assert.equal(first.value.resource.type, InteractionResponseType.UpdateMessage);
  assert.ok(first.interaction.isButton());
  assert.deepEqual([first.interaction.customId, first.interaction.message.id, first.interaction.component.label], ["go", panel.id, "go"]);
  assert.deepEqual(await seen(ann), ["Pressed"]);
  const second = await press((i) => i.deferUpdate());
  assert.equal((await second.interaction.fetchReply()).id, panel.id);
  await second.interaction.editReply({ content: "Pressed again", components: [button("go"), button("other")] });
  assert.deepEqual(await seen(ann), ["Pressed again"]);
  assert.equal((await hall.messages.fetch({ message: panel.id, force: true })).components.length, 2);
  const third = await press(async (i) => {
    await i.deferUpdate();
    return i.followUp({ content: "And more", flags: MessageFlags.Ephemeral });
  });
  assert.equal(third.value.reference?.messageId, panel.id);
  await third.interaction.deleteReply();
  assert.deepEqual(await seen(ann), ["And more"]);
});

test("the buttons of an ephemeral answer work, and it can be updated", async (t) => {
  const { bot, ask, ann, seen } = await asked(t);
  const { value } = await ask((i) => i.reply({ content: "Sure?", flags: MessageFlags.Ephemeral, components: [button("yes")], withResponse: true }));
  const { message } = value.resource;
  const { interaction } = await exchange(bot, () => ann.press(message, "yes"), (i) => i.update({ content: "Done", components: [] }));
  assert.ok(interaction.message.flags.has(MessageFlags.Ephemeral));
  assert.deepEqual(await seen(ann), ["Done", "Press"]);
});

test("collectors wait for a button and for the modal that it opens", async (t) => {
  const { bot, panel, ann } = await asked(t);
  const modal = new ModalBuilder().setCustomId("form").setTitle("Form")
    .addComponents(new ActionRowBuilder().addComponents(new TextInputBuilder().setCustomId("why").setLabel("Why?").setStyle(TextInputStyle.Paragraph)));
  const pressed = panel.awaitMessageComponent({ componentType: ComponentType.Button, filter: (i) => i.user.id === ids.ann, time: 10_000 });
  const answering = pressed.then(async (i) => {
    await i.showModal(modal);
    const submitted = await i.awaitModalSubmit({ time: 10_000 });
    await submitted.update(`Because ${submitted.fields.getTextInputValue("why")}`);
    return submitted;
  });
  const opened = await ann.press(panel, "go");
  assert.equal(opened.state, "modal");
  const [outcome, submitted] = await Promise.all([ann.submit(opened.modal, { why: "I must" }), answering]);
  assert.equal(outcome.state, "answered");
  assert.deepEqual([submitted.customId, submitted.isFromMessage(), submitted.message.id], ["form", true, panel.id]);
  assert.equal((await panel.fetch(true)).content, "Because I must");
  assert.equal(bot.listenerCount(Events.InteractionCreate), 0);
});

test("an interaction takes one answer, in time", async (t) => {
  const { sandbox, bot, ann, ask, panel } = await asked(t);
  const { interaction } = await ask((i) => i.reply("Once"));
  const callback = (i) => bot.rest.post(Routes.interactionCallback(i.id, i.token), { auth: false, body: { type: InteractionResponseType.ChannelMessageWithSource, data: { content: "Twice" } } });
  await assert.rejects(callback(interaction), { code: 40060 });
  const arrived = next(bot, Events.InteractionCreate);
  const waiting = ann.press(panel, "go");
  const [late] = await arrived;
  await sandbox.advance("4s");
  assert.equal((await waiting).state, "failed");
  await assert.rejects(late.reply("Too late"), { code: 10062 });
  await sandbox.advance("16m");
  await assert.rejects(interaction.editReply("Much too late"), { code: 50027 });
});

test("an answer that Discord would refuse is refused with the field's name", async (t) => {
  const { ask, sandbox } = await asked(t);
  sandbox.expectFinding(/data\.content: .*BASE_TYPE_MAX_LENGTH/);
  const { value: error } = await ask((i) => i.reply("x".repeat(2001)).catch((cause) => i.reply("Shorter").then(() => cause)));
  assert.deepEqual([error.status, error.code], [400, 50035]);
  assert.ok(error.rawError.errors.data.content, JSON.stringify(error.rawError));
  const [first] = await sandbox.calls("POST", "/interactions/{interaction_id}/{token}/callback");
  assert.equal(first.status, 400);
});
