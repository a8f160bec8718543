package answer

import (
	"math"

	"isobar/elements"
	"isobar/layers"
	"isobar/styles"
)

// recoloured is a layer's style as a request wants it; nil leaves it as it is. A range that is to be the field's own is that of the whole
// field, so that the tiles of a map agree. Errors wrap styles.ErrChange or styles.ErrUnit.
func recoloured(c *layers.Catalogue, l *layers.Layer, style *styles.Style, pick layers.Pick, change *styles.Change) (*styles.Style, error) {
	if change == nil {
		return style, nil
	}
	to := *change
	unit := style.Unit
	if to.Instead != nil {
		if to.Instead.Unit == "" {
			own := *to.Instead
			own.Unit = l.Element.Unit
			to.Instead = &own
		}
		unit = to.Instead.Unit
	}
	low, high := rangeOf(c, l, pick)
	if conversion, ok := elements.Convert(l.Element.Unit, unit); ok && unit != l.Element.Unit {
		low, high = low*conversion.Scale+conversion.Offset, high*conversion.Scale+conversion.Offset
	}
	return style.Derive(to, low, high)
}

// rangeOf is the range of a field's values in the layer's unit; of a derived one, or without a field, that of the layer.
func rangeOf(c *layers.Catalogue, l *layers.Layer, pick layers.Pick) (low, high float64) {
	if len(pick.Input.Keys) == 1 && !l.Derived {
		if info, ok := c.Snapshot().Info(pick.Input.Keys[0]); ok && !math.IsNaN(info.Min) {
			return info.Min, info.Max
		}
	}
	return l.Min, l.Max
}
