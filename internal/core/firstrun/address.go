package firstrun

import (
	"net/netip"
	"net/url"
	"strings"

	"usher/internal/core/fault"
)

// PublicAddress reads the address under which browsers will reach Usher and gives it in its one form. It is scheme and host alone, for
// Discord sends people back to a path of it; and https, for what people's browsers keep would travel in the clear: http is taken for this
// machine and private networks. Errors: Invalid "address_invalid" with the field address.
func PublicAddress(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", addressFault("Give the address that people will type, such as https://tickets.example.org.")
	}
	if !strings.Contains(text, "://") {
		return "", addressFault("Begin with https://, such as https://tickets.example.org.")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || !hostLike(u.Hostname()):
		return "", addressFault("This is no address. It looks like https://tickets.example.org.")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", addressFault("Begin with https://, such as https://tickets.example.org.")
	case u.User != nil:
		return "", addressFault("Leave out the user name and password.")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return "", addressFault("Leave out what comes after the host: Usher needs a host name of its own, without a path.")
	case u.Port() == "0":
		return "", addressFault("There is no port 0.")
	case u.Scheme == "http" && !near(u.Hostname()):
		return "", addressFault("Begin with https://: over http people's sessions would travel in the clear. Only this machine and private networks go without.")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// hostLike reports whether text can be a host: an IP address, or letters, digits, dots and hyphens.
func hostLike(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return len(host) <= 253 && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-") == "" && !strings.Contains(host, "..") &&
		!strings.HasPrefix(host, ".") && !strings.HasPrefix(host, "-")
}

// near reports whether a host is this machine or in a private network.
func near(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate())
}

func addressFault(text string) error {
	return &fault.Error{Kind: fault.Invalid, Code: "address_invalid", Text: "This address cannot be used.", Fields: []fault.Field{{Path: "address", Text: text}}}
}
