// A panel as it is written, and the queries that it needs.
import { api, ask, type Schemas } from "$lib/api/client";
import type { MessageTemplate } from "$lib/message/template";

export type Style = "primary" | "secondary" | "success" | "danger";
export type PanelForm = {
  name: string; post: MessageTemplate; button: { label: string; emoji: string; style: Style }; welcome: MessageTemplate;
  category: string; staff_roles: string[]; form: string; channel_name: string; max_open: string;
};

export const limits = { name: 80, label: 80, channelName: 100, open: 10 };

export const blankPanel = (): PanelForm => ({
  name: "", post: { content: "", embed: { title: "Need help?", description: "Press the button, and a channel for you and our team opens." } },
  button: { label: "Open a ticket", emoji: "🎫", style: "primary" }, welcome: { content: "", embed: { title: "Hello %username%", description: "Tell us what it is about." } },
  category: "", staff_roles: [], form: "", channel_name: "", max_open: "1",
});

export const panelFormOf = (panel: Schemas["Panel"]): PanelForm => ({
  name: panel.name, post: { content: "", ...panel.post }, button: { label: panel.button.label, emoji: panel.button.emoji ?? "", style: (panel.button.style as Style) || "primary" },
  welcome: { content: "", ...panel.welcome }, category: panel.category ?? "", staff_roles: panel.staff_roles ?? [], form: panel.form ?? "",
  channel_name: panel.channel_name ?? "", max_open: String(panel.max_open ?? 1),
});

export const panelDraftOf = (form: PanelForm): Schemas["PanelDraft"] => ({ ...form, max_open: Number(form.max_open) });

const of = (guild: string) => ({ params: { path: { guild } } });

export const panelsOf = (guild: string) => ({ queryKey: ["panels", guild], queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/panels", of(guild))) });

export const postPanel = (guild: string, panel: string, channel: string) => ask(api.POST("/api/v1/guilds/{guild}/panels/{panel}/post", { params: { path: { guild, panel } }, body: { channel } }));

// buttonOf is the button as the preview draws it.
export const buttonOf = ({ label, emoji, style }: PanelForm["button"]) => [{
  type: 1, components: [{ type: 2, custom_id: "open", label, style: { primary: 1, secondary: 2, success: 3, danger: 4 }[style], ...(emoji ? { emoji: { name: emoji } } : {}) }],
}];
