package netcdf

import (
	"isobar/encode"
	"isobar/encode/cf"
)

// Type is the media type.
const Type = "application/x-netcdf"

// Values writes what probes give as discrete sampling geometries of CF: see cf.Places. Errors wrap encode.ErrUnfit.
func Values(all []encode.Values, params cf.Parameters) ([]byte, error) {
	l, err := cf.Places(all, params)
	if err != nil {
		return nil, err
	}
	f := layOut(l)
	text := append(make([]byte, 0, f.size), f.head...)
	for i := range f.Vars {
		v := &f.Vars[i]
		for _, x := range v.Values {
			text = appendNumber(text, x, v.Type)
		}
		for len(text)%4 != 0 {
			text = append(text, 0)
		}
	}
	return text, nil
}
