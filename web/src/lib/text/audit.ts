// Words of the record of changes.
import type { Schemas } from "$lib/api/client";

export type Action = Schemas["Entry"]["action"];

// A sentence for each action; the type wants every one. {who} did it, {what} is what it was called then, {where} a channel.
const sentences: Record<Action, string> = {
  "guild.changed": "{who} changed the server's settings",
  "panel.created": "{who} created the panel {what}",
  "panel.changed": "{who} changed the panel {what}",
  "panel.posted": "{who} posted the panel {what} again where it stood",
  "panel.deleted": "{who} deleted the panel {what}",
  "form.created": "{who} created the form {what}",
  "form.changed": "{who} changed the form {what}",
  "form.deleted": "{who} deleted the form {what}",
  "tag.created": "{who} created the tag {what}",
  "tag.changed": "{who} changed the tag {what}",
  "tag.deleted": "{who} deleted the tag {what}",
  "bloxlink.key_set": "{who} set this server's Bloxlink key",
  "bloxlink.key_removed": "{who} removed this server's Bloxlink key",
  "integration.created": "{who} created the integration {what}",
  "integration.changed": "{who} changed the integration {what}",
  "integration.updated": "{who} brought out a newer version of {what}, which this server uses now",
  "integration.deleted": "{who} deleted the integration {what}",
  "integration.activated": "{who} added the integration {what} to this server",
  "integration.secrets_replaced": "{who} replaced secrets of the integration {what}",
  "integration.deactivated": "{who} removed the integration {what} from this server",
  "integration.key_rotated": "{who} made another signing key for the integration {what}",
  "integration.key_rotation_ended": "{who} ended the old signing key of the integration {what}",
  "integration.publication_requested": "{who} asked for the integration {what} to be published",
  "integration.publication_withdrawn": "{who} took back the request to publish the integration {what}",
  "integration.unpublished": "{who} took the integration {what} from the list",
  "integration.approved": "{who} approved the integration {what}",
  "integration.rejected": "{who} refused to publish the integration {what}",
  "integration.revoked": "{who} took the integration {what} out of every server",
  "api_key.created": "{who} made the API key {what}",
  "api_key.revoked": "{who} revoked the API key {what}",
};

// What an integration's author or the instance's operator did to it, as the servers that use it read it: who they are is not theirs to know.
const unnamed: Partial<Record<string, string>> = {
  "integration.updated": "A newer version of {what} came out, which this server uses now",
  "integration.deleted": "The author of {what} deleted it",
  "integration.revoked": "Whoever runs Usher took {what} out of every server",
};

// What is told by the parts of a message, and by everything else that can be different.
const parts: Record<string, string> = {
  content: "text above the embed", title: "title", description: "description", url: "link of the title", colour: "colour", author: "author", author_icon: "author's picture",
  footer: "footer", footer_icon: "footer's picture", image: "image", thumbnail: "small image", fields: "fields",
};

export const audit = {
  title: "Audit log",
  lead: "Who changed what in this server.",
  none: "Nothing has been changed yet",
  noneLead: "Every change that somebody makes is written here, with who made it and what was different before.",
  noneFound: "No change fits these filters",
  clear: "Clear the filters",
  kind: "What was changed",
  kinds: { "": "Everything", integration: "Integrations", panel: "Panels", form: "Forms", tag: "Tags", guild: "Settings", bloxlink: "Bloxlink" },
  person: "Changed by",
  sentences: sentences as Record<string, string>,
  unnamed,
  posted: "{who} posted the panel {what} in {where}",
  moved: "{who} moved the panel {what} to {where}",
  unknown: (action: string) => `{who}: ${action.replace(/[._]/g, " ")} {what}`,
  program: "Usher",
  operator: "Whoever runs Usher",
  via: { dashboard: "on the dashboard", api_key: "with an API key", discord: "in Discord", setup: "by the set-up file or a command", program: "by itself" } as Record<string, string>,
  viaKey: (name: string) => `with the API key “${name}”`,
  changed: (field: string, before: string, after: string) => (before && after ? `${field}: “${before}” became “${after}”` : after ? `${field}: “${after}”` : before ? `${field}: “${before}” was removed` : field),
  when: "Exactly",
  how: "How",
  user: "Discord id",
  before: "Before",
  after: "Now",
  given: "Given anew. Its value is shown nowhere.",
  other: "It was changed.",
  nothing: "nothing",
  yes: "Yes",
  no: "No",
  otherPicture: "another picture",
  goneRole: "a role that is gone",
  goneChannel: "a channel that is gone",
  goneForm: "a form that is gone",
  everyone: "everyone",
  channel: (name: string) => `#${name}`,
  parts,
  messages: { post: "Message with the button", welcome: "Welcome message", close_message: "Close message", message: "Message" } as Record<string, string>,
  part: (message: string, part: string) => `${message}: ${part}`,
  named: { placeholders: (name: string) => `Placeholder %${name}%`, headers: (name: string) => `Header ${name}`, secrets: (name: string) => `Secret ${name}` } as Record<string, (name: string) => string>,
  fields: {
    name: "Name", button: "Button", category: "Category", overflow_category: "Category when the first is full", staff_roles: "Staff", form: "Form",
    channel_name: "Name of tickets' channels", max_open: "Open tickets for each member", channel: "Channel", title: "Title", questions: "Questions",
    everyone: "Members may use it", description: "Description", logo: "Logo", logo_picture: "Logo's picture", privacy: "Privacy policy",
    cache_seconds: "Answers are kept for (seconds)", placeholders: "Order of placeholders", headers: "Order of headers", secrets: "Order of secrets",
    method: "Method", url: "Request URL", validation: "Validation URL", revision: "Version", reason: "Reason", scopes: "It may",
  } as Record<string, string>,
};
