package snowflake_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"usher/internal/core/snowflake"
)

func TestIDsAreDecimalStringsInJSON(t *testing.T) {
	in := struct {
		U snowflake.User  `json:"u"`
		G snowflake.Guild `json:"g"`
	}{U: 585576154958921739}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"u":"585576154958921739","g":""}` {
		t.Fatalf("%s, %v", text, err)
	}
	out := in
	out.U = 0
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestParseRefusesWhatIsNoID(t *testing.T) {
	for _, text := range []string{"", "0", "-1", "+1", "1.0", "abc", "0x10", " 1", "18446744073709551615", "9223372036854775808"} {
		if _, err := snowflake.Parse[snowflake.User](text); !errors.Is(err, snowflake.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if id, err := snowflake.Parse[snowflake.Channel]("508392988985262090"); err != nil || id != 508392988985262090 {
		t.Errorf("%v, %v", id, err)
	}
}

func TestNumbersInJSONAreRefused(t *testing.T) {
	var id snowflake.Guild
	for _, text := range []string{"508392988985262090", "true", `"x"`, "{}"} {
		if err := json.Unmarshal([]byte(text), &id); !errors.Is(err, snowflake.ErrInvalid) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := json.Unmarshal([]byte("null"), &id); err != nil {
		t.Error(err)
	}
}

// The example of Discord's reference page.
func TestTimeOfAnID(t *testing.T) {
	want := time.Date(2016, 4, 30, 11, 18, 25, 796e6, time.UTC)
	if got := snowflake.User(175928847299117063).Time(); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}
