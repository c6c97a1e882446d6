import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, ChannelSelectMenuBuilder, ChannelType, CheckboxBuilder, CheckboxGroupBuilder, ComponentType,
  FileUploadBuilder, LabelBuilder, MentionableSelectMenuBuilder, MessageFlags, ModalBuilder, RadioGroupBuilder, RoleSelectMenuBuilder, SlashCommandBuilder,
  StringSelectMenuBuilder, TextDisplayBuilder, TextInputBuilder, TextInputStyle, UserSelectMenuBuilder,
} from "discord.js";
import { exchange, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

const label = (text) => new LabelBuilder().setLabel(text);

/** The bench with a button; `fill` opens a modal through it, has Ann submit values and answers. */
async function formed(t) {
  const bench = await sit(t);
  const open = new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId("open").setLabel("Open").setStyle(ButtonStyle.Primary));
  const panel = await bench.hall.send({ components: [open] });
  const show = async (modal) => (await exchange(bench.bot, () => bench.ann.press(panel, "open"), (i) => i.showModal(modal))).outcome;
  const submit = (modal, values, answer = (i) => i.reply({ content: "Taken", flags: MessageFlags.Ephemeral })) => exchange(bench.bot, () => bench.ann.submit(modal, values), answer);
  const fill = async (modal, values, answer) => submit((await show(modal)).modal, values, answer);
  return { ...bench, panel, show, submit, fill };
}

test("text inputs in rows arrive as they were typed", async (t) => {
  const { fill, show, submit, ann, panel } = await formed(t);
  const input = (id, style) => new TextInputBuilder().setCustomId(id).setLabel(id).setStyle(style);
  const modal = new ModalBuilder().setCustomId("classic").setTitle("Classic").addComponents(
    new ActionRowBuilder().addComponents(input("short", TextInputStyle.Short).setMinLength(3).setMaxLength(10).setPlaceholder("3 to 10")),
    new ActionRowBuilder().addComponents(input("long", TextInputStyle.Paragraph).setRequired(false)),
    new ActionRowBuilder().addComponents(input("kept", TextInputStyle.Short).setValue("as it was")),
  );
  const { interaction: i } = await fill(modal, { short: "abc" });
  assert.deepEqual([i.customId, i.isFromMessage(), i.message.id, i.user.id], ["classic", true, panel.id, ids.ann]);
  assert.deepEqual(["short", "long", "kept"].map((id) => i.fields.getTextInputValue(id)), ["abc", "", "as it was"]);
  assert.equal(i.fields.getField("short").type, ComponentType.TextInput);
  const again = await show(modal);
  await assert.rejects(ann.submit(again.modal, { short: "ab" }), /at least 3/);
  await assert.rejects(ann.submit(again.modal, {}), /required/);
  await submit(again.modal, { short: "abcd", long: "two\nlines" });
});

test("selects under labels arrive resolved", async (t) => {
  const { fill } = await formed(t);
  const modal = new ModalBuilder().setCustomId("selects").setTitle("Selects").addLabelComponents(
    label("Topic").setDescription("One or two").setStringSelectMenuComponent(new StringSelectMenuBuilder().setCustomId("string").setMaxValues(2)
      .addOptions({ label: "Billing", value: "billing" }, { label: "Login", value: "login" })),
    label("Who").setUserSelectMenuComponent(new UserSelectMenuBuilder().setCustomId("user")),
    label("Team").setRoleSelectMenuComponent(new RoleSelectMenuBuilder().setCustomId("role")),
    label("Either").setMentionableSelectMenuComponent(new MentionableSelectMenuBuilder().setCustomId("mentionable").setMaxValues(2)),
    label("Where").setChannelSelectMenuComponent(new ChannelSelectMenuBuilder().setCustomId("channel").setChannelTypes(ChannelType.GuildText)),
  );
  const { interaction: { fields } } = await fill(modal, { string: ["billing", "login"], user: [ids.ben], role: [ids.staff], mentionable: [ids.olga, ids.guest], channel: [ids.desk] });
  assert.deepEqual(fields.getStringSelectValues("string"), ["billing", "login"]);
  assert.equal(fields.getSelectedUsers("user", true).get(ids.ben).username, "ben");
  assert.equal(fields.getSelectedMembers("user").get(ids.ben).nickname, "Benny");
  assert.equal(fields.getSelectedRoles("role", true).get(ids.staff).name, "Staff");
  const { users, members, roles } = fields.getSelectedMentionables("mentionable", true);
  assert.deepEqual([[...users.keys()], [...members.keys()], [...roles.keys()]], [[ids.olga], [ids.olga], [ids.guest]]);
  assert.equal(fields.getSelectedChannels("channel", true, [ChannelType.GuildText]).get(ids.desk).name, "desk");
});

test("text, files, radio groups and checkboxes under labels arrive", async (t) => {
  const { fill, show, ann } = await formed(t);
  const modal = new ModalBuilder().setCustomId("rest").setTitle("The rest")
    .addLabelComponents(label("Subject").setTextInputComponent(new TextInputBuilder().setCustomId("text").setStyle(TextInputStyle.Short)))
    .addLabelComponents(
      label("Proof").setFileUploadComponent(new FileUploadBuilder().setCustomId("files").setMinValues(1).setMaxValues(2)),
      label("Urgency").setRadioGroupComponent(new RadioGroupBuilder().setCustomId("radio").addOptions({ label: "Low", value: "low" }, { label: "High", value: "high" })),
      label("Rules").setCheckboxGroupComponent(new CheckboxGroupBuilder().setCustomId("boxes").addOptions({ label: "One", value: "1" }, { label: "Two", value: "2" }, { label: "Three", value: "3" })),
      label("Agreed").setCheckboxComponent(new CheckboxBuilder().setCustomId("box")),
    );
  const files = ["one", "two"].map((word) => ({ filename: `${word}.txt`, content_type: "text/plain", data: Buffer.from(word).toString("base64") }));
  const { interaction: { fields } } = await fill(modal, { text: "Lag", files, radio: "high", boxes: ["1", "3"], box: true });
  assert.deepEqual([fields.getTextInputValue("text"), fields.getRadioGroup("radio"), fields.getCheckboxGroup("boxes"), fields.getCheckbox("box")], ["Lag", "high", ["1", "3"], true]);
  const uploaded = [...fields.getUploadedFiles("files", true).values()];
  assert.deepEqual(uploaded.map(({ name, size }) => [name, size]), [["one.txt", 3], ["two.txt", 3]]);
  assert.equal(await (await fetch(uploaded[1].url)).text(), "two");
  const { modal: again } = await show(modal);
  await assert.rejects(ann.submit(again, { text: "x", files, radio: "middle", boxes: ["1"] }), /none of the options/);
});

test("a text display stands in a modal, and fields that are not required may stay empty", async (t) => {
  const { fill } = await formed(t);
  const modal = new ModalBuilder().setCustomId("optional").setTitle("Optional")
    .addTextDisplayComponents(new TextDisplayBuilder().setContent("All of this is **optional**."))
    .addLabelComponents(
      label("Topic").setStringSelectMenuComponent(new StringSelectMenuBuilder().setCustomId("string").setRequired(false).addOptions({ label: "A", value: "a" })),
      label("Proof").setFileUploadComponent(new FileUploadBuilder().setCustomId("files").setRequired(false)),
      label("Urgency").setRadioGroupComponent(new RadioGroupBuilder().setCustomId("radio").setRequired(false).addOptions({ label: "Low", value: "low" }, { label: "High", value: "high" })),
      label("Rules").setCheckboxGroupComponent(new CheckboxGroupBuilder().setCustomId("boxes").setRequired(false).setMinValues(0).addOptions({ label: "One", value: "1" })),
    );
  const { interaction: { fields, components } } = await fill(modal, {});
  assert.deepEqual(components.map(({ type }) => type), [ComponentType.TextDisplay, ...Array(4).fill(ComponentType.Label)]);
  assert.deepEqual([fields.getStringSelectValues("string"), fields.getUploadedFiles("files"), fields.getRadioGroup("radio"), fields.getCheckboxGroup("boxes")], [[], null, null, []]);
});

test("a modal opened by a command is answered in every way that it may be", async (t) => {
  const { bot, guild, ann, hall } = await formed(t);
  await guild.commands.set([new SlashCommandBuilder().setName("form").setDescription("A form")]);
  const modal = new ModalBuilder().setCustomId("short").setTitle("Short").addLabelComponents(label("Word").setTextInputComponent(new TextInputBuilder().setCustomId("word").setStyle(TextInputStyle.Short)));
  const run = async (answer) => {
    const { outcome } = await exchange(bot, () => ann.command(hall.id, "form"), (i) => i.showModal(modal));
    assert.deepEqual([outcome.state, outcome.modal.title], ["modal", "Short"]);
    return exchange(bot, () => ann.submit(outcome.modal, { word: "yes" }), answer);
  };
  const replied = await run((i) => i.reply({ content: `You said ${i.fields.getTextInputValue("word")}`, withResponse: true }));
  assert.equal(replied.value.resource.message.content, "You said yes");
  assert.equal(replied.interaction.isFromMessage(), false);
  const deferred = await run((i) => i.deferReply({ flags: MessageFlags.Ephemeral }));
  assert.equal(deferred.outcome.state, "deferred");
  assert.equal((await deferred.interaction.editReply("At last")).content, "At last");
  await deferred.interaction.followUp("And another");
});

test("a modal opened from a message may change that message", async (t) => {
  const { fill, panel } = await formed(t);
  const modal = new ModalBuilder().setCustomId("m").setTitle("M").addLabelComponents(label("Word").setTextInputComponent(new TextInputBuilder().setCustomId("word").setStyle(TextInputStyle.Short)));
  await fill(modal, { word: "new" }, (i) => i.update({ content: i.fields.getTextInputValue("word") }));
  assert.equal((await panel.fetch(true)).content, "new");
  const { interaction } = await fill(modal, { word: "newer" }, (i) => i.deferUpdate());
  await interaction.editReply("newest");
  assert.equal((await panel.fetch(true)).content, "newest");
});

test("a modal that breaks a rule is refused", async (t) => {
  const { bot, ann, panel, sandbox } = await formed(t);
  sandbox.expectFinding(/data\.title/);
  const modal = { custom_id: "bad", title: "x".repeat(46), components: [{ type: ComponentType.Label, label: "L", component: { type: ComponentType.TextInput, custom_id: "a", style: 1 } }] };
  const { value } = await exchange(bot, () => ann.press(panel, "open"), (i) => i.showModal(modal).catch((cause) => i.deferUpdate().then(() => cause)));
  assert.deepEqual([value.status, value.code], [400, 50035]);
});
