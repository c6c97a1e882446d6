package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"usher/internal/core/fault"
)

func TestKindAndCodeAreFoundThroughWrapping(t *testing.T) {
	cause := errors.New("driver: connection lost")
	err := fmt.Errorf("opening: %w", fault.New(fault.Unavailable, "store_down", "Try again in a minute.").Because(cause))
	if got := fault.KindOf(err); got != fault.Unavailable {
		t.Errorf("kind = %v", got)
	}
	if got := fault.CodeOf(err); got != "store_down" {
		t.Errorf("code = %q", got)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if got := fault.KindOf(cause); got != fault.Internal {
		t.Errorf("an unclassified error is %v", got)
	}
}

func TestBecauseLeavesTheOriginalAlone(t *testing.T) {
	base := fault.New(fault.Forbidden, "no", "No.")
	_ = base.Because(errors.New("x"))
	if base.Unwrap() != nil {
		t.Error("Because changed the error it was called on")
	}
}

func TestChecksTellAllFieldsAtOnce(t *testing.T) {
	var c fault.Checks
	if c.Err("bad", "Bad.") != nil {
		t.Fatal("no checks failed, yet there is an error")
	}
	c.Require(true, "ok", "never")
	c.Add("name", "Give a name.")
	c.Require(false, "url", "Give a URL.")
	err := c.Err("bad", "Bad.")
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "name: Give a name.") || !strings.Contains(err.Error(), "url: Give a URL.") || strings.Contains(err.Error(), "never") {
		t.Errorf("error = %v", err)
	}
}
