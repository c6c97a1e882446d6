package main

import "strings"

// plantedFile is one file of the planted house.
type plantedFile struct{ name, content string }

// parseHouse splits the text form of a house: a line `-- name --` starts a file.
// Words before the first file are a comment.
func parseHouse(text string) []plantedFile {
	var files []plantedFile
	for line := range strings.Lines(text) {
		name, ok := strings.CutPrefix(line, "-- ")
		if name, ok2 := strings.CutSuffix(name, " --\n"); ok && ok2 {
			files = append(files, plantedFile{name: name})
			continue
		}
		if len(files) > 0 {
			files[len(files)-1].content += line
		}
	}
	return files
}
