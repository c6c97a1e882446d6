package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"usher/internal/core/secret"
)

// Bloxlink is the operator's key for Roblox values, for the guilds that have none of their own (I-37).
type Bloxlink struct {
	Key     string `env:"USHER_BLOXLINK_KEY"`
	KeyFile string `env:"USHER_BLOXLINK_KEY_FILE"`
}

// APIKey gives the key from the environment or its file; empty where neither is set.
func (b Bloxlink) APIKey() (secret.Value, error) {
	if b.Key != "" && b.KeyFile != "" {
		return secret.Value{}, errors.New("set USHER_BLOXLINK_KEY or USHER_BLOXLINK_KEY_FILE, not both")
	}
	text := b.Key
	if b.KeyFile != "" {
		content, err := os.ReadFile(b.KeyFile)
		if err != nil {
			return secret.Value{}, fmt.Errorf("reading USHER_BLOXLINK_KEY_FILE: %w", err)
		}
		if text = strings.TrimSpace(string(content)); text == "" {
			return secret.Value{}, errors.New("the file that USHER_BLOXLINK_KEY_FILE names is empty")
		}
	}
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return secret.Value{}, errors.New("USHER_BLOXLINK_KEY is not a key as Bloxlink shows it: it holds spaces or control characters")
	}
	return secret.New(text), nil
}
