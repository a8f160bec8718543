package ogc

import "isobar/geo"

// What capabilities by OWS Common 1.1 and 2.0 have alike, with the prefix ows.

// Identification writes what a service is (OWS Common 1.1.0, 7.4.4).
func (x *XML) Identification(a About, serviceType string, versions, profiles []string) {
	x.Open("ows:ServiceIdentification")
	x.Leaf("ows:Title", a.Title)
	x.Some("ows:Abstract", a.Abstract)
	x.Keywords(a.Keywords)
	x.Leaf("ows:ServiceType", serviceType)
	for _, v := range versions {
		x.Leaf("ows:ServiceTypeVersion", v)
	}
	for _, p := range profiles {
		x.Leaf("ows:Profile", p)
	}
	x.Some("ows:Fees", a.Fees)
	x.Some("ows:AccessConstraints", a.AccessConstraints)
	x.Close()
}

// Provider writes whose a service is (OWS Common 1.1.0, 7.4.5). It is always there: OWSLib can't do without it.
func (x *XML) Provider(a About) {
	x.Open("ows:ServiceProvider")
	x.Leaf("ows:ProviderName", a.Provider())
	x.Open("ows:ServiceContact")
	x.Some("ows:IndividualName", a.Person)
	if a.Email != "" {
		x.Open("ows:ContactInfo")
		x.Open("ows:Address")
		x.Leaf("ows:ElectronicMailAddress", a.Email)
		x.Close()
		x.Close()
	}
	x.Close()
	x.Close()
}

// Allowed writes which values a parameter or a constraint may have: element is ows:Parameter or ows:Constraint.
func (x *XML) Allowed(element, name string, values ...string) {
	x.Open(element, "name", name)
	x.Open("ows:AllowedValues")
	for _, v := range values {
		x.Leaf("ows:Value", v)
	}
	x.Close()
	x.Close()
}

// GeographicBox writes where something lies on the Earth (OWS Common 1.1.0, 10.2.2); extent may be of any turn.
func (x *XML) GeographicBox(extent geo.Box) {
	b := Geographic(extent)
	x.Open("ows:WGS84BoundingBox")
	x.Leaf("ows:LowerCorner", Number(b.MinX())+" "+Number(b.MinY()))
	x.Leaf("ows:UpperCorner", Number(b.MaxX())+" "+Number(b.MaxY()))
	x.Close()
}
