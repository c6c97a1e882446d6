package config

// explanations has every setting of Variables: a test holds it. What docs/operating.md says at length stands here in a sentence.
func explanations() map[string]explanation {
	const perUnit = "requests a minute"
	return map[string]explanation{
		"DISCORD_TOKEN":      {group: OfDiscord, secret: true, about: "The bot's token."},
		"DISCORD_TOKEN_FILE": {group: OfDiscord, about: "A file that holds the bot's token, instead of the text itself."},
		"DISCORD_API_URL":    {group: OfDiscord, about: "Discord, or something that speaks its API, such as a rate limiting proxy."},

		"DATABASE_URL":    {group: OfStorage, about: "The database: a file of SQLite, or PostgreSQL."},
		"USHER_KEYS":      {group: OfStorage, secret: true, about: "The keys that seal secrets, in base64, instead of their file."},
		"USHER_KEYS_FILE": {group: OfStorage, about: "The file of the keys that seal secrets. Keep a copy of it apart from the database."},
		"USHER_FILES":     {group: OfStorage, about: "The folder of the integrations' logos."},

		"USHER_LISTEN":               {group: OfWeb, about: "Where pages, the HTTP API, health checks and logos are served."},
		"USHER_PUBLIC_URL":           {group: OfWeb, about: "Where browsers reach this instance.", otherwise: "http:// and the address that is listened on"},
		"USHER_SETUP_LISTEN":         {group: OfWeb, about: "Where the set-up page answers while there is no bot token.", otherwise: "this machine alone, at the port that is listened on"},
		"USHER_OPERATORS":            {group: OfWeb, about: "Discord ids of those who run this instance: they see these pages and decide about publications.", otherwise: "nobody"},
		"DISCORD_CLIENT_ID":          {group: OfWeb, about: "The application that people sign in with.", otherwise: "that of the bot's token"},
		"DISCORD_CLIENT_SECRET":      {group: OfWeb, secret: true, about: "The application's client secret. Without one nobody can sign in."},
		"DISCORD_CLIENT_SECRET_FILE": {group: OfWeb, about: "A file that holds the client secret, instead of the text itself."},

		"USHER_LOG_LEVEL":  {group: OfLog, about: "From which level on something is logged: debug, info, warn or error."},
		"USHER_LOG_FORMAT": {group: OfLog, about: "text or json, on standard error."},

		"USHER_EGRESS_ALLOW_NETWORKS":         {group: OfEgress, about: "Networks that integrations may reach although they are not public.", otherwise: "public addresses alone"},
		"USHER_EGRESS_ALLOW_PORTS":            {group: OfEgress, about: "Ports of public servers that integrations may reach besides 80 and 443.", otherwise: "80 and 443 alone"},
		"USHER_EGRESS_OWN_ADDRESSES":          {group: OfEgress, about: "Addresses of this instance's machines, which no integration may reach.", otherwise: "none"},
		"USHER_EGRESS_WAY":                    {group: OfEgress, about: "How integrations' requests leave: direct, proxy or worker."},
		"USHER_EGRESS_PROXY_URL":              {group: OfEgress, about: "The proxy's address."},
		"USHER_EGRESS_PROXY_CREDENTIALS":      {group: OfEgress, secret: true, about: "The proxy's name and password."},
		"USHER_EGRESS_PROXY_CREDENTIALS_FILE": {group: OfEgress, about: "A file that holds the proxy's name and password, instead of the text itself."},
		"USHER_EGRESS_PROXY_CA_FILE":          {group: OfEgress, about: "The authority of an https proxy's certificate.", otherwise: "the system's authorities"},
		"USHER_EGRESS_WORKER_URL":             {group: OfEgress, about: "The worker's address."},
		"USHER_EGRESS_WORKER_KEY":             {group: OfEgress, secret: true, about: "The key that the worker shares with this instance."},
		"USHER_EGRESS_WORKER_KEY_FILE":        {group: OfEgress, about: "A file that holds the worker's key, instead of the text itself."},

		"USHER_GUILD_REQUESTS_PER_MINUTE":       {group: OfRequests, unit: perUnit, about: "How many requests one server may cause, to all its integrations. A sixth of it may come at once."},
		"USHER_INTEGRATION_REQUESTS_PER_MINUTE": {group: OfRequests, unit: perUnit, about: "How many requests one integration may get, from all servers. A sixth of it may come at once."},
		"USHER_INTEGRATION_CACHE_MIB":           {group: OfRequests, unit: "MiB", about: "Memory for answers of integrations that ask for a cache; 0 for none."},
		"USHER_EGRESS_CONNECT_TIMEOUT":          {group: OfRequests, about: "How long resolving, connecting and the TLS handshake may take, each."},
		"USHER_EGRESS_TIMEOUT":                  {group: OfRequests, about: "How long a whole request may take."},
		"USHER_EGRESS_ANSWER_KIB":               {group: OfRequests, unit: "KiB", about: "How large an answer may be, as sent and as decoded."},
		"USHER_GRACE":                           {group: OfRequests, about: "How long a welcome message waits for live values after its channel exists. Later ones are filled in by one edit."},

		"USHER_MAX_URL_BYTES":               {group: OfIntegrations, unit: "bytes", about: "How long a request URL or validation URL may be, as it is saved."},
		"USHER_MAX_SECRETS":                 {group: OfIntegrations, unit: "secrets", about: "How many secrets one integration may ask for."},
		"USHER_MAX_HEADERS":                 {group: OfIntegrations, unit: "headers", about: "How many headers one integration may send."},
		"USHER_MAX_PLACEHOLDERS":            {group: OfIntegrations, unit: "placeholders", about: "How many placeholders one integration may have."},
		"USHER_MAX_INTEGRATIONS_PER_USER":   {group: OfIntegrations, unit: "integrations", about: "How many integrations one person may have made."},
		"USHER_MAX_INTEGRATIONS_PER_SERVER": {group: OfIntegrations, unit: "integrations", about: "How many integrations may be on in one server at a time."},
		"USHER_BLOXLINK_KEY":                {group: OfIntegrations, secret: true, about: "A key of Bloxlink's for all servers that have none of their own."},
		"USHER_BLOXLINK_KEY_FILE":           {group: OfIntegrations, about: "A file that holds Bloxlink's key, instead of the text itself."},
	}
}
