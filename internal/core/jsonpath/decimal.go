package jsonpath

import (
	"cmp"
	"strconv"
	"strings"
)

// decimal is a number's exact value: 0.digits × 10^power, negative or not. Zero has no digits.
type decimal struct {
	negative bool
	digits   string // without zeros at either end
	power    int64
}

// hugePower stands for every power of ten beyond it: such numbers compare as equal to each other.
const hugePower = 1 << 60

// parseDecimal reads a number of JSON's grammar.
func parseDecimal(text string) decimal {
	var d decimal
	text, d.negative = strings.CutPrefix(text, "-")
	mantissa, exponent := text, ""
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		mantissa, exponent = text[:at], text[at+1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.digits = whole + fraction
	d.power = int64(len(whole))
	leading := len(d.digits) - len(strings.TrimLeft(d.digits, "0"))
	d.digits = strings.TrimRight(d.digits[leading:], "0")
	if d.digits == "" {
		return decimal{}
	}
	d.power += parsePower(exponent) - int64(leading)
	return d
}

func parsePower(text string) int64 {
	if text == "" {
		return 0
	}
	// On overflow ParseInt gives the largest or smallest number.
	n, _ := strconv.ParseInt(text, 10, 64)
	return min(max(n, -hugePower), hugePower)
}

// compareNumbers is the order of two JSON numbers by their exact values: -1, 0 or 1.
func compareNumbers(a, b string) int {
	if a == b {
		return 0
	}
	x, y := parseDecimal(a), parseDecimal(b)
	if x.sign() != y.sign() {
		return cmp.Compare(x.sign(), y.sign())
	}
	return x.sign() * cmp.Or(cmp.Compare(x.power, y.power), strings.Compare(x.digits, y.digits))
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	default:
		return 1
	}
}
