//go:build race

package render

// raced: the race detector makes sync.Pool forget at random, so bytes taken from the heap tell nothing.
const raced = true
