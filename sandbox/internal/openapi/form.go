package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// readForm gives the value of a multipart body: the object of payload_json, or
// without one the text fields, and every file as a string. Files are skipped
// over, not judged.
func readForm(body []byte, boundary string) (any, error) {
	if boundary == "" {
		return nil, errors.New("multipart without a boundary")
	}
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	value := map[string]any{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return value, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading multipart: %w", err)
		}
		if err := readPart(part, value); err != nil {
			return nil, err
		}
	}
}

// readPart adds one part to the value.
func readPart(part *multipart.Part, value map[string]any) error {
	name := part.FormName()
	if part.FileName() != "" && name != "payload_json" {
		value[name] = ""
		return nil
	}
	text, err := io.ReadAll(part)
	if err != nil {
		return fmt.Errorf("reading part %s: %w", name, err)
	}
	if name != "payload_json" {
		value[name] = string(text)
		return nil
	}
	payload, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("payload_json: %w", err)
	}
	object, ok := payload.(map[string]any)
	if !ok {
		return errors.New("payload_json is not an object")
	}
	for key, field := range object {
		value[key] = field
	}
	return nil
}
