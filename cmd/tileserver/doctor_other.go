//go:build !unix

package main

import "io/fs"

// freeBytes is not known here.
func freeBytes(string) (bytes int64, ok bool) { return 0, false }

// maxFiles is not known here.
func maxFiles() (files uint64, ok bool) { return 0, false }

// inodeOf is not known here.
func inodeOf(fs.FileInfo) string { return "" }
