package placeholder_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/internal/core/placeholder"
)

// BenchmarkFill fills a template of 4,000 characters with 50 placeholders, and cuts it to what an embed's description takes.
func BenchmarkFill(b *testing.B) {
	var text strings.Builder
	var pairs []string
	for i := range 50 {
		name := fmt.Sprintf("name_%d", i)
		fmt.Fprintf(&text, "%%%s|none%%", name)
		pairs = append(pairs, name, fmt.Sprintf("a *value* of %d", i))
		for text.Len() < (i+1)*80 {
			text.WriteString("Lorem ipsum, dolor. "[:min(20, (i+1)*80-text.Len())])
		}
	}
	if text.Len() != 4000 {
		b.Fatalf("%d characters", text.Len())
	}
	template, lookup := placeholder.Parse(text.String()), values(pairs...)
	if filled := template.Fill(placeholder.InMarkdown, lookup).Text(4096, 1024); strings.Count(filled, `a \*value\*`) != 50 {
		b.Fatal(filled)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		_ = template.Fill(placeholder.InMarkdown, lookup).Text(4096, 1024)
	}
}
