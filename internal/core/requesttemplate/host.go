package requesttemplate

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Host is where a request goes: a name or an address.
type Host struct {
	name string
	addr netip.Addr
}

// Name is the host name in lower case, which may hold letters beyond ASCII; "" for an address.
func (h Host) Name() string { return h.name }

// Addr is the address of a host written as one; the zero Addr for a name.
func (h Host) Addr() netip.Addr { return h.addr }

// String is the host as it stands in a URL, an IPv6 address in brackets.
func (h Host) String() string {
	switch {
	case h.name != "":
		return h.name
	case h.addr.Is6():
		return "[" + h.addr.String() + "]"
	default:
		return h.addr.String()
	}
}

// Origin is the part of a URL that says where secrets go. Two origins are the same place when they are ==.
type Origin struct {
	Scheme string // "https" or "http"
	Host   Host
	Port   uint16 // written out or implied by the scheme
}

// String writes the origin as the start of a URL; a port that the scheme implies is left out.
func (o Origin) String() string {
	s := o.Scheme + "://" + o.Host.String()
	if o.Port != schemePort(o.Scheme) {
		s += ":" + strconv.Itoa(int(o.Port))
	}
	return s
}

// ParseHost checks a host without its port: canonical dotted IPv4, bracketed IPv6, or a name of at least two labels whose last one is
// not numeric. Names that never lead to a public server and Discord's own are refused. The error is a fault of kind Invalid.
func ParseHost(text string) (Host, error) {
	if strings.HasPrefix(text, "[") {
		return parseIPv6(text)
	}
	labels := strings.Split(text, ".")
	if isNumeric(labels[len(labels)-1]) {
		addr, err := netip.ParseAddr(text)
		if err != nil || !addr.Is4() {
			return Host{}, invalid("The host is a number: write an IPv4 address as four decimal numbers, such as 93.184.216.34, or a name.")
		}
		return Host{addr: addr}, nil
	}
	return parseName(strings.ToLower(text))
}

func parseAuthority(scheme, authority string, names []string) (Origin, error) {
	if strings.Contains(authority, "@") {
		return Origin{}, invalid("Leave out the user name and password before the @: send them in a header.")
	}
	host, port, hasPort := cutPort(authority)
	if name := variableIn(host, names); name != "" {
		return Origin{}, misplaced(name, "host")
	}
	if name := variableIn(port, names); name != "" {
		return Origin{}, misplaced(name, "port")
	}
	o := Origin{Scheme: scheme, Port: schemePort(scheme)}
	var err error
	if hasPort {
		if o.Port, err = parsePort(port); err != nil {
			return Origin{}, err
		}
	}
	o.Host, err = ParseHost(host)
	return o, err
}

// cutPort splits at the last colon outside brackets.
func cutPort(authority string) (host, port string, hasPort bool) {
	colon := strings.LastIndexByte(authority, ':')
	if colon < strings.LastIndexByte(authority, ']') || colon < 0 {
		return authority, "", false
	}
	return authority[:colon], authority[colon+1:], true
}

func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || text[0] == '0' {
		return 0, invalid("The port must be a number from 1 to 65535 without leading zeros; without a port leave the colon out too.")
	}
	return uint16(n), nil
}

func schemePort(scheme string) uint16 {
	if scheme == "http" {
		return 80
	}
	return 443
}

func parseIPv6(text string) (Host, error) {
	inner, closed := strings.CutSuffix(text[1:], "]")
	addr, err := netip.ParseAddr(inner)
	switch {
	case !closed || err != nil || !addr.Is6():
		return Host{}, invalid("The host in brackets is not an IPv6 address.")
	case addr.Zone() != "":
		return Host{}, invalid("An IPv6 address with a zone (%) belongs to one machine: it cannot be requested.")
	case addr.Is4In6():
		return Host{}, invalid("The host is an IPv4 address in IPv6 form: write the IPv4 address itself.")
	}
	return Host{addr: addr}, nil
}

// Limits of RFC 1035, 2.3.4.
const (
	maxName  = 253
	maxLabel = 63
)

func parseName(name string) (Host, error) {
	if name == "" {
		return Host{}, invalid("The URL has no host.")
	}
	if len(name) > maxName {
		return Host{}, invalid("The host name is longer than 253 bytes.")
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if !isLabel(label) {
			return Host{}, invalid("The host is not a valid name: parts of letters, digits and inner hyphens, each at most 63 long, joined by single dots.")
		}
	}
	if len(labels) < 2 {
		return Host{}, invalid("The host must be a full public name with a dot in it, such as api.example.com.")
	}
	if suffix := endsIn(name, reservedSuffixes()); suffix != "" {
		return Host{}, invalid("Names that end in ." + suffix + " are not public: use the server's public name.")
	}
	if host := endsIn(name, discordHosts()); host != "" {
		return Host{}, invalid(host + " belongs to Discord: an integration may not send requests to it.")
	}
	return Host{name: name}, nil
}

// isLabel checks one part of a name. Letters beyond ASCII pass here; whether they make a valid name is for IDNA to say.
func isLabel(label string) bool {
	if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for _, r := range label {
		switch {
		case r >= utf8.RuneSelf:
			if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
				return false
			}
		case r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9'):
			return false
		}
	}
	return true
}

// isNumeric reports a last label that some resolvers read as part of an IPv4 address: 1, 017, 0x7f (WHATWG URL, "ends in a number").
func isNumeric(label string) bool {
	if hex, ok := strings.CutPrefix(strings.ToLower(label), "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}

func endsIn(name string, suffixes []string) string {
	for _, suffix := range suffixes {
		if name == suffix || strings.HasSuffix(name, "."+suffix) {
			return suffix
		}
	}
	return ""
}

// reservedSuffixes are the names of RFC 6761, 6762, 7686, 8375 and 9476, ICANN's collision list and the usual private ones: where one resolves
// at all, it is to something inside a house.
func reservedSuffixes() []string {
	return []string{
		"localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "mail", "svc",
		"arpa", "test", "example", "invalid", "onion", "alt", "consul", "docker", "kubernetes",
	}
}

// discordHosts are Discord's own domains; a request from an instance's addresses to them would be counted against the bot.
func discordHosts() []string {
	return []string{
		"discord.com", "discordapp.com", "discord.gg", "discord.media", "discordapp.net", "discordcdn.com", "discord.co", "discord.dev",
		"discord.gift", "discord.gifts", "discord.new", "discord.store", "discord.tools", "discordstatus.com", "discordsays.com",
		"discord-activities.com", "discordactivities.com", "discordpartygames.com", "discordmerch.com", "dis.gd",
	}
}
