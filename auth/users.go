package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
)

// cost is argon2id's (RFC 9106 4, the second recommended choice, for servers with less memory).
type cost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

var usual = cost{64 << 10, 3, 4}

const (
	saltLength = 16
	hashLength = 32
	// remembered is how long a password that was right is not hashed again: Basic sends it with every request.
	remembered = 5 * time.Minute
	// maxRemembered bounds how many are.
	maxRemembered = 1024
	// hashing bounds how many passwords are hashed at once: each takes 64 MiB.
	hashing = 2
	// waiting bounds how many wait for that.
	waiting = 100
	// longestPassword bounds a password in bytes.
	longestPassword = 1024
)

// What may be guessed: by one client, and at one name by all. What was right does not count.
var (
	guessesOfClient = Rate{Burst: 10, PerSecond: 1. / 30}
	guessesAtName   = Rate{Burst: 100, PerSecond: 1. / 60}
)

// HashPassword makes the text that is kept of a password.
func HashPassword(password string) string { return hashAt(password, usual) }

func hashAt(password string, c cost) string {
	var salt [saltLength]byte
	rand.Read(salt[:]) // never fails
	sum := argon2.IDKey([]byte(password), salt[:], c.time, c.memory, c.threads, hashLength)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads, b.EncodeToString(salt[:]), b.EncodeToString(sum))
}

// user is someone with a password.
type user struct {
	Principal
	cost       cost
	salt, hash []byte
	mark       string // of the password: another one has another
}

// users are known by name and password.
type users struct {
	by     map[string]*user
	nobody *user // whose password is hashed for names that are not known, so that time tells nothing
	seats  chan struct{}
	queue  chan struct{}

	clients, names *Rates // wrong passwords

	mu    sync.Mutex
	right map[[32]byte]time.Time // hashes of name and password that were right a short while ago
}

func newUsers() *users {
	u := &users{
		by: map[string]*user{}, seats: make(chan struct{}, hashing), queue: make(chan struct{}, waiting), right: map[[32]byte]time.Time{},
		clients: NewRates(guessesOfClient, time.Now), names: NewRates(guessesAtName, time.Now),
	}
	u.nobody = &user{cost: usual, salt: make([]byte, saltLength), hash: make([]byte, hashLength)}
	return u
}

// add reads a user's row.
func (u *users) add(row UserConfig) error {
	if row.Name == "" || strings.Contains(row.Name, ":") || row.Name == "key" {
		return fmt.Errorf("name: %q is missing, has a colon, or is key", row.Name)
	}
	if u.by[row.Name] != nil {
		return fmt.Errorf("name: %q is there twice", row.Name)
	}
	if !row.Role.Known() {
		return fmt.Errorf("role: %q is none of %v", row.Role, order)
	}
	one := &user{Principal: Principal{Name: row.Name, Role: row.Role, Groups: row.Groups, Method: "basic"}}
	if err := one.parse(row.Password); err != nil {
		return fmt.Errorf("password: %w: make one by `tileserver auth password`", err)
	}
	sum := sha256.Sum256([]byte(row.Password))
	one.mark = base64.RawURLEncoding.EncodeToString(sum[:9])
	u.by[row.Name] = one
	return nil
}

// parse reads what HashPassword wrote.
func (u *user) parse(text string) error {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return fmt.Errorf("not an argon2id hash")
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return fmt.Errorf("version %q", parts[2])
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &u.cost.memory, &u.cost.time, &u.cost.threads); err != nil || u.cost.memory > 1<<20 || u.cost.time < 1 || u.cost.time > 16 || u.cost.threads < 1 {
		return fmt.Errorf("parameters %q", parts[3])
	}
	var err error
	if u.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(u.salt) < 8 {
		return fmt.Errorf("salt %q", parts[4])
	}
	if u.hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(u.hash) < 16 || len(u.hash) > 64 {
		return fmt.Errorf("not a hash of 16 to 64 bytes")
	}
	return nil
}

// identify checks the name and the password of a request.
func (u *users) identify(r *http.Request) (Principal, bool, error) {
	name, password, ok := r.BasicAuth()
	if !ok || name == "key" {
		return Principal{}, false, nil
	}
	one, err := u.check(r.Context(), ClientOf(r), name, password)
	if err != nil {
		return Principal{}, false, err
	}
	return one.Principal, true, nil
}

// check finds who has a name and a password. The error wraps ErrUnknown, or is a *TooOften of a client or a name that was tried too often.
func (u *users) check(ctx context.Context, client, name, password string) (*user, error) {
	wrong := wrap(ErrUnknown, "name or password is wrong")
	if len(password) > longestPassword {
		return nil, wrong
	}
	proof := sha256.Sum256([]byte(name + "\x00" + password))
	if one := u.by[name]; one != nil && u.lately(proof) {
		return one, nil
	}
	if wait, spent := u.clients.Spent(client); spent { // who guesses keeps nobody waiting
		return nil, &TooOften{wait}
	}
	leave, err := u.seat(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	one := u.by[name]
	if one != nil && u.lately(proof) { // found right while this one waited
		return one, nil
	}
	if wait, ok := u.clients.Take(client, 1); !ok {
		return nil, &TooOften{wait}
	}
	if wait, ok := u.names.Take(name, 1); !ok {
		return nil, &TooOften{wait}
	}
	known := one != nil
	if !known {
		one = u.nobody
	}
	sum := argon2.IDKey([]byte(password), one.salt, one.cost.time, one.cost.memory, one.cost.threads, uint32(len(one.hash)))
	if subtle.ConstantTimeCompare(sum, one.hash) != 1 || !known {
		return nil, wrong
	}
	u.clients.Give(client, 1)
	u.names.Give(name, 1)
	u.remember(proof)
	return one, nil
}

// seat waits until a password may be hashed. The error is a *TooOften if too many wait already.
func (u *users) seat(ctx context.Context) (leave func(), err error) {
	select {
	case u.queue <- struct{}{}:
	default:
		return nil, &TooOften{time.Second}
	}
	defer func() { <-u.queue }()
	select {
	case u.seats <- struct{}{}:
		return func() { <-u.seats }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// lately tells that a proof was right a short while ago.
func (u *users) lately(proof [32]byte) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	until, ok := u.right[proof]
	return ok && time.Now().Before(until)
}

func (u *users) remember(proof [32]byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.right) >= maxRemembered {
		clear(u.right)
	}
	u.right[proof] = time.Now().Add(remembered)
}
