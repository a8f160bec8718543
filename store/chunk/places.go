package chunk

import (
	"encoding/binary"
	"fmt"
	"math"

	"isobar/geo"
	"isobar/store"
)

// PlaceBytes is what a place of a grid takes: longitude and latitude.
const PlaceBytes = 16

// AppendPlaces appends the places of a grid that can't be made from its ID.
func AppendPlaces(out []byte, places []geo.LonLat) []byte {
	for _, at := range places {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(at.Lon))
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(at.Lat))
	}
	return out
}

// ParsePlaces reads what AppendPlaces wrote. The error wraps store.ErrDamaged.
func ParsePlaces(text []byte) ([]geo.LonLat, error) {
	if len(text)%PlaceBytes != 0 {
		return nil, fmt.Errorf("%w: %d bytes of places", store.ErrDamaged, len(text))
	}
	places := make([]geo.LonLat, len(text)/PlaceBytes)
	for i := range places {
		at := text[i*PlaceBytes:]
		places[i] = geo.LonLat{
			Lon: math.Float64frombits(binary.LittleEndian.Uint64(at)), Lat: math.Float64frombits(binary.LittleEndian.Uint64(at[8:])),
		}
	}
	return places, nil
}
