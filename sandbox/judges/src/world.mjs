/** The worlds that the judges start a sandbox with: see "The world" in sandbox/README.md. */

/** Ids of everything that a judge names. */
export const ids = {
  application: "1410000000000000001",
  guild: "1410000000000000010",
  staff: "1410000000000000011",
  guest: "1410000000000000012",
  botRole: "1410000000000000013",
  category: "1410000000000000020",
  hall: "1410000000000000021",
  desk: "1410000000000000022",
  forum: "1410000000000000023",
  voice: "1410000000000000024",
  olga: "1410000000000000101",
  ann: "1410000000000000102",
  ben: "1410000000000000103",
  cleo: "1410000000000000104",
};

/** Libraries read the application's id from a token's first part. */
const tokenOf = (application) => `${Buffer.from(application).toString("base64url")}.sandbx.a-judge-logs-in-with-this`;

/** What the bot may do: what it needs for the judges, and not ADMINISTRATOR, which would hide mistakes about permissions. */
const botPermissions = [
  "VIEW_CHANNEL", "MANAGE_CHANNELS", "MANAGE_ROLES", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "MANAGE_MESSAGES",
  "ADD_REACTIONS", "MANAGE_WEBHOOKS", "MANAGE_THREADS", "CREATE_PUBLIC_THREADS", "CREATE_PRIVATE_THREADS", "SEND_MESSAGES_IN_THREADS",
  "PIN_MESSAGES", "MANAGE_NICKNAMES", "KICK_MEMBERS", "MODERATE_MEMBERS", "MENTION_EVERYONE", "USE_EXTERNAL_EMOJIS", "VIEW_AUDIT_LOG",
];

/** One server with an owner, staff, two members and one bot. `application` changes the bot's application. */
export function bench(application = {}) {
  return {
    users: [
      { id: ids.olga, username: "olga", global_name: "Olga", note: "Owner" },
      { id: ids.ann, username: "ann", global_name: "Ann", note: "Member" },
      { id: ids.ben, username: "ben", global_name: "Ben", note: "Staff" },
      { id: ids.cleo, username: "cleo", note: "In no server" },
    ],
    applications: [{ id: ids.application, name: "Judge", bot_token: tokenOf(ids.application), owner: "olga", ...application }],
    guilds: [{
      id: ids.guild,
      name: "The bench",
      owner: "olga",
      roles: [
        { id: ids.guest, name: "Guest" },
        { id: ids.staff, name: "Staff", color: 0x3498db, hoist: true, mentionable: true, permissions: ["MANAGE_MESSAGES"] },
        { id: ids.botRole, name: "Judge", permissions: botPermissions },
      ],
      members: [{ user: "ann" }, { user: "ben", nick: "Benny", roles: ["Staff"] }],
      bots: [{ application: "Judge", role: "Judge" }],
      channels: [
        { id: ids.category, name: "Rooms", type: "category" },
        { id: ids.hall, name: "hall", parent: "Rooms", topic: "Where judges sit" },
        { id: ids.desk, name: "desk", messages: [{ author: "ann", content: "Is anybody here?" }] },
        { id: ids.forum, name: "questions", type: "forum" },
        { id: ids.voice, name: "Talk", type: "voice" },
      ],
    }],
  };
}

/** Ids of generated servers are a step of the shard formula apart, so that they spread evenly. */
const firstGuild = 1_500_000_000_000_000_000n;
const shardStep = 1n << 22n;

/** `count` small servers that all have the one bot. */
export function many(count) {
  const guilds = Array.from({ length: count }, (_, index) => {
    const id = firstGuild + BigInt(index) * shardStep;
    return {
      id: String(id),
      name: `Server ${index}`,
      owner: "olga",
      members: [{ user: "ann" }],
      bots: [{ application: "Judge", permissions: ["VIEW_CHANNEL", "SEND_MESSAGES"] }],
      channels: [{ id: String(id + 1n), name: "talk" }],
    };
  });
  return { ...bench({ max_concurrency: 16 }), guilds };
}

/** The shard that a server belongs to (events/gateway "Sharding"). */
export const shardOf = (guild, count) => Number((BigInt(guild) >> 22n) % BigInt(count));
