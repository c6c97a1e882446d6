/** What a person does in the sandbox's web client, in the words of a walk. */
export class Person {
  constructor(page) {
    this.page = page;
  }

  /** Chooses who to be on the first page, by the name on the card. */
  async become(name) {
    await this.page.getByTestId(/^person-/).filter({ has: this.page.getByText(name, { exact: true }) }).first().click();
  }

  channelLink(name) {
    return this.page.getByTestId(`channel-${name}`);
  }

  async enter(channel) {
    await this.channelLink(channel).click();
    await this.page.getByRole("heading", { level: 1, name: channel }).waitFor();
  }

  /** The messages of the open channel, those with this text where one is given. */
  messages(text) {
    const all = this.page.getByTestId("message");
    return text === undefined ? all : all.filter({ hasText: text });
  }

  button(label) {
    return this.page.getByTestId("message").getByRole("button", { name: label, exact: true });
  }

  async say(text) {
    await this.page.getByTestId("composer").fill(text);
    await this.page.keyboard.press("Enter");
  }
}
