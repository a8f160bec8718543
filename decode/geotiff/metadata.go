package geotiff

import (
	"encoding/xml"
	"html"
	"strconv"
	"strings"
)

// metadata is GDAL's: items of the image and, with a sample, of a band, some of which have a role.
type metadata struct {
	Items []struct {
		Name   string `xml:"name,attr"`
		Sample string `xml:"sample,attr"`
		Role   string `xml:"role,attr"`
		Domain string `xml:"domain,attr"`
		Text   string `xml:",chardata"`
	} `xml:"Item"`
}

// readMetadata enters GDAL's items. Those of other domains (statistics of colours, RPC) are left out.
func (m *Image) readMetadata(text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var all metadata
	if err := xml.Unmarshal([]byte(text), &all); err != nil {
		return invalid("GDAL's metadata: %v", err)
	}
	for _, item := range all.Items {
		if item.Domain != "" {
			continue
		}
		item.Text = html.UnescapeString(item.Text) // GDAL escapes twice
		if item.Sample == "" {
			m.Items[item.Name] = item.Text
			continue
		}
		n, err := strconv.Atoi(item.Sample)
		if err != nil || n < 0 || n >= len(m.Bands) {
			continue
		}
		if err := m.Bands[n].enter(item.Role, item.Name, item.Text); err != nil {
			return err
		}
	}
	return nil
}

// enter takes an item of a band.
func (b *Band) enter(role, name, text string) (err error) {
	switch role {
	case "scale":
		b.Scale, err = finite(name, text)
	case "offset":
		b.Offset, err = finite(name, text)
	case "unittype":
		b.Unit = strings.TrimSpace(text)
	case "description":
		b.Description = text
	case "":
		b.Items[name] = text
	}
	return err
}

// finite reads a number that can be calculated with.
func finite(name, text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || v-v != 0 {
		return 0, invalid("%.40s is %.40q", name, text)
	}
	return v, nil
}
