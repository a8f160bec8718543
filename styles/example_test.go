package styles_test

import (
	"fmt"

	"isobar/elements"
	"isobar/styles"
)

func Example() {
	c, err := styles.Load(styles.Rows())
	if err != nil {
		fmt.Println(err)
		return
	}
	rain := c.For(elements.Element{ID: "tp", Unit: "kg/m2", Style: "precipitation"}, 0, 40)[0]
	ramp, err := rain.Ramp("kg/m2")
	if err != nil {
		fmt.Println(err)
		return
	}
	indices := make([]uint8, 4)
	ramp.Index(indices, []float32{0, 0.1, 0.49, 12})
	for _, i := range indices {
		fmt.Println(i, ramp.Palette[i])
	}
	// Output:
	// 0 {0 0 0 0}
	// 1 {203 238 251 255}
	// 1 {203 238 251 255}
	// 6 {64 147 225 255}
}
