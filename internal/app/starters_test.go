package app

import (
	"testing"
	"time"

	"usher/internal/core/integration"
	"usher/internal/egress"
)

// TestI36TheGuardLetsEveryTemplateOut: a template that the program itself refuses would be a poor start.
func TestI36TheGuardLetsEveryTemplateOut(t *testing.T) {
	t.Parallel()
	client, err := egress.New(egress.Config{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range integration.Starters() {
		if err := s.Draft.Check(integration.DefaultLimits(), wayOut{client: client}); err != nil {
			t.Errorf("%s: %v", s.ID, err)
		}
	}
}
