/** A seed with one large server, as large as Discord's limits of channels allow: what follows is counted out, never by chance. */
export function largeSeed({ members = 10_000, channels = 500 } = {}) {
  const first = 1_500_000_000_000_000_000n;
  const id = (kind, number) => String(first + BigInt(kind) * 1_000_000_000n + BigInt(number));
  const given = ["Ada", "Bela", "Cleo", "Dara", "Egon", "Fay", "Gus", "Hana", "Ivo", "June", "Kofi", "Lea", "Milo", "Nia", "Otto", "Pia", "Quin", "Rosa", "Sami", "Tess"];
  const users = Array.from({ length: members }, (_, at) => ({ id: id(1, at), username: `person${at}`, global_name: `${given[at % given.length]} ${at}`, note: at === 0 ? "Owner" : at === 1 ? "Staff" : undefined }));
  const perCategory = 49;
  const categories = Math.ceil(channels / (perCategory + 1));
  const list = [];
  for (let at = 0; list.length < channels; at++) {
    list.push({ id: id(3, at * 1000), name: `Section ${at + 1}`, type: "category" });
    for (let inner = 1; inner <= perCategory && list.length < channels; inner++) {
      const number = at * perCategory + inner;
      const talk = number === 1 ? Array.from({ length: 60 }, (_, line) => ({ author: `person${line % 7}`, content: `Line ${line} for <@${id(1, (line * 37) % members)}> in <#${id(3, 2)}>` })) : number % 5 === 0 ? [{ author: "person1", content: `Welcome to room ${number}` }] : [];
      list.push({ id: id(3, at * 1000 + inner), name: `room-${number}`, parent: id(3, at * 1000), messages: talk });
    }
  }
  return {
    guild: id(2, 0), firstChannel: id(3, 1), person: (at) => id(1, at), categories,
    seed: {
      users,
      applications: [{ id: id(4, 0), name: "Usher", bot_token: `${btoa(id(4, 0)).replaceAll("=", "")}.large.seed`, owner: "person0" }],
      guilds: [{
        id: id(2, 0), name: "The large one", owner: "person0",
        roles: [{ id: id(5, 1), name: "Member", color: 0x9aa4b2 }, { id: id(5, 2), name: "Staff", color: 0x3498db, hoist: true, mentionable: true }],
        members: users.map((user, at) => ({ user: user.id, roles: at % 50 === 1 ? ["Staff"] : ["Member"] })),
        bots: [{ application: "Usher", permissions: ["ADMINISTRATOR"] }],
        channels: list,
      }],
    },
  };
}
