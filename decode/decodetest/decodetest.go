// Package decodetest holds what the tests of rasters' readers share: what others read from the corpus, and files that are broken.
package decodetest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path"
	"path/filepath"
	"testing"
)

// Corpus is the folder of shared files, as a package two folders below the module's root sees it.
const Corpus = "../../../shared/data"

// Reference is what other libraries read from the corpus' files in a folder ("netcdf"), of which there are so many at least. It skips the
// test where there is no corpus.
func Reference[T any](t *testing.T, folder string, least int) (all []T) {
	t.Helper()
	f, err := os.Open(filepath.Join(Corpus, "reference-raster.jsonl"))
	if err != nil {
		t.Skipf("no corpus: the folder shared/data is missing beside the checkout: %v", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var of struct{ File string }
		var one T
		if err := errors.Join(json.Unmarshal(lines.Bytes(), &of), json.Unmarshal(lines.Bytes(), &one)); err != nil {
			t.Fatal(err)
		}
		if path.Dir(of.File) == folder {
			all = append(all, one)
		}
	}
	if len(all) < least {
		t.Fatalf("%d entries in the reference, not %d or more", len(all), least)
	}
	return all
}

// Broken is a file that is flipped, cut or spliced from some, half the time within the head of so many bytes. Which bytes is chosen by a
// checksum of n, so that a failure comes again.
func Broken(n int, files [][]byte, head int) []byte {
	random := func(k, below int) int {
		return int(crc32.ChecksumIEEE(fmt.Appendf(nil, "%d %d", n, k)) % uint32(below))
	}
	file := bytes.Clone(files[random(0, len(files))])
	for k := range 1 + random(1, 6) {
		at := random(10+k, len(file))
		if random(20+k, 2) == 0 {
			at = random(10+k, min(len(file), head))
		}
		file[at] = byte(random(30+k, 256))
	}
	switch random(2, 4) {
	case 0:
		file = file[:random(3, len(file))]
	case 1:
		other := files[random(4, len(files))]
		at := random(5, min(len(file), len(other)))
		file = append(file[:at:at], other[at:]...)
	}
	return file
}
