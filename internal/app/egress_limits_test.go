package app

import (
	"testing"
	"time"

	"usher/internal/config"
)

func TestI11TheOperatorsLimitsReachTheWayOut(t *testing.T) {
	t.Parallel()
	c, err := config.FromMap(map[string]string{"USHER_EGRESS_CONNECT_TIMEOUT": "300ms", "USHER_EGRESS_TIMEOUT": "7s", "USHER_EGRESS_ANSWER_KIB": "8"})
	if err != nil {
		t.Fatal(err)
	}
	way, err := wayOutConfig(c.Egress, "test")
	if err != nil {
		t.Fatal(err)
	}
	if way.ConnectTimeout != 300*time.Millisecond || way.Timeout != 7*time.Second || way.MaxBody != 8<<10 {
		t.Errorf("%+v", way)
	}
	if floor := tuning(c).TrialFloor; floor != 600*time.Millisecond {
		t.Errorf("a test request that is not delivered takes %v: less or more than what resolving and connecting may take tells them apart", floor)
	}
}
