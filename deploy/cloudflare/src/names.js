// Names that never lead to somebody's public server. The list is that of Usher's own guard.

const RESERVED = new Set([
  "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "mail", "svc",
  "arpa", "test", "example", "invalid", "onion", "alt", "consul", "docker", "kubernetes",
]);

/**
 * Says whether a host, as URL gives it, is an address, a name without a dot, or one that is reserved. Addresses are refused altogether, public
 * ones too: a Worker cannot reach them, and whoever runs this elsewhere must not.
 * @param {string} hostname
 */
export function hasPrivateName(hostname) {
  const labels = hostname.split(".");
  const last = labels.at(-1);
  return hostname.startsWith("[") || labels.length < 2 || labels.includes("") || /^(\d+|0x[0-9a-f]*)$/i.test(last) || RESERVED.has(last);
}
