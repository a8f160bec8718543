package jpeg2000_test

import (
	"fmt"
	"os"

	"isobar/decode/jpeg2000"
)

func ExampleDecode() {
	data, err := os.ReadFile("testdata/bits-12.j2k")
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := jpeg2000.ReadHeader(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	samples := make([]int32, h.Width*h.Height)
	if err := jpeg2000.Decode(samples, data); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(h.Width, h.Height, h.BitDepth, h.Reversible)
	fmt.Println(samples[:4])
	// Output:
	// 48 36 12 true
	// [4085 3981 3878 3774]
}
