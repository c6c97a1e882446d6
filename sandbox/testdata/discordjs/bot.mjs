// An ordinary ticket bot on discord.js, as its guide teaches it: it logs in, registers a command, answers buttons, a
// modal, an autocomplete and a command, and comes back when the gateway asks it to. It prints one line for each thing done.
// Arguments: the sandbox's address, the bot's token, the folder in whose node_modules discord.js is.
import { createRequire } from "node:module";

const [address, token, home] = process.argv.slice(2);
const {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, ChannelType, Client, EmbedBuilder, Events, GatewayIntentBits,
  MessageFlags, ModalBuilder, PermissionFlagsBits, SlashCommandBuilder, TextInputBuilder, TextInputStyle,
} = createRequire(`${home}/package.json`)("discord.js");

const support = "1400000000000000026";
const tickets = "1400000000000000027";
const say = (...words) => console.log(words.join(" "));
const fail = (error) => {
  console.log("FAILED", error?.stack ?? error);
  process.exit(1);
};

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.GuildMembers],
  rest: { api: `${address}/api` },
});

async function openTicket(i) {
  await i.deferReply({ flags: MessageFlags.Ephemeral });
  const see = [PermissionFlagsBits.ViewChannel];
  const channel = await i.guild.channels.create({
    name: "Ticket 5",
    parent: tickets,
    permissionOverwrites: [{ id: i.guild.id, deny: see }, { id: i.user.id, allow: see }, { id: client.user.id, allow: see }],
  });
  const welcome = await channel.send({
    content: "Welcome",
    embeds: [new EmbedBuilder().setTitle("Ticket").addFields({ name: "a", value: "b" })],
    files: [new AttachmentBuilder(Buffer.from("abc"), { name: "a.txt" })],
  });
  await welcome.pin();
  await welcome.react("🎫");
  const thread = await channel.threads.create({ name: "notes", type: ChannelType.PrivateThread });
  await thread.members.add(i.user.id);
  const reply = await i.editReply({ content: `Your ticket: ${channel}` });
  await i.followUp({ content: "More", flags: MessageFlags.Ephemeral });
  say("ticket", channel.name, reply.content.startsWith("Your ticket"), (await channel.messages.fetch()).size, (await i.guild.members.fetch()).size);
}

async function answer(i) {
  if (i.isButton() && i.customId === "open") await openTicket(i);
  else if (i.isButton()) {
    const input = new TextInputBuilder().setCustomId("subject").setLabel("Subject").setStyle(TextInputStyle.Short);
    await i.showModal(new ModalBuilder().setCustomId("form").setTitle("Form").addComponents(new ActionRowBuilder().addComponents(input)));
  } else if (i.isModalSubmit()) {
    const reply = await i.reply({ content: `about ${i.fields.getTextInputValue("subject")}`, withResponse: true });
    say("modal", reply.resource.message.content);
  } else if (i.isAutocomplete()) await i.respond([{ name: "Rules", value: "rules" }]);
  else if (i.isChatInputCommand()) {
    await i.reply(`tag ${i.options.getString("name")}`);
    say("command", i.commandName);
  }
}

client.on(Events.InteractionCreate, (i) => answer(i).catch(fail));
client.on(Events.Error, fail);
client.on(Events.ShardResume, () => say("resumed"));
client.once(Events.ClientReady, async () => {
  try {
    await client.application.commands.set([
      new SlashCommandBuilder().setName("tag").setDescription("Shows a tag")
        .addStringOption((o) => o.setName("name").setDescription("Which").setAutocomplete(true)),
    ]);
    const buttons = ["open", "modal"].map((id) => new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Primary));
    const channel = await client.channels.fetch(support);
    const panel = await channel.send({ content: "Need help?", components: [new ActionRowBuilder().addComponents(...buttons)] });
    say("ready", panel.id, client.guilds.cache.first().name);
  } catch (error) {
    fail(error);
  }
});
client.login(token).catch(fail);
process.stdin.on("end", () => client.destroy().then(() => process.exit(0)));
process.stdin.resume();
