//go:build race

package answer

// raced: the race detector makes sync.Pool forget at random, so bytes taken from the heap tell nothing.
const raced = true
