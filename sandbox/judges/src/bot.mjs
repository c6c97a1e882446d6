import { Client, Events, GatewayIntentBits, Partials } from "discord.js";
import { Sandbox } from "./sandbox.mjs";
import { bench, ids } from "./world.mjs";

/** Longest wait for an event, in milliseconds. */
const patience = 20_000;

const { Guilds, GuildMembers, GuildMessages, MessageContent, GuildMessageReactions, DirectMessages, DirectMessageReactions, GuildMessageTyping, GuildWebhooks } = GatewayIntentBits;

/** All that the judges listen to. */
export const intents = [Guilds, GuildMembers, GuildMessages, MessageContent, GuildMessageReactions, DirectMessages, DirectMessageReactions, GuildMessageTyping, GuildWebhooks];

/** The next event of this name that `matches` any arguments; gives its arguments. */
export function next(emitter, event, matches = () => true) {
  return new Promise((resolve, reject) => {
    const listen = (...args) => {
      if (!matches(...args)) return;
      clearTimeout(timer);
      emitter.off(event, listen);
      resolve(args);
    };
    const timer = setTimeout(() => {
      emitter.off(event, listen);
      reject(new Error(`no ${event} that fits within ${patience} ms`));
    }, patience);
    emitter.on(event, listen);
  });
}

/** Waits for an event that acting brings about. Begins to listen before it acts. */
export async function after(act, emitter, event, matches) {
  const [args] = await Promise.all([next(emitter, event, matches), act()]);
  return args;
}

/** An ordinary discord.js client that is not logged in yet; ended with the test. */
export function client(sandbox, options = {}) {
  const bot = new Client({ intents, partials: [Partials.Channel, Partials.Message, Partials.Reaction], ...options, rest: { api: sandbox.api, version: "10", ...options.rest } });
  sandbox.atEnd(() => bot.destroy());
  return bot;
}

/** Logs in and waits until the library holds every server. */
export async function login(bot, sandbox) {
  await after(() => bot.login(sandbox.token), bot, Events.ClientReady);
  return bot;
}

/**
 * A sandbox with the bench's server and a bot in it, the library's objects for its channels, and its people.
 * `application` changes the bot's application, `flags` are for the sandbox, `options` those of the client.
 */
export async function sit(t, { application, flags, ...options } = {}) {
  const sandbox = await Sandbox.start(t, bench(application), flags);
  const bot = await login(client(sandbox, options), sandbox);
  const guild = bot.guilds.cache.get(ids.guild);
  return {
    sandbox, bot, guild,
    hall: guild.channels.cache.get(ids.hall),
    desk: guild.channels.cache.get(ids.desk),
    olga: sandbox.person(ids.olga),
    ann: sandbox.person(ids.ann),
    ben: sandbox.person(ids.ben),
  };
}

/**
 * Answers the bot's next interaction while a person acts. Gives both what `answer` returned and the state
 * that the person's interaction reached; either side's failure fails the test.
 */
export async function exchange(bot, act, answer) {
  const arrived = next(bot, Events.InteractionCreate).then(async ([interaction]) => ({ interaction, value: await answer(interaction) }));
  const [outcome, { interaction, value }] = await Promise.all([act(), arrived]);
  return { outcome, interaction, value };
}
