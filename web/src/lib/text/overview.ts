// Words of a server's first page.
export const overview = {
  title: "Overview",
  stepsTitle: "Three steps to your first ticket with live data",
  stepsLead: "In any order. What is done is ticked off by itself.",
  done: "Done",
  steps: {
    staff: { title: "Say who answers tickets", lead: "Members with these roles see every ticket and may close it.", verb: "Choose staff roles" },
    panel: { title: "Post a panel", lead: "A message with a button. Who presses it gets a channel alone with your team.", verb: "Make a panel", post: "Post a panel" },
    data: { title: "Show live data", lead: "Say where your own system answers, and its values stand in the welcome message.", verb: "Create integration" },
  },
  open: "Open tickets",
  openLead: "The newest first.",
  allTickets: "All tickets",
  data: "Live data",
  dataLead: "Integrations that are switched on in this server.",
  allIntegrations: "All integrations",
  works: "Works",
};
