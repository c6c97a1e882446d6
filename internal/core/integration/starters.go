package integration

import (
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
)

// Starter is a template to start from (I-36): an integration that is all but ready, for the editor to open with.
type Starter struct {
	ID    string // of the template: lower case, never changed
	Draft Integration
	// Fill is what is left to do before it works, in the order of doing; empty where nothing is.
	Fill []string
	// Example is an answer as the service gives it: what the editor shows beside the placeholders before anything was requested.
	Example string
}

// Starters lists the templates, the guide's own first. The caller may change what it gets.
func Starters() []Starter {
	return []Starter{gameStarter(), cryptoStarter(), githubStarter(), steamStarter(), minecraftStarter(), fivemStarter()}
}

func gameStarter() Starter {
	return Starter{
		ID: "game-lookup",
		Draft: Integration{
			Name: "Game lookup", Description: "What your own game knows of the member: status, account and scores.", Method: GET,
			URL:     "https://game.example.com/lookup?user=%user_id%",
			Headers: []Header{{Name: "Authorization", Value: secret.New("%api_key%")}},
			Secrets: []Secret{{Name: "api_key", Description: "The key by which your server knows that it may answer."}},
			Placeholders: []Placeholder{
				{Name: "online_status", Path: "online_status", Sample: "Online"},
				{Name: "username", Path: "user.username", Sample: "Ryan"},
				{Name: "account_created_year", Path: "user.account_created_year", Sample: "2019"},
				{Name: "high_score", Path: "user.scores.high_score", Sample: "3000"},
				{Name: "last_score", Path: "user.scores.last_score", Sample: "400"},
			},
		},
		Fill: []string{
			"Put the address of your own server into the URL. It gets the member's Discord id.",
			"Remove the header and the secret if your server answers everybody.",
			"Name the values of your server's answer in the placeholders.",
		},
		Example: `{"online_status":"Online","user":{"username":"Ryan","account_created_year":2019,"scores":{"high_score":3000,"last_score":400}}}`,
	}
}

// cryptoStarter asks CoinGecko's public API. https://docs.coingecko.com/v3.0.1/reference/simple-price
func cryptoStarter() Starter {
	return Starter{
		ID: "crypto-price",
		Draft: Integration{
			Name: "Cryptocurrency price", Description: "Prices of Bitcoin and Ethereum by CoinGecko. Nothing about the member is sent.", Method: GET,
			URL: "https://api.coingecko.com/api/v3/simple/price?ids=bitcoin,ethereum&vs_currencies=usd,eur&include_24hr_change=true", CacheSeconds: 60,
			Placeholders: []Placeholder{
				{Name: "bitcoin_usd", Path: "bitcoin.usd", Sample: "67187.33"},
				{Name: "bitcoin_eur", Path: "bitcoin.eur", Sample: "61911.2"},
				{Name: "bitcoin_change", Path: "bitcoin.usd_24h_change", Sample: "3.637278946773539"},
				{Name: "ethereum_usd", Path: "ethereum.usd", Sample: "3480.5"},
				{Name: "ethereum_eur", Path: "ethereum.eur", Sample: "3207.1"},
			},
		},
		Example: `{"bitcoin":{"usd":67187.33,"usd_24h_change":3.637278946773539,"eur":61911.2,"eur_24h_change":3.1},"ethereum":{"usd":3480.5,"usd_24h_change":-0.4,"eur":3207.1,"eur_24h_change":-0.9}}`,
	}
}

// githubStarter asks GitHub's REST API. https://docs.github.com/en/rest/users/users#get-a-user
func githubStarter() Starter {
	return Starter{
		ID: "github-user",
		Draft: Integration{
			Name: "GitHub user", Description: "The GitHub account of the same name as the member's Discord account.", Method: GET,
			URL: "https://api.github.com/users/%username%", CacheSeconds: 600,
			Headers: []Header{
				{Name: "Accept", Value: secret.New("application/vnd.github+json")}, {Name: "Authorization", Value: secret.New("Bearer %github_token%")},
			},
			Secrets: []Secret{{Name: "github_token", Description: "A fine-grained token without any permission, from https://github.com/settings/personal-access-tokens."}},
			Placeholders: []Placeholder{
				{Name: "github_login", Path: "login", Sample: "octocat"},
				{Name: "github_name", Path: "name", Sample: "The Octocat"},
				{Name: "github_url", Path: "html_url", Format: placeholder.URL, Sample: "https://github.com/octocat"},
				{Name: "github_repositories", Path: "public_repos", Sample: "8"},
				{Name: "github_followers", Path: "followers", Sample: "21000"},
				{Name: "github_since", Path: "created_at", Format: placeholder.Timestamp, Sample: "2011-01-25T18:44:36Z"},
			},
		},
		Fill: []string{
			"It finds members whose user name is the same at GitHub, and may find a stranger of that name. If your own server knows who is who, ask it instead.",
		},
		Example: `{"login":"octocat","id":583231,"html_url":"https://github.com/octocat","type":"User","name":"The Octocat","company":"@github","email":null,"public_repos":8,"followers":21000,"created_at":"2011-01-25T18:44:36Z"}`,
	}
}

// steamStarter asks Steam's Web API. https://partner.steamgames.com/doc/webapi/ISteamUser#ResolveVanityURL
func steamStarter() Starter {
	return Starter{
		ID: "steam",
		Draft: Integration{
			Name: "Steam", Description: "The id of the Steam profile with the same custom address as the member's Discord name.", Method: GET,
			URL: "https://api.steampowered.com/ISteamUser/ResolveVanityURL/v1/?key=%steam_key%&vanityurl=%username%", CacheSeconds: 600,
			Secrets:      []Secret{{Name: "steam_key", Description: "Your Steam Web API key, from https://steamcommunity.com/dev/apikey."}},
			Placeholders: []Placeholder{{Name: "steam_id", Path: "response.steamid", Fallback: "not found", Sample: "76561197960287930"}},
		},
		Fill: []string{
			"It finds members whose custom Steam address is their Discord user name, and may find a stranger of that name. If your own server knows who is who, ask it instead.",
		},
		Example: `{"response":{"steamid":"76561197960287930","success":1}}`,
	}
}

// minecraftStarter asks Mojang. https://minecraft.wiki/w/Mojang_API
func minecraftStarter() Starter {
	return Starter{
		ID: "minecraft",
		Draft: Integration{
			Name: "Minecraft", Description: "The Minecraft (Java) account of the same name as the member's Discord account.", Method: GET,
			URL: "https://api.mojang.com/users/profiles/minecraft/%username%", CacheSeconds: 600,
			Placeholders: []Placeholder{{Name: "minecraft_name", Path: "name", Fallback: "not found", Sample: "jeb_"}, {Name: "minecraft_uuid", Path: "id", Fallback: "not found", Sample: "853c80ef3c3749fdaa49938b674adae6"}},
		},
		Fill: []string{
			"It finds members whose user name is the same in Minecraft, and may find a stranger of that name. If your own server knows who is who, ask it instead.",
		},
		Example: `{"id":"853c80ef3c3749fdaa49938b674adae6","name":"jeb_"}`,
	}
}

// fivemStarter asks FiveM's list of servers, which tells the players who are online with their linked accounts.
func fivemStarter() Starter {
	const player = "$.Data.players[?@.identifiers[?@=='discord:%user_id%']]" // RFC 9535; the id enters as a string literal
	const offline = "not online"
	return Starter{
		ID: "fivem",
		Draft: Integration{
			Name: "FiveM", Description: "The member as a player on your FiveM server, while online and with Discord linked.", Method: GET,
			URL: "https://servers-frontend.fivem.net/api/servers/single/%server_code%", CacheSeconds: 30,
			Secrets: []Secret{{Name: "server_code", Description: "The end of your server's address at cfx.re/join/…, such as ab12cd."}},
			Placeholders: []Placeholder{
				{Name: "fivem_name", Path: player + ".name", Fallback: offline, Sample: "Ryan"},
				{Name: "fivem_id", Path: player + ".id", Fallback: offline, Sample: "7"},
				{Name: "fivem_ping", Path: player + ".ping", Fallback: offline, Sample: "38"},
				// match wants the whole text, so license2: is not taken for license:.
				{Name: "fivem_license", Path: player + ".identifiers[?match(@,'license:.*')]", Fallback: offline, Sample: "license:aaaa"},
				{Name: "fivem_steam", Path: player + ".identifiers[?match(@,'steam:.*')]", Fallback: "not linked", Sample: "steam:11000010abcdef0"},
				{Name: "fivem_players", Path: "Data.clients", Sample: "2"},
			},
		},
		Fill: []string{"Your server must be listed publicly: the answer of a private one has no players."},
		Example: `{"EndPoint":"ab12cd","Data":{"clients":2,"sv_maxclients":48,"hostname":"Los Santos","players":[` +
			`{"endpoint":"127.0.0.1","id":7,"identifiers":["license2:bbbb","license:aaaa","discord:585576154958921739","steam:11000010abcdef0"],"name":"Ryan","ping":38},` +
			`{"endpoint":"127.0.0.1","id":12,"identifiers":["license:cccc","discord:508391840525975553"],"name":"Mia","ping":51}]}}`,
	}
}
