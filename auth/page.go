package auth

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"net/http"
	"strings"
)

//go:embed signin.html
var signInText string

// pageData is what the page says. Its words are in the reader's language.
type pageData struct {
	Title, Lang, CSSNonce string
	Action, Again, Back   string
	State                 string // "": there is no form
	Provider, ProviderAt  string
	Problem               string // key of a word; "": none
	Words                 map[string]string
}

// words are what the page says, by language.
var words = map[string]map[string]string{
	"en": {
		"title": "Sign in", "name": "Name", "password": "Password", "signIn": "Sign in", "with": "Sign in with", "back": "Back to the map", "retry": "Try again",
		"wrong": "The name or the password is wrong.", "often": "Too many wrong passwords. Wait a while, then try again.",
		"again": "This attempt to sign in is too old, or was begun elsewhere.", "denied": "The provider did not let you in.",
		"later": "Signing in does not work now. Try again in a while.", "nobody": "There is no signing in here.",
	},
	"fr": {
		"title": "Connexion", "name": "Nom", "password": "Mot de passe", "signIn": "Se connecter", "with": "Se connecter avec", "back": "Retour à la carte", "retry": "Réessayer",
		"wrong": "Le nom ou le mot de passe est faux.", "often": "Trop de mots de passe faux. Patientez, puis réessayez.",
		"again": "Cette tentative de connexion est trop ancienne, ou a commencé ailleurs.", "denied": "Le fournisseur ne vous a pas laissé entrer.",
		"later": "La connexion ne fonctionne pas en ce moment. Réessayez plus tard.", "nobody": "On ne se connecte pas ici.",
	},
}

// page writes the page. Nothing but itself may be in it, and it may be in no other page.
func (s *SignIn) page(w http.ResponseWriter, r *http.Request, status int, d pageData) {
	base := s.options.Base(r)
	d.Title, d.Lang, d.CSSNonce = s.options.Title, "en", rand.Text()
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "fr") {
		d.Lang = "fr"
	}
	d.Words, d.Action, d.Again = words[d.Lang], base+SignInPath+"login", base+SignInPath+"login"
	if d.Back == "" {
		d.Back = base + "/"
	}
	if !s.can() {
		d.Again = ""
	}
	var body bytes.Buffer
	if err := s.paper.Execute(&body, d); err != nil {
		s.options.Log.Error("sign-in page", "error", err)
		http.Error(w, "the page can't be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+d.CSSNonce+"'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = body.WriteTo(w) // an error means that the client has left
	}
}
