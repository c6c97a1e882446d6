// Words of the list of servers.
export const guilds = {
  title: "Your servers",
  lead: "Choose the server to work on. You see those that you may manage.",
  owner: "You own it",
  manager: "You manage it",
  elsewhere: "Without Usher",
  invite: "Add Usher",
  none: "There is no server that you may manage",
  noneLead: "Ask a server's owner to give you a role that may manage the server, or make a server of your own at Discord.",
  gone: "You may not manage this server, or Usher is not in it.",
};
