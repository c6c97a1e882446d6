import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, ChannelSelectMenuBuilder, ChannelType, ComponentType, ContainerBuilder, FileBuilder,
  MediaGalleryBuilder, MediaGalleryItemBuilder, MentionableSelectMenuBuilder, MessageFlags, RoleSelectMenuBuilder, SectionBuilder, SeparatorBuilder,
  SeparatorSpacingSize, StringSelectMenuBuilder, TextDisplayBuilder, ThumbnailBuilder, UserSelectMenuBuilder,
} from "discord.js";
import { exchange, sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

const row = (...components) => new ActionRowBuilder().addComponents(...components);

test("buttons of every style are kept, and only those that can be pressed are", async (t) => {
  const { bot, hall, ann } = await sit(t);
  const button = (style) => new ButtonBuilder().setStyle(style).setLabel(`Style ${style}`);
  const styles = [ButtonStyle.Primary, ButtonStyle.Secondary, ButtonStyle.Success, ButtonStyle.Danger];
  const message = await hall.send({
    components: [
      row(...styles.map((style) => button(style).setCustomId(`b${style}`)), button(ButtonStyle.Link).setURL("https://example.com/")),
      row(button(ButtonStyle.Primary).setCustomId("off").setDisabled(true), button(ButtonStyle.Primary).setCustomId("smile").setEmoji("🙂")),
    ],
  });
  const [first, second] = message.components;
  assert.deepEqual(first.components.map(({ style, customId, url }) => [style, customId ?? url]), [...styles.map((style) => [style, `b${style}`]), [ButtonStyle.Link, "https://example.com/"]]);
  assert.deepEqual([second.components[0].disabled, second.components[1].emoji.name], [true, "🙂"]);
  for (const style of styles) {
    const { interaction } = await exchange(bot, () => ann.press(message, `b${style}`), (i) => i.deferUpdate());
    assert.deepEqual([interaction.componentType, interaction.component.style], [ComponentType.Button, style]);
  }
  await assert.rejects(ann.press(message, "off"), /disabled/);
});

test("each kind of select gives what was chosen, resolved", async (t) => {
  const { bot, hall, ann } = await sit(t);
  const message = await hall.send({
    content: "Choose",
    components: [
      row(new StringSelectMenuBuilder().setCustomId("string").setPlaceholder("Fruit").setMinValues(1).setMaxValues(2)
        .addOptions({ label: "Apple", value: "a", description: "Red", emoji: "🍎" }, { label: "Pear", value: "p", default: true }, { label: "Plum", value: "q" })),
      row(new UserSelectMenuBuilder().setCustomId("user").setMaxValues(2).setDefaultUsers(ids.ben)),
      row(new RoleSelectMenuBuilder().setCustomId("role")),
      row(new MentionableSelectMenuBuilder().setCustomId("mentionable").setMaxValues(2)),
      row(new ChannelSelectMenuBuilder().setCustomId("channel").setChannelTypes(ChannelType.GuildText, ChannelType.GuildForum)),
    ],
  });
  const [strings, users] = message.components.map(({ components }) => components[0]);
  assert.deepEqual([strings.options.length, strings.options[0].emoji.name, strings.options[1].default, strings.placeholder], [3, "🍎", true, "Fruit"]);
  assert.equal(users.data.default_values[0].id, ids.ben);
  const choose = async (id, ...values) => (await exchange(bot, () => ann.select(message, id, ...values), (i) => i.deferUpdate())).interaction;
  const string = await choose("string", "a", "q");
  assert.ok(string.isStringSelectMenu());
  assert.deepEqual(string.values, ["a", "q"]);
  const user = await choose("user", ids.ben, bot.user.id);
  assert.ok(user.isUserSelectMenu());
  assert.deepEqual([user.users.get(ids.ben).username, user.members.get(ids.ben).nickname, user.users.get(bot.user.id).bot], ["ben", "Benny", true]);
  const role = await choose("role", ids.staff);
  assert.ok(role.isRoleSelectMenu());
  assert.equal(role.roles.get(ids.staff).name, "Staff");
  const mentionable = await choose("mentionable", ids.ben, ids.guest);
  assert.ok(mentionable.isMentionableSelectMenu());
  assert.deepEqual([[...mentionable.users.keys()], [...mentionable.roles.keys()]], [[ids.ben], [ids.guest]]);
  const channel = await choose("channel", ids.forum);
  assert.ok(channel.isChannelSelectMenu());
  assert.equal(channel.channels.get(ids.forum).name, "questions");
  await assert.rejects(ann.select(message, "string", "nothing"), /none of the options/);
  await assert.rejects(ann.select(message, "channel", ids.voice), /offers/);
});

/** A message of the second generation with every component that it may have. */
function layout() {
  return {
    flags: MessageFlags.IsComponentsV2,
    files: [new AttachmentBuilder(Buffer.from("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), { name: "dot.gif" }), new AttachmentBuilder(Buffer.from("words"), { name: "words.txt" })],
    components: [
      new TextDisplayBuilder().setContent("# Title"),
      new SectionBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent("With a thumbnail"))
        .setThumbnailAccessory(new ThumbnailBuilder().setURL("attachment://dot.gif").setDescription("A dot")),
      new ContainerBuilder().setAccentColor(0x00ff00).setSpoiler(true)
        .addTextDisplayComponents(new TextDisplayBuilder().setContent("Inside"))
        .addSectionComponents(new SectionBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent("Claim it"))
          .setButtonAccessory(new ButtonBuilder().setCustomId("claim").setLabel("Claim").setStyle(ButtonStyle.Success)))
        .addSeparatorComponents(new SeparatorBuilder().setDivider(true).setSpacing(SeparatorSpacingSize.Large))
        .addMediaGalleryComponents(new MediaGalleryBuilder().addItems(new MediaGalleryItemBuilder().setURL("attachment://dot.gif").setDescription("Again")))
        .addFileComponents(new FileBuilder().setURL("attachment://words.txt"))
        .addActionRowComponents(row(new StringSelectMenuBuilder().setCustomId("pick").addOptions({ label: "One", value: "1" }))),
    ],
  };
}

test("a message of the second generation comes back whole, and its parts work", async (t) => {
  const { bot, hall, ann } = await sit(t);
  const sent = await hall.send(layout());
  const message = await hall.messages.fetch({ message: sent.id, force: true });
  assert.ok(message.flags.has(MessageFlags.IsComponentsV2));
  assert.equal(message.content, "");
  const [title, section, container] = message.components;
  assert.deepEqual([title.type, title.content], [ComponentType.TextDisplay, "# Title"]);
  assert.deepEqual([section.type, section.accessory.type, section.accessory.description], [ComponentType.Section, ComponentType.Thumbnail, "A dot"]);
  assert.match(section.accessory.media.url, /^http.*dot\.gif/);
  assert.deepEqual([container.accentColor, container.spoiler], [0x00ff00, true]);
  const { TextDisplay, Section, Separator, MediaGallery, File, ActionRow } = ComponentType;
  assert.deepEqual(container.components.map(({ type }) => type), [TextDisplay, Section, Separator, MediaGallery, File, ActionRow]);
  assert.equal(container.components[2].spacing, SeparatorSpacingSize.Large);
  assert.match(container.components[3].items[0].media.url, /dot\.gif/);
  assert.equal(await (await fetch(container.components[4].file.url)).text(), "words");
  const every = new Set();
  for (const one of [title, section, section.accessory, container, ...container.components]) every.add(one.id);
  assert.equal(every.size, 10, "every component has an id of its own");
  const claimed = await exchange(bot, () => ann.press(message, "claim"), async (i) => {
    const pressed = i.component;
    await i.update({ flags: MessageFlags.IsComponentsV2, components: [new TextDisplayBuilder().setContent("Claimed")], attachments: [] });
    return pressed;
  });
  assert.equal(claimed.value.label, "Claim");
  const updated = await hall.messages.fetch({ message: sent.id, force: true });
  assert.deepEqual([updated.components.map(({ content }) => content), updated.attachments.size], [["Claimed"], 0]);
});

test("a message of the second generation answers an interaction, and takes no content", async (t) => {
  const { bot, hall, ann, sandbox } = await sit(t);
  const panel = await hall.send({ components: [row(new ButtonBuilder().setCustomId("show").setLabel("Show").setStyle(ButtonStyle.Primary))] });
  const { value } = await exchange(bot, () => ann.press(panel, "show"), (i) => i.reply({ ...layout(), withResponse: true }));
  assert.equal(value.resource.message.components.length, 3);
  const picked = await exchange(bot, () => ann.select(value.resource.message, "pick", "1"), (i) => i.deferUpdate());
  assert.deepEqual(picked.interaction.values, ["1"]);
  sandbox.expectFinding(/MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2/);
  await assert.rejects(hall.send({ ...layout(), content: "words" }), { code: 50035 });
});

test("components that break a rule are refused", async (t) => {
  const { hall, sandbox } = await sit(t);
  const button = (id) => ({ type: ComponentType.Button, custom_id: id, label: "x", style: ButtonStyle.Primary });
  const refused = async (finding, components) => {
    sandbox.expectFinding(finding);
    await assert.rejects(hall.send({ content: "x", components }), { status: 400, code: 50035 });
  };
  await refused(/components\.0\.components: .*BASE_TYPE_BAD_LENGTH/, [{ type: ComponentType.ActionRow, components: ["a", "b", "c", "d", "e", "f"].map(button) }]);
  await refused(/COMPONENT_CUSTOM_ID_DUPLICATED/, [{ type: ComponentType.ActionRow, components: [button("a"), button("a")] }]);
  await refused(/custom_id: .*BASE_TYPE_BAD_LENGTH/, [{ type: ComponentType.ActionRow, components: [button("x".repeat(101))] }]);
});
