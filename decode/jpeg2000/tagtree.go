package jpeg2000

// A tag tree codes a small array of numbers: each node holds the least of its four children, ISO/IEC 15444-1 B.10.2.
// Its nodes lie one level after another, leaves first. A node is the bound known so far, doubled, plus 1 once it is the
// value itself.

// treeSize counts the nodes above and with nx x ny leaves.
func treeSize(nx, ny int) int {
	n := nx * ny
	for nx*ny > 1 {
		nx, ny = (nx+1)/2, (ny+1)/2
		n += nx * ny
	}
	return n
}

// below reads as many bits as tell whether the value of leaf (x, y) is below the limit.
func below(b *bitReader, nodes []uint32, nx, ny, x, y int, limit uint32) bool {
	var path [32]int // places of the nodes from the leaf to the root
	depth := 0
	for start := 0; ; {
		path[depth] = start + y*nx + x
		depth++
		if nx*ny <= 1 {
			break
		}
		start += nx * ny
		nx, ny, x, y = (nx+1)/2, (ny+1)/2, x/2, y/2
	}
	low := uint32(0)
	known := false
	for i := depth - 1; i >= 0; i-- {
		n := &nodes[path[i]]
		low, known = max(low, *n>>1), *n&1 == 1
		for !known && low < limit {
			if b.bit() == 1 {
				known = true
			} else {
				low++
			}
		}
		*n = low << 1
		if known {
			*n |= 1
		}
	}
	return known && low < limit
}
