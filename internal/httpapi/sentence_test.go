package httpapi

import (
	"fmt"
	"testing"

	"github.com/danielgtaylor/huma/v2/validation"
)

func TestTheLibrarysSentencesReachNobody(t *testing.T) {
	for message, want := range map[string]string{
		fmt.Sprintf(validation.MsgExpectedMatchPattern, idForm):          "Give a Discord id: digits alone, at most 20.",
		fmt.Sprintf(validation.MsgExpectedMatchPattern, "^x$"):           otherForm,
		fmt.Sprintf(validation.MsgExpectedMinimumNumber, 1):              "Give a number of at least 1.",
		fmt.Sprintf(validation.MsgExpectedMaximumNumber, 100):            "Give a number of at most 100.",
		fmt.Sprintf(validation.MsgExpectedExclusiveMinimumNumber, 1):     "Give a number above 1.",
		fmt.Sprintf(validation.MsgExpectedExclusiveMaximumNumber, 1):     "Give a number below 1.",
		fmt.Sprintf(validation.MsgExpectedMinLength, 1):                  "Give at least 1 character.",
		fmt.Sprintf(validation.MsgExpectedMaxLength, 100):                "Use at most 100 characters.",
		fmt.Sprintf(validation.MsgExpectedMinItems, 2):                   "Give a list of at least 2.",
		fmt.Sprintf(validation.MsgExpectedMaxItems, 2):                   "Give a list of at most 2.",
		fmt.Sprintf(validation.MsgExpectedOneOf, "read, write, operate"): "Choose read, write or operate.",
		fmt.Sprintf(validation.MsgExpectedOneOf, "read"):                 "Give read.",
		fmt.Sprintf(validation.MsgExpectedRequiredProperty, "name"):      "This field is missing.",
		validation.MsgUnexpectedProperty:                                 unknownField,
		validation.MsgExpectedString:                                     "Give a text, in quotation marks.",
		validation.MsgExpectedInteger:                                    "Give a whole number.",
		validation.MsgExpectedNumber:                                     "Give a number.",
		validation.MsgExpectedBoolean:                                    "Give true or false.",
		validation.MsgExpectedArray:                                      "Give a list: [ … ].",
		validation.MsgExpectedObject:                                     "Give an object: { … }.",
		validation.MsgExpectedArrayItemsUnique:                           "Name each once.",
		validation.MsgExpectedRFC3339DateTime:                            "Give a moment such as 2030-01-31T12:00:00Z.",
		validation.MsgExpectedMatchExactlyOneSchema:                      otherForm,
		"":             otherForm,
		"Give a name.": "Give a name.",
	} {
		if got := sentence(message); got != want {
			t.Errorf("%q is told as %q, want %q", message, got, want)
		}
	}
}
