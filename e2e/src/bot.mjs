/**
 * A bot of one file, on Discord's documented API only: enough to log in, to post, and to answer whatever
 * people do. It keeps every interaction it was sent, so that a walk can ask what arrived.
 */

const intents = { guilds: 1 << 0, guildMessages: 1 << 9, messageContent: 1 << 15 };

export class Bot {
  /** Interactions as they came, oldest first. */
  interactions = [];
  /** Told of answers that were refused, where a walk sends such; without it a refusal ends the walk. */
  onRefusal;
  #rest;
  #token;
  #socket;
  #beat;
  #answers = new Map();
  #waiting = [];
  #sequence = null;

  constructor(rest, token) {
    this.#rest = rest;
    this.#token = token;
    this.application = atob(token.split(".")[0].replaceAll("-", "+").replaceAll("_", "/"));
  }

  /** Logs in and waits until Discord says READY. `address` is the sandbox's. */
  static async login(address, token) {
    const bot = new Bot(`${address}/api/v10`, token);
    const { url } = await bot.call("GET", "/gateway/bot");
    await bot.#connect(url);
    return bot;
  }

  /** One REST call; throws with Discord's own words where it is refused. */
  async call(method, path, body) {
    const response = await fetch(this.#rest + path, {
      method,
      headers: { Authorization: `Bot ${this.#token}`, "Content-Type": "application/json", "User-Agent": "DiscordBot (https://example.com, 1.0)" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  post(channel, message) {
    return this.call("POST", `/channels/${channel}/messages`, message);
  }

  /** Says how to answer interactions with this custom id or command name; `answer` gives a callback's body. */
  on(name, answer) {
    this.#answers.set(name, answer);
  }

  /** Changes the first answer to an interaction. */
  amend(interaction, message) {
    return this.call("PATCH", `/webhooks/${this.application}/${interaction.token}/messages/@original`, message);
  }

  /** The next interaction that `matches`, among those that came and those that will. */
  async received(matches) {
    const found = this.interactions.find(matches);
    if (found) return found;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the interaction did not reach the bot")), 30_000);
      this.#waiting.push((interaction) => {
        if (!matches(interaction)) return false;
        clearTimeout(timer);
        resolve(interaction);
        return true;
      });
    });
  }

  logout() {
    clearInterval(this.#beat);
    this.#socket?.close(1000);
  }

  #connect(url) {
    return new Promise((resolve, reject) => {
      this.#socket = new WebSocket(`${url}/?v=10&encoding=json`);
      this.#socket.onerror = () => reject(new Error(`the gateway ${url} cannot be reached`));
      this.#socket.onclose = (event) => reject(new Error(`the gateway closed the line: ${event.code} ${event.reason}`));
      this.#socket.onmessage = (event) => this.#hear(JSON.parse(event.data), resolve);
    });
  }

  #send(op, d) {
    this.#socket.send(JSON.stringify({ op, d }));
  }

  #hear(payload, ready) {
    if (payload.s !== null && payload.s !== undefined) this.#sequence = payload.s;
    if (payload.op === 10) {
      this.#beat = setInterval(() => this.#send(1, this.#sequence), payload.d.heartbeat_interval);
      this.#send(2, { token: this.#token, intents: intents.guilds | intents.guildMessages | intents.messageContent, properties: { os: "linux", browser: "walk", device: "walk" } });
    }
    if (payload.t === "READY") ready();
    if (payload.t === "INTERACTION_CREATE") void this.#answer(payload.d);
  }

  async #answer(interaction) {
    this.interactions.push(interaction);
    this.#waiting = this.#waiting.filter((waiting) => !waiting(interaction));
    const answer = this.#answers.get(interaction.data.custom_id ?? interaction.data.name);
    if (!answer) return;
    const sent = this.call("POST", `/interactions/${interaction.id}/${interaction.token}/callback`, answer(interaction));
    await (this.onRefusal ? sent.catch(this.onRefusal) : sent);
  }
}
