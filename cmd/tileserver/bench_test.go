package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// steps is how many forecast steps BenchmarkIngest1440x721 makes of the global sample, which has three fields a step.
const steps = 20

// BenchmarkIngest1440x721 ingests a run of global quarter-degree fields, from files to published, as `tileserver ingest` does.
func BenchmarkIngest1440x721(b *testing.B) {
	dir := b.TempDir()
	world, err := os.ReadFile(filepath.Join("samples", gfsWorld))
	if err != nil {
		b.Fatal(err)
	}
	for step := range steps {
		if err := os.WriteFile(filepath.Join(dir, string(rune('a'+step))+".grib2"), atStep(world, uint32(step+1)), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	began, fields := time.Now(), 0
	for b.Loop() {
		data := b.TempDir()
		if status, out, errs := call("ingest", dir, "--data", data); status != 0 {
			b.Fatalf("status %d, %s%s", status, out, errs)
		}
		fields += 3 * steps
		if err := os.RemoveAll(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(fields)/time.Since(began).Seconds(), "fields/s")
}

// atStep is a file of GRIB 2 messages with another forecast time (section 4 octets 19-22 of product template 4.0).
func atStep(file []byte, hours uint32) []byte {
	file = bytes.Clone(file)
	for at := 0; at+16 < len(file); {
		length := int(binary.BigEndian.Uint64(file[at+8:]))
		for section := at + 16; section+5 < at+length-4; section += int(binary.BigEndian.Uint32(file[section:])) {
			if file[section+4] == 4 {
				binary.BigEndian.PutUint32(file[section+18:], hours)
			}
		}
		at += length
	}
	return file
}
