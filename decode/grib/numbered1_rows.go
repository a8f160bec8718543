package grib

// The grids of NCEP's Office Note 388, table B, and of its library's subroutine W3FI71, by their numbers. Angles are degrees, steps metres.
// Curvilinear grids of the sea (120, 122 to 125) are not told by their numbers; those of 161 contradict each other.

// latLonRow is a grid between its first and its last point.
type latLonRow struct {
	nx, ny                 int
	lat1, lon1, lat2, lon2 float64
}

var latLonRows = map[int]latLonRow{
	2:   {144, 73, 90, 0, -90, -2.5},
	3:   {360, 181, 90, 0, -90, -1},
	4:   {720, 361, 90, 0, -90, -0.5},
	10:  {180, 139, 64, 1, -74, 359},
	11:  {720, 311, 77.5, 0, -77.5, 359.5},
	12:  {301, 331, 55, 260, 0, 310},
	13:  {241, 151, 50, 210, 25, 250},
	14:  {511, 301, 30, 130, -20, 215},
	15:  {401, 187, 75, 140, 44, 240},
	16:  {548, 391, 74, 165, 48, 237.933},
	17:  {736, 526, 50, 195, 15, 244},
	18:  {586, 481, 47, 261, 15, 300},
	29:  {145, 37, 0, 0, 90, 360},
	30:  {145, 37, -90, 0, 0, 360},
	33:  {181, 46, 0, 0, 90, 360},
	34:  {181, 46, -90, 0, 0, 360},
	45:  {288, 145, 90, 0, -90, -1.25},
	85:  {360, 90, 0.5, 0.5, 89.5, 359.5},
	86:  {360, 90, -89.5, 0.5, -0.5, 359.5},
	110: {464, 224, 25.063, -124.938, 52.938, -67.063},
	150: {401, 201, 5, -100, 25, -60},
	173: {4320, 2160, 89.958, 0.042, -89.958, 359.958},
	174: {2880, 1440, 89.938, 0.062, -89.938, -0.062},
	175: {556, 334, 0, 130, 30.06, 180.04},
	176: {327, 235, 49.1, -92.2, 40.91, -75.9},
	180: {759, 352, 55.054, -127, 17.146, -45.136},
	181: {370, 278, 30.054, -100, 0.138, -60.148},
	182: {278, 231, 32.973, -170, 8.133, -140.084},
	183: {648, 278, 75.054, -200, 45.138, -130.124},
	193: {1440, 721, 90, 0, -90, -0.25},
	228: {144, 73, 90, 0, -90, -2.5},
	229: {360, 181, 90, 0, -90, -1},
	230: {720, 361, 90, 0, -90, -0.5},
	231: {720, 181, 0, 0, 90, -0.5},
	232: {360, 91, 0, 0, 90, -1},
	233: {288, 157, 78, 0, -78, -1.25},
	234: {133, 121, 15, -98, 45, -65},
	235: {720, 360, 89.75, 0.25, -89.75, -0.25},
	238: {275, 203, 50.25, 261.75, -0.25, -29.75},
	239: {155, 123, 75.25, 159.5, 44.75, -123.5},
	243: {126, 101, 10, -170, 50, -120},
	244: {275, 203, 50.25, 261.75, -0.25, -29.75},
	248: {135, 101, 14.5, -71.5, 22, -61.45},
	250: {135, 101, 16.5, -162, 24, -151.95},
	251: {332, 210, 26.35, -83.05, 47.25, -49.95},
	253: {373, 224, 60.5, 189.75, 4.75, -77.25},
}

// poleRows are the WMO's grids, which have a row of one point at the pole, rows going northwards.
var poleRows = map[int]struct {
	latLonRow
	pole pole
}{
	21: {latLonRow{37, 37, 0, 0, 90, 180}, poleLast},
	22: {latLonRow{37, 37, 0, -180, 90, 0}, poleLast},
	23: {latLonRow{37, 37, -90, 0, 0, 180}, poleFirst},
	24: {latLonRow{37, 37, -90, -180, 0, 0}, poleFirst},
	25: {latLonRow{72, 19, 0, 0, 90, 355}, poleLast},
	26: {latLonRow{72, 19, -90, 0, 0, 355}, poleFirst},
	61: {latLonRow{91, 46, 0, 0, 90, 180}, poleLast},
	62: {latLonRow{91, 46, 0, -180, 90, 0}, poleLast},
	63: {latLonRow{91, 46, -90, 0, 0, 180}, poleFirst},
	64: {latLonRow{91, 46, -90, -180, 0, 0}, poleFirst},
}

// thinnedWest is where the eighths of the Earth begin that the World Area Forecast Centres' grids 37 to 44 are: 37 to 40 in the north.
// thinnedRows are how many points their rows have, from the equator to the pole.
const thinnedWest, firstThinned, lastThinned = -30, 37, 44

var thinnedRows = []int{
	73, 73, 73, 73, 73, 73, 73, 73, 72, 72, 72, 71, 71, 71, 70, 70, 69, 69, 68, 67, 67, 66, 65, 65, 64, 63, 62, 61, 60, 60, 59, 58, 57, 56, 55, 54, 52,
	51, 50, 49, 48, 47, 45, 44, 43, 42, 40, 39, 38, 36, 35, 33, 32, 30, 29, 28, 26, 25, 23, 22, 20, 19, 17, 16, 14, 12, 11, 9, 8, 6, 5, 3, 2,
}

// gaussianRows is columns, rows and the number of rows between pole and equator.
var gaussianRows = map[int][3]int{
	98:  {192, 94, 47},
	126: {384, 190, 95},
	127: {768, 384, 192},
	128: {1152, 576, 288},
	129: {1760, 880, 440},
	170: {512, 256, 128},
}

// planeRow is a grid of a plane, from its first, lower left point on.
type planeRow struct {
	nx, ny               int
	lat, lon             float64
	upright              float64 // longitude
	step                 float64
	standard1, standard2 float64 // parallels of Lambert's cone; 0: polar stereographic, true at 60 degrees
	south                bool
}

var planeRows = map[int]planeRow{
	5:   {nx: 53, ny: 57, lat: 7.647, lon: -133.443, upright: -105, step: 190500},
	6:   {nx: 53, ny: 45, lat: 7.647, lon: -133.443, upright: -105, step: 190500},
	27:  {nx: 65, ny: 65, lat: -20.826, lon: -125, upright: -80, step: 381000},
	28:  {nx: 65, ny: 65, lat: 20.826, lon: 145, upright: -80, step: 381000, south: true},
	55:  {nx: 87, ny: 71, lat: -10.947, lon: -154.289, upright: -105, step: 254000},
	56:  {nx: 87, ny: 71, lat: 7.647, lon: -133.443, upright: -105, step: 127000},
	87:  {nx: 81, ny: 62, lat: 22.876, lon: -120.491, upright: -105, step: 68153},
	88:  {nx: 580, ny: 548, lat: 10, lon: -128, upright: -105, step: 15000},
	90:  {nx: 4289, ny: 2753, lat: 20.192, lon: -121.554, upright: -95, step: 1270, standard1: 25, standard2: 25},
	91:  {nx: 1649, ny: 1105, lat: 40.53, lon: -178.571, upright: -150, step: 2976},
	92:  {nx: 3297, ny: 2209, lat: 40.53, lon: -178.571, upright: -150, step: 1488},
	100: {nx: 83, ny: 83, lat: 17.108, lon: -129.296, upright: -105, step: 91452},
	101: {nx: 113, ny: 91, lat: 10.528, lon: -137.146, upright: -105, step: 91452},
	103: {nx: 65, ny: 56, lat: 22.405, lon: -121.352, upright: -105, step: 91452},
	104: {nx: 147, ny: 110, lat: -0.268, lon: -139.475, upright: -105, step: 90754.64},
	105: {nx: 83, ny: 83, lat: 17.529, lon: -129.296, upright: -105, step: 90755},
	106: {nx: 165, ny: 117, lat: 17.533, lon: -129.296, upright: -105, step: 45373},
	107: {nx: 120, ny: 92, lat: 23.438, lon: -120.168, upright: -105, step: 45373},
	130: {nx: 451, ny: 337, lat: 16.281, lon: -126.138, upright: -95, step: 13545, standard1: 25, standard2: 25},
	132: {nx: 697, ny: 553, lat: 1, lon: -145.5, upright: -107, step: 16232, standard1: 50, standard2: 50},
	138: {nx: 468, ny: 288, lat: 21.017, lon: -123.282, upright: -97, step: 12000, standard1: 33, standard2: 45},
	139: {nx: 80, ny: 52, lat: 17.721, lon: -161.973, upright: -157.5, step: 12000, standard1: 19, standard2: 21},
	140: {nx: 199, ny: 163, lat: 53.02, lon: -166.477, upright: -148.6, step: 12000, standard1: 57, standard2: 63},
	145: {nx: 169, ny: 145, lat: 32.174, lon: -90.159, upright: -79.5, step: 12000, standard1: 36, standard2: 46},
	146: {nx: 166, ny: 142, lat: 32.353, lon: -89.994, upright: -79.5, step: 12000, standard1: 36, standard2: 46},
	147: {nx: 268, ny: 259, lat: 24.595, lon: -100.998, upright: -97, step: 12000, standard1: 33, standard2: 45},
	148: {nx: 442, ny: 265, lat: 21.821, lon: -120.628, upright: -97, step: 12000, standard1: 33, standard2: 45},
	151: {nx: 478, ny: 429, lat: -7.45, lon: 215.86, upright: -110, step: 33812},
	160: {nx: 180, ny: 156, lat: 19.132, lon: -185.837, upright: -150, step: 47625},
	163: {nx: 1008, ny: 722, lat: 20.6, lon: -118.3, upright: -95, step: 5000, standard1: 38, standard2: 38},
	171: {nx: 770, ny: 930, lat: 25.032, lon: -119.56, upright: -80, step: 12700},
	172: {nx: 690, ny: 710, lat: -36.899, lon: -220.194, upright: -80, step: 12700, south: true},
	179: {nx: 1196, ny: 817, lat: -2.5, lon: -142.5, upright: -100, step: 12679},
	184: {nx: 2145, ny: 1377, lat: 20.192, lon: -121.554, upright: -95, step: 2540, standard1: 25, standard2: 25},
	187: {nx: 2145, ny: 1597, lat: 20.192, lon: -121.554, upright: -95, step: 2540, standard1: 25, standard2: 25},
	188: {nx: 709, ny: 795, lat: 37.979, lon: -125.958, upright: -95, step: 2540, standard1: 25, standard2: 25},
	189: {nx: 655, ny: 855, lat: 51.5, lon: -142.5, upright: -135, step: 1448},
	197: {nx: 1073, ny: 689, lat: 20.192, lon: -121.55, upright: -95, step: 5079, standard1: 25, standard2: 25},
	198: {nx: 825, ny: 553, lat: 40.53, lon: -178.571, upright: -150, step: 5953},
	200: {nx: 108, ny: 94, lat: 16.201, lon: 285.72, upright: -107, step: 16232.0, standard1: 50, standard2: 50},
	201: {nx: 65, ny: 65, lat: -20.826, lon: -150, upright: -105, step: 381000},
	202: {nx: 65, ny: 43, lat: 7.838, lon: -141.028, upright: -105, step: 190500},
	203: {nx: 45, ny: 39, lat: 19.132, lon: -185.837, upright: -150, step: 190500},
	205: {nx: 45, ny: 39, lat: 0.616, lon: -84.904, upright: -60, step: 190500},
	206: {nx: 51, ny: 41, lat: 22.289, lon: -117.991, upright: -95, step: 81271, standard1: 25, standard2: 25},
	207: {nx: 49, ny: 35, lat: 42.085, lon: -175.641, upright: -150, step: 95250},
	209: {nx: 275, ny: 223, lat: -4.85, lon: -151.1, upright: -111, step: 44000, standard1: 45, standard2: 45},
	211: {nx: 93, ny: 65, lat: 12.19, lon: -133.459, upright: -95, step: 81270.5, standard1: 25, standard2: 25},
	212: {nx: 185, ny: 129, lat: 12.19, lon: -133.459, upright: -95, step: 40635.25, standard1: 25, standard2: 25},
	213: {nx: 129, ny: 85, lat: 7.838, lon: -141.028, upright: -105, step: 95250},
	214: {nx: 97, ny: 69, lat: 42.085, lon: -175.641, upright: -150, step: 47625},
	215: {nx: 369, ny: 257, lat: 12.19, lon: -133.459, upright: -95, step: 20317.625, standard1: 25, standard2: 25},
	216: {nx: 139, ny: 107, lat: 30, lon: -173, upright: -135, step: 45000},
	217: {nx: 277, ny: 213, lat: 30, lon: -173, upright: -135, step: 22500},
	218: {nx: 614, ny: 428, lat: 12.19, lon: -133.459, upright: -95, step: 12190.58, standard1: 25, standard2: 25},
	219: {nx: 385, ny: 465, lat: 25.032, lon: -119.56, upright: -80, step: 25400},
	220: {nx: 345, ny: 355, lat: -36.899, lon: -220.194, upright: -80, step: 25400, south: true},
	221: {nx: 349, ny: 277, lat: 1, lon: -145.5, upright: -107, step: 32463.41, standard1: 50, standard2: 50},
	222: {nx: 138, ny: 112, lat: -4.85, lon: -151.1, upright: -111, step: 88000, standard1: 45, standard2: 45},
	223: {nx: 129, ny: 129, lat: -20.826, lon: -150, upright: -105, step: 190500},
	224: {nx: 65, ny: 65, lat: 20.826, lon: 120, upright: -105, step: 381000, south: true},
	226: {nx: 737, ny: 513, lat: 12.19, lon: -133.459, upright: -95, step: 10159.0, standard1: 25, standard2: 25},
	227: {nx: 1473, ny: 1025, lat: 12.19, lon: -133.459, upright: -95, step: 5079, standard1: 25, standard2: 25},
	236: {nx: 151, ny: 113, lat: 16.281, lon: 233.862, upright: -95, step: 40635, standard1: 25, standard2: 25},
	237: {nx: 54, ny: 47, lat: 16.201, lon: 285.72, upright: -107, step: 32463, standard1: 50, standard2: 50},
	240: {nx: 1121, ny: 881, lat: 23.098, lon: -119.036, upright: -105, step: 4763},
	241: {nx: 549, ny: 445, lat: -4.85, lon: -151.1, upright: -111, step: 22000, standard1: 45, standard2: 45},
	242: {nx: 553, ny: 425, lat: 30, lon: -173, upright: -135, step: 11250},
	245: {nx: 336, ny: 372, lat: 22.98, lon: -92.84, upright: -80, step: 8000, standard1: 35, standard2: 35},
	246: {nx: 332, ny: 371, lat: 25.97, lon: -127.973, upright: -115, step: 8000, standard1: 40, standard2: 40},
	247: {nx: 336, ny: 372, lat: 22.98, lon: -110.84, upright: -98, step: 8000, standard1: 35, standard2: 35},
	249: {nx: 367, ny: 343, lat: 45.4, lon: -171.6, upright: -150, step: 9868},
	252: {nx: 301, ny: 225, lat: 16.281, lon: 233.862, upright: 265, step: 20318, standard1: 25, standard2: 25},
}

// mercatorRow is a Mercator grid between its first and its last point.
type mercatorRow struct {
	latLonRow
	step, latTrue float64
}

var mercatorRows = map[int]mercatorRow{
	1:   {latLonRow{73, 23, -48.09, 0, 48.09, 0}, 513669, 22.5},
	8:   {latLonRow{116, 44, -48.67, 3.104, 61.05, 0}, 318830, 22.5},
	53:  {latLonRow{117, 51, -61.05, 0, 61.05, 0}, 318830, 22.5},
	194: {latLonRow{544, 310, 15, -75.5, 22.005, -62.509}, 2500, 20},
	195: {latLonRow{177, 129, 16.829, -68.196, 19.747, -63.972}, 2500, 20},
	196: {latLonRow{321, 225, 18.073, -161.525, 23.088, -153.869}, 2500, 20},
	199: {latLonRow{193, 193, 12.35, -216.313, 16.794, -211.72}, 2500, 20},
	204: {latLonRow{93, 68, -25, 110, 60.644, -109.129}, 160000, 20},
	208: {latLonRow{29, 27, 9.343, -167.315, 28.092, -145.878}, 80000, 20},
	210: {latLonRow{25, 25, 9, -77, 26.422, -58.625}, 80000, 20},
	225: {latLonRow{185, 135, -25, -250, 60.64, -109.129}, 80000, 20},
	254: {latLonRow{369, 300, -35, -250, 60.789, -109.129}, 40000, 20},
}

// turnedRow is a grid turned about its centre, from its first point on; every second point of it where it is staggered.
type turnedRow struct {
	nx, ny               int
	lat, lon, lat0, lon0 float64
	dx, dy               float64
	staggered            bool
}

var turnedRows = map[int]turnedRow{
	83:  {758, 567, 2.228, -140.481, 47.5, -104, 0.121, 0.121, false},
	93:  {223, 501, 44.232, -169.996, 63, -150, 0.067, 0.066, true},
	94:  {595, 625, 34.921, -161.663, 54, -106, 0.063, 0.054, false},
	95:  {401, 325, 17.609, -76.327, 54, -106, 0.031, 0.027, false},
	96:  {373, 561, 11.625, -156.339, 54, -106, 0.031, 0.027, false},
	97:  {1371, 1100, 15.947, -125.468, 54, -106, 0.042, 0.036, false},
	99:  {669, 1165, -7.45, -144.14, 54, -106, 0.09, 0.077, true},
	190: {954, 835, -7.491, -144.134, 54, -106, 0.126, 0.108, false},
	192: {237, 387, -3.441, -148.799, 50, -111, 0.225, 0.207, true},
}

// steppedNumber is the WMO's grid over North America whose rows grow longer northwards, steppedRow the rectangle about it.
const steppedNumber = 50

var steppedRow = latLonRow{36, 33, 20, -140, 60, -52.5}
