/** How long an act waits for the bot's first answer: a little longer than Discord lets it take. */
const answerWait = "4s";

/** Somebody in the sandbox who acts through the control API. */
export class Person {
  #sandbox;

  constructor(sandbox, id) {
    this.#sandbox = sandbox;
    this.id = id;
  }

  #post(act, body) {
    return this.#sandbox.control("POST", `/users/${this.id}/${act}`, body);
  }

  /** Acts and tells the state that the interaction reached. */
  #interact(act, body) {
    return this.#post(`${act}?wait=${answerWait}`, body);
  }

  press(message, custom_id) {
    return this.#interact("press", { channel_id: message.channelId, message_id: message.id, custom_id });
  }

  select(message, custom_id, ...values) {
    return this.#interact("select", { channel_id: message.channelId, message_id: message.id, custom_id, values });
  }

  submit(modal, values) {
    return this.#interact("submit", { modal_id: modal.id, values });
  }

  command(channel_id, name, options = []) {
    return this.#interact("command", { channel_id, name, type: 1, options });
  }

  /** Runs a command of a user's (type 2) or a message's (type 3) menu. */
  menu(channel_id, type, name, target_id) {
    return this.#interact("command", { channel_id, name, type, target_id });
  }

  /** Types in an option of a command and gives the suggestions. */
  async suggestions(channel_id, name, options) {
    const { choices } = await this.#post("autocomplete", { channel_id, name, type: 1, options });
    return choices;
  }

  say(channel_id, content, { reply_to, files = [] } = {}) {
    const attachments = files.map(({ filename, content_type, data }) => ({ filename, content_type, data: Buffer.from(data).toString("base64") }));
    return this.#post("messages", { channel_id, content, ...(reply_to && { reply_to }), attachments });
  }

  edit(message, content) {
    return this.#post("edit", { channel_id: message.channel_id, message_id: message.id, content });
  }

  delete(message) {
    return this.#post("delete", { channel_id: message.channel_id, message_id: message.id });
  }

  react(message, emoji, remove = false) {
    return this.#post("react", { channel_id: message.channelId, message_id: message.id, emoji, remove });
  }

  typing(channel_id) {
    return this.#post("typing", { channel_id });
  }

  dm(user_id) {
    return this.#post("dm", { user_id });
  }

  join(guild_id) {
    return this.#post("join", { guild_id });
  }

  leave(guild_id) {
    return this.#post("leave", { guild_id });
  }

  role(guild_id, role_id, remove = false) {
    return this.#post("roles", { guild_id, role_id, remove });
  }

  view() {
    return this.#sandbox.control("GET", `/users/${this.id}/view`);
  }

  /** What the person sees in a channel, newest first, own ephemeral messages included. */
  messages(channel) {
    return this.#sandbox.control("GET", `/users/${this.id}/channels/${channel}/messages`);
  }

  /** Whether the person can see a channel. */
  async sees(channel) {
    const { guilds } = await this.view();
    return guilds.some((guild) => [...guild.channels, ...guild.threads].some(({ id }) => id === channel));
  }
}
