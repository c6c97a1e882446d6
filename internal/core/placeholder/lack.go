package placeholder

// Lack says why a value is not there, so that the fallback is shown.
type Lack string

// The lacks.
const (
	Absent   Lack = "missing"  // the answer has nothing at the placeholder's path
	Null     Lack = "null"     // the answer says null there
	Unusable Lack = "unusable" // what is there cannot be shown: an object, a list of such, or no value of the placeholder's format
	Failed   Lack = "failed"   // there was no answer
	Late     Lack = "late"     // it was still awaited
	Refused  Lack = "refused"  // it was there, and Discord refused the message with it
)

// Lacking says why the fallback, or the loading mark, is shown for the value; empty where the value itself is.
func (v Value) Lacking() Lack {
	switch {
	case v.Pending:
		return Late
	case v.Missing && v.Lack != "":
		return v.Lack
	case v.Missing:
		return Absent
	}
	if _, fits := v.shown(InMarkdown); !fits {
		return Unusable
	}
	return ""
}
