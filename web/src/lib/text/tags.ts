// Words of tags: prepared answers.
export const tags = {
  title: "Tags",
  lead: "Prepared answers with live values. Post one with /tag and its name.",
  create: "Create tag",
  none: "There is no tag yet",
  noneLead: "Write an answer once, with placeholders for what is different each time, and post it with /tag.",
  noneFound: "No tag holds that",
  search: "Search tags",
  everyone: "Everybody may post it",
  everyoneShort: "Everybody",
  staffShort: "Staff alone",
  everyoneHint: "Otherwise only staff may.",
  name: "Name",
  nameHint: "By which /tag calls it.",
  about: "About",
  message: "Message",
  embedOnly: "An embed",
  createVerb: "Create tag",
  saved: "The tag is saved.",
  stale: "Somebody else changed this tag meanwhile",
  staleLead: "What you typed is still here. Load the newer one to go on from it; yours is lost then.",
  loadNewer: "Load the newer one",
  deleteOf: (name: string) => `Delete “${name}”`,
  deleteTitle: (name: string) => `Delete “${name}”?`,
  deleteLead: "/tag does not know it any more. Messages that were posted with it stay.",
  deleted: "The tag is deleted.",
};

// What the placeholders that are always there stand for, with a sample of each.
export const builtIn: Record<string, { description: string; sample: string }> = {
  user: { description: "Mentions who opened the ticket", sample: "@Ryan" },
  username: { description: "Unique name of who opened it", sample: "ryan" },
  nickname: { description: "The name that others see", sample: "Ryan" },
  user_id: { description: "Id of who opened it", sample: "585576154958921739" },
  ticket_id: { description: "Number of the ticket", sample: "7" },
  channel: { description: "Mentions the ticket's channel", sample: "#ticket-7" },
  channel_id: { description: "Id of the ticket's channel", sample: "1400000000000000031" },
  guild_id: { description: "Id of this server", sample: "1400000000000000001" },
  opened: { description: "When it was opened", sample: "a minute ago" },
};
export const ofTicket = "Ticket";
export const answerTo = (question: string) => `Answer to: ${question}`;
